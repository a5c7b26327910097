//! Tests on values: is it empty, in the past, like this text, a call of that name.

use crate::ir::{BinaryOp, Name, Value, ValueKind};

use super::pattern::{Glob, Pattern};
use super::words::Lexicon;

/// What a rule asks of the program around a value.
pub trait Lookup<'p> {
    /// The value that `value` stands for, constants and assignments followed; itself where nothing is known.
    fn fold(&self, value: &'p Value) -> &'p Value;
    /// The expression that a local variable was set to; itself where it is none.
    fn origin(&self, value: &'p Value) -> &'p Value {
        value
    }
    /// All names of a value: as written, and as imports, types and assignments make it.
    fn names(&self, value: &'p Value) -> Vec<Name>;
    /// The text that a helper of the project makes which a value calls: `keyOf(token)` with `fun keyOf(token) = "refresh:$token"`.
    fn made_by_helper(&self, _value: &'p Value) -> Option<&'p Value> {
        None
    }
    /// The text that such a helper makes of what it is handed: `cookieOf("", 0)` with `fun cookieOf(value, age) = "sid=$value; Max-Age=$age"`.
    fn spelled_by_helper(&self, _value: &'p Value) -> Option<String> {
        None
    }
    /// What the caller of the function around a value calls it, or a part of it, where that names a credential.
    fn named_by_caller(&self, _value: &'p Value) -> Option<&'p Value> {
        None
    }
    /// What a closure of one step gives back: `() => null`.
    fn given_back(&self, _value: &'p Value) -> Option<&'p Value> {
        None
    }
}

/// A property of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Empty,
    /// Empty, and not `undefined`: what a library writes even where it leaves that out.
    Cleared,
    Undefined,
    Null,
    Zero,
    Negative,
    False,
    True,
    Text,
    Number,
    Present,
    Absent,
    Closure,
    Record,
    List,
    /// A moment that is over: `new Date(0)`, a date of 1970, a subtraction from now.
    Past,
    NonEmpty,
    /// A call.
    Call,
}

impl Is {
    pub(super) fn parse(word: &str) -> Result<Self, String> {
        Ok(match word {
            "empty" => Self::Empty,
            "cleared" => Self::Cleared,
            "undefined" => Self::Undefined,
            "null" => Self::Null,
            "zero" => Self::Zero,
            "negative" => Self::Negative,
            "false" => Self::False,
            "true" => Self::True,
            "text" => Self::Text,
            "number" => Self::Number,
            "present" => Self::Present,
            "absent" => Self::Absent,
            "closure" => Self::Closure,
            "record" => Self::Record,
            "list" => Self::List,
            "past" => Self::Past,
            "nonempty" => Self::NonEmpty,
            "call" => Self::Call,
            other => {
                return Err(format!(
                    "unknown property `{other}`; one of empty, cleared, undefined, null, zero, negative, false, true, text, number, present, absent, closure, record, list, past, nonempty, call"
                ));
            }
        })
    }
}

/// A compiled test of one value.
#[derive(Debug, Clone)]
pub struct ValueTest {
    /// The path inside a record; a segment `*` is any key and may be a glob.
    pub(super) field: Vec<Glob>,
    pub(super) is: Vec<Is>,
    pub(super) like: Vec<Glob>,
    pub(super) calls: Vec<Pattern>,
    pub(super) not: bool,
}

impl ValueTest {
    /// Whether the value passes; `None` is an absent argument.
    pub fn passes<'p>(&self, value: Option<&'p Value>, lookup: &dyn Lookup<'p>, lexicon: &Lexicon) -> bool {
        let found = match value {
            None => self.holds(None, lookup, lexicon),
            Some(value) if self.field.is_empty() => self.holds(Some(value), lookup, lexicon),
            Some(value) => {
                let mut at = Vec::new();
                collect_fields(&self.field, value, lookup, lexicon, 0, &mut at);
                if at.is_empty() { self.holds(None, lookup, lexicon) } else { at.into_iter().any(|value| self.holds(Some(value), lookup, lexicon)) }
            }
        };
        found != self.not
    }

    fn holds<'p>(&self, value: Option<&'p Value>, lookup: &dyn Lookup<'p>, lexicon: &Lexicon) -> bool {
        let Some(value) = value else { return self.wants_nothing() };
        let folded = lookup.fold(value);
        (self.is.is_empty() || self.is.iter().any(|is| has_property(*is, folded, lookup, lexicon, 0)))
            && (self.like.is_empty()
                || self.like.iter().any(|glob| is_like(glob, value, folded, lexicon))
                || self.is_made_like(value, lookup, lexicon)
                || self.is_spelled_like(value, folded, lookup, lexicon))
            && (self.calls.is_empty() || mentions_call(&self.calls, value, lookup, lexicon, 0) || mentions_call(&self.calls, folded, lookup, lexicon, 0))
    }

    /// Whether what is not there passes.
    pub(super) fn passes_absent(&self) -> bool {
        self.wants_nothing() != self.not
    }

    fn wants_nothing(&self) -> bool {
        self.is.contains(&Is::Absent)
    }

    /// Whether a text that a helper of the project makes, or what the caller hands over, is like what is asked for.
    fn is_made_like<'p>(&self, value: &'p Value, lookup: &dyn Lookup<'p>, lexicon: &Lexicon) -> bool {
        let made = lookup.made_by_helper(value).into_iter().chain(lookup.named_by_caller(value));
        made.into_iter().any(|made| self.like.iter().any(|glob| is_like(glob, made, made, lexicon)))
    }

    /// Whether a text whose holes are known is like what is asked for: `"$name=$value; Max-Age=$age"` where the age is 0.
    fn is_spelled_like<'p>(&self, value: &'p Value, folded: &'p Value, lookup: &dyn Lookup<'p>, lexicon: &Lexicon) -> bool {
        let is_like = |text: Option<String>| text.is_some_and(|text| self.like.iter().any(|glob| glob.fits(&text, lexicon)));
        match &folded.kind {
            ValueKind::Template(parts) => is_like(spelled(parts, &|part| lookup.fold(part))),
            // Two names: `PREFIX + id`.
            ValueKind::Binary { op: BinaryOp::Add, left, right } => is_like(spelled([&**left, &**right], &|part| lookup.fold(part))),
            ValueKind::List(items) => items.iter().any(|item| matches!(&item.kind, ValueKind::Template(parts) if is_like(spelled(parts, &|part| lookup.fold(part))))),
            _ => is_like(lookup.spelled_by_helper(value)),
        }
    }
}

