//! The little language in which rules name calls: `module:segment.segment`, the same for every programming language.
//!
//! A segment is text with `*` for any letters, `{a,b}` for one of several, `<class>` for a word class; `**` is any number of segments.
//! `name()` must be called, `name(<class>)` must be called with a word of the class among its arguments, `name(text*)` with such an identifier or text.

use crate::ir::{Name, Segment};

use super::words::{ClassId, Lexicon};

/// A compiled pattern over [`Name`]s.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The root must be imported.
    imported: bool,
    segments: Vec<SegmentPattern>,
}

#[derive(Debug, Clone)]
enum SegmentPattern {
    Any,
    One { text: Glob, called: Called },
}

#[derive(Debug, Clone)]
enum Called {
    Either,
    Yes,
    With(Glob),
}

/// What the last segment of a fitting name must be.
#[derive(Debug)]
pub enum Last<'g> {
    OneOf(Vec<&'g str>),
    Fits(&'g Glob),
    Anything,
}

/// A pattern over one text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Text(String),
    Star,
    OneOf(Vec<String>),
    /// Alternatives of which some have stars: `{delete,delete_*}`.
    AnyOf(Vec<Vec<Self>>),
    Class(ClassId),
}

impl Pattern {
    /// Compiles a pattern. `dotted` tells that modules are divided by dots (Python, Kotlin, Rust) and are segments like any other.
    ///
    /// # Errors
    /// A message for the rule's author: an unknown class, a bracket that is not closed.
    pub fn parse(text: &str, dotted: bool, lexicon: &Lexicon) -> Result<Self, String> {
        let (module, path) = match text.split_once(':') {
            Some((module, path)) => (Some(module), path),
            None => (None, text),
        };
        let mut segments = Vec::new();
        if let Some(module) = module {
            if dotted {
                for part in split_path(module)? {
                    segments.push(parse_segment(&part, lexicon)?);
                }
            } else {
                segments.push(SegmentPattern::One { text: Glob::parse(module, lexicon)?, called: Called::Either });
            }
        }
        for part in split_path(path)? {
            segments.push(parse_segment(&part, lexicon)?);
        }
        if segments.is_empty() {
            return Err("a pattern needs at least one segment".to_owned());
        }
        Ok(Self { imported: module.is_some(), segments })
    }

    /// Whether a name fits.
    pub fn fits(&self, name: &Name, lexicon: &Lexicon) -> bool {
        (!self.imported || name.imported) && fits_from(&self.segments, &name.segments, lexicon)
    }

    /// What a fitting name's last segment must be.
    pub fn last(&self) -> Last<'_> {
        match self.segments.last() {
            Some(SegmentPattern::One { text, .. }) => text.texts().map_or(Last::Fits(text), Last::OneOf),
            Some(SegmentPattern::Any) | None => Last::Anything,
        }
    }

    /// Whether a fitting name may end in this text.
    pub fn may_end_in(&self, last: &str, lexicon: &Lexicon) -> bool {
        match self.segments.last() {
            Some(SegmentPattern::One { text, .. }) => text.fits(last, lexicon),
            Some(SegmentPattern::Any) | None => true,
        }
    }

    /// The module part of a pattern for an undotted language, or its first literal segments, for choosing the files worth reading.
    pub fn root_text(&self) -> Option<&str> {
        if !self.imported {
            return None;
        }
        match self.segments.first()? {
            SegmentPattern::One { text, .. } => text.single(),
            SegmentPattern::Any => None,
        }
    }
}

impl Glob {
    /// Compiles a pattern over one text.
    ///
    /// # Errors
    /// A message for the rule's author.
    pub fn parse(text: &str, lexicon: &Lexicon) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let close = match c {
                '*' => {
                    flush(&mut literal, &mut parts);
                    parts.push(Part::Star);
                    rest = &rest[1..];
                    continue;
                }
                '{' => '}',
                '<' => '>',
                _ => {
                    literal.push(c);
                    rest = &rest[c.len_utf8()..];
                    continue;
                }
            };
            flush(&mut literal, &mut parts);
            let end = rest.find(close).ok_or_else(|| format!("`{c}` is not closed in `{text}`"))?;
            let inner = &rest[1..end];
            if c == '{' {
                let alternatives = inner.split(',').map(|one| one.trim().trim_end_matches("()"));
                if inner.contains('*') {
                    parts.push(Part::AnyOf(alternatives.map(|one| Self::parse(one, lexicon).map(|glob| glob.parts)).collect::<Result<_, _>>()?));
                } else {
                    parts.push(Part::OneOf(alternatives.map(str::to_owned).collect()));
                }
            } else {
                let class = lexicon.class(inner).ok_or_else(|| format!("unknown word class `{inner}`; there are {}", lexicon.class_names().join(", ")))?;
                parts.push(Part::Class(class));
            }
            rest = &rest[end + 1..];
        }
        flush(&mut literal, &mut parts);
        Ok(Self { parts })
    }

    /// Whether a text fits.
    pub fn fits(&self, text: &str, lexicon: &Lexicon) -> bool {
        parts_fit(&self.parts, text, lexicon)
    }

    /// Whether a text fits, or one of the words that blanks divide.
    fn fits_any(&self, text: &str, lexicon: &Lexicon) -> bool {
        if matches!(self.parts.as_slice(), [Part::Class(_)]) {
            // A class that one argument excludes is still in another.
            return text.split(' ').any(|word| self.fits(word, lexicon));
        }
        self.fits(text, lexicon) || text.split(' ').any(|word| self.fits(word, lexicon))
    }

    fn texts(&self) -> Option<Vec<&str>> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(vec![text]),
            [Part::OneOf(texts)] => Some(texts.iter().map(String::as_str).collect()),
            [] => Some(vec![""]),
            _ => None,
        }
    }

    /// The one text that fits, or that what fits begins with.
    pub(super) fn single(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Text(text)] | [Part::Text(text), Part::Star] => Some(text),
            _ => None,
        }
    }
}

