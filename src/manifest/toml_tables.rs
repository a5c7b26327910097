//! Walks TOML with the places of its keys and values.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A key, its value, and the byte at which the key stands.
pub(super) type Entry<'a, 'i> = (&'a str, &'a DeValue<'i>, usize);

/// Parses as much of a document as can be read.
pub(super) fn parse(text: &str) -> DeTable<'_> {
    // NOTE: a byte order mark would move every place, so it is left to the parser, which knows it.
    DeTable::parse_recoverable(text).0.into_inner()
}

/// The table at a path of keys.
pub(super) fn table<'a, 'i>(top: &'a DeTable<'i>, path: &[&str]) -> Option<&'a DeTable<'i>> {
    path.iter().try_fold(top, |table, key| value(table, key)?.as_table())
}

/// The value of a key.
pub(super) fn value<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<&'a DeValue<'i>> {
    table.get(key).map(Spanned::get_ref)
}

/// The entries of a table.
pub(super) fn entries<'a, 'i>(table: &'a DeTable<'i>) -> impl Iterator<Item = Entry<'a, 'i>> {
    table.iter().map(|(key, value): (&Spanned<DeString<'i>>, &Spanned<DeValue<'i>>)| (key.get_ref().as_ref(), value.get_ref(), key.span().start))
}

/// The texts of an array with their places.
pub(super) fn texts<'a>(value: &'a DeValue<'_>) -> impl Iterator<Item = (&'a str, usize)> {
    value.as_array().into_iter().flat_map(|array| array.iter()).filter_map(|item| Some((item.get_ref().as_str()?, item.span().start)))
}

/// The text under `key` of a value that is a table.
pub(super) fn text<'a>(value: &'a DeValue<'_>, key: &str) -> Option<&'a str> {
    self::value(value.as_table()?, key)?.as_str()
}

/// The texts of the array under `key` of a value that is a table.
pub(super) fn list(value: &DeValue<'_>, key: &str) -> Vec<String> {
    value.as_table().and_then(|table| self::value(table, key)).map(|value| texts(value).map(|(text, _)| text.to_owned()).collect()).unwrap_or_default()
}
