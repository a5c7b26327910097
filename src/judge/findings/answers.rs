//! What a server's logout answers, and whether it leaves a trace of itself.

use super::{Case, Judged, Said};
use crate::ir::{Block, Call, Name, StepKind, Value, ValueKind, Visit, each_value_of, walk_value};
use crate::link::Place;
use crate::outcome::{Action, Finding, Severity, Side};
use crate::rules::{Kind, SignKind};
use crate::source::{Language, Span};
use crate::trace::{Event, MatchSite, Way, value_at};

/// `error-detail-exposed`: the text of what was caught goes into the answer.
pub(super) fn error_detail_exposed<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, found: &mut Vec<Finding>) {
    for (sign, event, call) in one.signs(case, Side::Server, SignKind::Answer) {
        let Some(call) = call.filter(|_| event.way == Way::Error) else { continue };
        let said = sign.target.iter().filter_map(|locator| value_at(case.program, locator, &MatchSite::Call(call), event.place));
        let Some(exposed) = said.filter(|(_, place)| place.module == event.place.module).find_map(|(value, _)| exposed_error(case, value)) else { continue };
        if !is_caught(case, event, exposed.1) || is_dropped(case, event, call) {
            continue;
        }
        let finding = Said {
            check: "error-detail-exposed",
            severity: Severity::Low,
            message: "the text of the error goes into the answer: it tells of tables, hosts and libraries".to_owned(),
            site: case.site(event.place.module, exposed.0),
            related: one.flow.server.iter().map(|server| server.head.clone()).collect(),
            fix: Some("log the error on the server and answer with a fixed text"),
        };
        found.push(finding.finding(&one.flow.id));
    }
}

/// Whether a call only makes an error or answer, and nothing throws or returns it.
fn is_dropped(case: &Case<'_, '_>, event: &Event<'_>, call: &Call) -> bool {
    let makes = ["Error", "Exception", "Response"].iter().any(|end| call.last_name().ends_with(end));
    let module = case.program.module(event.place.module);
    let body = module.body(event.place.function);
    makes && is_statement(body, event.span)
}

/// Whether a statement is nothing but what stands at a place.
fn is_statement(block: &Block, span: Span) -> bool {
    block.iter().filter(|step| step.span.contains(span)).any(|step| match &step.kind {
        StepKind::Evaluate(value) => value.span == span,
        StepKind::Branch { then, otherwise, .. } => [then, otherwise].into_iter().any(|block| is_statement(block, span)),
        StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().any(|block| is_statement(block, span)),
        StepKind::Loop { body, .. } => is_statement(body, span),
        StepKind::Match { arms, .. } => arms.iter().any(|(_, arm)| is_statement(arm, span)),
        _ => false,
    })
}

/// Where a value holds the text of an error, and how that is called: `error.message`, `str(e)`, `{e}`.
fn exposed_error<'p>(case: &Case<'_, '_>, value: &'p Value) -> Option<(Span, &'p str)> {
    let is_error = |name: &str| case.rules.lexicon.is("error", name);
    let named = |value: &'p Value| match &value.kind {
        ValueKind::Name(name) if is_error(name) => Some(name.as_str()),
        _ => None,
    };
    let mut exposure = Exposure { named: &named, found: None };
    walk_value(value, &mut exposure);
    exposure.found
}

/// Looks for the text of an error in a value.
struct Exposure<'n, 'p> {
    named: &'n dyn Fn(&'p Value) -> Option<&'p str>,
    found: Option<(Span, &'p str)>,
}

impl<'p> Visit<'p> for Exposure<'_, 'p> {
    fn value(&mut self, part: &'p Value) -> bool {
        let name = match &part.kind {
            ValueKind::Member(of, member) if matches!(member.as_str(), "message" | "stack" | "localizedMessage" | "sqlMessage" | "detail") => (self.named)(of),
            ValueKind::Template(parts) => parts.iter().find_map(self.named),
            ValueKind::Call(call) => text_of_error(call, self.named),
            // What asks for something else than the error may ask where the application runs.
            ValueKind::Choice { test, .. } => {
                let mut asks_for_error = false;
                each_value_of(test, |value| asks_for_error |= (self.named)(value).is_some());
                return asks_for_error;
            }
            _ => None,
        };
        self.found = self.found.or(name.map(|name| (part.span, name)));
        true
    }
}

