//! Endpoints without a declaration of their own: tables of paths and handlers, and server actions.

use super::paths::{join, verb_of};
use super::{Builder, Endpoint};
use crate::ir::{Value, ValueKind, each_value};
use crate::link::{ClassId, FunctionId, Place, Thing};

impl<'p> Builder<'_, 'p> {
    /// Tables of paths and handlers: pairs whose first is a path and whose second is a class that answers requests.
    pub(super) fn route_tables(&self, all: &mut Vec<Endpoint<'p>>) {
        for (id, module) in self.program.modules() {
            if !self.surroundings.mentions_logout(id) {
                continue;
            }
            let mut bodies = vec![(None, &module.top)];
            bodies.extend(module.functions.iter().enumerate().map(|(index, function)| (Some(crate::ir::FunctionIndex(index as u32)), &function.body)));
            for (function, body) in bodies {
                let place = Place { module: id, function };
                each_value(body, |value| {
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
                    place,
                    span: function.head,
                    site: None,
                });
            }
        }
    }
}
