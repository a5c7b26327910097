//! Calls that leave a program over HTTP or RPC, and how they fit endpoints.

mod fit;

use super::endpoints::{normal_method, path_texts};
use super::locate::texts_at;
use super::survey::MatchSite;
use crate::ir::{Call, CallStyle, ClassKind, FunctionKind, Name, StepKind, Value, ValueKind};
use crate::link::{ClassId, FunctionId, Place, Program, Thing};
use crate::rules::{Entry, Kind, RuleSet};
use crate::source::Span;

pub(super) use fit::{deletes_session, equal_segments, falls_through, fit, is_logout_path, last_of_name, passed_on, path_segments, takes_all};

/// One call of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Upper case; `ANY` where it cannot be told, nothing where the call says one that is not known.
    pub method: String,
    /// The path as far as it is known; holes are `{}`.
    pub path: String,
    pub place: Place,
    pub span: Span,
    /// The call is a link or a form, or a change of the location, not a call from a function.
    pub is_markup: bool,
    /// What else the path may be, where a condition chooses it.
    pub others: Vec<String>,
    /// The path is the name of a route.
    pub by_name: bool,
}

impl Request {
    /// A call from a function whose path no condition chooses.
    fn new(method: impl Into<String>, path: String, place: Place, span: Span) -> Self {
        Self { method: method.into(), path, place, span, is_markup: false, others: Vec::new(), by_name: false }
    }
}

/// The attributes of an element that call an endpoint, and their methods.
const ELEMENT_REQUESTS: [(&str, &str); 9] = [
    ("action", ""),
    ("formaction", "POST"),
    ("href", "GET"),
    ("hx-post", "POST"),
    ("hx-get", "GET"),
    ("hx-delete", "DELETE"),
    ("up-href", "GET"),
    ("data-url", "ANY"),
    ("ng-href", "GET"),
];

/// The request that a call makes, as far as its own text tells.
pub(super) fn request_of<'p>(program: &Program<'p>, rules: &RuleSet, call: &'p Call, place: Place) -> Option<Request> {
    match call.style {
        CallStyle::Element => return element_request(program, rules, call, place),
        CallStyle::Annotation => return None,
        CallStyle::Function | CallStyle::New | CallStyle::Macro | CallStyle::Tagged => {}
    }
    let name = Name::of_call(call);
    let last = name.last();
    if let Some(request) = rpc_request(rules, &name, call, place) {
        return Some(request);
    }
    // What waits for an answer sends nothing: `send().then(navigate("/login"))`.
    if call.style == CallStyle::Function && matches!(last, "then" | "catch" | "finally") && matches!(call.callee.kind, ValueKind::Member(..)) {
        return None;
    }
    // Nor does what compares a text with another: `CREDENTIAL_PATHS.some((known) => path.startsWith(known))`.
    if rules.lexicon.is_exactly("text-test", last) && matches!(call.callee.kind, ValueKind::Member(..)) {
        return None;
    }
    let mut explicit = None;
    let mut path = call.args.first().filter(|_| is_sending_away(last)).and_then(|address| named_route(rules, &address.value));
    let by_name = path.is_some();
    let mut others = Vec::new();
    for argument in call.args.iter().take(4) {
        let (value, at) = program.fold(&argument.value, place);
        if let ValueKind::Record(entries) = &value.kind {
            for (key, entry) in entries {
                match key.as_str() {
                    "method" | "type" => {
                        let said = || path_texts(program, entry, at).into_iter().next();
                        explicit = explicit.or_else(said).or_else(|| (key == "method").then(String::new));
                    }
                    "url" | "path" | "uri" | "endpoint" if path.is_none() => path = address_texts(program, rules, entry, at).into_iter().find(|text| is_path(text, rules)),
                    _ => {}
                }
            }
            continue;
        }
        // What waits for several calls sends nothing itself: `Promise.race([fetch("/api/auth"), timeout()])`.
        if matches!(&value.kind, ValueKind::List(items) if items.iter().any(|item| matches!(item.awaited().kind, ValueKind::Call(_)))) {
            continue;
        }
        if path.is_some() && explicit.is_some() {
            break;
        }
        let had_path = path.is_some();
        // `const url = isAdmin ? "/admin/logout" : "/logout"`
        let (value, at) = match program.origin(&argument.value, place) {
            (chosen, at) if matches!(chosen.kind, ValueKind::Choice { .. }) => (chosen, at),
            _ => (&argument.value, place),
        };
        for text in address_texts(program, rules, value, at) {
            // `./api/logout`, asked for by a page that may stand in a folder of the site.
            let text =
                if text.starts_with("./api/") && !matches!(last, "import" | "require" | "mock" | "resolve" | "join") { text.trim_start_matches('.').to_owned() } else { text };
            if matches!(text.as_str(), "POST" | "GET" | "DELETE" | "PUT" | "PATCH" | "post" | "get" | "delete") {
                explicit = Some(text);
            } else if path.is_none() && is_path(&text, rules) && (text.contains('/') || is_sending(last) && !asks_a_record(rules, call)) {
                path = Some(text);
            } else if !had_path && is_logout_path(rules, &text) {
                others.push(text);
            }
        }
    }
    // What is asked for stands in the document, whatever path that is sent to.
    if path.as_ref().is_none_or(|path| !is_logout_path(rules, path))
        && let Some(field) = call.args.iter().take(4).find_map(|argument| asked_field(program, rules, &argument.value, place, MAX_DOCUMENT))
    {
        return Some(Request::new("ANY", format!("/{field}"), place, call.span));
    }
    let named = || is_sending_away(last).then(|| call.args.first())?.filter(|address| is_named_address(rules, &address.value, 4)).map(|_| "/logout".to_owned());
    let Some(path) = path.or_else(named) else { return prepared_request(program, rules, call, place) };
    let verb = normal_method(last);
    let method = match explicit {
        Some(explicit) => normal_method(&explicit),
        None if verb != "ANY" => verb,
        None if matches!(last, "fetch" | "$fetch" | "useFetch") => "GET".to_owned(),
        None => "ANY".to_owned(),
    };
    Some(Request { others, by_name, ..Request::new(method, path, place, call.span) })
}

