//! Members of things: methods, fields, exports, keys; and the functions that a call may run.

use super::eval::{Place, Thing};
use super::implementations::MAX_IMPLEMENTATIONS;
use super::program::{ClassId, FunctionId, Program, Wanted};
use crate::ir::{Call, ClassKind, FunctionKind, Name, Receiver, Value, ValueKind};
use crate::source::Language;

/// How deep the arguments of a making call are searched for a key.
const MAX_SEARCH: usize = 7;
/// How far classes are followed to their bases.
const MAX_BASES: usize = 8;

impl<'p> Program<'p> {
    pub(super) fn eval_member(&self, of: &'p Value, name: &'p str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        if self.module(place.module).language == Language::Rust
            && let Some(found) = self.rust_path(of, name, place, follow, steps)
        {
            return found;
        }
        if self.is_own_exports(of, name, place) {
            return vec![Thing::Module(place.module)];
        }
        let has_extensions = self.module(place.module).language.has_implicit_members();
        let mut things = self.given_member(of, name, place, follow, steps);
        let mut of_module = false;
        for thing in self.eval_steps(of, place, follow, steps) {
            of_module |= matches!(thing, Thing::Module(_) | Thing::Class(_));
            let members = self.member(thing.clone(), name, follow, steps);
            if has_extensions && members.iter().all(|member| matches!(member, Thing::Outside { .. })) {
                things.extend(self.extensions(&thing, name, place, follow, steps.saturating_sub(1)));
            }
            things.extend(members);
        }
        if has_extensions
            && things.iter().all(|thing| matches!(thing, Thing::Outside { .. }))
            && let Some(found) = self.constructed_member(of, name, place, steps)
        {
            return found;
        }
        if self.module(place.module).language.gives_member(name) && things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
            let held = self.eval_steps(of, place, follow, steps);
            things.extend(held.into_iter().filter(|thing| matches!(thing, Thing::Instance(_))));
        }
        if self.module(place.module).language == Language::Rust
            && things.iter().all(|thing| matches!(thing, Thing::Outside { .. }))
            && let Some(found) = self.path_of_import(of, name, place, follow, steps)
        {
            return found;
        }
        // What a macro makes in a module of the project goes by its path too, whatever globs and traits there say of it: `session::Entity::find()`.
        let is_of_glob = of_module && self.module(place.module).language == Language::Rust && things.iter().all(|thing| matches!(thing, Thing::Outside { .. }));
        if things.is_empty() || is_of_glob {
            let mut written = Name::written(of);
            written.push(name);
            things.push(Thing::outside(written));
        }
        things
    }

    /// The member `name` of a thing; nothing where it is known to have none.
    pub(super) fn member(&self, thing: Thing<'p>, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        // `const { a, ...rest } = record`: the rest is the record, as far as one asks for its members.
        if name == "..." {
            return vec![thing];
        }
        match thing {
            Thing::Instance(class) | Thing::Class(class) => {
                let mut found = self.member_of_class(class, name, follow, steps).unwrap_or_default();
                // What a class inherits from outside is known by its own name too: `Token.objects.get(…)`.
                if !found.is_empty() && found.iter().all(|member| matches!(member, Thing::Outside { .. })) {
                    let mut own = Name::default();
                    own.push(self.class(class).name.as_str());
                    own.push(name);
                    found.push(Thing::outside(own));
                }
                found
            }
            Thing::Module(module) => {
                let found = self.exported(module, name, follow, steps);
                if found.is_empty() && self.module(module).language == Language::Rust {
                    return self.reach_item(module, "self", &crate::ir::ImportItem::Named(name.to_owned()), name, follow, steps);
                }
                found
            }
            Thing::Literal(value, place) => {
                let found = self.member_of_literal(value, place, name, follow, steps);
                if found.is_empty() { self.added_member(place.module, name, |bound| std::ptr::eq(bound, value), follow, steps) } else { found }
            }
            // `fn.bind(this)`, `fn.call(…)`, `fn.asHandler()`: still that function.
            Thing::Function(function) => {
                let found = self.set_on_function(function, name, follow, steps);
                // What hangs on a property hangs on what the property gives, which is known beside it.
                let is_property = self.function(function).kind == FunctionKind::Accessor;
                if found.is_empty() && !is_property { vec![Thing::Function(function)] } else { found }
            }
            Thing::Outside { name: mut outside, made_by, .. } => {
                if let Some((call, place)) = made_by {
                    let is_it = |bound: &Value| matches!(&bound.awaited().kind, ValueKind::Call(made) if std::ptr::eq(&raw const **made, call));
                    let added = self.added_member(place.module, name, is_it, follow, steps);
                    if !added.is_empty() {
                        return added;
                    }
                    if let Some(found) = self.search_call(call, place, name, steps.min(MAX_SEARCH), steps.min(2 * MAX_SEARCH + 2)) {
                        return vec![Thing::Function(found)];
                    }
                    if let Some(found) = self.member_of_context(call, place, name, follow, steps) {
                        return found;
                    }
                }
                outside.push(name);
                vec![Thing::Outside { name: outside, made_by, last_call: None }]
            }
        }
    }

    /// What is assigned to a member of a thing after it is made: `controller.logout = …`.
    fn added_member(&self, module: super::ModuleId, name: &str, is_it: impl Fn(&'p Value) -> bool, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        self.scope(module).added(name, is_it).flat_map(|added| self.eval_steps(added.value, Place { module, function: added.within }, follow, steps)).collect()
    }

    /// What is assigned to a member of a function: `Auth.logout = …`.
    pub(super) fn set_on_function(&self, function: FunctionId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let is_it = |bound: &Value| matches!(bound.kind, ValueKind::Closure(index) if index == function.index);
        self.added_member(function.module, name, is_it, follow, steps)
    }

    fn member_of_literal(&self, value: &'p Value, place: Place, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        match &value.kind {
            ValueKind::Record(entries) => {
                let mut things = Vec::new();
                for (key, entry) in entries.iter().rev() {
                    if key == name {
                        return self.eval_steps(entry, place, follow, steps);
                    }
                    if key == "..." {
                        for spread in self.eval_steps(entry, place, follow, steps) {
                            if !matches!(spread, Thing::Outside { .. }) {
                                things.extend(self.member(spread, name, follow, steps));
                            }
                        }
                    }
                }
                things
            }
            ValueKind::List(items) => match name.parse::<usize>().ok().and_then(|index| items.get(index)) {
                Some(item) => self.eval_steps(item, place, follow, steps),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The member of a class, looked for in its bases too. `None` if the class and all its bases are known and none has it.
    pub(super) fn member_of_class(&self, class: ClassId, name: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let mut outside: Vec<Thing<'p>> = Vec::new();
        let mut queue = vec![class];
        let mut seen = 0;
        while let Some(at) = queue.pop() {
            seen += 1;
            if seen > MAX_BASES {
                break;
            }
            let things = self.own_member(at, name, follow, steps);
            if !things.is_empty() {
                return Some(if at == class { things } else { self.inherited(class, things, name, follow) });
            }
            let place = Place { module: at.module, function: None };
            for base in &self.class(at).bases {
                for thing in self.eval_type(base, place, follow, steps) {
                    match thing {
                        Thing::Instance(base) if base != at => queue.push(base),
                        Thing::Outside { name: mut base, .. } => {
                            base.push(name);
                            outside.push(Thing::outside(base));
                        }
                        _ => {}
                    }
                }
            }
        }
        // What only classes below it have: the value is one of those.
        let below = || -> Vec<Thing<'p>> { self.implementations(class, name).into_iter().take(MAX_IMPLEMENTATIONS).map(Thing::Function).collect() };
        if outside.is_empty() { Some(below()).filter(|things| !things.is_empty()) } else { Some(outside) }
    }

    /// What a class inherits under a name. Where that has no body, the classes below this one tell more than all those below its base.
    fn inherited(&self, class: ClassId, things: Vec<Thing<'p>>, name: &str, follow: bool) -> Vec<Thing<'p>> {
        if !things.iter().all(|thing| matches!(thing, Thing::Function(function) if self.is_abstract(*function))) {
            return things;
        }
        let below = self.implementations(class, name);
        if below.is_empty() {
            if follow {
                self.want(Wanted::Mention { language: self.module(class.module).language, word: self.class(class).name.clone() });
            }
            return things;
        }
        below.into_iter().take(MAX_IMPLEMENTATIONS).map(Thing::Function).collect()
    }

    fn own_member(&self, id: ClassId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let class = self.class(id);
        let module = self.module(id.module);
        let place = Place { module: id.module, function: None };
        let mut things = Vec::new();
        for method in &class.methods {
            let function = module.function(*method);
            if function.name == name && function.kind != FunctionKind::Constructor {
                if function.kind == FunctionKind::Accessor {
                    things.extend(self.results_of(FunctionId { module: id.module, index: *method }, follow, steps));
                }
                things.push(Thing::Function(FunctionId { module: id.module, index: *method }));
            }
        }
        // A method that gives a field may bear its name: `fn sessions(&self) -> &Sessions { &self.sessions }`.
        if !things.is_empty() && !module.language.names_methods_apart() {
            return things;
        }
        for field in class.fields.iter().filter(|field| field.name == name) {
            // A declared type tells more than the value that a container hands over.
            if let Some(ty) = &field.ty {
                things.extend(self.eval_type(ty, place, follow, steps));
            }
            things.extend(self.injected(&field.annotations, place, follow, steps));
            if let Some(value) = &field.value
                && !things.iter().any(|thing| matches!(thing, Thing::Instance(_)))
            {
                let at = Place { module: id.module, function: self.constructor_of(id) };
                things.extend(self.eval_steps(value, at, follow, steps));
                if let ValueKind::Call(call) = &value.kind
                    && things.iter().all(|thing| matches!(thing, Thing::Outside { .. }))
                {
                    things.extend(self.asked_for(call, at, follow, steps));
                }
            }
            if module.language.has_implicit_members() && field.value.is_none() && things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
                things.splice(0..0, self.handed_to_constructor(id, name, false, steps));
            }
        }
        if things.is_empty() {
            for (index, nested) in module.classes.iter().enumerate() {
                if nested.outer == Some(id.index) {
                    let nested_id = ClassId { module: id.module, index: crate::ir::ClassIndex(index as u32) };
                    if nested.name == name {
                        return vec![Thing::Class(nested_id)];
                    }
                    if nested.kind == ClassKind::Object && nested.name == "Companion" {
                        things.extend(self.own_member(nested_id, name, follow, steps));
                    }
                }
            }
        }
        things
    }

    fn constructor_of(&self, id: ClassId) -> Option<crate::ir::FunctionIndex> {
        let module = self.module(id.module);
        self.class(id).methods.iter().copied().find(|method| module.function(*method).kind == FunctionKind::Constructor)
    }

    /// `inject(Service)`, `container.get(Service)`: an instance of the class of the project that a container is asked for.
    fn asked_for(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Option<Thing<'p>> {
        let class = self.eval_steps(call.positional(0)?, place, follow, steps).into_iter().find_map(|thing| match thing {
            Thing::Class(class) => Some(class),
            _ => None,
        });
        class.map(Thing::Instance)
    }

    /// What an annotation hands to a parameter or field: a class or function among its arguments.
    pub(super) fn injected(&self, annotations: &'p [Call], place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut things = Vec::new();
        for call in annotations {
            for argument in &call.args {
                for thing in self.eval_steps(&argument.value, place, follow, steps.min(10)) {
                    match thing {
                        Thing::Class(class) => things.push(Thing::Instance(class)),
                        Thing::Function(function) => things.extend(self.results_of(function, follow, steps)),
                        _ => {}
                    }
                }
            }
        }
        things
    }

    /// What calling an instance runs.
    pub(super) fn callable_member(&self, class: ClassId, follow: bool, steps: usize) -> Option<FunctionId> {
        let function = |thing| match thing {
            Thing::Function(function) => Some(function),
            _ => None,
        };
        let named = |name| self.member_of_class(class, name, follow, steps)?.into_iter().find_map(function);
        let is_python = self.module(class.module).language == Language::Python;
        named(if is_python { "__call__" } else { "invoke" })
    }

    /// A bare name inside a lambda with receiver or an extension function.
    pub(super) fn receiver_member(&self, name: &str, place: Place, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let module = self.module(place.module);
        let mut at = place.function;
        let mut outside = None;
        while let Some(index) = at {
            let function = module.function(index);
            at = function.parent;
            let around = Place { module: place.module, function: function.parent };
            let things = match &function.receiver {
                Some(Receiver::Type(ty)) => self.eval_type(ty, around, follow, steps),
                Some(Receiver::Value(value)) if steps > 8 => self.eval_steps(value, around, follow, steps / 2),
                _ => continue,
            };
            for thing in things {
                match thing {
                    Thing::Instance(_) | Thing::Class(_) | Thing::Module(_) => {
                        let found = self.member(thing, name, follow, steps);
                        if found.iter().any(|thing| matches!(thing, Thing::Function(_) | Thing::Instance(_))) {
                            return Some(found);
                        }
                    }
                    Thing::Outside { name: mut receiver, made_by, .. } if outside.is_none() => {
                        receiver.push(name);
                        outside = Some(vec![Thing::Outside { name: receiver, made_by, last_call: None }]);
                    }
                    _ => {}
                }
            }
        }
        outside
    }

    /// The functions of the project that a call may run. Closures among its arguments are not counted.
    pub fn targets(&self, call: &'p Call, place: Place, follow: bool) -> Vec<FunctionId> {
        self.functions_of(&call.callee, place, follow)
    }

    /// The functions of the project that a value stands for, wrappers looked through.
    pub fn functions_of(&self, value: &'p Value, place: Place, follow: bool) -> Vec<FunctionId> {
        let mut functions = Vec::new();
        for thing in self.eval(value, place, follow) {
            match thing {
                Thing::Function(function) => self.add_with_implementations(function, follow, &mut functions),
                Thing::Class(class) => {
                    if let Some(index) = self.constructor_of(class) {
                        functions.push(FunctionId { module: class.module, index });
                    }
                }
                Thing::Instance(class) => {
                    if let Some(function) = self.callable_member(class, follow, super::eval::MAX_STEPS) {
                        self.add_with_implementations(function, follow, &mut functions);
                    }
                }
                Thing::Outside { made_by: Some((made_by, at)), name, .. } => {
                    // `asyncHandler(fn)`, `useCallback(fn)`, `promisify(x.destroy.bind(x))`: what is wrapped. Not what hangs on the result.
                    if name.segments.last().is_some_and(|last| last.called.is_some()) {
                        functions.extend(self.wrapped(made_by, at, follow));
                    }
                }
                Thing::Literal(literal, at) => {
                    if let ValueKind::List(items) = &literal.kind {
                        functions.extend(items.iter().flat_map(|item| self.functions_of(item, at, follow)));
                    }
                }
                // `require("./logout")` is what the module exports as a whole.
                Thing::Module(module) => functions.extend(self.export_functions(module, "default")),
                Thing::Outside { .. } => {}
            }
        }
        functions.sort();
        functions.dedup();
        functions
    }

    /// The classes of the project that a value stands for, those too that a function gives or a module exports: `() => import("./x")`.
    pub fn classes_of(&self, value: &'p Value, place: Place, follow: bool) -> Vec<ClassId> {
        let steps = super::eval::MAX_STEPS;
        let given = self.eval(value, place, follow).into_iter().flat_map(|thing| match thing {
            Thing::Function(function) => self.results_of(function, follow, steps),
            other => vec![other],
        });
        let exported = given.flat_map(|thing| match thing {
            Thing::Module(module) => self.exported(module, "default", follow, steps),
            other => vec![other],
        });
        let class = |thing| match thing {
            Thing::Class(class) | Thing::Instance(class) => Some(class),
            _ => None,
        };
        exported.filter_map(class).collect()
    }

    /// The functions handed to a call.
    pub fn wrapped(&self, call: &'p Call, place: Place, follow: bool) -> Vec<FunctionId> {
        let mut functions = Vec::new();
        for argument in &call.args {
            for thing in self.eval_steps(&argument.value, place, follow, 12) {
                match thing {
                    Thing::Function(function) => functions.push(function),
                    Thing::Outside { made_by: Some((inner, at)), name, .. } if !std::ptr::eq(inner, call) && name.segments.last().is_some_and(|last| last.called.is_some()) => {
                        functions.extend(inner.args.iter().flat_map(|argument| self.eval_steps(&argument.value, at, follow, 8)).filter_map(|thing| match thing {
                            Thing::Function(function) => Some(function),
                            _ => None,
                        }));
                    }
                    _ => {}
                }
            }
        }
        functions
    }

    /// The module that a text names, seen from another.
    pub fn module_at(&self, from: super::ModuleId, module: &str) -> Option<super::ModuleId> {
        self.find(from, module, None).iter().find_map(|file| self.module_of(*file))
    }

    /// What a module exports as a whole.
    pub fn whole_of(&self, module: super::ModuleId) -> Vec<Thing<'p>> {
        self.own_export(module, "default", false, super::eval::MAX_STEPS)
    }

    /// The functions that a module exports under a name.
    pub fn export_functions(&self, module: super::ModuleId, name: &str) -> Vec<FunctionId> {
        let mut functions: Vec<FunctionId> = Vec::new();
        for thing in self.exported(module, name, false, super::eval::MAX_STEPS) {
            match thing {
                Thing::Function(function) => functions.push(function),
                Thing::Outside { made_by: Some((call, at)), .. } => functions.extend(self.wrapped(call, at, false)),
                _ => {}
            }
        }
        functions.sort();
        functions.dedup();
        functions
    }

    /// The functions under the keys of the records that are handed to the call by which an export is made: `export default api({ GET: leave })`.
    pub fn export_handed(&self, module: super::ModuleId, name: &str) -> Vec<(String, Vec<FunctionId>)> {
        let mut entries = Vec::new();
        for thing in self.exported(module, name, false, super::eval::MAX_STEPS) {
            let Thing::Outside { made_by: Some((call, at)), .. } = thing else { continue };
            for argument in &call.args {
                if let ValueKind::Record(fields) = &self.fold(&argument.value, at).0.kind {
                    entries.extend(fields.iter().map(|(key, entry)| (key.clone(), self.functions_of(entry, at, false))));
                }
            }
        }
        entries
    }

    /// The functions under the keys of an exported record.
    pub fn export_entries(&self, module: super::ModuleId, record: &str) -> Vec<(String, Vec<FunctionId>)> {
        let mut entries = Vec::new();
        for thing in self.exported(module, record, false, super::eval::MAX_STEPS) {
            if let Thing::Literal(value, place) = thing
                && let ValueKind::Record(fields) = &value.kind
            {
                entries.extend(fields.iter().map(|(key, entry)| (key.clone(), self.functions_of(entry, place, false))));
            }
        }
        entries
    }
}
