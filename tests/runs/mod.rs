//! Small projects in temporary folders, and runs of the program on them.

#![allow(clippy::unwrap_used, dead_code, reason = "helpers of tests, of which each test file uses a part")]

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

/// A logout that clears a cookie and leaves the record in the store.
pub(crate) const FAILING: &str = r#"import express from "express";
import session from "express-session";
const app = express();
app.use(session({ secret: "x", store: new RedisStore() }));
app.post("/logout", (req, res) => {
  res.clearCookie("connect.sid");
  res.json({ ok: true });
});
"#;

/// Code without sessions and without a logout.
pub(crate) const HARMLESS: &str = "export const add = (a: number, b: number) => a + b;\n";

/// A folder with files: names and bytes. It has a configuration of its own, so that none above the temporary folder reaches it.
pub(crate) fn project<B: AsRef<[u8]>>(files: &[(&str, B)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("logout-audit.toml"), "").unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

/// The program, started in a folder. No setting of the machine that runs the tests reaches it.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("logout-audit").unwrap();
    command.current_dir(folder).env_remove("NO_COLOR").env_remove("COLUMNS").env("LC_ALL", "C.UTF-8").timeout(Duration::from_secs(120));
    command
}

/// Runs the program in a folder with words separated by blanks.
pub(crate) fn run(folder: &Path, words: &str) -> Output {
    program(folder).args(words.split_whitespace()).output().unwrap()
}

/// The exit status.
pub(crate) fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"))
}

/// What was printed on standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What was printed on standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The report of `--format json` on a folder.
pub(crate) fn json(folder: &Path, words: &str) -> serde_json::Value {
    let output = run(folder, &format!("--format json {words}"));
    assert!(status(&output) < 2, "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The reasons for which files were skipped, by file.
pub(crate) fn skipped(report: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    report["skipped_files"].as_array().unwrap().iter().map(|one| (text(&one["file"]), text(&one["reason"]))).collect()
}
