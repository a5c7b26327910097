//! Python modules: dotted names below the directories from which a project may be run, and relative ones.

use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;

use super::layout::Layout;
use crate::source::{FileId, Kind, Language};

/// Modules of the standard library that projects like to name their own files after.
const STANDARD: [&str; 40] = [
    "abc",
    "ast",
    "asyncio",
    "base64",
    "calendar",
    "code",
    "collections",
    "contextlib",
    "copy",
    "csv",
    "datetime",
    "email",
    "enum",
    "functools",
    "hashlib",
    "hmac",
    "html",
    "http",
    "io",
    "json",
    "logging",
    "math",
    "operator",
    "os",
    "pathlib",
    "platform",
    "queue",
    "random",
    "re",
    "secrets",
    "signal",
    "site",
    "socket",
    "sqlite3",
    "statistics",
    "string",
    "sys",
    "time",
    "types",
    "uuid",
];
/// The files that say what a project needs.
const MANIFESTS: [Kind; 5] = [Kind::PyProject, Kind::Requirements, Kind::SetupPy, Kind::SetupCfg, Kind::Pipfile];
/// The module that the program was started with, whatever its file is called.
const STARTED: &str = "__main__";
/// What such files are called.
const STARTING: [&str; 10] = ["main", "app", "run", "server", "application", "start", "index", "wsgi", "manage", "__main__"];
/// Longer module names are hostile.
const MAX_LENGTH: usize = 500;

/// The Python modules of a tree.
pub(super) struct Modules {
    layout: Arc<Layout>,
    projects: OnceLock<Vec<Utf8PathBuf>>,
    declared: OnceLock<FxHashSet<String>>,
}

impl Modules {
    pub(super) fn new(layout: Arc<Layout>) -> Self {
        Self { layout, projects: OnceLock::new(), declared: OnceLock::new() }
    }

    /// The files that may define `item` of `module` for the file at `path`.
    pub(super) fn resolve(&self, from: FileId, path: &Utf8Path, module: &str, item: Option<&str>) -> Vec<FileId> {
        if module.len() > MAX_LENGTH || module.contains('/') {
            return Vec::new();
        }
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        let dots = module.len() - module.trim_start_matches('.').len();
        let names: Vec<&str> = module.split('.').filter(|name| !name.is_empty()).collect();
        let item = item.filter(|item| !item.is_empty() && *item != "*");
        if dots > 0 {
            let Some(base) = directory.ancestors().nth(dots - 1) else { return Vec::new() };
            return self.below(base, &names, item);
        }
        if names.is_empty() {
            return Vec::new();
        }
        if names == [STARTED] {
            return self.started(from, directory);
        }
        let mut found = self.absolute(directory, &names, item);
        found.retain(|file| *file != from);
        found
    }

    /// The files in the nearest directory around one by which the program may have been started: `from __main__ import app`.
    fn started(&self, from: FileId, directory: &Utf8Path) -> Vec<FileId> {
        let scripts = |directory: &Utf8Path| -> Vec<FileId> {
            STARTING.iter().filter_map(|name| self.layout.file(&directory.join(format!("{name}.py")))).filter(|file| *file != from).collect()
        };
        directory.ancestors().map(scripts).find(|scripts| !scripts.is_empty()).unwrap_or_default()
    }

