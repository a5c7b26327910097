//! Methods and functions that are only declared, and those that do what they say: implementations of an interface, and what each platform
//! fills in for a shared source set (`expect object Cookies { fun clean() }`).

use super::program::{ClassId, FunctionId, Program, Wanted};
use crate::ir::{ClassKind, StepKind};

/// How many implementations of an interface a call may run.
pub(super) const MAX_IMPLEMENTATIONS: usize = 6;

/// How many platforms may fill one declaration in.
const MAX_PLATFORMS: usize = 4;

impl Program<'_> {
    /// A method without a body stands for those that implement it.
    pub(super) fn add_with_implementations(&self, function: FunctionId, follow: bool, into: &mut Vec<FunctionId>) {
        let owner = self.function(function).owner.filter(|_| self.is_abstract(function));
        let Some(owner) = owner.map(|index| ClassId { module: function.module, index }) else {
            let filled = self.filled_in(function, follow);
            if filled.is_empty() {
                into.push(function);
            }
            into.extend(filled);
            return;
        };
        let implementations = self.implementations(owner, &self.function(function).name);
        if implementations.is_empty() {
            into.push(function);
            if follow {
                self.want(Wanted::Mention { language: self.module(owner.module).language, word: self.class(owner).name.clone() });
            }
        }
        into.extend(implementations.into_iter().take(MAX_IMPLEMENTATIONS));
    }

    /// Whether a method leaves what it does to the classes below its own.
    pub(super) fn is_abstract(&self, function: FunctionId) -> bool {
        let defined = self.function(function);
        let Some(index) = defined.owner else { return false };
        let only_fails = matches!(defined.body.as_slice(), [step] if matches!(step.kind, StepKind::Throw(_)));
        only_fails || defined.body.is_empty() && self.class(ClassId { module: function.module, index }).kind == ClassKind::Interface
    }

    /// The methods by which the classes below an interface implement one of its own.
    pub fn implementations(&self, interface: ClassId, method: &str) -> Vec<FunctionId> {
        let mut found = Vec::new();
        let mut queue = vec![(interface, 0)];
        while let Some((base, depth)) = queue.pop() {
            for class in self.classes_deriving(&self.class(base).name) {
                let module = self.module(class.module);
                for index in &self.class(*class).methods {
                    let function = module.function(*index);
                    if function.name == method && !(function.body.is_empty() && self.class(*class).kind == ClassKind::Interface) {
                        found.push(FunctionId { module: class.module, index: *index });
                    }
                }
                if depth < 3 && *class != base {
                    queue.push((*class, depth + 1));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

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
