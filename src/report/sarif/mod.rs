//! SARIF 2.1.0 as GitHub code scanning and other dashboards read it.

mod flows;
mod places;
mod results;
mod rules;
mod types;

use std::io;

use self::places::Places;
use self::types::{
    ArtifactLocation, AutomationDetails, Descriptor, DescriptorReference, Driver, Invocation, Location, Log, Message, Notification, PhysicalLocation, Run, SourceRoot, Tool,
    UriBases,
};
use super::{ReportOptions, harmless};
use crate::outcome::{Outcome, SkippedFile};

/// The id of the notification about a file that was left out.
const FILE_SKIPPED: &str = "file-skipped";

/// Writes one log with one run, in which all rules are listed even without results.
pub(super) fn write(outcome: &Outcome, options: &ReportOptions<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut places = Places::new(options.source);
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver() },
            automation_details: AutomationDetails { id: "logout-audit/" },
            invocations: [Invocation { execution_successful: true, tool_execution_notifications: outcome.skipped_files.iter().map(notification).collect() }],
            original_uri_base_ids: UriBases { root: SourceRoot { description: Message::text("The root of the scanned tree.") } },
            results: results::all(outcome, options.include_suppressed, &mut places),
            column_kind: "utf16CodeUnits",
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn driver() -> Driver {
    let description = "A file that was left out or only partly read, so that a logout in it may have been missed.";
    Driver {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_HOMEPAGE"),
        short_description: Message::text(concat!(env!("CARGO_PKG_DESCRIPTION"), ".")),
        rules: rules::all(),
        notifications: [Descriptor {
            id: FILE_SKIPPED,
            name: "FileNotRead",
            short_description: Message::text("A file was skipped."),
            full_description: Message::text(description),
            help: Message::text("Mend the file, raise --max-file-size, or leave the file out with --exclude."),
        }],
    }
}

fn notification(skipped: &SkippedFile) -> Notification {
    let location = PhysicalLocation { artifact_location: ArtifactLocation::of(&skipped.file), region: None };
    Notification {
        level: "warning",
        descriptor: DescriptorReference { id: FILE_SKIPPED },
        message: Message::text(format!("The file was left out or only partly read: {}.", harmless::line(skipped.reason.trim_end_matches('.')))),
        locations: [Location { id: None, physical_location: location, message: None }],
    }
}
