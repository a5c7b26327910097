//! Classes of before classes: a function whose prototype is given members, or which gives them to its own `this`.

use rustc_hash::FxHashMap;

use super::classes::Members;
use crate::ir::{AssignOp, Block, Call, Class, ClassIndex, ClassKind, ExportTarget, FunctionIndex, FunctionKind, Module, Step, StepKind, TypeName, Value, ValueKind};
use crate::source::Span;

/// What a script writes of one function that may be a class.
#[derive(Default)]
struct Prototype {
    /// What the prototype, or what an instance begins with, holds under each name.
    members: Vec<(String, Value)>,
    /// What is assigned to the function itself.
    statics: Vec<(String, FunctionIndex)>,
    bases: Vec<TypeName>,
}

/// Makes classes of the functions that are used as such. The functions become their constructors.
pub(super) fn gather(module: &mut Module) {
    let mut prototypes = prototypes(module);
    for (name, constructor) in constructors(module, &prototypes) {
        // A function may have several names.
        if module.function(constructor).kind == FunctionKind::Constructor {
            continue;
        }
        let prototype = prototypes.remove(&name).unwrap_or_default();
        add_class(module, name, constructor, &prototype);
    }
}

impl Prototype {
    /// Whether it says that instances are made of its function.
    fn is_of_class(&self) -> bool {
        !self.members.is_empty() || !self.bases.is_empty()
    }
}

/// The functions of which instances are made, with their names: those with a prototype, and those that give their own object methods.
fn constructors(module: &Module, prototypes: &FxHashMap<String, Prototype>) -> Vec<(String, FunctionIndex)> {
    let is_constructor = |name: &str, function: FunctionIndex| {
        let sets_methods = || own_members(&module.function(function).body).iter().any(|(_, value, _)| matches!(value.kind, ValueKind::Closure(_)));
        prototypes.get(name).is_some_and(Prototype::is_of_class) || name.starts_with(char::is_uppercase) && sets_methods()
    };
    let assigned = module.bodies().flat_map(|(_, body)| body).filter_map(|step| match &step.kind {
        StepKind::Assign { target: Value { kind: ValueKind::Name(name), .. }, value: Value { kind: ValueKind::Closure(function), .. }, .. } => Some((name, *function)),
        _ => None,
    });
    let exported = module.exports.iter().filter_map(|export| match &export.target {
        ExportTarget::Value(Value { kind: ValueKind::Closure(function), .. }) => Some((&module.function(*function).name, *function)),
        _ => None,
    });
    assigned.chain(exported).filter(|(name, function)| is_constructor(name, *function)).map(|(name, function)| (name.clone(), function)).collect()
}

/// What the script says of prototypes, by the names of the functions.
fn prototypes(module: &Module) -> FxHashMap<String, Prototype> {
    let mut found: FxHashMap<String, Prototype> = FxHashMap::default();
    for (_, body) in module.bodies() {
        for step in body {
            match &step.kind {
                StepKind::Assign { target, op: AssignOp::Set, value, .. } => assigned(target, value, &mut found),
                StepKind::Evaluate(Value { kind: ValueKind::Call(call), .. }) => called(call, &mut found),
                _ => {}
            }
        }
    }
    found
}

/// `Auth.prototype.logout = …`, `Auth.prototype = …`, `Auth.logout = …`.
fn assigned(target: &Value, value: &Value, found: &mut FxHashMap<String, Prototype>) {
    let ValueKind::Member(of, member) = &target.kind else { return };
    if let Some(name) = prototype_of(target) {
        let prototype = found.entry(name.to_owned()).or_default();
        match &value.kind {
            ValueKind::Record(entries) => prototype.members.extend(entries.iter().cloned()),
            // `Object.create(Base.prototype)`, `new Base()`
            ValueKind::Call(call) => prototype.bases.extend(base_of(call)),
            _ => {}
        }
    } else if let Some(name) = prototype_of(of) {
        found.entry(name.to_owned()).or_default().members.push((member.clone(), value.clone()));
    } else if let (ValueKind::Name(name), ValueKind::Closure(function)) = (&of.kind, &value.kind) {
        found.entry(name.clone()).or_default().statics.push((member.clone(), *function));
    }
}

