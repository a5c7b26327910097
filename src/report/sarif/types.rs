//! The part of SARIF 2.1.0 that is written, each type with its section of the standard.

use camino::Utf8Path;
use serde::Serialize;

/// 3.13.
#[derive(Serialize)]
pub(super) struct Log {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    pub version: &'static str,
    pub runs: [Run; 1],
}

/// 3.14.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub tool: Tool,
    pub automation_details: AutomationDetails,
    pub invocations: [Invocation; 1],
    pub original_uri_base_ids: UriBases,
    pub results: Vec<SarifResult>,
    pub column_kind: &'static str,
}

/// 3.17. What stands before the last slash of the id is the category of a dashboard.
#[derive(Serialize)]
pub(super) struct AutomationDetails {
    pub id: &'static str,
}

/// 3.18.
#[derive(Serialize)]
pub(super) struct Tool {
    pub driver: Driver,
}

/// 3.19.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver {
    pub name: &'static str,
    pub version: &'static str,
    pub semantic_version: &'static str,
    /// The package's homepage, once it has one.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub information_uri: &'static str,
    pub short_description: Message,
    pub rules: Vec<Rule>,
    pub notifications: [Descriptor; 1],
}

/// 3.49, for a notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub id: &'static str,
    pub name: &'static str,
    pub short_description: Message,
    pub full_description: Message,
    /// GitHub wants it of every descriptor.
    pub help: Message,
}

/// 3.49, for a check.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub id: &'static str,
    pub name: &'static str,
    pub short_description: Message,
    pub full_description: Message,
    pub help_uri: String,
    pub help: Help,
    pub default_configuration: Configuration,
    pub properties: RuleProperties,
}

/// 3.12, with both forms.
#[derive(Serialize)]
pub(super) struct Help {
    pub text: String,
    pub markdown: String,
}

/// 3.50.
#[derive(Serialize)]
pub(super) struct Configuration {
    pub level: &'static str,
}

/// 3.8, in the words that GitHub reads.
#[derive(Serialize)]
pub(super) struct RuleProperties {
    pub precision: &'static str,
    #[serde(rename = "security-severity")]
    pub security_severity: &'static str,
    pub tags: Vec<String>,
}

/// 3.11 and 3.12.
#[derive(Serialize, Clone)]
pub(super) struct Message {
    pub text: String,
}

/// 3.20.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub execution_successful: bool,
    pub tool_execution_notifications: Vec<Notification>,
}

/// 3.58.
#[derive(Serialize)]
pub(super) struct Notification {
    pub level: &'static str,
    pub descriptor: DescriptorReference,
    pub message: Message,
    pub locations: [Location; 1],
}

/// 3.52.
#[derive(Serialize)]
pub(super) struct DescriptorReference {
    pub id: &'static str,
}

/// 3.14.14. The root is not named by an absolute path, which would differ from machine to machine.
#[derive(Serialize)]
pub(super) struct UriBases {
    #[serde(rename = "%SRCROOT%")]
    pub root: SourceRoot,
}

/// 3.4, without a URI.
#[derive(Serialize)]
pub(super) struct SourceRoot {
    pub description: Message,
}

/// 3.27.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult {
    pub rule_id: &'static str,
    pub rule_index: usize,
    pub kind: &'static str,
    pub level: &'static str,
    pub message: Message,
    pub locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_flows: Vec<CodeFlow>,
    pub partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
}

/// 3.27.17.
#[derive(Serialize)]
pub(super) struct Fingerprints {
    /// Left out where the source is not at hand: an upload action then computes it.
    #[serde(rename = "primaryLocationLineHash", skip_serializing_if = "Option::is_none")]
    pub line_hash: Option<String>,
    #[serde(rename = "logoutAudit/v1")]
    pub stable: String,
}

/// 3.35.
#[derive(Serialize)]
pub(super) struct Suppression {
    pub kind: &'static str,
    pub status: &'static str,
    pub justification: String,
}

/// 3.36.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow {
    pub thread_flows: [ThreadFlow; 1],
}

/// 3.37.
#[derive(Serialize)]
pub(super) struct ThreadFlow {
    pub locations: Vec<ThreadFlowLocation>,
}

/// 3.38.
#[derive(Serialize)]
pub(super) struct ThreadFlowLocation {
    pub location: Location,
}

/// 3.28.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    pub physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

/// 3.29.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

/// 3.4.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    pub uri: String,
    pub uri_base_id: &'static str,
}

/// 3.30.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub start_line: u32,
    pub start_column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub snippet: Snippet,
}

/// 3.3.
#[derive(Serialize, Clone)]
pub(super) struct Snippet {
    pub text: String,
}

impl Message {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl ArtifactLocation {
    /// A relative URI. Everything but unreserved letters is percent-encoded, so that no name reads as a scheme, a query or an escape.
    pub(super) fn of(file: &Utf8Path) -> Self {
        let mut uri = String::new();
        for byte in file.as_str().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
                byte => uri.push_str(&format!("%{byte:02X}")),
            }
        }
        Self { uri, uri_base_id: "%SRCROOT%" }
    }
}
