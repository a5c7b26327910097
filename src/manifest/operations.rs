//! Descriptions of an interface (OpenAPI) that name the functions which answer its paths.

use std::collections::BTreeMap;

use super::LIMIT;
use super::yaml;
use crate::source::{Auxiliary, Kind, Tree, read_auxiliary};

/// The key that names an operation, for some frameworks the function that does it.
const OPERATION: &str = "operationId";
/// The keys that name the module of all functions of a path or operation.
const CONTROLLERS: [&str; 2] = ["x-openapi-router-controller", "x-swagger-router-controller"];
/// The methods of a path.
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// One operation of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// In small letters.
    pub method: String,
    /// The path under which the whole interface stands.
    pub base: String,
    /// The path below that.
    pub path: String,
    /// As it is written, with the controller's module before it: `app.auth.logout`.
    pub function: String,
}

/// The operations that the descriptions of a tree name, in the order of the files.
pub fn operations(tree: &Tree) -> Vec<Operation> {
    let described = |file: &Auxiliary| {
        let text = read_auxiliary(file, LIMIT).unwrap_or_default();
        if text.contains(OPERATION) { of_text(&text) } else { Vec::new() }
    };
    tree.of_kind(Kind::Yaml).flat_map(described).collect()
}

fn of_text(text: &str) -> Vec<Operation> {
    let mut base = String::new();
    let mut controllers: BTreeMap<Vec<String>, String> = BTreeMap::new();
    let mut named: Vec<(String, String, String)> = Vec::new();
    for yaml::Entry { keys, value, .. } in yaml::entries(text) {
        let path: Vec<&str> = keys.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["basePath"] | ["servers", "0", "url"] => base = path_of(&value).to_owned(),
            ["paths", at, method, OPERATION] if METHODS.contains(method) => named.push(((*at).to_owned(), (*method).to_owned(), value)),
            ["paths", at @ .., last] if CONTROLLERS.contains(last) => {
                controllers.insert(at.iter().map(|key| (*key).to_owned()).collect(), value);
            }
            _ => {}
        }
    }
    let operation = |(at, method, function): (String, String, String)| {
        let controller = controllers.get(&vec![at.clone(), method.clone()]).or_else(|| controllers.get(&vec![at.clone()]));
        let function = controller.map_or_else(|| function.clone(), |module| format!("{module}.{function}"));
        Operation { base: base.clone(), path: at, method, function }
    };
    named.into_iter().map(operation).collect()
}

/// The path of a server's address.
fn path_of(url: &str) -> &str {
    match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_has_its_path_below_the_servers_and_its_function_in_the_controller() {
        let text = "openapi: 3.0.0\nservers:\n  - url: https://x.example/api\npaths:\n  /auth/logout:\n    x-openapi-router-controller: app.auth\n    post:\n      operationId: logout\n  /me:\n    get:\n      operationId: app.users.me\n      tags: [users]\n";
        let written: Vec<String> = of_text(text).into_iter().map(|operation| format!("{} {}{} {}", operation.method, operation.base, operation.path, operation.function)).collect();
        assert_eq!(written, ["post /api/auth/logout app.auth.logout", "get /api/me app.users.me"]);
    }
}