/// What stands for a hole of a text that nothing is known of.
const UNKNOWN: char = '\u{fffd}';

/// The text that a template makes, if something is known of its holes.
pub fn spelled<'p>(parts: impl IntoIterator<Item = &'p Value>, fold: &dyn Fn(&'p Value) -> &'p Value) -> Option<String> {
    let mut text = String::new();
    let mut is_known = false;
    for part in parts {
        let literal = matches!(part.kind, ValueKind::Text(_));
        match &fold(part).kind {
            ValueKind::Text(known) => {
                text.push_str(known);
                is_known |= !literal;
            }
            ValueKind::Number(number) => {
                text.push_str(&number.to_string());
                is_known = true;
            }
            _ => text.push(UNKNOWN),
        }
    }
    is_known.then_some(text)
}

/// Values in records may nest this deep before a test gives up.
const MAX_NESTING: usize = 6;

fn collect_fields<'p>(path: &[Glob], value: &'p Value, lookup: &dyn Lookup<'p>, lexicon: &Lexicon, depth: usize, into: &mut Vec<&'p Value>) {
    let folded = lookup.fold(value);
    let Some((first, rest)) = path.split_first() else {
        into.push(value);
        return;
    };
    if depth > MAX_NESTING {
        return;
    }
    match &folded.kind {
        ValueKind::Record(entries) => {
            for (key, entry) in entries {
                if key == "..." {
                    collect_fields(path, entry, lookup, lexicon, depth + 1, into);
                } else if first.fits(key, lexicon) {
                    collect_fields(rest, entry, lookup, lexicon, depth + 1, into);
                }
            }
        }
        ValueKind::List(items) => match first.single().and_then(|position| position.parse::<usize>().ok()) {
            // `field = "1"` of a tuple.
            Some(position) => items.get(position).into_iter().for_each(|item| collect_fields(rest, item, lookup, lexicon, depth + 1, into)),
            None => items.iter().for_each(|item| collect_fields(path, item, lookup, lexicon, depth + 1, into)),
        },
        ValueKind::Call(call) => {
            // A struct literal or constructor: its named arguments are its fields.
            for argument in &call.args {
                if argument.name.as_deref().is_some_and(|name| first.fits(name, lexicon)) {
                    collect_fields(rest, &argument.value, lookup, lexicon, depth + 1, into);
                }
            }
        }
        // An update that gives some fields anew beside all that was: `(before) => ({ ...before, user: null })`.
        ValueKind::Closure(_) => {
            let is_update = |made: &&Value| matches!(&made.kind, ValueKind::Record(entries) if entries.iter().any(|(key, _)| key == "..."));
            if let Some(made) = lookup.given_back(folded).filter(is_update) {
                collect_fields(path, made, lookup, lexicon, depth + 1, into);
            }
        }
        _ => {}
    }
}

