//! Endpoints without a declaration of their own: tables of paths and handlers, server actions, and resolvers of fields.

use super::paths::{join, normal_method, verb_of};
use super::{Builder, Endpoint};
use crate::ir::{AssignOp, ExportTarget, Function, FunctionIndex, Param, StepKind, Value, ValueKind, each_value, each_value_of};
use crate::link::{ClassId, FunctionId, ModuleId, Place, Thing};
use crate::source::{Language, Span};
use crate::trace::candidates::is_logout_name;
use crate::trace::requests::is_logout_path;

/// The key under which a field's definition holds the function that answers it.
const RESOLVER: &str = "resolve";

impl<'p> Builder<'_, 'p> {
    /// Tables of paths and handlers: pairs whose first is a path and whose second is a class that answers requests.
    pub(super) fn route_tables(&self, all: &mut Vec<Endpoint<'p>>) {
        for (id, module) in self.program.modules() {
            if !self.surroundings.mentions_logout(id) {
                continue;
            }
            let mut bodies = vec![(None, &module.top)];
            bodies.extend(module.functions.iter().enumerate().map(|(index, function)| (Some(crate::ir::FunctionIndex(index as u32)), &function.body)));
            // `module.exports = [{ method: "POST", path: "/logout", handler }]`
            for export in &module.exports {
                if let ExportTarget::Value(exported) = &export.target {
                    each_value_of(exported, &mut |value: &'p Value| {
                        if let ValueKind::Record(entries) = &value.kind {
                            all.extend(self.described(entries, value.span, Place { module: id, function: None }));
                        }
                    });
                }
            }
            for (function, body) in bodies {
                let place = Place { module: id, function };
                each_value(body, |value| {
                    if let ValueKind::Record(entries) = &value.kind {
                        all.extend(self.described(entries, value.span, place));
                    }
                    if let ValueKind::List(items) = &value.kind
                        && let [path, handler, ..] = items.as_slice()
                        && let ValueKind::Text(path) = &path.kind
                        && path.starts_with(['/', '^'])
                    {
                        for class in self.classes_at(handler, place) {
                            for function in self.class_handlers(class) {
                                let method = verb_of(&self.program.function(function).name);
                                all.push(Endpoint {
                                    method,
                                    path: join("", path),
                                    framework: "route table".to_owned(),
                                    functions: vec![function],
                                    library: None,
                                    bundled: false,
                                    place,
                                    span: value.span,
                                    site: None,
                                });
                            }
                        }
                    }
                });
            }
        }
    }

    /// `{ path: '/logout', method: 'post', run: this.logout }`
    fn described(&self, entries: &'p [(String, Value)], span: Span, place: Place) -> Option<Endpoint<'p>> {
        let text = |name: &str| {
            entries.iter().find(|(key, _)| key == name).and_then(|(_, entry)| match &entry.kind {
                ValueKind::Text(text) => Some(text.as_str()),
                _ => None,
            })
        };
        let (path, method) = (text("path")?, normal_method(text("method")?));
        if method == "ANY" || !is_logout_path(self.rules, path) {
            return None;
        }
        // Among the options beside the path: `config: { handler }`.
        let nested = entries.iter().filter_map(|(_, entry)| match &entry.kind {
            ValueKind::Record(inner) => inner.iter().find(|(key, _)| key == "handler").map(|(_, handler)| handler),
            _ => None,
        });
        let own = entries.iter().rev().map(|(_, entry)| entry);
        let functions = own.chain(nested).map(|entry| self.functions_at(entry, place)).find(|functions| !functions.is_empty())?;
        Some(Endpoint { method, path: join("", path), framework: "route table".to_owned(), functions, library: None, bundled: false, place, span, site: None })
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
                all.push(Endpoint {
                    method: String::new(),
                    path: String::new(),
                    framework: "server action".to_owned(),
                    functions: vec![function_id],
                    library: None,
                    bundled: false,
                    place,
                    span: function.head,
                    site: None,
                });
            }
        }
    }

    /// Functions that answer a logout's field of a GraphQL schema: those under the field's key that are handed a parent, arguments and
    /// a context, and those that a field's definition holds.
    pub(super) fn resolvers(&self, all: &mut Vec<Endpoint<'p>>) {
        for (id, module) in self.program.modules() {
            if module.language.name() != Language::TypeScript.name() || !self.surroundings.mentions_logout(id) {
                continue;
            }
            let mut found: Vec<(FunctionIndex, &str)> = Vec::new();
            for (index, function) in module.functions.iter().enumerate() {
                if self.is_resolver(function) {
                    found.push((FunctionIndex(index as u32), &function.name));
                }
            }
            for step in &module.top {
                if let StepKind::Assign { target, op: AssignOp::Declare, value, .. } = &step.kind
                    && let ValueKind::Name(name) = &target.kind
                {
                    self.defined_field(name, value, &mut found);
                }
            }
            for body in std::iter::once(&module.top).chain(module.functions.iter().map(|function| &function.body)) {
                each_value(body, |value| {
                    if let ValueKind::Record(entries) = &value.kind {
                        entries.iter().for_each(|(key, entry)| self.defined_field(key, entry, &mut found));
                    }
                });
            }
            found.sort();
            found.dedup();
            all.extend(found.into_iter().map(|(index, name)| self.field_endpoint(id, index, name)));
        }
    }

    /// `logout: { type, resolve(…) {} }`
    fn defined_field(&self, name: &'p str, value: &'p Value, found: &mut Vec<(FunctionIndex, &'p str)>) {
        let ValueKind::Record(entries) = &value.kind else { return };
        for (key, entry) in entries {
            if key == RESOLVER
                && let ValueKind::Closure(index) = &entry.kind
                && is_logout_name(self.rules, name)
            {
                found.push((*index, name));
            }
        }
    }

    /// `(parent, args, context) => …` with a logout's name.
    fn is_resolver(&self, function: &Function) -> bool {
        let is_context = |param: &Param| {
            let lexicon = &self.rules.lexicon;
            lexicon.is("handler-parameter", &param.name) || param.parts.iter().any(|(part, _)| lexicon.is("handler-parameter", part))
        };
        let [parent, _, context, ..] = function.params.as_slice() else { return false };
        function.owner.is_none()
            && function.params.len() <= 4
            && !is_context(parent)
            && is_context(context)
            && !function.body.is_empty()
            && is_logout_name(self.rules, &function.name)
    }

    fn field_endpoint(&self, module: ModuleId, index: FunctionIndex, name: &str) -> Endpoint<'p> {
        let function = FunctionId { module, index };
        let defined = self.program.function(function);
        Endpoint {
            method: "ANY".to_owned(),
            path: join("", name),
            framework: "GraphQL".to_owned(),
            functions: vec![function],
            library: None,
            bundled: false,
            place: Place { module, function: defined.parent },
            span: defined.head,
            site: None,
        }
    }
}