/// `Object.assign(Auth.prototype, { … })`, `util.inherits(Auth, Base)`.
fn called(call: &Call, found: &mut FxHashMap<String, Prototype>) {
    let Some(first) = call.positional(0) else { return };
    match (call.callee.last_name(), prototype_of(first), &first.kind, call.positional(1).map(|value| &value.kind)) {
        ("assign" | "extend", Some(name), _, Some(ValueKind::Record(entries))) => {
            found.entry(name.to_owned()).or_default().members.extend(entries.iter().cloned());
        }
        ("inherits", _, ValueKind::Name(name), Some(ValueKind::Name(base))) => found.entry(name.clone()).or_default().bases.push(named(base)),
        _ => {}
    }
}

/// The function whose prototype a value is.
fn prototype_of(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::Member(of, member) if member == "prototype" => match &of.kind {
            ValueKind::Name(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The function from whose instances a prototype is made.
fn base_of(call: &Call) -> Option<TypeName> {
    match &call.callee.kind {
        ValueKind::Name(name) => Some(named(name)),
        ValueKind::Member(_, create) if create == "create" => call.positional(0).and_then(prototype_of).map(named),
        _ => None,
    }
}

fn named(name: &str) -> TypeName {
    TypeName { path: vec![name.to_owned()], args: Vec::new() }
}

/// What a constructor gives its own object: `this.logout = …`, or `self.logout = …` after `var self = this`.
fn own_members(body: &Block) -> Vec<(&str, &Value, Span)> {
    let mut aliases = Vec::new();
    let mut members = Vec::new();
    for step in body {
        let StepKind::Assign { target, value, .. } = &step.kind else { continue };
        match (&target.kind, &value.kind) {
            (ValueKind::Name(alias), ValueKind::This) => aliases.push(alias.as_str()),
            (ValueKind::Member(of, name), _) => {
                let is_own = match &of.kind {
                    ValueKind::This => true,
                    ValueKind::Name(of) => aliases.contains(&of.as_str()),
                    _ => false,
                };
                if is_own {
                    members.push((name.as_str(), value, step.span));
                }
            }
            _ => {}
        }
    }
    members
}

/// The constructors that one runs on its own object: `Base.call(this)`.
fn borrowed_constructors(body: &Block) -> Vec<TypeName> {
    let base = |step: &Step| match &step.kind {
        StepKind::Evaluate(Value { kind: ValueKind::Call(call), .. }) => match (&call.callee.kind, call.positional(0).map(|value| &value.kind)) {
            (ValueKind::Member(of, word), Some(ValueKind::This)) if matches!(word.as_str(), "call" | "apply") => match &of.kind {
                ValueKind::Name(base) => Some(named(base)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    body.iter().filter_map(base).collect()
}

/// Makes the class, and lets its name stand for it instead of for the function.
fn add_class(module: &mut Module, name: String, constructor: FunctionIndex, prototype: &Prototype) {
    let index = ClassIndex(module.classes.len() as u32);
    let function = module.function(constructor).clone();
    let mut members = Members::default();
    members.own(module, constructor, index, FunctionKind::Constructor);
    let inherited = prototype.members.iter().map(|(name, value)| (name.as_str(), value, value.span));
    for (name, value, span) in inherited.chain(own_members(&function.body)) {
        if let ValueKind::Closure(method) = value.kind {
            members.own(module, method, index, FunctionKind::Method).name = name.to_owned();
        } else {
            members.assign(name, value, span, &function);
        }
    }
    for (name, method) in &prototype.statics {
        let method = members.own(module, *method, index, FunctionKind::Method);
        method.name.clone_from(name);
        method.is_static = true;
    }
    let bases = prototype.bases.iter().cloned().chain(borrowed_constructors(&function.body)).collect();
    let (kind, annotations) = (ClassKind::Class, Vec::new());
    let mut class = Class { name, kind, bases, annotations, fields: Vec::new(), methods: Vec::new(), body: Block::new(), outer: None, span: function.span, head: function.head };
    members.give_to(&mut class);
    forget_function(module, constructor, &class.name);
    module.classes.push(class);
}

/// Takes away the declaration of a function that is a constructor now, and lets an export of it be one of its class.
fn forget_function(module: &mut Module, constructor: FunctionIndex, class: &str) {
    let is_it = |value: &Value| matches!(value.kind, ValueKind::Closure(index) if index == constructor);
    let declares = |step: &Step| matches!(&step.kind, StepKind::Assign { value, .. } if is_it(value));
    module.top.retain(|step| !declares(step));
    for function in &mut module.functions {
        function.body.retain(|step| !declares(step));
    }
    for export in &mut module.exports {
        if matches!(&export.target, ExportTarget::Value(value) if is_it(value)) {
            export.target = ExportTarget::Local(class.to_owned());
        }
    }
}
