//! The words of the JSON format. The doc comments here are the descriptions of its schema.

use schemars::JsonSchema;
use serde::Serialize;

use crate::outcome;

/// What `logout-audit --format json` writes.
#[derive(Serialize, JsonSchema)]
pub(super) struct Report<'a> {
    /// Rises when a key is removed or changes its meaning; new keys may come without it.
    schema_version: SchemaVersion,
    tool: Tool,
    /// One per primary check, for the whole project: the worst flow decides.
    verdicts: Vec<Verdict<'a>>,
    /// Managed authentication services that were seen.
    providers: Vec<Provider<'a>>,
    /// Session backends that were seen, or assumed as a framework's default.
    backends: Vec<Backend<'a>>,
    flows: Vec<Flow<'a>>,
    /// Results of the supporting checks.
    findings: Vec<Finding<'a>>,
    /// Files that were left out or only partly read.
    skipped_files: Vec<SkippedFile<'a>>,
    notes: Vec<Note<'a>>,
    stats: Stats,
}

/// Always 1.
struct SchemaVersion;

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// A place in a scanned file. Lines and columns count from 1, columns in Unicode code points; the end column is exclusive.
#[derive(Serialize, JsonSchema)]
struct Location<'a> {
    /// Relative to the scanned root, with forward slashes.
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    /// The text that stands there.
    code: &'a str,
}

/// A function or configuration block where a logout begins. Its code is quoted whole.
#[derive(Serialize, JsonSchema)]
struct Handler<'a> {
    #[serde(flatten)]
    location: Location<'a>,
    symbol: &'a str,
    method: Option<&'a str>,
    route: Option<&'a str>,
    framework: Option<&'a str>,
    language: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct Verdict<'a> {
    check: &'a str,
    severity: Severity,
    verdict: Answer,
    /// How many of the required cleanup actions were found.
    found: u8,
    required: u8,
    /// One sentence with the ratio.
    detail: &'a str,
    /// Why the check was skipped.
    reason: Option<SkipReason>,
}

#[derive(Serialize, JsonSchema)]
struct Provider<'a> {
    name: &'a str,
    /// The manifest line and the sign-out call.
    evidence: Vec<Location<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Backend<'a> {
    framework: &'a str,
    /// The side that holds the session.
    held: Side,
    store: &'a str,
    /// Where it is chosen; empty when the framework's default was assumed.
    evidence: Vec<Location<'a>>,
}

/// One server handler, the clients that call it, and all they reach.
#[derive(Serialize, JsonSchema)]
struct Flow<'a> {
    /// Stable over line moves.
    id: &'a str,
    server: Option<Handler<'a>>,
    clients: Vec<Handler<'a>>,
    /// The calls by which the clients reach the server.
    requests: Vec<Location<'a>>,
    /// Always four: server-session, token, cookie, client-state.
    actions: Vec<ActionOutcome<'a>>,
    verdicts: Vec<Verdict<'a>>,
    notes: Vec<Note<'a>>,
    /// How to mend the flow in the framework at hand.
    fixes: Vec<&'a str>,
    /// Checks whose failure in this flow is suppressed.
    suppressed: Vec<Suppression<'a>>,
}

/// One of the four cleanup actions in one flow.
#[derive(Serialize, JsonSchema)]
struct ActionOutcome<'a> {
    action: Action,
    /// The side on which the action takes effect.
    side: Side,
    status: Status,
    evidence: Vec<Evidence<'a>>,
    /// Why it is missing.
    missing: Option<&'a str>,
    /// Where the credential that stays behind is created or kept.
    missing_sites: Vec<Location<'a>>,
    /// The reason of a declaration that the action is handled elsewhere.
    declared: Option<&'a str>,
}

