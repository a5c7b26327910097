//! What an audit says, as plain data: the words of the report formats and of nothing else.
//!
//! Never knows how a result was found or how it will look. No ids of other rooms occur here; every [`Site`] is complete in itself.

use std::fmt;

use camino::Utf8PathBuf;

/// One of the four required cleanups, in the order of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    ServerSession,
    Token,
    Cookie,
    ClientState,
}

/// Where an action takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    Server,
    Client,
}

/// How much a check matters; `--fail-on` compares with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
}

/// The answer of a primary check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    Pass,
    Skip,
    Fail,
}

/// Why a check was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkipReason {
    ManagedProvider,
    NoSessionHandling,
    ServerNotInTree,
}

/// When a cleanup takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timing {
    Immediate,
    /// Started and not awaited.
    Unawaited,
    /// Later than one second: a timer, a queue, an expiry in the future.
    Deferred,
}

/// A place in a scanned file with the text that stands there. Lines and columns count from 1, columns in Unicode code points; ends are exclusive in columns.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    /// Relative to the scanned root, with forward slashes.
    pub file: Utf8PathBuf,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub code: String,
}

/// A function (or configuration block) where a logout begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// The whole function. Its first line is the function's first line, decorators aside.
    pub site: Site,
    /// The handler's head alone: what a narrow annotation marks.
    pub head: Site,
    pub symbol: String,
    /// `GET`, `POST`, … ; `ANY`; empty for a handler without HTTP.
    pub method: Option<String>,
    pub route: Option<String>,
    pub framework: Option<String>,
    pub language: String,
    pub side: Side,
}

/// One cleanup call found in a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub site: Site,
    pub action: Action,
    /// The side of the code that holds the call.
    pub at: Side,
    /// The rule's id.
    pub rule: String,
    pub timing: Timing,
    pub counts: bool,
    /// Why it does not count, as half a sentence.
    pub why_not: Option<String>,
    /// The condition under which it is reached, quoted, inside `not (…)` where that must fail; a guard on the credential being there is no condition.
    pub condition: Option<String>,
    /// The session backend it was judged by, and whether that was seen or assumed.
    pub backend: Option<String>,
    /// The calls from the handler to the site.
    pub via: Vec<Site>,
    /// The call that starts it, for whose end nobody waits.
    pub started: Option<Site>,
}

/// One of the four actions in one flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionOutcome {
    pub action: Action,
    pub found: bool,
    pub evidence: Vec<Evidence>,
    /// Why it is missing, for people: what holds the credential, and where.
    pub missing: Option<String>,
    /// Where the missing credential is created or kept.
    pub missing_sites: Vec<Site>,
    /// The reason of a declaration that the action is handled elsewhere; it then counts as found.
    pub declared: Option<String>,
}

/// The answer of one primary check, for a flow or for the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub check: &'static str,
    pub severity: Severity,
    pub answer: Answer,
    /// Of the four actions; of the worst flow for the project.
    pub found: u8,
    pub required: u8,
    /// One sentence with the ratio: `2 of 4 cleanup actions found; missing: …`.
    pub detail: String,
    pub reason: Option<SkipReason>,
}

/// Something a reader of the flow should know: a call that could not be followed, a Java file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub message: String,
    pub site: Option<Site>,
}

/// One server handler with its clients, and what they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Stable over line moves.
    pub id: String,
    pub server: Option<Handler>,
    pub clients: Vec<Handler>,
    /// The calls over HTTP by which the clients reach the server, one for each client that has one.
    pub requests: Vec<Site>,
    /// Always four, in the order of [`Action`].
    pub actions: Vec<ActionOutcome>,
    /// The two primary checks.
    pub verdicts: Vec<Verdict>,
    pub notes: Vec<Note>,
    /// How to mend it in the framework at hand; empty when nothing is missing.
    pub fixes: Vec<String>,
    /// The suppressions that apply to the flow's verdicts: check id and reason.
    pub suppressed: Vec<(String, String)>,
}

/// A managed provider that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub name: String,
    /// The manifest line and the sign-out call, where they were seen.
    pub evidence: Vec<Site>,
}

/// A session backend that was seen, or assumed as the framework's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    pub framework: String,
    pub held: Side,
    pub store: String,
    /// Where it is chosen; empty when the framework's default was assumed.
    pub evidence: Vec<Site>,
}

