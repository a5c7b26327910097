//! Word classes and the hints of a side, as they are written in a rule file.

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SideHint {
    /// `server` or `client`.
    pub at: String,
    /// Modules whose import tells it, `*` allowed.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Calls whose presence tells it.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Names in manifests that tell it of files that do not tell it themselves.
    #[serde(default)]
    pub packages: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WordClass {
    pub name: String,
    /// Words, or several words in their order: `refresh token`.
    pub words: Vec<String>,
    /// Words that exclude it wherever they stand in the same name.
    #[serde(default)]
    pub except: Vec<String>,
}
