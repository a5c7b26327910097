//! The files that were read closely: their modules and texts, and which further files are worth it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input};
use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use typed_arena::Arena;

use crate::front;
use crate::ir::Module;
use crate::link::Wanted;
use crate::outcome::{Comment, Site, SkippedFile};
use crate::rules::{RuleSet, names_logout};
use crate::source::{self, FileId, Language, LineIndex, Span, Tree};

/// The text of a file that was read closely.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) lines: LineIndex,
    pub(super) mentions_logout: bool,
}

impl Text {
    pub(super) fn site(&self, path: &Utf8Path, span: Span) -> Site {
        let (from, to) = (self.lines.place(&self.text, span.start), self.lines.place(&self.text, span.end));
        let code = self.text.get(span.start as usize..span.end as usize).unwrap_or("").to_owned();
        Site { file: path.to_owned(), line: from.line, column: from.column, end_line: to.line, end_column: to.column, code }
    }
}

/// The files that were read closely so far.
pub(super) struct Lowered<'t, 'p> {
    pub(super) tree: &'t Tree,
    pub(super) limit: u64,
    pub(super) rules: &'t RuleSet,
    pub(super) modules: BTreeMap<FileId, &'p Module>,
    pub(super) texts: BTreeMap<FileId, Text>,
    pub(super) skipped: Vec<SkippedFile>,
    /// The files by the names that stand in them as bases of classes, for the languages that were asked about.
    pub(super) bases: FxHashMap<Language, FxHashMap<String, Vec<FileId>>>,
}