/// A finding of a supporting check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    pub severity: Severity,
    pub message: String,
    pub site: Site,
    pub related: Vec<Site>,
    pub fix: Option<String>,
    /// Stable over line moves; unique in the run.
    pub fingerprint: String,
    /// The reason of the suppression that applies.
    pub suppressed: Option<String>,
}

/// A file that was left out or only partly read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkippedFile {
    pub file: Utf8PathBuf,
    pub reason: String,
}

/// A comment in a scanned file that speaks to this program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comment {
    pub site: Site,
    /// What stands after `logout-audit:`.
    pub text: String,
}

/// Counts of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    pub files_seen: u64,
    pub files_parsed: u64,
    /// Of the source files seen.
    pub bytes: u64,
}

/// All that an audit says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// One for each primary check; the worst flow decides.
    pub verdicts: Vec<Verdict>,
    pub providers: Vec<Provider>,
    pub backends: Vec<Backend>,
    pub flows: Vec<Flow>,
    pub findings: Vec<Finding>,
    pub skipped_files: Vec<SkippedFile>,
    /// What the reader should know about the run as a whole.
    pub notes: Vec<Note>,
    /// The comments that speak to this program, in the order of files and lines.
    pub comments: Vec<Comment>,
    pub stats: Stats,
}

impl Action {
    /// All four, in the order of reports.
    pub const ALL: [Self; 4] = [Self::ServerSession, Self::Token, Self::Cookie, Self::ClientState];

    /// The side on which the action takes effect.
    pub fn side(self) -> Side {
        match self {
            Self::ServerSession | Self::Token => Side::Server,
            Self::Cookie | Self::ClientState => Side::Client,
        }
    }

    /// The word used in reports and rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServerSession => "server-session",
            Self::Token => "token",
            Self::Cookie => "cookie",
            Self::ClientState => "client-state",
        }
    }
}

impl Side {
    /// The word used in reports and rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

impl Severity {
    /// The word used in reports and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl Answer {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Fail => "fail",
        }
    }
}

impl SkipReason {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManagedProvider => "managed-provider",
            Self::NoSessionHandling => "no-session-handling",
            Self::ServerNotInTree => "server-not-in-tree",
        }
    }
}

impl Timing {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Unawaited => "unawaited",
            Self::Deferred => "deferred",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The reason that stands for a suppression when a baseline file accepts the result.
pub const IN_BASELINE: &str = "accepted in the baseline";

impl Flow {
    /// The reason why the flow's verdict of a check is suppressed, if it is.
    pub fn suppression(&self, check: &str) -> Option<&str> {
        self.suppressed.iter().find(|(id, _)| id == check).map(|(_, reason)| reason.as_str())
    }

    /// The handler that stands for the flow: the server's, else the first client's.
    pub fn primary(&self) -> Option<&Handler> {
        self.server.as_ref().or_else(|| self.clients.first())
    }

    /// All cleanup calls, in the order of the actions.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.actions.iter().flat_map(|action| &action.evidence)
    }
}

impl Outcome {
    /// Whether anything that is not suppressed fails at or above a severity.
    pub fn fails_at(&self, threshold: Severity) -> bool {
        let counts = |severity: Severity| severity >= threshold;
        let flow_fails = |flow: &Flow| flow.verdicts.iter().any(|verdict| verdict.answer == Answer::Fail && counts(verdict.severity) && flow.suppression(verdict.check).is_none());
        self.flows.iter().any(flow_fails)
            || self.findings.iter().any(|finding| finding.suppressed.is_none() && counts(finding.severity))
            || self.failures_without_flow().any(|verdict| counts(verdict.severity))
    }

    /// The failures of the project that no flow shows: sessions are created and nothing logs out.
    pub fn failures_without_flow(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| {
            let shown = |flow: &Flow| flow.verdicts.iter().any(|own| own.check == verdict.check && own.answer == Answer::Fail);
            verdict.answer == Answer::Fail && !self.flows.iter().any(shown)
        })
    }

    /// Where a failure without a flow is shown: the first place that a note or a backend quotes.
    pub fn project_site(&self) -> Option<&Site> {
        let noted = self.notes.iter().find_map(|note| note.site.as_ref());
        noted.or_else(|| self.backends.iter().find_map(|backend| backend.evidence.first()))
    }
}
