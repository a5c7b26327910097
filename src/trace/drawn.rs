//! The components of a file that otherwise runs on the server: they are shown in the browser, and what they run runs there.

use rustc_hash::FxHashSet;

use crate::ir::{CallStyle, FunctionIndex, Module, each_call};
use crate::source::Language;

/// The functions of a script that draw something, by their names and by the elements that they give, and those in them: the page of a
/// route that stands beside its `loader`.
pub(super) fn drawn_functions(module: &Module) -> FxHashSet<FunctionIndex> {
    if module.language != Language::TypeScript {
        return FxHashSet::default();
    }
    let indices = || (0..module.functions.len()).map(|index| FunctionIndex(index as u32));
    let outermost = |index: FunctionIndex| module.around(Some(index)).last().unwrap_or(index);
    let components: FxHashSet<FunctionIndex> = indices().filter(|index| outermost(*index) == *index && is_component(module, *index)).collect();
    if components.is_empty() {
        return components;
    }
    indices().filter(|index| components.contains(&outermost(*index))).collect()
}

/// Whether a function bears the name of a component and gives elements.
fn is_component(module: &Module, index: FunctionIndex) -> bool {
    let function = module.function(index);
    let mut draws = false;
    if function.owner.is_none() && function.name.starts_with(char::is_uppercase) {
        each_call(&function.body, |call| draws |= call.style == CallStyle::Element);
    }
    draws
}
