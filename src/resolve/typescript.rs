//! Script modules: relative paths, compiler aliases, packages of the repository, and the aliases that bundlers add.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use oxc_resolver::{ResolveOptions, ResolverGeneric, TsconfigDiscovery};

use super::layout::{Layout, normal};
use super::packages::Packages;
use super::virtual_disk::{VirtualDisk, split_package};
use crate::source::FileId;

/// The endings that an import may leave out, in the order of trial.
const ENDINGS: [&str; 11] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro"];
/// How many of them are scripts, not components.
const SCRIPTS: usize = 8;
/// Longer module names are hostile.
const MAX_LENGTH: usize = 500;
/// How many candidates a suffix search may give.
const MAX_SUFFIX_HITS: usize = 3;
/// How many files a folder of helpers may give.
const MAX_HELPERS: usize = 24;

/// The script modules of a tree.
pub(super) struct Modules {
    layout: Arc<Layout>,
    inner: OnceLock<Inner>,
}

/// What is made when the first script asks.
struct Inner {
    packages: Arc<Packages>,
    disk: VirtualDisk,
    resolver: ResolverGeneric<VirtualDisk>,
}

impl Modules {
    pub(super) fn new(layout: Arc<Layout>) -> Self {
        Self { layout, inner: OnceLock::new() }
    }

    fn inner(&self) -> &Inner {
        self.inner.get_or_init(|| {
            let packages = Arc::new(Packages::read(&self.layout));
            let disk = || VirtualDisk::new(Arc::clone(&self.layout), Arc::clone(&packages));
            Inner { disk: disk(), resolver: ResolverGeneric::new_with_file_system(disk(), options()), packages }
        })
    }

    /// The files that `module` may stand for in the script `from`.
    pub(super) fn resolve(&self, from: &Utf8Path, module: &str) -> Vec<FileId> {
        let module = module.split(['?', '!']).next().unwrap_or_default();
        if module.is_empty() || module.len() > MAX_LENGTH || module.contains(':') || module.contains('\0') {
            return Vec::new();
        }
        if let Some(file) = self.by_resolver(from, module) {
            return vec![file];
        }
        if module.starts_with('.') {
            return self.relative(from, module).into_iter().collect();
        }
        if let Some(rest) = module.strip_prefix('/') {
            return self.rooted(from, rest).into_iter().collect();
        }
        let (package, subpath) = split_package(module);
        if let Some(directory) = self.inner().packages.directory(package) {
            let found = self.inner().packages.candidates(directory, subpath).iter().find_map(|path| self.with_endings(path));
            if found.is_some() {
                return found.into_iter().collect();
            }
        }
        self.aliased(from, module, package).into_iter().collect()
    }

    /// The files that a page names, as `src` of a script or as the path of a static file.
    pub(super) fn resolve_from_page(&self, from: &Utf8Path, module: &str) -> Vec<FileId> {
        let plain = module.split(['?', '#']).next().unwrap_or_default();
        if plain.is_empty() || plain.len() > MAX_LENGTH || plain.contains("//") {
            return Vec::new();
        }
        let bare = plain.trim_start_matches('/');
        let beside = from.parent().and_then(|directory| normal(&directory.join(bare)));
        if let Some(file) = beside.filter(|_| !plain.starts_with('/')).and_then(|path| self.with_endings(&path)) {
            return vec![file];
        }
        let found = self.resolve(from, plain);
        if !found.is_empty() {
            return found;
        }
        match self.rooted(from, bare) {
            Some(file) => vec![file],
            None => self.by_suffix(from, bare),
        }
    }

