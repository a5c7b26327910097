//! All lowered modules, with their scopes and an index of names.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

use dashmap::DashMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::eval::{Place, Thing};
use super::holders::Holders;
use super::scope::ModuleScope;
use super::stars::Homes;
use crate::ir::{Call, Class, ClassIndex, Function, FunctionIndex, Module, ValueKind, each_call};
use crate::source::{FileId, Language};

/// A module of the program: the file it was lowered from, so that modules are in the order of their files whenever they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

/// A function of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId {
    pub module: ModuleId,
    pub index: FunctionIndex,
}

/// A class of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId {
    pub module: ModuleId,
    pub index: ClassIndex,
}

/// Answers where an import leads.
pub trait Finder: Sync {
    /// The files that may define `item` of `module`, imported by the file `from`; empty if it is not of the project.
    fn find(&self, from: FileId, language: Language, module: &str, item: Option<&str>) -> Arc<[FileId]>;

    /// The scripts that are called like a name which the file `from` uses without an import, the nearest first.
    fn called_like(&self, from: FileId, name: &str) -> Vec<FileId>;
}

/// What the program still lacks for an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted {
    /// A file of the project.
    File(FileId),
    /// A file of routes, if it may lead on to others.
    Routes(FileId),
    /// A file, if it says a name itself or takes all names of another.
    Naming { file: FileId, name: String },
    /// The files of a language that mention a word: the implementations of an interface.
    Mention { language: Language, word: String },
}

/// The lowered modules of a run. Modules may be added; what was found out before and could change by that is forgotten then.
pub struct Program<'p> {
    /// By their numbers; a place is empty where the file is not lowered.
    modules: Vec<Option<Box<Linked<'p>>>>,
    /// The modules that are there, in the order of their files.
    order: Vec<ModuleId>,
    functions_by_name: FxHashMap<&'p str, Vec<FunctionId>>,
    classes_by_name: FxHashMap<&'p str, Vec<ClassId>>,
    classes_by_base: FxHashMap<&'p str, Vec<ClassId>>,
    modules_by_package: FxHashMap<&'p str, Vec<ModuleId>>,
    finder: &'p dyn Finder,
    wanted: Mutex<BTreeSet<Wanted>>,
    /// What was wanted before: it is wanted once.
    asked: FxHashSet<Wanted>,
    /// All calls by the last segment of their callee.
    callers: FxHashMap<&'p str, Vec<(&'p Call, Place)>>,
    /// What values were found to stand for.
    evaluated: Evaluated<'p>,
}

/// One module with what is found out about it.
pub(super) struct Linked<'p> {
    pub(super) module: &'p Module,
    scope: OnceLock<ModuleScope<'p>>,
    /// Where its star imports lead for a name.
    homes: Mutex<FxHashMap<String, Arc<Homes>>>,
    /// The object literals that its functions are members of.
    pub(super) holders: OnceLock<Holders<'p>>,
}

/// Answers by value, place, and whether files may be asked for; each with whether one was.
type Evaluated<'p> = DashMap<(usize, Place, bool), (Arc<[Thing<'p>]>, bool), FxBuildHasher>;

impl ModuleId {
    /// The file that the module was lowered from.
    pub fn file(self) -> FileId {
        FileId(self.0)
    }
}

impl<'p> Program<'p> {
    /// A program without modules.
    pub fn new(finder: &'p dyn Finder) -> Self {
        Self {
            modules: Vec::new(),
            order: Vec::new(),
            functions_by_name: FxHashMap::default(),
            classes_by_name: FxHashMap::default(),
            classes_by_base: FxHashMap::default(),
            modules_by_package: FxHashMap::default(),
            finder,
            wanted: Mutex::default(),
            asked: FxHashSet::default(),
            callers: FxHashMap::default(),
            evaluated: Evaluated::default(),
        }
    }

    /// Links further modules.
    pub fn add(&mut self, modules: &[&'p Module]) {
        for module in modules {
            let id = ModuleId(module.file.0);
            let at = id.0 as usize;
            if self.modules.len() <= at {
                self.modules.resize_with(at + 1, || None);
            }
            self.modules[at] = Some(Box::new(Linked { module, scope: OnceLock::new(), homes: Mutex::default(), holders: OnceLock::new() }));
            self.order.push(id);
            self.index(id, module);
            self.index_calls(id, module);
        }
        self.order.sort_unstable();
        // The order of names is the order of files, whoever came first.
        self.functions_by_name.values_mut().for_each(|all| all.sort_unstable());
        self.classes_by_name.values_mut().for_each(|all| all.sort_unstable());
        self.classes_by_base.values_mut().for_each(|all| all.sort_unstable());
        self.modules_by_package.values_mut().for_each(|all| all.sort_unstable());
        self.callers.values_mut().for_each(|all| all.sort_by_key(|(_, place)| place.module));
        self.evaluated.clear();
        self.modules.iter_mut().flatten().filter_map(|linked| linked.homes.get_mut().ok()).for_each(FxHashMap::clear);
    }

    fn index(&mut self, id: ModuleId, module: &'p Module) {
        if !module.package.is_empty() {
            self.modules_by_package.entry(&module.package).or_default().push(id);
        }
        for (index, function) in module.functions.iter().enumerate() {
            if !function.name.is_empty() {
                self.functions_by_name.entry(&function.name).or_default().push(FunctionId { module: id, index: FunctionIndex(index as u32) });
            }
        }
        for (index, class) in module.classes.iter().enumerate() {
            let class_id = ClassId { module: id, index: ClassIndex(index as u32) };
            self.classes_by_name.entry(&class.name).or_default().push(class_id);
            for base in &class.bases {
                self.classes_by_base.entry(base.last()).or_default().push(class_id);
            }
        }
    }

    fn index_calls(&mut self, id: ModuleId, module: &'p Module) {
        for (function, body) in module.bodies() {
            each_call(body, |call| {
                if let ValueKind::Name(last) | ValueKind::Member(_, last) = &call.callee.kind {
                    self.callers.entry(last).or_default().push((call, Place { module: id, function }));
                }
            });
        }
    }

    /// All modules, in the order of their files.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &'p Module)> {
        self.order.iter().map(|id| (*id, self.module(*id)))
    }

