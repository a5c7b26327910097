//! What the tokens that a helper signs are for, by those who call it.

use super::Case;
use super::backends::Issued;
use crate::ir::{Call, ExportTarget, Value, ValueKind};
use crate::link::{FunctionId, Place};
use crate::source::Language;

impl<'p> Case<'_, 'p> {
    /// Whether a helper signs a token for others, of whom each makes it for something else than a login: `signToken(user.email)` in the
    /// route of a forgotten password. It asks the files that were not read closely too: for questions that are seldom asked.
    pub(super) fn is_signed_for_other_purposes(&self, issued: &Issued) -> bool {
        let Some(index) = issued.place.function else { return false };
        let helper = FunctionId { module: issued.place.module, index };
        let defined = self.program.function(helper);
        let name = defined.name.as_str();
        if name.is_empty() {
            return false;
        }
        let is_method = defined.owner.is_some();
        let runs_it = |(call, place): &&(&'p Call, Place)| {
            let targets = self.program.targets(call, *place, false);
            // Of what is only known by its interface the method's name tells enough.
            targets.contains(&helper) || targets.is_empty() && is_method && matches!(call.callee.kind, ValueKind::Member(..))
        };
        let mut callers = self.program.calls_of(name).iter().filter(runs_it).peekable();
        let elsewhere = self.texts.callers_elsewhere(name, is_method);
        let is_called = callers.peek().is_some() || !elsewhere.is_empty();
        is_called
            && callers.all(|(call, place)| self.is_for_other_purpose(*place, call.span, issued.kind))
            && elsewhere.iter().all(|path| self.rules.lexicon.is("not-login", path.as_str()))
    }

    /// Whether a token is signed in a function that makes something, by its name, and that nothing in the whole tree names: `generateToken` of a template that the
    /// application never uses.
    pub(super) fn is_signed_by_unused(&self, place: Place) -> bool {
        let module = self.program.module(place.module);
        let Some(defined) = place.function.map(|index| module.function(index)).filter(|_| module.language == Language::TypeScript) else { return false };
        let name = defined.name.as_str();
        let is_helper = defined.owner.is_none() && defined.parent.is_none() && self.rules.lexicon.is("token-change", name);
        // Under another name it may be used: `export default`, `export { sign as make }`.
        let is_it = |value: &Value| matches!(&value.kind, ValueKind::Name(said) if said == name);
        let is_renamed = module.exports.iter().any(|export| match &export.target {
            ExportTarget::Local(local) => local == name && export.name != name,
            ExportTarget::Value(Value { kind: ValueKind::Record(entries), .. }) => entries.iter().any(|(key, entry)| key != name && is_it(entry)),
            ExportTarget::Value(_) => export.name == "default",
            ExportTarget::From { .. } => false,
        });
        if !is_helper || is_renamed || !self.program.calls_of(name).is_empty() {
            return false;
        }
        // Its own file declares it and may export it.
        let is_exported = |at: u32| module.exports.iter().map(|export| export.span).any(|span| (span.start..span.end).contains(&at) && !span.contains(defined.span));
        let own = self.texts.text(place.module).match_indices(name).filter(|(at, _)| !is_exported(*at as u32)).count();
        let is_said = own > 1 || self.program.modules().any(|(other, _)| other != place.module && self.texts.text(other).contains(name));
        !is_said && !self.texts.is_said_elsewhere(&[name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()])
    }
}