/// Whether a call asks or sets what is kept by key: what a request brings with it, or what a browser stores: `query.get("logout")`.
pub(super) fn asks_a_record(rules: &RuleSet, call: &Call) -> bool {
    matches!(&call.callee.kind, ValueKind::Member(of, _) if rules.lexicon.is("kept-by-key", of.last_name()))
}

/// The request that a call sends whose document was handed over before: `const { execute } = useMutation("mutation { logout }")`.
fn prepared_request<'p>(program: &Program<'p>, rules: &RuleSet, call: &'p Call, place: Place) -> Option<Request> {
    let prepared = match &call.callee.kind {
        ValueKind::Name(_) => &call.callee,
        ValueKind::Member(owner, name) if rules.lexicon.is("prepared-call", name) => owner,
        _ => return None,
    };
    program.eval(prepared, place, false).into_iter().find_map(|thing| {
        let Thing::Outside { made_by: Some((made, at)), .. } = thing else { return None };
        let field = made.args.iter().take(2).find_map(|argument| asked_field(program, rules, &argument.value, at, MAX_DOCUMENT))?;
        Some(Request::new("ANY", format!("/{field}"), place, call.span))
    })
}

/// How deep a document is looked for in what a call is handed: an option, a text made of a record, a template with a tag.
const MAX_DOCUMENT: usize = 5;

/// The field of a logout, or of a step of one, that a GraphQL document among a call's arguments asks for: `mutation { logout }`.
fn asked_field<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let (value, place) = program.fold(value, place);
    match &value.kind {
        ValueKind::Text(text) => field_of_document(rules, text),
        ValueKind::Template(parts) => parts.iter().find_map(|part| asked_field(program, rules, part, place, depth)),
        ValueKind::Record(entries) => entries.iter().find_map(|(_, entry)| asked_field(program, rules, entry, place, depth)),
        ValueKind::Call(call) => call.args.iter().take(2).find_map(|argument| asked_field(program, rules, &argument.value, place, depth)),
        // A constant that a tagged template makes.
        ValueKind::Name(_) | ValueKind::Member(..) => program.eval(value, place, false).into_iter().find_map(|thing| match thing {
            Thing::Outside { made_by: Some((call, at)), .. } => call.args.iter().take(1).find_map(|argument| asked_field(program, rules, &argument.value, at, depth)),
            _ => None,
        }),
        _ => None,
    }
}

