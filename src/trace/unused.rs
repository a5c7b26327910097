//! Functions that nothing runs.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::sides::Surroundings;
use crate::ir::{AssignOp, Block, ExportTarget, FunctionKind, Module, Step, StepKind, Value, ValueKind, each_value};
use crate::link::{FunctionId, ModuleId, Place, Program};
use crate::rules::{RuleSet, names_logout};
use crate::source::Language;

/// Whether nothing in the program calls or mentions a function, and nothing but a call could run it: a plain function or method that
/// overrides nothing, bears no annotation and is no component.
pub(super) fn is_dead(program: &Program<'_>, id: FunctionId, mentioned: &Mentioned<'_>) -> bool {
    let function = program.function(id);
    let module = program.module(id.module);
    if function.parent.is_some()
        || !function.annotations.is_empty()
        || !module.language.has_implicit_members()
        || !matches!(function.kind, FunctionKind::Function | FunctionKind::Method)
    {
        return false;
    }
    let overrides = function.owner.is_some_and(|owner| !module.class(owner).bases.is_empty() || !module.class(owner).annotations.is_empty());
    !overrides && (!mentioned.names.contains_key(function.name.as_str()) || mentioned.only_called(&function.name) && !is_called(program, id, mentioned))
}

/// Whether nothing uses a function that is declared in another one: what a component never hands to its elements.
pub(super) fn is_unused_local(program: &Program<'_>, id: FunctionId) -> bool {
    let module = program.module(id.module);
    let function = program.function(id);
    let Some(outer) = function.parent.map(|parent| module.function(parent)).filter(|outer| outer.kind != FunctionKind::Template) else { return false };
    if !function.annotations.is_empty() || !outer.body.iter().any(|step| declares(step, id, &function.name)) {
        return false;
    }
    let around = module.functions.iter().filter(|around| outer.span.contains(around.span));
    is_only_declared(around.map(|around| &around.body), &function.name)
}

/// Whether nothing uses what a function, or the script of a component, binds to a name: what a hook makes and a component never calls
/// nor hands on.
pub(super) fn is_unused_binding(program: &Program<'_>, around: Place, name: &str) -> bool {
    let module = program.module(around.module);
    let Some(outer) = around.function.map(|index| module.function(index)) else { return is_only_declared(module.bodies().map(|(_, body)| body), name) };
    is_only_declared(module.functions.iter().filter(|inner| outer.span.contains(inner.span)).map(|inner| &inner.body), name)
}

/// Whether nothing in a component's own file uses a function of its script: neither the script nor the markup names it, and no other file can.
pub(super) fn is_unused_in_component(program: &Program<'_>, id: FunctionId, path: &str) -> bool {
    let module = program.module(id.module);
    let function = program.function(id);
    let ending = path.rsplit('.').next().unwrap_or_default();
    // NOTE: a template in another markup language may not have been read.
    let has_markup = || ending == "svelte" || module.functions.iter().any(|other| other.kind == FunctionKind::Template && !other.body.is_empty());
    if !matches!(ending, "svelte" | "vue")
        || function.kind == FunctionKind::Template
        || function.parent.is_some()
        || function.owner.is_some()
        || !module.top.iter().any(|step| declares(step, id, &function.name))
        || !has_markup()
    {
        return false;
    }
    let is_exported = module.exports.iter().any(|export| export.name == function.name);
    !is_exported && is_only_declared(module.bodies().map(|(_, body)| body), &function.name)
}

/// The files among some that export something, and of which no other file speaks. Only of files that bear a logout's name is every other
/// one known that does.
pub(super) fn unused_files(program: &Program<'_>, rules: &RuleSet, surroundings: &dyn Surroundings, files: impl IntoIterator<Item = ModuleId>) -> FxHashSet<ModuleId> {
    let loads_folders = OnceCell::new();
    let is_unused = |id: &ModuleId| {
        let (module, path) = (program.module(*id), surroundings.path(*id));
        let Some(stem) = stem_of(&path).filter(|stem| names_logout(stem)) else { return false };
        if module.language != Language::TypeScript || module.exports.is_empty() || path.split('/').rev().skip(1).any(|folder| rules.lexicon.is_exactly("found-by-folder", folder)) {
            return false;
        }
        let speaks = |text: &str| stem_of(text) == Some(stem);
        // Who names the file has a logout's word.
        let mut others = program.modules().filter(|(other, _)| other != id && surroundings.mentions_logout(*other));
        !others.any(|(_, other)| takes(other, &speaks) || says(other, &speaks)) && !*loads_folders.get_or_init(|| loads_folders_of(program)) && surroundings.begins_above(*id)
    };
    files.into_iter().filter(is_unused).collect()
}

/// Whether a file of the program names many others by a pattern: `import.meta.glob("./parts/*.tsx")`.
fn loads_folders_of(program: &Program<'_>) -> bool {
    let is_pattern = |text: &str| text.contains('*');
    let mut scripts = program.modules().filter(|(_, module)| matches!(module.language, Language::TypeScript | Language::Component));
    scripts.any(|(_, module)| takes(module, &is_pattern) || says(module, &is_pattern))
}