impl<'p> Lowered<'_, 'p> {
    /// Reads and lowers files, in parallel; gives the modules that are new.
    pub(super) fn add(&mut self, arena: &'p Arena<Module>, ids: &BTreeSet<FileId>) -> Vec<&'p Module> {
        let mut wanted: Vec<FileId> = ids.iter().copied().filter(|id| !self.texts.contains_key(id)).collect();
        // The largest first, lest all threads wait for the one that takes it last.
        wanted.sort_by_cached_key(|id| Reverse(self.tree.file(*id).map_or(0, source::size)));
        let lowered: Vec<Result<(Module, Text), SkippedFile>> = wanted
            .par_iter()
            .with_max_len(1)
            .filter_map(|id| {
                let file = self.tree.file(*id)?;
                Some(match source::read(file, self.limit) {
                    Ok(text) => {
                        // A bug in a front end must cost one file and not the run.
                        let Ok(module) = std::panic::catch_unwind(|| front::lower(*id, file.language, &file.path, &text)) else {
                            return Some(Err(SkippedFile { file: file.path.clone(), reason: "could not be read: a bug in this program".to_owned() }));
                        };
                        let lines = LineIndex::new(&text);
                        // No logout begins in what a program wrote, or in a library: their functions are only called.
                        let mentions_logout = (names_logout(file.path.as_str()) || names_logout(&text)) && !source::is_foreign(file, &text);
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
    pub(super) fn missing(&mut self, wanted: BTreeSet<Wanted>) -> BTreeSet<FileId> {
        let mut files = BTreeSet::new();
        let mut words: BTreeMap<Language, Vec<String>> = BTreeMap::new();
        let mut naming: BTreeMap<FileId, Vec<String>> = BTreeMap::new();
        for one in wanted {
            if let Wanted::File(file) | Wanted::Routes(file) | Wanted::Naming { file, .. } = one
                && self.texts.contains_key(&file)
            {
                continue;
            }
            match one {
                Wanted::File(file) => {
                    files.insert(file);
                }
                Wanted::Routes(file) => {
                    if self.leads_on(file) {
                        files.insert(file);
                    }
                }
                Wanted::Naming { file, name } => naming.entry(file).or_default().push(name),
                Wanted::Mention { language, word } => words.entry(language).or_default().push(word),
            }
        }
        for (language, words) in words {
            files.extend(self.deriving(language, &words));
        }
        files.extend(self.naming(&naming));
        files.retain(|id| self.tree.file(*id).is_some_and(|file| !self.skipped.iter().any(|skipped| file.path == skipped.file)));
        files
    }

    /// Whether a file of routes may lead on to others, or tells of the login. One that names a logout is there already.
    fn leads_on(&self, file: FileId) -> bool {
        let Some(source) = self.tree.file(file) else { return false };
        // NOTE: elsewhere packages hand on what others define by importing it.
        if source.language != Language::TypeScript {
            return true;
        }
        source::read(source, self.limit).is_ok_and(|text| {
            let hands_on = |line: &str| line.trim_start().starts_with("export") && line.contains(" from ");
            self.rules.leads_on(source.language, &text) || text.lines().any(hands_on)
        })
    }

    /// The files that say one of the names that are asked of them, or that take all names of another file.
    fn naming(&self, asked: &BTreeMap<FileId, Vec<String>>) -> Vec<FileId> {
        let says = |(file, names): (&FileId, &Vec<String>)| {
            let text = source::read(self.tree.file(*file)?, self.limit).ok()?;
            let takes_all = ["export *", "import *", "::*"].iter().any(|star| text.contains(star));
            (takes_all || names.iter().any(|name| text.contains(name.as_str()))).then_some(*file)
        };
        asked.par_iter().filter_map(says).collect()
    }

    /// The files of a language that name one of the words as the base of a class. The files are read for it once.
    fn deriving(&mut self, language: Language, words: &[String]) -> Vec<FileId> {
        let (tree, limit) = (self.tree, self.limit);
        let bases = self.bases.entry(language).or_insert_with(|| {
            let files: Vec<&source::SourceFile> = tree.files.iter().filter(|file| file.language == language).collect();
            let bases_of = |file: &&source::SourceFile| {
                let text = source::read(file, limit).ok()?;
                (!source::is_foreign(file, &text)).then(|| (file.id, words_at_bases(&text, language)))
            };
            let named: Vec<(FileId, BTreeSet<String>)> = files.par_iter().filter_map(bases_of).collect();
            let mut bases: FxHashMap<String, Vec<FileId>> = FxHashMap::default();
            for (file, names) in named {
                names.into_iter().for_each(|name| bases.entry(name).or_default().push(file));
            }
            bases
        });
        words.iter().flat_map(|word| bases.get(word).into_iter().flatten().copied()).filter(|file| !self.texts.contains_key(file)).collect()
    }

    /// The comments that speak to this program, by file and line.
    pub(super) fn comments(&self) -> Vec<Comment> {
        let of_module = |module: &'p Module| {
            let (source, text) = (self.tree.file(module.file)?, self.texts.get(&module.file)?);
            Some(module.notes.iter().map(|note| Comment { site: text.site(&source.path, note.span), text: note.text.clone() }).collect::<Vec<_>>())
        };
        let mut comments: Vec<Comment> = self.modules.values().copied().filter_map(of_module).flatten().collect();
        comments.sort();
        comments
    }

    /// The texts alone, by path.
    pub(super) fn into_texts(self) -> BTreeMap<Utf8PathBuf, String> {
        let Self { tree, texts, .. } = self;
        texts.into_iter().filter_map(|(id, file)| Some((tree.file(id)?.path.clone(), file.text))).collect()
    }

    /// The files that were left out, and those that were only partly read.
    pub(super) fn all_skipped(&self) -> Vec<SkippedFile> {
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

/// The words of a text that begin with a capital and stand where the bases of a class do.
fn words_at_bases(text: &str, language: Language) -> BTreeSet<String> {
    let words = heads(text, language).filter(|head| is_head(head, language)).flat_map(|head| head.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| word.starts_with(char::is_uppercase)).map(str::to_owned).collect()
}

/// What one of stands in every line that names the bases of a class.
fn marks_of_bases(language: Language) -> &'static AhoCorasick {
    static MARKS: LazyLock<[AhoCorasick; 4]> = LazyLock::new(|| {
        let of_languages: [&[&str]; 4] = [&["class ", "object ", ") :", "):"], &["class "], &["impl"], &["implements", "extends"]];
        of_languages.map(|marks| AhoCorasick::new(marks).expect("the marks are short and few"))
    });
    let [kotlin, python, rust, typescript] = &*MARKS;
    match language {
        Language::Kotlin => kotlin,
        Language::Python => python,
        Language::Rust => rust,
        Language::TypeScript | Language::Component | Language::Template => typescript,
    }
}

/// The lines of a text in which a mark stands. Those of `class A implements` with the bases on lines of their own are one.
fn heads(text: &str, language: Language) -> impl Iterator<Item = &str> {
    let marks = marks_of_bases(language);
    let mut from = 0;
    std::iter::from_fn(move || {
        let hit = marks.find(Input::new(text).range(from..))?;
        let begin = text[..hit.start()].rfind('\n').map_or(0, |at| at + 1);
        let rest = &text[hit.end()..];
        let line = rest.find('\n').unwrap_or(rest.len());
        let goes_on = language == Language::TypeScript && text[begin..hit.start()].contains("class ") && !rest[..line].contains(['{', ';']);
        from = hit.end() + if goes_on { rest.find(['{', ';']).unwrap_or(rest.len()) } else { line };
        Some(&text[begin..from])
    })
}

/// Whether a line in which a mark stands is the head of a class.
fn is_head(line: &str, language: Language) -> bool {
    match language {
        // `class A(…) : Base {`, where the last bracket of the head may stand on a line of its own.
        Language::Kotlin => !line.contains("fun ") && (["class ", "object ", ") :"].iter().any(|word| line.contains(word)) || !line.contains('=')),
        Language::Python => line.trim_start().starts_with("class "),
        Language::Rust => true,
        Language::TypeScript | Language::Component | Language::Template => {
            ["implements", "extends"].iter().any(|word| line.split_once(word).is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with(char::is_whitespace)))
        }
    }
}
