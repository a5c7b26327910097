//! Reads rule files, the embedded ones and a user's own, and compiles them.

use camino::{Utf8Path, Utf8PathBuf};
use include_dir::{Dir, include_dir};
use rayon::prelude::*;

use super::RuleSet;
use super::compile::compile;
use super::schema;
use super::words::Lexicon;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// One built-in file on each line: its name, a tab, and its entries as JSON, without their examples.
static WITHOUT_EXAMPLES: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.jsonl"));

/// What can be wrong with rules. All of it is the rule author's to mend.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or a file in it cannot be read.
    #[error("cannot read rules in `{path}`: {message}")]
    Read { path: Utf8PathBuf, message: String },
    /// Not TOML, an unknown key, a wrong type; the message quotes the place.
    #[error("rule file `{file}` is not valid:\n{message}")]
    Syntax { file: String, message: String },
    /// A word in a rule that means nothing.
    #[error("rule `{id}` in `{file}`: {message}")]
    Meaning { file: String, id: String, message: String },
    /// Two rules of the same id.
    #[error("rule id `{id}` occurs in `{first}` and in `{second}`; ids must be unique")]
    Duplicate { id: String, first: String, second: String },
}

/// One rule file as it was read.
pub(super) struct Read {
    pub name: String,
    pub file: schema::File,
    /// The examples were left out.
    pub is_bare: bool,
}

/// The rules that are built in, without their examples, and those of `extra` folders after them: all that an audit needs.
///
/// # Errors
/// A folder that cannot be read, a file that is not valid. For the built-in rules this is our bug, and a test excludes it.
pub fn load_bare(extra: &[Utf8PathBuf]) -> Result<RuleSet, Error> {
    let lines: Vec<&str> = WITHOUT_EXAMPLES.lines().collect();
    let parse = |line: &&str| {
        let (name, json) = line.split_once('\t').unwrap_or(("", line));
        match serde_json::from_str(json) {
            Ok(file) => Ok(Read { name: name.to_owned(), file, is_bare: true }),
            Err(error) => Err(Error::Syntax { file: name.to_owned(), message: error.to_string() }),
        }
    };
    let mut files: Vec<Read> = lines.par_iter().map(parse).collect::<Result<_, _>>()?;
    for folder in extra {
        files.extend(read(&read_folder(folder)?)?);
    }
    combine(files)
}

/// The rules that are built in, and those of `extra` folders after them.
///
/// # Errors
/// As [`load_bare`].
pub fn load(extra: &[Utf8PathBuf]) -> Result<RuleSet, Error> {
    let mut texts = built_in();
    for folder in extra {
        texts.extend(read_folder(folder)?);
    }
    from_texts(&texts)
}

/// Rules of texts alone: name of the file and text.
///
/// # Errors
/// As [`load_bare`].
pub fn from_texts(texts: &[(String, String)]) -> Result<RuleSet, Error> {
    combine(read(texts)?)
}

fn read(texts: &[(String, String)]) -> Result<Vec<Read>, Error> {
    let parse = |(name, text): &(String, String)| match toml::from_str::<schema::File>(text) {
        Ok(file) => Ok(Read { name: name.clone(), file, is_bare: false }),
        Err(error) => Err(Error::Syntax { file: name.clone(), message: error.to_string() }),
    };
    texts.par_iter().map(parse).collect()
}

fn combine(files: Vec<Read>) -> Result<RuleSet, Error> {
    let mut lexicon = Lexicon::default();
    for read in &files {
        for class in &read.file.class {
            lexicon.add(class);
        }
    }
    compile(files, lexicon)
}

/// The built-in rule files: path below `rules/` and text, sorted by path.
pub fn built_in() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    collect(&BUILT_IN, &mut texts);
    texts.sort();
    texts
}

fn collect(dir: &Dir<'_>, into: &mut Vec<(String, String)>) {
    for file in dir.files() {
        if file.path().extension().is_some_and(|ending| ending == "toml")
            && let Some(text) = file.contents_utf8()
        {
            into.push((format!("rules/{}", file.path().display()).replace('\\', "/"), text.to_owned()));
        }
    }
    for sub in dir.dirs() {
        collect(sub, into);
    }
}

fn read_folder(folder: &Utf8Path) -> Result<Vec<(String, String)>, Error> {
    let mut texts = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::Read { path: folder.to_owned(), message: error.to_string() })?;
        let Ok(path) = Utf8PathBuf::from_path_buf(entry.path().to_path_buf()) else { continue };
        if entry.file_type().is_file() && path.extension() == Some("toml") {
            let text = std::fs::read_to_string(&path).map_err(|error| Error::Read { path: path.clone(), message: error.to_string() })?;
            texts.push((path.to_string(), text));
        }
    }
    if texts.is_empty() {
        return Err(Error::Read { path: folder.to_owned(), message: "there is no `.toml` file in it".to_owned() });
    }
    Ok(texts)
}
