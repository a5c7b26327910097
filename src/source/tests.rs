//! Tests of listing, reading and scanning on real directories.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::{DEFAULT_LIMIT, Error, Kind, Language, ReadError, Reason, Scanner, Tree, WalkOptions, discover, read, select};

/// A temporary directory and its path.
fn directory() -> (tempfile::TempDir, Utf8PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(directory.path().canonicalize().unwrap()).unwrap();
    (directory, path)
}

fn write(root: &Utf8Path, files: &[&str]) {
    for file in files {
        write_bytes(root, file, b"logout\n");
    }
}

fn write_bytes(root: &Utf8Path, file: &str, bytes: &[u8]) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn list(root: &Utf8Path, options: &WalkOptions) -> Vec<String> {
    paths(&discover(&[root.to_owned()], options).unwrap())
}

fn paths(tree: &Tree) -> Vec<String> {
    tree.files.iter().map(|file| file.path.to_string()).collect()
}

#[test]
fn source_files_are_sorted_and_numbered() {
    let (_keep, root) = directory();
    write(&root, &["b.ts", "a/z.py", "a/b.kt", "readme.md", "c.rs", "package.json", "a/Legacy.java", "build.gradle.kts", "db/schema.sql", "manage.py"]);
    let tree = discover(std::slice::from_ref(&root), &WalkOptions::default()).unwrap();
    assert_eq!(paths(&tree), ["a/b.kt", "a/z.py", "b.ts", "c.rs", "manage.py"]);
    assert!(tree.files.iter().enumerate().all(|(index, file)| file.id.0 as usize == index));
    let auxiliary: Vec<(&str, Kind)> = tree.auxiliary.iter().map(|file| (file.path.as_str(), file.kind)).collect();
    assert_eq!(
        auxiliary,
        [("a/Legacy.java", Kind::Unread), ("build.gradle.kts", Kind::Gradle), ("db/schema.sql", Kind::Sql), ("manage.py", Kind::ManagePy), ("package.json", Kind::PackageJson)]
    );
    assert_eq!(tree.find(Utf8Path::new("b.ts")).map(|file| file.id.0), Some(2));
}

#[test]
fn ignore_files_of_a_repository_count_and_can_be_set_aside() {
    let (_keep, root) = directory();
    write(&root, &["kept.ts", "secret/a.ts", ".hidden/b.ts", "app/.server/e.ts", ".git/hooks/c.py", "node_modules/x/d.js"]);
    fs::write(root.join(".gitignore"), "secret/\n").unwrap();
    assert_eq!(list(&root, &WalkOptions::default()), ["app/.server/e.ts", "kept.ts"]);
    assert_eq!(list(&root, &WalkOptions { no_ignore: true, ..WalkOptions::default() }), [".hidden/b.ts", "app/.server/e.ts", "kept.ts", "secret/a.ts"]);
}

#[test]
fn what_an_export_holds_was_committed_whatever_git_would_ignore() {
    let (_keep, root) = directory();
    write(&root, &["kept.ts", "secret/a.ts", "other/c.ts", "node_modules/x/d.js"]);
    fs::write(root.join(".gitignore"), "secret/\n").unwrap();
    fs::write(root.join(".ignore"), "other/\n").unwrap();
    assert_eq!(list(&root, &WalkOptions::default()), ["kept.ts", "secret/a.ts"]);
}

#[test]
fn the_names_above_the_root_do_not_count() {
    let (_keep, top) = directory();
    let root = top.join("tests/fixtures/node_modules/dist");
    write(&root, &["src/a.ts", "tests/b.ts", "c.test.ts"]);
    assert_eq!(list(&root, &WalkOptions::default()), ["src/a.ts"]);
    assert_eq!(list(&root, &WalkOptions { include_tests: true, ..WalkOptions::default() }), ["c.test.ts", "src/a.ts", "tests/b.ts"]);
}

#[test]
fn tests_are_left_out_by_directory_and_name() {
    let (_keep, root) = directory();
    write(
        &root,
        &[
            "web/__tests__/a.ts",
            "web/b.spec.tsx",
            "web/c.stories.ts",
            "web/latest.ts",
            "api/test_login.py",
            "api/conftest.py",
            "api/attest.py",
            "app/src/androidTest/kotlin/D.kt",
            "app/src/test/kotlin/E.kt",
            "app/src/main/kotlin/com/acme/test/F.kt",
            "app/src/main/kotlin/Contest.kt",
            "lib/LogoutTest.kt",
            "core/src/tests.rs",
            "core/tests/g.rs",
        ],
    );
    assert_eq!(list(&root, &WalkOptions::default()), ["api/attest.py", "app/src/main/kotlin/Contest.kt", "app/src/main/kotlin/com/acme/test/F.kt", "web/latest.ts"]);
}