fn has_property<'p>(is: Is, value: &'p Value, lookup: &dyn Lookup<'p>, lexicon: &Lexicon, depth: usize) -> bool {
    match (is, &value.kind) {
        (Is::Present | Is::NonEmpty, _) if is == Is::Present => true,
        (Is::NonEmpty, _) => !has_property(Is::Empty, value, lookup, lexicon, depth),
        (Is::Null, ValueKind::Null | ValueKind::Undefined) | (Is::False, ValueKind::Bool(false)) | (Is::True, ValueKind::Bool(true)) => true,
        (Is::Text, ValueKind::Text(_) | ValueKind::Template(_)) | (Is::Number, ValueKind::Number(_)) => true,
        (Is::Closure, ValueKind::Closure(_)) | (Is::Record, ValueKind::Record(_)) | (Is::List, ValueKind::List(_)) | (Is::Call, ValueKind::Call(_)) => true,
        (Is::Zero, _) => number_of(value, lookup, 0) == Some(0.0) || matches!(&value.kind, ValueKind::Text(text) if text.trim() == "0") || is_zero_duration(value, lookup),
        (Is::Negative, _) => number_of(value, lookup, 0).is_some_and(|number| number < 0.0) || is_negative_duration(value, lookup),
        // `setUser(() => null)`: an update that asks for nothing of what was.
        (Is::Empty | Is::Null, ValueKind::Closure(_)) if depth < MAX_NESTING => {
            lookup.given_back(value).is_some_and(|made| has_property(is, lookup.fold(made), lookup, lexicon, depth + 1))
        }
        (Is::Undefined, ValueKind::Undefined) => true,
        (Is::Cleared, kind) => !matches!(kind, ValueKind::Undefined) && has_property(Is::Empty, value, lookup, lexicon, depth),
        (Is::Empty, kind) => is_empty(kind, lookup, lexicon, depth),
        (Is::Past, _) => is_past(value, lookup, depth),
        _ => false,
    }
}

fn is_empty<'p>(kind: &'p ValueKind, lookup: &dyn Lookup<'p>, lexicon: &Lexicon, depth: usize) -> bool {
    match kind {
        ValueKind::Null | ValueKind::Undefined => true,
        ValueKind::Bool(flag) => !flag,
        ValueKind::Text(text) => text.is_empty(),
        ValueKind::Number(number) => *number == 0.0,
        ValueKind::List(items) => items.is_empty(),
        ValueKind::Record(entries) => {
            depth < MAX_NESTING
                && entries
                    .iter()
                    .all(|(key, entry)| if key == "..." { is_initial(entry, lexicon) } else { has_property(Is::Empty, lookup.fold(entry), lookup, lexicon, depth + 1) })
        }
        ValueKind::Name(name) => lexicon.is("initial-state", name) || name == "None",
        ValueKind::Member(_, name) => lexicon.is("initial-state", name) || lexicon.is_exactly("signed-out-state", name),
        ValueKind::Call(call) => {
            let name = Name::of_call(call);
            let last = name.last();
            call.args.is_empty() && lexicon.is_exactly("made-empty", last)
                || (matches!(last, "Set") && call.args.len() == 1 && call.args.first().is_some_and(|arg| matches!(&arg.value.kind, ValueKind::Name(none) if none == "None")))
        }
        _ => false,
    }
}

fn is_initial(value: &Value, lexicon: &Lexicon) -> bool {
    matches!(&value.kind, ValueKind::Name(name) | ValueKind::Member(_, name) if lexicon.is("initial-state", name))
}

