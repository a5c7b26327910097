//! Outcomes made by hand, with the sources they quote.

use camino::{Utf8Path, Utf8PathBuf};
use logout_audit::outcome::{
    Action, ActionOutcome, Answer, Backend, Evidence, Finding, Flow, Handler, Note, Outcome, Provider, Severity, Side, Site, SkipReason, SkippedFile, Stats, Timing, Verdict,
};
use logout_audit::report::{Format, ReportOptions, write};

pub(crate) const SERVER: &str = "import express from \"express\";\nimport session from \"express-session\";\n\nconst router = express.Router();\n\nrouter.post(\"/logout\", (req, res) => {\n  res.clearCookie(\"sid\");\n  setTimeout(() => req.session.destroy(), 5000);\n  res.json({ ok: true });\n});\n";
pub(crate) const CLIENT: &str =
    "export async function handleLogout() {\n  await fetch(\"/api/auth/logout\", { method: \"POST\" });\n  /* 🙂 */ localStorage.removeItem(\"token\");\n}\n";

/// A failing flow from a browser to a server, a passing flow, findings, a note and a skipped file.
pub(crate) fn outcome() -> Outcome {
    let cookie = evidence("src/routes/auth.ts", SERVER, "res.clearCookie(\"sid\")", Action::Cookie, "express.clear-cookie");
    let mut destroy = evidence("src/routes/auth.ts", SERVER, "req.session.destroy()", Action::ServerSession, "express-session.destroy");
    destroy.timing = Timing::Deferred;
    destroy.counts = false;
    destroy.why_not = Some("deferred by 5000 ms".to_owned());
    destroy.backend = Some("express-session, seen at src/app.ts:12".to_owned());
    let mut storage = evidence("web/src/auth.ts", CLIENT, "localStorage.removeItem(\"token\")", Action::ClientState, "browser.local-storage-remove");
    storage.at = Side::Client;
    storage.via = vec![site("web/src/auth.ts", CLIENT, "handleLogout()")];
    let redis = Site { file: "src/app.ts".into(), line: 12, column: 3, end_line: 12, end_column: 20, code: "new RedisStore()".to_owned() };
    let failing = Flow {
        id: "f1c0ffee".to_owned(),
        server: Some(handler("src/routes/auth.ts", SERVER, "router.post(\"/logout\", (req, res) => {", Side::Server)),
        clients: vec![handler("web/src/auth.ts", CLIENT, "export async function handleLogout() {", Side::Client)],
        requests: vec![site("web/src/auth.ts", CLIENT, "fetch(\"/api/auth/logout\", { method: \"POST\" })")],
        actions: vec![
            action(Action::ServerSession, vec![destroy], Some("express-session keeps records in Redis (src/app.ts:12); nothing destroys this one"), vec![redis.clone()]),
            action(Action::Token, vec![], Some("refresh tokens are stored at src/routes/auth.ts:4; nothing revokes them"), vec![]),
            action(Action::Cookie, vec![cookie], None, vec![]),
            action(Action::ClientState, vec![storage], None, vec![]),
        ],
        verdicts: vec![
            verdict("logout-clears-data", Answer::Fail, 2, "2 of 4 cleanup actions found; missing: server-session, token"),
            verdict("logout-invalidates-session", Answer::Fail, 0, "2 of 4 cleanup actions found; the session record is not destroyed and no token is revoked"),
        ],
        notes: vec![Note { message: "the call of audit() could not be followed".to_owned(), site: Some(site("src/routes/auth.ts", SERVER, "express.Router()")) }],
        fixes: vec!["destroy the record first and clear the cookie in its callback: req.session.destroy(() => …)".to_owned()],
        suppressed: vec![],
    };
    let mut passing = failing.clone();
    passing.id = "f2decade".to_owned();
    passing.clients.clear();
    passing.requests.clear();
    passing.notes.clear();
    passing.fixes.clear();
    if let Some(server) = &mut passing.server {
        server.route = Some("/admin/logout".to_owned());
    }
    for action in &mut passing.actions {
        action.found = true;
        action.missing = None;
        action.missing_sites.clear();
        action.evidence.retain(|evidence| evidence.counts);
    }
    passing.actions[3].evidence.clear();
    passing.actions[3].declared = Some("the web client is audited on its own".to_owned());
    passing.verdicts = vec![
        verdict("logout-clears-data", Answer::Pass, 4, "4 of 4 cleanup actions found: res.clearCookie(\"sid\")"),
        verdict("logout-invalidates-session", Answer::Pass, 4, "4 of 4 cleanup actions found"),
    ];
    Outcome {
        verdicts: failing.verdicts.clone(),
        providers: vec![],
        backends: vec![Backend { framework: "express-session".to_owned(), held: Side::Server, store: "connect-redis".to_owned(), evidence: vec![redis] }],
        flows: vec![failing, passing],
        findings: vec![finding("logout-not-logged", Severity::Low, None), finding("deferred-cleanup", Severity::Medium, Some("accepted: the queue is drained [fast](1)"))],
        skipped_files: vec![SkippedFile { file: "src/old file.ts".into(), reason: "not UTF-8".to_owned() }],
        notes: vec![],
        comments: vec![],
        stats: Stats { files_seen: 1204, files_parsed: 31, bytes: 123_456 },
    }
}

