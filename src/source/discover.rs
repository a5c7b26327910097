//! Lists the files below the scanned paths, in parallel, and leaves out what is no code of the project.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::roots;
use super::{Auxiliary, Error, FileId, Kind, Language, Reason, Root, Skipped, SourceFile, Tree, left_out};

/// What the user may change about the listing.
#[derive(Debug, Clone, Default)]
pub struct WalkOptions {
    /// Glob patterns of what to leave out, besides what is always left out. A pattern without a slash fits at any depth.
    pub exclude: Vec<String>,
    /// Reads also what ignore files name, and hidden files.
    pub no_ignore: bool,
    /// Reads tests, mocks and stories as if they were the product.
    pub include_tests: bool,
    /// How many threads walk; 0 leaves the choice to the walker.
    pub threads: usize,
}

/// Lists everything below `roots`, which together are one project. Links are never followed.
pub fn discover(roots: &[Utf8PathBuf], options: &WalkOptions) -> Result<Tree, Error> {
    let excluded = compile(&options.exclude)?;
    let roots = roots::prepare(roots)?;
    let mut found = Found::default();
    for (index, root) in roots.iter().enumerate() {
        let listing = Listing { root, index, excluded: &excluded, options, found: Mutex::default() };
        if root.absolute.is_file() {
            listing.single_file(&mut found);
        } else {
            walker(root, options).visit(&mut VisitorBuilder(&listing));
            found.append(listing.found.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
    }
    Ok(found.into_tree(roots))
}

fn compile(patterns: &[String]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let plain = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
        let anchored = match plain.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None if plain.contains('/') => plain.to_owned(),
            None => format!("**/{plain}"),
        };
        let glob = GlobBuilder::new(&anchored).literal_separator(true).build();
        set.add(glob.map_err(|error| Error::Pattern { pattern: pattern.clone(), reason: error.kind().to_string() })?);
    }
    set.build().map_err(|error| Error::Pattern { pattern: error.glob().unwrap_or_default().to_owned(), reason: error.kind().to_string() })
}

fn walker(root: &Root, options: &WalkOptions) -> ignore::WalkParallel {
    let respect = !options.no_ignore;
    // Ignore files above the root count only inside a repository: those of a home directory are about something else.
    let in_repository = root.absolute.ancestors().any(|directory| directory.join(".git").exists());
    WalkBuilder::new(&root.absolute)
        .follow_links(false)
        // What is hidden is left out on the way, but for the folders by which frameworks part the sides.
        .hidden(false)
        .ignore(respect)
        // In an export or archive all that is there was committed, whatever its `.gitignore` says of it.
        .git_ignore(respect && in_repository)
        .git_exclude(respect && in_repository)
        // A user's global ignore file would give the same tree other results on another machine.
        .git_global(false)
        .require_git(false)
        .parents(respect && in_repository)
        .threads(options.threads)
        .build_parallel()
}

/// Whether an entry is hidden by its name. Folders such as `app/.server` hide nothing: they say on which side their files run.
fn is_hidden(path: &Utf8Path, is_directory: bool) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.starts_with('.') && !(is_directory && matches!(name, ".server" | ".client"))
}

/// What one walk is about.
struct Listing<'a> {
    root: &'a Root,
    index: usize,
    excluded: &'a GlobSet,
    options: &'a WalkOptions,
    found: Mutex<Found>,
}

