//! The borders between the rooms of the house, and the other promises that no compiler keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Which rooms a room may name. A new room needs a line here; `PIPELINE` stands for all that an audit is made of.
const ROOMS: &[(&str, &[&str])] = &[
    ("outcome", &[]),
    ("source", &[]),
    ("ir", &["source"]),
    ("front", &["ir", "source"]),
    ("rules", &["ir", "outcome", "source"]),
    ("link", &["ir", "source"]),
    ("resolve", &["source"]),
    ("manifest", &["source"]),
    ("trace", &["link", "rules", "ir", "outcome", "source"]),
    ("judge", &["trace", "link", "rules", "ir", "outcome", "source", "manifest"]),
    ("pipeline", &["judge", "trace", "link", "rules", "resolve", "manifest", "front", "ir", "outcome", "source"]),
    ("examples", &["pipeline", "rules", "source", "outcome"]),
    ("checks", &["outcome"]),
    ("report", &["checks", "outcome"]),
    ("settle", &["outcome"]),
    ("baseline", &["settle", "outcome"]),
    ("changed", &["settle", "source", "outcome"]),
    ("suppress", &["checks", "settle", "outcome"]),
    ("output", &[]),
    ("config", &["checks", "judge", "outcome"]),
    ("cli", &["checks", "config", "outcome", "report"]),
    ("run", &["cli", "config", "pipeline", "examples", "rules", "source", "outcome", "report", "checks", "baseline", "changed", "suppress", "settle", "output", "judge"]),
    ("main", &["cli", "run"]),
];

/// Files outside `source` that may touch the disk or the environment, each for its reason.
const MAY_TOUCH_THE_SYSTEM: &[(&str, &str)] = &[
    ("src/rules/load.rs", "reads the rule files that the user names"),
    ("src/config/mod.rs", "reads the configuration file"),
    ("src/baseline.rs", "reads the baseline"),
    ("src/output.rs", "writes the reports"),
    ("src/examples.rs", "writes each example into a folder of its own"),
    ("src/cli/mod.rs", "looks up what the user wishes of a terminal"),
    ("src/main.rs", "takes the arguments"),
    ("src/resolve/kotlin.rs", "reads the heads of listed files for their packages"),
    ("src/resolve/layout.rs", "reads listed manifests that say where modules lie"),
];

/// Names of libraries that `src/` may say, each for its reason.
const ARE_NO_LIBRARY_NAMES: &[(&str, &str)] = &[
    ("astro", "the ending of a kind of file"),
    ("svelte", "the ending of a kind of file"),
    ("cookie", "an ordinary word"),
    ("cookies", "an ordinary word"),
    ("store", "an ordinary word"),
    ("requests", "an ordinary word"),
    ("session", "an ordinary word"),
    ("sessions", "an ordinary word"),
    ("logout", "an ordinary word"),
    ("token", "an ordinary word"),
    ("lexicon", "an ordinary word"),
    ("others", "an ordinary word"),
    ("headers", "an ordinary word"),
    ("magic", "an ordinary word"),
    ("react", "an ordinary word"),
    ("client-state", "the name of an action"),
];

/// The longest that a source file may be.
const MOST_LINES: usize = 500;

struct File {
    /// `src/trace/flows.rs`.
    path: String,
    text: String,
}

