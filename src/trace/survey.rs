//! One look at every lowered module: the backends, facts, providers, routes, mounts and credentials that stand in it.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::lookup::At;
use crate::ir::{Block, Call, FunctionIndex, Module, Name, StepKind, Value, ValueKind, Visit, walk_value};
use crate::link::{ClassId, FunctionId, ModuleId, Place, Program, lacking};
use crate::rules::{Entry, Kind, RuleSet, Shape, Subject};
use crate::source::{FileId, Span};

/// The kinds that the survey looks for.
const KINDS: [Kind; 10] =
    [Kind::Backend, Kind::Fact, Kind::ProviderSignOut, Kind::ProviderUse, Kind::Route, Kind::Mount, Kind::Handler, Kind::Listen, Kind::Credential, Kind::Trait];

/// A rule entry that fits a place.
#[derive(Debug, Clone, Copy)]
pub struct Match<'p> {
    pub entry: Entry,
    pub place: Place,
    pub site: MatchSite<'p>,
}

/// What an entry fits.
#[derive(Debug, Clone, Copy)]
pub enum MatchSite<'p> {
    Call(&'p Call),
    /// An annotation, and what bears it.
    Annotation(&'p Call, Bearer),
    Assign {
        target: &'p Value,
        value: &'p Value,
    },
    Delete(&'p Value),
    Import(Span),
    Class(ClassId),
}

/// What bears an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    Function(FunctionId),
    Class(ClassId),
    Other,
}

/// All that was seen.
#[derive(Debug, Default)]
pub struct Survey<'p> {
    pub matches: Vec<Match<'p>>,
    /// The call that each closure is handed to, with the key or position under which it is.
    pub handed_to: FxHashMap<FunctionId, HandedTo<'p>>,
}

/// Where a closure is handed over.
#[derive(Debug, Clone, Copy)]
pub struct HandedTo<'p> {
    pub call: &'p Call,
    pub place: Place,
}

impl<'p> MatchSite<'p> {
    /// The bytes of the place.
    pub fn span(&self, program: &Program<'p>) -> Span {
        match self {
            Self::Call(call) | Self::Annotation(call, _) => call.span,
            Self::Assign { target, value } => Span { start: target.span.start, end: value.span.end.max(target.span.end) },
            Self::Delete(value) => value.span,
            Self::Import(span) => *span,
            Self::Class(class) => program.class(*class).head,
        }
    }

    /// The call, if it is one.
    pub fn call(&self) -> Option<&'p Call> {
        match self {
            Self::Call(call) | Self::Annotation(call, _) => Some(call),
            _ => None,
        }
    }
}

/// What was seen in each module, kept while modules are added.
#[derive(Debug, Default)]
pub(super) struct Surveyed<'p> {
    parts: BTreeMap<ModuleId, Part<'p>>,
}

/// What was seen in one module.
#[derive(Debug)]
struct Part<'p> {
    matches: Vec<Match<'p>>,
    handed: Vec<(FunctionId, HandedTo<'p>)>,
    /// The files that would have told more.
    lacking: FxHashSet<FileId>,
}