/// `str(e)`, `e.to_string()`, `format!("{}", e)`.
fn text_of_error<'p>(call: &'p Call, named: &dyn Fn(&'p Value) -> Option<&'p str>) -> Option<&'p str> {
    match &call.callee.kind {
        ValueKind::Name(function) if matches!(function.as_str(), "str" | "repr" | "String" | "format!") => call.args.iter().find_map(|argument| named(&argument.value)),
        ValueKind::Member(of, method) if matches!(method.as_str(), "to_string" | "toString") => named(of),
        _ => None,
    }
}

/// Whether the error of a name is one that was caught without being asked for: what the application raises itself says what it may.
fn is_caught(case: &Case<'_, '_>, event: &Event<'_>, name: &str) -> bool {
    let module = case.program.module(event.place.module);
    let mut at = event.place.function;
    let mut block = module.body(at);
    loop {
        match around(block, event.span) {
            Around::Caught => break,
            Around::Asked => return false,
            Around::Nothing => {}
        }
        let Some(index) = at else { return false };
        let function = module.function(index);
        if function.params.iter().any(|param| param.name == name) && function.parent.is_some() {
            return true;
        }
        at = function.parent;
        block = module.body(at);
    }
    let text = case.texts.text(event.place.module).get(..event.span.start as usize).unwrap_or("");
    is_general(text, module.language)
}

enum Around {
    /// The place stands in what runs when something was caught.
    Caught,
    /// A test inside of that decides which errors get there.
    Asked,
    Nothing,
}

fn around(block: &Block, span: Span) -> Around {
    let has = |block: &Block| block.iter().any(|step| step.span.contains(span));
    for step in block.iter().filter(|step| step.span.contains(span)) {
        match &step.kind {
            StepKind::Attempt { caught, .. } if has(caught) => return if is_asked(caught, span) { Around::Asked } else { Around::Caught },
            StepKind::Attempt { body, caught, finally } => {
                return [body, caught, finally].into_iter().find(|block| has(block)).map_or(Around::Nothing, |block| around(block, span));
            }
            StepKind::Branch { then, otherwise, .. } => return [then, otherwise].into_iter().find(|block| has(block)).map_or(Around::Nothing, |block| around(block, span)),
            StepKind::Match { arms, .. } => {
                let Some((labels, arm)) = arms.iter().find(|(_, arm)| has(arm)) else { return Around::Nothing };
                let is_error = |label: &Value| Name::written(label).segments.first().is_some_and(|first| first.text == "Err");
                return if labels.iter().any(is_error) { Around::Caught } else { around(arm, span) };
            }
            StepKind::Loop { body, .. } => return around(body, span),
            StepKind::Evaluate(value) | StepKind::Return(Some(value)) | StepKind::Assign { value, .. } => {
                if let ValueKind::Block(block) = &value.kind {
                    return around(block, span);
                }
            }
            _ => {}
        }
    }
    Around::Nothing
}

/// Whether a place of what is caught stands under a test of its own.
fn is_asked(block: &Block, span: Span) -> bool {
    block.iter().filter(|step| step.span.contains(span)).any(|step| match &step.kind {
        StepKind::Branch { test, .. } => !matches!(test.kind, ValueKind::Unknown(_)),
        StepKind::Match { .. } => true,
        _ => false,
    })
}