#[test]
fn build_output_is_told_from_source_by_what_stands_beside_it() {
    let (_keep, root) = directory();
    write(
        &root,
        &[
            "web/package.json",
            "web/dist/a.js",
            "web/build/b.js",
            "web/src/build/c.ts",
            "api/port/out/D.kt",
            "target/e.rs",
            "core/Cargo.toml",
            "core/target/f.rs",
            "shop/vendor/g.py",
            "shop/static/vendor/h.js",
            "env/pyvenv.cfg",
            "env/lib/i.py",
            "environment/j.py",
            "a.min.js",
            "b.d.ts",
            "c_pb2.py",
        ],
    );
    let tree = discover(std::slice::from_ref(&root), &WalkOptions::default()).unwrap();
    assert_eq!(paths(&tree), ["api/port/out/D.kt", "environment/j.py", "shop/vendor/g.py", "target/e.rs", "web/src/build/c.ts"]);
    assert_eq!(tree.left_out.get(&Reason::Output), Some(&3));
    assert_eq!(tree.left_out.get(&Reason::Vendored), Some(&2));
}

#[test]
fn patterns_of_the_user_leave_out_files_and_directories() {
    let (_keep, root) = directory();
    write(&root, &["a/legacy/b.ts", "legacy/c.ts", "d.gen.ts", "e/f.ts", "e/g/h.ts"]);
    let excluding = |patterns: &[&str]| list(&root, &WalkOptions { exclude: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(), ..WalkOptions::default() });
    assert_eq!(excluding(&["legacy/", "*.gen.ts"]), ["e/f.ts", "e/g/h.ts"]);
    assert_eq!(excluding(&["/legacy", "./e/**"]), ["a/legacy/b.ts", "d.gen.ts"]);
    let error = discover(std::slice::from_ref(&root), &WalkOptions { exclude: vec!["a[".to_owned()], ..WalkOptions::default() }).unwrap_err();
    assert!(error.to_string().starts_with("bad exclude pattern `a[`: "), "{error}");
}

#[test]
fn a_missing_path_is_an_error_that_names_it() {
    let error = discover(&[Utf8PathBuf::from("/no/such/tree")], &WalkOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Missing { .. }));
    assert_eq!(error.to_string(), "no such file or directory: `/no/such/tree`");
    assert!(matches!(discover(&[], &WalkOptions::default()), Err(Error::NoRoots)));
}

