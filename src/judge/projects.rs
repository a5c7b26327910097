//! Projects that stand side by side in one repository, and which of them know one another.

use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;

use super::Case;
use crate::manifest::Ecosystem;
use crate::source::Language;

/// The folders of a repository's Python projects: a service beside another is set up by itself. In other languages a repository's
/// packages are parts of one application.
#[derive(Debug, Default)]
pub(super) struct Projects {
    folders: Vec<Utf8PathBuf>,
    /// The pairs of projects of which one imports something of the other; the lesser first.
    ties: OnceLock<FxHashSet<(usize, usize)>>,
}

impl Projects {
    pub(super) fn new(case: &Case<'_, '_>) -> Self {
        let manifests = case.manifests.all.iter().filter(|manifest| manifest.ecosystem == Ecosystem::Python);
        let mut folders: Vec<Utf8PathBuf> = manifests.filter_map(|manifest| manifest.path.parent()).map(Utf8Path::to_owned).collect();
        folders.sort();
        folders.dedup();
        Self { folders, ties: OnceLock::new() }
    }

    /// Whether two files belong to projects that stand side by side and have nothing to do with one another.
    pub(super) fn are_strangers(&self, case: &Case<'_, '_>, one: &Utf8Path, other: &Utf8Path) -> bool {
        let (Some(one), Some(other)) = (self.of(one), self.of(other)) else { return false };
        let (first, second) = (&self.folders[one], &self.folders[other]);
        if one == other || first.starts_with(second) || second.starts_with(first) {
            return false;
        }
        !self.ties.get_or_init(|| self.find_ties(case)).contains(&(one.min(other), one.max(other)))
    }

    /// The innermost project around a file.
    fn of(&self, path: &Utf8Path) -> Option<usize> {
        let around = self.folders.iter().enumerate().filter(|(_, folder)| path.starts_with(folder));
        around.max_by_key(|(_, folder)| folder.as_str().len()).map(|(index, _)| index)
    }

    fn find_ties(&self, case: &Case<'_, '_>) -> FxHashSet<(usize, usize)> {
        let mut ties = FxHashSet::default();
        for (id, _) in case.program.modules().filter(|(_, module)| module.language == Language::Python) {
            let Some(own) = self.of(&case.texts.path(id)) else { continue };
            for imported in case.program.imported(id) {
                if let Some(other) = self.of(&case.texts.path(imported)).filter(|other| *other != own) {
                    ties.insert((own.min(other), own.max(other)));
                }
            }
        }
        ties
    }
}
