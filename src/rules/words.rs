//! Identifiers as words, and the classes of words that rules speak of.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};

use super::schema::WordClass;

/// Splits an identifier, path or text into lower-case words: at signs, at a change from small to capital letters, and before the last
/// capital of a run (`HTTPServer` gives `http`, `server`).
pub fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    let mut last = None;
    while let Some(c) = chars.next() {
        let before: Option<char> = last.replace(c);
        if !c.is_alphanumeric() {
            take_word(&mut word, &mut words);
            continue;
        }
        let rises = c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        let begins = c.is_uppercase() && before.is_some_and(char::is_uppercase) && chars.peek().is_some_and(|a| a.is_lowercase());
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
    /// Tells the answers of one lexicon from those of another.
    number: u64,
}

#[derive(Debug, Clone, Default)]
struct Class {
    phrases: Phrases,
    except: Phrases,
}

/// Phrases of which any may occur.
#[derive(Debug, Clone, Default)]
struct Phrases {
    /// Those of a single word without a star: most of them.
    plain: FxHashSet<String>,
    others: Vec<Phrase>,
}

impl Phrases {
    fn add(&mut self, phrase: &str) {
        let mut phrase = parse_phrase(phrase);
        match phrase.words.as_mut_slice() {
            [Word { text, open_end: false, open_head: false }] => {
                self.plain.insert(std::mem::take(text));
            }
            _ => self.others.push(phrase),
        }
    }

    fn occur(&self, words: &[&str]) -> bool {
        let is_plain = |word: &&str| singulars(word).any(|word| self.plain.contains(word));
        !self.plain.is_empty() && words.iter().any(is_plain) || self.others.iter().any(|phrase| occurs(phrase, words))
    }
}

/// A word, and what it is the plural of.
fn singulars(word: &str) -> impl Iterator<Item = &str> {
    [Some(word), word.strip_suffix('s'), word.strip_suffix("es")].into_iter().flatten()
}

/// Words in their order, and the same written as one word.
#[derive(Debug, Clone)]
struct Phrase {
    words: Vec<Word>,
    joined: String,
}

/// What was found out about one text. There are many, for each thread.
struct Known {
    /// Divided by spaces.
    words: Box<str>,
    /// Two bits for each class: whether it was asked, and the answer.
    answers: Box<[u8]>,
}

impl Known {
    fn new(text: &str, classes: usize) -> Self {
        Self { words: split_words(text).join(" ").into(), answers: vec![0; classes.div_ceil(4)].into() }
    }

    fn answer(&self, class: ClassId) -> Option<bool> {
        let bits = self.answers[class.0 as usize / 4] >> (class.0 % 4 * 2);
        (bits & 1 != 0).then_some(bits & 2 != 0)
    }

    fn keep(&mut self, class: ClassId, holds: bool) {
        self.answers[class.0 as usize / 4] |= (1 | u8::from(holds) << 1) << (class.0 % 4 * 2);
    }
}

/// The answers of one thread, for one lexicon at a time.
#[derive(Default)]
struct Answers {
    number: u64,
    texts: FxHashMap<String, Known>,
}

/// How many texts a thread keeps answers for before it begins anew.
const MAX_TEXTS: usize = 200_000;

static NUMBERS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static ANSWERS: RefCell<Answers> = RefCell::default();
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
        self.number = NUMBERS.fetch_add(1, Ordering::Relaxed);
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
        class.words.iter().for_each(|phrase| entry.phrases.add(phrase));
        class.except.iter().for_each(|phrase| entry.except.add(phrase));
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
        ANSWERS.with_borrow_mut(|answers| {
            if answers.number != self.number || answers.texts.len() > MAX_TEXTS {
                *answers = Answers { number: self.number, texts: FxHashMap::default() };
            }
            // Most are asked again: one look is enough for these.
            if let Some(holds) = answers.texts.get(text).and_then(|known| known.answer(id)) {
                return holds;
            }
            let known = answers.texts.entry(text.to_owned()).or_insert_with(|| Known::new(text, self.classes.len()));
            let class = &self.classes[id.0 as usize];
            let words: Vec<&str> = known.words.split_ascii_whitespace().collect();
            let holds = class.phrases.occur(&words) && !class.except.occur(&words);
            known.keep(id, holds);
            holds
        })
    }

    /// Whether `text` is in the class called `name`; `false` if there is no such class.
    pub fn is(&self, name: &str, text: &str) -> bool {
        self.class(name).is_some_and(|id| self.holds(id, text))
    }

    /// Whether `text` is one of the phrases of the class called `name` and says nothing else: `not_in` is one that says `not in`,
    /// `not_found` is none.
    pub fn is_exactly(&self, name: &str, text: &str) -> bool {
        self.class(name).and_then(|id| self.classes.get(id.0 as usize)).is_some_and(|class| class.names(&split_words(text)))
    }
}