/// Whether what is caught at the end of a text is any error at all, and not one of a name that the application may have chosen its words for.
fn is_general(before: &str, language: Language) -> bool {
    let head = |word: &str| before.rfind(word).and_then(|at| before.get(at..)).and_then(|rest| rest.lines().next()).unwrap_or("").to_owned();
    let is_one_of = |head: &str, names: &[&str]| split(head).iter().any(|word| names.contains(&word.as_str()));
    match language {
        Language::Python => {
            let head = head("except");
            head.trim_end().ends_with("except:") || is_one_of(&head, &["Exception", "BaseException", "SQLAlchemyError", "RuntimeError"])
        }
        Language::Kotlin => is_one_of(&head("catch"), &["Exception", "Throwable", "RuntimeException"]),
        _ => true,
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
}

/// `logout-cacheable`: an answer that clears cookies says nothing of caches, nor does any other code (`is_said`).
pub(super) fn logout_cacheable<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, is_said: &dyn Fn() -> bool, found: &mut Vec<Finding>) {
    let Some(server) = one.flow.server.as_ref().filter(|server| server.route.is_some() && server.method.is_some()) else { return };
    let clears = one.flow.evidence().find(|evidence| evidence.action == Action::Cookie && evidence.counts && evidence.at == Side::Server);
    let (Some(clears), None) = (clears, one.traced.library) else { return };
    if one.is_cut_short() || one.signs(case, Side::Server, SignKind::NoStore).next().is_some() || is_everywhere(case, one) || is_said() {
        return;
    }
    let said = Said {
        check: "logout-cacheable",
        severity: Severity::Low,
        message: "this logout clears its cookie and says neither `Cache-Control: no-store` nor `Clear-Site-Data`".to_owned(),
        site: server.head.clone(),
        related: vec![clears.site.clone()],
        fix: Some("send `Cache-Control: no-store` with the logout, and best `Clear-Site-Data: \"*\"`"),
    };
    found.push(said.finding(&one.flow.id));
}

/// Whether the application says of all its answers that they must not be kept.
fn is_everywhere(case: &Case<'_, '_>, one: Judged<'_, '_>) -> bool {
    let is_meant = |index: usize| case.rules.signs[index].kind == SignKind::NoStoreEverywhere;
    let Some(module) = one.server_module() else { return false };
    case.traced
        .survey
        .of(Kind::Trait)
        .any(|found| is_meant(found.entry.index) && case.program.module(found.place.module).language.name() == case.program.module(module).language.name())
}

/// Whether any code that is read speaks of not keeping answers: it may well set that for all.
pub(super) fn speaks_of_caches(case: &Case<'_, '_>) -> bool {
    case.program.modules().any(|(id, _)| {
        let text = case.texts.text(id);
        ["no-store", "no_store", "noStore", "NO_STORE", "Clear-Site-Data", "clear-site-data", "nocache", "noCache"].iter().any(|word| text.contains(word))
    })
}

/// Whether the handler itself is marked as one whose calls are logged.
fn is_annotated(case: &Case<'_, '_>, one: Judged<'_, '_>) -> bool {
    let Some(function) = one.traced.server.as_ref().and_then(|server| server.function) else { return false };
    case.program.function(function).annotations.iter().any(|annotation| case.shows(annotation, Place::of(function), SignKind::Log))
}

/// `logout-not-logged`: nothing that a server's logout reaches writes a line.
pub(super) fn logout_not_logged<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, found: &mut Vec<Finding>) {
    let Some(server) = &one.flow.server else { return };
    let works = one.flow.evidence().any(|evidence| evidence.counts && evidence.at == Side::Server);
    if !works || is_annotated(case, one) || one.traced.library.is_some() || one.is_cut_short() || one.signs(case, Side::Server, SignKind::Log).next().is_some() {
        return;
    }
    let said = Said {
        check: "logout-not-logged",
        severity: Severity::Low,
        message: "this logout writes no log or audit event: nobody can tell later when the session ended".to_owned(),
        site: server.head.clone(),
        related: Vec::new(),
        fix: Some("log an event with the user's id, the time and the origin; never the token or the session id"),
    };
    found.push(said.finding(&one.flow.id));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_catches_any_error_is_general() {
        assert!(is_general("try:\n  end()\nexcept Exception as e:\n  ", Language::Python) && is_general("try:\n  end()\nexcept:\n", Language::Python));
        assert!(!is_general("try:\n  end()\nexcept UnknownSession as e:\n  ", Language::Python));
        assert!(is_general("} catch (e: Exception) { ", Language::Kotlin) && !is_general("} catch (e: NotFound) { ", Language::Kotlin));
    }
}
