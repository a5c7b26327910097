//! Bad and hostile input: told clearly, never a crash, a hang, or a silent pass.

#![allow(clippy::unwrap_used, reason = "tests")]

mod runs;

use std::io::Read;
use std::process::{Command, Stdio};

use runs::{FAILING, HARMLESS, json, project, run, skipped, status, stderr, stdout};

#[test]
fn an_empty_directory_is_an_error_and_not_green() {
    let folder = project(&[("README.md", "# nothing"), ("web/a.ts", HARMLESS), ("docs/b.md", "")]);
    for words in ["docs", "README.md", "web docs", "web --exclude *.ts"] {
        let output = run(folder.path(), words);
        assert_eq!(status(&output), 2, "{words}");
        assert!(stderr(&output).contains("no source file to judge"), "{words}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{words}");
    }
}

#[test]
fn only_unreadable_files_are_an_error_that_names_them() {
    let folder = project(&[("a.ts", b"logout\0\0\0".as_slice())]);
    let output = run(folder.path(), "");
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("a.ts: binary"), "{}", stderr(&output));
    let folder = project(&[("a.ts", "")]);
    assert_eq!(status(&run(folder.path(), "")), 2, "an empty file is nothing to judge");
}

#[test]
fn a_missing_path_is_an_error() {
    let folder = project(&[("a.ts", HARMLESS)]);
    let output = run(folder.path(), "a.ts nowhere");
    assert_eq!(status(&output), 2);
    assert_eq!(stderr(&output).lines().next(), Some("error: no such file or directory: `nowhere`"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_skipped_with_a_note() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project(&[("a.ts", HARMLESS), ("b.ts", FAILING)]);
    let path = folder.path().join("b.ts");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // Whoever may read everything, as in many containers, cannot see this case.
        return;
    }
    let report = json(folder.path(), "");
    assert_eq!(skipped(&report).first().map(|(file, _)| file.as_str()), Some("b.ts"));
}

#[test]
fn other_encodings_are_read_or_skipped_with_a_note() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(FAILING.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: Vec<u8> = b"// d\xe9connexion, logout\n".iter().copied().chain(FAILING.bytes()).collect();
    let folder = project(&[
        ("binary/a.ts", b"logout \0 logout".to_vec()),
        ("latin/a.ts", latin),
        ("utf16/a.ts", utf16),
        ("bom/a.ts", format!("\u{feff}{FAILING}").into_bytes()),
        ("crlf/a.ts", FAILING.replace('\n', "\r\n").into_bytes()),
    ]);
    let report = json(folder.path(), "");
    let told: Vec<(String, String)> = skipped(&report);
    assert_eq!(told, [("binary/a.ts".to_owned(), "binary".to_owned()), ("latin/a.ts".to_owned(), "not UTF-8".to_owned())]);
    let flows: Vec<(String, u64)> =
        report["flows"].as_array().unwrap().iter().map(|flow| (flow["server"]["file"].as_str().unwrap().to_owned(), flow["server"]["line"].as_u64().unwrap())).collect();
    assert_eq!(flows, [("bom/a.ts".to_owned(), 5), ("crlf/a.ts".to_owned(), 5), ("utf16/a.ts".to_owned(), 5)]);
}

#[test]
fn a_huge_file_is_skipped_with_a_note() {
    let huge = format!("{FAILING}{}", "// padding of a file that nobody wrote\n".repeat(80_000));
    let folder = project(&[("huge.ts", huge.as_str()), ("a.ts", HARMLESS)]);
    assert_eq!(skipped(&json(folder.path(), "")), [("huge.ts".to_owned(), "larger than 2097152 bytes".to_owned())]);
    assert!(skipped(&json(folder.path(), "--max-file-size 10MB")).is_empty());
    assert_eq!(skipped(&json(folder.path(), "--max-file-size 1KB")).len(), 1);
}

#[test]
fn thousands_of_nested_brackets_break_nothing() {
    const DEPTH: usize = 20_000;
    for (file, head, tail) in
        [("a.ts", "export function logout() { x(", ") }"), ("a.py", "def logout():\n    x(", ")"), ("a.kt", "fun logout() { x(", ") }"), ("a.rs", "fn logout() { x(", ") }")]
    {
        for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("((", ")"), ("(", "")] {
            let text = format!("{head}{}1{}{tail}\n", open.repeat(DEPTH), close.repeat(DEPTH));
            let folder = project(&[(file, text.as_str())]);
            let output = run(folder.path(), "--format json");
            assert!(status(&output) < 2, "{file} {open}: {}", stderr(&output));
            assert!(output.stderr.is_empty(), "{file} {open}: {}", stderr(&output));
        }
    }
}

