//! Deny lists that are filled and never read.

use super::{Case, Judged, Said, Stack};
use crate::ir::{AssignOp, Block, Call, Class, Function, Module, Name, StepKind, TypeName, Value, ValueKind, Visit, walk_value};
use crate::link::{ModuleId, Place, Thing};
use crate::outcome::{Action, Evidence, Finding, Severity, Site};
use crate::rules::{CredentialKind, split_words};
use crate::source::{Language, Span};
use crate::trace::{self, EventKind};

/// A place of a flow that fills a deny list which nothing else in the tree speaks of.
pub(in crate::judge) struct Unread {
    /// The flow, and its evidence, by their order.
    flow: usize,
    evidence: usize,
    site: Site,
    /// Only this program can read the list: it is no table and no store.
    is_in_memory: bool,
}

/// What fills deny lists that nothing reads.
pub(in crate::judge) fn unread<'p>(case: &Case<'_, 'p>, stack: &Stack, flows: &[&trace::Flow<'p>], evidence: &[Vec<Evidence>]) -> Vec<Unread> {
    let is_denylist = |one: &Evidence| one.counts && one.action == Action::Token && case.rules.rules.iter().any(|rule| rule.denylist && rule.id == one.rule);
    let mut written: Vec<(usize, usize, &'p Call, Own)> = Vec::new();
    for (at, (flow, own)) in flows.iter().zip(evidence).enumerate().filter(|(_, (flow, _))| flow.server.is_some()) {
        for (index, one) in own.iter().enumerate().filter(|(_, one)| is_denylist(one)) {
            let fills = flow.events.iter().find_map(|(_, event)| match event.kind {
                EventKind::Rules { call: Some(call), .. } if case.site(event.place.module, event.span) == one.site => Some((call, Own { place: event.place, span: event.span })),
                _ => None,
            });
            written.extend(fills.map(|(call, own)| (at, index, call, own)));
        }
    }
    let is_cut_short = |flow: &&trace::Flow<'_>| flow.events.iter().any(|(_, event)| matches!(event.kind, EventKind::Unknown(_) | EventKind::Leaves(_)));
    if written.is_empty() || stack.issued.iter().any(|issued| issued.kind == CredentialKind::DenylistRead) || flows.iter().any(is_cut_short) {
        return Vec::new();
    }
    let own: Vec<Own> = written.iter().map(|(_, _, _, own)| *own).collect();
    let mut found = Vec::new();
    for (flow, evidence, call, Own { place, span }) in written {
        let Some(stems) = stems(case, call) else { continue };
        let language = case.program.module(place.module).language;
        if !is_spoken_of(case, &stems, language, &own) && !case.texts.is_said_elsewhere(&stems) {
            found.push(Unread { flow, evidence, site: case.site(place.module, span), is_in_memory: is_in_memory(case, call, place) });
        }
    }
    found
}

/// Whether what a call fills is a collection of the program itself: `REVOKED = set()`.
fn is_in_memory<'p>(case: &Case<'_, 'p>, call: &'p Call, place: Place) -> bool {
    let ValueKind::Member(of, _) = &call.callee.kind else { return false };
    case.program.eval(of, place, false).iter().any(|thing| match thing {
        Thing::Literal(value, _) => matches!(value.kind, ValueKind::List(_) | ValueKind::Record(_)),
        Thing::Outside { made_by: Some((made, _)), .. } => case.rules.lexicon.is_exactly("memory-collection", made.last_name()),
        _ => false,
    })
}

/// Takes from what fills an unread list that it counts, where nobody outside of the program can read it either.
pub(in crate::judge) fn discount(unread: &[Unread], evidence: &mut [Vec<Evidence>]) {
    for one in unread.iter().filter(|one| one.is_in_memory) {
        if let Some(evidence) = evidence.get_mut(one.flow).and_then(|own| own.get_mut(one.evidence)) {
            evidence.counts = false;
            evidence.why_not = Some("nothing ever looks the list up, so the token is accepted as before".to_owned());
        }
    }
}

