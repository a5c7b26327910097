//! Functions that are added to a description from which something else is made: `schema.statics.revoke = function () { this.deleteMany() }`
//! beside `model("Session", schema)`.

use rustc_hash::FxHashMap;

use super::eval::{Place, Thing};
use super::program::Program;
use crate::ir::{Block, Call, ExportTarget, StepKind, Value, ValueKind};

/// What is added to the descriptions that a module's top level binds to names: by key, the names and what is added.
pub(super) type Described<'p> = FxHashMap<&'p str, Vec<(&'p str, &'p Value)>>;

/// Finds what is added to descriptions.
pub(super) fn described(top: &Block) -> Described<'_> {
    let mut described = Described::default();
    for step in top {
        match &step.kind {
            StepKind::Assign { target, value, .. } => match (&target.kind, &value.kind) {
                // `new Schema({ … }, { statics: { revoke() { … } } })`
                (ValueKind::Name(base), ValueKind::Call(made)) => {
                    let options = made.args.iter().filter_map(|argument| entries_of(&argument.value)).flatten();
                    options.for_each(|(_, option)| add_record(base, option, &mut described));
                }
                (ValueKind::Member(of, key), _) => match &of.kind {
                    ValueKind::Member(whole, _) => {
                        if let ValueKind::Name(base) = &whole.kind {
                            described.entry(key).or_default().push((base, value));
                        }
                    }
                    ValueKind::Name(base) => add_record(base, value, &mut described),
                    _ => {}
                },
                _ => {}
            },
            // `schema.method("revoke", function () { … })`
            StepKind::Evaluate(Value { kind: ValueKind::Call(call), .. }) => {
                if let (ValueKind::Member(of, _), [key, function]) = (&call.callee.kind, call.args.as_slice())
                    && let (ValueKind::Name(base), ValueKind::Text(key), ValueKind::Closure(_)) = (&of.kind, &key.value.kind, &function.value.kind)
                {
                    described.entry(key).or_default().push((base, &function.value));
                }
            }
            _ => {}
        }
    }
    described
}

fn entries_of(value: &Value) -> Option<&[(String, Value)]> {
    match &value.kind {
        ValueKind::Record(entries) => Some(entries),
        _ => None,
    }
}

fn add_record<'p>(base: &'p str, value: &'p Value, described: &mut Described<'p>) {
    for (key, entry) in entries_of(value).into_iter().flatten().filter(|(_, entry)| matches!(entry.kind, ValueKind::Closure(_))) {
        described.entry(key).or_default().push((base, entry));
    }
}

impl<'p> Program<'p> {
    /// What is added under a name to the description that a call made.
    pub(super) fn added_to_description(&self, call: &'p Call, place: Place, name: &str) -> Option<(&'p Value, Place)> {
        let scope = self.scope(place.module);
        let is_it = |value: &Value| matches!(&value.kind, ValueKind::Call(made) if std::ptr::eq(&raw const **made, call));
        let (_, value) = scope.described.get(name)?.iter().find(|(base, _)| scope.is_bound_to(base, is_it))?;
        Some((value, Place { module: place.module, function: None }))
    }

    /// What `this` is in a function that is added to a description: what the same file makes from that.
    pub(super) fn made_from_description(&self, place: Place, steps: usize) -> Vec<Thing<'p>> {
        let module = self.module(place.module);
        let scope = self.scope(place.module);
        let is_around = |value: &Value| matches!(value.kind, ValueKind::Closure(index) if module.around(place.function).any(|around| around == index));
        let Some((base, _)) = scope.described.values().flatten().find(|(_, value)| is_around(value)) else { return Vec::new() };
        let assigned = module.top.iter().filter_map(|step| match &step.kind {
            StepKind::Assign { value, .. } => Some(value),
            _ => None,
        });
        let exported = module.exports.iter().filter_map(|export| match &export.target {
            ExportTarget::Value(value) => Some(value),
            _ => None,
        });
        let maker = assigned.chain(exported).find_map(|value| making_call(value, base));
        maker.map_or_else(Vec::new, |value| self.eval_steps(value, Place { module: place.module, function: None }, false, steps))
    }
}

/// The call in a value that is handed a name: `models.Session || model("Session", schema)`.
fn making_call<'p>(value: &'p Value, base: &str) -> Option<&'p Value> {
    match &value.kind {
        ValueKind::Call(call) => call.args.iter().any(|argument| matches!(&argument.value.kind, ValueKind::Name(name) if name == base)).then_some(value),
        ValueKind::Choice { then, otherwise, .. } => making_call(otherwise, base).or_else(|| making_call(then, base)),
        _ => None,
    }
}
