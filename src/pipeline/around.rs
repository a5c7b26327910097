//! What tracing and judging may know of the files around a module: paths, texts, dependencies.

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::lowered::{Lowered, Text};
use crate::judge::Texts;
use crate::link::ModuleId;
use crate::manifest::{Manifests, operations};
use crate::source::{self, Auxiliary, Kind, Language, LineIndex, Tree};
use crate::trace::{Described, Surroundings};

/// What the nearest manifest says, by the directory of the files that it is nearest to.
type ByDirectory = FxHashMap<(Utf8PathBuf, Language), Nearest>;

/// The manifest that is nearest to the files of a directory.
#[derive(Clone)]
struct Nearest {
    file: Option<Arc<Utf8Path>>,
    /// The names of its dependencies.
    names: Arc<[String]>,
}

/// What the tree tells about its files.
pub(super) struct Around<'t> {
    pub(super) tree: &'t Tree,
    pub(super) manifests: &'t Manifests,
    /// The nearest manifests by directory, since the files of one share them.
    nearest: Mutex<ByDirectory>,
    /// The sources without a front end by the class that they are named after, found when the first call asks.
    foreign: OnceLock<FxHashMap<String, Vec<Utf8PathBuf>>>,
    /// The sources without a front end that seem to answer the paths that were asked for.
    answers: Mutex<FxHashMap<String, Option<Utf8PathBuf>>>,
    /// The operations of the tree's descriptions, read when a framework that goes by them is seen.
    described: OnceLock<Vec<Described>>,
}

pub(super) struct Context<'l, 'p> {
    pub(super) lowered: &'l Lowered<'l, 'p>,
    pub(super) around: &'l Around<'l>,
}

impl<'t> Around<'t> {
    pub(super) fn new(tree: &'t Tree, manifests: &'t Manifests) -> Self {
        Self { tree, manifests, nearest: Mutex::default(), foreign: OnceLock::new(), answers: Mutex::default(), described: OnceLock::new() }
    }

    /// The sources that are named after a class.
    fn foreign(&self, class: &str) -> &[Utf8PathBuf] {
        let by_class = self.foreign.get_or_init(|| {
            let mut by_class: FxHashMap<String, Vec<Utf8PathBuf>> = FxHashMap::default();
            for file in self.tree.of_kind(Kind::Unread) {
                by_class.entry(file.path.file_stem().unwrap_or("").to_owned()).or_default().push(file.path.clone());
            }
            by_class
        });
        by_class.get(class).map_or(&[], Vec::as_slice)
    }

    fn path(&self, module: ModuleId) -> &Utf8Path {
        self.tree.file(module.file()).map_or(Utf8Path::new(""), |file| &file.path)
    }

    /// The nearest manifest that has dependencies.
    fn nearest(&self, path: &Utf8Path, language: Language) -> Nearest {
        let key = (path.parent().unwrap_or(Utf8Path::new("")).to_owned(), language);
        if let Some(known) = self.nearest.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let manifest = self.manifests.nearest_manifest(path, language);
        let names = manifest.iter().flat_map(|manifest| &manifest.dependencies).map(|dependency| dependency.name.clone()).collect();
        let nearest = Nearest { file: manifest.map(|manifest| manifest.path.as_path().into()), names };
        self.nearest.lock().unwrap_or_else(PoisonError::into_inner).insert(key, nearest.clone());
        nearest
    }
}

impl Context<'_, '_> {
    /// The files that were not read closely.
    fn others(&self) -> impl ParallelIterator<Item = &source::SourceFile> {
        self.around.tree.files.par_iter().filter(|file| !self.lowered.texts.contains_key(&file.id))
    }

    fn file_text(&self, module: ModuleId) -> &Text {
        &self.lowered.texts[&module.file()]
    }
}

impl Surroundings for Context<'_, '_> {
    fn dependencies(&self, module: ModuleId) -> Arc<[String]> {
        let language = self.around.tree.file(module.file()).map_or(Language::Template, |file| file.language);
        self.around.nearest(self.around.path(module), language).names
    }

    fn path(&self, module: ModuleId) -> String {
        self.around.path(module).to_string()
    }

