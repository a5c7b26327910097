//! Identifiers as words, and the classes of words that rules speak of.

use rustc_hash::FxHashMap;

use super::schema::WordClass;

/// Splits an identifier, path or text into lower-case words: at signs, at a change from small to capital letters, and before the last
/// capital of a run (`HTTPServer` gives `http`, `server`).
pub fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            take_word(&mut word, &mut words);
            continue;
        }
        let before = at.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(at + 1);
        let rises = c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        let begins = c.is_uppercase() && before.is_some_and(char::is_uppercase) && after.is_some_and(|a| a.is_lowercase());
        if rises || begins {
            take_word(&mut word, &mut words);
        }
        word.extend(c.to_lowercase());
    }
    take_word(&mut word, &mut words);
    words
}

fn take_word(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// Index of a class in [`Lexicon`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClassId(u16);

/// All word classes of a rule set.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    names: FxHashMap<String, ClassId>,
    classes: Vec<Class>,
}

#[derive(Debug, Clone, Default)]
struct Class {
    phrases: Vec<Vec<Word>>,
    except: Vec<Vec<Word>>,
}

/// One word of a phrase; a star at its end or head stands for more letters.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    open_end: bool,
    open_head: bool,
}

impl Lexicon {
    /// Adds a class, or more words to one that is there already.
    pub(super) fn add(&mut self, class: &WordClass) {
        let id = match self.names.get(&class.name) {
            Some(id) => *id,
            None => {
                let id = ClassId(self.classes.len() as u16);
                self.names.insert(class.name.clone(), id);
                self.classes.push(Class::default());
                id
            }
        };
        let entry = &mut self.classes[id.0 as usize];
        entry.phrases.extend(class.words.iter().map(|phrase| parse_phrase(phrase)));
        entry.except.extend(class.except.iter().map(|phrase| parse_phrase(phrase)));
    }

    /// The class called `name`.
    pub fn class(&self, name: &str) -> Option<ClassId> {
        self.names.get(name).copied()
    }

    /// The names of all classes, sorted.
    pub fn class_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.names.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Whether an identifier or text has a word of the class and none that excludes it.
    pub fn holds(&self, id: ClassId, text: &str) -> bool {
        let words = split_words(text);
        let class = &self.classes[id.0 as usize];
        class.phrases.iter().any(|phrase| occurs(phrase, &words)) && !class.except.iter().any(|phrase| occurs(phrase, &words))
    }

    /// Whether `text` is in the class called `name`; `false` if there is no such class.
    pub fn is(&self, name: &str, text: &str) -> bool {
        self.class(name).is_some_and(|id| self.holds(id, text))
    }
}

fn parse_phrase(phrase: &str) -> Vec<Word> {
    phrase.split_whitespace().map(|word| Word { text: word.trim_matches('*').to_lowercase(), open_end: word.ends_with('*'), open_head: word.starts_with('*') }).collect()
}

fn occurs(phrase: &[Word], words: &[String]) -> bool {
    if words.windows(phrase.len()).any(|window| phrase.iter().zip(window).all(|(word, text)| fits(word, text))) {
        return true;
    }
    // `refreshtoken` written as one word is `refresh token` too.
    phrase.len() > 1 && {
        let joined: String = phrase.iter().map(|word| word.text.as_str()).collect();
        words.iter().any(|text| *text == joined || text.strip_suffix('s') == Some(joined.as_str()))
    }
}

fn fits(word: &Word, text: &str) -> bool {
    match (word.open_head, word.open_end) {
        (true, true) => text.contains(&word.text),
        (true, false) => text.ends_with(&word.text),
        (false, true) => text.starts_with(&word.text),
        (false, false) => text == word.text || text.strip_suffix('s') == Some(word.text.as_str()) || text.strip_suffix("es") == Some(word.text.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::split_words;

    #[test]
    fn identifiers_are_split_at_capitals_and_signs() {
        assert_eq!(split_words("handleLogOut"), ["handle", "log", "out"]);
        assert_eq!(split_words("HTTPServer_sign-out"), ["http", "server", "sign", "out"]);
        assert_eq!(split_words("/api/v1/auth.delete"), ["api", "v1", "auth", "delete"]);
    }
}
