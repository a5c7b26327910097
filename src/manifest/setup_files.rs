//! Python's older `setup.py` and `setup.cfg`, as well as they can be read without being run.

use super::lines::Collector;
use super::python::add_requirement;

/// Takes the texts of every list that stands after a word that ends in `requires` or `require`.
pub(super) fn setup_py(text: &str, collector: &mut Collector<'_>) {
    let mut depth = 0_usize;
    let mut is_open = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.split(" #").next().unwrap_or_default();
        if line.trim_start().starts_with('#') {
            continue;
        }
        let mut rest = line;
        if !is_open {
            let Some(at) = line.find("requires").or_else(|| line.find("extras_require")).or_else(|| line.find("REQUIRED")) else { continue };
            rest = &line[at..];
            if !rest.contains(['[', '{']) {
                continue;
            }
            depth = 0;
        }
        add_texts(rest, start, &mut depth, collector);
        is_open = depth > 0;
    }
}

/// Adds the texts of one line that stand inside brackets, and counts the brackets.
fn add_texts(line: &str, start: usize, depth: &mut usize, collector: &mut Collector<'_>) {
    let mut quote: Option<(char, usize)> = None;
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (Some((mark, from)), _) if mark == character => {
                let is_key = line[at + 1..].trim_start().starts_with(':');
                if *depth > 0 && !is_key {
                    add_requirement(&line[from..at], start, collector);
                }
                quote = None;
            }
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some((character, at + 1)),
            (None, '[' | '{') => *depth += 1,
            (None, ']' | '}') => {
                *depth = depth.saturating_sub(1);
                if *depth == 0 {
                    return;
                }
            }
            (None, _) => {}
        }
    }
}

pub(super) fn setup_cfg(text: &str, collector: &mut Collector<'_>) {
    let mut section = "";
    let mut is_list = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim();
            is_list = false;
        } else if !line.starts_with([' ', '\t']) {
            let (key, first) = trimmed.split_once('=').unwrap_or((trimmed, ""));
            let is_extra = section == "options.extras_require";
            is_list = is_extra || (section == "options" && matches!(key.trim(), "install_requires" | "setup_requires" | "tests_require"));
            if is_list && !first.trim().is_empty() {
                add_requirement(first.trim(), start, collector);
            }
        } else if is_list {
            add_requirement(trimmed, start, collector);
        }
    }
}
