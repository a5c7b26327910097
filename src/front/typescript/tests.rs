//! What scripts, components and pages are lowered to.

use camino::Utf8Path;

use crate::front::lower;
use crate::ir::{FunctionKind, Module, StepKind, ValueKind, write_module};
use crate::source::{FileId, Language};

fn module(name: &str, text: &str) -> Module {
    let path = Utf8Path::new(name);
    lower(FileId(0), Language::of(path).unwrap(), path, text)
}

#[track_caller]
fn assert_lowers(name: &str, text: &str, expected: &[&str]) {
    let written = write_module(&module(name, text));
    assert_eq!(written.lines().collect::<Vec<_>>(), expected, "\n{written}");
}

#[test]
fn imports_of_every_shape_are_imports() {
    assert_lowers(
        "a.ts",
        "import a, { b as c, default as d } from 'm';\nimport * as n from \"n\";\nimport 'side';\nimport e = require('e');\n\
         const x = require('x'), { p, q: r } = require('pq'), k = require('k').K;\nrequire('r');\nconst z = (await import('z')).default;",
        &[
            "import a = m:default",
            "import c = m:b",
            "import d = m:default",
            "import n = n:namespace",
            "import  = side:effect",
            "import e = e:namespace",
            "import x = x:namespace",
            "import p = pq:p",
            "import r = pq:q",
            "import k = k:K",
            "import  = r:effect",
            "import z = z:default",
        ],
    );
}

#[test]
fn a_require_within_an_expression_has_a_name_for_its_site() {
    assert_lowers(
        "a.js",
        "app.use('/auth', require('./auth'));\nconst Store = require('connect')(session);\nconst lazy = () => import('#auth');",
        &[
            "import require#1 = ./auth:namespace",
            "import require#2 = connect:namespace",
            "import import#3 = #auth:namespace",
            "app.use(\"/auth\", require#1)",
            "Store := require#2(session)",
            "lazy := fn lazy() {",
            "  return import#3",
            "}",
        ],
    );
}

#[test]
fn a_late_import_knows_its_function() {
    let module = module("a.ts", "async function f() { const { x } = await import('m'); }");
    assert_eq!(module.imports[0].within, Some(crate::ir::FunctionIndex(0)));
}

#[test]
fn exports_of_both_module_systems_are_exports() {
    assert_lowers(
        "a.ts",
        "export const a = 1, { b } = c;\nexport { a as d };\nexport { default as e, f } from './m';\nexport * from './all';\nexport * as ns from './ns';\nexport default wrap(a);",
        &[
            "export a = a",
            "export b = b",
            "export d = a",
            "export e = ./m:Default",
            "export f = ./m:Named(\"f\")",
            "export * = ./all:Star",
            "export ns = ./ns:Namespace",
            "export default = wrap(a)",
            "a := 1",
            "{b: b} := c",
        ],
    );
    assert_lowers(
        "a.js",
        "exports.logout = (req) => { req.logout(); };\nmodule.exports.x = y;\nmodule.exports = { a, b: c, ...require('./d') };",
        &[
            "import require#1 = ./d:namespace",
            "export logout = fn logout(req) {",
            "  req.logout()",
            "}",
            "export x = y",
            "export a = a",
            "export b = c",
            "export * = ./d:Star",
            "export default = {a: a, b: c, ...: require#1}",
        ],
    );
}

#[test]
fn a_class_has_fields_from_its_body_its_parameters_and_its_constructor() {
    assert_lowers(
        "a.ts",
        "@Controller('auth')\nexport class Auth extends Mixin(Base) implements I<User> {\n  @Inject(T) private svc: Svc | null = null;\n  handle = async () => { f(); };\n  \
         constructor(private readonly auth: AuthService, @Inject(K) public k: K, y: Y) { super(); this.y = y; }\n  logout(a: string): void;\n  \
         @Post('logout') @Guarded async logout(@Res() res): Promise<void> { this.auth!.logout(); }\n}",
        &[
            "export Auth = Auth",
            "Class Auth(Mixin<Base>, I<User>)",
            "  Controller(\"auth\")",
            "  field svc: Svc = null",
            "  field auth: AuthService",
            "  field k: K",
            "  field y: Y = y",
            "  async fn handle() {",
            "    f()",
            "  }",
            "  fn constructor(auth: AuthService, k: K, y: Y) {",
            "    super()",
            "    this.y = y",
            "  }",
            "  @Post(\"logout\") @Guarded() async fn logout(res) {",
            "    this.auth.logout()",
            "  }",
        ],
    );
}