impl<'p> Surveyed<'p> {
    /// Looks, in parallel, at every module that is new or that new modules tell more about; the result is in the order of the files.
    pub(super) fn survey(&mut self, program: &Program<'p>, rules: &RuleSet) -> Survey<'p> {
        // A package's files see each other without an import.
        let packages: FxHashSet<&str> =
            program.modules().filter(|(id, module)| !module.package.is_empty() && !self.parts.contains_key(id)).map(|(_, module)| module.package.as_str()).collect();
        let is_stale = |id: ModuleId, module: &Module| {
            self.parts.get(&id).is_none_or(|part| packages.contains(module.package.as_str()) || part.lacking.iter().any(|file| program.module_of(*file).is_some()))
        };
        let stale: Vec<(ModuleId, &'p Module)> = program.modules().filter(|(id, module)| is_stale(*id, module)).collect();
        let parts: Vec<(ModuleId, Part<'p>)> = stale.par_iter().with_max_len(1).map(|(id, module)| (*id, Part::of(program, rules, *id, module))).collect();
        self.parts.extend(parts);
        let mut survey = Survey::default();
        for part in self.parts.values() {
            survey.matches.extend(&part.matches);
            survey.handed_to.extend(part.handed.iter().copied());
        }
        survey
    }
}

impl<'p> Part<'p> {
    fn of(program: &Program<'p>, rules: &RuleSet, id: ModuleId, module: &'p Module) -> Self {
        let mut surveyor = Surveyor { program, rules, module: id, place: Place { module: id, function: None }, matches: Vec::new(), handed: Vec::new() };
        let ((), lacking) = lacking(|| surveyor.module(module));
        Self { matches: surveyor.matches, handed: surveyor.handed, lacking }
    }
}

impl<'p> Survey<'p> {
    /// The matches of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Match<'p>> {
        self.matches.iter().filter(move |found| found.entry.kind == kind)
    }
}

struct Surveyor<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    module: ModuleId,
    place: Place,
    matches: Vec<Match<'p>>,
    handed: Vec<(FunctionId, HandedTo<'p>)>,
}

impl<'p> Surveyor<'_, 'p> {
    fn module(&mut self, module: &'p Module) {
        for import in &module.imports {
            for entry in self.rules.importing(&KINDS, import, module.language) {
                self.matches.push(Match { entry, place: self.place, site: MatchSite::Import(import.span) });
            }
        }
        self.block(&module.top);
        for export in &module.exports {
            if let crate::ir::ExportTarget::Value(value) = &export.target {
                self.value(value);
                if let ValueKind::Closure(_) = value.kind {
                    continue;
                }
            }
        }
        for (index, class) in module.classes.iter().enumerate() {
            let id = ClassId { module: self.module, index: crate::ir::ClassIndex(index as u32) };
            self.place.function = None;
            for call in &class.annotations {
                self.annotation(call, Bearer::Class(id));
            }
            if !class.bases.is_empty() && !self.rules.base_entries().is_empty() {
                let imported = class.bases.iter().filter_map(|base| self.program.imported_base(base, self.module));
                let bases: Vec<Name> = class.bases.iter().map(Name::of_type).chain(imported).collect();
                for entry in self.rules.deriving(&KINDS, class, &bases, module.language) {
                    self.matches.push(Match { entry, place: self.place, site: MatchSite::Class(id) });
                }
            }
            self.block(&class.body);
            for field in &class.fields {
                for call in &field.annotations {
                    self.annotation(call, Bearer::Other);
                }
                if let Some(value) = &field.value {
                    self.value(value);
                }
            }
        }
        for (index, function) in module.functions.iter().enumerate() {
            let id = FunctionId { module: self.module, index: FunctionIndex(index as u32) };
            self.place.function = function.parent;
            for call in &function.annotations {
                self.annotation(call, Bearer::Function(id));
            }
            self.place.function = Some(id.index);
            for param in &function.params {
                for call in &param.annotations {
                    self.annotation(call, Bearer::Other);
                }
                if let Some(default) = &param.default {
                    self.value(default);
                }
            }
            self.block(&function.body);
        }
    }

    fn annotation(&mut self, call: &'p Call, bearer: Bearer) {
        self.call(call, Some(bearer));
        for argument in &call.args {
            self.value(&argument.value);
        }
    }

    fn block(&mut self, block: &'p Block) {
        for step in block {
            match &step.kind {
                StepKind::Evaluate(value) => self.value(value),
                StepKind::Assign { target, value, .. } => {
                    self.assign(target, value);
                    self.value(value);
                    self.value(target);
                }
                StepKind::Delete(value) => {
                    self.value(value);
                    let names = || self.program.names_of(value, self.place, false);
                    if let ValueKind::Member(_, last) = &value.kind
                        && self.may_fit(last, Shape::Delete)
                    {
                        let names = names();
                        self.fit(Subject::Delete { names: &names }, MatchSite::Delete(value));
                    }
                }
                StepKind::Branch { test, then, otherwise } => {
                    self.value(test);
                    self.block(then);
                    self.block(otherwise);
                }
                StepKind::Match { subject, arms } => {
                    subject.iter().for_each(|value| self.value(value));
                    for (labels, arm) in arms {
                        labels.iter().for_each(|value| self.value(value));
                        self.block(arm);
                    }
                }
                StepKind::Loop { head, body } => {
                    head.iter().for_each(|value| self.value(value));
                    self.block(body);
                }
                StepKind::Attempt { body, caught, finally } => {
                    self.block(body);
                    self.block(caught);
                    self.block(finally);
                }
                StepKind::Return(value) | StepKind::Throw(value) => value.iter().for_each(|value| self.value(value)),
                StepKind::Leave => {}
            }
        }
    }

    fn may_fit(&self, last: &str, shape: Shape) -> bool {
        self.rules.candidates(last, shape, self.program.module(self.module).language).iter().any(|entry| KINDS.contains(&entry.kind))
    }

    fn assign(&mut self, target: &'p Value, value: &'p Value) {
        let last = match &target.kind {
            ValueKind::Name(last) | ValueKind::Member(_, last) => last,
            _ => return,
        };
        if self.may_fit(last, Shape::Assign) {
            let names = [Name::written(target)];
            self.fit(Subject::Assign { names: &names, value }, MatchSite::Assign { target, value });
        }
    }

    fn value(&mut self, value: &'p Value) {
        walk_value(value, &mut Calls { surveyor: self });
    }

    fn call(&mut self, call: &'p Call, bearer: Option<Bearer>) {
        for argument in &call.args {
            self.hand(&argument.value, call);
        }
        let language = self.program.module(self.module).language;
        let may_fit = |last: &str| self.rules.may_fit_call(&KINDS, last, call, language);
        let worth = match &call.callee.kind {
            // The last segment of a member is the same in all its names.
            ValueKind::Member(_, last) => may_fit(last),
            ValueKind::Name(name) => may_fit(name) || self.program.other_names(name, self.place).any(|other| other.is_none_or(may_fit)),
            _ => true,
        };
        if worth || !self.rules.sql_entries().is_empty() && self.rules.sql_entries().iter().any(|entry| KINDS.contains(&entry.kind)) {
            let names = self.program.names_of_call(call, self.place, false);
            let site = bearer.map_or(MatchSite::Call(call), |bearer| MatchSite::Annotation(call, bearer));
            self.fit(Subject::Call { call, names: &names }, site);
        }
    }

    fn hand(&mut self, value: &'p Value, call: &'p Call) {
        match &value.kind {
            ValueKind::Closure(index) => self.handed.push((FunctionId { module: self.module, index: *index }, HandedTo { call, place: self.place })),
            ValueKind::Record(entries) => entries.iter().for_each(|(_, entry)| {
                if let ValueKind::Closure(index) = &entry.kind {
                    self.handed.push((FunctionId { module: self.module, index: *index }, HandedTo { call, place: self.place }));
                }
            }),
            _ => {}
        }
    }

    fn fit(&mut self, subject: Subject<'_, 'p>, site: MatchSite<'p>) {
        let at = At { program: self.program, place: self.place };
        let language = self.program.module(self.module).language;
        let (program, place) = (self.program, self.place);
        for entry in self.rules.fitting(&KINDS, subject, &|| within_names(program, place), language, &at) {
            self.matches.push(Match { entry, place: self.place, site });
        }
    }
}

struct Calls<'s, 'a, 'p> {
    surveyor: &'s mut Surveyor<'a, 'p>,
}

impl<'p> Visit<'p> for Calls<'_, '_, 'p> {
    fn value(&mut self, value: &'p Value) -> bool {
        match &value.kind {
            ValueKind::Call(call) => self.surveyor.call(call, None),
            ValueKind::Block(block) => {
                self.surveyor.block(block);
                return false;
            }
            _ => {}
        }
        true
    }
}

/// The names of what encloses a place: the annotations of its functions and class, the calls that its closures are handed to.
pub(super) fn within_names(program: &Program<'_>, place: Place) -> Vec<Name> {
    let module = program.module(place.module);
    let mut names = Vec::new();
    let mut at = place.function;
    while let Some(index) = at {
        let function = module.function(index);
        if let Some(crate::ir::Receiver::Value(value)) = &function.receiver {
            names.push(Name::written(value));
        }
        names.extend(function.annotations.iter().map(|call| Name::written(&call.callee)));
        if let Some(owner) = function.owner {
            let class = module.class(owner);
            names.extend(class.annotations.iter().map(|call| Name::written(&call.callee)));
            names.extend(class.bases.iter().map(Name::of_type));
        }
        at = function.parent;
    }
    names
}
