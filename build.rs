//! Prepares the embedded rules: the same entries as in `rules/`, without their examples, in a form that is read faster than TOML.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What only tests and `--verify-rules` look at.
const LEFT_OUT: [&str; 2] = ["example", "counter-example"];

fn main() {
    // Rule files are embedded: a change in them is a change of the program.
    println!("cargo:rerun-if-changed=rules");
    let mut files = Vec::new();
    collect(Path::new("rules"), &mut files);
    files.sort();
    let mut lines = String::new();
    for file in files {
        let name = file.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut rules: Value = toml::from_str(&text).unwrap_or_else(|error| panic!("{name} is not valid:\n{error}"));
        strip(&mut rules);
        lines.push_str(&format!("{name}\t{rules}\n"));
    }
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).expect("cargo names a folder for what is built");
    fs::write(out.join("rules.jsonl"), lines).expect("the folder that cargo names can be written to");
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            into.push(path);
        }
    }
}

fn strip(rules: &mut Value) {
    for entries in rules.as_object_mut().into_iter().flat_map(|kinds| kinds.values_mut()).filter_map(Value::as_array_mut) {
        for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
            for key in LEFT_OUT {
                entry.remove(key);
            }
        }
    }
}