/// The number that a value is, arithmetic on constants included.
pub fn number_of<'p>(value: &'p Value, lookup: &dyn Lookup<'p>, depth: usize) -> Option<f64> {
    if depth > MAX_NESTING {
        return None;
    }
    let value = lookup.fold(value);
    match &value.kind {
        ValueKind::Number(number) => Some(*number),
        ValueKind::Text(text) => text.trim().parse().ok(),
        ValueKind::Binary { op, left, right } => {
            let (left, right) = (number_of(left, lookup, depth + 1)?, number_of(right, lookup, depth + 1)?);
            match op {
                BinaryOp::Add => Some(left + right),
                BinaryOp::Subtract => Some(left - right),
                BinaryOp::Multiply => Some(left * right),
                BinaryOp::Divide => Some(left / right),
                _ => None,
            }
        }
        // `int(os.getenv("X", "60"))`, `Number(process.env.X || 900)`, `toLong()`: the one number inside.
        ValueKind::Call(call) if call.args.len() <= 2 => call.args.iter().rev().find_map(|argument| number_of(&argument.value, lookup, depth + 1)),
        ValueKind::Choice { then, otherwise, .. } => number_of(otherwise, lookup, depth + 1).or_else(|| number_of(then, lookup, depth + 1)),
        _ => None,
    }
}

fn is_zero_duration<'p>(value: &'p Value, lookup: &dyn Lookup<'p>) -> bool {
    match &value.kind {
        ValueKind::Member(of, name) => matches!(name.as_str(), "ZERO" | "EPOCH" | "UNIX_EPOCH") || (matches!(&of.kind, ValueKind::Number(n) if *n == 0.0)),
        ValueKind::Call(call) => {
            let last = Name::of_call(call);
            let last = last.last();
            let zero_inside = call.args.first().is_some_and(|arg| number_of(&arg.value, lookup, 0) == Some(0.0));
            (matches!(last, "zero" | "ZERO") && call.args.is_empty())
                || (zero_inside
                    && matches!(
                        last,
                        "seconds"
                            | "milliseconds"
                            | "minutes"
                            | "from_secs"
                            | "ofSeconds"
                            | "ofMillis"
                            | "days"
                            | "hours"
                            | "timedelta"
                            | "Duration"
                            | "ofMinutes"
                            | "from_millis"
                            | "new"
                    ))
                || (call.args.is_empty()
                    && matches!(&call.callee.kind, ValueKind::Member(of, unit) if matches!(&of.kind, ValueKind::Number(n) if *n == 0.0) && matches!(unit.as_str(), "days" | "seconds" | "minutes" | "hours")))
        }
        _ => false,
    }
}

fn is_negative_duration<'p>(value: &'p Value, lookup: &dyn Lookup<'p>) -> bool {
    match &value.kind {
        ValueKind::Call(call) => call.args.iter().any(|arg| number_of(&arg.value, lookup, 0).is_some_and(|number| number < 0.0)),
        _ => false,
    }
}