/// Whether a module imports from, or exports again, a file of some name.
fn takes(module: &Module, is_it: &dyn Fn(&str) -> bool) -> bool {
    let from = module.exports.iter().filter_map(|export| match &export.target {
        ExportTarget::From { module, .. } => Some(module),
        _ => None,
    });
    module.imports.iter().map(|import| &import.module).chain(from).any(|source| is_it(source))
}

/// Whether the path of a file of some name stands in a module as a text.
fn says(module: &Module, is_it: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    module.bodies().for_each(|(_, body)| each_value(body, |value| found |= matches!(&value.kind, ValueKind::Text(text) if text.contains('/') && is_it(text))));
    found
}

/// The last part of a path without what tells its kind: `Logout` of `./parts/Logout.jsx`.
fn stem_of(path: &str) -> Option<&str> {
    const ENDINGS: [&str; 8] = [".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs"];
    let name = path.rsplit('/').next()?;
    Some(ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name))
}

/// Whether a step declares a function of that name.
fn declares(step: &Step, id: FunctionId, name: &str) -> bool {
    match &step.kind {
        StepKind::Assign { target, op: AssignOp::Declare, value, .. } => {
            matches!(value.kind, ValueKind::Closure(index) if index == id.index) && matches!(&target.kind, ValueKind::Name(declared) if declared == name)
        }
        _ => false,
    }
}

/// Whether some bodies mention a name no more than once, which is where it is declared.
fn is_only_declared<'m>(bodies: impl Iterator<Item = &'m Block>, name: &str) -> bool {
    let mut mentions = 0;
    for body in bodies {
        each_value(body, |value| mentions += usize::from(matches!(&value.kind, ValueKind::Name(said) | ValueKind::Member(_, said) if said == name)));
    }
    mentions <= 1
}

/// Whether a call of a function's name may run it: every other one is known to run another of that name.
fn is_called(program: &Program<'_>, id: FunctionId, mentioned: &Mentioned<'_>) -> bool {
    const MAX_CALLS: usize = 40;
    let calls = program.calls_of(&program.function(id).name);
    let may_run = |call, place| {
        let targets = program.targets(call, place, false);
        targets.is_empty() || targets.contains(&id)
    };
    let runs = |call, place: Place| place.function != Some(id.index) && !is_unattached(program, place, mentioned) && may_run(call, place);
    calls.len() > MAX_CALLS || calls.iter().any(|(call, place)| runs(*call, *place))
}

/// Whether a place is in a listener that a field holds and nothing ever names: `private val onLeave = View.OnClickListener { … }`.
fn is_unattached(program: &Program<'_>, place: Place, mentioned: &Mentioned<'_>) -> bool {
    let Some(index) = place.function else { return false };
    let module = program.module(place.module);
    let listener = module.around(Some(index)).last().unwrap_or(index);
    let is_listener = |value: &Value| matches!(&value.kind, ValueKind::Call(call) if call.args.iter().any(|argument| matches!(argument.value.kind, ValueKind::Closure(closure) if closure == listener)));
    let mut fields = module.classes.iter().flat_map(|class| &class.fields);
    fields.any(|field| field.value.as_ref().is_some_and(is_listener) && !mentioned.names.contains_key(field.name.as_str()))
}

/// How often a name stands somewhere, and how often it is called there.
#[derive(Debug, Default)]
struct Mentions {
    all: usize,
    called: usize,
}

/// Every name that stands anywhere as a value or as the member of one, kept while modules are added.
#[derive(Debug, Default)]
pub(super) struct Mentioned<'p> {
    names: FxHashMap<&'p str, Mentions>,
    seen: FxHashSet<ModuleId>,
}

impl<'p> Mentioned<'p> {
    /// Whether a name is never handed over, but always called where it stands.
    fn only_called(&self, name: &str) -> bool {
        self.names.get(name).is_none_or(|mentions| mentions.called >= mentions.all)
    }

    /// Looks at the modules that are new. Only where a plain function needs no import to be called is the answer ever asked for.
    pub(super) fn complete(&mut self, program: &Program<'p>) {
        let Self { names, seen } = self;
        let mut mention = |value: &'p Value| match &value.kind {
            ValueKind::Name(name) | ValueKind::Member(_, name) => names.entry(name.as_str()).or_default().all += 1,
            ValueKind::Call(call) => {
                if let ValueKind::Name(name) | ValueKind::Member(_, name) = &call.callee.kind {
                    names.entry(name.as_str()).or_default().called += 1;
                }
            }
            _ => {}
        };
        for (id, module) in program.modules().filter(|(_, module)| module.language.has_implicit_members()) {
            if !seen.insert(id) {
                continue;
            }
            each_value(&module.top, &mut mention);
            for body in module.functions.iter().map(|function| &function.body).chain(module.classes.iter().map(|class| &class.body)) {
                each_value(body, &mut mention);
            }
            for value in module.classes.iter().flat_map(|class| class.fields.iter().filter_map(|field| field.value.as_ref())) {
                crate::ir::each_value_of(value, &mut mention);
            }
        }
    }
}