#[test]
fn a_function_begins_at_its_name_and_not_at_its_decorators() {
    let text = "class A {\n  @Post('x')\n  async logout() {}\n}";
    let module = module("a.ts", text);
    let function = &module.functions[0];
    assert_eq!(&text[function.span.start as usize..function.span.end as usize], "async logout() {}");
    assert_eq!(&text[function.head.start as usize..function.head.end as usize], "logout");
    assert_eq!(function.kind, FunctionKind::Method);
}

#[test]
fn parameters_that_are_taken_apart_keep_paths_and_names() {
    assert_lowers(
        "a.ts",
        "const f = ({ user: { id: uid = 3 }, ...rest }, [a, , b] = [], ...more: string[]) => {};",
        &["f := fn f({user.id as uid, ... as rest}, {0 as a, 2 as b} = [], more: Array<string>) {", "}"],
    );
}

#[test]
fn statements_keep_their_order_and_structure() {
    assert_lowers(
        "a.js",
        "async function f() {\n  try { await a(); } catch (e) { return b(e); } finally { c(); }\n  for (const k of ['x']) { del(k); }\n  \
         switch (s) { case 1: case 2: g(); break; default: h(); }\n  x && y(); x ? y() : z(); a = b = null; delete s.u; void go(); i++; n ||= 1;\n  throw new E('x');\n}",
        &[
            "f := async fn f() {",
            "  try",
            "    await a()",
            "  catch",
            "    return b(e)",
            "  finally",
            "    c()",
            "  loop [\"x\"]",
            "    k := unknown([\"x\"])",
            "    del(k)",
            "  match s",
            "    case 1 | 2",
            "      g()",
            "    case ",
            "      h()",
            "  if x",
            "    y()",
            "  if x",
            "    y()",
            "  else",
            "    z()",
            "  b = null",
            "  a = b",
            "  delete s.u",
            "  go()",
            "  i += 1",
            "  n = (n ? n : 1)",
            "  throw new E(\"x\")",
            "}",
        ],
    );
}

#[test]
fn expressions_lose_only_what_has_no_meaning_at_run_time() {
    assert_lowers(
        "a.ts",
        "const a = (<T>b!).c?.d['e'] as F<G>;\nconst s = `x${a}` + 'y' + 1;\nconst n = [0x1f, -1, 1_0n, ...r];\nconst q = u || v && w;\n\
         const g = use<User | null>(null);\nsql`select ${1}`;\nconst o = { a, 'b-c': 1, [K]: 2, m() { f(); }, ...p };\nif ((k = f())) {}\n(function () { go(); })();",
        &[
            "a: F<G> := b.c.d.e",
            "s := template(\"x\", a, \"y\", 1)",
            "n := [31, -1, 10, unknown(r)]",
            "q := (u ? u : (v ? w : null))",
            "g := use<User>(null)",
            "sql`template(\"select \", 1)`",
            "o := {a: a, b-c: 1, [K]: 2, m: fn m() {",
            "  f()",
            "}, ...: p}",
            "if block {",
            "  k = f()",
            "  k",
            "}",
            "fn () {",
            "  go()",
            "}()",
        ],
    );
}

#[test]
fn a_member_ends_at_its_name() {
    let text = "res\n  .status(200)\n  .clearCookie('x');";
    let module = module("a.js", text);
    let StepKind::Evaluate(value) = &module.top[0].kind else { panic!() };
    let ValueKind::Call(call) = &value.kind else { panic!() };
    assert!(text[..call.callee.span.end as usize].ends_with(".clearCookie"));
    assert_eq!(call.span.end as usize, text.len() - 1);
}

