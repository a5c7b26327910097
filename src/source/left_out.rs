//! What is no code of the project itself, told by names: vendored trees, build output, tests, generated files.
//!
//! All judgements are about names below the scanned root; what the root itself is called never counts.

use std::path::Path;

use camino::Utf8Path;

use super::Reason;

/// Why the directory called `name` is left out; `parent` is the directory (on disk) that holds it, `inside` the path of
/// that directory below the root.
pub(super) fn directory(name: &str, parent: &Path, inside: &Utf8Path, include_tests: bool) -> Option<Reason> {
    if is_installed(name) || is_virtual_environment(name, parent) || (name == "vendor" && is_bundled(parent, inside)) {
        return Some(Reason::Vendored);
    }
    if is_written_by_tools(name) || is_output(name, parent, inside) {
        return Some(Reason::Output);
    }
    if !include_tests && is_test_directory(name, inside) {
        return Some(Reason::Test);
    }
    None
}

/// Why the file at `inside` (its path below the root) is left out.
pub(super) fn file(inside: &Utf8Path, include_tests: bool) -> Option<Reason> {
    let name = inside.file_name()?;
    if name.ends_with(".min.js") || name.ends_with(".min.mjs") || name.ends_with(".bundle.js") || name.ends_with("-min.js") || is_chunk(name) {
        return Some(Reason::Minified);
    }
    if is_generated_name(name) {
        return Some(Reason::Generated);
    }
    if !include_tests && is_test_file(name, inside) {
        return Some(Reason::Test);
    }
    None
}

/// A part of a bundle: its name bears the hash of what is in it, `2.ed93337c769f935d2ee0.js`.
fn is_chunk(name: &str) -> bool {
    const SHORTEST: usize = 8;
    let Some(stem) = name.strip_suffix(".js") else { return false };
    let stem = stem.strip_suffix(".chunk").unwrap_or(stem);
    let Some((_, hash)) = stem.rsplit_once('.') else { return false };
    let is_hash = hash.len() >= SHORTEST && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hash && hash.bytes().any(|byte| byte.is_ascii_digit())
}

/// Directories that package managers fill, and version control.
fn is_installed(name: &str) -> bool {
    matches!(
        name,
        "node_modules"
            | "bower_components"
            | "jspm_packages"
            | "web_modules"
            | "site-packages"
            | "dist-packages"
            | "__pypackages__"
            | "third_party"
            | "third-party"
            | "Pods"
            | ".yarn"
            | ".pnpm-store"
            | ".pnp"
            | ".venv"
            | ".tox"
            | ".nox"
            | ".git"
            | ".hg"
            | ".svn"
            | ".jj"
    )
}

/// Directories that only tools write, whatever stands beside them.
fn is_written_by_tools(name: &str) -> bool {
    matches!(
        name,
        "__pycache__"
            | ".next"
            | ".nuxt"
            | ".output"
            | ".svelte-kit"
            | ".vercel"
            | ".netlify"
            | ".turbo"
            | ".cache"
            | ".parcel-cache"
            | ".angular"
            | ".nx"
            | ".gradle"
            | ".idea"
            | ".expo"
            | ".astro"
            | ".mypy_cache"
            | ".pytest_cache"
            | ".ruff_cache"
            | ".terraform"
            | ".docusaurus"
            | "DerivedData"
            | "storybook-static"
            | "htmlcov"
            | "staticfiles"
            | "lcov-report"
    )
}

fn is_virtual_environment(name: &str, parent: &Path) -> bool {
    // Only names that are in use for it are looked into: one question to the disk for each directory would be dear.
    let plausible = name.contains("env") || matches!(name, "python" | "virtual" | "venvs");
    plausible && parent.join(name).join("pyvenv.cfg").is_file()
}

/// `vendor` may be the seller of a shop. It is other people's code where a package manager fills it or below static files.
fn is_bundled(parent: &Path, inside: &Utf8Path) -> bool {
    let managed = ["composer.json", "go.mod", "Gemfile", "Cargo.toml"].iter().any(|manifest| parent.join(manifest).is_file());
    managed || is_served(inside)
}

