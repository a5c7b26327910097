//! The formats for pipelines, comments and browsers.

use logout_audit::report::{Format, ReportOptions};
use serde_json::Value;

use crate::sample;

#[test]
fn github_annotations() {
    insta::assert_snapshot!(sample::render(Format::Github, &sample::outcome()));
    insta::assert_snapshot!(sample::render(Format::Github, &sample::login_only()));
}

#[test]
fn nothing_hostile_becomes_a_workflow_command() {
    let text = sample::render(Format::Github, &sample::hostile());
    for line in text.lines() {
        assert!(!line.starts_with("::") || ["::error file=", "::warning file=", "::notice file="].iter().any(|start| line.starts_with(start)), "{line}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("::")).count(), 3, "{text}");
}

#[test]
fn gitlab_reports_fit_the_schema() {
    let schema: Value = serde_json::from_str(include_str!("../schemas/gitlab-sast-15.2.1-subset.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for outcome in [sample::outcome(), sample::managed(), sample::login_only(), sample::hostile(), Default::default()] {
        for timestamp in [None, Some("2026-01-31T12:00:00")] {
            let options = ReportOptions { timestamp, ..sample::options() };
            let report: Value = serde_json::from_str(&sample::render_with(Format::Gitlab, &outcome, &options)).unwrap();
            let errors: Vec<_> = validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
    insta::assert_snapshot!(sample::render(Format::Gitlab, &sample::outcome()));
}

#[test]
fn junit_has_a_case_for_each_flow_and_check() {
    insta::assert_snapshot!(sample::render(Format::Junit, &sample::outcome()));
    insta::assert_snapshot!(sample::render(Format::Junit, &sample::managed()));
}

#[test]
fn markdown_summarises_and_escapes() {
    insta::assert_snapshot!(sample::render(Format::Markdown, &sample::outcome()));
    let text = sample::render(Format::Markdown, &sample::hostile());
    assert!(!text.contains("<img") && !text.contains("</script") && !text.contains('\u{1b}') && !text.contains("error::x|"), "{text}");
}

#[test]
fn html_is_one_escaped_page() {
    let page = sample::render(Format::Html, &sample::outcome());
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("<b class=\"fail\">missing</b>") && page.contains("res.clearCookie(&quot;sid&quot;)"), "{page}");
    let page = sample::render(Format::Html, &sample::hostile());
    assert!(!page.contains("<img") && !page.contains("</script") && !page.contains('\u{1b}') && !page.contains('\u{202e}'), "{page}");
}

#[test]
fn every_format_is_the_same_at_each_run() {
    for format in Format::ALL {
        assert_eq!(sample::render(format, &sample::outcome()), sample::render(format, &sample::outcome()), "{format:?}");
        assert!(!sample::render(format, &Default::default()).is_empty());
        assert_eq!(Format::parse(format.as_str()), Some(format));
    }
}

/// Writes the samples for validators that are no part of this project: `SAMPLES=folder cargo test --test reports samples -- --ignored`.
#[test]
#[ignore = "writes files for other programs"]
fn samples_for_other_validators() {
    let folder = std::path::PathBuf::from(std::env::var("SAMPLES").unwrap());
    for (name, outcome) in
        [("full", sample::outcome()), ("managed", sample::managed()), ("login", sample::login_only()), ("hostile", sample::hostile()), ("empty", Default::default())]
    {
        for format in [Format::Sarif, Format::Gitlab, Format::Junit, Format::Html] {
            let options = ReportOptions { include_suppressed: true, ..sample::options() };
            std::fs::write(folder.join(format!("{name}.{}", format.as_str())), sample::render_with(format, &outcome, &options)).unwrap();
        }
    }
}
