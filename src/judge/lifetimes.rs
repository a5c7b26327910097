//! How long a token lives, read from where it is issued.

use super::Case;
use crate::ir::{BinaryOp, Call, Name, Value, ValueKind};
use crate::link::{Place, Supplied, Thing};
use crate::rules::{Credential, Locator, Unit, number_of, split_words};
use crate::trace::{At, Match, text_at, value_at};

/// A token's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lifetime {
    Seconds(u64),
    /// It is set, and cannot be read.
    Unknown,
    Never,
}

/// The longest life that needs no revocation, in seconds.
pub(super) const SHORT: u64 = 15 * 60;

impl<'p> Case<'_, 'p> {
    /// The text at a locator of a match.
    pub(super) fn traced_text(&self, locator: &Locator, found: &Match<'p>) -> Option<String> {
        text_at(self.program, locator, found)
    }
}

/// The life that a credential's rule reads at a match, and whether it is the library's default.
pub(super) fn lifetime_of<'p>(case: &Case<'_, 'p>, found: &Match<'p>, rule: &Credential) -> (Lifetime, bool) {
    for locator in &rule.lifetime {
        if let Some((value, place)) = value_at(case.program, locator, &found.site, found.place) {
            let lifetime = match seconds(case, value, place, rule.unit, 0) {
                Some(seconds) => Lifetime::Seconds(seconds),
                None => Lifetime::Unknown,
            };
            return (lifetime, false);
        }
    }
    let says_nothing = !rule.lifetime.is_empty() && !rule.lifetime.iter().all(|locator| is_closed(case, locator, found));
    match (rule.default_seconds, says_nothing) {
        (Some(seconds), _) => (Lifetime::Seconds(seconds), true),
        (None, false) => (Lifetime::Unknown, false),
        (None, true) => (Lifetime::Never, false),
    }
}

/// Whether a locator looks into something that is handed over and whose fields are not seen there: `encode(&header, self, &key)`,
/// `encode(&header, claims, &key)` with `claims` a parameter.
fn is_closed<'p>(case: &Case<'_, 'p>, locator: &Locator, found: &Match<'p>) -> bool {
    let handed = match locator {
        Locator::Argument(index, path) if !path.is_empty() => found.site.call().and_then(|call| call.positional(*index)),
        _ => None,
    };
    let is_parameter = |name: &str| found.place.function.is_some_and(|index| case.program.module(found.place.module).function(index).params.iter().any(|param| param.name == name));
    handed.is_some_and(|value| match &value.kind {
        ValueKind::This => true,
        ValueKind::Name(name) => is_parameter(name),
        _ => false,
    })
}

