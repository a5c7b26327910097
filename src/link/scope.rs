//! What the names of one module are bound to.

use rustc_hash::FxHashMap;

use super::described::{Described, described};
use crate::ir::{AssignOp, Block, ClassIndex, ExportTarget, FunctionIndex, ImportItem, Module, StepKind, TypeName, Value, ValueKind};

/// One thing that a name may stand for.
#[derive(Debug, Clone)]
pub(super) enum Binding<'p> {
    /// An assigned value, or the part of it at `path`.
    Assigned {
        value: &'p Value,
        path: Vec<&'p str>,
        ty: Option<&'p TypeName>,
        within: Option<FunctionIndex>,
    },
    /// A parameter, or the part of it at `path`.
    Parameter {
        function: FunctionIndex,
        index: usize,
        path: &'p str,
    },
    Import(usize),
    Class(ClassIndex),
}

impl Binding<'_> {
    /// Whether it is something that a path may begin with: no local variable, no parameter.
    pub(super) fn is_item(&self) -> bool {
        matches!(self, Self::Import(_) | Self::Class(_))
    }
}

/// What is assigned to a member of a name.
#[derive(Debug)]
pub(super) struct Added<'p> {
    base: &'p str,
    pub(super) value: &'p Value,
    /// The function in which it is assigned.
    pub(super) within: Option<FunctionIndex>,
}

/// Names with all that they may stand for.
type Names<'p> = FxHashMap<&'p str, Vec<Binding<'p>>>;

/// The bindings of a module's functions and of its top level.
#[derive(Debug, Default)]
pub(super) struct ModuleScope<'p> {
    top: Names<'p>,
    functions: FxHashMap<FunctionIndex, Names<'p>>,
    /// What is assigned to members of names (`controller.logout = …`), by member.
    added: FxHashMap<&'p str, Vec<Added<'p>>>,
    /// What is added to the descriptions from which the module makes something.
    pub(super) described: Described<'p>,
    /// The imports that bring in all names of a module.
    pub(super) stars: Vec<usize>,
    /// The exports by their outside names.
    pub(super) exports: FxHashMap<&'p str, Vec<usize>>,
    /// The exports that give all names of another module.
    pub(super) star_exports: Vec<usize>,
}

impl<'p> ModuleScope<'p> {
    pub(super) fn new(module: &'p Module) -> Self {
        let mut scope = Self::default();
        for (index, import) in module.imports.iter().enumerate() {
            if import.item == ImportItem::Star {
                scope.stars.push(index);
            } else if !import.local.is_empty() {
                let names = match import.within {
                    None => &mut scope.top,
                    Some(function) => scope.functions.entry(function).or_default(),
                };
                names.entry(&import.local).or_default().push(Binding::Import(index));
            }
        }
        for (index, class) in module.classes.iter().enumerate() {
            if !class.name.is_empty() && (class.outer.is_none() || !scope.top.contains_key(class.name.as_str())) {
                scope.top.entry(&class.name).or_default().push(Binding::Class(ClassIndex(index as u32)));
            }
        }
        for (index, export) in module.exports.iter().enumerate() {
            if export.name == "*" {
                scope.star_exports.push(index);
            } else {
                scope.exports.entry(&export.name).or_default().push(index);
            }
        }
        Collector::new(None, &mut scope.top).block(&module.top);
        for (within, body) in module.bodies() {
            collect_added(body, within, &mut scope.added);
        }
        scope.described = described(&module.top);
        let mut filled = Vec::new();
        for (at, function) in module.functions.iter().enumerate() {
            let index = FunctionIndex(at as u32);
            let names = scope.functions.entry(index).or_default();
            for (position, param) in function.params.iter().enumerate() {
                if !param.name.is_empty() {
                    names.entry(&param.name).or_default().push(Binding::Parameter { function: index, index: position, path: "" });
                }
                for (path, local) in &param.parts {
                    names.entry(local).or_default().push(Binding::Parameter { function: index, index: position, path });
                }
            }
            let mut collector = Collector::new(Some(index), names);
            collector.block(&function.body);
            filled.extend(collector.set_outside().map(|(name, value)| (name, value, index)));
        }
        scope.fill(module, filled);
        scope
    }

