//! Calls the stages in order: list, select, lower, link, trace, judge.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use typed_arena::Arena;

use crate::front;
use crate::ir::Module;
use crate::judge::{self, Case, Declarations, Texts};
use crate::link::{Finder, ModuleId, Program, Wanted};
use crate::manifest::Manifests;
use crate::outcome::{Comment, Note, Outcome, Site, SkippedFile};
use crate::resolve::Resolver;
use crate::rules::{RuleSet, names_logout};
use crate::source::{self, FileId, Language, LineIndex, Root, Scanner, Span, Tree, WalkOptions};
use crate::trace::{self, Surroundings};

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
const MAX_ROUNDS: usize = 12;

/// Audits the paths as one project, for its outcome alone.
///
/// # Errors
/// A path that is not there, a pattern that is none.
pub fn audit(settings: &Settings, rules: &RuleSet) -> Result<(Outcome, Timings), source::Error> {
    run(settings, rules).map(|audit| (audit.outcome, audit.timings))
}

/// Audits the paths as one project.
///
/// # Errors
/// A path that is not there, a pattern that is none.
pub fn run(settings: &Settings, rules: &RuleSet) -> Result<Audit, source::Error> {
    let mut clock = Clock::start();
    let tree = source::discover(&settings.paths, &settings.walk)?;
    clock.mark("list");
    let limit = if settings.max_file_size == 0 { source::DEFAULT_LIMIT } else { settings.max_file_size };
    let words = rules.selecting_words();
    let scanner = Scanner::new(&words.iter().map(|(word, _)| word.clone()).collect::<Vec<_>>()).expect("the words of rules are short and not too many");
    let selection = source::select(&tree, &scanner, limit);
    clock.mark("read");
    let manifests = Manifests::read(&tree);
    let resolver = Resolver::new(&tree);
    // Where modules stay while others come.
    let arena = Arena::new();
    let finder = Imports { resolver: &resolver };
    let mut program = Program::new(&finder);
    let mut lowered = Lowered {
        tree: &tree,
        limit,
        modules: BTreeMap::new(),
        texts: BTreeMap::new(),
        skipped: tree.skipped.iter().chain(&selection.skipped).map(|skipped| SkippedFile { file: skipped.path.clone(), reason: skipped.reason.clone() }).collect(),
    };
    let named = tree.files.iter().filter(|file| names_logout(file.path.as_str())).map(|file| file.id);
    let is_worth = |selected: &&source::Selected| {
        let language = tree.file(selected.file).map(|file| file.language);
        selected.words.iter().any(|word| words.get(word).is_some_and(|(_, languages)| languages.is_empty() || language.is_some_and(|language| languages.contains(&language))))
    };
    program.add(&lowered.add(&arena, &selection.files.iter().filter(is_worth).map(|selected| selected.file).chain(named).collect()));
    clock.mark("lower");
    let mut kept = trace::Kept::default();
    let around = Around { tree: &tree, manifests: &manifests, dependencies: Mutex::default() };
    let mut mentioned: BTreeSet<(Language, String)> = BTreeSet::new();
    let mut round = 0;
    let mut outcome = loop {
        let context = Context { lowered: &lowered, around: &around };
        let traced = trace::trace(&program, rules, &context, &mut kept, round < MAX_ROUNDS);
        let wanted = lowered.missing(program.take_wanted(), &mut mentioned);
        clock.mark("trace");
        if wanted.is_empty() || round >= MAX_ROUNDS {
            let case = Case { program: &program, rules, traced: &traced, manifests: &manifests, texts: &context, declarations: &settings.declarations };
            let outcome = judge::judge(&case);
            clock.mark("judge");
            break outcome;
        }
        drop(traced);
        program.add(&lowered.add(&arena, &wanted));
        clock.mark("lower");
        round += 1;
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
    Ok(Audit { outcome, timings: clock.finish(), roots: tree.roots, texts, readable })
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

/// The text of a file that was read closely.
struct Text {
    text: String,
    lines: LineIndex,
    mentions_logout: bool,
}

impl Text {
    fn site(&self, path: &Utf8Path, span: Span) -> Site {
        let (from, to) = (self.lines.place(&self.text, span.start), self.lines.place(&self.text, span.end));
        let code = self.text.get(span.start as usize..span.end as usize).unwrap_or("").to_owned();
        Site { file: path.to_owned(), line: from.line, column: from.column, end_line: to.line, end_column: to.column, code }
    }
}

/// The files that were read closely so far.
struct Lowered<'t, 'p> {
    tree: &'t Tree,
    limit: u64,
    modules: BTreeMap<FileId, &'p Module>,
    texts: BTreeMap<FileId, Text>,
    skipped: Vec<SkippedFile>,
}

impl<'p> Lowered<'_, 'p> {
    /// Reads and lowers files, in parallel; gives the modules that are new.
    fn add(&mut self, arena: &'p Arena<Module>, ids: &BTreeSet<FileId>) -> Vec<&'p Module> {
        let wanted: Vec<FileId> = ids.iter().copied().filter(|id| !self.texts.contains_key(id)).collect();
        let lowered: Vec<Result<(Module, Text), SkippedFile>> = wanted
            .par_iter()
            .filter_map(|id| {
                let file = self.tree.file(*id)?;
                Some(match source::read(file, self.limit) {
                    Ok(text) => {
                        // A bug in a front end must cost one file and not the run.
                        let Ok(module) = std::panic::catch_unwind(|| front::lower(*id, file.language, &file.path, &text)) else {
                            return Some(Err(SkippedFile { file: file.path.clone(), reason: "could not be read: a bug in this program".to_owned() }));
                        };
                        let lines = LineIndex::new(&text);
                        let mentions_logout = names_logout(file.path.as_str()) || names_logout(&text);
                        Ok((module, Text { text, lines, mentions_logout }))
                    }
                    Err(error) => Err(SkippedFile { file: file.path.clone(), reason: error.to_string() }),
                })
            })
            .collect();
        let mut new = Vec::new();
        for result in lowered {
            match result {
                Ok((module, text)) => {
                    let module: &'p Module = arena.alloc(module);
                    self.texts.insert(module.file, text);
                    self.modules.insert(module.file, module);
                    new.push(module);
                }
                Err(skipped) => self.skipped.push(skipped),
            }
        }
        new
    }

    /// The files that are wanted and not there yet.
    fn missing(&self, wanted: BTreeSet<Wanted>, mentioned: &mut BTreeSet<(Language, String)>) -> BTreeSet<FileId> {
        let mut files = BTreeSet::new();
        let mut words: BTreeMap<Language, Vec<String>> = BTreeMap::new();
        for one in wanted {
            match one {
                Wanted::File(id) if !self.texts.contains_key(&id) && self.tree.file(id).is_some() => {
                    files.insert(id);
                }
                Wanted::File(_) => {}
                Wanted::Mention { language, word } => {
                    if mentioned.insert((language, word.clone())) {
                        words.entry(language).or_default().push(word);
                    }
                }
            }
        }
        for (language, words) in words {
            files.extend(self.mentioning(language, &words));
        }
        files.retain(|id| !self.texts.contains_key(id) && !self.skipped.iter().any(|skipped| self.tree.file(*id).is_some_and(|file| file.path == skipped.file)));
        files
    }

    /// The files of a language that mention one of the words.
    fn mentioning(&self, language: Language, words: &[String]) -> Vec<FileId> {
        let candidates: Vec<&source::SourceFile> = self.tree.files.iter().filter(|file| file.language == language).collect();
        candidates
            .par_iter()
            .filter(|file| !self.texts.contains_key(&file.id))
            .filter(|file| {
                source::read(file, self.limit).is_ok_and(|text| {
                    words.iter().any(|word| {
                        text.contains(&format!(": {word}"))
                            || text.contains(&format!("implements {word}"))
                            || text.contains(&format!(", {word}"))
                            || text.contains(&format!("({word})"))
                            || text.contains(&format!("{word} for "))
                    })
                })
            })
            .map(|file| file.id)
            .collect()
    }

    /// The comments that speak to this program, by file and line.
    fn comments(&self) -> Vec<Comment> {
        let of_module = |module: &'p Module| {
            let (source, text) = (self.tree.file(module.file)?, self.texts.get(&module.file)?);
            Some(module.notes.iter().map(|note| Comment { site: text.site(&source.path, note.span), text: note.text.clone() }).collect::<Vec<_>>())
        };
        let mut comments: Vec<Comment> = self.modules.values().copied().filter_map(of_module).flatten().collect();
        comments.sort();
        comments
    }

    /// The texts alone, by path.
    fn into_texts(self) -> BTreeMap<Utf8PathBuf, String> {
        let Self { tree, texts, .. } = self;
        texts.into_iter().filter_map(|(id, file)| Some((tree.file(id)?.path.clone(), file.text))).collect()
    }

    /// The files that were left out, and those that were only partly read.
    fn all_skipped(&self) -> Vec<SkippedFile> {
        let mut skipped = self.skipped.clone();
        for module in self.modules.values() {
            if let (Some(problem), Some(source), Some(text)) = (module.problems.first(), self.tree.file(module.file), self.texts.get(&module.file)) {
                let line = text.lines.place(&text.text, problem.span.start).line;
                skipped.push(SkippedFile { file: source.path.clone(), reason: format!("partly read: {} (line {line})", problem.message) });
            }
        }
        skipped.sort();
        skipped.dedup();
        skipped
    }
}

struct Imports<'r> {
    resolver: &'r Resolver,
}