    /// How many modules there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no module.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(super) fn linked(&self, id: ModuleId) -> &Linked<'p> {
        self.modules.get(id.0 as usize).and_then(Option::as_deref).expect("a number is only given to a module that is there")
    }

    /// The module of that number.
    pub fn module(&self, id: ModuleId) -> &'p Module {
        self.linked(id).module
    }

    /// The function of that number.
    pub fn function(&self, id: FunctionId) -> &'p Function {
        self.module(id.module).function(id.index)
    }

    /// The class of that number.
    pub fn class(&self, id: ClassId) -> &'p Class {
        self.module(id.module).class(id.index)
    }

    /// The module of a file, if it is lowered.
    pub fn module_of(&self, file: FileId) -> Option<ModuleId> {
        self.modules.get(file.0 as usize)?.as_ref().map(|_| ModuleId(file.0))
    }

    /// The module of a file, or a note that it is lacking, which is asked for if `follow`.
    pub(super) fn module_or_want(&self, file: FileId, follow: bool) -> Option<ModuleId> {
        let found = self.module_of(file);
        if found.is_none() {
            super::lacking::note(file);
            if follow {
                self.want(Wanted::File(file));
            }
        }
        found
    }

    /// The functions of that name, methods and named closures included.
    pub fn functions_named(&self, name: &str) -> &[FunctionId] {
        self.functions_by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The classes of that name.
    pub fn classes_named(&self, name: &str) -> &[ClassId] {
        self.classes_by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The classes that name `base` among their bases.
    pub fn classes_deriving(&self, base: &str) -> &[ClassId] {
        self.classes_by_base.get(base).map_or(&[], Vec::as_slice)
    }

    /// The modules of a package.
    pub(super) fn modules_in(&self, package: &str) -> &[ModuleId] {
        self.modules_by_package.get(package).map_or(&[], Vec::as_slice)
    }

    pub(super) fn scope(&self, id: ModuleId) -> &ModuleScope<'p> {
        let linked = self.linked(id);
        linked.scope.get_or_init(|| ModuleScope::new(linked.module))
    }

    /// Where an import leads.
    pub(super) fn find(&self, from: ModuleId, module: &str, item: Option<&str>) -> Arc<[FileId]> {
        let importer = self.module(from);
        self.finder.find(importer.file, importer.language, module, item)
    }

    /// The scripts that are called like a name which a module uses without an import, the nearest first.
    pub(super) fn called_like(&self, from: ModuleId, name: &str) -> Vec<FileId> {
        self.finder.called_like(self.module(from).file, name)
    }

    /// Where the star imports of a module lead for a name, if it was asked before.
    pub(super) fn known_homes(&self, from: ModuleId, name: &str) -> Option<Arc<Homes>> {
        self.linked(from).homes.lock().ok()?.get(name).cloned()
    }

    pub(super) fn keep_homes(&self, from: ModuleId, name: &str, homes: Arc<Homes>) {
        if let Ok(mut known) = self.linked(from).homes.lock() {
            known.insert(name.to_owned(), homes);
        }
    }

    /// The answer for a value at an address, if it was asked before. What it asked for then is asked for again: who asks must not
    /// depend on which thread came first.
    pub(super) fn recall(&self, key: (usize, Place, bool)) -> Option<Arc<[Thing<'p>]>> {
        let known = self.evaluated.get(&key)?;
        let (things, wishes) = known.value();
        if *wishes {
            super::lacking::note_wish();
        }
        Some(Arc::clone(things))
    }

    /// Keeps an answer; `wishes` if files were asked for.
    pub(super) fn remember(&self, key: (usize, Place, bool), things: &[Thing<'p>], wishes: bool) {
        self.evaluated.insert(key, (things.into(), wishes));
    }

    /// The calls of functions and constructors of that name, told by the callee's last segment alone.
    pub fn calls_of(&self, name: &str) -> &[(&'p Call, Place)] {
        self.callers.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn want(&self, wanted: Wanted) {
        let wanted = match wanted {
            Wanted::File(file) if super::lacking::looks_for_routes() => Wanted::Routes(file),
            other => other,
        };
        if self.asked.contains(&wanted) {
            return;
        }
        super::lacking::note_wish();
        if let Ok(mut all) = self.wanted.lock() {
            all.insert(wanted);
        }
    }

    /// Takes what was wanted since the last call and never before.
    pub fn take_wanted(&mut self) -> BTreeSet<Wanted> {
        let taken = self.wanted.get_mut().map(std::mem::take).unwrap_or_default();
        self.asked.extend(taken.iter().cloned());
        taken
    }
}
