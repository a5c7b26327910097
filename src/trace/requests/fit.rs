//! The segments of paths, and how requests fit the endpoints of servers.

use super::Request;
use crate::rules::{RuleSet, split_words};
use crate::trace::endpoints::Endpoint;

/// A path without its query, and the action of its page that the query names: `/profile?/logout`.
fn page_and_action(path: &str) -> (&str, &str) {
    let path = path.split('#').next().unwrap_or(path);
    let (page, query) = path.split_once('?').unwrap_or((path, ""));
    let action = query.strip_prefix('/').map_or("", |query| query.split(['&', '=', '?']).next().unwrap_or(query));
    (page, if action == "default" { "" } else { action })
}

/// The segments of a path as they are written, without scheme, host and query, and behind them the action that the query names.
fn written_segments(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let (path, action) = page_and_action(path);
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => path,
    };
    path.split('/').chain(action.split('/')).filter(|segment| !segment.is_empty() && *segment != ".")
}

/// The segments of a path as they are written, without what is unknown at its head.
fn known_segments(path: &str) -> Vec<&str> {
    written_segments(path).skip_while(|segment| segment.starts_with("{}") || segment.starts_with('$')).collect()
}

/// The segments of a path in lower case, without scheme, host, query and what is unknown at its head.
pub(in crate::trace) fn path_segments(path: &str) -> Vec<String> {
    known_segments(path).into_iter().map(str::to_lowercase).collect()
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with([':', '{', '[', '<', '*', '$']) || segment.contains("{}")
}

/// Whether an endpoint takes every path below its own, and a request is one of them.
pub(in crate::trace) fn falls_through(request: &Request, endpoint: &Endpoint<'_>) -> bool {
    passed_on(request, endpoint).is_some()
}

/// The path below that of an endpoint that takes every such path, where a request asks for one.
pub(in crate::trace) fn passed_on(request: &Request, endpoint: &Endpoint<'_>) -> Option<String> {
    if !takes_all(request, endpoint) {
        return None;
    }
    let (asked, served) = (path_segments(&request.path), path_segments(&endpoint.path));
    let (_, before) = served.split_last().filter(|(_, before)| !before.is_empty())?;
    if asked.len() < served.len() {
        return None;
    }
    let at = asked.windows(before.len()).position(|window| window == before)?;
    asked.get(at + before.len()..).map(|rest| format!("/{}", rest.join("/")))
}

/// Whether an endpoint takes every path below its own, and the method of a request.
pub(in crate::trace) fn takes_all(request: &Request, endpoint: &Endpoint<'_>) -> bool {
    let Some(last) = written_segments(&endpoint.path).next_back() else { return false };
    let is_open = last.contains("...") || last.starts_with('*') || last.ends_with("+}") || last.ends_with(":path}") || last.starts_with("<path:");
    is_open && methods_fit(&request.method, &endpoint.method)
}

/// As good a fit as a path of this many equal segments is that a request names the very route.
const MANY_SEGMENTS: usize = 20;

/// The last part of a route's name, without what it lies in: `accounts:logout`, `auth.logout`.
pub(in crate::trace) fn last_of_name(name: &str) -> &str {
    name.rsplit([':', '.', '/']).next().unwrap_or(name)
}

/// How well a request fits an endpoint: the number of equal segments, 0 if it does not.
pub(in crate::trace) fn fit(request: &Request, endpoint: &Endpoint<'_>) -> usize {
    if endpoint.path.is_empty() || !methods_fit(&request.method, &endpoint.method) {
        return 0;
    }
    if request.by_name && endpoint.route_name().is_some_and(|name| letters(last_of_name(name)).eq(letters(request.path.trim_start_matches('/')))) {
        return 4 * MANY_SEGMENTS;
    }
    if may_not_fit(&request.path, &endpoint.path) {
        return 0;
    }
    let (asked, served) = (known_segments(&request.path), known_segments(&endpoint.path));
    if is_guessed(asked.last(), served.last()) {
        return 0;
    }
    let mut equal = 0;
    for (a, b) in asked.iter().rev().zip(served.iter().rev()) {
        if letters(a).eq(letters(b)) {
            equal += 1;
        } else if !(is_parameter(a) || is_parameter(b)) {
            return 0;
        }
    }
    let last_is_known = asked.last().zip(served.last()).is_some_and(|(a, b)| !(is_parameter(a) && is_parameter(b)));
    // `DELETE /tokens/{token}` is told by what is deleted.
    let is_deletion = request.method == "DELETE" && endpoint.method == "DELETE";
    let names_logout = || asked.iter().rev().zip(served.iter().rev()).any(|(a, b)| letters(a).eq(letters(b)) && (ends_in_logout(a) || is_deletion && is_credential(a)));
    if last_is_known || names_logout() { equal * 4 + usize::from(asked.len() == served.len()) } else { 0 }
}

