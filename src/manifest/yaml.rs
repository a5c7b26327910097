//! Reads YAML as the plain entries that it holds: each value with the keys that lead to it.
//!
//! Anchors are not put in where they are named: a file of a few lines could say millions of entries by them.

use saphyr_parser::{Event, Parser};

/// How deep entries are read.
const MAX_DEPTH: usize = 40;
/// How many entries are read of one file.
const MAX_ENTRIES: usize = 100_000;

/// One value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The keys from the top of the file; positions in lists are numbers from 0.
    pub keys: Vec<String>,
    pub value: String,
    /// From 1.
    pub line: u32,
}

/// What holds the entry that is being read.
enum Level {
    /// The key whose value comes next, if it was read already.
    Mapping(Option<String>),
    Sequence(usize),
}

/// The entries of a text, in order. Of a broken text those before the fault; all documents of a text stand behind one another.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        if found.len() >= MAX_ENTRIES {
            break;
        }
        match event {
            Event::Scalar(value, ..) => match levels.last_mut() {
                Some(Level::Mapping(key @ None)) => *key = Some(value.into_owned()),
                Some(_) => {
                    if levels.len() <= MAX_DEPTH {
                        found.push(Entry { keys: keys(&levels), value: value.into_owned(), line: u32::try_from(span.start.line()).unwrap_or(u32::MAX) });
                    }
                    next(&mut levels);
                }
                None => {}
            },
            Event::Alias(_) => next(&mut levels),
            Event::MappingStart(..) => levels.push(Level::Mapping(None)),
            Event::SequenceStart(..) => levels.push(Level::Sequence(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                levels.pop();
                next(&mut levels);
            }
            Event::DocumentStart(_) | Event::DocumentEnd => levels.clear(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
    }
    found
}

/// A value has ended: what comes is the next key or the next item. A key that is no plain text counts as one without letters.
fn next(levels: &mut [Level]) {
    match levels.last_mut() {
        Some(Level::Mapping(key)) => *key = if key.is_some() { None } else { Some(String::new()) },
        Some(Level::Sequence(at)) => *at += 1,
        None => {}
    }
}

fn keys(levels: &[Level]) -> Vec<String> {
    let key = |level: &Level| match level {
        Level::Mapping(key) => key.clone().unwrap_or_default(),
        Level::Sequence(at) => at.to_string(),
    };
    levels.iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<String> {
        entries(text).into_iter().map(|entry| format!("{}={}@{}", entry.keys.join("."), entry.value, entry.line)).collect()
    }

    #[test]
    fn values_stand_behind_their_keys() {
        let text = "spring:\n  session:\n    store-type: redis # here\nservers:\n  - url: /api\n  - {url: \"/v2\", tags: [a, b]}\n";
        assert_eq!(written(text), ["spring.session.store-type=redis@3", "servers.0.url=/api@5", "servers.1.url=/v2@6", "servers.1.tags.0=a@6", "servers.1.tags.1=b@6"]);
    }

    #[test]
    fn anchors_are_not_put_in_and_keys_may_be_lists() {
        assert_eq!(written("a: &x {b: 1}\nc: *x\n? [k, l]\n: 2\nd: 3\n"), ["a.b=1@1", ".0=k@3", ".1=l@3", "=2@4", "d=3@5"]);
    }

    #[test]
    fn of_a_broken_file_the_head_is_read() {
        assert_eq!(written("a: 1\nb: [2\nc: }"), ["a=1@1"]);
    }

    #[test]
    fn thousands_of_brackets_come_to_an_end() {
        assert!(entries(&"[".repeat(100_000)).is_empty());
        assert!(entries(&"- ".repeat(100_000)).is_empty());
        assert!(entries(&"? ".repeat(100_000)).iter().all(|entry| entry.keys.len() <= MAX_DEPTH));
    }
}
