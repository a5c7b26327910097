//! Rust files and what they are lowered to.

use crate::front::rust::lower;
use crate::ir::write_module;
use crate::source::FileId;

fn lowered(text: &str) -> String {
    write_module(&lower(FileId(0), text))
}

/// The lowered body of `fn f() { … }`, one string per line.
fn body(statements: &str) -> Vec<String> {
    let text = lowered(&format!("fn f() {{ {statements} }}"));
    let lines: Vec<_> = text.lines().map(|line| line.strip_prefix("  ").unwrap_or(line).to_owned()).collect();
    lines[1..lines.len() - 1].to_vec()
}

#[test]
fn every_leaf_of_a_use_tree_is_an_import() {
    let text = "use crate::auth::{self, logout as l, deep::{A, *}};\nuse std;\npub use a::B as C;\nmod routes;";
    assert_eq!(
        lowered(text),
        "import auth = crate::auth:namespace\nimport l = crate::auth:logout\nimport A = crate::auth::deep:A\nimport  = crate::auth::deep:*\n\
         import std = std:namespace\nimport C = a:B\nimport routes = self::routes:namespace\nexport C = a:Named(\"B\")\n"
    );
}

#[test]
fn an_inline_module_is_flattened_and_its_tests_are_left_out() {
    let text = "mod inner { use super::*; use super::super::x::y; pub fn f() { super::g() } }\n#[cfg(test)] mod tests { fn t() {} }\n#[cfg(all(test, unix))] fn u() {}\n#[cfg(not(test))] mod k;";
    assert_eq!(lowered(text), "import inner = self:namespace\nimport  = self:*\nimport y = super::x:y\nimport k = self::k:namespace\nf := fn f() {\n  return g()\n}\n");
}

#[test]
fn extractors_are_known_by_what_they_bind() {
    let text = "async fn h(State(state): State<AppState>, mut jar: CookieJar, Path((a, b)): Path<(Uuid, u8)>, Form(LoginForm { email, .. }): web::Form<LoginForm>, _: &str) {}";
    assert_eq!(lowered(text), "h := async fn h(state: State<AppState>, jar: CookieJar, {0 as a, 1 as b}: Path<<Uuid, u8>>, {email}: web.Form<LoginForm>, : str) {\n}\n");
}

#[test]
fn attributes_are_annotations_with_named_arguments() {
    let text = "/// Documentation.\n#[actix_web::post(\"/logout\", data = \"<f>\", wrap = \"guard()\")]\n#[launch]\nfn f() {}";
    assert_eq!(lowered(text), "f := @actix_web.post(\"/logout\", data: \"<f>\", wrap: \"guard()\") @launch() fn f() {\n}\n");
}

#[test]
fn an_attribute_that_is_no_expression_is_read_by_tokens() {
    assert_eq!(lowered("#[api(type = \"x\", get)] fn f() {}"), "f := @api(type: \"x\", get) fn f() {\n}\n");
}

#[test]
fn methods_go_to_the_class_of_their_type() {
    let text = "impl Store for Mem { const X: u8 = 1; type E = Oops; fn new() -> Self { Self { a: None, ..Default::default() } } async fn del(&self, id: u8) { self.a.0.lock(); } }\n\
                #[derive(Clone)] struct Mem { #[skip] a: Arc<Mutex<u8>> }\nstruct Id(pub String);\nimpl Other { fn go() {} }";
    assert_eq!(
        lowered(text),
        "Struct Mem(Store)\n  derive(Clone)\n  field X: u8 = 1\n  field E: Oops\n  field a: Arc<Mutex<u8>>\n  fn new() {\n    return new this(a: null, ...: Default.default())\n  }\n  \
         async fn del(id: u8) {\n    this.a.0.lock()\n  }\nStruct Id()\n  field 0: String\nStruct Other()\n  fn go() {\n  }\n"
    );
}

#[test]
fn traits_and_enums_are_classes() {
    let text = "trait Store: Send + Base<u8> { fn id(&self); async fn clear(&self) { self.id(); } }\nenum Kind { A, B(String), C { x: u8, y: u8 } }";
    assert_eq!(
        lowered(text),
        "Interface Store(Send, Base<u8>)\n  fn id() {\n  }\n  async fn clear() {\n    this.id()\n  }\nEnum Kind()\n  field A\n  field B: String\n  field C: <u8, u8>\n"
    );
}

