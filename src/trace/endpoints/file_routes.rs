//! Endpoints that a file's place declares.

use super::paths::{is_verb, join, normal_method};
use super::{Builder, Endpoint};
use crate::ir::{ValueKind, each_value};
use crate::link::{FunctionId, ModuleId, Place};
use crate::rules::FileRoute;
use crate::source::Span;
use crate::trace::requests::deletes_session;

impl<'p> Builder<'_, 'p> {
    /// Endpoints that a file's place declares.
    pub(super) fn file_routes(&self, all: &mut Vec<Endpoint<'p>>) {
        for (id, module) in self.program.modules() {
            let path = self.surroundings.path(id);
            for rule in self.rules.file_routes.iter().filter(|rule| rule.languages.contains(&module.language) && rule.files.is_match(&path)) {
                if !self.is_needed_by(rule, id) {
                    continue;
                }
                let (route, suffix) = file_path(rule, &path);
                for (name, method) in &rule.exports {
                    let exported = match name.split_once('.') {
                        Some((record, "*")) => self.program.export_entries(id, record),
                        _ => vec![(String::new(), self.program.export_functions(id, name))],
                    };
                    self.by_methods(rule, name, id, &route, all);
                    for (key, functions) in exported {
                        if functions.is_empty() {
                            continue;
                        }
                        let path = if key.is_empty() || key == "default" { route.clone() } else { join(&route, &key) };
                        let span = functions.first().map_or(Span::default(), |function| self.program.function(*function).head);
                        let method = suffix.clone().unwrap_or_else(|| normal_method(method));
                        let asks_for_method = method == "ANY" && deletes_session(self.rules, "DELETE", &path) && functions.iter().any(|function| self.names_delete(*function));
                        let method = if asks_for_method { "DELETE".to_owned() } else { method };
                        all.push(Endpoint::new(&rule.framework, method, path, functions, Place { module: id, function: None }, span));
                    }
                }
            }
        }
    }
}

impl Builder<'_, '_> {
    /// Endpoints of an export that is made by handing a record of handlers, each under its method, to a helper:
    /// `export default api({ GET: list, POST: leave })`.
    fn by_methods(&self, rule: &FileRoute, export: &str, id: ModuleId, route: &str, all: &mut Vec<Endpoint<'_>>) {
        let handlers = self.program.export_handed(id, export).into_iter();
        for (method, functions) in handlers.filter(|(method, functions)| is_verb(method) && !functions.is_empty()) {
            let span = functions.first().map_or(Span::default(), |function| self.program.function(*function).head);
            all.push(Endpoint::new(&rule.framework, normal_method(&method), route.to_owned(), functions, Place { module: id, function: None }, span));
        }
    }

    /// Whether a function tells requests that delete from others: `if (req.method === "DELETE")`.
    fn names_delete(&self, function: FunctionId) -> bool {
        let mut names = false;
        each_value(&self.program.function(function).body, |value| names |= matches!(&value.kind, ValueKind::Text(text) if text == "DELETE"));
        names
    }

    /// Whether a module or the manifest nearest to it brings in what a rule needs.
    pub(super) fn is_needed_by(&self, rule: &FileRoute, id: ModuleId) -> bool {
        let package = |module: &str| module.split('/').take(if module.starts_with('@') { 2 } else { 1 }).collect::<Vec<_>>().join("/");
        let needed = |dependency: &str| rule.needs.iter().any(|glob| glob.fits(dependency, &self.rules.lexicon) || glob.fits(&package(dependency), &self.rules.lexicon));
        rule.needs.is_empty()
            || self.program.module(id).imports.iter().any(|import| needed(&import.module))
            || self.surroundings.dependencies(id).iter().any(|dependency| needed(dependency))
    }
}

/// The route of a file, and the method that its name bears.
fn file_path(rule: &FileRoute, path: &str) -> (String, Option<String>) {
    let mut rest = path;
    // The longest prefix that is stripped.
    let slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    for at in slashes.into_iter().rev() {
        if rule.strip.iter().any(|glob| glob.is_match(&path[..=at])) {
            rest = &path[at + 1..];
            break;
        }
    }
    let mut segments: Vec<String> = rest.split('/').map(str::to_owned).collect();
    let mut suffix = None;
    if let Some(last) = segments.last_mut() {
        if let Some((stem, _)) = last.rsplit_once('.') {
            *last = stem.to_owned();
        }
        if rule.method_suffix
            && let Some((stem, method)) = last.rsplit_once('.')
            && is_verb(method)
        {
            suffix = Some(normal_method(method));
            *last = stem.to_owned();
        }
        if rule.dots {
            // The folder of a route is named like one: `_app.logout/route.tsx`.
            segments = segments.iter().flat_map(|segment| segment.split('.')).map(str::to_owned).collect();
        }
    }
    segments.retain(|segment| !(segment.starts_with(['_', '@']) || segment.starts_with('(') && segment.ends_with(')')));
    if segments.last().is_some_and(|last| rule.drop.contains(last)) {
        segments.pop();
    }
    (join(rule.prefix.as_deref().unwrap_or(""), &segments.join("/")), suffix)
}