fn field_of_document(rules: &RuleSet, text: &str) -> Option<String> {
    let (_, operation) = text.split_once("mutation")?;
    let (_, selection) = operation.split_once('{')?;
    let field: String = selection.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (rules.lexicon.is("logout", &field) || rules.lexicon.is("cleanup-step", &field)).then_some(field)
}

/// The request that the first of several rules sees in a call.
pub(super) fn ruled_request<'p>(program: &Program<'p>, rules: &RuleSet, entries: &[Entry], call: &'p Call, place: Place) -> Option<Request> {
    let site = MatchSite::Call(call);
    entries.iter().filter(|entry| entry.kind == Kind::Request).find_map(|entry| {
        let rule = rules.requests.get(entry.index)?;
        let path = texts_at(program, &rule.path, &site, place).into_iter().next()?;
        let method = texts_at(program, &rule.method, &site, place).into_iter().next().map_or_else(|| "ANY".to_owned(), |method| normal_method(&method));
        Some(Request::new(method, path, place, call.span))
    })
}

/// Whether a call of this name sends something, so that one bare word is a path.
fn is_sending(name: &str) -> bool {
    normal_method(name) != "ANY" || matches!(name, "fetch" | "$fetch" | "request" | "ajax" | "call" | "send" | "emit")
}

/// Whether a call of this name can only send a request: `get` and `call` ask for much else.
fn is_sending_away(name: &str) -> bool {
    matches!(normal_method(name).as_str(), "POST" | "PUT" | "PATCH") || matches!(name, "fetch" | "$fetch" | "ajax" | "sendBeacon")
}

/// Whether an address that cannot be read is a logout's by the name of the setting that holds it: `env.LOGOUT_URL`, `${BASE}${setting("API_LOGOUT")}`.
fn is_named_address(rules: &RuleSet, value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let has_address = |name: &str| rules.lexicon.is("setting-of-addresses", name);
    let is_address = |name: &str| rules.lexicon.is("logout", name) && has_address(name);
    match &value.kind {
        ValueKind::Name(name) => is_address(name),
        // `Urls.LOGOUT`
        ValueKind::Member(of, name) => is_address(name) || rules.lexicon.is("logout", name) && has_address(of.last_name()),
        ValueKind::Template(parts) => parts.iter().any(|part| is_named_address(rules, part, depth)),
        ValueKind::Binary { left, right, .. } => is_named_address(rules, left, depth) || is_named_address(rules, right, depth),
        ValueKind::Call(call) => {
            route_named(rules, call).is_some() || call.args.first().is_some_and(|first| matches!(&first.value.kind, ValueKind::Text(text) if is_address(text)))
        }
        _ => false,
    }
}

/// The name of a logout's route by which a call gives its address, as a path: `route("auth.logout")`.
fn route_named(rules: &RuleSet, call: &Call) -> Option<String> {
    let ValueKind::Text(name) = &call.args.first()?.value.kind else { return None };
    let names_logout = rules.lexicon.is("logout", name) && !name.contains(['/', ' ']);
    (names_logout && rules.lexicon.is_exactly("route-namer", call.last_name())).then(|| format!("/{}", last_of_name(name)))
}

/// The same of an expression: a call by a route's name, or a tag of a template that holds the name.
fn named_route(rules: &RuleSet, value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Call(call) => route_named(rules, call),
        ValueKind::Text(text) if ["{%", "{{"].iter().any(|tag| text.trim_start().starts_with(tag)) => {
            Some(template_path(text)).filter(|path| path.starts_with('/') && is_logout_path(rules, path))
        }
        _ => None,
    }
}