#[test]
fn expressions_that_hold_themselves_do_not_double() {
    for (open, close) in [("--", ""), ("++", ""), ("a[", "] = 1"), ("(a ||= ", ")"), ("a ?? (", ")"), ("(a += ", ")"), ("f(() => ", ")"), ("{ x: ", "}")] {
        let text = format!("export function logout() {{ x({}1{}); }}\n", open.repeat(60), close.repeat(60));
        let folder = project(&[("a.ts", text.as_str())]);
        let output = run(folder.path(), "--format json");
        assert!(status(&output) < 2, "{open}: {}", stderr(&output));
    }
}

#[test]
fn long_runs_of_broken_code_come_to_an_end() {
    for (file, head) in [("a.ts", "function logout() { x("), ("a.py", "def logout():\n    x("), ("a.kt", "fun logout() { x("), ("a.rs", "fn logout() { x(")] {
        for run_of in ["a ? b : ", "x => {", "<a>", "() => ", "\"${", "a ? b :\n"] {
            let folder = project(&[(file, format!("{head}{}1)\n", run_of.repeat(20_000)))]);
            assert!(status(&run(folder.path(), "--format json")) < 2);
        }
    }
}

#[test]
fn broken_syntax_is_partly_read_and_noted() {
    for (file, text) in [
        ("a.ts", format!("{FAILING}\nfunction ( {{{{ ]] const = ;\n")),
        ("a.py", "def logout(request):\n    request.session.flush()\n\ndef broken(:\n  ]]\n".to_owned()),
        ("a.kt", "fun logout() { session.clear() }\nfun ( { ]] val = \n".to_owned()),
        ("a.rs", "fn logout() { session.purge(); }\nfn ( { ]] let = ;\n".to_owned()),
    ] {
        let folder = project(&[(file, text.as_str())]);
        let output = run(folder.path(), "--format json");
        assert!(status(&output) < 2, "{file}: {}", stderr(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = skipped(&report);
        assert!(told.len() == 1 && told[0].1.starts_with("partly read: "), "{file}: {told:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = project(&[("secret.ts", FAILING)]);
    let folder = project(&[("a/a.ts", HARMLESS)]);
    symlink(folder.path(), folder.path().join("a/loop")).unwrap();
    symlink(outside.path(), folder.path().join("out")).unwrap();
    symlink(outside.path().join("secret.ts"), folder.path().join("out.ts")).unwrap();
    let report = json(folder.path(), "");
    assert_eq!(report["stats"]["files_seen"], 1);
    assert_eq!(report["flows"].as_array().unwrap().len(), 0);
}

#[test]
fn escape_sequences_of_the_tree_never_reach_the_terminal() {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";
    let text = FAILING.replace("connect.sid", &format!("connect{evil}sid")).replace("(req, res) => {", &format!("(req, res) => {{ // {evil}"));
    let name = "evil\u{1b}[31m.ts";
    let folder = project(&[(name, text.as_str()), ("b.ts", &format!("// logout-audit: ignore[{evil}] x\nexport function logout() {{ localStorage.removeItem(\"{evil}\"); }}\n"))]);
    for format in ["human", "github", "markdown", "json", "sarif", "junit", "gitlab", "html"] {
        let output = run(folder.path(), &format!("--format {format} -v"));
        assert!(status(&output) < 2, "{format}: {}", stderr(&output));
        for letter in ['\u{1b}', '\u{7}', '\u{9b}'] {
            assert!(!stdout(&output).contains(letter) && !stderr(&output).contains(letter), "{format}: {letter:?}");
        }
    }
    std::fs::write(folder.path().join("logout-audit.toml"), format!("select = [\"{evil}\"]")).unwrap();
    let output = run(folder.path(), "");
    assert!(status(&output) == 2 && !stderr(&output).contains('\u{1b}'), "{}", stderr(&output));
    let output = run(folder.path(), "evil\u{1b}[31m");
    assert!(status(&output) == 2 && !stderr(&output).contains('\u{1b}'), "{}", stderr(&output));
}

#[test]
fn a_closed_pipe_is_a_silent_success() {
    let files: Vec<(String, String)> = (0..200).map(|number| (format!("m{number}/a.ts"), FAILING.replace("/logout", &format!("/m{number}/logout")))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = project(&files);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("logout-audit"))
        .args(["--fail-on", "never", "--format", "json"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let folder = project(&[("a.ts", HARMLESS), ("taken/x", "")]);
    for words in ["-o json=no/such/folder/out.json", "-o json=taken", "--write-baseline no/such/b.json"] {
        let output = run(folder.path(), words);
        assert_eq!(status(&output), 2, "{words}");
        assert!(stderr(&output).starts_with("error: cannot write `"), "{words}: {}", stderr(&output));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "nothing half written stays");
}

#[test]
fn bad_rules_are_named_with_file_and_place() {
    for (text, expected) in [("[library\n", "line 1"), ("[library]\nname = \"x\"\nlanguages = [\"cobol\"]\n", "cobol"), ("[[rule]]\nid = \"x\"\nnonsense = 1\n", "nonsense")] {
        let folder = project(&[("a.ts", HARMLESS), ("rules/x.toml", text)]);
        for words in ["--rules rules", "--list-rules --rules rules", "--verify-rules rules"] {
            let output = run(folder.path(), words);
            assert_eq!(status(&output), 2, "{words}: {text}");
            assert!(stderr(&output).contains("x.toml") && stderr(&output).contains(expected), "{words}: {}", stderr(&output));
        }
    }
    let folder = project(&[("a.ts", HARMLESS), ("rules/README.md", "")]);
    assert_eq!(status(&run(folder.path(), "--rules rules")), 2);
}

#[test]
fn a_bad_configuration_is_quoted() {
    for (text, expected) in [
        ("selct = []", "unknown field `selct`"),
        ("ignore = [\"logout-via-got\"]", "did you mean `logout-via-get`?"),
        ("[declare]\ntoken = { handled = \"elsewhere\", reason = \"\" }", "needs a reason"),
        ("[declare]\ntoken = { handled = \"elsewhere\" }", "reason"),
        ("[declare]\ntokens = { handled = \"elsewhere\", reason = \"x\" }", "tokens"),
        ("exclude = [\"a[\"]", "a["),
        ("fail-on = 3", "line 1"),
        ("rules = \"nowhere\"", "nowhere"),
    ] {
        let folder = project(&[("a.ts", HARMLESS), ("logout-audit.toml", text)]);
        let output = run(folder.path(), "");
        assert_eq!(status(&output), 2, "{text}");
        assert!(stderr(&output).contains(expected), "{text}: {}", stderr(&output));
        assert!(stderr(&output).contains("help: "), "{text}: {}", stderr(&output));
        assert_eq!(status(&run(folder.path(), "--isolated")), 0, "{text}");
    }
}

#[test]
fn a_bad_glob_is_quoted() {
    let folder = project(&[("a.ts", HARMLESS)]);
    for glob in ["a[", "{a", "[z-a]"] {
        let output = run(folder.path(), &format!("--exclude {glob}"));
        assert_eq!(status(&output), 2, "{glob}");
        assert!(stderr(&output).contains(glob), "{glob}: {}", stderr(&output));
    }
}

#[test]
fn paths_that_are_no_utf8_are_told() {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let folder = project(&[("a.ts", HARMLESS)]);
        let output = runs::program(folder.path()).arg(std::ffi::OsStr::from_bytes(b"\xff\xfe")).output().unwrap();
        assert_eq!(status(&output), 2);
        assert!(!output.stderr.is_empty());
    }
}
