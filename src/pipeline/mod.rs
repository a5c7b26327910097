//! Calls the stages in order: list, select, lower, link, trace, judge.

mod around;
mod lowered;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use rustc_hash::FxHashMap;
use typed_arena::Arena;

use crate::judge::{self, Case, Declarations};
use crate::link::{Finder, Program};
use crate::manifest::Manifests;
use crate::outcome::{Note, Outcome, SkippedFile};
use crate::resolve::Resolver;
use crate::rules::{RuleSet, names_logout};
use crate::source::{self, FileId, Language, Root, Scanner, Tree, WalkOptions};
use crate::trace;
use around::{Around, Context};
use lowered::Lowered;

/// What an audit is asked.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub paths: Vec<Utf8PathBuf>,
    pub walk: WalkOptions,
    /// Files over this size in bytes are left out with a note; the built-in limit if 0.
    pub max_file_size: u64,
    pub declarations: Declarations,
}

/// How long each stage took.
#[derive(Debug, Clone, Default)]
pub struct Timings(pub Vec<(&'static str, Duration)>);

/// What an audit gives.
pub struct Audit {
    pub outcome: Outcome,
    pub timings: Timings,
    pub roots: Vec<Root>,
    /// The texts of the files that were read closely, by their paths in the outcome.
    pub texts: BTreeMap<Utf8PathBuf, String>,
    /// How many source files below each root could be read.
    pub readable: Vec<u64>,
}

/// How often lowered files may ask for more.
const MAX_ROUNDS: usize = 16;

/// The files of the paths.
pub struct Listed {
    tree: Tree,
    clock: Clock,
}

/// Audits the paths as one project, for its outcome alone.
///
/// # Errors
/// As [`list`].
pub fn audit(settings: &Settings, rules: &RuleSet) -> Result<(Outcome, Timings), source::Error> {
    let audit = run(list(settings)?, settings, rules);
    Ok((audit.outcome, audit.timings))
}

/// Lists the files of the paths. No rules are needed for it.
///
/// # Errors
/// A path that is not there, a pattern that is none.
pub fn list(settings: &Settings) -> Result<Listed, source::Error> {
    let mut clock = Clock::start();
    let tree = source::discover(&settings.paths, &settings.walk)?;
    clock.mark("list");
    Ok(Listed { tree, clock })
}

/// Audits what was listed as one project.
pub fn run(listed: Listed, settings: &Settings, rules: &RuleSet) -> Audit {
    let Listed { tree, mut clock } = listed;
    // What was waited for since the listing is no part of this.
    clock.last = Instant::now();
    let limit = if settings.max_file_size == 0 { source::DEFAULT_LIMIT } else { settings.max_file_size };
    let languages = tree.files.iter().map(|file| file.language).collect();
    let scanner = Scanner::new(&rules.selecting_words(), &languages).expect("the words of rules are short and not too many");
    let (selection, (manifests, resolver)) = rayon::join(|| source::select(&tree, &scanner, limit), || (Manifests::read(&tree), Resolver::new(&tree)));
    clock.mark("read");
    // Where modules stay while others come.
    let arena = Arena::new();
    let finder = Imports { resolver: &resolver };
    let mut program = Program::new(&finder);
    let mut lowered = Lowered {
        tree: &tree,
        limit,
        rules,
        modules: BTreeMap::new(),
        texts: BTreeMap::new(),
        bases: FxHashMap::default(),
        skipped: tree.skipped.iter().chain(&selection.skipped).map(|skipped| SkippedFile { file: skipped.path.clone(), reason: skipped.reason.clone() }).collect(),
    };
    let named = tree.files.iter().filter(|file| names_logout(file.path.as_str()) || rules.names_sessions(file.language, file.path.as_str())).map(|file| file.id);
    program.add(&lowered.add(&arena, &selection.files.iter().copied().chain(named).collect()));
    clock.mark("lower");
    let mut kept = trace::Kept::default();
    let around = Around::new(&tree, &manifests);
    let mut round = 0;
    let mut outcome = loop {
        let traced = trace::trace(&program, rules, &Context { lowered: &lowered, around: &around }, &mut kept, round < MAX_ROUNDS);
        let mut wanted = lowered.missing(program.take_wanted());
        clock.mark("trace");
        if wanted.is_empty() || round >= MAX_ROUNDS {
            let context = Context { lowered: &lowered, around: &around };
            let case = Case { program: &program, rules, traced: &traced, manifests: &manifests, texts: &context, declarations: &settings.declarations };
            let outcome = judge::judge(&case);
            clock.mark("judge");
            break outcome;
        }
        while !wanted.is_empty() && round < MAX_ROUNDS {
            program.add(&lowered.add(&arena, &wanted));
            clock.mark("lower");
            trace::expand(&program, rules, &traced, &mut kept, false);
            wanted = lowered.missing(program.take_wanted());
            if wanted.is_empty() {
                trace::expand(&program, rules, &traced, &mut kept, true);
                wanted = lowered.missing(program.take_wanted());
            }
            clock.mark("trace");
            round += 1;
        }
    };
    outcome.stats.files_seen = tree.files.len() as u64;
    outcome.stats.files_parsed = program.len() as u64;
    outcome.stats.bytes = selection.bytes;
    outcome.skipped_files = lowered.all_skipped();
    outcome.comments = lowered.comments();
    if round >= MAX_ROUNDS {
        outcome.notes.push(Note { message: "some calls were not followed to their end: they led into too many files".to_owned(), site: None });
    }
    let readable = readable(&tree, &selection.skipped);
    let texts = lowered.into_texts();
    Audit { outcome, timings: clock.finish(), roots: tree.roots, texts, readable }
}

/// How many source files below each root could be read.
fn readable(tree: &Tree, skipped: &[source::Skipped]) -> Vec<u64> {
    let unreadable: BTreeSet<&Utf8PathBuf> = skipped.iter().map(|skipped| &skipped.path).collect();
    let mut counts = vec![0; tree.roots.len()];
    for file in tree.files.iter().filter(|file| !unreadable.contains(&file.path)) {
        if let Some(count) = counts.get_mut(file.root) {
            *count += 1;
        }
    }
    counts
}

struct Clock {
    last: Instant,
    marks: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), marks: Vec::new() }
    }

    fn mark(&mut self, stage: &'static str) {
        let now = Instant::now();
        let took = now - self.last;
        self.last = now;
        match self.marks.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, total)) => *total += took,
            None => self.marks.push((stage, took)),
        }
    }

    fn finish(self) -> Timings {
        Timings(self.marks)
    }
}

struct Imports<'r> {
    resolver: &'r Resolver,
}

impl Finder for Imports<'_> {
    fn find(&self, from: FileId, language: Language, module: &str, item: Option<&str>) -> Arc<[FileId]> {
        self.resolver.resolve(from, language, module, item)
    }

    fn called_like(&self, from: FileId, name: &str) -> Vec<FileId> {
        self.resolver.called_like(from, name)
    }
}
