//! Tests of reading and finding configurations.

use super::*;

fn parse_here(text: &str) -> Result<Config, ConfigError> {
    parse(Utf8Path::new("project/logout-audit.toml"), text)
}

fn wrong(text: &str) -> String {
    parse_here(text).unwrap_err().to_string()
}

#[test]
fn every_key_is_read() {
    let text = r#"
        select = ["logout-clears-data"]
        ignore = ["open-redirect"]
        fail-on = "medium"
        exclude = ["legacy/**"]
        include-tests = true
        max-file-size = "2MB"
        rules = "audit-rules"
        [declare]
        client-state = { handled = "elsewhere", reason = "the web client is audited on its own" }
        server = { handled = "elsewhere", reason = "the server is another repository" }
    "#;
    let config = parse_here(text).unwrap();
    assert_eq!(config.select, Some(vec!["logout-clears-data"]));
    assert_eq!(config.ignore, ["open-redirect"]);
    assert_eq!(config.fail_on, Some(FailOn::At(Severity::Medium)));
    assert_eq!(config.exclude, ["legacy/**"]);
    assert_eq!((config.include_tests, config.max_file_size), (Some(true), Some(2_000_000)));
    assert_eq!(config.rules.as_deref(), Some(Utf8Path::new("project/audit-rules")));
    let declared = config.declarations();
    assert_eq!(declared.actions, [(Action::ClientState, "the web client is audited on its own".to_owned())]);
    assert_eq!((declared.server.as_deref(), declared.client.as_deref()), (Some("the server is another repository"), None));
    assert_eq!(declared.reason(Action::Token), Some("the server is another repository"));
}

#[test]
fn errors_quote_the_place() {
    insta::assert_snapshot!(wrong("[declare]\nserver-sessoin = { handled = \"elsewhere\", reason = \"x\" }"), @r###"
    the configuration `project/logout-audit.toml` is wrong
    TOML parse error at line 2, column 1
      |
    2 | server-sessoin = { handled = "elsewhere", reason = "x" }
      | ^^^^^^^^^^^^^^
    unknown variant `server-sessoin`, expected one of `server-session`, `token`, `cookie`, `client-state`, `client`, `server`
    "###);
    insta::assert_snapshot!(wrong("ignore = [\"logout-via-got\"]"), @r###"
    the configuration `project/logout-audit.toml` is wrong
    TOML parse error at line 1, column 10
      |
    1 | ignore = ["logout-via-got"]
      |          ^^^^^^^^^^^^^^^^^^
    unknown check `logout-via-got`, did you mean `logout-via-get`?
    "###);
    insta::assert_snapshot!(wrong("selct = []"), @r###"
    the configuration `project/logout-audit.toml` is wrong
    TOML parse error at line 1, column 1
      |
    1 | selct = []
      | ^^^^^
    unknown field `selct`, expected one of `declare`, `select`, `ignore`, `fail-on`, `exclude`, `include-tests`, `max-file-size`, `rules`
    "###);
}

#[test]
fn broken_values_are_refused() {
    for (text, expected) in [
        ("[declare]\ntoken = { handled = \"elsewhere\" }", "reason"),
        ("[declare]\ntoken = { handled = \"elsewhere\", reason = \"  \" }", "needs a reason"),
        ("[declare]\ntoken = { handled = \"nowhere\", reason = \"x\" }", "elsewhere"),
        ("fail-on = \"always\"", "never"),
        ("exclude = [\"a[\"]", "a["),
        ("max-file-size = 0", "number of bytes"),
        ("max-file-size = []", "number of bytes"),
        ("include-tests = \"yes\"", "boolean"),
        ("a = \"\u{1b}[31m", "line 1"),
        ("select = ", "line 1"),
    ] {
        let message = wrong(text);
        assert!(message.contains(expected), "{text}: {message}");
        assert!(!message.contains('\u{1b}'), "{message:?}");
    }
}

#[test]
fn globs_are_seen_from_the_scanned_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    std::fs::create_dir_all(root.join("web/src")).unwrap();
    std::fs::write(root.join(FILE_NAME), "exclude = [\"web/legacy/**\", \"*.gen.ts\", \"api/old\"]").unwrap();
    assert_eq!(discover(&root.join("web")).unwrap().exclude_below(&root.join("web")), ["/legacy/**"]);
    assert!(discover(&root).unwrap().exclude_below(&root).is_empty());
}

#[test]
fn the_closest_file_wins_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    std::fs::create_dir_all(root.join("a/b")).unwrap();
    std::fs::write(root.join(FILE_NAME), "include-tests = true").unwrap();
    assert_eq!(discover(&root.join("a/b")).unwrap().include_tests, Some(true));
    std::fs::write(root.join("a").join(FILE_NAME), "fail-on = \"never\"").unwrap();
    let config = discover(&root.join("a/b")).unwrap();
    assert_eq!((config.include_tests, config.fail_on), (None, Some(FailOn::Never)));
    std::fs::write(root.join("a").join(FILE_NAME), [0xff, 0xfe]).unwrap();
    assert!(discover(&root.join("a")).unwrap_err().to_string().contains("UTF-8"));
}