/// Whether a path lies below files that a server hands out as they are.
fn is_served(inside: &Utf8Path) -> bool {
    inside.components().any(|part| matches!(part.as_str(), "static" | "public" | "assets" | "wwwroot" | "webjars" | "js" | "css"))
}

/// `dist`, `build` and `out` can be source directories (packages of that name, build scripts). They are output where the
/// manifest of a build stands beside them, or among files served as they are.
fn is_output(name: &str, parent: &Path, inside: &Utf8Path) -> bool {
    const MANIFESTS: [&str; 9] =
        ["package.json", "Cargo.toml", "pyproject.toml", "setup.py", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "pom.xml"];
    match name {
        "dist" | "build" | "out" | "coverage" => MANIFESTS.iter().any(|manifest| parent.join(manifest).is_file()) || (name != "out" && is_served(inside)),
        "target" => parent.join(name).join("CACHEDIR.TAG").is_file() || parent.join("Cargo.toml").is_file() || parent.join("pom.xml").is_file(),
        _ => false,
    }
}

fn is_test_directory(name: &str, inside: &Utf8Path) -> bool {
    if is_jvm_package(inside) {
        // A package may be called `test` or `mocks`; the tests of the JVM live in source sets of their own.
        return false;
    }
    matches!(
        name,
        "test"
            | "tests"
            | "__tests__"
            | "__test__"
            | "__mocks__"
            | "__fixtures__"
            | "__snapshots__"
            | "spec"
            | "specs"
            | "e2e"
            | "cypress"
            | "playwright"
            | "fixtures"
            | "mocks"
            | "mirage"
            | "stories"
            | "__stories__"
            | ".storybook"
            | "testdata"
            | "test-utils"
            | "testFixtures"
    ) || is_test_source_set(name, inside)
}

/// `src/androidTest`, `src/commonTest`, `src/testDebug`: a directory below `src` in camel case with the word in it.
fn is_test_source_set(name: &str, inside: &Utf8Path) -> bool {
    inside.file_name() == Some("src")
        && (name.ends_with("Test") || name.ends_with("Tests") || name.strip_prefix("test").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())))
}

/// Below `src/<source set>/kotlin` or `java` directories are packages.
fn is_jvm_package(inside: &Utf8Path) -> bool {
    let parts: Vec<&str> = inside.components().map(|part| part.as_str()).collect();
    parts.windows(3).any(|three| matches!(three, ["src", _, "kotlin" | "java"]))
}

fn is_generated_name(name: &str) -> bool {
    const ENDINGS: [&str; 8] = [".d.ts", ".d.mts", ".d.cts", ".g.kt", "_pb2.py", "_pb2_grpc.py", "_pb.js", "_pb.ts"];
    ENDINGS.iter().any(|ending| name.ends_with(ending)) || name.contains(".pb.")
}

fn is_test_file(name: &str, inside: &Utf8Path) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    match extension {
        "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" | "vue" | "svelte" => {
            [".test", ".spec", ".stories", ".story", ".cy", ".e2e", ".mock", "-test", "-spec", ".e2e-spec", ".unit"].iter().any(|ending| stem.ends_with(ending))
                || matches!(stem, "setupTests" | "jest.setup" | "vitest.setup" | "setup-tests" | "mirage")
        }
        "py" => stem.starts_with("test_") || stem.ends_with("_test") || stem.ends_with("_tests") || matches!(stem, "tests" | "test" | "conftest"),
        "kt" | "kts" | "java" => is_camel_test(stem) && !is_main_source_set(inside),
        "rs" => matches!(stem, "tests" | "test") || stem.ends_with("_test") || stem.ends_with("_tests"),
        _ => false,
    }
}

fn is_camel_test(stem: &str) -> bool {
    ["Test", "Tests", "IT", "Spec", "TestKt"]
        .iter()
        .any(|ending| stem.strip_suffix(ending).is_some_and(|head| head.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit())))
}

fn is_main_source_set(inside: &Utf8Path) -> bool {
    let parts: Vec<&str> = inside.components().map(|part| part.as_str()).collect();
    parts.windows(2).any(|two| two[0] == "src" && (two[1] == "main" || two[1].ends_with("Main")))
}
