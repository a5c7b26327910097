//! Sites as SARIF locations: columns in UTF-16 units, lines with their hashes. Each source is read once.

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::types::{ArtifactLocation, Location, Message, PhysicalLocation, Region, Snippet};
use crate::outcome::Site;
use crate::report::{columns, line_hash};

/// How much of the code is quoted.
const SNIPPET: usize = 400;

pub(super) struct Places<'a> {
    read: &'a dyn Fn(&Utf8Path) -> Option<String>,
    files: HashMap<Utf8PathBuf, Option<File>>,
}

struct File {
    text: String,
    hashes: Option<Vec<String>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(read: &'a dyn Fn(&Utf8Path) -> Option<String>) -> Self {
        Self { read, files: HashMap::new() }
    }

    /// The whole site.
    pub(super) fn location(&mut self, site: &Site, message: Option<String>) -> Location {
        let text = self.file(&site.file).map(|file| file.text.as_str());
        let column = |line: u32, column: u32| text.and_then(|text| columns::line_of(text, line)).map_or(column, |line| columns::utf16(line, column)).max(1);
        let (start_line, start_column) = (site.line.max(1), column(site.line, site.column));
        let end_line = site.end_line.max(start_line);
        let mut end_column = column(site.end_line, site.end_column);
        if end_line == start_line {
            end_column = end_column.max(start_column);
        }
        // NOTE: readers keep these numbers in 32 bits with a sign.
        let [start_line, start_column, end_line, end_column] = [start_line, start_column, end_line, end_column].map(|number| number.min(i32::MAX.unsigned_abs()));
        let region = Region { start_line, start_column, end_line, end_column, snippet: Snippet { text: site.code.chars().take(SNIPPET).collect() } };
        Location {
            id: None,
            physical_location: PhysicalLocation { artifact_location: ArtifactLocation::of(&site.file), region: Some(region) },
            message: message.map(Message::text),
        }
    }

    /// The site's first line alone, as dashboards show a result only where all its lines are shown.
    pub(super) fn narrow(&mut self, site: &Site) -> Location {
        let first = site.code.lines().next().unwrap_or("");
        let mut narrow = site.clone();
        if site.end_line > site.line {
            narrow.end_line = site.line;
            narrow.end_column = site.column.saturating_add(u32::try_from(first.chars().count()).unwrap_or(0));
            narrow.code = first.to_owned();
        }
        self.location(&narrow, None)
    }

    /// The hash of the site's first line, where the source is at hand.
    pub(super) fn line_hash(&mut self, site: &Site) -> Option<String> {
        let index = usize::try_from(site.line).ok()?.checked_sub(1)?;
        let file = self.file(&site.file)?;
        let hashes = file.hashes.get_or_insert_with(|| line_hash::line_hashes(&file.text));
        hashes.get(index).cloned()
    }

    fn file(&mut self, path: &Utf8Path) -> Option<&mut File> {
        let read = self.read;
        self.files.entry(path.to_owned()).or_insert_with(|| read(path).map(|text| File { text, hashes: None })).as_mut()
    }
}
