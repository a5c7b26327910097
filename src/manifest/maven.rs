//! `pom.xml`: dependencies, plugins and the parent.

use rustc_hash::FxHashMap;

use super::lines::Collector;

/// Tags that hold coordinates.
const BLOCKS: [&str; 3] = ["dependency", "plugin", "parent"];

pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let properties = properties(text);
    // What is being read: the innermost open block, and its parts so far.
    let mut block: Option<(&str, usize)> = None;
    let (mut group, mut artifact, mut version) = ("", "", "");
    for (tag, at, body) in tags(text) {
        match tag {
            "groupId" if block.is_some() => group = body,
            "artifactId" if block.is_some() => artifact = body,
            "version" if block.is_some() => version = body,
            // The exclusions and the configuration of a block have coordinates of their own.
            "exclusions" | "configuration" => block = finish(block.take(), &properties, (group, artifact, version), collector),
            _ if BLOCKS.contains(&tag) => {
                finish(block.take(), &properties, (group, artifact, version), collector);
                block = Some((tag, at));
                (group, artifact, version) = ("", "", "");
            }
            _ => {
                let closes = tag.strip_prefix('/').is_some_and(|name| block.is_some_and(|(open, _)| open == name));
                if closes {
                    block = finish(block.take(), &properties, (group, artifact, version), collector);
                }
            }
        }
    }
}

/// Adds what was read of a block; no block is open afterwards.
fn finish<'a>(block: Option<(&'a str, usize)>, properties: &FxHashMap<&str, &str>, parts: (&str, &str, &str), collector: &mut Collector<'_>) -> Option<(&'a str, usize)> {
    let (group, artifact, version) = parts;
    let (_, at) = block?;
    let value = |text: &str| {
        text.strip_prefix("${").and_then(|name| name.strip_suffix('}')).and_then(|name| properties.get(name)).map_or_else(|| text.to_owned(), |value| (*value).to_owned())
    };
    if !artifact.is_empty() {
        collector.add(&format!("{}:{}", value(group), value(artifact)), &value(version), Vec::new(), at);
    }
    None
}

/// Every tag, where it stands, and the text that follows it up to the next one. Comments are left out.
fn tags(text: &str) -> impl Iterator<Item = (&str, usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find('<')?;
            if text[start..].starts_with("<!--") {
                at = start + text[start..].find("-->")? + 3;
                continue;
            }
            let end = start + text[start..].find('>')?;
            at = end + 1;
            let tag = text[start + 1..end].split_whitespace().next().unwrap_or_default();
            let body = text[at..].split('<').next().unwrap_or_default().trim();
            return Some((tag, start, body));
        }
    })
}

/// The tags between `<properties>` and its end.
fn properties(text: &str) -> FxHashMap<&str, &str> {
    let mut is_inside = false;
    let mut properties = FxHashMap::default();
    for (tag, _, body) in tags(text) {
        match tag {
            "properties" => is_inside = true,
            "/properties" => is_inside = false,
            _ if is_inside && !tag.starts_with('/') => {
                properties.insert(tag, body);
            }
            _ => {}
        }
    }
    properties
}