fn is_past<'p>(value: &'p Value, lookup: &dyn Lookup<'p>, depth: usize) -> bool {
    if depth > MAX_NESTING {
        return false;
    }
    match &value.kind {
        ValueKind::Number(number) => *number <= 1.0,
        ValueKind::Text(text) => text.contains("1970") || text.contains("01 Jan 19") || text.contains("-1970"),
        ValueKind::Binary { op: BinaryOp::Subtract, left, right } => !matches!(&left.kind, ValueKind::Number(_)) && !is_past(right, lookup, depth + 1),
        ValueKind::Member(_, name) => matches!(name.as_str(), "EPOCH" | "UNIX_EPOCH" | "MIN" | "min"),
        ValueKind::Call(call) => {
            let name = Name::of_call(call);
            let last = name.last();
            let first = call.args.first().map(|argument| lookup.fold(&argument.value));
            match last {
                _ if last.to_lowercase().starts_with("sub") || last.starts_with("minus") => true,
                "Date" | "GMTDate" | "fromtimestamp" | "utcfromtimestamp" | "from_unix_timestamp" | "ofEpochMilli" | "ofEpochSecond" | "datetime" | "setTime" => {
                    first.is_some_and(|first| is_past(first, lookup, depth + 1) || matches!(&first.kind, ValueKind::Number(year) if *year < 2001.0 && last == "datetime"))
                }
                // `datetime.min.replace(tzinfo=timezone.utc)`
                "toUTCString" | "toGMTString" | "into" | "unwrap" | "Some" | "toString" | "replace" | "astimezone" => match &call.callee.kind {
                    ValueKind::Member(of, _) => is_past(lookup.fold(of), lookup, depth + 1),
                    _ => first.is_some_and(|first| is_past(first, lookup, depth + 1)),
                },
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_like(glob: &Glob, value: &Value, folded: &Value, lexicon: &Lexicon) -> bool {
    let mut texts = Vec::new();
    collect_texts(value, &mut texts, 0);
    collect_texts(folded, &mut texts, 0);
    texts.iter().any(|text| glob.fits(text, lexicon))
}

fn collect_texts<'a>(value: &'a Value, into: &mut Vec<&'a str>, depth: usize) {
    // A builder's chain is deep: each of its calls is two steps.
    if depth > 4 * MAX_NESTING {
        return;
    }
    match &value.kind {
        ValueKind::Text(text) | ValueKind::Name(text) => into.push(text),
        ValueKind::Member(of, text) => {
            into.push(text);
            collect_texts(of, into, depth + 1);
        }
        ValueKind::Template(parts) | ValueKind::List(parts) | ValueKind::Unknown(parts) => parts.iter().for_each(|part| collect_texts(part, into, depth + 1)),
        ValueKind::Record(entries) => entries.iter().for_each(|(_, entry)| collect_texts(entry, into, depth + 1)),
        ValueKind::Await(inner) | ValueKind::Not(inner) => collect_texts(inner, into, depth + 1),
        // `sessions[at]`
        ValueKind::Index(of, key) => {
            collect_texts(of, into, depth + 1);
            collect_texts(key, into, depth + 1);
        }
        ValueKind::Call(call) => {
            collect_texts(&call.callee, into, depth + 1);
            call.args.iter().for_each(|argument| collect_texts(&argument.value, into, depth + 1));
        }
        ValueKind::Binary { left, right, .. } => {
            collect_texts(left, into, depth + 1);
            collect_texts(right, into, depth + 1);
        }
        ValueKind::Choice { then, otherwise, .. } => {
            collect_texts(then, into, depth + 1);
            collect_texts(otherwise, into, depth + 1);
        }
        _ => {}
    }
}

fn mentions_call<'p>(patterns: &[Pattern], value: &'p Value, lookup: &dyn Lookup<'p>, lexicon: &Lexicon, depth: usize) -> bool {
    if depth > MAX_NESTING {
        return false;
    }
    let fits = |value: &'p Value| lookup.names(value).iter().any(|name| patterns.iter().any(|pattern| pattern.fits(name, lexicon)));
    match &value.kind {
        ValueKind::Member(_, _) => fits(value),
        // What a statement or row is made by: `found = select(Token)`.
        ValueKind::Name(_) => {
            let made = lookup.origin(value);
            fits(value) || matches!(made.kind, ValueKind::Call(_)) && mentions_call(patterns, made, lookup, lexicon, depth + 1)
        }
        ValueKind::Call(call) => {
            fits(value)
                || matches!(&call.callee.kind, ValueKind::Member(of, _) if mentions_call(patterns, of, lookup, lexicon, depth + 1))
                || call.args.iter().any(|argument| mentions_call(patterns, &argument.value, lookup, lexicon, depth + 1))
        }
        ValueKind::Await(inner) => mentions_call(patterns, inner, lookup, lexicon, depth + 1),
        ValueKind::List(items) | ValueKind::Unknown(items) => items.iter().any(|item| mentions_call(patterns, item, lookup, lexicon, depth + 1)),
        ValueKind::Record(entries) => entries.iter().any(|(_, entry)| mentions_call(patterns, entry, lookup, lexicon, depth + 1)),
        ValueKind::Choice { then, otherwise, .. } => mentions_call(patterns, then, lookup, lexicon, depth + 1) || mentions_call(patterns, otherwise, lookup, lexicon, depth + 1),
        ValueKind::Closure(_) => lookup.given_back(value).is_some_and(|made| mentions_call(patterns, made, lookup, lexicon, depth + 1)),
        _ => false,
    }
}
