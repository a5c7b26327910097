//! Stub.
pub(super) fn write(_outcome: &crate::outcome::Outcome, _options: &super::ReportOptions<'_>, _out: &mut dyn std::io::Write) -> std::io::Result<()> { Ok(()) }
