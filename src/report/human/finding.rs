//! One finding of a supporting check, with its code quoted.

use miette::Severity as Weight;

use super::frame::{self, Mark, Words};
use super::paint::Paint;
use crate::outcome::{Finding, Severity};
use crate::report::{ReportOptions, harmless, sentence};

/// The finding as text that ends with a line break.
pub(super) fn render(finding: &Finding, options: &ReportOptions<'_>, paint: Paint) -> String {
    let suppressed = finding.suppressed.as_ref().map_or_else(String::new, |reason| format!("  (suppressed: {})", harmless::line(reason)));
    let mut text = format!("{}  {}{suppressed}\n\n", paint.bold(finding.check), paint.severity(finding.severity));
    let source = (options.source)(&finding.site.file);
    let mut marks = vec![Mark { site: &finding.site, label: String::new(), primary: true }];
    for site in finding.related.iter().filter(|site| site.file == finding.site.file && !frame::same_line(site, &finding.site)) {
        marks.push(Mark { site, label: String::new(), primary: false });
    }
    marks.retain(|mark| frame::has_line(source.as_deref(), mark.site));
    let message = harmless::line(&finding.message);
    let words = Words { message: &message, help: finding.fix.as_deref().map(harmless::line), severity: weight(finding.severity) };
    text.push_str(&frame::draw(&paint.drawer(options.width), source.as_deref(), &marks, &words));
    for site in finding.related.iter().filter(|site| site.file != finding.site.file) {
        text.push_str(&format!("   see {}  {}\n", sentence::place(site), harmless::short(&site.code, 64)));
    }
    text
}

fn weight(severity: Severity) -> Weight {
    match severity {
        Severity::High => Weight::Error,
        Severity::Medium => Weight::Warning,
        Severity::Low | Severity::Info => Weight::Advice,
    }
}