/// A call through a proxy object whose members are the endpoints: `client.auth.logout.$post()`.
fn rpc_request(rules: &RuleSet, name: &Name, call: &Call, place: Place) -> Option<Request> {
    let (last, before) = name.segments.split_last()?;
    let is_proxy = matches!(
        last.text.as_str(),
        "$post"
            | "$get"
            | "$delete"
            | "$put"
            | "post"
            | "get"
            | "delete"
            | "put"
            | "mutate"
            | "mutateAsync"
            | "useMutation"
            | "useQuery"
            | "query"
            | "execute"
            | "call"
            | "mutation"
            | "mutationOptions"
    );
    let named = before.iter().skip(1).rev().find(|segment| segment.called.is_none() && rules.lexicon.is("logout", &segment.text))?;
    if !is_proxy || call.args.first().is_some_and(|argument| matches!(argument.value.kind, ValueKind::Text(_))) {
        return None;
    }
    let path: Vec<&str> = before.iter().skip(1).map(|segment| segment.text.as_str()).take_while(|text| *text != named.text).chain([named.text.as_str()]).collect();
    Some(Request::new("ANY", format!("/{}", path.join("/")), place, call.span))
}

fn element_request<'p>(program: &Program<'p>, rules: &RuleSet, call: &'p Call, place: Place) -> Option<Request> {
    let tag = Name::written(&call.callee);
    for (attribute, method) in ELEMENT_REQUESTS {
        let Some(value) = call.named(attribute) else { continue };
        let named = named_route(rules, value);
        let Some(text) = named.clone().or_else(|| path_texts(program, value, place).into_iter().next()) else { continue };
        if text.is_empty() || !(is_path(&text, rules) || rules.lexicon.is("logout", &text)) {
            continue;
        }
        let method = match method {
            "" => call
                .named("method")
                .map(|value| path_texts(program, value, place))
                .and_then(|texts| texts.into_iter().next())
                .map_or_else(|| "GET".to_owned(), |text| normal_method(&text)),
            other => call
                .named("data-method")
                .or_else(|| call.named("data-turbo-method"))
                // `<Link href="/logout" method="post">`
                .or_else(|| call.named("method").filter(|_| attribute == "href"))
                .and_then(|value| path_texts(program, value, place).into_iter().next())
                .map_or_else(|| other.to_owned(), |text| normal_method(&text)),
        };
        let is_link = tag.last().contains("Link") || tag.last() == "a";
        // A link inside the client changes the page; only one that leaves it calls the server.
        if is_link && attribute == "href" && text.starts_with('#') {
            continue;
        }
        let path = template_path(&text);
        return Some(Request { is_markup: true, by_name: named.is_some() || path != text, ..Request::new(method, path, place, call.span) });
    }
    None
}

/// `{% url 'accounts:logout' %}` and `{{ url_for('auth.logout') }}` name the route, not its path.
fn template_path(text: &str) -> String {
    if !text.contains("{%") && !text.contains("{{") && !text.contains("<%") {
        return text.to_owned();
    }
    let quoted = text.split(['\'', '"']).nth(1);
    match quoted {
        Some(name) => format!("/{}", name.rsplit([':', '.', '/']).next().unwrap_or(name)),
        None => text.to_owned(),
    }
}

/// The location that an assignment leads to, or the logout that a form made by script is sent to: `form.action = "/auth/sign-out"`.
pub(super) fn location_request<'p>(program: &Program<'p>, rules: &RuleSet, target: &'p Value, value: &'p Value, place: Place) -> Option<Request> {
    let name = Name::written(target);
    let is_location = name.last() == "location" || name.segments.len() > 1 && name.last() == "href" && name.segments[name.segments.len() - 2].text == "location";
    let is_form = name.segments.len() > 1 && name.last() == "action";
    if !is_location && !is_form {
        return None;
    }
    let written =
        || address_texts(program, rules, value, place).into_iter().find(|text| is_path(text, rules) && (is_location || text.contains('/') && is_logout_path(rules, text)));
    let named = named_route(rules, value);
    let by_name = named.is_some();
    let path = named.or_else(written)?;
    let method = if is_form { "ANY" } else { "GET" };
    Some(Request { is_markup: true, by_name, ..Request::new(method, path, place, Span { start: target.span.start, end: value.span.end }) })
}