/// One cleanup call.
#[derive(Serialize, JsonSchema)]
struct Evidence<'a> {
    #[serde(flatten)]
    location: Location<'a>,
    rule: &'a str,
    timing: Timing,
    /// Whether it counts as found.
    counts: bool,
    why_not: Option<&'a str>,
    /// The condition under which it is reached, inside `not (…)` where that must fail.
    condition: Option<&'a str>,
    /// The session backend it was judged by.
    backend: Option<&'a str>,
    /// The calls from the handler to the place.
    via: Vec<Location<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Suppression<'a> {
    check: &'a str,
    reason: &'a str,
}

/// A result of a supporting check.
#[derive(Serialize, JsonSchema)]
struct Finding<'a> {
    check: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    location: Location<'a>,
    related: Vec<Location<'a>>,
    fix: Option<&'a str>,
    /// Stable over line moves, unique in the run.
    fingerprint: &'a str,
    /// The reason of the suppression that applies.
    suppressed: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct SkippedFile<'a> {
    file: &'a str,
    reason: &'a str,
}

/// Something a reader should know, such as a call that could not be followed.
#[derive(Serialize, JsonSchema)]
struct Note<'a> {
    message: &'a str,
    location: Option<Location<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Stats {
    files_seen: u64,
    files_parsed: u64,
    /// Of the source files seen.
    bytes: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Action {
    ServerSession,
    Token,
    Cookie,
    ClientState,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Side {
    Server,
    Client,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Status {
    Found,
    Missing,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Severity {
    High,
    Medium,
    Low,
    Info,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Pass,
    Fail,
    Skip,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum SkipReason {
    ManagedProvider,
    NoSessionHandling,
    ServerNotInTree,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Timing {
    Immediate,
    Unawaited,
    Deferred,
}

impl Serialize for SchemaVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(1)
    }
}

impl JsonSchema for SchemaVersion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SchemaVersion".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "const": 1 })
    }
}

impl<'a> From<&'a outcome::Outcome> for Report<'a> {
    fn from(outcome: &'a outcome::Outcome) -> Self {
        let stats = outcome.stats;
        Self {
            schema_version: SchemaVersion,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            verdicts: outcome.verdicts.iter().map(Verdict::from).collect(),
            providers: outcome.providers.iter().map(|provider| Provider { name: &provider.name, evidence: locations(&provider.evidence) }).collect(),
            backends: outcome.backends.iter().map(Backend::from).collect(),
            flows: outcome.flows.iter().map(Flow::from).collect(),
            findings: outcome.findings.iter().map(Finding::from).collect(),
            skipped_files: outcome.skipped_files.iter().map(|skipped| SkippedFile { file: skipped.file.as_str(), reason: &skipped.reason }).collect(),
            notes: outcome.notes.iter().map(Note::from).collect(),
            stats: Stats { files_seen: stats.files_seen, files_parsed: stats.files_parsed, bytes: stats.bytes },
        }
    }
}

impl<'a> From<&'a outcome::Site> for Location<'a> {
    fn from(site: &'a outcome::Site) -> Self {
        Self { file: site.file.as_str(), line: site.line, column: site.column, end_line: site.end_line, end_column: site.end_column, code: &site.code }
    }
}

impl<'a> From<&'a outcome::Handler> for Handler<'a> {
    fn from(handler: &'a outcome::Handler) -> Self {
        Self {
            location: Location::from(&handler.site),
            symbol: &handler.symbol,
            method: handler.method.as_deref().filter(|method| !method.is_empty()),
            route: handler.route.as_deref(),
            framework: handler.framework.as_deref(),
            language: &handler.language,
        }
    }
}

impl<'a> From<&'a outcome::Verdict> for Verdict<'a> {
    fn from(verdict: &'a outcome::Verdict) -> Self {
        Self {
            check: verdict.check,
            severity: severity(verdict.severity),
            verdict: match verdict.answer {
                outcome::Answer::Pass => Answer::Pass,
                outcome::Answer::Skip => Answer::Skip,
                outcome::Answer::Fail => Answer::Fail,
            },
            found: verdict.found,
            required: verdict.required,
            detail: &verdict.detail,
            reason: verdict.reason.map(|reason| match reason {
                outcome::SkipReason::ManagedProvider => SkipReason::ManagedProvider,
                outcome::SkipReason::NoSessionHandling => SkipReason::NoSessionHandling,
                outcome::SkipReason::ServerNotInTree => SkipReason::ServerNotInTree,
            }),
        }
    }
}

