//! Endpoints that the description of an interface declares, by the names of the functions that answer.

use super::paths::{join, normal_method};
use super::{Builder, Endpoint};
use crate::link::{ClassId, FunctionId, Place};

/// What a rule for files calls the functions of a description.
const OPERATION: &str = "operationId";

impl Builder<'_, '_> {
    /// Endpoints of descriptions, where a framework is used that finds its functions by them.
    pub(super) fn operations(&self, all: &mut Vec<Endpoint<'_>>) {
        for rule in self.rules.file_routes.iter().filter(|rule| rule.exports.iter().any(|(name, _)| name == OPERATION)) {
            let mut modules = self.program.modules().filter(|(id, module)| rule.languages.contains(&module.language) && self.surroundings.mentions_logout(*id));
            if !modules.any(|(id, _)| self.is_needed_by(rule, id)) {
                continue;
            }
            for described in self.surroundings.described() {
                let Some(function) = self.function_of_operation(&described.function) else { continue };
                // What mounts the interface says where it stands, whatever its description does.
                let path = join(self.global_prefix(function.module).as_ref().unwrap_or(&described.base), &described.path);
                let place = Place { module: function.module, function: None };
                all.push(Endpoint::new(&rule.framework, normal_method(&described.method), path, vec![function], place, self.program.function(function).head));
            }
        }
    }

    /// `app.auth.logout`, `app.auth.Session.delete`: the one function of that name in a file or class of that path.
    fn function_of_operation(&self, written: &str) -> Option<FunctionId> {
        let (before, name) = written.rsplit_once('.').unwrap_or(("", written));
        let stands_there = |function: &&FunctionId| {
            let path = self.surroundings.path(function.module).replace('/', ".");
            let module = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem).trim_end_matches(".__init__");
            let ends = |text: &str| text.is_empty() || module == text || module.strip_suffix(text).is_some_and(|head| head.ends_with('.'));
            match self.program.function(**function).owner {
                None => ends(before),
                Some(index) => {
                    let class = &self.program.class(ClassId { module: function.module, index }).name;
                    before.strip_suffix(class.as_str()).is_some_and(|module| ends(module.trim_end_matches('.')))
                }
            }
        };
        self.program.functions_named(name).iter().find(stands_there).copied()
    }
}