/// `denylist-never-read`: a logout writes down what is no longer accepted, and nothing else in the tree speaks of that list.
pub(super) fn denylist_never_read(judged: &[Judged<'_, '_>], unread: &[Unread], found: &mut Vec<Finding>) {
    for Unread { flow, site, .. } in unread {
        let Some(one) = judged.get(*flow) else { continue };
        let tokens = one.flow.actions.iter().filter(|action| action.action == Action::Token).flat_map(|action| &action.evidence);
        let mut related: Vec<_> = one.flow.server.iter().map(|server| server.head.clone()).collect();
        related.extend(tokens.filter(|evidence| evidence.site == *site).flat_map(|evidence| evidence.via.iter().cloned()));
        let said = Said {
            check: "denylist-never-read",
            severity: Severity::High,
            message: "what is written down here as revoked is never looked up: the token is accepted as before".to_owned(),
            site: site.clone(),
            related,
            fix: Some("look the token's id up wherever tokens are verified, before anything else uses the token"),
        };
        found.push(said.finding(&one.flow.id));
    }
}

/// Where a logout fills the list.
#[derive(Clone, Copy)]
struct Own {
    place: Place,
    span: Span,
}

/// The beginnings of the words by which a call names a deny list; `None` if it names none, as where it is a method of another name.
fn stems(case: &Case<'_, '_>, call: &Call) -> Option<Vec<String>> {
    const STEM: usize = 6;
    let name = Name::of_call(call);
    let texts = name.segments.iter().flat_map(|segment| [Some(&segment.text), segment.called.as_ref()]).flatten();
    let words: Vec<String> = texts.flat_map(|text| split_words(text)).collect();
    // `blackList` is `blacklist`.
    let pairs = words.windows(2).map(<[String]>::concat);
    let meant = words.iter().cloned().chain(pairs).filter(|word| word.len() >= STEM && case.rules.lexicon.is("denylist", word));
    let mut stems: Vec<String> = meant.filter_map(|word| word.get(..STEM).map(str::to_owned)).collect();
    stems.sort();
    stems.dedup();
    (!stems.is_empty()).then_some(stems)
}

/// Whether code other than the logouts' own calls, and other than what declares the list, says a word that begins so.
fn is_spoken_of(case: &Case<'_, '_>, stems: &[String], language: Language, own: &[Own]) -> bool {
    case.program.modules().filter(|(_, module)| module.language.name() == language.name()).any(|(id, module)| {
        let mut speakers = Speakers { stems, own, module: id, found: false };
        module.bodies().for_each(|(function, body)| speakers.block(body, function.is_none()));
        speakers.found || speakers.is_declared_elsewhere(module)
    })
}

struct Speakers<'a> {
    stems: &'a [String],
    own: &'a [Own],
    module: ModuleId,
    found: bool,
}