/// The seconds that a value means.
fn seconds<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place, unit: Unit, depth: usize) -> Option<u64> {
    if depth > 6 {
        return None;
    }
    if let Some(seconds) = handed(case, value, place, unit, depth) {
        return Some(seconds);
    }
    if let Some(told) = constructed(case, value, place, unit, depth) {
        return told;
    }
    if let Some(told) = chosen(case, value, place, unit, depth) {
        return Some(told);
    }
    let at = At { program: case.program, place };
    let (value, place) = case.program.fold(value, place);
    match &value.kind {
        ValueKind::Text(text) => span_text(text),
        ValueKind::Number(_) | ValueKind::Binary { .. } => {
            // `(Date.now() + ttl) / 1000`
            if let ValueKind::Binary { op: BinaryOp::Divide, left, right } = &value.kind
                && matches!(&left.kind, ValueKind::Binary { left, .. } if matches!(left.kind, ValueKind::Call(_)))
            {
                return if number_of(right, &at, 0) == Some(1000.0) { seconds(case, left, place, Unit::Milliseconds, depth + 1) } else { None };
            }
            if let ValueKind::Binary { op, left, right } = &value.kind {
                // `now() + timedelta(minutes=15)`, `Math.floor(Date.now() / 1000) + 900`: the part that is a duration.
                if let Some(seconds) = duration_call(case, left, place, depth).or_else(|| duration_call(case, right, place, depth)) {
                    return Some(seconds);
                }
                // `now + 900` with `const now = Math.floor(Date.now() / 1000)`
                if *op == BinaryOp::Add && matches!(left.kind, ValueKind::Name(_)) && matches!(case.program.origin(left, place).0.kind, ValueKind::Call(_)) {
                    return amount(case, right, place, unit, depth);
                }
                if matches!(left.kind, ValueKind::Call(_)) || matches!(&left.kind, ValueKind::Binary { left, .. } if matches!(left.kind, ValueKind::Call(_))) {
                    return amount(case, right, place, unit, depth);
                }
            }
            number_of(value, &at, 0).and_then(|number| scaled(number, seconds_of(unit)))
        }
        // Of two lives the longer, where nothing tells which one users get.
        ValueKind::Choice { test, then, otherwise } => match is_for_users(case, test) {
            Some(true) => seconds(case, then, place, unit, depth + 1),
            Some(false) => seconds(case, otherwise, place, unit, depth + 1),
            None => seconds(case, otherwise, place, unit, depth + 1).max(seconds(case, then, place, unit, depth + 1)),
        },
        ValueKind::Call(call) => duration_call(case, value, place, depth)
            // `(now + ttl).timestamp()`: what the last call of a chain is made on.
            .or_else(|| match &call.callee.kind {
                ValueKind::Member(of, _) if call.args.is_empty() || matches!(of.kind, ValueKind::Binary { .. }) => seconds(case, of, place, unit, depth + 1),
                _ => None,
            })
            .or_else(|| call.args.iter().rev().find_map(|argument| digits(&argument.value, unit).or_else(|| seconds(case, &argument.value, place, unit, depth + 1)))),
        ValueKind::Await(inner) => seconds(case, inner, place, unit, depth + 1),
        ValueKind::Name(_) => match case.program.origin(value, place) {
            (origin, _) if std::ptr::eq(origin, value) => duration_call(case, value, place, depth),
            (origin, inside) => seconds(case, origin, inside, unit, depth + 1),
        },
        ValueKind::Member(..) => duration_call(case, value, place, depth),
        _ => None,
    }
}

/// Whether a condition holds where the program runs for its users, as far as it says so: `env.NODE_ENV === "dev"` does not, `isProduction` does.
fn is_for_users(case: &Case<'_, '_>, test: &Value) -> Option<bool> {
    let said = |text: &str| match (case.rules.lexicon.is("production", text), case.rules.lexicon.is("development", text)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    match &test.kind {
        ValueKind::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right } => match (&left.kind, &right.kind) {
            (ValueKind::Text(text), _) | (_, ValueKind::Text(text)) => said(text).map(|holds| holds == (*op == BinaryOp::Equal)),
            _ => None,
        },
        ValueKind::Name(_) | ValueKind::Member(..) => said(test.last_name()),
        _ => None,
    }
}

/// The seconds of a constant that a condition chooses, also in another file: the longest, if all that it may be are read.
fn chosen<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place, unit: Unit, depth: usize) -> Option<u64> {
    if !matches!(value.kind, ValueKind::Name(_) | ValueKind::Member(..)) {
        return None;
    }
    let things = case.program.eval(value, place, false);
    let told = things.iter().map(|thing| match thing {
        Thing::Literal(literal, at) if things.len() > 1 => seconds(case, literal, *at, unit, depth + 1),
        _ => None,
    });
    told.collect::<Option<Vec<u64>>>()?.into_iter().max()
}

/// The seconds of what is added to the time of now: a number, or what callers hand over.
fn amount<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place, unit: Unit, depth: usize) -> Option<u64> {
    let number = number_of(value, &At { program: case.program, place }, 0).and_then(|number| scaled(number, seconds_of(unit)));
    number.or_else(|| handed(case, value, place, unit, depth))
}