fn flush(literal: &mut String, parts: &mut Vec<Part>) {
    if !literal.is_empty() {
        parts.push(Part::Text(std::mem::take(literal)));
    }
}

fn parts_fit(parts: &[Part], text: &str, lexicon: &Lexicon) -> bool {
    let Some((first, rest)) = parts.split_first() else { return text.is_empty() };
    match first {
        Part::Text(literal) => text.strip_prefix(literal.as_str()).is_some_and(|tail| parts_fit(rest, tail, lexicon)),
        Part::Star => rest.is_empty() || text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| parts_fit(rest, &text[at..], lexicon)),
        Part::OneOf(texts) => texts.iter().any(|one| text.strip_prefix(one.as_str()).is_some_and(|tail| parts_fit(rest, tail, lexicon))),
        Part::AnyOf(alternatives) if rest.is_empty() => alternatives.iter().any(|one| parts_fit(one, text, lexicon)),
        Part::AnyOf(alternatives) => alternatives.iter().any(|one| parts_fit(&[one.as_slice(), rest].concat(), text, lexicon)),
        Part::Class(class) => {
            // A class takes all that is left but what a literal end takes.
            let tail = match rest {
                [] => text,
                [Part::Star] => text,
                [Part::Text(end)] => match text.strip_suffix(end.as_str()) {
                    Some(head) => head,
                    None => return false,
                },
                _ => text,
            };
            lexicon.holds(*class, tail)
        }
    }
}

fn fits_from(patterns: &[SegmentPattern], segments: &[Segment], lexicon: &Lexicon) -> bool {
    match patterns.split_first() {
        None => segments.is_empty(),
        // Behind the last gap there is one place alone where the rest may fit.
        Some((SegmentPattern::Any, rest)) if !rest.iter().any(|pattern| matches!(pattern, SegmentPattern::Any)) => {
            segments.len().checked_sub(rest.len()).is_some_and(|from| fits_from(rest, &segments[from..], lexicon))
        }
        Some((SegmentPattern::Any, rest)) => (0..=segments.len()).any(|from| fits_from(rest, &segments[from..], lexicon)),
        Some((SegmentPattern::One { text, called }, rest)) => segments.split_first().is_some_and(|(segment, after)| {
            text.fits(&segment.text, lexicon)
                && match (called, &segment.called) {
                    (Called::Either, _) | (Called::Yes, Some(_)) => true,
                    (Called::With(glob), Some(subject)) => glob.fits_any(subject, lexicon),
                    (Called::Yes | Called::With(_), None) => false,
                }
                && fits_from(rest, after, lexicon)
        }),
    }
}

fn parse_segment(text: &str, lexicon: &Lexicon) -> Result<SegmentPattern, String> {
    if text == "**" {
        return Ok(SegmentPattern::Any);
    }
    let (name, called) = match open_bracket(text) {
        None => (text, Called::Either),
        Some(open) => {
            let inner = text[open + 1..].strip_suffix(')').ok_or_else(|| format!("`(` is not closed in `{text}`"))?;
            (&text[..open], if inner.is_empty() { Called::Yes } else { Called::With(Glob::parse(inner, lexicon)?) })
        }
    };
    Ok(SegmentPattern::One { text: Glob::parse(name, lexicon)?, called })
}

/// Where the bracket of a call opens: the first one outside alternatives.
fn open_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '(' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })
}

/// Splits at dots that stand outside brackets.
fn split_path(path: &str) -> Result<Vec<String>, String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut depth = 0_i32;
    for c in path.chars() {
        match c {
            '{' | '(' | '<' => depth += 1,
            '}' | ')' | '>' => depth -= 1,
            '.' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    if depth != 0 {
        return Err(format!("brackets do not match in `{path}`"));
    }
    if !part.is_empty() {
        parts.push(part);
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_may_have_stars_and_texts_behind_them() {
        let fits = |pattern: &str, text: &str| Glob::parse(pattern, &Lexicon::default()).expect("the pattern is well written").fits(text, &Lexicon::default());
        assert!(fits("{session,*Session}", "WebSession") && fits("{session,*Session}", "session"));
        assert!(!fits("{session,*Session}", "sessions") && !fits("{session,*Session}", "WebSessions"));
        assert!(fits("{delete,remove_*}_all", "remove_tokens_all") && fits("{delete,remove_*}_all", "delete_all"));
        assert!(!fits("{delete,remove_*}_all", "remove_tokens"));
    }
}