/// A project whose sessions are delegated.
pub(crate) fn managed() -> Outcome {
    let mut skip = verdict("logout-clears-data", Answer::Skip, 0, "sessions are managed by Clerk");
    skip.reason = Some(SkipReason::ManagedProvider);
    let second = Verdict { check: "logout-invalidates-session", ..skip.clone() };
    let manifest = Site { file: "package.json".into(), line: 7, column: 5, end_line: 7, end_column: 30, code: "\"@clerk/nextjs\": \"^5.0.0\"".to_owned() };
    Outcome {
        verdicts: vec![skip, second],
        providers: vec![Provider { name: "Clerk".to_owned(), evidence: vec![manifest] }],
        stats: Stats { files_seen: 1, files_parsed: 1, bytes: 10 },
        ..Outcome::default()
    }
}

/// A project that logs in and never out.
pub(crate) fn login_only() -> Outcome {
    let mut outcome = outcome();
    outcome.flows.clear();
    outcome.findings.clear();
    for verdict in &mut outcome.verdicts {
        verdict.found = 0;
        verdict.detail = "0 of 4 cleanup actions found; sessions are created and nothing logs out".to_owned();
    }
    outcome
}

/// Names, code and reasons that attack terminals, markup and workflow commands.
pub(crate) fn hostile() -> Outcome {
    let mut outcome = outcome();
    let nasty = "</script><img src=x onerror=alert(1)>\u{1b}[31m\u{202e}\r\n::error::x|`]]> ](9)\u{0}";
    let flow = &mut outcome.flows[0];
    for handler in flow.server.iter_mut().chain(&mut flow.clients) {
        handler.symbol = nasty.to_owned();
        handler.route = Some(nasty.to_owned());
        handler.site.code = nasty.to_owned();
        handler.head.code = nasty.to_owned();
        handler.head.file = Utf8PathBuf::from(format!("src/{nasty}"));
        handler.head.line = 4_000_000_000;
    }
    for verdict in &mut flow.verdicts {
        verdict.detail = nasty.to_owned();
    }
    for evidence in flow.actions.iter_mut().flat_map(|action| &mut action.evidence) {
        evidence.site.code = nasty.to_owned();
        evidence.site.column = 4_000_000_000;
        evidence.why_not = Some(nasty.to_owned());
    }
    flow.fixes = vec![nasty.to_owned()];
    flow.notes[0].message = nasty.to_owned();
    outcome.findings[0].message = nasty.to_owned();
    outcome.findings[0].site.file = Utf8PathBuf::from(nasty);
    outcome.findings[0].fix = Some(nasty.to_owned());
    outcome.skipped_files[0].file = Utf8PathBuf::from(nasty);
    outcome.skipped_files[0].reason = nasty.to_owned();
    outcome
}

pub(crate) fn source(path: &Utf8Path) -> Option<String> {
    match path.as_str() {
        "src/routes/auth.ts" => Some(SERVER.to_owned()),
        "web/src/auth.ts" => Some(CLIENT.to_owned()),
        _ => None,
    }
}

pub(crate) fn options() -> ReportOptions<'static> {
    ReportOptions { source: &source, ..ReportOptions::default() }
}

pub(crate) fn render(format: Format, outcome: &Outcome) -> String {
    render_with(format, outcome, &options())
}

pub(crate) fn render_with(format: Format, outcome: &Outcome, options: &ReportOptions<'_>) -> String {
    let mut bytes = Vec::new();
    write(format, outcome, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The place of a piece of text in a source.
pub(crate) fn site(file: &str, source: &str, code: &str) -> Site {
    let start = source.find(code).unwrap_or_else(|| panic!("{code} is not in {file}"));
    let place = |offset: usize| {
        let head = &source[..offset];
        let line = head.matches('\n').count() as u32 + 1;
        (line, head.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1)
    };
    let ((line, column), (end_line, end_column)) = (place(start), place(start + code.len()));
    Site { file: file.into(), line, column, end_line, end_column, code: code.to_owned() }
}

fn handler(file: &str, source: &str, head: &str, side: Side) -> Handler {
    let start = source.find(head).unwrap();
    Handler {
        site: site(file, source, source[start..].trim_end()),
        head: site(file, source, head),
        symbol: if side == Side::Server { "router.post(\"/logout\")".to_owned() } else { "handleLogout".to_owned() },
        method: (side == Side::Server).then(|| "POST".to_owned()),
        route: (side == Side::Server).then(|| "/api/auth/logout".to_owned()),
        framework: (side == Side::Server).then(|| "express".to_owned()),
        language: "typescript".to_owned(),
        side,
    }
}

fn evidence(file: &str, source: &str, code: &str, action: Action, rule: &str) -> Evidence {
    Evidence {
        site: site(file, source, code),
        action,
        at: Side::Server,
        rule: rule.to_owned(),
        timing: Timing::Immediate,
        counts: true,
        why_not: None,
        condition: None,
        backend: None,
        via: vec![],
        started: None,
    }
}

fn action(action: Action, evidence: Vec<Evidence>, missing: Option<&str>, missing_sites: Vec<Site>) -> ActionOutcome {
    ActionOutcome { action, found: missing.is_none(), evidence, missing: missing.map(str::to_owned), missing_sites, declared: None }
}

fn verdict(check: &'static str, answer: Answer, found: u8, detail: &str) -> Verdict {
    Verdict { check, severity: Severity::High, answer, found, required: 4, detail: detail.to_owned(), reason: None }
}

fn finding(check: &'static str, severity: Severity, suppressed: Option<&str>) -> Finding {
    Finding {
        check,
        severity,
        message: "the logout writes no log or audit event".to_owned(),
        site: site("src/routes/auth.ts", SERVER, "router.post(\"/logout\", (req, res) => {"),
        related: vec![site("web/src/auth.ts", CLIENT, "fetch(\"/api/auth/logout\", { method: \"POST\" })")],
        fix: Some("write an audit event with the user's id".to_owned()),
        fingerprint: format!("{check}-1"),
        suppressed: suppressed.map(str::to_owned),
    }
}
