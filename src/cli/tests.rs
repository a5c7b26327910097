//! Tests of the command line.

use super::*;

fn parse_words(words: &str) -> Result<Invocation, Stop> {
    parse(std::iter::once("logout-audit").chain(words.split_whitespace()).map(OsString::from))
}

fn options_of(words: &str) -> Options {
    match parse_words(words) {
        Ok(Invocation::Audit(options)) => *options,
        other => panic!("{words}: {other:?}"),
    }
}

fn error_of(words: &str) -> String {
    let stop = parse_words(words).unwrap_err();
    assert_eq!(stop.status, 2, "{words}");
    stop.text
}

#[test]
fn defaults_are_a_human_report_of_the_current_folder() {
    let options = options_of("");
    assert_eq!(options.paths, [Utf8PathBuf::from(".")]);
    assert_eq!(options.outputs, [(Format::Human, Utf8PathBuf::from("-"))]);
    assert_eq!(options.fail_on, FailOn::At(Severity::High));
    assert_eq!(options.config, ConfigChoice::Closest);
    assert!(options.wants("logout-clears-data"));
}

#[test]
fn several_reports_of_one_run() {
    let options = options_of("--output sarif=out.sarif -o json=a=b.json web api");
    assert_eq!(options.outputs, [(Format::Human, "-".into()), (Format::Sarif, "out.sarif".into()), (Format::Json, "a=b.json".into())]);
    assert_eq!(options.paths, ["web", "api"]);
    assert_eq!(options_of("--output json=-").outputs, [(Format::Json, "-".into())]);
    assert_eq!(options_of("--format github -o json=x").outputs[0], (Format::Github, "-".into()));
    assert_eq!(options_of("-q -o json=x").outputs, [(Format::Json, "x".into())]);
    assert_eq!(options_of("-q --format json").outputs, [(Format::Json, "-".into())]);
    assert!(options_of("-qq").outputs.is_empty());
}

#[test]
fn checks_are_chosen() {
    let options = options_of("--select logout-clears-data,open-redirect --ignore open-redirect");
    assert!(options.wants("logout-clears-data") && !options.wants("open-redirect") && !options.wants("logout-via-get"));
}

#[test]
fn the_command_line_goes_before_the_configuration() {
    let config = Config {
        fail_on: Some(FailOn::Never),
        ignore: vec!["open-redirect"],
        select: Some(vec!["logout-via-get", "open-redirect"]),
        exclude: vec!["b".to_owned()],
        max_file_size: Some(5),
        ..Config::default()
    };
    let mut options = options_of("--fail-on low --exclude a --max-file-size 1KB");
    options.merge(&config);
    assert_eq!((options.fail_on, options.exclude.as_slice(), options.max_file_size), (FailOn::At(Severity::Low), ["a".to_owned(), "b".to_owned()].as_slice(), Some(1000)));
    assert!(options.wants("logout-via-get") && !options.wants("open-redirect") && !options.wants("logout-clears-data"));
    let mut options = options_of("");
    options.merge(&config);
    assert_eq!(options.fail_on, FailOn::Never);
}

#[test]
fn wrong_words_are_told_with_what_was_expected() {
    for (words, expected) in [
        ("--format yaml", "expected one of human, json, sarif"),
        ("--output out.sarif", "expected FORMAT=PATH, such as sarif=out.sarif"),
        ("--output sarif=", "no path stands after `=`"),
        ("--select logout-clear-data", "did you mean `logout-clears-data`?"),
        ("--ignore xyzzy", "--list-checks names all"),
        ("--fail-on always", "expected one of high, medium, low, info, never"),
        ("--exclude a[", "a["),
        ("--max-file-size big", "number of bytes"),
        ("--threads -1", "0 to 1024"),
        ("--threads 99999", "0 to 1024"),
        ("--changed-since --output=x", "--changed-since"),
        ("--changed-since=--output=x", "git revision"),
        ("--config a --isolated", "cannot be used with"),
        ("--list-checks --man", "cannot be used with"),
        ("--colour", "--color"),
        ("-q -v", "cannot be used with"),
        ("--explain logout", "unknown check `logout`"),
    ] {
        let text = error_of(words);
        assert!(text.contains(expected), "{words}: {text}");
    }
}

#[test]
fn other_things_than_an_audit() {
    assert_eq!(parse_words("--explain open-redirect"), Ok(Invocation::Explain("open-redirect")));
    assert_eq!(parse_words("--list-checks"), Ok(Invocation::ListChecks));
    assert_eq!(parse_words("--verify-rules"), Ok(Invocation::VerifyRules(None)));
    assert_eq!(parse_words("--verify-rules my"), Ok(Invocation::VerifyRules(Some("my".into()))));
    assert_eq!(parse_words("--print-schema"), Ok(Invocation::PrintSchema));
    assert!(matches!(parse_words("--completions bash"), Ok(Invocation::Print(text)) if text.contains("--max-file-size")));
    assert!(matches!(parse_words("--man"), Ok(Invocation::Print(text)) if text.contains(".TH logout")));
    assert_eq!(parse_words("--help").unwrap_err().status, 0);
    assert_eq!(parse_words("--version").unwrap_err().text, concat!("logout-audit ", env!("CARGO_PKG_VERSION"), "\n"));
}
