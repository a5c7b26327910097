//! The JSON format and its schema.

use logout_audit::report::{Format, json};
use serde_json::Value;

use crate::sample;

#[test]
fn every_outcome_fits_the_published_schema() {
    let schema = json::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for outcome in [sample::outcome(), sample::managed(), sample::login_only(), sample::hostile(), Default::default()] {
        let value: Value = serde_json::from_str(&sample::render(Format::Json, &outcome)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut broken: Value = serde_json::from_str(&sample::render(Format::Json, &sample::outcome())).unwrap();
    broken["flows"][0]["actions"][0]["status"] = "lost".into();
    assert!(!validator.is_valid(&broken));
    broken["flows"][0]["actions"][0]["status"] = "found".into();
    broken["schema_version"] = 2.into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn the_keys_are_the_documented_ones() {
    insta::assert_snapshot!(sample::render(Format::Json, &sample::outcome()));
}

#[test]
fn the_schema_changes_only_on_purpose() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&json::schema()).unwrap());
}
