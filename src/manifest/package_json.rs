//! `package.json`: all kinds of dependencies.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::lines::Collector;

const SECTIONS: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let Ok(manifest) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else { return };
    let keys = keys(text);
    for section in SECTIONS {
        let Some(Value::Object(dependencies)) = manifest.get(section) else { continue };
        let start = keys.get(section).and_then(|places| places.first()).copied().unwrap_or(0);
        for (name, requirement) in dependencies {
            let place = keys.get(name.as_str()).and_then(|places| places.get(places.partition_point(|place| *place < start))).copied().unwrap_or(start);
            // `npm:other@^1` installs another package under this name.
            let requirement = requirement.as_str().unwrap_or_default();
            let requirement = requirement.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')).map_or(requirement, |(_, version)| version);
            collector.add(name, requirement, Vec::new(), place);
        }
    }
}

/// Every key of the text, at whatever depth, with its places in order.
fn keys(text: &str) -> FxHashMap<&str, Vec<usize>> {
    let mut keys: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'"')).map(|found| at + found + 1) {
        let mut end = start;
        while let Some(byte) = bytes.get(end).filter(|byte| **byte != b'"') {
            end += if *byte == b'\\' { 2 } else { 1 };
        }
        at = end + 1;
        let is_key = bytes.get(at..).is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b':'));
        if let Some(key) = text.get(start..end).filter(|_| is_key) {
            keys.entry(key).or_default().push(start);
        }
    }
    keys
}
