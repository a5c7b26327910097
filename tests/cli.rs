//! The command line as a user meets it: exit statuses, errors, files written, lists.

#![allow(clippy::unwrap_used, reason = "tests")]

mod runs;

use std::path::Path;
use std::process::Command;

use runs::{FAILING, HARMLESS, json, program, project, run, status, stderr, stdout};

#[test]
fn nothing_failed_is_0() {
    let folder = project(&[("a.ts", HARMLESS)]);
    let output = run(folder.path(), "");
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("logout-clears-data"), "{}", stdout(&output));
}

#[test]
fn a_failed_check_is_1_in_every_format() {
    let folder = project(&[("a.ts", FAILING)]);
    for format in ["human", "json", "sarif", "github", "gitlab", "junit", "markdown", "html"] {
        let output = run(folder.path(), &format!("--format {format}"));
        assert_eq!(status(&output), 1, "{format}: {}", stderr(&output));
        assert!(!output.stdout.is_empty(), "{format}");
    }
}

#[test]
fn a_wrong_command_line_is_2_with_advice() {
    let folder = project(&[("a.ts", HARMLESS)]);
    for (words, expected) in [
        ("--select logout-clear-data", "did you mean `logout-clears-data`?"),
        ("--ignore logout-via-got", "did you mean `logout-via-get`?"),
        ("--format yaml", "expected one of human, json"),
        ("--fail-on sometimes", "never"),
        ("--no-such-option", "--no-such-option"),
        ("--output report.json", "FORMAT=PATH"),
        ("--config nowhere.toml", "nowhere.toml"),
        ("--baseline nowhere.json", "--write-baseline"),
        ("--rules nowhere", "nowhere"),
        ("--explain logout", "unknown check"),
        ("nowhere", "no such file or directory: `nowhere`"),
    ] {
        let output = run(folder.path(), words);
        assert_eq!(status(&output), 2, "{words}");
        assert!(stderr(&output).contains(expected), "{words}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{words}: {}", stdout(&output));
    }
}

#[test]
fn the_line_of_failing_can_be_moved() {
    let folder = project(&[("a.ts", FAILING)]);
    assert_eq!(status(&run(folder.path(), "--fail-on never")), 0);
    assert_eq!(status(&run(folder.path(), "--fail-on info")), 1);
    assert_eq!(status(&run(folder.path(), "--ignore logout-clears-data,logout-invalidates-session")), 0);
    assert_eq!(status(&run(folder.path(), "--select logout-clears-data")), 1);
    assert_eq!(status(&run(folder.path(), "--select open-redirect")), 0);
    assert_eq!(json(folder.path(), "--select logout-clears-data")["verdicts"].as_array().unwrap().len(), 1);
}

#[test]
fn several_reports_are_written_in_one_run() {
    let folder = project(&[("a.ts", FAILING)]);
    let output = run(folder.path(), "--output sarif=out.sarif -o json=out.json -o html=out.html");
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).contains("1 of 4 cleanup actions found"));
    let sarif: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.path().join("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(folder.path().join("out.json").exists() && folder.path().join("out.html").exists());
    let output = run(folder.path(), "-q -o json=out.json");
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    let output = run(folder.path(), "-o json=-");
    assert!(stdout(&output).starts_with('{'));
}

#[test]
fn quiet_and_verbose_say_less_and_more() {
    let folder = project(&[("a.ts", FAILING)]);
    let lengths: Vec<usize> = ["-qq", "-q", "", "-v"].iter().map(|words| run(folder.path(), words).stdout.len()).collect();
    assert!(lengths[0] == 0 && lengths[1] > 0 && lengths[1] < lengths[2] && lengths[2] <= lengths[3], "{lengths:?}");
}

#[test]
fn a_configuration_is_found_above_and_can_be_left_aside() {
    let configuration = "fail-on = \"never\"\n[declare]\nclient-state = { handled = \"elsewhere\", reason = \"the web client is audited on its own\" }\n";
    let folder = project(&[("logout-audit.toml", configuration), ("web/a.ts", FAILING), ("other.toml", "ignore = [\"logout-clears-data\"]")]);
    assert_eq!(status(&run(folder.path(), "web")), 0);
    let report = json(folder.path(), "web");
    let action = &report["flows"][0]["actions"][3];
    assert_eq!(
        (action["action"].as_str(), action["status"].as_str(), action["declared"].as_str()),
        (Some("client-state"), Some("found"), Some("the web client is audited on its own"))
    );
    assert_eq!(status(&run(folder.path(), "web --isolated")), 1);
    assert_eq!(status(&run(folder.path(), "web --fail-on high")), 1);
    assert_eq!(json(folder.path(), "web --config other.toml")["verdicts"].as_array().unwrap().len(), 1);
}