    /// What functions set the names to that the top level declares without a value: `let api; function connect() { api = new Api(); }`.
    fn fill(&mut self, module: &Module, filled: Vec<(&'p str, &'p Value, FunctionIndex)>) {
        let is_empty = |binding: &Binding<'_>| matches!(binding, Binding::Assigned { value, path, .. } if path.is_empty() && is_nothing(value));
        let is_of_top = |scope: &Self, name: &str, function: FunctionIndex| {
            let outer = module.function(function).parent;
            std::ptr::eq(scope.lookup(module, outer, name), scope.top(name)) && scope.top(name).iter().all(is_empty) && !scope.top(name).is_empty()
        };
        let of_top: Vec<_> = filled.into_iter().filter(|(name, _, function)| is_of_top(self, name, *function)).collect();
        for (name, value, function) in of_top {
            self.top.entry(name).or_default().push(Binding::Assigned { value, path: Vec::new(), ty: None, within: Some(function) });
        }
    }

    /// What `name` is bound to inside `function`, the innermost scope first.
    pub(super) fn lookup(&self, module: &Module, function: Option<FunctionIndex>, name: &str) -> &[Binding<'p>] {
        let mut at = function;
        // NOTE: functions nest no deeper than the front ends' depth limit.
        while let Some(index) = at {
            if let Some(bindings) = self.functions.get(&index).and_then(|names| names.get(name)) {
                return bindings;
            }
            at = module.function(index).parent;
        }
        self.top(name)
    }