    fn absolute(&self, directory: &Utf8Path, names: &[&str], item: Option<&str>) -> Vec<FileId> {
        let Some(first) = names.first() else { return Vec::new() };
        // A project is run from a directory outside its packages, or from where it says what it needs; what lies inside a package is not seen from there.
        let is_package = |ancestor: &Utf8Path| self.layout.file(&ancestor.join("__init__.py")).is_some();
        // The package that the file itself lies in is the project's, whatever a manifest says of the word.
        let is_own = directory.ancestors().any(|ancestor| ancestor.file_name() == Some(*first) && is_package(ancestor));
        let is_foreign = !is_own && (STANDARD.contains(first) || self.declared().contains(&canonical(first)));
        let is_inside = |ancestor: &&Utf8Path| is_package(ancestor) && !self.is_project(ancestor);
        let (inside, outside): (Vec<&Utf8Path>, Vec<&Utf8Path>) = directory.ancestors().partition(is_inside);
        for ancestor in outside {
            // A foreign name is only taken by a file where a project begins: there it truly hides the other.
            if is_foreign && (is_package(ancestor) || !self.is_project(ancestor)) {
                continue;
            }
            for base in [ancestor.to_owned(), ancestor.join("src")] {
                let found = self.below(&base, names, item);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        if is_foreign {
            return Vec::new();
        }
        let around = inside.into_iter().skip_while(|ancestor| *ancestor == directory);
        let found = around.map(|base| self.below(base, names, item)).find(|found| !found.is_empty());
        found.or_else(|| self.in_projects(directory, names, item)).unwrap_or_default()
    }

    /// The files for `names` in the nearest of the other projects; a module that is there goes before a package that only may define it.
    fn in_projects(&self, directory: &Utf8Path, names: &[&str], item: Option<&str>) -> Option<Vec<FileId>> {
        // A script sees the packages beside it, even if it lies in one itself.
        let beside = names.first().filter(|first| names.len() > 1 && self.layout.is_directory(&directory.join(first))).map(|_| directory);
        let bases = || beside.into_iter().chain(self.projects().iter().map(Utf8PathBuf::as_path));
        let nearness = |base: &Utf8Path| std::cmp::Reverse(super::layout::shared_parts(base, directory));
        let nearest = |look: &dyn Fn(&Utf8Path) -> Vec<FileId>| {
            let found = bases().map(|base| (nearness(base), look(base))).filter(|(_, found)| !found.is_empty());
            found.min_by_key(|(nearness, _)| *nearness).map(|(_, found)| found)
        };
        nearest(&|base| self.exact(base, names, item)).or_else(|| nearest(&|base| self.below(base, names, item)))
    }

    /// The files for `names` below one directory. A name that is no module may be defined by the module before it.
    fn below(&self, base: &Utf8Path, names: &[&str], item: Option<&str>) -> Vec<FileId> {
        let found = self.exact(base, names, item);
        if !found.is_empty() || names.len() < 2 {
            return found;
        }
        match names.split_last() {
            Some((last, head)) => self.exact(base, head, Some(last)).into_iter().filter(|file| self.is_certain(*file, base, head)).collect(),
            None => found,
        }
    }

    fn exact(&self, base: &Utf8Path, names: &[&str], item: Option<&str>) -> Vec<FileId> {
        let module = names.iter().fold(base.to_owned(), |path, name| path.join(name));
        let mut candidates = Vec::new();
        if let Some(item) = item {
            candidates.push(module.join(format!("{item}.py")));
            candidates.push(module.join(item).join("__init__.py"));
        }
        candidates.push(module.join("__init__.py"));
        if !names.is_empty() {
            candidates.push(Utf8PathBuf::from(format!("{module}.py")));
        }
        candidates.iter().filter_map(|path| self.layout.file(path)).collect()
    }

    /// Whether the file is the module `names` itself and not something that merely lies there.
    fn is_certain(&self, file: FileId, base: &Utf8Path, names: &[&str]) -> bool {
        let module = names.iter().fold(base.to_owned(), |path, name| path.join(name));
        self.layout.path(file).is_some_and(|path| path == Utf8Path::new(&format!("{module}.py")) || path == module.join("__init__.py"))
    }

    /// Whether a manifest says that a project begins here.
    fn is_project(&self, directory: &Utf8Path) -> bool {
        ["manage.py", "pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile"].iter().any(|name| self.layout.is_manifest(&directory.join(name)))
    }

    /// Every word of the manifests, as a registry compares it: coarse, but a name that none of them has is surely not installed.
    fn declared(&self) -> &FxHashSet<String> {
        self.declared.get_or_init(|| {
            let texts = MANIFESTS.into_iter().flat_map(|kind| self.layout.manifests(kind)).filter_map(|path| self.layout.manifest_text(path));
            let mut declared = FxHashSet::default();
            for text in texts {
                let words = text.split(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')));
                declared.extend(words.filter(|word| !word.is_empty() && word.len() < 100).map(canonical));
            }
            declared
        })
    }

    /// The directories from which a project may be run: those with manifests, those around outermost packages, and their `src`.
    fn projects(&self) -> &[Utf8PathBuf] {
        self.projects.get_or_init(|| {
            let marks = MANIFESTS.into_iter().chain([Kind::ManagePy]);
            let mut projects: Vec<Utf8PathBuf> = marks.flat_map(|kind| self.layout.manifests(kind)).filter_map(Utf8Path::parent).map(Utf8Path::to_owned).collect();
            projects.extend(self.package_parents());
            let sources: Vec<Utf8PathBuf> = projects.iter().map(|project| project.join("src")).filter(|source| self.layout.is_directory(source)).collect();
            projects.extend(sources);
            projects.sort();
            projects.dedup();
            projects
        })
    }

    /// The directories that hold the outermost packages.
    fn package_parents(&self) -> FxHashSet<Utf8PathBuf> {
        let mut parents = FxHashSet::default();
        for (_, path) in self.layout.of_language(Language::Python) {
            if path.file_name() != Some("__init__.py") {
                continue;
            }
            let Some(parent) = path.parent().and_then(Utf8Path::parent) else { continue };
            if self.layout.file(&parent.join("__init__.py")).is_none() {
                parents.insert(parent.to_owned());
            }
        }
        parents
    }
}

/// A name as a registry compares it.
fn canonical(name: &str) -> String {
    name.replace(['_', '.'], "-").to_ascii_lowercase()
}
