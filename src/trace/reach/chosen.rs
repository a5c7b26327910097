//! The arm of a choice that runs, where a caller writes out what is chosen by: `onEvent(Event.LogoutClicked)` with `when (event)`.

use super::Walk;
use crate::ir::{Block, Call, Function, StepKind, Value, ValueKind};
use crate::link::{FunctionId, Place};

/// A parameter by which a function chooses among arms, and the variant that its caller hands over.
pub(super) type Chosen<'p> = Option<(&'p str, &'p str)>;

impl<'p> Walk<'_, '_, 'p> {
    /// What is chosen in a function that a call enters.
    pub(super) fn chosen_in(&self, function: FunctionId, entered: Option<(&'p Call, Place)>) -> Chosen<'p> {
        let (call, _) = entered?;
        let defined = self.reach.program.function(function);
        defined.params.iter().enumerate().find_map(|(index, param)| {
            let variant = self.variant(defined.handed(call, index)?)?;
            has_arm(defined, &param.name, variant).then_some((param.name.as_str(), variant))
        })
    }

    /// The variant that a value is: one that is written out, or that the caller was handed itself.
    fn variant(&self, value: &'p Value) -> Option<&'p str> {
        let name = match &value.kind {
            ValueKind::Name(name) => match self.state.chosen {
                Some((param, variant)) if param == name => variant,
                _ => name,
            },
            ValueKind::Member(_, name) => name,
            ValueKind::Call(call) => call.callee.last_name(),
            _ => return None,
        };
        name.starts_with(char::is_uppercase).then_some(name)
    }

    /// The arms of a choice that may run, by their positions.
    pub(super) fn open_arms(&self, subject: Option<&Value>, arms: &[(Vec<Value>, Block)]) -> Vec<usize> {
        let chosen = self.state.chosen.filter(|(param, _)| subject.is_some_and(|subject| is_named(subject, param)));
        let taken: Vec<usize> = chosen.map_or_else(Vec::new, |(_, variant)| labelled(arms, variant).collect());
        if taken.is_empty() { (0..arms.len()).collect() } else { taken }
    }
}

/// Whether a function itself chooses by a parameter, and a variant has an arm.
fn has_arm(function: &Function, param: &str, variant: &str) -> bool {
    function.body.iter().any(|step| match &step.kind {
        StepKind::Match { subject: Some(subject), arms } => is_named(subject, param) && labelled(arms, variant).next().is_some(),
        _ => false,
    })
}

fn is_named(value: &Value, name: &str) -> bool {
    matches!(&value.kind, ValueKind::Name(written) if written == name)
}

/// The positions of the arms that bear a variant's label.
fn labelled<'a>(arms: &'a [(Vec<Value>, Block)], variant: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bears = move |labels: &Vec<Value>| labels.iter().any(|label| label.last_name() == variant);
    arms.iter().enumerate().filter(move |(_, (labels, _))| bears(labels)).map(|(index, _)| index)
}
