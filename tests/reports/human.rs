//! The report for people.

use logout_audit::report::{Detail, Format, ReportOptions};

use crate::sample;

#[test]
fn a_failing_flow_is_quoted_with_its_evidence() {
    insta::assert_snapshot!(sample::render(Format::Human, &sample::outcome()));
}

#[test]
fn verbose_shows_rules_and_call_chains() {
    let options = ReportOptions { detail: Detail::Verbose, unicode: false, include_suppressed: true, ..sample::options() };
    insta::assert_snapshot!(sample::render_with(Format::Human, &sample::outcome(), &options));
}

#[test]
fn a_skip_names_the_provider() {
    insta::assert_snapshot!(sample::render(Format::Human, &sample::managed()));
}

#[test]
fn a_login_without_a_logout_says_where_sessions_are_created() {
    insta::assert_snapshot!(sample::render(Format::Human, &sample::login_only()));
}

#[test]
fn quiet_leaves_verdicts_and_the_summary() {
    let options = ReportOptions { detail: Detail::Quiet, ..sample::options() };
    insta::assert_snapshot!(sample::render_with(Format::Human, &sample::outcome(), &options));
}

#[test]
fn color_is_only_used_when_asked_for() {
    let colored = ReportOptions { color: true, ..sample::options() };
    assert!(sample::render_with(Format::Human, &sample::outcome(), &colored).contains("\u{1b}[1;31mfail"));
    assert!(!sample::render(Format::Human, &sample::outcome()).contains('\u{1b}'));
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    for options in [sample::options(), ReportOptions { detail: Detail::Verbose, include_suppressed: true, ..ReportOptions::default() }] {
        let text = sample::render_with(Format::Human, &sample::hostile(), &options);
        let bad: Vec<char> = text.chars().filter(|letter| (letter.is_control() && *letter != '\n') || *letter == '\u{202e}').collect();
        assert!(bad.is_empty(), "{bad:?}\n{text}");
        assert!(text.contains("\\u{1b}[31m\\u{202e}"));
    }
}

#[test]
fn a_long_handler_is_elided() {
    let mut outcome = sample::outcome();
    let body = "  work();\n".repeat(300);
    let source = sample::SERVER.replace("  setTimeout", &format!("{body}  setTimeout"));
    let destroy = &mut outcome.flows[0].actions[0].evidence[0];
    destroy.site = sample::site("src/routes/auth.ts", &source, "req.session.destroy()");
    let give = |_: &camino::Utf8Path| Some(source.clone());
    let text = sample::render_with(Format::Human, &outcome, &ReportOptions { source: &give, ..ReportOptions::default() });
    assert!(text.contains("307 │   work();") && text.contains("308 │   setTimeout"), "{text}");
    assert!(text.lines().count() < 80, "{text}");
}