#[test]
fn exclusions_of_a_configuration_hold_in_folders_below() {
    let folder = project(&[("logout-audit.toml", "exclude = [\"web/legacy/**\"]"), ("web/legacy/a.ts", FAILING), ("web/b.ts", HARMLESS)]);
    for words in [".", "web", "web/b.ts web"] {
        assert_eq!(status(&run(folder.path(), words)), 0, "{words}");
    }
    assert_eq!(status(&run(folder.path(), "web --isolated")), 1);
}

#[test]
fn a_baseline_accepts_what_was_there_and_nothing_new() {
    let folder = project(&[("a.ts", FAILING)]);
    assert_eq!(status(&run(folder.path(), "--write-baseline accepted.json")), 0);
    let text = std::fs::read_to_string(folder.path().join("accepted.json")).unwrap();
    assert!(text.contains("\"baseline_version\": 1") && !text.contains("\"line\""), "{text}");
    assert_eq!(status(&run(folder.path(), "--baseline accepted.json")), 0);
    std::fs::write(folder.path().join("a.ts"), format!("// moved\n\n\n{FAILING}")).unwrap();
    assert_eq!(status(&run(folder.path(), "--baseline accepted.json")), 0);
    std::fs::write(folder.path().join("b.ts"), FAILING.replace("/logout", "/api/signout")).unwrap();
    assert_eq!(status(&run(folder.path(), "--baseline accepted.json")), 1);
    run(folder.path(), "--baseline accepted.json --write-baseline accepted.json");
    assert_eq!(status(&run(folder.path(), "--baseline accepted.json")), 0);
    std::fs::write(folder.path().join("accepted.json"), "{\"baseline_version\": 9}").unwrap();
    let output = run(folder.path(), "--baseline accepted.json");
    assert!(status(&output) == 2 && stderr(&output).contains("version 9"), "{}", stderr(&output));
}

#[test]
fn a_comment_suppresses_with_its_reason() {
    let handler = "app.post(\"/logout\"";
    let comment = "// logout-audit: ignore[logout-clears-data, logout-invalidates-session] replaced in spring\n";
    let folder = project(&[("a.ts", FAILING.replace(handler, &format!("{comment}{handler}")))]);
    assert_eq!(status(&run(folder.path(), "")), 0);
    let report = json(folder.path(), "");
    assert_eq!(report["flows"][0]["suppressed"][0]["reason"], "replaced in spring");
    assert_eq!(report["verdicts"][0]["verdict"], "skip");
    assert_eq!(report["findings"].as_array().unwrap().iter().filter(|finding| finding["check"] == "broken-suppression").count(), 0);
}

#[test]
fn suppressions_without_reason_or_effect_are_reported() {
    let handler = "app.post(\"/logout\"";
    let comments = "// logout-audit: ignore[logout-clears-data]\n// logout-audit: ignore[open-redirect] not here\n";
    let folder = project(&[("a.ts", FAILING.replace(handler, &format!("{comments}{handler}")))]);
    let report = json(folder.path(), "");
    let messages: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter(|finding| finding["check"] == "broken-suppression").map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["a suppression needs a reason after `]`", "this suppression has no effect: `open-redirect` reports nothing here"]);
    assert_eq!(status(&run(folder.path(), "")), 1);
}

#[test]
fn only_what_changed_is_reported() {
    let folder = project(&[("a.ts", FAILING), ("b.ts", HARMLESS)]);
    let output = run(folder.path(), "--changed-since HEAD");
    assert!(status(&output) == 2 && stderr(&output).contains("git"), "{}", stderr(&output));
    let Some(()) = commit(folder.path()) else { return };
    let output = run(folder.path(), "--changed-since HEAD");
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("no logout touches a file that changed since `HEAD`"), "{}", stdout(&output));
    std::fs::write(folder.path().join("a.ts"), format!("{FAILING}\n")).unwrap();
    assert_eq!(status(&run(folder.path(), "--changed-since HEAD")), 1);
    let output = run(folder.path(), "--changed-since no-such-revision");
    assert!(status(&output) == 2 && stderr(&output).contains("no-such-revision"), "{}", stderr(&output));
}