impl<'a> From<&'a outcome::Backend> for Backend<'a> {
    fn from(backend: &'a outcome::Backend) -> Self {
        Self { framework: &backend.framework, held: side(backend.held), store: &backend.store, evidence: locations(&backend.evidence) }
    }
}

impl<'a> From<&'a outcome::Flow> for Flow<'a> {
    fn from(flow: &'a outcome::Flow) -> Self {
        Self {
            id: &flow.id,
            server: flow.server.as_ref().map(Handler::from),
            clients: flow.clients.iter().map(Handler::from).collect(),
            requests: locations(&flow.requests),
            actions: flow.actions.iter().map(ActionOutcome::from).collect(),
            verdicts: flow.verdicts.iter().map(Verdict::from).collect(),
            notes: flow.notes.iter().map(Note::from).collect(),
            fixes: flow.fixes.iter().map(String::as_str).collect(),
            suppressed: flow.suppressed.iter().map(|(check, reason)| Suppression { check, reason }).collect(),
        }
    }
}

impl<'a> From<&'a outcome::ActionOutcome> for ActionOutcome<'a> {
    fn from(action: &'a outcome::ActionOutcome) -> Self {
        Self {
            action: match action.action {
                outcome::Action::ServerSession => Action::ServerSession,
                outcome::Action::Token => Action::Token,
                outcome::Action::Cookie => Action::Cookie,
                outcome::Action::ClientState => Action::ClientState,
            },
            side: side(action.action.side()),
            status: if action.found { Status::Found } else { Status::Missing },
            evidence: action.evidence.iter().map(Evidence::from).collect(),
            missing: action.missing.as_deref(),
            missing_sites: locations(&action.missing_sites),
            declared: action.declared.as_deref(),
        }
    }
}

impl<'a> From<&'a outcome::Evidence> for Evidence<'a> {
    fn from(evidence: &'a outcome::Evidence) -> Self {
        Self {
            location: Location::from(&evidence.site),
            rule: &evidence.rule,
            timing: match evidence.timing {
                outcome::Timing::Immediate => Timing::Immediate,
                outcome::Timing::Unawaited => Timing::Unawaited,
                outcome::Timing::Deferred => Timing::Deferred,
            },
            counts: evidence.counts,
            why_not: evidence.why_not.as_deref(),
            condition: evidence.condition.as_deref(),
            backend: evidence.backend.as_deref(),
            via: locations(&evidence.via),
        }
    }
}

impl<'a> From<&'a outcome::Finding> for Finding<'a> {
    fn from(finding: &'a outcome::Finding) -> Self {
        Self {
            check: finding.check,
            severity: severity(finding.severity),
            message: &finding.message,
            location: Location::from(&finding.site),
            related: locations(&finding.related),
            fix: finding.fix.as_deref(),
            fingerprint: &finding.fingerprint,
            suppressed: finding.suppressed.as_deref(),
        }
    }
}

impl<'a> From<&'a outcome::Note> for Note<'a> {
    fn from(note: &'a outcome::Note) -> Self {
        Self { message: &note.message, location: note.site.as_ref().map(Location::from) }
    }
}

fn locations(sites: &[outcome::Site]) -> Vec<Location<'_>> {
    sites.iter().map(Location::from).collect()
}

fn severity(severity: outcome::Severity) -> Severity {
    match severity {
        outcome::Severity::High => Severity::High,
        outcome::Severity::Medium => Severity::Medium,
        outcome::Severity::Low => Severity::Low,
        outcome::Severity::Info => Severity::Info,
    }
}

fn side(side: outcome::Side) -> Side {
    match side {
        outcome::Side::Server => Side::Server,
        outcome::Side::Client => Side::Client,
    }
}