#[test]
fn constants_statics_and_aliases_are_declared() {
    let text = "const A: &str = \"a\";\nstatic B: u8 = 0x10;\ntype C = Router<State>;\nlazy_static! { static ref D: Mutex<u8> = Mutex::new(1); }\nmacro_rules! m { () => {} }";
    assert_eq!(lowered(text), "A: str := \"a\"\nB: u8 := 16\nC: Router<State> := unknown()\nD: Mutex<u8> := Mutex.new(1)\n");
}

#[test]
fn chains_keep_awaits_and_drop_question_marks() {
    assert_eq!(body("self.repo.find::<User>(&id).await?.delete()?; x as u8"), ["await this.repo.find<User>(id).delete()", "return x"]);
}

#[test]
fn a_binding_condition_declares_before_it_tests() {
    assert_eq!(
        body("if let Some(c) = jar.get(\"s\") { a(c); } else if let Err(e) = b().await { return; }"),
        ["c := jar.get(\"s\")", "if c", "  a(c)", "else", "  e := await b()", "  if e", "    return",]
    );
    assert_eq!(body("if let None = x { a(); } if let Some(_) = y && z { b(); }"), ["if (x == null)", "  a()", "if (y ? z : null)", "  b()"]);
}

#[test]
fn let_else_leaves_where_nothing_is_bound() {
    assert_eq!(body("let Ok(t) = token() else { return Err(E::X.into()) }; t"), ["t := token()", "if !t", "  return Err(E.X.into())", "return t"]);
}

#[test]
fn a_match_evaluates_its_subject_once() {
    assert_eq!(
        body("match find().await { Ok(s) => s.purge(), Err(e) if e.fatal() => panic!(\"x\"), Err(E::A | E::B) => {} _ => return }"),
        [
            "s := await find()",
            "match s",
            "  case Ok",
            "    return s.purge()",
            "  case Err",
            "    e := s",
            "    if e.fatal()",
            "      throw panic!(\"x\")",
            "  case Err",
            "  case ",
            "    return",
        ]
    );
}

#[test]
fn blocks_as_values_hold_their_steps() {
    assert_eq!(body("let x = if a { b() } else { c };"), ["x := block {", "  if a", "    b()", "  else", "    c", "}"]);
}

#[test]
fn loops_declare_what_they_run_over() {
    assert_eq!(
        body("for (k, v) in map { k.go(); } while let Some(x) = next() { break; } loop { continue }"),
        ["loop map", "  [k, v] := unknown(map)", "  k.go()", "loop ", "  x := next()", "  leave", "loop ", "  leave",]
    );
}

#[test]
fn closures_and_async_blocks_return_their_tails() {
    assert_eq!(
        body("let f = |x: u8| x + 1; spawn(async move { s.flush().await });"),
        ["f := fn f(x: u8) {", "  return (x + 1)", "}", "spawn(async fn () {", "  return await s.flush()", "})",]
    );
}

#[test]
fn errors_that_leave_are_returned() {
    assert_eq!(body("Err(E::No)?; bail!(\"x\"); a += 1; b.c = &mut d;"), ["return Err(E.No)", "throw bail!(\"x\")", "a += 1", "b.c = d"]);
}

#[test]
fn format_strings_are_templates() {
    assert_eq!(body("let k = format!(\"{{a}}:{}:{x:?}:{y}:{0}\", s.id, y = z);"), ["k := template(\"{a}:\", s.id, \":\", x, \":\", z, \":\", s.id)"]);
    assert_eq!(body("a(\"x=\".to_owned() + &b + \"c\")"), ["return a(template((\"x=\".to_owned() + b), \"c\"))"]);
}

#[test]
fn macros_keep_their_arguments() {
    assert_eq!(body("sqlx::query!(\"DELETE\", id).execute(&db).await?; routes![a, m::b];"), ["await sqlx.query!(\"DELETE\", id).execute(db)", "routes!(a, m.b)"]);
    assert_eq!(body("json!({\"a\": [1, {\"b\": f(x)}], \"c\": null});"), ["json!({a: [1, {b: f(x)}], c: null})"]);
    assert_eq!(body("select! { r = fut.recv() => { done(r); } _ = stop() => {} } x();"), ["select!(r: fut.recv(), block {", "  done(r)", "}, _: stop(), {})", "x()"]);
}

