//! The functions where a logout may begin, by name and by what they call.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::endpoints::Endpoints;
use super::requests::{Request, fit, is_logout_path, request_of};
use super::sides::{Sides, Surroundings};
use crate::ir::{Call, FunctionIndex, FunctionKind, Module, Name, Value, ValueKind, each_call, each_value};
use crate::link::{FunctionId, ModuleId, Place, Program};
use crate::outcome::Side;
use crate::rules::{Kind, RuleSet, Subject};
use crate::source::Span;

/// A function where a logout may begin.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub function: FunctionId,
    /// The word by which it was found, where the function has no name of its own.
    pub symbol: String,
    /// What a reader would call its place, where that is not the function itself: a link in a page.
    pub span: Option<Span>,
    /// It bears a logout's name.
    pub named: bool,
}

/// The functions of one side that bear a logout's name, that stand under such a key, or that call a logout's endpoint.
pub(super) fn candidates<'p>(
    program: &Program<'p>,
    rules: &RuleSet,
    sides: &Sides,
    side: Side,
    endpoints: &Endpoints<'p>,
    surroundings: &dyn Surroundings,
    mentioned: &Mentioned<'p>,
) -> Vec<Candidate> {
    let modules: Vec<(ModuleId, &'p Module)> = program.modules().filter(|(id, _)| sides.of(*id) == side && surroundings.mentions_logout(*id)).collect();
    let finder = Finder { program, rules, side, endpoints };
    let mut found: BTreeMap<FunctionId, Candidate> = modules.par_iter().flat_map_iter(|(id, module)| finder.of_module(*id, module)).collect();
    // Of one or two files nothing can be said about who calls them.
    if program.len() > 2 {
        found.retain(|function, candidate| !candidate.named || !is_dead(program, *function, mentioned));
    }
    found.into_values().collect()
}

struct Finder<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    side: Side,
    endpoints: &'a Endpoints<'p>,
}

impl<'p> Finder<'_, 'p> {
    /// The candidates of one module.
    fn of_module(&self, id: ModuleId, module: &'p Module) -> BTreeMap<FunctionId, Candidate> {
        let Finder { program, rules, side, endpoints } = *self;
        let mut found: BTreeMap<FunctionId, Candidate> = BTreeMap::new();
        for (index, function) in module.functions.iter().enumerate() {
            let function_id = FunctionId { module: id, index: FunctionIndex(index as u32) };
            let place = Place::of(function_id);
            if function.kind != FunctionKind::Constructor && !function.body.is_empty() && is_logout_name(rules, &function.name) {
                found.insert(function_id, Candidate { function: function_id, symbol: function.name.clone(), span: None, named: true });
            }
            each_value(&function.body, |value| keyed(program, rules, value, place, &mut found));
            if side == Side::Client {
                each_call(&function.body, |call| {
                    if !mentions_logout(rules, call) {
                        return;
                    }
                    if let Some(request) = sent_request(program, rules, call, place)
                        && asks_for_logout(rules, endpoints, &request)
                    {
                        let span = (function.kind == FunctionKind::Template || request.is_markup).then_some(call.span);
                        let symbol = if function.name.is_empty() { "(anonymous)".to_owned() } else { function.name.clone() };
                        found.entry(function_id).or_insert(Candidate { function: function_id, symbol, span, named: false });
                    }
                });
            }
        }
        each_value(&module.top, |value| keyed(program, rules, value, Place { module: id, function: None }, &mut found));
        for class in &module.classes {
            for value in class.fields.iter().filter_map(|field| field.value.as_ref()) {
                keyed(program, rules, value, Place { module: id, function: None }, &mut found);
            }
        }
        found
    }
}

/// Whether nothing in the program calls or mentions a function, and nothing but a call could run it: a plain function or method that
/// overrides nothing, bears no annotation and is no component.
fn is_dead(program: &Program<'_>, id: FunctionId, mentioned: &Mentioned<'_>) -> bool {
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
    !overrides && !mentioned.names.contains(function.name.as_str())
}

/// Every name that stands anywhere as a value or as the member of one, kept while modules are added.
#[derive(Debug, Default)]
pub(super) struct Mentioned<'p> {
    names: FxHashSet<&'p str>,
    seen: FxHashSet<ModuleId>,
}

impl<'p> Mentioned<'p> {
    /// Looks at the modules that are new. Only where a plain function needs no import to be called is the answer ever asked for.
    pub(super) fn complete(&mut self, program: &Program<'p>) {
        let Self { names, seen } = self;
        let mut mention = |value: &'p Value| {
            if let ValueKind::Name(name) | ValueKind::Member(_, name) = &value.kind {
                names.insert(name.as_str());
            }
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

/// Whether a name is a logout's: it has the words, and none of those that make it something else.
pub(super) fn is_logout_name(rules: &RuleSet, name: &str) -> bool {
    !name.is_empty() && rules.lexicon.is("logout", name) && !rules.lexicon.is("not-logout", name)
}

/// Entries of records whose key is a logout's and whose value wraps a function: `logout: procedure.mutation(fn)`.
fn keyed<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place, found: &mut BTreeMap<FunctionId, Candidate>) {
    let ValueKind::Record(entries) = &value.kind else { return };
    for (key, entry) in entries {
        let ValueKind::Call(_) = &entry.kind else { continue };
        if is_logout_name(rules, key) {
            for function in closures_of(entry, 4) {
                let id = FunctionId { module: place.module, index: function };
                if !program.function(id).body.is_empty() {
                    found.entry(id).or_insert(Candidate { function: id, symbol: key.clone(), span: None, named: true });
                }
            }
        }
    }
}

fn closures_of(value: &Value, depth: usize) -> Vec<FunctionIndex> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    match &value.kind {
        ValueKind::Closure(index) => vec![*index],
        ValueKind::Call(call) => call.args.iter().flat_map(|argument| closures_of(&argument.value, depth)).collect(),
        ValueKind::Record(entries) => entries.iter().flat_map(|(_, entry)| closures_of(entry, depth)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a call has a logout's word in its name or its first arguments.
fn mentions_logout(rules: &RuleSet, call: &Call) -> bool {
    let name = Name::of_call(call);
    name.segments.iter().any(|segment| rules.lexicon.is("logout", &segment.text) || segment.called.as_deref().is_some_and(|subject| rules.lexicon.is("logout", subject)))
}

/// The request of a call, unless it only changes the page.
fn sent_request<'p>(program: &Program<'p>, rules: &RuleSet, call: &'p Call, place: Place) -> Option<Request> {
    let names = [Name::of_call(call)];
    let at = super::lookup::At { program, place };
    let language = program.module(place.module).language;
    if !rules.fitting(&[Kind::Navigation], Subject::Call { call, names: &names }, &Vec::new, language, &at).is_empty() {
        return None;
    }
    request_of(program, rules, call, place)
}

/// Whether a request is one of logging out.
pub(super) fn asks_for_logout(rules: &RuleSet, endpoints: &Endpoints<'_>, request: &Request) -> bool {
    if request.is_markup {
        return endpoints.logouts.iter().any(|index| fit(request, &endpoints.all[*index]) > 0);
    }
    is_logout_path(rules, &request.path)
}
