//! What a value stands for: a function, a class, an instance, a module, a literal, or something outside the project.

use super::effort;
use super::program::{ClassId, FunctionId, ModuleId, Program, Wanted};
use super::scope::Binding;
use crate::ir::{Call, ExportTarget, FunctionIndex, FunctionKind, Import, ImportItem, Name, StepKind, TypeName, Value, ValueKind};
use crate::source::Language;

/// Where a value stands: its module and the function around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub module: ModuleId,
    pub function: Option<FunctionIndex>,
}

/// What a value stands for.
#[derive(Debug, Clone)]
pub enum Thing<'p> {
    Function(FunctionId),
    Class(ClassId),
    Instance(ClassId),
    Module(ModuleId),
    /// A literal of the program: a record, list, text, number.
    Literal(&'p Value, Place),
    /// Something that the project does not define, by its name; `made_by` is the call from which it came, whose arguments may hold functions.
    Outside {
        name: Name,
        made_by: Option<(&'p Call, Place)>,
    },
}

/// How many steps (assignments, imports, members) are followed from one value.
pub(super) const MAX_STEPS: usize = 24;
/// How many things one value may stand for.
const MAX_THINGS: usize = 6;

impl Place {
    pub fn of(function: FunctionId) -> Self {
        Self { module: function.module, function: Some(function.index) }
    }
}

impl<'p> Thing<'p> {
    pub(super) fn outside(name: Name) -> Self {
        Self::Outside { name, made_by: None }
    }
}

impl<'p> Program<'p> {
    /// What a value stands for. `follow` lets the program ask for files that are not lowered yet.
    pub fn eval(&self, value: &'p Value, place: Place, follow: bool) -> Vec<Thing<'p>> {
        self.eval_steps(value, place, follow, MAX_STEPS)
    }

    pub(super) fn eval_steps(&self, value: &'p Value, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let is_whole = steps == MAX_STEPS;
        let Some(steps) = steps.checked_sub(1) else { return vec![Thing::outside(Name::written(value))] };
        if !matches!(value.kind, ValueKind::Call(_) | ValueKind::Member(..) | ValueKind::Name(_)) {
            return self.eval_fresh(value, place, follow, steps);
        }
        // NOTE: only whole answers are kept, and only whole questions are answered from what was kept, so that no answer depends on
        // which thread asked first.
        let key = (std::ptr::from_ref(value) as usize, place, follow);
        if is_whole && let Some(things) = self.recall(key) {
            return things.to_vec();
        }
        let entered = effort::enter(key.0, is_whole);
        let things = if entered { self.eval_fresh(value, place, follow, steps) } else { vec![Thing::outside(Name::written(value))] };
        if entered {
            effort::leave();
        }
        if is_whole {
            self.remember(key, &things);
        }
        things
    }

    fn eval_fresh(&self, value: &'p Value, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut things = match &value.kind {
            ValueKind::Name(name) => self.eval_name(name, place, follow, steps),
            ValueKind::This => self.eval_this(place),
            ValueKind::Super => self.eval_super(place, follow, steps),
            ValueKind::Closure(index) => vec![Thing::Function(FunctionId { module: place.module, index: *index })],
            ValueKind::Await(inner) => self.eval_steps(inner, place, follow, steps),
            ValueKind::Choice { then, otherwise, .. } => {
                let mut things = self.eval_steps(then, place, follow, steps);
                things.extend(self.eval_steps(otherwise, place, follow, steps));
                things
            }
            ValueKind::Member(of, name) => self.eval_member(of, name, place, follow, steps),
            ValueKind::Index(of, _) => self.eval_steps(of, place, follow, steps).into_iter().flat_map(|thing| self.element_of(thing)).collect(),
            ValueKind::Call(call) => self.eval_call(call, place, follow, steps),
            ValueKind::Block(block) => match block.last().map(|step| &step.kind) {
                Some(StepKind::Evaluate(last) | StepKind::Return(Some(last))) => self.eval_steps(last, place, follow, steps),
                _ => vec![Thing::outside(Name::written(value))],
            },
            ValueKind::Null => Vec::new(),
            _ => vec![Thing::Literal(value, place)],
        };
        things.truncate(MAX_THINGS);
        things
    }

    fn element_of(&self, thing: Thing<'p>) -> Vec<Thing<'p>> {
        match thing {
            Thing::Outside { mut name, made_by } => {
                name.push("[]");
                vec![Thing::Outside { name, made_by }]
            }
            Thing::Literal(value, place) => match &value.kind {
                ValueKind::Record(entries) => entries.iter().take(MAX_THINGS).flat_map(|(_, entry)| self.eval_steps(entry, place, false, 4)).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn eval_name(&self, name: &'p str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let module = self.module(place.module);
        let scope = self.scope(place.module);
        let bindings = scope.lookup(module, place.function, name);
        if !bindings.is_empty() {
            return self.eval_bindings(bindings, name, place, follow, steps);
        }
        // A bare name may be a member of the class around it, of the implicit receiver, or of the package.
        let mut members = Vec::new();
        if module.language.has_implicit_members()
            && let Some(class) = self.class_around(place)
            && let Some(found) = self.member_of_class(class, name, follow, steps)
        {
            if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                return found;
            }
            members = found;
        }
        for star in &scope.stars {
            let import = &module.imports[*star];
            let found = self.star_member(place.module, import, name, follow, steps);
            if !found.is_empty() {
                return found;
            }
        }
        if let Some(found) = self.package_member(place.module, name, follow, steps) {
            return found;
        }
        if let Some(found) = self.receiver_member(name, place, follow, steps) {
            return found;
        }
        // A member whose type lies outside the project is known by that type, and by how it is written.
        let mut written = Name::default();
        written.push(name);
        members.push(Thing::outside(written));
        members
    }

    pub(super) fn eval_bindings(&self, bindings: &[Binding<'p>], name: &str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut things = Vec::new();
        for binding in bindings.iter().take(MAX_THINGS) {
            things.extend(self.eval_binding(binding, name, place, follow, steps));
        }
        if things.is_empty() {
            let mut written = Name::default();
            written.push(name);
            things.push(Thing::outside(written));
        }
        things
    }

    fn eval_binding(&self, binding: &Binding<'p>, name: &str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        match binding {
            Binding::Import(index) => {
                let module: &'p crate::ir::Module = self.module(place.module);
                self.import_target(place.module, &module.imports[*index], follow, steps)
            }
            Binding::Class(index) => vec![Thing::Class(ClassId { module: place.module, index: *index })],
            Binding::Assigned { value, path, ty, within } => {
                let at = Place { module: place.module, function: *within };
                // `x = x.filter(…)` would lead round in a circle.
                if root_name(value) == Some(name) {
                    return Vec::new();
                }
                let mut things = self.eval_steps(value, at, follow, steps.saturating_sub(1));
                for part in path {
                    things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
                }
                if let Some(ty) = ty {
                    let typed = self.eval_type(ty, at, follow, steps);
                    if things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
                        things.splice(0..0, typed);
                    }
                }
                things
            }
            Binding::Parameter { function, index, path } => self.eval_parameter(FunctionId { module: place.module, index: *function }, *index, path, name, follow, steps),
        }
    }

    fn eval_parameter(&self, function: FunctionId, index: usize, path: &'p str, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(param) = self.function(function).params.get(index) else { return Vec::new() };
        let at = Place::of(function);
        let mut things = param.ty.as_ref().map_or_else(Vec::new, |ty| self.eval_type(ty, at, follow, steps));
        if things.is_empty()
            && let Some(default) = &param.default
        {
            things = self.eval_steps(default, at, follow, steps);
        }
        if things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
            things.splice(0..0, self.handed_over(function, index, steps));
        }
        if path.is_empty() {
            if things.is_empty() {
                things.extend(self.injected(&param.annotations, at, follow, steps));
            }
            let mut written = Name::default();
            written.push(name);
            things.push(Thing::outside(written));
            return things;
        }
        for part in path.split('.') {
            things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
        }
        // What is taken out of an untyped parameter is called as it is written there: `({ session })` is `session`.
        let mut written = Name::default();
        for part in path.split('.') {
            written.push(part);
        }
        things.push(Thing::outside(written));
        things
    }

    /// What the callers of a function hand over for a parameter, where that is a function or an instance of the project.
    fn handed_over(&self, function: FunctionId, index: usize, steps: usize) -> Vec<Thing<'p>> {
        const MAX_CALLERS: usize = 4;
        let name = &self.function(function).name;
        let callers = if name.is_empty() { &[] } else { self.calls_of(name) };
        if callers.is_empty() || callers.len() > MAX_CALLERS || self.functions_named(name).len() > 1 {
            return Vec::new();
        }
        let handed = callers.iter().filter_map(|(call, place)| Some((call.positional(index)?, *place)));
        handed.flat_map(|(value, place)| self.eval_steps(value, place, false, steps)).filter(|thing| !matches!(thing, Thing::Outside { .. })).collect()
    }

    /// A type as a thing: an instance of a class of the project, or a name outside.
    pub(super) fn eval_type(&self, ty: &TypeName, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        if ty.path.is_empty() {
            return ty.args.iter().flat_map(|arg| self.eval_type(arg, place, follow, steps)).collect();
        }
        let mut things = Vec::new();
        for thing in self.type_named(&ty.path, place, follow, steps) {
            match thing {
                Thing::Class(class) => things.push(Thing::Instance(class)),
                Thing::Outside { mut name, .. } => {
                    if let (Some(last), [argument, ..]) = (name.segments.last_mut(), ty.args.as_slice()) {
                        last.text = format!("{}<{}>", last.text, argument.last());
                    }
                    things.push(Thing::outside(name));
                }
                other => things.push(other),
            }
        }
        // What a wrapper holds (`Arc<T>`, `State<T>`, `Lazy<T>`) is reached through it.
        if !things.iter().any(|thing| matches!(thing, Thing::Instance(_))) {
            for argument in &ty.args {
                things.extend(self.eval_type(argument, place, follow, steps).into_iter().filter(|thing| matches!(thing, Thing::Instance(_))));
            }
        }
        things
    }

    fn type_named(&self, path: &[String], place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let module = self.module(place.module);
        let scope = self.scope(place.module);
        let bindings = scope.lookup(module, place.function, first);
        let mut things: Vec<Thing<'p>> = Vec::new();
        for binding in bindings {
            match binding {
                Binding::Class(_) | Binding::Import(_) => things.extend(self.eval_binding(binding, first, place, follow, steps)),
                // A type alias.
                Binding::Assigned { ty: Some(ty), value, .. } if matches!(value.kind, ValueKind::Unknown(_)) => things.extend(self.eval_type(ty, place, follow, steps)),
                Binding::Assigned { .. } | Binding::Parameter { .. } => {}
            }
        }
        if things.is_empty()
            && let Some(found) = self.package_member(place.module, first, follow, steps)
        {
            things = found;
        }
        if things.is_empty() {
            for star in &scope.stars {
                things.extend(self.star_member(place.module, &module.imports[*star], first, follow, steps));
            }
        }
        if things.is_empty() {
            let mut name = Name::default();
            name.push(first.as_str());
            things.push(Thing::outside(name));
        }
        for part in rest {
            things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
        }
        things
    }

    /// The class whose member the function around a place is.
    pub fn class_around(&self, place: Place) -> Option<ClassId> {
        let module = self.module(place.module);
        let mut at = place.function;
        while let Some(index) = at {
            let function = module.function(index);
            if let Some(owner) = function.owner {
                return Some(ClassId { module: place.module, index: owner });
            }
            at = function.parent;
        }
        None
    }

    fn eval_this(&self, place: Place) -> Vec<Thing<'p>> {
        match self.class_around(place) {
            Some(class) => vec![Thing::Instance(class)],
            None => {
                let mut name = Name::default();
                name.push("this");
                vec![Thing::outside(name)]
            }
        }
    }

    fn eval_super(&self, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(class) = self.class_around(place) else { return Vec::new() };
        let at = Place { module: class.module, function: None };
        self.class(class).bases.iter().flat_map(|base| self.eval_type(base, at, follow, steps)).collect()
    }

    fn eval_call(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut things = Vec::new();
        for callee in self.eval_steps(&call.callee, place, follow, steps) {
            match callee {
                Thing::Class(class) => things.push(Thing::Instance(class)),
                Thing::Function(function) => {
                    let results = self.results_of(function, follow, steps);
                    if results.is_empty() {
                        let mut name = Name::default();
                        name.push(self.function(function).name.as_str());
                        name.call_last(call);
                        things.push(Thing::Outside { name, made_by: Some((call, place)) });
                    }
                    things.extend(results);
                }
                Thing::Outside { mut name, made_by } => {
                    let selected = self.selected_by(call, place, made_by, follow, steps);
                    name.call_last(call);
                    if selected.is_empty() {
                        things.push(Thing::Outside { name, made_by: made_by.or(Some((call, place))) });
                    } else {
                        things.extend(selected);
                    }
                }
                Thing::Instance(class) => things.extend(self.callable_member(class).map(|function| self.results_of(function, follow, steps)).unwrap_or_default()),
                Thing::Module(module) => {
                    for thing in self.exported(module, "default", follow, steps) {
                        match thing {
                            Thing::Function(function) => things.extend(self.results_of(function, follow, steps)),
                            Thing::Class(class) => things.push(Thing::Instance(class)),
                            _ => {}
                        }
                    }
                }
                Thing::Literal(_, _) => {}
            }
        }
        if things.is_empty() {
            things.push(Thing::Outside { name: Name::of_call(call), made_by: Some((call, place)) });
        }
        things
    }

    /// `useStore(state => state.logout)`: what the selector takes out of the store.
    fn selected_by(&self, call: &'p Call, place: Place, store: Option<(&'p Call, Place)>, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(store) = store else { return Vec::new() };
        let Some(ValueKind::Closure(index)) = call.positional(0).map(|value| &value.kind) else { return Vec::new() };
        let selector = self.module(place.module).function(*index);
        let [step] = selector.body.as_slice() else { return Vec::new() };
        let (StepKind::Return(Some(result)) | StepKind::Evaluate(result)) = &step.kind else { return Vec::new() };
        let mut path = Vec::new();
        let mut at = result;
        while let ValueKind::Member(of, name) = &at.kind {
            path.push(name.as_str());
            at = of;
        }
        let is_parameter = matches!(&at.kind, ValueKind::Name(name) if selector.params.first().is_some_and(|param| param.name == *name));
        if !is_parameter || path.is_empty() {
            return Vec::new();
        }
        path.reverse();
        let mut things = vec![Thing::Outside { name: Name::default(), made_by: Some(store) }];
        for part in path {
            things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
        }
        things.retain(|thing| matches!(thing, Thing::Function(_)));
        things
    }

    /// What a function returns.
    pub(super) fn results_of(&self, function: FunctionId, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        // Results are followed less far than assignments: a helper's result is one or two calls away.
        let Some(steps) = steps.checked_sub(4) else { return Vec::new() };
        let defined = self.function(function);
        let at = Place::of(function);
        if defined.kind == FunctionKind::Constructor {
            return defined.owner.map(|owner| Thing::Instance(ClassId { module: function.module, index: owner })).into_iter().collect();
        }
        let mut returns = Vec::new();
        collect_returns(&defined.body, &mut returns);
        let mut things: Vec<Thing<'p>> = Vec::new();
        for value in returns.into_iter().take(MAX_THINGS) {
            things.extend(self.eval_steps(value, at, follow, steps));
        }
        if things.iter().all(|thing| matches!(thing, Thing::Outside { name, .. } if !name.imported))
            && let Some(ty) = &defined.returns
        {
            let typed: Vec<_> = self.eval_type(ty, at, follow, steps).into_iter().filter(|thing| !matches!(thing, Thing::Outside { name, .. } if !name.imported)).collect();
            things.splice(0..0, typed);
        }
        things.truncate(MAX_THINGS);
        things
    }

    /// What an import stands for.
    pub(super) fn import_target(&self, from: ModuleId, import: &'p Import, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        self.reach_item(from, &import.module, &import.item, &import.local, follow, steps)
    }

    pub(super) fn reach_item(&self, from: ModuleId, module: &str, item: &ImportItem, local: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let named = match item {
            ImportItem::Named(name) => Some(name.as_str()),
            ImportItem::Default => Some("default"),
            ImportItem::Namespace | ImportItem::Star | ImportItem::SideEffect => None,
        };
        let item_name = match item {
            ImportItem::Named(name) => Some(name.as_str()),
            _ => None,
        };
        let files = self.find(from, module, item_name);
        if files.is_empty() {
            return vec![Thing::outside(self.outside_name(from, module, item_name))];
        }
        let mut missing = false;
        for file in &files {
            let Some(target) = self.module_of(*file) else {
                missing = true;
                if follow {
                    self.want(Wanted::File(*file));
                }
                continue;
            };
            let Some(named) = named else { return vec![Thing::Module(target)] };
            let found = self.exported(target, named, follow, steps);
            if !found.is_empty() {
                return found;
            }
            // `from package import submodule`.
            if self.is_submodule(*file, module, named, from) {
                return vec![Thing::Module(target)];
            }
        }
        let mut name = Name::default();
        // A file of the project that is not read yet, or lacks the name: its own word for it is all that is known.
        name.push(if missing || local.is_empty() { item_name.unwrap_or(local) } else { local });
        vec![Thing::outside(name)]
    }

    /// Whether the file is the module `module.item` rather than `module`.
    fn is_submodule(&self, file: crate::source::FileId, module: &str, item: &str, from: ModuleId) -> bool {
        !self.find(from, module, None).contains(&file) && item != "default"
    }

    /// The canonical name of something imported from outside the project.
    fn outside_name(&self, from: ModuleId, module: &str, item: Option<&str>) -> Name {
        let mut name = Name { imported: true, segments: Vec::new() };
        match self.module(from).language {
            Language::TypeScript | Language::Component | Language::Template => name.push(module),
            Language::Python | Language::Kotlin => module.split('.').filter(|part| !part.is_empty()).for_each(|part| name.push(part)),
            Language::Rust => module.split("::").filter(|part| !part.is_empty()).for_each(|part| name.push(part)),
        }
        if let Some(item) = item {
            name.push(item);
        }
        name
    }

    /// What a module gives under an outside name.
    pub(super) fn exported(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let module = self.module(target);
        let at = Place { module: target, function: None };
        let mut default_record = None;
        for export in &module.exports {
            if export.name == name {
                let found = match &export.target {
                    ExportTarget::Local(local) => self.top_level(target, local, follow, steps),
                    ExportTarget::Value(value) => self.eval_steps(value, at, follow, steps),
                    ExportTarget::From { module, item } => self.reach_item(target, module, item, name, follow, steps),
                };
                if !found.is_empty() {
                    return found;
                }
            }
            if export.name == "default"
                && let ExportTarget::Value(value) = &export.target
            {
                default_record = Some(value);
            }
        }
        if name != "default" {
            for export in module.exports.iter().filter(|export| export.name == "*") {
                if let ExportTarget::From { module, .. } = &export.target {
                    let found = self.reach_item(target, module, &ImportItem::Named(name.to_owned()), name, follow, steps);
                    if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                        return found;
                    }
                }
            }
            if let Some(record) = default_record
                && matches!(record.kind, ValueKind::Record(_) | ValueKind::Call(_))
            {
                let found: Vec<_> = self.eval_steps(record, at, follow, steps).into_iter().flat_map(|thing| self.member(thing, name, follow, steps)).collect();
                if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                    return found;
                }
            }
        }
        if name == "default" {
            // `require` of a module that only has named exports, and a component whose script has none.
            return if module.exports.iter().any(|export| export.name == "default") { Vec::new() } else { vec![Thing::Module(target)] };
        }
        self.top_level(target, name, follow, steps)
    }

    /// What a top-level name of a module stands for; nothing if there is none.
    pub(super) fn top_level(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let at = Place { module: target, function: None };
        let scope = self.scope(target);
        let mut things = Vec::new();
        for binding in scope.top(name) {
            things.extend(self.eval_binding(binding, name, at, follow, steps));
        }
        if things.is_empty() {
            let module = self.module(target);
            for star in &scope.stars {
                let found = self.star_member(target, &module.imports[*star], name, follow, steps);
                if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                    return found;
                }
            }
        }
        things
    }

    /// A name that `import *` may bring in.
    fn star_member(&self, from: ModuleId, import: &Import, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        for file in self.find(from, &import.module, Some(name)) {
            match self.module_of(file) {
                Some(target) if target != from => {
                    let found = self.exported(target, name, follow, steps);
                    if !found.is_empty() {
                        return found;
                    }
                }
                Some(_) => {}
                None if follow => self.want(Wanted::File(file)),
                None => {}
            }
        }
        Vec::new()
    }

    /// A name of the same package, which needs no import.
    fn package_member(&self, from: ModuleId, name: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let module = self.module(from);
        if module.language != Language::Kotlin {
            return None;
        }
        for sibling in self.modules_in(&module.package) {
            if *sibling != from {
                let found = self.scope(*sibling).top(name);
                if !found.is_empty() {
                    let at = Place { module: *sibling, function: None };
                    return Some(self.eval_bindings(found, name, at, follow, steps));
                }
            }
        }
        if follow {
            for file in self.find(from, &module.package, Some(name)) {
                if self.module_of(file).is_none() {
                    self.want(Wanted::File(file));
                }
            }
        }
        None
    }
}

/// The name at the root of a chain.
fn root_name(value: &Value) -> Option<&str> {
    let mut at = value;
    loop {
        at = match &at.kind {
            ValueKind::Name(name) => return Some(name),
            ValueKind::Member(of, _) | ValueKind::Await(of) | ValueKind::Index(of, _) => of,
            ValueKind::Call(call) => &call.callee,
            _ => return None,
        };
    }
}

/// The values that a body returns, in order.
fn collect_returns<'p>(block: &'p [crate::ir::Step], into: &mut Vec<&'p Value>) {
    for step in block {
        match &step.kind {
            StepKind::Return(Some(value)) => into.push(value),
            StepKind::Branch { then, otherwise, .. } => {
                collect_returns(then, into);
                collect_returns(otherwise, into);
            }
            StepKind::Match { arms, .. } => arms.iter().for_each(|(_, arm)| collect_returns(arm, into)),
            StepKind::Loop { body, .. } => collect_returns(body, into),
            StepKind::Attempt { body, caught, finally } => {
                collect_returns(body, into);
                collect_returns(caught, into);
                collect_returns(finally, into);
            }
            _ => {}
        }
    }
}
