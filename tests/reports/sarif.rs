//! SARIF for code-scanning dashboards.

use logout_audit::report::{Format, ReportOptions};
use serde_json::Value;

use crate::sample;

fn log(outcome: &logout_audit::outcome::Outcome, include_suppressed: bool) -> Value {
    let options = ReportOptions { include_suppressed, ..sample::options() };
    serde_json::from_str(&sample::render_with(Format::Sarif, outcome, &options)).unwrap()
}

#[test]
fn every_log_has_what_dashboards_need() {
    let schema: Value = serde_json::from_str(include_str!("../schemas/sarif-subset.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, outcome) in
        [("full", sample::outcome()), ("managed", sample::managed()), ("login", sample::login_only()), ("hostile", sample::hostile()), ("empty", Default::default())]
    {
        let log = log(&outcome, true);
        let errors: Vec<_> = validator.iter_errors(&log).map(|error| format!("{name} {}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn results_are_as_documented() {
    let log = log(&sample::outcome(), false);
    insta::assert_snapshot!(serde_json::to_string_pretty(&log["runs"][0]["results"]).unwrap());
}

#[test]
fn suppressed_results_come_only_when_asked_for() {
    let mut outcome = sample::outcome();
    outcome.flows[0].suppressed.push(("logout-clears-data".to_owned(), logout_audit::outcome::IN_BASELINE.to_owned()));
    let ids = |log: &Value| log["runs"][0]["results"].as_array().unwrap().iter().map(|result| result["ruleId"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&log(&outcome, false)), ["logout-invalidates-session", "logout-not-logged"]);
    let all = log(&outcome, true);
    assert_eq!(ids(&all), ["logout-clears-data", "logout-invalidates-session", "logout-not-logged", "deferred-cleanup"]);
    assert_eq!(all["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
    assert_eq!(all["runs"][0]["results"][3]["suppressions"][0]["kind"], "inSource");
}

#[test]
fn a_project_without_a_logout_has_a_result_where_sessions_are_created() {
    let log = log(&sample::login_only(), false);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/app.ts");
    assert_eq!(results[0]["message"]["text"], "Fail: 0 of 4 cleanup actions found; sessions are created and nothing logs out.");
}

#[test]
fn a_skipped_project_has_no_result_and_skipped_files_are_notified() {
    assert_eq!(log(&sample::managed(), false)["runs"][0]["results"], serde_json::json!([]));
    let log = log(&sample::outcome(), false);
    let notification = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/old%20file.ts");
    assert_eq!(notification["descriptor"]["id"], "file-skipped");
}

#[test]
fn columns_count_utf16_units() {
    let log = log(&sample::outcome(), false);
    let related = &log["runs"][0]["results"][0]["relatedLocations"][2]["physicalLocation"];
    assert_eq!(related["artifactLocation"]["uri"], "web/src/auth.ts");
    // In code points the call begins at column 11; the face before it is two units.
    assert_eq!(related["region"]["startColumn"], 12);
}