/// The request that a declared interface method stands for: `@POST("auth/logout") suspend fun logout()`.
pub(super) fn declared_request<'p>(program: &Program<'p>, function: FunctionId, rules: &RuleSet) -> Option<Request> {
    let defined = program.function(function);
    let owner = ClassId { module: function.module, index: defined.owner? };
    if !defined.body.is_empty() || program.class(owner).kind != ClassKind::Interface {
        return None;
    }
    let place = Place { module: function.module, function: None };
    defined.annotations.iter().find_map(|annotation| {
        let verb = normal_method(annotation.callee.last_name());
        let texts: Vec<String> = annotation.args.iter().flat_map(|argument| path_texts(program, &argument.value, place)).collect();
        let written = texts.iter().find(|text| text.contains('/') || rules.lexicon.is("logout", text)).cloned();
        // `@GET(Paths.USER_LOGOUT)`, where the constant stands in a file that is not read.
        let is_named = || verb != "ANY" && annotation.args.iter().any(|argument| is_named_address(rules, &argument.value, 2));
        let path = written.or_else(|| is_named().then(|| "/logout".to_owned()))?;
        let method = if verb == "ANY" { texts.iter().find(|text| text.chars().all(|c| c.is_ascii_uppercase())).cloned().unwrap_or(verb) } else { verb };
        Some(Request::new(method, path, place, defined.head))
    })
}

/// The request that a record describes, to be sent by what it is returned to: `{ url: "/logout", method: "POST" }`.
pub(super) fn record_request<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place) -> Option<Request> {
    let ValueKind::Record(entries) = &value.kind else { return None };
    let field = |names: &[&str]| {
        entries.iter().find(|(key, _)| names.contains(&key.as_str())).map(|(_, entry)| path_texts(program, entry, place)).and_then(|texts| texts.into_iter().next())
    };
    let says_method = entries.iter().any(|(key, _)| key == "method");
    let keys: &[&str] = if says_method { &["url", "path", "uri", "endpoint"] } else { &["url"] };
    let path = field(keys).filter(|text| is_path(text, rules) && is_logout_path(rules, text))?;
    let method = field(&["method"]).map_or_else(|| "GET".to_owned(), |text| normal_method(&text));
    Some(Request::new(method, path, place, value.span))
}

/// The request of which a function only gives the address, to be sent by what it is handed to: `query: () => "/auth/logout"`.
pub(super) fn given_request<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place) -> Option<Request> {
    let function = program.module(place.module).function(place.function?);
    if function.kind != FunctionKind::Closure || function.body.len() != 1 || !matches!(value.kind, ValueKind::Text(_) | ValueKind::Template(_)) {
        return None;
    }
    // What a file declares by itself only knows the address: `export const signOutAddress = () => BASE + "/logout"`.
    let module = program.module(place.module);
    if module
        .top
        .iter()
        .any(|step| matches!(&step.kind, StepKind::Assign { value: declared, .. } if matches!(declared.kind, ValueKind::Closure(index) if Some(index) == place.function)))
    {
        return None;
    }
    let path = path_texts(program, value, place).into_iter().find(|text| text.contains('/') && is_path(text, rules) && is_logout_path(rules, text))?;
    Some(Request::new("GET", path, place, value.span))
}

/// The texts that an address stands for. One word behind a base that is not known is a path below it: `${this.url}logout`.
fn address_texts<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place) -> Vec<String> {
    let below = |text: String| match text.strip_prefix("{}") {
        Some(word) if !word.contains(['/', '{']) && is_path(word, rules) => format!("{{}}/{word}"),
        _ => text,
    };
    path_texts(program, value, place).into_iter().map(below).collect()
}

/// Whether a text may be a path or URL.
fn is_path(text: &str, rules: &RuleSet) -> bool {
    if text.len() > 300 || text.contains(['\n', '<', '>', ' ']) && !text.contains("{%") && !text.contains("{{") {
        return false;
    }
    text.contains('/') && !text.starts_with("./") && !text.starts_with("../") && !text.starts_with('@')
        // What is all capitals is the key of an event: `bus.post(LOGOUT_DONE)`.
        || (rules.lexicon.is("logout", text) && text.len() < 60 && text.contains(char::is_lowercase) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
}