impl File {
    /// The room, or the file itself at the top of `src/`.
    fn room(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Its tokens, without attributes, comments and test modules.
    fn tokens(&self) -> Vec<TokenTree> {
        let stream: TokenStream = self.text.parse().unwrap_or_else(|error| panic!("{}: {error}", self.path));
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        tokens
    }
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let table: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.path != "src/lib.rs" && !file.is_test()) {
        let Some(allowed) = table.get(file.room()) else {
            wrong.push(format!("{}: the room `{}` is not in the table", file.path, file.room()));
            continue;
        };
        for named in rooms_named(&file.tokens()) {
            if table.contains_key(named.as_str()) && named != file.room() && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{}: `{}` may not name `{named}`", file.path, file.room()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn front_ends_do_not_name_each_other() {
    let languages = ["typescript", "python", "kotlin", "rust"];
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(own) = languages.iter().find(|language| file.path.starts_with(&format!("src/front/{language}/"))) else { continue };
        for other in languages.iter().filter(|language| language != &own) {
            if file.text.contains(&format!("front::{other}")) {
                wrong.push(format!("{}: names the front end of {other}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn syntax_trees_stay_in_the_front_ends() {
    let parsers = ["tree_sitter", "syn", "proc_macro2"];
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|file| file.room() != "front")
        .filter(|file| file.tokens().iter().any(|token| matches!(token, TokenTree::Ident(name) if parsers.iter().any(|parser| name == parser))))
        .map(|file| file.path.clone())
        .collect();
    assert!(wrong.is_empty(), "parsers are named outside of `front`: {wrong:?}");
}

#[test]
fn every_source_file_tells_first_what_it_is_for() {
    let wrong: Vec<String> = sources().into_iter().filter(|file| !file.text.starts_with("//! ")).map(|file| file.path).collect();
    assert!(wrong.is_empty(), "these files do not begin with `//!`: {wrong:?}");
}

#[test]
fn no_source_file_is_too_long() {
    let wrong: Vec<String> = sources()
        .iter()
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert!(wrong.is_empty(), "files of more than {MOST_LINES} lines:\n{}", wrong.join("\n"));
}

#[test]
fn the_disk_and_the_environment_are_touched_in_few_places() {
    let allowed: BTreeSet<&str> = MAY_TOUCH_THE_SYSTEM.iter().map(|(path, _)| *path).collect();
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.room() != "source" && !file.is_test() && !allowed.contains(file.path.as_str())) {
        for module in system_modules(&file.tokens()) {
            wrong.push(format!("{}: uses std::{module}", file.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_are_named_in_rules_and_not_in_code() {
    let names = library_names();
    assert!(names.contains("express-session"), "the names of libraries are read from the rules");
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        for token in file.tokens() {
            let TokenTree::Literal(literal) = token else { continue };
            let syn::Lit::Str(text) = syn::Lit::new(literal) else { continue };
            let text = text.value();
            let words = text.split(|letter: char| !(letter.is_alphanumeric() || "-_@/.".contains(letter)));
            for name in words.filter(|word| names.contains(*word)) {
                wrong.push(format!("{}: \"{text}\" names `{name}`, which belongs into a rule", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn word_classes_that_the_code_asks_for_are_there_and_none_is_idle() {
    let texts = rule_texts();
    let classes: BTreeSet<String> =
        texts.iter().filter_map(|(_, table)| table.get("class")?.as_array()).flatten().filter_map(|class| Some(class.get("name")?.as_str()?.to_owned())).collect();
    let mut asked = BTreeSet::new();
    let mut said = BTreeSet::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        let words = words(&file.tokens());
        let text_at = |at: usize| words.get(at).and_then(|word| word.strip_prefix('"')?.strip_suffix('"')).map(str::to_owned);
        said.extend((0..words.len()).filter_map(text_at));
        let asks = |at: &usize| words[*at] == "lexicon" && words.get(at + 1).is_some_and(|dot| dot == ".") && ["is", "is_exactly", "class"].contains(&words[at + 2].as_str());
        asked.extend((0..words.len()).filter(asks).filter_map(|at| text_at(at + 3)));
    }
    assert!(asked.contains("logout"), "the classes that the code asks for are seen");
    let missing: Vec<&String> = asked.difference(&classes).collect();
    assert!(missing.is_empty(), "no class is called {missing:?}");
    let is_in_a_pattern = |class: &String| texts.iter().any(|(text, _)| text.contains(&format!("<{class}>")));
    let idle: Vec<&String> = classes.iter().filter(|class| !said.contains(*class) && !is_in_a_pattern(class)).collect();
    assert!(idle.is_empty(), "nobody asks for {idle:?}");
}

/// All files below `src/`, sorted.
fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(root.join("src"))
        .into_iter()
        .map(|entry| entry.expect("the sources can be listed").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let inside = path.strip_prefix(root).expect("a source file is below the root");
            File { path: inside.to_string_lossy().replace('\\', "/"), text }
        })
        .collect()
}

/// The tokens one after another, groups opened; attributes (so also documentation) and test modules are left out.
fn flatten(stream: TokenStream, into: &mut Vec<TokenTree>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                trees.next_if(|next| matches!(next, TokenTree::Punct(sign) if sign.as_char() == '!'));
                let attribute = trees.next_if(|next| matches!(next, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket));
                if attribute.is_some_and(|attribute| attribute.to_string().replace(' ', "") == "[cfg(test)]") {
                    // The item ends with its braces or its semicolon.
                    let ends = |tree: &TokenTree| match tree {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(sign) => sign.as_char() == ';',
                        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
                    };
                    while trees.next().is_some_and(|tree| !ends(&tree)) {}
                }
            }
            TokenTree::Group(group) => flatten(group.stream(), into),
            other => into.push(other),
        }
    }
}

/// What stands behind `crate::`, also in a group: `use crate::{ir, source}`; in the program's own file, behind `logout_audit::`.
fn rooms_named(tokens: &[TokenTree]) -> BTreeSet<String> {
    let words = words(tokens);
    let mut named = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let is_root = word == "crate" || word == "logout_audit";
        if is_root && words.get(at + 1).is_some_and(|next| next == "::") {
            // Groups are opened, so all names up to the end of a `use` may be rooms; in other places only the first is one.
            let is_use = words[..at].iter().rev().take(2).any(|before| before == "use");
            let reach = if is_use { words[at..].iter().position(|word| word == ";").unwrap_or(3) } else { 3 };
            let first = words.get(at + 2).cloned();
            let in_group = is_use
                && first.as_deref().is_some_and(|first| {
                    words.get(at + 3).is_none_or(|next| next == "," || next == "::") && words[at..at + reach].iter().any(|word| word == ",") && !first.is_empty()
                });
            named.extend(first);
            if in_group {
                named.extend(words[at..at + reach].windows(2).filter(|two| two[0] == ",").map(|two| two[1].clone()));
            }
        }
    }
    named
}

/// `fs` and `env` where they are modules of the standard library.
fn system_modules(tokens: &[TokenTree]) -> BTreeSet<&'static str> {
    let words = words(tokens);
    let mut found = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let Some(module) = ["fs", "env"].into_iter().find(|module| module == word) else { continue };
        let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).map_or("", String::as_str);
        let of_std = before(1) == "::" && before(2) == "std";
        let is_path = words.get(at + 1).is_some_and(|next| next == "::") && before(1) != "::" && before(1) != ".";
        if of_std || is_path {
            found.insert(module);
        }
    }
    found
}

/// The tokens as words, with `::` as one.
fn words(tokens: &[TokenTree]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for token in tokens {
        let text = token.to_string();
        match words.last_mut() {
            Some(last) if last == ":" && text == ":" => last.push(':'),
            _ => words.push(text),
        }
    }
    words
}

/// The rule files: the text of each, and what it says.
fn rule_texts() -> Vec<(String, toml::Table)> {
    walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"))
        .into_iter()
        .map(|entry| entry.expect("the rules can be listed").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a rule file is text");
            let table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (text, table)
        })
        .collect()
}

/// The names of libraries and packages in the rules, as far as they cannot be mistaken for ordinary words.
fn library_names() -> BTreeSet<String> {
    let allowed: BTreeSet<&str> = ARE_NO_LIBRARY_NAMES.iter().map(|(name, _)| *name).collect();
    let mut names = BTreeSet::new();
    for (_, table) in rule_texts() {
        let Some(library) = table.get("library") else { continue };
        let packages = library.get("packages").and_then(toml::Value::as_array).into_iter().flatten();
        names.extend(packages.chain(library.get("name")).filter_map(|name| name.as_str()).map(|name| name.trim_end_matches(['*', '/', ':']).to_owned()));
    }
    names.retain(|name| name.chars().filter(|letter| letter.is_alphabetic()).count() >= 5 && !allowed.contains(name.as_str()));
    names
}