/// The seconds that the callers of a function hand over for a parameter: the longest, if all of them can be read. Where some make
/// refresh tokens by it, the others tell.
fn handed<'p>(case: &Case<'_, 'p>, value: &Value, place: Place, unit: Unit, depth: usize) -> Option<u64> {
    let ValueKind::Name(name) = &value.kind else { return None };
    let says_refresh = |call: &Call| {
        let name = Name::of_call(call);
        name.segments.last().and_then(|last| last.called.as_deref()).is_some_and(|called| split_words(called).iter().any(|word| word == "refresh"))
    };
    let is_refresh = |given: &Supplied<'p>| case.makes_refresh_token(given.at, given.call.span) || says_refresh(given.call);
    let (for_refresh, for_access): (Vec<_>, Vec<_>) = case.program.supplied_for(name, place).into_iter().partition(is_refresh);
    let telling = if for_access.is_empty() { for_refresh } else { for_access };
    let told = telling.into_iter().map(|given| given.value.and_then(|(value, at)| seconds(case, value, at, unit, depth + 1)));
    told.collect::<Option<Vec<u64>>>()?.into_iter().max()
}

/// The seconds that those who construct a class hand over for a field of it, instead of what its constructor takes where nothing is said:
/// the longest, if all of them can be read.
fn constructed<'p>(case: &Case<'_, 'p>, value: &Value, place: Place, unit: Unit, depth: usize) -> Option<Option<u64>> {
    let ValueKind::Member(of, field) = &value.kind else { return None };
    if !matches!(of.kind, ValueKind::This) {
        return None;
    }
    let mut given = case.program.given_to_constructor(case.program.class_around(place)?, field).into_iter().flatten().peekable();
    given.peek()?;
    let told: Option<Vec<u64>> = given.map(|(value, at)| seconds(case, value, at, unit, depth + 1)).collect();
    Some(told.and_then(|told| told.into_iter().max()))
}

/// The seconds of a number that a call reads from a text: `int(getenv("MINUTES", "15"))`.
fn digits(value: &Value, unit: Unit) -> Option<u64> {
    let ValueKind::Text(text) = &value.kind else { return None };
    let number: f64 = text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())??;
    scaled(number, seconds_of(unit))
}

/// A call that makes a duration: its name or its arguments' names bear the unit.
fn duration_call<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place, depth: usize) -> Option<u64> {
    let at = At { program: case.program, place };
    let (value, place) = case.program.fold(value, place);
    let ValueKind::Call(call) = &value.kind else {
        if let Some((call, place)) = made_by(case, value, place) {
            return duration_of(case, call, place, depth);
        }
        // `15.minutes`, `15.minutes.inWholeMilliseconds`
        let ValueKind::Member(of, unit) = &value.kind else { return None };
        return match unit_named(unit) {
            Some(unit) => scaled(number_of(of, &at, 0)?, unit),
            None if depth < 4 => duration_call(case, of, place, depth + 1),
            None => None,
        };
    };
    duration_of(case, call, place, depth)
}

/// The call to which a name or member was set: `val ttl = Duration.ofMinutes(15)`.
fn made_by<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place) -> Option<(&'p Call, Place)> {
    if !matches!(value.kind, ValueKind::Name(_) | ValueKind::Member(..)) {
        return None;
    }
    case.program.eval(value, place, false).into_iter().find_map(|thing| match thing {
        Thing::Outside { name, made_by: Some((call, at)), .. } if name.segments.last().is_some_and(|last| last.called.is_some()) => Some((call, at)),
        _ => None,
    })
}