impl Listing<'_> {
    /// A file that the user names is read whatever it is called.
    fn single_file(&self, found: &mut Found) {
        let name = self.root.absolute.file_name().unwrap_or_default();
        let shown = if self.root.prefix.as_str().is_empty() { Utf8PathBuf::from(name) } else { self.root.prefix.clone() };
        self.add(found, shown, self.root.absolute.clone());
    }

    /// Takes one entry of the walk; false if a directory is not to be entered.
    fn visit(&self, entry: &DirEntry, found: &mut Found) -> bool {
        let Some(kind) = entry.file_type() else { return true };
        let below = entry.path().strip_prefix(self.root.absolute.as_std_path()).unwrap_or(entry.path());
        if below.as_os_str().is_empty() {
            return true;
        }
        let Some(below) = Utf8Path::from_path(below) else {
            let lossy = below.to_string_lossy().into_owned();
            if kind.is_dir() || Language::of(Utf8Path::new(&lossy)).is_some() {
                found.skip(self.root.prefix.join(lossy), "its name is not UTF-8");
            }
            return false;
        };
        if !self.options.no_ignore && is_hidden(below, kind.is_dir()) {
            return false;
        }
        if kind.is_symlink() {
            found.leave_out(Reason::Link);
            return false;
        }
        if self.is_excluded(below) {
            found.leave_out(Reason::Excluded);
            return false;
        }
        if kind.is_dir() { self.visit_directory(entry.path(), below, found) } else { self.visit_file(kind.is_file(), below, found) }
    }

    /// A pattern may speak of the path below the root, as reports show it, or as the user sees it from where they stand.
    fn is_excluded(&self, below: &Utf8Path) -> bool {
        if self.excluded.is_empty() {
            return false;
        }
        let given = self.root.given.strip_prefix(".").unwrap_or(&self.root.given);
        self.excluded.is_match(below) || self.excluded.is_match(self.root.prefix.join(below)) || self.excluded.is_match(given.join(below))
    }

    fn visit_directory(&self, path: &Path, below: &Utf8Path, found: &mut Found) -> bool {
        let (Some(name), Some(parent), Some(inside)) = (below.file_name(), path.parent(), below.parent()) else { return true };
        let reason = left_out::directory(name, parent, inside, self.options.include_tests);
        if let Some(reason) = reason {
            found.leave_out(reason);
        }
        reason.is_none()
    }

    fn visit_file(&self, is_file: bool, below: &Utf8Path, found: &mut Found) -> bool {
        if !is_file || (Language::of(below).is_none() && Kind::of(below).is_none()) {
            return true;
        }
        if let Some(reason) = left_out::file(below, self.options.include_tests) {
            found.leave_out(reason);
            return true;
        }
        let shown = if self.root.prefix.as_str().is_empty() { below.to_owned() } else { self.root.prefix.join(below) };
        self.add(found, shown, self.root.absolute.join(below));
        true
    }

    fn add(&self, found: &mut Found, path: Utf8PathBuf, absolute: Utf8PathBuf) {
        let language = Language::of(&path);
        let kind = Kind::of(&path);
        if let Some(kind) = kind {
            found.auxiliary.push(Auxiliary { path: path.clone(), absolute: absolute.clone(), root: self.index, kind });
        }
        if let Some(language) = language.filter(|language| kind.is_none_or(|kind| kind.is_also_source(*language))) {
            found.files.push(SourceFile { id: FileId(0), root: self.index, path, absolute, language });
        }
    }
}

/// What a walk found; each thread fills its own.
#[derive(Default)]
struct Found {
    files: Vec<SourceFile>,
    auxiliary: Vec<Auxiliary>,
    skipped: Vec<Skipped>,
    left_out: BTreeMap<Reason, usize>,
}

impl Found {
    fn skip(&mut self, path: Utf8PathBuf, reason: impl Into<String>) {
        self.skipped.push(Skipped { path, reason: reason.into() });
    }

    fn leave_out(&mut self, reason: Reason) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    fn append(&mut self, mut other: Self) {
        self.files.append(&mut other.files);
        self.auxiliary.append(&mut other.auxiliary);
        self.skipped.append(&mut other.skipped);
        for (reason, count) in other.left_out {
            *self.left_out.entry(reason).or_default() += count;
        }
    }

    fn into_tree(mut self, roots: Vec<Root>) -> Tree {
        // By components, as paths are sorted: a slash comes before every letter.
        let letters = |file: &SourceFile| file.path.as_str().bytes().map(|letter| if letter == b'/' { 0 } else { letter }).collect::<Vec<u8>>();
        self.files.sort_by_cached_key(letters);
        for (index, file) in self.files.iter_mut().enumerate() {
            file.id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        }
        self.auxiliary.sort_unstable();
        self.skipped.sort_unstable();
        Tree { roots, files: self.files, auxiliary: self.auxiliary, skipped: self.skipped, left_out: self.left_out }
    }
}

struct VisitorBuilder<'a>(&'a Listing<'a>);

impl<'s, 'a: 's> ParallelVisitorBuilder<'s> for VisitorBuilder<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Visitor { listing: self.0, found: Found::default() })
    }
}

/// One thread of the walk.
struct Visitor<'a> {
    listing: &'a Listing<'a>,
    found: Found,
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) if self.listing.visit(&entry, &mut self.found) => WalkState::Continue,
            Ok(_) => WalkState::Skip,
            Err(error) => {
                let (path, reason) = explain(&error, self.listing.root);
                self.found.skip(path, reason);
                WalkState::Continue
            }
        }
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let found = std::mem::take(&mut self.found);
        self.listing.found.lock().unwrap_or_else(PoisonError::into_inner).append(found);
    }
}

/// Path and reason of an error of the walk.
fn explain(error: &ignore::Error, root: &Root) -> (Utf8PathBuf, String) {
    let mut inner = error;
    let mut path = root.prefix.clone();
    loop {
        match inner {
            ignore::Error::WithPath { path: at, err } => {
                let below = at.strip_prefix(root.absolute.as_std_path()).unwrap_or(at);
                path = root.prefix.join(below.to_string_lossy().as_ref());
                inner = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            ignore::Error::Io(io) => return (path, format!("unreadable: {}", io.kind())),
            other => return (path, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_directory_is_named_below_its_root() {
        let root = Root { given: "x".into(), absolute: "/r".into(), prefix: "web".into() };
        let denied = ignore::Error::Io(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
        let error = ignore::Error::WithDepth { depth: 2, err: Box::new(ignore::Error::WithPath { path: "/r/a/b".into(), err: Box::new(denied) }) };
        assert_eq!(explain(&error, &root), (Utf8PathBuf::from("web/a/b"), "unreadable: permission denied".to_owned()));
    }
}
