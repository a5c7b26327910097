//! The class of the object whose method runs, where the method is its base's: `logoutUseCase()` with
//! `abstract class UseCase { fun invoke() = execute(); abstract fun execute() }`.

use super::Walk;
use crate::ir::{Call, Class, ClassKind, Module, Name, Value, ValueKind};
use crate::link::{ClassId, FunctionId, Program, Thing};
use crate::rules::Lexicon;
use crate::source::Language;

impl<'p> Walk<'_, '_, 'p> {
    /// The class of the object whose method a call runs, where the method stands in a class that leaves some of its work to those below it.
    pub(super) fn receiver_of(&self, call: &'p Call, target: FunctionId) -> Option<ClassId> {
        let program = self.reach.program;
        let owner = ClassId { module: target.module, index: program.function(target).owner? };
        if of_itself(&call.callee).is_some() && self.state.receiver.is_some() {
            return self.state.receiver;
        }
        let leaves_model = leaves_model_open(&self.reach.rules.lexicon, program.module(owner.module), program.class(owner));
        if program.class(owner).kind != ClassKind::Interface && !leaves_model {
            return None;
        }
        let object = match &call.callee.kind {
            // What a method hands on to its base is still about its own object.
            ValueKind::Member(of, _) if matches!(&of.kind, ValueKind::Super) || is_call_of_super(of) => return self.state.receiver.or_else(|| self.own_class()),
            ValueKind::Member(of, _) => of,
            _ => &call.callee,
        };
        program.eval(object, self.place(), false).into_iter().find_map(|thing| match thing {
            Thing::Instance(class) if class != owner => Some(class),
            // `TokenRows.delete(…)`, a method of the class itself.
            Thing::Class(class) if class != owner && leaves_model => Some(class),
            _ => None,
        })
    }

    /// The class of the method that runs.
    fn own_class(&self) -> Option<ClassId> {
        let place = self.place();
        let owner = self.reach.program.module(place.module).function(place.function?).owner?;
        Some(ClassId { module: place.module, index: owner })
    }

    /// The method by which the object itself answers a call of one of its own, where the class that calls it leaves it open.
    pub(super) fn own_method(&self, call: &'p Call, targets: &[FunctionId]) -> Option<FunctionId> {
        let class = self.state.receiver?;
        let name = of_itself(&call.callee)?;
        let program = self.reach.program;
        let is_method = |target: &FunctionId| program.function(*target).owner.is_some() && program.function(*target).name == name;
        if !targets.iter().all(is_method) {
            return None;
        }
        let module = program.module(class.module);
        let is_it = |index: &crate::ir::FunctionIndex| module.function(*index).name == name && !module.function(*index).body.is_empty();
        program.class(class).methods.iter().copied().find(is_it).map(|index| FunctionId { module: class.module, index })
    }
}

/// Adds to names those that they have for the class of the object that runs: `delete(cls.model)` is `delete(RefreshToken)` too.
pub(super) fn add_models(program: &Program<'_>, lexicon: &Lexicon, receiver: Option<ClassId>, names: &mut Vec<Name>) {
    let Some(class) = receiver.filter(|class| program.module(class.module).language == Language::Python) else { return };
    let named: Vec<Name> = names.iter().filter_map(|name| with_model(program, lexicon, class, name)).collect();
    names.extend(named);
}

/// A name with the model of a class in the place of the member that holds it, where it stands among what is handed over.
fn with_model(program: &Program<'_>, lexicon: &Lexicon, class: ClassId, name: &Name) -> Option<Name> {
    let mut named = name.clone();
    for called in named.segments.iter_mut().filter_map(|segment| segment.called.as_mut()) {
        let word = called.split(' ').find(|word| lexicon.is("model", word)).map(str::to_owned);
        if let Some(word) = word
            && let Some(model) = model_of(program, class, &word)
        {
            *called = called.split(' ').map(|other| if other == word { model.as_str() } else { other }).collect::<Vec<_>>().join(" ");
        }
    }
    (named != *name).then_some(named)
}

/// Whether a class leaves it to those below it which model its methods are about.
fn leaves_model_open(lexicon: &Lexicon, module: &Module, class: &Class) -> bool {
    let is_open = |value: &Option<Value>| value.as_ref().is_none_or(|value| matches!(value.kind, ValueKind::Null | ValueKind::Undefined | ValueKind::Name(_)));
    module.language == Language::Python && class.fields.iter().any(|field| lexicon.is("model", &field.name) && is_open(&field.value))
}

/// The model of a class of rows: what its field holds, or what its base is made for: `class Tokens(Rows[RefreshToken])`.
fn model_of(program: &Program<'_>, class: ClassId, member: &str) -> Option<String> {
    let class = program.class(class);
    let field = class.fields.iter().find(|field| field.name == member).and_then(|field| field.value.as_ref());
    match field.map(|value| &value.kind) {
        Some(ValueKind::Name(name) | ValueKind::Member(_, name) | ValueKind::Text(name)) => Some(name.clone()),
        Some(_) => None,
        None => class.bases.iter().flat_map(|base| &base.args).map(|argument| argument.last().to_owned()).next(),
    }
}

/// `super()`
fn is_call_of_super(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::Call(call) if matches!(&call.callee.kind, ValueKind::Super) || matches!(&call.callee.kind, ValueKind::Name(name) if name == "super"))
}

/// The name of a method that is called on the object itself: `execute()`, `this.execute()`.
fn of_itself(callee: &Value) -> Option<&str> {
    match &callee.kind {
        ValueKind::Name(name) => Some(name),
        ValueKind::Member(of, name) if matches!(of.kind, ValueKind::This) => Some(name),
        _ => None,
    }
}