fn duration_of<'p>(case: &Case<'_, 'p>, call: &'p Call, place: Place, depth: usize) -> Option<u64> {
    let at = At { program: case.program, place };
    let name = Name::of_call(call);
    if let Some(unit) = unit_named(name.last()) {
        let inside = match (&call.callee.kind, call.args.first()) {
            (_, Some(argument)) => number_of(&argument.value, &at, 0),
            (ValueKind::Member(of, _), None) => number_of(of, &at, 0),
            _ => None,
        };
        return scaled(inside?, unit);
    }
    let number = |index: usize| call.positional(index).and_then(|value| number_of(value, &at, 0));
    // `Duration::new(900, 0)`
    if name.last() == "new" && name.segments.iter().rev().nth(1).is_some_and(|of| of.text == "Duration") {
        return scaled(number(0)?, 1.0);
    }
    // `plus(15, ChronoUnit.MINUTES)`, `Duration.of(15, MINUTES)`, `add(15, "minutes")`, `TimeUnit.DAYS.toMillis(7)`
    let unit = call.args.iter().find_map(|argument| constant_unit(&argument.value)).or_else(|| match &call.callee.kind {
        ValueKind::Member(of, _) => constant_unit(of),
        _ => None,
    });
    if let Some(unit) = unit
        && let Some(number) = number(0)
    {
        return scaled(number, unit);
    }
    let mut total = None;
    for argument in &call.args {
        if let Some(unit) = argument.name.as_deref().and_then(unit_named)
            && let Some(seconds) = number_of(&argument.value, &at, 0).and_then(|number| scaled(number, unit))
        {
            total = Some(total.unwrap_or(0) + seconds);
        }
    }
    if total.is_some() || depth >= 4 {
        return total;
    }
    let inside = call.args.iter().find_map(|argument| duration_call(case, &argument.value, place, depth + 1));
    inside.or_else(|| match &call.callee.kind {
        ValueKind::Member(of, _) => duration_call(case, of, place, depth + 1),
        _ => None,
    })
}

/// The unit that a constant of capitals names: `ChronoUnit.MINUTES`.
fn constant_unit(value: &Value) -> Option<f64> {
    if let ValueKind::Text(text) = &value.kind {
        return unit_named(text);
    }
    let (ValueKind::Name(name) | ValueKind::Member(_, name)) = &value.kind else { return None };
    name.chars().all(char::is_uppercase).then(|| unit_named(name)).flatten()
}

/// The seconds of a unit that a name bears.
fn unit_named(name: &str) -> Option<f64> {
    let name = name.to_lowercase();
    let name = name.trim_start_matches("from_").trim_start_matches("of").trim_start_matches("try_").trim_start_matches("plus");
    Some(match name {
        "milliseconds" | "millis" | "milli" | "ms" => 0.001,
        "seconds" | "secs" | "second" | "s" => 1.0,
        "minutes" | "mins" | "minute" | "min" => 60.0,
        "hours" | "hour" | "h" => 3600.0,
        "days" | "day" | "d" => 86_400.0,
        "weeks" | "week" | "w" => 604_800.0,
        "months" | "month" => 2_629_800.0,
        "years" | "year" => 31_557_600.0,
        _ => return None,
    })
}

fn seconds_of(unit: Unit) -> f64 {
    match unit {
        Unit::Milliseconds => 0.001,
        Unit::Seconds => 1.0,
        Unit::Minutes => 60.0,
        Unit::Hours => 3600.0,
        Unit::Days => 86_400.0,
    }
}

fn scaled(number: f64, unit: f64) -> Option<u64> {
    (number.is_finite() && number >= 0.0).then_some((number * unit) as u64)
}

/// `15m`, `2 days`, `900` (milliseconds, as a text without a unit means).
fn span_text(text: &str) -> Option<u64> {
    let text = text.trim().to_lowercase();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text.get(..digits)?.parse().ok()?;
    let factor = match text.get(digits..)?.trim() {
        "" | "ms" | "msec" | "millisecond" | "milliseconds" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 604_800.0,
        "y" | "yr" | "year" | "years" => 31_557_600.0,
        _ => return None,
    };
    Some((number * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::span_text;

    #[test]
    fn texts_with_units_are_read() {
        assert_eq!(span_text("15m"), Some(900));
        assert_eq!(span_text("2 days"), Some(172_800));
        assert_eq!(span_text("900000"), Some(900));
        assert_eq!(span_text("soon"), None);
    }
}
