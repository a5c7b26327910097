//! The same small logout in every language lowers to the same IR text: the analysis cannot tell in which language it was written.

use camino::Utf8Path;
use logout_audit::front;
use logout_audit::ir::write_module;
use logout_audit::source::{FileId, Language};

/// The body of a function called `logout`, as each language writes it. A language that has no such statement leaves it empty.
struct Same {
    typescript: &'static str,
    python: &'static str,
    kotlin: &'static str,
    rust: &'static str,
    /// What all of them lower to.
    ir: &'static str,
}

#[test]
fn a_call_of_a_member_with_arguments() {
    assert_same(&Same {
        typescript: "store.sessions.remove(id, \"user\");",
        python: "    store.sessions.remove(id, \"user\")",
        kotlin: "store.sessions.remove(id, \"user\")",
        rust: "store.sessions.remove(id, \"user\");",
        ir: "store.sessions.remove(id, \"user\")",
    });
}

#[test]
fn a_chain_of_calls() {
    assert_same(&Same {
        typescript: "response.status(200).clear(\"sid\").end();",
        python: "    response.status(200).clear(\"sid\").end()",
        kotlin: "response.status(200).clear(\"sid\").end()",
        rust: "response.status(200).clear(\"sid\").end();",
        ir: "response.status(200).clear(\"sid\").end()",
    });
}

#[test]
fn an_assignment_to_a_member() {
    assert_same(&Same { typescript: "user.token = \"\";", python: "    user.token = \"\"", kotlin: "user.token = \"\"", rust: "user.token = \"\";", ir: "user.token = \"\"" });
}

#[test]
fn an_assignment_of_nothing() {
    assert_same(&Same { typescript: "user.token = null;", python: "    user.token = None", kotlin: "user.token = null", rust: "user.token = None;", ir: "user.token = null" });
}

#[test]
fn a_local_name_for_the_result_of_a_call() {
    assert_same(&Same {
        typescript: "const session = store.find(id); session.destroy();",
        python: "    session = store.find(id)\n    session.destroy()",
        kotlin: "val session = store.find(id)\nsession.destroy()",
        rust: "let session = store.find(id); session.destroy();",
        ir: "session := store.find(id)\nsession.destroy()",
    });
}

#[test]
fn a_text_with_a_hole() {
    assert_same(&Same {
        typescript: "redis.remove(`session:${id}`);",
        python: "    redis.remove(f\"session:{id}\")",
        kotlin: "redis.remove(\"session:${id}\")",
        rust: "redis.remove(format!(\"session:{}\", id));",
        ir: "redis.remove(template(\"session:\", id))",
    });
}

#[test]
fn a_branch_with_an_else() {
    assert_same(&Same {
        typescript: "if (signedIn) { store.clear(); } else { log(\"nobody\"); }",
        python: "    if signedIn:\n        store.clear()\n    else:\n        log(\"nobody\")",
        kotlin: "if (signedIn) { store.clear() } else { log(\"nobody\") }",
        rust: "if signedIn { store.clear(); } else { log(\"nobody\"); }",
        ir: "if signedIn\n  store.clear()\nelse\n  log(\"nobody\")",
    });
}

#[test]
fn an_early_return() {
    assert_same(&Same {
        typescript: "if (!signedIn) { return; } store.clear();",
        python: "    if not signedIn:\n        return\n    store.clear()",
        kotlin: "if (!signedIn) { return }\nstore.clear()",
        rust: "if !signedIn { return; } store.clear();",
        ir: "if !signedIn\n  return\nstore.clear()",
    });
}

#[test]
fn an_attempt_whose_failure_is_caught() {
    assert_same(&Same {
        typescript: "try { store.clear(); } catch (error) { log(error); }",
        python: "    try:\n        store.clear()\n    except Exception as error:\n        log(error)",
        kotlin: "try { store.clear() } catch (error: Exception) { log(error) }",
        rust: "",
        ir: "try\n  store.clear()\ncatch\n  log(error)",
    });
}

#[test]
fn what_is_done_at_last() {
    assert_same(&Same {
        typescript: "try { server.tell(); } catch (error) { log(error); } finally { store.clear(); }",
        python: "    try:\n        server.tell()\n    except Exception as error:\n        log(error)\n    finally:\n        store.clear()",
        kotlin: "try { server.tell() } catch (error: Exception) { log(error) } finally { store.clear() }",
        rust: "",
        ir: "try\n  server.tell()\ncatch\n  log(error)\nfinally\n  store.clear()",
    });
}

#[test]
fn a_loop_over_a_list() {
    assert_same(&Same {
        typescript: "for (const token of tokens) { token.revoke(); }",
        python: "    for token in tokens:\n        token.revoke()",
        kotlin: "for (token in tokens) { token.revoke() }",
        rust: "for token in tokens { token.revoke(); }",
        ir: "loop tokens\n  token.revoke()",
    });
}

#[test]
fn a_closure_that_is_handed_over() {
    assert_same(&Same {
        typescript: "later(() => store.clear());",
        python: "    later(lambda: store.clear())",
        kotlin: "later({ store.clear() })",
        rust: "later(|| store.clear());",
        ir: "later(fn () {\n  return store.clear()\n})",
    });
}

#[test]
fn a_whole_logout() {
    assert_same(&Same {
        typescript: "const session = store.find(request.cookie(\"sid\"));
            if (session) { store.remove(session.id); log(`ended ${session.id}`); }
            response.expire(\"sid\", 0);
            user.token = null;",
        python: "
    session = store.find(request.cookie(\"sid\"))
    if session:
        store.remove(session.id)
        log(f\"ended {session.id}\")
    response.expire(\"sid\", 0)
    user.token = None",
        kotlin: "val session = store.find(request.cookie(\"sid\"))
            if (session) { store.remove(session.id); log(\"ended ${session.id}\") }
            response.expire(\"sid\", 0)
            user.token = null",
        rust: "let session = store.find(request.cookie(\"sid\"));
            if session { store.remove(session.id); log(format!(\"ended {}\", session.id)); }
            response.expire(\"sid\", 0);
            user.token = None;",
        ir: "session := store.find(request.cookie(\"sid\"))
if session
  store.remove(session.id)
  log(template(\"ended \", session.id))
response.expire(\"sid\", 0)
user.token = null",
    });
}

/// Lowers the function in each language and compares it with the IR text.
fn assert_same(case: &Same) {
    let indented: String = case.ir.lines().map(|line| format!("  {line}\n")).collect();
    let expected = format!("logout := fn logout() {{\n{indented}}}\n");
    let written = [
        (Language::TypeScript, "logout.ts", "function logout() {", case.typescript, "}"),
        (Language::Python, "logout.py", "def logout():", case.python, ""),
        (Language::Kotlin, "Logout.kt", "fun logout() {", case.kotlin, "}"),
        (Language::Rust, "logout.rs", "fn logout() {", case.rust, "}"),
    ];
    for (language, path, head, body, end) in written.into_iter().filter(|(_, _, _, body, _)| !body.is_empty()) {
        let module = front::lower(FileId(0), language, Utf8Path::new(path), &format!("{head}\n{body}\n{end}\n"));
        assert!(module.problems.is_empty(), "{path}: {:?}", module.problems);
        assert_eq!(known(&write_module(&module)), expected, "{path}");
    }
}

/// The text without blank lines, and without the lines that give a caught error or the variable of a loop a value that is not known: in that
/// languages differ, since some declare a type there.
fn known(text: &str) -> String {
    text.lines().filter(|line| !line.trim().is_empty() && !line.contains(" := unknown(")).map(|line| format!("{line}\n")).collect()
}
