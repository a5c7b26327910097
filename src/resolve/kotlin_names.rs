//! Finds the package of a Kotlin file and the names it declares, without a parser.

use std::collections::BTreeSet;

/// How many bytes after its keyword are looked at for the name of a declaration.
const MAX_HEAD: usize = 300;

/// What a file says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) package: String,
    /// Names of classes, interfaces, objects, functions, properties and aliases at any depth.
    pub(super) names: BTreeSet<String>,
}

/// Reads `text`. Words in comments and strings count too: a name too many costs a look into one file more.
pub(super) fn declared(text: &str) -> Declared {
    let mut found = Declared { package: package(text).unwrap_or_default(), names: BTreeSet::new() };
    for line in text.lines() {
        let mut rest = line;
        while let Some((word, after)) = next_word(rest) {
            let head = window(after);
            let name = match word {
                "class" | "interface" | "object" | "typealias" => next_word(head).map(|(name, _)| name),
                "fun" => function_name(head).or_else(|| next_word(head).map(|(name, _)| name)),
                "val" | "var" => property_name(head),
                _ => None,
            };
            if let Some(name) = name {
                found.names.insert(name.to_owned());
            }
            rest = after;
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

/// The next word of `text` and what follows it.
fn next_word(text: &str) -> Option<(&str, &str)> {
    let start = text.find(is_name_character)?;
    let text = &text[start..];
    let end = text.find(|character| !is_name_character(character)).unwrap_or(text.len());
    Some(text.split_at(end))
}

/// As much of a text as the head of a declaration may take: a line may be endless, and each word must cost little.
fn window(text: &str) -> &str {
    let end = (0..=text.len().min(MAX_HEAD)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
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