impl Class {
    /// Whether words say one phrase of the class and nothing more.
    fn names(&self, words: &[String]) -> bool {
        let joined = words.concat();
        self.phrases.plain.contains(&joined) || self.phrases.others.iter().any(|phrase| phrase.joined == joined)
    }
}

fn parse_phrase(phrase: &str) -> Phrase {
    let words: Vec<Word> =
        phrase.split_whitespace().map(|word| Word { text: word.trim_matches('*').to_lowercase(), open_end: word.ends_with('*'), open_head: word.starts_with('*') }).collect();
    let joined = words.iter().map(|word| word.text.as_str()).collect();
    Phrase { words, joined }
}

fn occurs(phrase: &Phrase, words: &[&str]) -> bool {
    if words.windows(phrase.words.len()).any(|window| phrase.words.iter().zip(window).all(|(word, text)| fits(word, text))) {
        return true;
    }
    // `refreshtoken` written as one word is `refresh token` too.
    phrase.words.len() > 1 && words.iter().any(|text| **text == *phrase.joined || text.strip_suffix('s') == Some(phrase.joined.as_str()))
}

fn fits(word: &Word, text: &str) -> bool {
    match (word.open_head, word.open_end) {
        (true, true) => text.contains(&word.text),
        (true, false) => text.ends_with(&word.text),
        (false, true) => text.starts_with(&word.text),
        (false, false) => singulars(text).any(|text| text == word.text),
    }
}

#[cfg(test)]
mod tests {
    use super::split_words;
    use crate::rules;

    #[test]
    fn identifiers_are_split_at_capitals_and_signs() {
        assert_eq!(split_words("handleLogOut"), ["handle", "log", "out"]);
        assert_eq!(split_words("HTTPServer_sign-out"), ["http", "server", "sign", "out"]);
        assert_eq!(split_words("/api/v1/auth.delete"), ["api", "v1", "auth", "delete"]);
    }

    #[test]
    fn a_name_is_exactly_a_phrase_however_it_is_spelled_and_nothing_more() {
        let rules = rules::load(&[]).expect("the built-in rules are valid");
        let is_exactly = |class: &str, names: &[&str]| names.iter().filter(|name| rules.lexicon.is_exactly(class, name)).count();
        assert_eq!(is_exactly("leaves-out", &["not", "not_", "NOT_IN", "notIn", "$ne", "notin"]), 6);
        assert_eq!(is_exactly("leaves-out", &["not_found", "neither", "isNotReady"]), 0);
        assert_eq!(is_exactly("password-field", &["hashed_password", "passwordHash", "password"]), 3);
        assert_eq!(is_exactly("password-field", &["passwordResetToken", "password_changed_at"]), 0);
    }

    #[test]
    fn what_is_told_about_a_login_is_no_credential_and_a_question_ends_nothing() {
        let rules = rules::load(&[]).expect("the built-in rules are valid");
        assert!(["tokenExpiredMessage", "redirect_after_login", "lastUser"].iter().all(|key| rules.lexicon.is("about-login", key)));
        assert!(!["access_token", "currentUser"].iter().any(|key| rules.lexicon.is("about-login", key)));
        assert!(["get_password_hash", "findById"].iter().all(|name| rules.lexicon.is("harmless-function", name)));
        assert!(!rules.lexicon.is("harmless-function", "endEverything"));
        assert!(["dispatch({ type: LOGOUT_REQUEST })", "dispatch(logoutStart())"].iter().all(|code| rules.lexicon.is("announcement", code)));
        assert!(!rules.lexicon.is("announcement", "localStorage.removeItem('token')"));
    }
}
