//! What a shared source set only declares and each platform fills in: `expect object Cookies { fun clean() }`.

use super::program::{ClassId, FunctionId, Program, Wanted};

/// How many platforms may fill one declaration in.
const MAX_PLATFORMS: usize = 4;

impl Program<'_> {
    /// The functions that fill in one without a body: those of its name, its class's name and its package. Their files are asked for
    /// if none is lowered yet.
    pub(super) fn filled_in(&self, function: FunctionId, follow: bool) -> Vec<FunctionId> {
        let (declared, module) = (self.function(function), self.module(function.module));
        if !declared.body.is_empty() || !module.language.has_implicit_members() {
            return Vec::new();
        }
        let owner = |id: FunctionId| self.function(id).owner.map(|index| self.class(ClassId { module: id.module, index }).name.as_str());
        let fills = |other: &FunctionId| {
            other.module != function.module && !self.function(*other).body.is_empty() && owner(*other) == owner(function) && self.module(other.module).package == module.package
        };
        let found: Vec<FunctionId> = self.functions_named(&declared.name).iter().copied().filter(fills).take(MAX_PLATFORMS).collect();
        if let (true, true, Some(class)) = (found.is_empty(), follow, owner(function)) {
            self.want(Wanted::Mention { language: module.language, word: class.to_owned() });
        }
        found
    }
}