/// Puts a folder under git; nothing where there is no git.
fn commit(folder: &Path) -> Option<()> {
    for words in [&["init", "-q"][..], &["add", "."], &["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "a"]] {
        let done = Command::new("git").current_dir(folder).args(words).env("GIT_CONFIG_GLOBAL", "/dev/null").status().ok()?;
        assert!(done.success());
    }
    Some(())
}

#[test]
fn lists_and_pages_are_printed() {
    let folder = project(&[("a.ts", HARMLESS)]);
    for (words, expected) in [
        ("--list-checks", "credential-change-keeps-sessions"),
        ("--list-rules", "server-session"),
        ("--explain logout-via-get", "How to suppress"),
        ("--print-schema", "schema_version"),
        ("--completions bash", "--changed-since"),
        ("--completions zsh", "--changed-since"),
        ("--completions fish", "changed-since"),
        ("--man", ".TH logout"),
        ("--help", "--verify-rules"),
        ("--version", env!("CARGO_PKG_VERSION")),
    ] {
        let output = run(folder.path(), words);
        assert_eq!(status(&output), 0, "{words}: {}", stderr(&output));
        assert!(stdout(&output).contains(expected), "{words}: {}", stdout(&output));
    }
}

#[test]
fn rules_of_ones_own_are_loaded() {
    let rule = r#"
[library]
name = "own"
languages = ["typescript"]
docs = "https://example.org"

[[rule]]
id = "own.end"
title = "endSession() deletes the record"
effects = [{ action = "server-session" }]
match = { call = "endSession" }

[[rule.example]]
code = """
import express from "express";
const app = express();
app.post("/logout", async (req, res) => {
  await endSession(req);
  res.end();
});
"""
"#;
    let code = "import express from \"express\";\nconst app = express();\napp.post(\"/logout\", async (req, res) => {\n  await endSession(req);\n  res.end();\n});\n";
    let folder = project(&[("rules/own.toml", rule), ("src/a.ts", code)]);
    let output = run(folder.path(), "--list-rules --rules rules");
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).lines().any(|line| line.starts_with("own.end  ")), "{}", stdout(&output));
    let output = run(folder.path(), "--verify-rules rules");
    assert!(!stdout(&output).contains("own.end"), "{}", stdout(&output));
    let rules = |words: &str| json(folder.path(), words).to_string().contains("\"rule\":\"own.end\"");
    assert!(rules("src --rules rules") && !rules("src"));
}

#[test]
fn threads_do_not_change_a_byte() {
    let files: Vec<(String, String)> = (0..40).map(|number| (format!("m{number}/a.ts"), FAILING.replace("/logout", &format!("/m{number}/logout")))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = project(&files);
    for format in ["json", "sarif", "human"] {
        let one = run(folder.path(), &format!("--format {format} --threads 1"));
        let eight = run(folder.path(), &format!("--format {format} --threads 8"));
        assert_eq!(status(&one), 1);
        assert_eq!(one.stdout, eight.stdout, "{format}");
    }
}

#[test]
fn colors_come_when_asked_for_only() {
    let folder = project(&[("a.ts", FAILING)]);
    assert!(!stdout(&run(folder.path(), "")).contains('\u{1b}'), "standard output is no terminal");
    assert!(stdout(&run(folder.path(), "--color always")).contains('\u{1b}'));
    assert!(!stdout(&run(folder.path(), "--color never")).contains('\u{1b}'));
    let output = program(folder.path()).env("NO_COLOR", "1").output().unwrap();
    assert!(!stdout(&output).contains('\u{1b}'));
}

#[test]
fn statistics_stay_out_of_the_report() {
    let folder = project(&[("a.ts", FAILING)]);
    let plain = run(folder.path(), "--format json");
    let counted = run(folder.path(), "--format json --stats");
    assert_eq!(plain.stdout, counted.stdout);
    assert!(stderr(&counted).contains("1 files seen") && stderr(&plain).is_empty(), "{}", stderr(&counted));
}