#[test]
fn elements_are_calls_with_named_arguments() {
    assert_lowers(
        "a.tsx",
        "const A = () => <ui.Form action={`/x`} {...p} disabled onClick={() => out()}>Log &amp; out & {n}<br/></ui.Form>;",
        &[
            "A := fn A() {",
            "  return ui.Form<action: \"/x\", ...: p, disabled: true, onClick: fn onClick() {",
            "    return out()",
            "  }, children: [\"Log & out &\", n, br<>]>",
            "}",
        ],
    );
}

#[test]
fn directives_and_notes_are_kept() {
    let module = module("a.ts", "'use server';\n// logout-audit: ignore cookie\nfunction f() { 'use client'; g(); /* logout-audit: two */ }");
    assert_eq!(module.directives, ["use server"]);
    assert_eq!(module.functions[0].directives, ["use client"]);
    assert_eq!(module.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["ignore cookie", "two"]);
}

#[test]
fn code_around_a_syntax_error_is_lowered() {
    let module = module("a.js", "before();\nfunction ( { \nafter();");
    assert!(!module.problems.is_empty());
    assert!(write_module(&module).contains("before()"));
}

#[test]
fn a_component_has_its_scripts_and_the_elements_that_lead_anywhere() {
    let text = "<script setup lang=\"ts\">\nconst out = async () => { await go('/x'); };\n</script>\n<template>\n  <div class=\"a\"><button @click.prevent=\"out\">Log\n out</button>\
                <b @click=\"a(); b()\"/><Link :to=\"{ name: 'login', q: 1 }\"/></div>\n</template>";
    assert_lowers(
        "a.vue",
        text,
        &[
            "out := async fn out() {",
            "  await go(\"/x\")",
            "}",
            "template := fn template() {",
            "  button<@click.prevent: out, children: [\"Log out\"]>",
            "  b<@click: fn @click() {",
            "    a()",
            "    b()",
            "  }>",
            "  Link<:to: {name: \"login\", q: 1}>",
            "}",
        ],
    );
    let module = module("a.vue", text);
    let out = &module.functions[0];
    assert_eq!(&text[out.head.start as usize..out.head.end as usize], "out");
}

#[test]
fn attributes_in_braces_are_expressions() {
    assert_lowers(
        "a.svelte",
        "{#if u}<form action=\"?/logout\" use:enhance={() => { clear(); }}><button on:click={out} {...p} {x}>Out</button></form>{/if}<a href=\"{base}/logout\">x</a>",
        &[
            "template := fn template() {",
            "  form<action: \"?/logout\", use:enhance: fn use:enhance() {",
            "    clear()",
            "  }, children: [\"Out\"]>",
            "  button<on:click: out, ...: p, x: x, children: [\"Out\"]>",
            "  a<href: template(base, \"/logout\"), children: [\"x\"]>",
            "}",
        ],
    );
    assert_lowers(
        "a.astro",
        "---\nif (x) return Astro.redirect('/login');\n---\n<a href=\"/out\">x</a><script>go();</script>",
        &["if x", "  return Astro.redirect(\"/login\")", "go()", "template := fn template() {", "  a<href: \"/out\", children: [\"x\"]>", "}"],
    );
}

#[test]
fn placeholders_of_template_engines_stay_as_written() {
    assert_lowers(
        "a.html",
        "<link href='x'>{# <a href='/no'> #}<a href=\"{% url \"logout\" %}\" {% if x %}hx-post=/y{% endif %}>Log out {{ name }}</a><a onclick=\"out(); return false;\">x</a><script>f(\"{{ u }}\");</script>\
         <script type=\"application/json\">{\"a\": 1}</script>",
        &[
            "f(\"{{ u }}\")",
            "template := fn template() {",
            "  a<href: \"{% url \\\"logout\\\" %}\", hx-post: \"/y\", children: [\"Log out {{ name }}\"]>",
            "  a<onclick: fn onclick() {",
            "    out()",
            "    return false",
            "  }, children: [\"x\"]>",
            "}",
        ],
    );
}