/// Whether a segment that is asked for is unknown where one is served that no logout bears.
fn is_guessed(asked: Option<&&str>, served: Option<&&str>) -> bool {
    asked.zip(served).is_some_and(|(asked, served)| is_parameter(asked) && !is_parameter(served) && !ends_in_logout(served) && !is_credential(served))
}

/// Whether a segment is that of a logout, so that a parameter behind it tells whose: `/logout/{id}`.
fn ends_in_logout(segment: &str) -> bool {
    let letters: String = letters(segment).collect();
    ["logout", "signout", "logoff", "signoff"].iter().any(|word| letters.contains(word))
}

/// Whether a segment is that of what a login creates, as a resource: `/tokens/{token}`.
fn is_credential(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().as_str(), "session" | "sessions" | "token" | "tokens")
}

/// How many segments are equal where [`fit`] gave this.
pub(in crate::trace) fn equal_segments(fit: usize) -> usize {
    fit / 4
}

/// The last segment of a path of several, where it is known.
fn known_end(path: &str) -> Option<&str> {
    let (path, action) = page_and_action(path);
    if !action.is_empty() {
        return None;
    }
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().filter(|last| !last.is_empty() && *last != "." && last.is_ascii() && !is_parameter(last) && path.len() > last.len())
}

/// The letters of a segment, as segments are compared.
fn letters(segment: &str) -> impl Iterator<Item = char> {
    segment.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase())
}

/// Whether two paths end in other words, told without taking them apart: nearly all pairs do.
fn may_not_fit(asked: &str, served: &str) -> bool {
    match (known_end(asked), known_end(served)) {
        (Some(asked), Some(served)) => letters(asked).ne(letters(served)),
        _ => false,
    }
}

fn methods_fit(asked: &str, served: &str) -> bool {
    asked == served || asked == "ANY" || served == "ANY" || asked.is_empty()
}

/// Whether a path ends in a logout: its last segment, parameters aside, has a logout word.
pub(in crate::trace) fn is_logout_path(rules: &RuleSet, path: &str) -> bool {
    // NOTE: in their own case, which tells the words of `logoutUser` apart.
    let mut segments = written_segments(path).rev().filter(|segment| !is_parameter(segment));
    let Some(last) = segments.next() else { return false };
    // `/sign/out`, `/logout/blacklist`, `/logout/all`
    let ends_it = |before: &str| match last {
        "out" | "off" => matches!(before, "log" | "sign"),
        _ => ends_in_logout(before) && (["denylist", "token"].iter().any(|class| rules.lexicon.is(class, last)) || rules.lexicon.is("every-session", &format!("{before}-{last}"))),
    };
    if segments.next().is_some_and(ends_it) {
        return true;
    }
    let last = last.trim_end_matches(".php").trim_end_matches(".json");
    // Who signs off a thing of some name approves it.
    let approves = || split_words(last).concat() == "signoff" && path.contains(['<', '{', ':']);
    rules.lexicon.is("logout", last) && !approves()
}

/// Whether an endpoint deletes the session as a resource: that of a login, not `/chat/session`.
pub(in crate::trace) fn deletes_session(rules: &RuleSet, method: &str, path: &str) -> bool {
    if method != "DELETE" {
        return false;
    }
    let segments = path_segments(path);
    let Some((last, before)) = segments.split_last() else { return false };
    rules.lexicon.is("session-resource", last) && !before.iter().any(|segment| rules.lexicon.is("other-meeting", segment))
}