#[test]
fn calls_around_what_is_no_expression_keep_their_names() {
    let text = "#[path(type = \"x\", responses((status = 200, body = inline(Ok)), not(is = type)))] fn f() {}";
    assert_eq!(lowered(text), "f := @path(type: \"x\", responses([block {\n  status = 200\n}, block {\n  body = inline(Ok)\n}], not(is: type))) fn f() {\n}\n");
}

#[test]
fn markup_in_macros_becomes_elements() {
    assert_eq!(body("html! { <a href=\"/logout\" onclick={go}><b/>{\"Out\"}</a> };"), ["html!(a<href: \"/logout\", onclick: go, children: [b<>, \"Out\"]>)"]);
    assert_eq!(
        body("view! { <button on:click=move |_| out.dispatch(()) class=\"b\">\"Out\"</button> };"),
        ["view!(button<on:click: fn on:click() {", "  return out.dispatch([])", "}, class: \"b\", children: [\"Out\"]>)",]
    );
    assert_eq!(
        body("rsx! { div { class: \"x\", Link { to: Route::Home {}, \"Out\" } } };"),
        ["rsx!(div<class: \"x\", children: [Link<to: new Route.Home(), children: [\"Out\"]>]>)"]
    );
    assert_eq!(
        body("html! { form method=\"post\" action=(OUT) { button type=\"submit\" { \"Out\" } } };"),
        ["html!(form<method: \"post\", action: OUT, children: [button<type: \"submit\", children: [\"Out\"]>]>)",]
    );
}

#[test]
fn spans_are_bytes_of_the_file_with_its_byte_order_mark_and_first_line() {
    let text = "\u{feff}#!/usr/bin/env x\n#[a]\npub async fn f() { \"é\"; session\n    .flush() }";
    let module = lower(FileId(0), text);
    let function = &module.functions[0];
    let slice = |span: crate::source::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(slice(function.span), "pub async fn f() { \"é\"; session\n    .flush() }");
    assert_eq!(slice(function.head), "f");
    let crate::ir::StepKind::Return(Some(value)) = &function.body[1].kind else { panic!("no call") };
    assert_eq!(slice(value.span), "session\n    .flush()");
    let crate::ir::ValueKind::Call(call) = &value.kind else { panic!("no call") };
    assert_eq!(slice(call.callee.span), "session\n    .flush");
    assert_eq!(slice(function.body[0].span), "\"é\";");
}

#[test]
fn the_items_around_a_broken_one_are_still_lowered() {
    let text = "use a::b;\n\nfn one() { a(); }\n\nfn broken() { let = ; (\n}\n\n#[get(\"/x\")]\npub fn two() { b() }\n";
    let module = lower(FileId(0), text);
    assert_eq!(write_module(&module), "import b = a:b\none := fn one() {\n  a()\n}\ntwo := @get(\"/x\") fn two() {\n  return b()\n}\n");
    assert_eq!(module.problems.len(), 1);
    assert_eq!(&text[module.functions[1].span.start as usize..][..6], "pub fn");
}

#[test]
fn deep_nesting_is_given_up_on_a_small_stack() {
    let deep = [
        format!("fn f() {{ {}{} }}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("fn f() {{ {}a; }}", "!".repeat(20_000)),
        format!("fn f() {{ a{}; }}", ".b()".repeat(5_000)),
        format!("fn f() {{ {}1{}; }}", "(".repeat(200), ")".repeat(200)),
        format!("fn f() {{ {}1{}; }}", "m!(@ x ".repeat(150), ")".repeat(150)),
        format!("fn f() {{ let x = {}b; }}", "a + ".repeat(8_000)),
    ];
    let work = move || {
        for text in &deep {
            let module = lower(FileId(0), text);
            assert!(!module.problems.is_empty(), "{}", &text[..40]);
            assert!(!write_module(&module).contains("never"));
        }
    };
    let worker = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread can be started");
    worker.join().expect("no overflow");
}