#[test]
fn functions_with_a_prototype_are_classes() {
    let text = "function Desk(cookie) { Base.call(this); this.cookie = cookie; }\nutil.inherits(Desk, Other);\n\
                Desk.prototype.leave = function () { this.close(); };\nDesk.open = function () {};\nmodule.exports = Desk;\n\
                function Guests() { var self = this; self.leave = () => out(); }\nfunction helper() { this.x = 1; }\nconst View = () => render();\nView.title = 'a';";
    let module = module("a.js", text);
    let methods = |class: &crate::ir::Class| class.methods.iter().map(|index| (module.function(*index).name.clone(), module.function(*index).kind)).collect::<Vec<_>>();
    let [desk, guests] = module.classes.as_slice() else { panic!("two classes: {:?}", module.classes) };
    assert_eq!(desk.bases.iter().map(crate::ir::TypeName::last).collect::<Vec<_>>(), ["Other", "Base"]);
    assert_eq!(desk.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["cookie"]);
    let (constructor, method) = (FunctionKind::Constructor, FunctionKind::Method);
    assert_eq!(methods(desk), [("Desk".to_owned(), constructor), ("leave".to_owned(), method), ("open".to_owned(), method)]);
    assert_eq!(methods(guests), [("Guests".to_owned(), constructor), ("leave".to_owned(), method)]);
}

#[test]
fn records_that_are_merged_are_one_record() {
    assert_lowers("a.js", "const all = Object.assign({ a }, login, { b: 1 });", &["all := {a: a, ...: login, b: 1}"]);
}

#[test]
fn what_waits_for_an_import_is_handed_its_parts() {
    assert_lowers(
        "a.js",
        "import('./keys').then(({ drop, default: Key }) => drop(Key));\nimport('./rest').then((rest) => rest.go());",
        &[
            "import import#1 = ./keys:namespace",
            "import drop = ./keys:drop",
            "import Key = ./keys:default",
            "import import#2 = ./rest:namespace",
            "import rest = ./rest:namespace",
            "import#1.then(fn ({drop, default as Key}) {",
            "  return drop(Key)",
            "})",
            "import#2.then(fn (rest) {",
            "  return rest.go()",
            "})",
        ],
    );
}

#[test]
fn markup_by_indentation_is_read_line_by_line() {
    assert_lowers(
        "a.pug",
        "nav\n  a.btn(href='/logout', class=x ? 'a' : 'b') Log out\n  form(action=\"/out\"\n       method=\"post\")\n    button Go\n  script.\n    go();\n",
        &[
            "go()",
            "template := fn template() {",
            "  a<href: \"/logout\", class: \"x ? 'a' : 'b'\", children: [\"Log out\"]>",
            "  form<action: \"/out\", method: \"post\", children: [\"Go\"]>",
            "}",
        ],
    );
}

/// Lowers hostile text on a small stack.
#[track_caller]
fn assert_survives(name: &'static str, text: String) {
    let lowered = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let module = module(name, &text);
        write_module(&module).len()
    });
    assert!(lowered.unwrap().join().is_ok());
}

#[test]
fn a_hundred_thousand_nested_brackets_do_not_overflow() {
    for open in ["[", "(", "{", "f(", "a=>", "!", "x=", "if(a)", "a?b:", "<a>", "a.b(", "${`", "-", "`${", "function(){", "class A{m(){"] {
        assert_survives("a.tsx", open.repeat(100_000));
    }
    assert_survives("a.ts", format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)));
    assert_survives("a.ts", format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert_survives("a.ts", format!("x = a{};", ".b()".repeat(100_000)));
    assert_survives("a.ts", format!("x = a{};", " + b".repeat(100_000)));
    assert_survives("a.ts", format!("x = {}d{};", "((a || b) && c) || (".repeat(10_000), ")".repeat(10_000)));
    assert_survives("a.ts", format!("let x: {}T{};", "A<".repeat(10_000), ">".repeat(10_000)));
}

#[test]
fn broken_markup_is_read_in_one_pass() {
    for piece in ["<a href=\"", "<a b={", "<!--", "<script>", "<a ", "{#", "<%", "</", "{{", "<a {% ", "<a href='{{", "<p>text ", "a(b='", "<A x={`", "<script></"] {
        for name in ["a.vue", "a.svelte", "a.astro", "a.html", "a.pug"] {
            assert_survives(name, piece.repeat(20_000));
        }
    }
}
