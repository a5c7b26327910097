//! Endings of all sessions: a logout of its own, unless the session that asks for it goes on.

use super::Tracer;
use crate::ir::{BinaryOp, Block, Step, StepKind, Value, ValueKind, each_value};
use crate::link::FunctionId;
use crate::source::Span;
use crate::trace::endpoints::Endpoint;

impl Tracer<'_, '_> {
    /// Whether an endpoint ends all sessions of the one who asks, that one too.
    pub(super) fn ends_every_session(&self, endpoint: &Endpoint<'_>, functions: &[FunctionId]) -> bool {
        let is_parameter = |segment: &str| segment.starts_with([':', '{', '[', '<']);
        let mut segments = endpoint.path.split('/').filter(|segment| !segment.is_empty());
        let is_of_others = segments.clone().any(|segment| is_parameter(segment) || segment.eq_ignore_ascii_case("admin"));
        let last = segments.next_back().unwrap_or("");
        // `/logout/all`
        let lasts = format!("{}-{last}", segments.next_back().unwrap_or(""));
        let names = endpoint.functions.iter().map(|function| self.program.function(*function).name.as_str());
        !is_of_others && names.chain([last, &lasts]).any(|name| self.rules.lexicon.is("every-session", name)) && !functions.iter().any(|function| self.spares_one(*function))
    }

    /// Whether a function takes those sessions or tokens that are not a certain one.
    fn spares_one(&self, function: FunctionId) -> bool {
        let body = &self.program.function(function).body;
        let mut guards = Vec::new();
        collect_guards(body, &mut guards);
        let mut spares = false;
        let leaves_out = |word: &str| self.rules.lexicon.is_exactly("leaves-out", word);
        each_value(body, |value| {
            spares |= match &value.kind {
                ValueKind::Binary { op: BinaryOp::NotEqual, left, right } => {
                    [left, right].into_iter().all(|side| is_key(side)) && !guards.iter().any(|guard| guard.contains(value.span))
                }
                ValueKind::Record(entries) => entries.iter().any(|(key, entry)| leaves_out(key) && is_key(entry)),
                ValueKind::Call(call) => leaves_out(call.callee.last_name()) && !call.args.is_empty(),
                ValueKind::Text(text) => text.contains("!=") || text.contains("<>"),
                _ => false,
            };
        });
        spares
    }
}

/// The tests of a body behind which it only refuses: `if (claims.issuer !== ISSUER) throw …`.
fn collect_guards(block: &Block, found: &mut Vec<Span>) {
    for step in block {
        match &step.kind {
            StepKind::Branch { test, then, otherwise } => {
                if matches!(then.as_slice(), [.., Step { kind: StepKind::Throw(_), .. }] | [Step { kind: StepKind::Return(_), .. }]) {
                    found.push(test.span);
                }
                collect_guards(then, found);
                collect_guards(otherwise, found);
            }
            StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().for_each(|part| collect_guards(part, found)),
            StepKind::Loop { body, .. } => collect_guards(body, found),
            _ => {}
        }
    }
}

/// Whether a value may be what a session is known by: no constant.
fn is_key(value: &Value) -> bool {
    !matches!(value.kind, ValueKind::Null | ValueKind::Undefined | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_))
        && !matches!(&value.kind, ValueKind::Name(name) if name == "undefined")
}