impl Speakers<'_> {
    fn says(&self, text: &str) -> bool {
        let letters: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        self.stems.iter().any(|stem| letters.contains(stem.as_str()))
    }

    fn is_own(&self, span: Span) -> bool {
        self.own.iter().any(|own| own.place.module == self.module && own.span.contains(span))
    }

    /// Whether a class or function other than those that fill the list is given something of its type, by whatever name.
    fn is_declared_elsewhere(&self, module: &Module) -> bool {
        let own_functions: Vec<&Function> = self.own.iter().filter(|own| own.place.module == self.module).filter_map(|own| Some(module.function(own.place.function?))).collect();
        let is_of_type = |ty: &Option<TypeName>| ty.as_ref().is_some_and(|ty| self.says_type(ty));
        let fills = |function: &Function| own_functions.iter().any(|own| function.span.contains(own.span) || own.owner.is_some() && own.owner == function.owner);
        let owns = |class: &Class| own_functions.iter().any(|own| own.owner.is_some_and(|owner| std::ptr::eq(module.class(owner), class)));
        module.functions.iter().filter(|function| !function.body.is_empty() && !fills(function)).any(|function| function.params.iter().any(|param| is_of_type(&param.ty)))
            || module
                .classes
                .iter()
                .flat_map(|class| &class.fields)
                .filter_map(|field| field.value.as_ref())
                .any(|value| matches!(&value.kind, ValueKind::Text(text) if !text.contains(' ') && self.says(text)))
            || module.classes.iter().filter(|class| !owns(class) && !class.methods.is_empty()).any(|class| class.fields.iter().any(|field| is_of_type(&field.ty)))
    }

    fn says_type(&self, ty: &TypeName) -> bool {
        ty.path.iter().any(|part| self.says(part)) || ty.args.iter().any(|argument| self.says_type(argument))
    }

    /// Whether a list is only made here.
    fn makes(value: &Value) -> bool {
        match &value.kind {
            ValueKind::Call(_) => true,
            ValueKind::List(items) => items.is_empty(),
            _ => false,
        }
    }

    fn block(&mut self, block: &Block, is_top: bool) {
        for step in block {
            // What declares the list at the top of a file, or hands it to others.
            if is_top
                && matches!(&step.kind, StepKind::Assign { target, op, value, .. } if !is_text(value) && (*op == AssignOp::Declare || Name::written(target).segments.first().is_some_and(|first| first.text == "module" || first.text == "exports")))
            {
                continue;
            }
            self.step(&step.kind, is_top);
        }
    }

    fn step(&mut self, step: &StepKind, is_top: bool) {
        match step {
            StepKind::Evaluate(value) | StepKind::Delete(value) => walk_value(value, self),
            StepKind::Assign { target, value, .. } => {
                walk_value(value, self);
                walk_value(target, self);
            }
            StepKind::Branch { test, then, otherwise } => {
                walk_value(test, self);
                self.block(then, is_top);
                self.block(otherwise, is_top);
            }
            StepKind::Match { subject, arms } => {
                subject.iter().for_each(|value| walk_value(value, self));
                for (labels, arm) in arms {
                    labels.iter().for_each(|label| walk_value(label, self));
                    self.block(arm, is_top);
                }
            }
            StepKind::Loop { head, body } => {
                head.iter().for_each(|value| walk_value(value, self));
                self.block(body, is_top);
            }
            StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().for_each(|block| self.block(block, is_top)),
            StepKind::Return(value) | StepKind::Throw(value) => value.iter().for_each(|value| walk_value(value, self)),
            StepKind::Leave => {}
        }
    }
}

impl<'ir> Visit<'ir> for Speakers<'_> {
    fn value(&mut self, value: &'ir Value) -> bool {
        if self.found || self.is_own(value.span) {
            return false;
        }
        self.found = match &value.kind {
            ValueKind::Name(text) | ValueKind::Member(_, text) => self.says(text),
            // A sentence for people is no key.
            ValueKind::Text(text) => !text.contains(' ') && self.says(text) || is_statement(text) && self.says(text),
            ValueKind::Record(entries) => entries.iter().any(|(key, entry)| !Self::makes(entry) && self.says(key)),
            ValueKind::Call(call) => call.args.iter().any(|argument| !Self::makes(&argument.value) && argument.name.as_deref().is_some_and(|name| self.says(name))),
            _ => false,
        };
        !self.found
    }
}

/// Whether a value is a text: the beginning of keys, by whose name the list may be read.
fn is_text(value: &Value) -> bool {
    matches!(value.kind, ValueKind::Text(_) | ValueKind::Template(_))
}

/// Whether a text is a statement in SQL.
fn is_statement(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    ["select", "update", "insert", "delete", "with"].iter().any(|verb| text.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_from_sentences() {
        assert!(is_statement("SELECT 1 FROM revoked_tokens") && is_statement("  delete from blacklist"));
        assert!(!is_statement("the token was revoked"));
    }

    #[test]
    fn a_word_is_known_in_any_spelling() {
        let stems = ["blackl".to_owned()];
        let speakers = Speakers { stems: &stems, own: &[], module: ModuleId(0), found: false };
        assert!(speakers.says("black_listed_tokens") && speakers.says("TokenBlacklist") && !speakers.says("token"));
    }
}