impl Finder for Imports<'_> {
    fn find(&self, from: FileId, language: Language, module: &str, item: Option<&str>) -> Arc<[FileId]> {
        self.resolver.resolve(from, language, module, item)
    }
}

/// What the tree tells about its files.
struct Around<'t> {
    tree: &'t Tree,
    manifests: &'t Manifests,
    /// The names of dependencies by directory, since the files of one share them.
    dependencies: Mutex<FxHashMap<(Utf8PathBuf, Language), Arc<[String]>>>,
}

struct Context<'l, 'p> {
    lowered: &'l Lowered<'l, 'p>,
    around: &'l Around<'l>,
}

impl Around<'_> {
    fn path(&self, module: ModuleId) -> &Utf8Path {
        self.tree.file(module.file()).map_or(Utf8Path::new(""), |file| &file.path)
    }

    fn dependencies(&self, path: &Utf8Path, language: Language) -> Arc<[String]> {
        let key = (path.parent().unwrap_or(Utf8Path::new("")).to_owned(), language);
        if let Some(known) = self.dependencies.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        let nearest = self.manifests.nearest(path, language);
        let first = nearest.first().map(|dependency| &dependency.file);
        let names: Arc<[String]> = nearest.iter().filter(|dependency| Some(&dependency.file) == first).map(|dependency| dependency.name.clone()).collect();
        self.dependencies.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&names));
        names
    }
}

impl Context<'_, '_> {
    fn file_text(&self, module: ModuleId) -> &Text {
        &self.lowered.texts[&module.file()]
    }
}

impl Surroundings for Context<'_, '_> {
    fn dependencies(&self, module: ModuleId) -> Arc<[String]> {
        let language = self.around.tree.file(module.file()).map_or(Language::Template, |file| file.language);
        self.around.dependencies(self.around.path(module), language)
    }

    fn path(&self, module: ModuleId) -> String {
        self.around.path(module).to_string()
    }

    fn mentions_logout(&self, module: ModuleId) -> bool {
        self.file_text(module).mentions_logout
    }
}

impl Texts for Context<'_, '_> {
    fn text(&self, module: ModuleId) -> &str {
        &self.file_text(module).text
    }

    fn lines(&self, module: ModuleId) -> &LineIndex {
        &self.file_text(module).lines
    }

    fn path(&self, module: ModuleId) -> Utf8PathBuf {
        self.around.path(module).to_owned()
    }
}
