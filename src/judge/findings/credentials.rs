//! Changes of a password that leave the sessions and tokens of the user alive.

use std::collections::BTreeSet;

use super::tokens::speaks_of_version;
use super::{Case, Issued, Said, Stack};
use crate::ir::{AssignOp, Block, Call, FunctionIndex, Name, Step, StepKind, Value, ValueKind, each_value};
use crate::judge::lifetimes::{Lifetime, SHORT};
use crate::link::{FunctionId, ModuleId, Place, lacking};
use crate::outcome::{Finding, Severity};
use crate::rules::{CredentialKind, Kind, SignKind, split_words};
use crate::source::Span;
use crate::trace::Endpoint;

/// How many calls deep the change of a password is followed.
const MAX_DEPTH: usize = 4;

/// How many functions it may reach.
const MAX_FUNCTIONS: usize = 40;

/// `credential-change-keeps-sessions`: an endpoint writes a password, and nothing that it reaches speaks of sessions or tokens.
pub(super) fn credential_change_keeps_sessions(case: &Case<'_, '_>, stack: &Stack, found: &mut Vec<Finding>) {
    let changes: Vec<&Endpoint<'_>> = case.traced.endpoints.all.iter().filter(|endpoint| changes_password(case, endpoint)).collect();
    if changes.is_empty() || speaks_of_version(case) || ends_by_itself(case) {
        return;
    }
    for endpoint in changes {
        let mut change = Change { case, seen: BTreeSet::new(), written: None, is_open: false };
        endpoint.functions.iter().for_each(|function| change.follow(*function, MAX_DEPTH));
        let (Some((module, span)), false) = (change.written, change.is_open) else { continue };
        let Some(issued) = lasting(case, stack, module) else { continue };
        let at = case.place_text(issued.place.module, issued.span);
        let said = Said {
            check: "credential-change-keeps-sessions",
            severity: Severity::Medium,
            message: format!("the password is changed here, and what logins have issued before ({at}) goes on being accepted"),
            site: case.site(module, span),
            related: vec![case.site(endpoint.place.module, endpoint.span), case.site(issued.place.module, issued.span)],
            fix: Some("end all other sessions of the user together with the change: delete the refresh tokens, or raise the token version"),
        };
        found.push(said.finding(case.texts.path(module).as_str()));
    }
}

/// Whether an endpoint says by its path or its function's name that it changes a password.
fn changes_password(case: &Case<'_, '_>, endpoint: &Endpoint<'_>) -> bool {
    let says = |text: &str| {
        let words = split_words(text);
        words.iter().any(|word| case.rules.lexicon.is_exactly("password-field", word)) && case.rules.lexicon.is("change", text)
    };
    let by_name = || matches!(endpoint.functions.as_slice(), [function] if says(&case.program.function(*function).name));
    endpoint.method != "GET" && !endpoint.functions.is_empty() && (says(&endpoint.path) || by_name())
}

/// Whether the framework ends a user's other sessions when the password changes.
fn ends_by_itself(case: &Case<'_, '_>) -> bool {
    case.traced.survey.of(Kind::Trait).any(|found| case.rules.signs[found.entry.index].kind == SignKind::PasswordEndsSessions)
}

/// A credential of the application that outlives the change.
fn lasting<'s>(case: &Case<'_, '_>, stack: &'s Stack, module: ModuleId) -> Option<&'s Issued> {
    let kinds = [CredentialKind::RefreshToken, CredentialKind::AccessToken];
    let lasts = |issued: &&Issued| match (issued.kind, issued.lifetime) {
        (CredentialKind::RefreshToken, _) => true,
        (_, Lifetime::Seconds(seconds)) => seconds > SHORT,
        _ => false,
    };
    stack.nearest_issued(case, &kinds, module).into_iter().filter(|issued| case.are_of_one_application(issued.place.module, module)).find(lasts)
}

/// What a change of a password reaches.
struct Change<'a, 'c, 'p> {
    case: &'a Case<'c, 'p>,
    seen: BTreeSet<FunctionId>,
    /// Where the password is written.
    written: Option<(ModuleId, Span)>,
    /// It speaks of sessions or tokens, or calls what is not known.
    is_open: bool,
}

