//! Finds the package of a Kotlin file and the names it declares, without a parser.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashSet;

/// How many bytes after its keyword are looked at for the name of a declaration.
const MAX_HEAD: usize = 300;

/// What a file says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) package: String,
    /// Names of classes, interfaces, objects, functions, properties and aliases at any depth.
    pub(super) names: FxHashSet<String>,
}

/// The words behind which a name is declared.
const KEYWORDS: [&str; 7] = ["class", "interface", "object", "typealias", "fun", "val", "var"];

/// Reads `text`. Words in comments and strings count too: a name too many costs a look into one file more.
pub(super) fn declared(text: &str) -> Declared {
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| AhoCorasick::new(KEYWORDS).expect("the words are short and few"));
    let mut found = Declared { package: package(text).unwrap_or_default(), names: FxHashSet::default() };
    for word in WORDS.find_iter(text) {
        let (before, after) = (&text[..word.start()], &text[word.end()..]);
        if before.chars().next_back().is_some_and(is_name_character) || after.chars().next().is_some_and(is_name_character) {
            continue;
        }
        let head = window(after);
        let name = match KEYWORDS[word.pattern()] {
            "fun" => function_name(head).or_else(|| next_word(head)),
            "val" | "var" => property_name(head),
            _ => next_word(head),
        };
        if let Some(name) = name.filter(|name| !found.names.contains(*name)) {
            found.names.insert(name.to_owned());
        }
    }
    found
}

/// The package, if the file names one before its first declaration.
fn package(text: &str) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.lines().map(str::trim_start).find(|line| line.strip_prefix("package").is_some_and(|rest| rest.starts_with([' ', '\t'])))?;
    let name = line["package".len()..].split([';', '/']).next().unwrap_or_default();
    let name: String = name.chars().filter(|character| !character.is_whitespace() && *character != '`').collect();
    Some(name)
}

/// The next word of `text`.
fn next_word(text: &str) -> Option<&str> {
    let text = &text[text.find(is_name_character)?..];
    Some(text.split(|character| !is_name_character(character)).next().unwrap_or(text))
}

/// As much of a text as the head of a declaration may take, on its line: a line may be endless, and each word must cost little.
fn window(text: &str) -> &str {
    let end = text.floor_char_boundary(MAX_HEAD);
    text[..end].lines().next().unwrap_or("")
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// `<T> Receiver<X>.name(` after the word `fun`.
fn function_name(after: &str) -> Option<&str> {
    let head = &after[..after.find('(')?];
    last_name(head)
}

/// `Receiver.name: Type` or `name =` after `val`.
fn property_name(after: &str) -> Option<&str> {
    let end = after.find([':', '=', '(', ')', '{']).unwrap_or(after.len());
    let head = after[..end].trim_end();
    // `val x by lazy` names its property before the delegate.
    last_name(head.split(" by ").next().unwrap_or(head))
}

fn last_name(head: &str) -> Option<&str> {
    let head = head.trim_end().trim_end_matches('`');
    let start = head.rfind(|character| !is_name_character(character)).map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    Some(&head[start..]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_kind_are_found() {
        let text = "\u{feff}// head\n@file:JvmName(\"X\")\npackage  com.acme.`auth` ; // c\r\n\
            internal data class User(val id: Int)\nsealed interface Step\nenum class Mode { A }\ncompanion object Keys\n\
            suspend fun <T> Flow<T>.collectAll(x: T) {}\nfun ApplicationCall.logout() = 1\nval Context.store by lazy { 1 }\n\
            private val secret: String = \"\"\ntypealias Id = Int\nfun interface Action { fun run() }\n";
        let found = declared(text);
        assert_eq!(found.package, "com.acme.auth");
        for name in ["User", "id", "Step", "Mode", "Keys", "collectAll", "logout", "store", "secret", "Id", "Action", "run"] {
            assert!(found.names.contains(name), "{name} in {:?}", found.names);
        }
    }

    #[test]
    fn an_endless_line_is_read_in_linear_time() {
        let found = declared(&"fun val é ".repeat(20_000));
        assert!(found.names.contains("val"), "{:?}", found.names);
    }

    #[test]
    fn a_script_without_a_package_is_in_the_nameless_one() {
        assert_eq!(declared("val packageName = 1").package, "");
    }
}