    fn foreign_class(&self, module: ModuleId, path: &[&str], is_full: bool) -> Option<String> {
        let (class, package) = path.split_last()?;
        let files = self.around.foreign(class);
        if files.is_empty() {
            return None;
        }
        let lowered = self.lowered.modules.get(&module.file()).filter(|module| module.language == Language::Kotlin)?;
        let folder = if is_full { package.join("/") } else { lowered.package.replace('.', "/") };
        files.iter().find(|file| file.parent().is_some_and(|parent| parent.ends_with(&folder))).map(ToString::to_string)
    }

    fn described(&self) -> Vec<Described> {
        let read = || operations(self.around.tree).into_iter().map(|one| Described { method: one.method, base: one.base, path: one.path, function: one.function }).collect();
        self.around.described.get_or_init(read).clone()
    }

    fn begins_above(&self, module: ModuleId) -> bool {
        let path = self.around.path(module);
        let begins = |file: &source::SourceFile| {
            let is_entry = file.path.file_stem().is_some_and(|stem| matches!(stem, "index" | "main" | "app" | "App"));
            is_entry && file.language == Language::TypeScript && file.path.parent().is_some_and(|folder| path.starts_with(folder))
        };
        self.around.tree.files.iter().any(begins)
    }

    fn mentions_logout(&self, module: ModuleId) -> bool {
        self.file_text(module).mentions_logout
    }
}

impl Texts for Context<'_, '_> {
    fn is_said_elsewhere(&self, stems: &[String]) -> bool {
        let says = |text: Result<String, source::ReadError>| {
            let Ok(text) = text else { return true };
            let letters: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
            stems.iter().any(|stem| letters.contains(stem.as_str()))
        };
        let unread: Vec<&Auxiliary> = self.around.tree.of_kind(Kind::Unread).collect();
        let limit = self.lowered.limit;
        unread.par_iter().any(|file| says(source::read_auxiliary(file, limit))) || self.others().any(|file| says(source::read(file, limit)))
    }

    fn callers_elsewhere(&self, name: &str, is_method: bool) -> Vec<Utf8PathBuf> {
        let call = format!("{}{name}(", if is_method { "." } else { "" });
        let is_whole = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) && !before.ends_with("function ");
        let calls = |text: &str| text.match_indices(&call).any(|(at, _)| is_method || is_whole(&text[..at]));
        self.others().filter(|file| source::read(file, self.lowered.limit).is_ok_and(|text| calls(&text))).map(|file| file.path.clone()).collect()
    }

    fn answers_unread(&self, path: &str) -> Option<Utf8PathBuf> {
        let known = || self.around.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(path) {
            return answer.clone();
        }
        // NOTE: nobody may hold the lock here: the threads that read on may take up flows that ask too.
        let unread: Vec<&Auxiliary> = self.around.tree.of_kind(Kind::Unread).collect();
        let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty() && !part.contains('{')).map(str::to_ascii_lowercase).collect();
        let said = |file: &Auxiliary| source::read_auxiliary(file, self.lowered.limit).map_or(0, |text| parts_said(&text, &parts));
        let ranked = unread.par_iter().map(|file| (said(file), Reverse(&file.path))).filter(|(said, _)| *said > 0);
        let answer = ranked.max().map(|(_, Reverse(path))| path.clone());
        known().insert(path.to_owned(), answer.clone());
        answer
    }

    fn text(&self, module: ModuleId) -> &str {
        &self.file_text(module).text
    }

    fn lines(&self, module: ModuleId) -> &LineIndex {
        &self.file_text(module).lines
    }

    fn path(&self, module: ModuleId) -> Utf8PathBuf {
        self.around.path(module).to_owned()
    }

    fn manifest(&self, module: ModuleId) -> Option<Arc<Utf8Path>> {
        let file = self.around.tree.file(module.file())?;
        self.around.nearest(&file.path, file.language).file
    }
}

/// How many parts of a path a text says, each as a word of its own whatever its case; 0 if not the last.
fn parts_said(text: &str, parts: &[String]) -> usize {
    let text = text.to_ascii_lowercase();
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let says = |part: &String| text.match_indices(part.as_str()).any(|(at, _)| !text[..at].ends_with(is_letter) && !text[at + part.len()..].starts_with(is_letter));
    parts.last().filter(|last| says(last)).map_or(0, |_| parts.iter().filter(|part| says(part)).count())
}
