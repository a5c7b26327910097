//! Endpoints without a declaration of their own: tables of paths and handlers, server actions, and resolvers of fields.

use rayon::prelude::*;

use super::paths::{join, normal_method, verb_of};
use super::{Builder, Endpoint};
use crate::ir::{AssignOp, ExportTarget, Function, FunctionIndex, Module, Param, StepKind, Value, ValueKind, each_value, each_value_of};
use crate::link::{ClassId, FunctionId, ModuleId, Place, Thing};
use crate::rules::RuleSet;
use crate::source::{Language, Span};
use crate::trace::candidates::is_logout_name;
use crate::trace::requests::is_logout_path;

/// The key under which a field's definition holds the function that answers it.
const RESOLVER: &str = "resolve";

/// What reports say of routes in tables instead of a framework.
const ROUTE_TABLE: &str = "route table";

impl<'p> Builder<'_, 'p> {
    /// Tables of paths and handlers: pairs whose first is a path and whose second is a class that answers requests.
    pub(super) fn route_tables(&self, all: &mut Vec<Endpoint<'p>>) {
        let rules = self.rules;
        let rows = |(id, module): &(ModuleId, &'p Module)| {
            let mut rows: Vec<(Place, &'p Value)> = Vec::new();
            // `module.exports = [{ method: "POST", path: "/logout", handler }]`
            for export in &module.exports {
                if let ExportTarget::Value(exported) = &export.target {
                    each_value_of(exported, &mut |value: &'p Value| {
                        if matches!(value.kind, ValueKind::Record(_)) && is_row(rules, value) {
                            rows.push((Place { module: *id, function: None }, value));
                        }
                    });
                }
            }
            for (function, body) in module.bodies() {
                let place = Place { module: *id, function };
                each_value(body, |value| {
                    if is_row(rules, value) {
                        rows.push((place, value));
                    }
                });
            }
            rows
        };
        let rows: Vec<(Place, &'p Value)> = self.mentioning().par_iter().flat_map_iter(rows).collect();
        for (place, value) in rows {
            match &value.kind {
                ValueKind::Record(entries) => all.extend(self.described(entries, value.span, place)),
                ValueKind::List(items) => self.paired(items, value.span, place, all),
                _ => {}
            }
        }
    }

    /// The modules that have a logout's word in them.
    pub(super) fn mentioning(&self) -> Vec<(ModuleId, &'p Module)> {
        self.program.modules().filter(|(id, _)| self.surroundings.mentions_logout(*id)).collect()
    }

    /// `(r"/logout", LogoutHandler)`, `("/logout", "logout", LogoutView)`
    fn paired(&self, items: &'p [Value], span: Span, place: Place, all: &mut Vec<Endpoint<'p>>) {
        let [path, rest @ ..] = items else { return };
        let ValueKind::Text(path) = &path.kind else { return };
        let Some(handler) = rest.iter().find(|item| !matches!(item.kind, ValueKind::Text(_))) else { return };
        let row = |method: String, functions: Vec<FunctionId>| Endpoint::new(ROUTE_TABLE, method, join("", path), functions, place, span);
        let classes = self.classes_at(handler, place);
        // `("/logout", "leave", views.leave, ["POST"])`
        if classes.is_empty() && is_logout_path(self.rules, path) && self.program.module(place.module).language == Language::Python {
            let methods = rest.iter().filter_map(|item| match &item.kind {
                ValueKind::List(methods) => methods.first(),
                _ => None,
            });
            let method = methods.map(|method| if let ValueKind::Text(method) = &method.kind { normal_method(method) } else { String::new() }).find(|method| !method.is_empty());
            let functions = self.functions_at(handler, place);
            all.extend((!functions.is_empty()).then(|| row(method.unwrap_or_else(|| "ANY".to_owned()), functions)));
        }
        for function in classes.into_iter().flat_map(|class| self.class_handlers(class)) {
            all.push(row(verb_of(&self.program.function(function).name), vec![function]));
        }
    }

    /// `{ path: '/logout', method: 'post', run: this.logout }`
    fn described(&self, entries: &'p [(String, Value)], span: Span, place: Place) -> Option<Endpoint<'p>> {
        let (path, method) = described_logout(self.rules, entries)?;
        // Among the options beside the path: `config: { handler }`.
        let nested = entries.iter().filter_map(|(_, entry)| match &entry.kind {
            ValueKind::Record(inner) => inner.iter().find(|(key, _)| key == "handler").map(|(_, handler)| handler),
            _ => None,
        });
        let own = entries.iter().rev().filter(|(key, _)| !self.rules.lexicon.is("request-part", key)).map(|(_, entry)| entry);
        let functions = own.chain(nested).map(|entry| self.functions_at(entry, place)).find(|functions| !functions.is_empty())?;
        Some(Endpoint::new(ROUTE_TABLE, method, join("", path), functions, place, span))
    }

    fn classes_at(&self, value: &'p Value, place: Place) -> Vec<ClassId> {
        if !matches!(value.kind, ValueKind::Name(_) | ValueKind::Member(..)) {
            return Vec::new();
        }
        let class = |thing| match thing {
            Thing::Class(class) => Some(class),
            _ => None,
        };
        self.program.eval(value, place, true).into_iter().filter_map(class).collect()
    }

    /// Functions that the client calls as if they were its own: those that say `use server`.
    pub(super) fn server_actions(&self, all: &mut Vec<Endpoint<'p>>) {
        let says_server = |directive: &String| directive == "use server";
        for (id, module) in self.program.modules() {
            let whole = module.directives.iter().any(says_server);
            for (index, function) in module.functions.iter().enumerate() {
                let exported = whole
                    && function.parent.is_none()
                    && module
                        .exports
                        .iter()
                        .any(|export| export.name == function.name || matches!(&export.target, crate::ir::ExportTarget::Local(local) if *local == function.name));
                if !exported && !function.directives.iter().any(says_server) {
                    continue;
                }
                let function_id = FunctionId { module: id, index: crate::ir::FunctionIndex(index as u32) };
                let place = Place { module: id, function: function.parent };
                all.push(Endpoint::new("server action", "", String::new(), vec![function_id], place, function.head));
            }
        }
    }

    /// Functions that answer a logout's field of a GraphQL schema: those under the field's key that are handed a parent, arguments and
    /// a context, and those that a field's definition holds.
    pub(super) fn resolvers(&self, all: &mut Vec<Endpoint<'p>>) {
        let rules = self.rules;
        let resolving = |(id, module): &(ModuleId, &'p Module)| {
            let mut found: Vec<(FunctionIndex, &'p str)> = Vec::new();
            for (index, function) in module.functions.iter().enumerate() {
                if is_resolver(rules, function) {
                    found.push((FunctionIndex(index as u32), &function.name));
                }
            }
            for step in &module.top {
                if let StepKind::Assign { target, op: AssignOp::Declare, value, .. } = &step.kind
                    && let ValueKind::Name(name) = &target.kind
                {
                    defined_field(rules, name, value, &mut found);
                }
            }
            for (_, body) in module.bodies() {
                each_value(body, |value| {
                    if let ValueKind::Record(entries) = &value.kind {
                        entries.iter().for_each(|(key, entry)| defined_field(rules, key, entry, &mut found));
                    }
                });
            }
            found.sort();
            found.dedup();
            found.into_iter().map(|(index, name)| (*id, index, name)).collect::<Vec<_>>()
        };
        let mut modules = self.mentioning();
        modules.retain(|(_, module)| module.language.name() == Language::TypeScript.name());
        let found: Vec<(ModuleId, FunctionIndex, &'p str)> = modules.par_iter().flat_map_iter(resolving).collect();
        all.extend(found.into_iter().map(|(id, index, name)| self.field_endpoint(id, index, name)));
    }

    fn field_endpoint(&self, module: ModuleId, index: FunctionIndex, name: &str) -> Endpoint<'p> {
        let function = FunctionId { module, index };
        let defined = self.program.function(function);
        Endpoint::new("GraphQL", "ANY", join("", name), vec![function], Place { module, function: defined.parent }, defined.head)
    }
}

/// Whether a value may be a row of a table of routes: a description of a logout, or a pair that begins with a path.
fn is_row(rules: &RuleSet, value: &Value) -> bool {
    match &value.kind {
        ValueKind::Record(entries) => described_logout(rules, entries).is_some(),
        ValueKind::List(items) => matches!(items.as_slice(), [Value { kind: ValueKind::Text(path), .. }, _, ..] if path.starts_with(['/', '^']) || path.starts_with(".*/")),
        _ => false,
    }
}

/// The path and the method of a logout that a record describes.
fn described_logout<'v>(rules: &RuleSet, entries: &'v [(String, Value)]) -> Option<(&'v str, String)> {
    let text = |name: &str| {
        entries.iter().find(|(key, _)| key == name).and_then(|(_, entry)| match &entry.kind {
            ValueKind::Text(text) => Some(text.as_str()),
            // `method: ["GET"]`
            ValueKind::List(items) => items.iter().find_map(|item| if let ValueKind::Text(text) = &item.kind { Some(text.as_str()) } else { None }),
            _ => None,
        })
    };
    let (path, method) = (text("path")?, normal_method(text("method")?));
    (method != "ANY" && is_logout_path(rules, path)).then_some((path, method))
}

/// `logout: { type, resolve(…) {} }`
fn defined_field<'p>(rules: &RuleSet, name: &'p str, value: &'p Value, found: &mut Vec<(FunctionIndex, &'p str)>) {
    let ValueKind::Record(entries) = &value.kind else { return };
    for (key, entry) in entries {
        if key == RESOLVER
            && let ValueKind::Closure(index) = &entry.kind
            && is_logout_name(rules, name)
        {
            found.push((*index, name));
        }
    }
}

/// `(parent, args, context) => …` with a logout's name.
fn is_resolver(rules: &RuleSet, function: &Function) -> bool {
    let is_context = |param: &Param| rules.lexicon.is("handler-parameter", &param.name) || param.parts.iter().any(|(part, _)| rules.lexicon.is("handler-parameter", part));
    let [parent, _, context, ..] = function.params.as_slice() else { return false };
    // What stands above a field is an object.
    if parent.ty.as_ref().is_some_and(|ty| matches!(ty.last(), "string" | "number" | "boolean")) {
        return false;
    }
    function.owner.is_none() && function.params.len() <= 4 && !is_context(parent) && is_context(context) && !function.body.is_empty() && is_logout_name(rules, &function.name)
}
