//! The files that are not audited but tell about a project, told by file name.

use super::Language;
use camino::Utf8Path;

/// What an auxiliary file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `package.json`
    PackageJson,
    /// `tsconfig*.json`, `jsconfig*.json`
    TypeScriptConfig,
    /// The configuration of a web framework or bundler, `*.config.{js,ts,mjs,cjs}`.
    WebConfig,
    /// `pyproject.toml`
    PyProject,
    /// `requirements*.txt` and `requirements/*.txt`
    Requirements,
    /// `Pipfile`
    Pipfile,
    /// `setup.py`
    SetupPy,
    /// `setup.cfg`
    SetupCfg,
    /// `manage.py`, which marks where a Python project begins.
    ManagePy,
    /// `build.gradle`, `build.gradle.kts` and other Gradle scripts.
    Gradle,
    /// `libs.versions.toml`
    VersionCatalog,
    /// `pom.xml`
    Maven,
    /// `Cargo.toml`
    Cargo,
    /// Settings of a JVM application: `application*.properties`, and all other `.properties` files.
    Properties,
    /// All `.yml` and `.yaml` files: settings, interface descriptions, pipelines.
    Yaml,
    /// `application*.conf`: settings of a JVM application in HOCON.
    Hocon,
    /// Database schemas and queries: `.sql`, `.sq`.
    Sql,
    /// A source file of a language in which servers are written and that has no front end.
    Unread,
}

impl Kind {
    /// What the file is by its name; `None` if it tells nothing.
    pub(super) fn of(path: &Utf8Path) -> Option<Self> {
        let name = path.file_name()?;
        match name {
            "package.json" => return Some(Self::PackageJson),
            "pyproject.toml" => return Some(Self::PyProject),
            "Pipfile" => return Some(Self::Pipfile),
            "setup.py" => return Some(Self::SetupPy),
            "setup.cfg" => return Some(Self::SetupCfg),
            "manage.py" => return Some(Self::ManagePy),
            "pom.xml" => return Some(Self::Maven),
            "Cargo.toml" => return Some(Self::Cargo),
            _ => {}
        }
        match path.extension()? {
            "json" if name.starts_with("tsconfig") || name.starts_with("jsconfig") => Some(Self::TypeScriptConfig),
            "txt" if is_requirements(path, name) => Some(Self::Requirements),
            "gradle" => Some(Self::Gradle),
            "kts" if name.ends_with(".gradle.kts") => Some(Self::Gradle),
            "toml" if name.ends_with(".versions.toml") => Some(Self::VersionCatalog),
            "js" | "ts" | "mjs" | "cjs" | "mts" if path.file_stem().is_some_and(|stem| stem.ends_with(".config")) => Some(Self::WebConfig),
            "properties" => Some(Self::Properties),
            "yml" | "yaml" => Some(Self::Yaml),
            "conf" if name.starts_with("application") => Some(Self::Hocon),
            "sql" | "sq" => Some(Self::Sql),
            "java" | "cs" | "go" | "php" | "rb" | "scala" | "ex" => Some(Self::Unread),
            _ => None,
        }
    }

    /// Whether the file is also audited as source of `language`. Gradle scripts are not: they run at build time only.
    pub(super) fn is_also_source(self, language: Language) -> bool {
        !(self == Self::Gradle && language == Language::Kotlin)
    }
}

fn is_requirements(path: &Utf8Path, name: &str) -> bool {
    name.contains("requirements") || path.parent().and_then(Utf8Path::file_name).is_some_and(|parent| parent == "requirements")
}
