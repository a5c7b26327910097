//! What calls are told: names, keys and options, as far as they can be read.

use super::Case;
use crate::ir::{Call, Value, ValueKind};
use crate::link::Place;

/// How deep records, lists and calls are looked into.
const MAX_DEPTH: usize = 5;

/// An option of a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'p> {
    /// The call does not speak of it.
    Absent,
    Value(&'p Value, Place),
    /// Whether the call speaks of it cannot be told.
    Unknown,
}

/// A cookie that a call sets or expires.
#[derive(Debug, Clone)]
pub(super) struct Cookie {
    pub name: String,
    /// The position of the name among the arguments; `None` where name and options stand in one record or text.
    at: Option<usize>,
}

impl<'p> Case<'_, 'p> {
    /// The text of a value, if all of it is known.
    pub(super) fn text_of(&self, value: &'p Value, place: Place) -> Option<String> {
        self.text_within(value, place, MAX_DEPTH)
    }

    /// The text of a value that is made of others up to a depth: `text = text + "…"` is made of itself.
    fn text_within(&self, value: &'p Value, place: Place, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let (value, place) = self.program.fold(value, place);
        match &value.kind {
            ValueKind::Text(text) => Some(text.clone()),
            ValueKind::Template(parts) => parts.iter().map(|part| self.text_within(part, place, depth)).collect(),
            _ => None,
        }
    }

    /// The known texts of a value and what it is made of.
    pub(super) fn texts_in(&self, value: &'p Value, place: Place, depth: usize, into: &mut Vec<String>) {
        if depth > MAX_DEPTH {
            return;
        }
        let (value, place) = self.program.fold(value, place);
        match &value.kind {
            ValueKind::Text(text) => into.push(text.clone()),
            ValueKind::Template(parts) => match self.text_of(value, place) {
                Some(text) => into.push(text),
                None => parts.iter().take(1).for_each(|part| self.texts_in(part, place, depth + 1, into)),
            },
            ValueKind::List(parts) | ValueKind::Unknown(parts) => parts.iter().for_each(|part| self.texts_in(part, place, depth + 1, into)),
            ValueKind::Record(entries) => entries.iter().for_each(|(_, entry)| self.texts_in(entry, place, depth + 1, into)),
            ValueKind::Call(call) => {
                if let ValueKind::Member(of, _) = &call.callee.kind {
                    self.texts_in(of, place, depth + 1, into);
                }
                call.args.iter().for_each(|argument| self.texts_in(&argument.value, place, depth + 1, into));
            }
            ValueKind::Await(inner) => self.texts_in(inner, place, depth + 1, into),
            _ => {}
        }
    }

    /// The cookies that a call names; `None` where they cannot be told.
    pub(super) fn cookies_of(&self, call: &'p Call, place: Place) -> Option<Vec<Cookie>> {
        for index in 0..2 {
            let Some(value) = call.positional(index) else { break };
            if let Some(text) = self.text_of(value, place) {
                let at = |name: &str| vec![Cookie { name: name.to_owned(), at: Some(index) }];
                if is_cookie_name(&text) && !is_header_name(&text) {
                    return Some(at(&text));
                }
                continue;
            }
            if let ValueKind::Record(entries) = &self.program.fold(value, place).0.kind
                && let Some((_, name)) = entries.iter().find(|(key, _)| key == "name")
            {
                return self.text_of(name, place).map(|name| vec![Cookie { name, at: None }]);
            }
        }
        if let Some(named) = call.named("key").or_else(|| call.named("name")) {
            return self.text_of(named, place).map(|name| vec![Cookie { name, at: None }]);
        }
        let mut texts = Vec::new();
        call.args.iter().for_each(|argument| self.texts_in(&argument.value, place, 0, &mut texts));
        let of_headers: Vec<Cookie> = texts.iter().filter_map(|text| Some(text.split_once('=')?.0.trim())).filter(|name| is_cookie_name(name)).map(cookie).collect();
        if !of_headers.is_empty() {
            return Some(of_headers);
        }
        // `Cookie::build("sid")`, `Cookie("sid", "")`: the first text inside.
        let inside = call.args.iter().any(|argument| matches!(self.program.fold(&argument.value, place).0.kind, ValueKind::Call(_)));
        texts.iter().find(|text| inside && is_cookie_name(text)).map(|name| vec![cookie(name)])
    }

    /// An option of a call that sets (`is_set`) or expires a cookie.
    pub(super) fn cookie_option(&self, call: &'p Call, place: Place, cookie: &Cookie, is_set: bool, name: &str) -> Given<'p> {
        for argument in &call.args {
            match argument.name.as_deref() {
                Some(given) if letters(given) == name => return Given::Value(&argument.value, place),
                Some("..." | "**") => return Given::Unknown,
                _ => {}
            }
        }
        let from = cookie.at.map_or(0, |at| at + if is_set { 2 } else { 1 });
        let mut index = from;
        while let Some(value) = call.positional(index) {
            index += 1;
            match self.option_in(value, place, name, 0) {
                Given::Absent => {}
                given => return given,
            }
        }
        // What the chain of a builder says.
        if cookie.at.is_none() && call.args.iter().any(|argument| argument.name.is_none() && !matches!(argument.value.kind, ValueKind::Record(_))) {
            return Given::Unknown;
        }
        Given::Absent
    }

    fn option_in(&self, value: &'p Value, place: Place, name: &str, depth: usize) -> Given<'p> {
        let (value, place) = self.program.fold(value, place);
        match &value.kind {
            ValueKind::Record(entries) if depth <= MAX_DEPTH => {
                let mut given = Given::Absent;
                for (key, entry) in entries {
                    if letters(key) == name {
                        given = Given::Value(entry, place);
                    } else if key == "..." {
                        match self.option_in(entry, place, name, depth + 1) {
                            Given::Absent => {}
                            other => given = other,
                        }
                    }
                }
                given
            }
            ValueKind::Null | ValueKind::Undefined | ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Text(_) => Given::Absent,
            _ => Given::Unknown,
        }
    }
}

fn cookie(name: impl AsRef<str>) -> Cookie {
    Cookie { name: name.as_ref().to_owned(), at: None }
}

/// Whether a text can be the name of a cookie.
fn is_cookie_name(text: &str) -> bool {
    !text.is_empty() && text.len() < 80 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn is_header_name(text: &str) -> bool {
    text.eq_ignore_ascii_case("set-cookie") || text.eq_ignore_ascii_case("clear-site-data")
}

/// The name of an option as options are compared: `http_only` and `httpOnly` are the same.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cookies_are_told_from_paths_and_headers() {
        assert!(is_cookie_name("__Host-sid") && is_cookie_name("connect.sid"));
        assert!(!is_cookie_name("/auth") && !is_cookie_name("") && !is_cookie_name("a b"));
        assert!(is_header_name("Set-Cookie") && !is_header_name("sid"));
    }

    #[test]
    fn options_are_compared_by_their_letters() {
        assert_eq!(letters("http_only"), letters("httpOnly"));
        assert_ne!(letters("path"), letters("domain"));
    }
}
