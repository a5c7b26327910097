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

/// The bindings of a module's functions and of its top level.
#[derive(Debug, Default)]
pub(super) struct ModuleScope<'p> {
    top: FxHashMap<&'p str, Vec<Binding<'p>>>,
    functions: FxHashMap<FunctionIndex, FxHashMap<&'p str, Vec<Binding<'p>>>>,
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
        collect(&module.top, None, &mut scope.top);
        for (within, body) in module.bodies() {
            collect_added(body, within, &mut scope.added);
        }
        scope.described = described(&module.top);
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
            collect(&function.body, Some(index), names);
        }
        scope
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

fn collect<'p>(block: &'p Block, within: Option<FunctionIndex>, names: &mut FxHashMap<&'p str, Vec<Binding<'p>>>) {
    for step in block {
        match &step.kind {
            StepKind::Assign { target, op, value, ty } => {
                if *op != AssignOp::Update {
                    bind(target, value, ty.as_ref(), &mut Vec::new(), within, names);
                }
                collect_value(value, within, names);
            }
            StepKind::Branch { test, then, otherwise } => {
                collect_value(test, within, names);
                collect(then, within, names);
                collect(otherwise, within, names);
            }
            StepKind::Match { arms, .. } => {
                for (_, arm) in arms {
                    collect(arm, within, names);
                }
            }
            StepKind::Loop { body, .. } => collect(body, within, names),
            StepKind::Attempt { body, caught, finally } => {
                collect(body, within, names);
                collect(caught, within, names);
                collect(finally, within, names);
            }
            StepKind::Evaluate(value) | StepKind::Return(Some(value)) => collect_value(value, within, names),
            StepKind::Delete(_) | StepKind::Return(None) | StepKind::Throw(_) | StepKind::Leave => {}
        }
    }
}

/// Blocks that stand as values hold declarations too.
fn collect_value<'p>(value: &'p Value, within: Option<FunctionIndex>, names: &mut FxHashMap<&'p str, Vec<Binding<'p>>>) {
    match &value.kind {
        ValueKind::Block(block) => collect(block, within, names),
        ValueKind::Await(inner) => collect_value(inner, within, names),
        ValueKind::Choice { then, otherwise, .. } => {
            collect_value(then, within, names);
            collect_value(otherwise, within, names);
        }
        _ => {}
    }
}

fn bind<'p>(
    target: &'p Value,
    value: &'p Value,
    ty: Option<&'p TypeName>,
    path: &mut Vec<&'p str>,
    within: Option<FunctionIndex>,
    names: &mut FxHashMap<&'p str, Vec<Binding<'p>>>,
) {
    match &target.kind {
        ValueKind::Name(name) => {
            names.entry(name).or_default().push(Binding::Assigned { value, path: path.clone(), ty, within });
        }
        ValueKind::Record(entries) => {
            for (key, part) in entries {
                path.push(key);
                bind(part, value, None, path, within, names);
                path.pop();
            }
        }
        ValueKind::List(items) => {
            const POSITIONS: [&str; 6] = ["0", "1", "2", "3", "4", "5"];
            for (position, part) in POSITIONS.iter().zip(items) {
                path.push(position);
                bind(part, value, None, path, within, names);
                path.pop();
            }
        }
        // A default in a pattern: `{ a = 1 }`.
        ValueKind::Choice { test, .. } => bind(test, value, ty, path, within, names),
        _ => {}
    }
}