    /// The files from which a framework may import a name that a script uses without an import: those that are called like it, the folder
    /// of helpers beside the server's routes, and for a store or composable the folder of those.
    pub(super) fn unimported(&self, from: &Utf8Path, name: &str) -> Vec<FileId> {
        let mut found = self.called_like(from, name);
        let server = from.ancestors().skip(1).find(|directory| matches!(directory.file_name(), Some("api" | "routes" | "middleware" | "plugins"))).and_then(Utf8Path::parent);
        if let Some(server) = server.filter(|directory| directory.file_name() == Some("server")) {
            found.extend(self.layout.helpers_in(&server.join("utils")).iter().take(MAX_HELPERS));
        }
        if name.starts_with("use") {
            let folder = if name.ends_with("Store") { "stores" } else { "composables" };
            let helpers = from.ancestors().skip(1).map(|directory| self.layout.helpers_in(&directory.join(folder))).find(|helpers| !helpers.is_empty());
            found.extend(helpers.unwrap_or_default().iter().take(MAX_HELPERS));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The scripts of a name, the nearest first.
    pub(super) fn called_like(&self, from: &Utf8Path, name: &str) -> Vec<FileId> {
        let mut found: Vec<FileId> = ENDINGS.iter().take(SCRIPTS).flat_map(|ending| self.layout.files_named(&format!("{name}{ending}"))).copied().collect();
        found.sort_by_key(|file| (std::cmp::Reverse(self.layout.path(*file).map_or(0, |path| super::layout::shared_parts(path, from))), *file));
        found
    }

    fn by_resolver(&self, from: &Utf8Path, module: &str) -> Option<FileId> {
        let mut asking = Path::new("/").join(from);
        if !matches!(from.extension(), Some("ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs")) {
            // Compiler configurations know scripts only.
            asking = Path::new("/").join(format!("{from}.ts"));
        }
        let inner = self.inner();
        let resolution = inner.resolver.resolve_file(asking, module).ok()?;
        self.layout.file(&inner.disk.listed(resolution.path())?)
    }

    /// A relative path, without the help of a configuration (which may be broken).
    fn relative(&self, from: &Utf8Path, module: &str) -> Option<FileId> {
        self.with_endings(&normal(&from.parent()?.join(module))?)
    }

    /// What bundlers and frameworks make of a name that no configuration explains.
    fn aliased(&self, from: &Utf8Path, module: &str, package: &str) -> Option<FileId> {
        let inner = self.inner();
        let is_builtin = matches!(inner.resolver.resolve("/", module), Err(oxc_resolver::ResolveError::Builtin { .. }));
        if is_builtin || inner.packages.is_external(from, package) {
            return None;
        }
        if let Some(rest) = module
            .strip_prefix("@/")
            .or_else(|| module.strip_prefix("~/"))
            .or_else(|| module.strip_prefix("@@/"))
            .or_else(|| module.strip_prefix("~~/"))
            .or_else(|| module.strip_prefix("#/"))
        {
            return self.rooted(from, rest);
        }
        if module == "$lib" || module.starts_with("$lib/") {
            return self.rooted(from, &module[1..]);
        }
        if let Some(rest) = module.strip_prefix(['@', '~', '$', '#']) {
            return self.rooted(from, rest);
        }
        self.rooted(from, module)
    }

    /// A path from the root of the project: tried below each package around `from`, nearest first, and below the usual source directories.
    fn rooted(&self, from: &Utf8Path, path: &str) -> Option<FileId> {
        let path = normal(Utf8Path::new(path))?;
        if path.as_str().is_empty() {
            return None;
        }
        let packages = &self.inner().packages;
        for directory in from.ancestors().skip(1) {
            let is_named_source = matches!(directory.file_name(), Some("src" | "app"));
            if !is_named_source && !packages.begins_at(directory) && !directory.as_str().is_empty() {
                continue;
            }
            let found = ["src", "", "app", "src/lib", "src/app", "client", "public", "static", "resources/js"]
                .iter()
                .find_map(|inside| self.with_endings(&directory.join(inside).join(&path)));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The scripts whose path ends in `path`, with or without its first part (which is often the URL of static files).
    fn by_suffix(&self, from: &Utf8Path, path: &str) -> Vec<FileId> {
        let Some(path) = normal(Utf8Path::new(path)) else { return Vec::new() };
        let Some(name) = path.file_name() else { return Vec::new() };
        let mut tail = path.components();
        tail.next();
        let tail = tail.as_path();
        let ends = |suffix: &Utf8Path| -> Vec<FileId> {
            let fits = |file: &&FileId| self.layout.path(**file).is_some_and(|path| path.ends_with(suffix));
            self.layout.files_named(name).iter().filter(fits).copied().collect()
        };
        let mut found = ends(&path);
        if found.is_empty() && !tail.as_str().is_empty() {
            found = ends(tail);
        }
        found.sort_by_key(|file| (std::cmp::Reverse(self.layout.path(*file).map_or(0, |path| super::layout::shared_parts(path, from))), *file));
        found.truncate(MAX_SUFFIX_HITS);
        found
    }

    /// The file at `path`, or with an ending that was left out, or its index; `.js` may have been written for `.ts`.
    fn with_endings(&self, path: &Utf8Path) -> Option<FileId> {
        let is_script = |file: &FileId| self.layout.path(*file).is_some_and(|path| ENDINGS.iter().any(|ending| path.as_str().ends_with(ending)));
        if let Some(file) = self.layout.file(path).filter(is_script) {
            return Some(file);
        }
        if path.as_str().is_empty() {
            return None;
        }
        let added = ENDINGS.iter().find_map(|ending| self.layout.file(Utf8Path::new(&format!("{path}{ending}"))));
        if added.is_some() {
            return added;
        }
        if let Some(bare) = path.as_str().strip_suffix(".js").or_else(|| path.as_str().strip_suffix(".jsx")).or_else(|| path.as_str().strip_suffix(".mjs")) {
            let written_for = [".ts", ".tsx", ".mts"].iter().find_map(|ending| self.layout.file(Utf8Path::new(&format!("{bare}{ending}"))));
            if written_for.is_some() {
                return written_for;
            }
        }
        if !self.layout.is_directory(path) {
            return None;
        }
        let index = ENDINGS.iter().find_map(|ending| self.layout.file(&path.join(format!("index{ending}"))));
        index.or_else(|| self.main_of(path))
    }

    /// The entry file of a package that is imported by its directory.
    fn main_of(&self, directory: &Utf8Path) -> Option<FileId> {
        let packages = &self.inner().packages;
        if !packages.begins_at(directory) || !self.layout.is_manifest(&directory.join("package.json")) {
            return None;
        }
        let endings = |path: &Utf8PathBuf| ENDINGS.iter().find_map(|ending| self.layout.file(Utf8Path::new(&format!("{path}{ending}"))));
        packages.candidates(directory, "").iter().find_map(|path| self.layout.file(path).or_else(|| endings(path)))
    }
}

fn options() -> ResolveOptions {
    let strings = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let alias = |ending: &str, list: &[&str]| (ending.to_owned(), strings(list));
    ResolveOptions {
        tsconfig: Some(TsconfigDiscovery::Auto),
        extensions: strings(&ENDINGS),
        extension_alias: vec![alias(".js", &[".ts", ".tsx", ".js", ".jsx"]), alias(".jsx", &[".tsx", ".jsx"]), alias(".mjs", &[".mts", ".mjs"]), alias(".cjs", &[".cts", ".cjs"])],
        condition_names: strings(&["source", "development", "import", "module", "node", "svelte", "browser", "require", "default"]),
        main_fields: strings(&["source", "module", "main"]),
        // NOTE: links are never followed, and the environment of whoever runs us says nothing about the tree.
        symlinks: false,
        node_path: false,
        builtin_modules: true,
        ..ResolveOptions::default()
    }
}