#[test]
fn several_roots_are_one_project_and_overlaps_are_read_once() {
    let (_keep, root) = directory();
    write(&root, &["web/src/a.ts", "api/main.py", "api/tests/main.py"]);
    let tree = discover(&[root.join("web"), root.join("api"), root.join("web/src")], &WalkOptions::default()).unwrap();
    assert_eq!(paths(&tree), ["api/main.py", "web/src/a.ts"]);
    let alone = discover(&[root.join("api/tests/main.py")], &WalkOptions::default()).unwrap();
    assert_eq!(paths(&alone), ["main.py"]);
    let mixed = discover(&[root.join("api/main.py"), root.join("web")], &WalkOptions::default()).unwrap();
    assert_eq!(paths(&mixed), ["api/main.py", "web/src/a.ts"]);
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    let (_keep, root) = directory();
    let (_other, outside) = directory();
    write(&outside, &["secret.ts"]);
    write(&root, &["a/b.ts"]);
    std::os::unix::fs::symlink(&root, root.join("a/loop")).unwrap();
    std::os::unix::fs::symlink(&outside, root.join("out")).unwrap();
    std::os::unix::fs::symlink(outside.join("secret.ts"), root.join("c.ts")).unwrap();
    let tree = discover(std::slice::from_ref(&root), &WalkOptions::default()).unwrap();
    assert_eq!(paths(&tree), ["a/b.ts"]);
    assert_eq!(tree.left_out.get(&Reason::Link), Some(&3));
    std::os::unix::fs::symlink(root.join("a"), outside.join("root")).unwrap();
    assert_eq!(list(&outside.join("root"), &WalkOptions::default()), ["b.ts"], "a root may be a link");
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_noted() {
    use std::os::unix::ffi::OsStrExt;
    let (_keep, root) = directory();
    fs::write(root.as_std_path().join(std::ffi::OsStr::from_bytes(b"a\xff.ts")), "logout").unwrap();
    fs::write(root.as_std_path().join(std::ffi::OsStr::from_bytes(b"a\xff.bin")), "logout").unwrap();
    let tree = discover(std::slice::from_ref(&root), &WalkOptions::default()).unwrap();
    let skipped: Vec<String> = tree.skipped.iter().map(|skipped| format!("{}: {}", skipped.path, skipped.reason)).collect();
    assert_eq!(skipped, ["a\u{fffd}.ts: its name is not UTF-8"]);
}

#[test]
fn deep_directories_are_walked() {
    let (_keep, root) = directory();
    let deep = "d/".repeat(400);
    write(&root, &[&format!("{deep}a.ts")]);
    assert_eq!(list(&root, &WalkOptions::default()), [format!("{deep}a.ts")]);
}

#[test]
fn a_scan_selects_the_files_with_a_word_and_notes_what_it_cannot_read() {
    let (_keep, root) = directory();
    write_bytes(&root, "a.ts", b"\xef\xbb\xbffunction LogOut() {\r\n session }\r\n");
    write_bytes(&root, "b.py", b"without any");
    write_bytes(&root, "session.py", b"a session");
    write_bytes(&root, "binary.py", b"logout\0");
    write_bytes(&root, "generated.ts", b"// @generated\nlogout()");
    write_bytes(&root, "library.js", b"/*! Session helper v1.2.3 | MIT */\nfunction logout() {}");
    write_bytes(&root, "huge.kt", &b"logout ".repeat(1000));
    write_bytes(&root, "latin.py", b"# \xe9\nlogout()");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("signOut()".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    write_bytes(&root, "wide.kt", &utf16);
    let tree = discover(std::slice::from_ref(&root), &WalkOptions::default()).unwrap();
    write_bytes(&root, "other.kt", b"a session of another language");
    let words = [("logout", vec![]), ("signout", vec![]), ("session", vec![Language::Python]), ("out", vec![])].map(|(word, languages)| (word.to_owned(), languages));
    let scanner = Scanner::new(&words, &[Language::TypeScript, Language::Python, Language::Kotlin].into()).unwrap();
    let found = select(&tree, &scanner, 1000);
    let shown: Vec<&str> = found.files.iter().map(|file| tree.file(*file).unwrap().path.as_str()).collect();
    // Short words must stand alone.
    assert_eq!(shown, ["a.ts", "session.py", "wide.kt"]);
    let skipped: Vec<String> = found.skipped.iter().map(|skipped| format!("{}: {}", skipped.path, skipped.reason)).collect();
    assert_eq!(skipped, ["binary.py: binary", "huge.kt: larger than 1000 bytes", "latin.py: not UTF-8"]);
    assert_eq!(found.left_out.get(&Reason::Generated), Some(&1));
    assert_eq!(found.left_out.get(&Reason::Vendored), Some(&1));
}

#[test]
fn what_a_compiler_made_of_a_script_in_the_tree_is_left_out() {
    let (_keep, root) = directory();
    let compiled = b"\"use strict\";\nObject.defineProperty(exports, \"__esModule\", { value: true });\nfunction logout() {}\n";
    write_bytes(&root, "api/src/routes/leave.ts", b"export function logout() {}");
    write_bytes(&root, "api/emitted/routes/leave.js", compiled);
    // The source is not there, or stands elsewhere; and a person wrote the last one.
    write_bytes(&root, "api/emitted/routes/other.js", compiled);
    write_bytes(&root, "web/lib/deep/leave.js", compiled);
    write_bytes(&root, "api/plain/routes/leave.js", b"exports.logout = () => {};");
    let tree = discover(std::slice::from_ref(&root), &WalkOptions::default()).unwrap();
    let scanner = Scanner::new(&[("logout".to_owned(), vec![])], &[Language::TypeScript].into()).unwrap();
    let found = select(&tree, &scanner, DEFAULT_LIMIT);
    let shown: Vec<&str> = found.files.iter().map(|file| tree.file(*file).unwrap().path.as_str()).collect();
    assert_eq!(shown, ["api/emitted/routes/other.js", "api/plain/routes/leave.js", "api/src/routes/leave.ts", "web/lib/deep/leave.js"]);
    assert_eq!(found.left_out.get(&Reason::Generated), Some(&1));
}

#[test]
fn a_text_is_read_as_it_stands_on_the_disk() {
    let (_keep, root) = directory();
    write_bytes(&root, "a.ts", b"\xef\xbb\xbfa\r\nb");
    write_bytes(&root, "b.ts", b"");
    let tree = discover(std::slice::from_ref(&root), &WalkOptions::default()).unwrap();
    assert_eq!(read(&tree.files[0], DEFAULT_LIMIT).unwrap(), "\u{feff}a\r\nb");
    assert_eq!(read(&tree.files[1], DEFAULT_LIMIT).unwrap(), "");
    assert!(matches!(read(&tree.files[0], 3), Err(ReadError::TooLarge(3))));
    fs::remove_file(root.join("a.ts")).unwrap();
    assert!(matches!(read(&tree.files[0], DEFAULT_LIMIT), Err(ReadError::Unreadable(_))));
    let gone = select(&tree, &Scanner::new(&[], &std::collections::BTreeSet::new()).unwrap(), DEFAULT_LIMIT);
    assert_eq!(gone.skipped.len(), 1, "{:?}", gone.skipped);
}