    /// The record (or the call that makes one) that the module exports as a whole.
    pub(super) fn default_record(&self, module: &'p Module) -> Option<&'p Value> {
        let exports = self.exports.get("default")?.iter().rev().filter_map(|index| module.exports.get(*index));
        let values = exports.filter_map(|export| match &export.target {
            ExportTarget::Value(value) => Some(value),
            _ => None,
        });
        values.into_iter().next().filter(|value| matches!(value.kind, ValueKind::Record(_) | ValueKind::Call(_)))
    }

    /// What is assigned to the member `name` of things that names are bound to; `is_bound` tells whether a value is that thing.
    pub(super) fn added(&self, name: &str, is_bound: impl Fn(&'p Value) -> bool) -> impl Iterator<Item = &Added<'p>> {
        let names = |added: &Added<'p>| added.within.map_or(&self.top, |function| self.functions.get(&function).unwrap_or(&self.top));
        self.added.get(name).into_iter().flatten().filter(move |added| names(added).get(added.base).is_some_and(|bindings| binds(bindings, &is_bound)))
    }

    /// Whether the top level binds a name to a value that `is_bound` tells.
    pub(super) fn is_bound_to(&self, name: &str, is_bound: impl Fn(&'p Value) -> bool) -> bool {
        binds(self.top(name), is_bound)
    }

    /// Whether the module says what it gives to others.
    pub(super) fn has_exports(&self) -> bool {
        !self.exports.is_empty() || !self.star_exports.is_empty()
    }

    /// What `name` is bound to at the top level.
    pub(super) fn top(&self, name: &str) -> &[Binding<'p>] {
        self.top.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Whether one of some bindings is the whole of a value that `is_bound` tells.
fn binds<'p>(bindings: &[Binding<'p>], is_bound: impl Fn(&'p Value) -> bool) -> bool {
    bindings.iter().any(|binding| matches!(binding, Binding::Assigned { value, path, .. } if path.is_empty() && is_bound(value)))
}

/// Whether a declaration gives its name nothing yet.
fn is_nothing(value: &Value) -> bool {
    value.kind.is_nothing() || matches!(&value.kind, ValueKind::Unknown(parts) if parts.is_empty())
}

fn collect_added<'p>(block: &'p Block, within: Option<FunctionIndex>, added: &mut FxHashMap<&'p str, Vec<Added<'p>>>) {
    for step in block {
        if let StepKind::Assign { target, op: AssignOp::Set, value, .. } = &step.kind
            && let ValueKind::Member(of, member) = &target.kind
            && let ValueKind::Name(base) = &of.kind
        {
            added.entry(member).or_default().push(Added { base, value, within });
        }
    }
}

/// What the steps of one function bind.
struct Collector<'c, 'p> {
    within: Option<FunctionIndex>,
    names: &'c mut Names<'p>,
    /// What is set and not declared, by name.
    set: Vec<(&'p str, &'p Value)>,
}

impl<'c, 'p> Collector<'c, 'p> {
    fn new(within: Option<FunctionIndex>, names: &'c mut Names<'p>) -> Self {
        Self { within, names, set: Vec::new() }
    }

    fn block(&mut self, block: &'p Block) {
        for step in block {
            match &step.kind {
                StepKind::Assign { target, op, value, ty } => {
                    if let (AssignOp::Set, ValueKind::Name(name)) = (op, &target.kind) {
                        self.set.push((name, value));
                    }
                    if *op != AssignOp::Update {
                        self.bind(target, value, ty.as_deref(), &mut Vec::new());
                    }
                    self.value(value);
                }
                StepKind::Branch { test, then, otherwise } => {
                    self.value(test);
                    self.block(then);
                    self.block(otherwise);
                }
                StepKind::Match { arms, .. } => arms.iter().for_each(|(_, arm)| self.block(arm)),
                StepKind::Loop { body, .. } => self.block(body),
                StepKind::Attempt { body, caught, finally } => {
                    self.block(body);
                    self.block(caught);
                    self.block(finally);
                }
                StepKind::Evaluate(value) | StepKind::Return(Some(value)) => self.value(value),
                StepKind::Delete(_) | StepKind::Return(None) | StepKind::Throw(_) | StepKind::Leave => {}
            }
        }
    }

    /// Blocks that stand as values hold declarations too.
    fn value(&mut self, value: &'p Value) {
        match &value.kind {
            ValueKind::Block(block) => self.block(block),
            ValueKind::Await(inner) => self.value(inner),
            ValueKind::Choice { then, otherwise, .. } => {
                self.value(then);
                self.value(otherwise);
            }
            _ => {}
        }
    }

    fn bind(&mut self, target: &'p Value, value: &'p Value, ty: Option<&'p TypeName>, path: &mut Vec<&'p str>) {
        match &target.kind {
            ValueKind::Name(name) => {
                self.names.entry(name).or_default().push(Binding::Assigned { value, path: path.clone(), ty, within: self.within });
            }
            ValueKind::Record(entries) => {
                for (key, part) in entries {
                    path.push(key);
                    self.bind(part, value, None, path);
                    path.pop();
                }
            }
            ValueKind::List(items) => {
                const POSITIONS: [&str; 6] = ["0", "1", "2", "3", "4", "5"];
                for (position, part) in POSITIONS.iter().zip(items) {
                    path.push(position);
                    self.bind(part, value, None, path);
                    path.pop();
                }
            }
            // A default in a pattern: `{ a = 1 }`.
            ValueKind::Choice { test, .. } => self.bind(test, value, ty, path),
            _ => {}
        }
    }

    /// What is set under names that the function binds in no other way: these are not its own.
    fn set_outside(self) -> impl Iterator<Item = (&'p str, &'p Value)> {
        let Self { names, set, .. } = self;
        let times = |name: &str| set.iter().filter(|(other, _)| *other == name).count();
        let is_outside: Vec<bool> = set.iter().map(|(name, _)| names.get(name).is_some_and(|bindings| bindings.len() == times(name))).collect();
        set.into_iter().zip(is_outside).filter_map(|(one, is_outside)| is_outside.then_some(one))
    }
}
