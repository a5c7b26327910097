//! Methods and paths in their one spelling.

use crate::ir::Value;
use crate::link::{Place, Program};
use crate::trace::locate::texts_of;

/// Whether a method name answers an HTTP verb that may change something: what answers `OPTIONS` or `HEAD` only tells of the others.
pub(in crate::trace) fn is_verb(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "get"
            | "post"
            | "put"
            | "patch"
            | "delete"
            | "all"
            | "dispatch"
            | "doget"
            | "dopost"
            | "on_get"
            | "on_post"
            | "on_put"
            | "on_patch"
            | "on_delete"
            | "handle"
            | "invoke"
            | "execute"
            | "__call__"
            | "process"
            | "mutate"
            | "mutate_and_get_payload"
            | "perform_mutation"
    )
}

pub(super) fn verb_of(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "get" | "doget" | "on_get" => "GET",
        "post" | "dopost" | "on_post" => "POST",
        "put" | "on_put" => "PUT",
        "patch" | "on_patch" => "PATCH",
        "delete" | "on_delete" => "DELETE",
        _ => "ANY",
    }
    .to_owned()
}

/// A method in capitals; what is no method is `ANY`.
pub(in crate::trace) fn normal_method(text: &str) -> String {
    let upper: String = text.rsplit(['.', ':']).next().unwrap_or(text).trim_start_matches('$').to_ascii_uppercase();
    let upper = upper.strip_suffix("MAPPING").unwrap_or(&upper);
    match upper {
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" => upper.to_owned(),
        "DEL" => "DELETE".to_owned(),
        "" => String::new(),
        _ if upper.ends_with("POST") => "POST".to_owned(),
        _ if upper.ends_with("GET") => "GET".to_owned(),
        _ if upper.ends_with("DELETE") => "DELETE".to_owned(),
        _ => "ANY".to_owned(),
    }
}

/// Joins two parts of a path; regular expressions' anchors are cut.
pub(in crate::trace) fn join(outer: &str, inner: &str) -> String {
    let clean =
        |text: &str| text.trim().trim_start_matches('^').trim_start_matches(".*").trim_end_matches('$').trim_end_matches('?').replace('\\', "").trim_matches('/').to_owned();
    let (outer, inner) = (clean(outer), clean(inner));
    match (outer.is_empty(), inner.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("/{inner}"),
        (false, true) => format!("/{outer}"),
        (false, false) => format!("/{outer}/{inner}"),
    }
}

/// The texts of a value, for other parts of the room.
pub(in crate::trace) fn path_texts<'p>(program: &Program<'p>, value: &'p Value, place: Place) -> Vec<String> {
    texts_of(program, value, place, 6)
}
