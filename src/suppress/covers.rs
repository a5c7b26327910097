//! Which place a comment speaks of: its own line, the code under it, or the handler at whose head it stands.

use crate::outcome::{Comment, Handler, Site};

/// How many lines of comments and annotations may stand between a comment and its place.
const MOST_BETWEEN: u32 = 30;

/// Whether a comment stands on the line of a place or above it.
pub(super) fn place(comment: &Comment, place: &Site, text: &str) -> bool {
    comment.site.file == place.file && (is_on(comment, place.line) || is_above(comment, place.line, text))
}

/// Whether a comment stands above a handler, at its head, or as the first thing in it.
pub(super) fn handler(comment: &Comment, handler: &Handler, text: &str) -> bool {
    if comment.site.file != handler.site.file {
        return false;
    }
    let is_inside = comment.site.line <= handler.site.end_line;
    let under_head = handler.site.line.max(handler.head.line);
    [&handler.site, &handler.head].iter().any(|site| is_on(comment, site.line) || is_above(comment, site.line, text)) || is_inside && is_under(comment, under_head, text)
}

fn is_on(comment: &Comment, line: u32) -> bool {
    comment.site.line <= line && line <= comment.site.end_line
}

/// Whether nothing but comments and annotations stands between the comment and the line under it.
fn is_above(comment: &Comment, line: u32, text: &str) -> bool {
    let end = comment.site.end_line;
    let Some(between) = line.checked_sub(end + 1) else { return false };
    are_see_through(text, end, between)
}

/// Whether nothing but the rest of a head stands between the line and the comment under it: parameters over several lines, other comments.
fn is_under(comment: &Comment, line: u32, text: &str) -> bool {
    let Some(between) = comment.site.line.checked_sub(line + 1) else { return false };
    are_see_through(text, line, between)
}

/// Whether the `number` lines after a line are comments and annotations.
fn are_see_through(text: &str, after: u32, number: u32) -> bool {
    number == 0 || number <= MOST_BETWEEN && text.lines().skip(after as usize).take(number as usize).filter(|line| is_see_through(line)).count() == number as usize
}

/// A line that is a comment, an annotation, or a part of one.
fn is_see_through(line: &str) -> bool {
    let line = line.trim();
    ["//", "#", "*", "/*", "@", "<!--", "\"\"\"", "{/*"].iter().any(|sign| line.starts_with(sign))
}