impl<'p> Change<'_, '_, 'p> {
    fn follow(&mut self, function: FunctionId, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            self.is_open = true;
            return;
        };
        if self.is_open || self.seen.len() >= MAX_FUNCTIONS || !self.seen.insert(function) {
            return;
        }
        let module = self.case.program.module(function.module);
        let defined = self.case.program.function(function);
        let bodies: Vec<(FunctionIndex, &'p Block)> = (0..)
            .map(FunctionIndex)
            .zip(&module.functions)
            .filter(|(index, inner)| *index == function.index || defined.span.contains(inner.span))
            .map(|(index, inner)| (index, &inner.body))
            .collect();
        for (index, body) in bodies {
            let place = Place { module: function.module, function: Some(index) };
            self.steps(body, place);
            let mut calls = Vec::new();
            each_value(body, |value| {
                self.is_open |= self.speaks(value);
                if let ValueKind::Call(call) = &value.kind {
                    calls.push(&**call);
                }
            });
            for call in calls {
                self.call(call, place, depth);
            }
        }
    }

    fn call(&mut self, call: &'p Call, place: Place, depth: usize) {
        let (targets, lacking) = lacking(|| self.case.program.targets(call, place, false));
        let name = Name::of_call(call);
        let words = split_words(name.last());
        let lexicon = &self.case.rules.lexicon;
        let is_password = |field: &str| lexicon.is_exactly("password-field", field);
        // What a function of the project does that was not read is not known, unless its name says it.
        self.is_open |= targets.is_empty() && !lexicon.is("harmless-function", name.last()) && (!lacking.is_empty() || self.is_of_project(&name, place));
        let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
        // What makes, changes or deletes a token, whatever it is for.
        let is_of_token = name.segments.iter().any(|segment| lexicon.is("token", &segment.text));
        self.is_open |= is_of_token && lexicon.is("token-change", name.last());
        let writes = has(&["update", "save", "set", "patch", "modify"]) || words.len() == 1 && has(&["values"]);
        let sets = has(&["set", "update", "change", "store", "save"]) && has(&["password", "passwd"]);
        let in_record = |value: &'p Value| {
            let mut found = false;
            crate::ir::each_value_of(value, |part| found |= matches!(&part.kind, ValueKind::Record(entries) if entries.iter().any(|(key, _)| is_password(key))));
            found
        };
        let named = call.args.iter().any(|argument| argument.name.as_deref().is_some_and(is_password) || in_record(&argument.value));
        if self.written.is_none() && (writes && named || sets && targets.is_empty()) {
            self.written = Some((place.module, call.span));
        }
        targets.into_iter().for_each(|target| self.follow(target, depth));
    }

    /// Whether the root of a name is imported from a file of the project, by the way it is written.
    fn is_of_project(&self, name: &Name, place: Place) -> bool {
        let root = name.segments.first().map_or("", |first| first.text.as_str());
        let mut imports = self.case.program.module(place.module).imports.iter();
        imports.any(|import| import.local == root && [".", "@/", "~/", "src/", "src.", "app.", "crate::", "super::"].iter().any(|start| import.module.starts_with(start)))
    }

    fn steps(&mut self, block: &'p [Step], place: Place) {
        for step in block {
            match &step.kind {
                StepKind::Assign { target: Value { kind: ValueKind::Member(of, field), .. }, op, .. }
                    if self.case.rules.lexicon.is_exactly("password-field", field) && *op != AssignOp::Declare && !matches!(of.kind, ValueKind::This) =>
                {
                    self.written = self.written.or(Some((place.module, step.span)));
                }
                StepKind::Branch { then, otherwise, .. } => [then, otherwise].into_iter().for_each(|block| self.steps(block, place)),
                StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().for_each(|block| self.steps(block, place)),
                StepKind::Loop { body, .. } => self.steps(body, place),
                StepKind::Match { arms, .. } => arms.iter().for_each(|(_, arm)| self.steps(arm, place)),
                _ => {}
            }
        }
    }

    /// Whether a value speaks of sessions or of revoking.
    fn speaks(&self, value: &Value) -> bool {
        let lexicon = &self.case.rules.lexicon;
        let is_meant = |text: &str| ["session", "denylist", "version-claim", "logout"].iter().any(|class| lexicon.is(class, text)) || text.to_lowercase().contains("refresh");
        match &value.kind {
            ValueKind::Name(text) | ValueKind::Member(_, text) => is_meant(text),
            ValueKind::Text(text) => !text.contains(' ') && is_meant(text),
            ValueKind::Record(entries) => entries.iter().any(|(key, _)| is_meant(key)),
            _ => false,
        }
    }
}
