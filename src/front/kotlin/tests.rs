//! What the Kotlin front end must make of pieces of code.

use crate::front::lower;
use crate::ir::{ClassKind, FunctionKind, ImportItem, Module, Receiver, StepKind, Value, ValueKind, each_call, write_module};
use crate::source::{FileId, Language, Span};

fn module(text: &str) -> Module {
    lower(FileId(0), Language::Kotlin, "a.kt".into(), text)
}

/// The text form of a file that must be free of problems.
fn lowered(text: &str) -> String {
    let module = module(text);
    assert!(module.problems.is_empty(), "{:?}", module.problems);
    write_module(&module)
}

/// The text form of statements in a function.
fn body(statements: &str) -> String {
    let text = lowered(&format!("fun f() {{\n{statements}\n}}\n"));
    let lines: Vec<_> = text.lines().collect();
    lines[1..lines.len() - 1].iter().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
}

fn cut(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

#[test]
fn package_and_imports_are_read() {
    let module = module("package a.b\nimport p.q.C as D\nimport p.q.E\nimport p.q.*\n");
    assert_eq!(module.package, "a.b");
    let imports: Vec<_> = module.imports.iter().map(|import| (import.local.as_str(), import.module.as_str(), import.item.clone())).collect();
    let expected = [("D", "p.q", ImportItem::Named("C".to_owned())), ("E", "p.q", ImportItem::Named("E".to_owned())), ("", "p.q", ImportItem::Star)];
    assert_eq!(imports, expected);
}

#[test]
fn constructor_parameters_are_fields_where_they_say_so() {
    let text = lowered("class A(@Inject private val repo: Repo<User>, name: String = \"x\") : Base(name), Face {\n  val y: Int by lazy { 3 }\n}\n");
    let expected = "Class A(Base, Face)
  field repo: Repo<User>
  field y: Int = lazy(fn () {
    return 3
  })
  fn constructor(repo: Repo<User>, name: String = \"x\") {
    super(name)
  }
";
    assert_eq!(text, expected);
}

#[test]
fn annotations_with_arguments_stay_with_their_class() {
    for second in ["class B", "object B", "fun b() {\n}", "@Entity(\"b\")\ndata class B(val x: Int)"] {
        let module = module(&format!("import a.*\n\n@Rest\n@Path(\"/api/v1\")\nclass A(val x: X) {{\n    @Post(\"/out\")\n    fun out() {{\n    }}\n}}\n{second}\n"));
        assert!(module.problems.is_empty(), "{second}: {:?}", module.problems);
        assert!(!module.top.iter().any(|step| matches!(step.kind, StepKind::Evaluate(_))));
        let annotations: Vec<_> = module.classes[0].annotations.iter().map(|call| (call.callee.last_name().to_owned(), call.args.len())).collect();
        assert_eq!(annotations, [("Rest".to_owned(), 0), ("Path".to_owned(), 1)], "{second}");
    }
}

#[test]
fn kinds_of_classes_are_told_apart() {
    let module = module("interface A\nabstract class B\nsealed interface C\ndata class D(val x: Int)\nenum class E { X }\nobject F\nclass G { companion object { val k = 1 } }\n");
    let kinds: Vec<_> = module.classes.iter().map(|class| (class.name.as_str(), class.kind)).collect();
    let expected = [
        ("A", ClassKind::Interface),
        ("B", ClassKind::Interface),
        ("C", ClassKind::Interface),
        ("D", ClassKind::Class),
        ("E", ClassKind::Enum),
        ("F", ClassKind::Object),
        ("G", ClassKind::Class),
        ("Companion", ClassKind::Object),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(module.classes[7].outer.map(|outer| module.class(outer).name.clone()), Some("G".to_owned()));
}

#[test]
fn enum_entries_are_fields() {
    let expected = "Enum E()
  field v: Int
  field ONE: E = E(1)
  field TWO: E = E(2)
  fn constructor(v: Int) {
  }
  fn f() {
    return 2
  }
Object TWO(E)
  fn f() {
    return 3
  }
";
    assert_eq!(lowered("enum class E(val v: Int) { ONE(1), TWO(2) { override fun f() = 3 }; fun f() = 2 }\n"), expected);
}

#[test]
fn delegated_base_does_not_swallow_the_class_body() {
    let text = lowered("class A(private val b: B) : B by b {\n  override fun logout() { clear() }\n}\nclass C : B by x\n\nval y by lazy { 3 }\n");
    let expected = "Class A(B)
  field b: B
  fn constructor(b: B) {
  }
  fn logout() {
    clear()
  }
Class C(B)
y := lazy(fn () {
  return 3
})
";
    assert_eq!(text, expected);
}

#[test]
fn getters_are_accessors_with_the_name_of_their_property() {
    let module = module("class A {\n  val user: User?\n    get() = session.user\n  var x: Int = 3\n    private set\n}\n");
    let getter = module.function(module.classes[0].methods[0]);
    assert_eq!((getter.name.as_str(), getter.kind), ("user", FunctionKind::Accessor));
    assert_eq!(module.classes[0].methods.len(), 1);
    assert_eq!(module.classes[0].fields.len(), 2);
}

#[test]
fn span_of_a_function_leaves_its_annotations_out() {
    let text = "@PostMapping(\"/logout\")\n@Ann(x = [\"a\", \"b\"], y = Other(1))\nprivate suspend fun logout(@Body(\"t\") t: String?): Foo<Bar> = go(t)\n";
    let module = module(text);
    let function = &module.functions[0];
    assert!(cut(text, function.span).starts_with("private suspend fun logout"));
    assert_eq!(cut(text, function.head), "logout");
    assert!(function.is_async);
    assert_eq!(function.params[0].annotations.len(), 1);
    let expected = "logout := @PostMapping(\"/logout\") @Ann(x: [\"a\", \"b\"], y: Other(1)) async fn logout(t: String) {\n  return go(t)\n}\n";
    assert_eq!(write_module(&module), expected);
}

#[test]
fn extension_function_has_its_type_as_receiver() {
    let module = module("fun Route.logoutRoute() {\n  post(\"/logout\") { call.sessions.clear<UserSession>() }\n}\n");
    assert!(matches!(&module.functions[0].receiver, Some(Receiver::Type(ty)) if ty.last() == "Route"));
    assert!(matches!(&module.functions[1].receiver, Some(Receiver::Value(value)) if matches!(&value.kind, ValueKind::Name(name) if name == "post")));
    assert_eq!(module.functions[1].parent, Some(crate::ir::FunctionIndex(0)));
    assert_eq!(write_module(&module), "logoutRoute := fn logoutRoute() {\n  post(\"/logout\", fn () {\n    return call.sessions.clear<UserSession>()\n  })\n}\n");
}

#[test]
fn scope_functions_hand_on_their_subject() {
    let module = module("fun f() {\n  with(a) { x() }\n  b.c.apply { x() }\n  d.run { x() }\n  e.edit { x() }\n}\n");
    let receivers: Vec<_> = module
        .functions
        .iter()
        .filter_map(|function| match &function.receiver {
            Some(Receiver::Value(value)) => Some(value.span),
            _ => None,
        })
        .collect();
    let text = "fun f() {\n  with(a) { x() }\n  b.c.apply { x() }\n  d.run { x() }\n  e.edit { x() }\n}\n";
    let texts: Vec<_> = receivers.iter().map(|span| cut(text, *span)).collect();
    assert_eq!(texts, ["a", "b.c", "d", "e.edit"]);
}

#[test]
fn typed_calls_with_lambdas_are_no_comparisons() {
    let expected = "get<Signout>(fn () {
  return a()
})
post<Login>(\"/x\", fn () {
  return b()
})
x.get<A, List<B>>(fn () {
  return c()
})
(a < b)
";
    assert_eq!(body("get<Signout> { a() }\npost<Login>(\"/x\") { b() }\nx.get<A, List<B>> { c() }\na < b"), expected);
}

#[test]
fn calls_of_get_behind_properties_are_no_accessors() {
    let expected = "dao: Dao := inject()\nget<About>(fn () {\n  return a()\n})\nset(\"k\", 1)\nid := (insert(fn () {\n  return b()\n}).get(T.id))\n";
    let text = body("val dao: Dao by inject()\nget<About> { a() }\nset(\"k\", 1)\nval id = insert { b() } get T.id");
    assert_eq!(text, expected.replace("(insert", "insert").replace("T.id))", "T.id)"));
}

#[test]
fn span_of_a_member_ends_with_its_name() {
    let text = "fun f() {\n  client\n    .prefs()\n    .clear()\n}\n";
    let module = module(text);
    let mut spans = Vec::new();
    each_call(&module.functions[0].body, |call| spans.push((cut(text, call.span), cut(text, call.callee.span))));
    assert_eq!(spans[0], ("client\n    .prefs()\n    .clear()", "client\n    .prefs()\n    .clear"));
    assert_eq!(spans[1], ("client\n    .prefs()", "client\n    .prefs"));
}

#[test]
fn statements_keep_their_structure() {
    let expected = "if a
  return
else
  if b
    foo()
  else
    throw Bad(\"x\")
try
  a()
catch
  if IOException
    e: IOException := unknown()
    b()
  if Exception
    _: Exception := unknown()
finally
  c()
r := logout()
match r
  case Failure | r.isFinal
    x()
  case 1 | 2
    y()
  case 
    leave
loop xs
  [k, v] := unknown()
  leave
loop true
  leave
x += 1
x += 2
m.k = 3
";
    let text = body(
        "if (a) return else if (b) foo() else throw Bad(\"x\")
try { a() } catch (e: IOException) { b() } catch (_: Exception) { } finally { c() }
when (val r = logout()) {
  is Failure if r.isFinal -> x()
  1, 2 -> y()
  else -> break
}
for ((k, v) in xs) { break }
outer@ while (true) { continue@outer }
x++
x += 2
m[\"k\"] = 3",
    );
    assert_eq!(text, expected);
}

#[test]
fn values_may_hold_statements() {
    let expected = "x := block {
  if a
    b
  else
    c
}
y := (a ? a : block {
  return
})
a.b.c.d()
z := ((f ? f : g) ? (f ? f : g) : h)
foo(onClick: fn onClick() {
  return a()
}, fn (x: Int, {0 as k, 1 as v}) {
  return k
})
\"/x\".bind(POST).to(h)
foo([a.logout, logout, Foo.class])
";
    let text = body(
        "val x = if (a) b else c
val y = a ?: return
a?.b!!.c.d()
val z = f || g || h
foo(onClick = { a() }) { x: Int, (k, v) -> k }
\"/x\" bind POST to h
foo([a::logout, ::logout, Foo::class])",
    );
    assert_eq!(text, expected);
}

#[test]
fn texts_are_decoded() {
    let expected = "a := template(\"a \", b, \" \", c.d(), \"\\n$A\")\n";
    assert_eq!(body("val a = \"a $b ${c.d()}\\n\\$\\u0041\""), expected);
    assert_eq!(body("val a = \"\"\"\n    x\n      y\n    \"\"\".trimIndent()"), "a := \"x\\n  y\"\n");
    assert_eq!(body("val a = $$\"${app.key}\" + x + \"/y\""), "a := template(\"${app.key}\", x, \"/y\")\n");
    assert_eq!(body("get(\"/users/$id/logout?x=$y.z&w\")"), "get(template(\"/users/\", id, \"/logout?x=\", y, \".z&w\"))\n");
    assert_eq!(body("foo(0xFF, 1_000L, -1.5f, 'c', true, null)"), "foo(255, 1000, -1.5, \"c\", true, null)\n");
}

#[test]
fn object_expressions_are_classes_that_are_made_once() {
    let text = lowered("val a = object : Callback, Base(1) {\n  override fun onDone() { x() }\n}\n");
    assert_eq!(text, "Object object#1(Callback, Base)\n  fn onDone() {\n    x()\n  }\n  super(1)\na := new object#1()\n");
}

#[test]
fn closures_bear_the_name_they_are_bound_to() {
    let text = "val onLogout = { a() }\nval other = fun(x: Int): Int { return x }\n";
    let module = module(text);
    assert_eq!(write_module(&module), "onLogout := fn onLogout() {\n  return a()\n}\nother := fn other(x: Int) {\n  return x\n}\n");
    assert_eq!(cut(text, module.functions[0].head), "onLogout");
    assert_eq!(cut(text, module.functions[0].span), "{ a() }");
}

#[test]
fn comments_for_this_program_are_notes() {
    let module = module("// logout-audit: server\nfun a() {} /* logout-audit: ignore */\nval s = \"// logout-audit: no\"\n");
    let notes: Vec<_> = module.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes, ["server", "ignore"]);
}

#[test]
fn what_stands_around_an_error_is_still_read() {
    let module = module("package p\nimport a.B\nfun f() {\n  a.b()\n  val = = 3 )\n  c()\n}\nfun g() { d() }\n");
    assert!(!module.problems.is_empty());
    let text = write_module(&module);
    assert!(text.contains("a.b()") && text.contains("c()") && text.contains("d()") && text.contains("import B = a:B"), "{text}");
}

/// Lowers on a stack as small as a thread's may be.
fn lower_on_small_stack(text: String) -> Module {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let module = module(&text);
        std::hint::black_box(write_module(&module).len());
        module
    });
    thread.expect("threads can be started").join().expect("no stack overflow")
}

#[test]
fn what_the_grammar_lacks_is_mended() {
    assert_eq!(lowered("context(Raise<E>)\nfun f() { a() }\n"), "f := fn f() {\n  a()\n}\n");
    assert_eq!(body("val job = suspend { a() }"), "job := suspend(fn () {\n  return a()\n})\n");
    assert_eq!(lowered("class A { companion object Factory { const val K = 1 } }\n"), "Class A()\nObject Companion()\n  field K = 1\n");
    assert_eq!(lowered("fun f(x: @Composable (Scope.() -> Unit), y: List<\n  A,\n>) { x() }\n"), "f := fn f(x: <Scope, Unit>, y: List<A>) {\n  x()\n}\n");
    assert_eq!(lowered("enum class E {\n  A,\n  ;\n\n  val t\n    @Ann\n    get() = b()\n}\n"), "Enum E()\n  field A: E\n  field t\n  fn t() {\n    return b()\n  }\n");
    assert_eq!(
        lowered("class A {\n  val e: Flow<E>\n    field = Shared<E>()\n\n  var x = 1\n    set(v) {\n      field = v\n    }\n  fun f() { a() }\n}\n"),
        "Class A()\n  field e: Flow<E>\n  field x = 1\n  fn e() {\n    return Shared<E>()\n  }\n  fn x(v) {\n    field = v\n  }\n  fn f() {\n    a()\n  }\n"
    );
    assert_eq!(body("@Ann(x = [])\nval z = where(1)"), "z := where(1)\n");
}

#[test]
fn long_gaps_are_passed_in_one_go() {
    module(&format!("class A{}:{}B", "\n".repeat(200_000), " ".repeat(200_000)));
    module(&"x<".repeat(200_000));
    module(&"@a ".repeat(100_000));
}

#[test]
fn an_operator_before_a_chain_is_that_of_the_whole() {
    let text = "val x = !a.b(1)!!.c()\nval y = !a.b() && c\nval z = (!a).b()\n";
    let module = module(text);
    let values: Vec<&Value> = module.top.iter().filter_map(|step| if let StepKind::Assign { value, .. } = &step.kind { Some(value) } else { None }).collect();
    let is_call = |value: &Value, code: &str| matches!(&value.kind, ValueKind::Call(call) if cut(text, call.span) == code);
    assert!(matches!(&values[0].kind, ValueKind::Not(inner) if is_call(inner, "a.b(1)!!.c()")), "{:?}", values[0]);
    assert!(matches!(&values[1].kind, ValueKind::Choice { test, .. } if matches!(&test.kind, ValueKind::Not(inner) if is_call(inner, "a.b()"))), "{:?}", values[1]);
    assert!(is_call(values[2], "(!a).b()"), "{:?}", values[2]);
}

#[test]
fn hostile_nesting_is_cut_off() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("a(", ")"),
        ("a{", "}"),
        ("if(a){", "}"),
        ("fun f(){", "}"),
        ("class A{", "}"),
        ("\"${", "}\""),
        ("!", ""),
        ("-", ""),
        ("when{a->", "}"),
        ("x?:(", ")"),
        ("(a||", ")"),
    ] {
        let text = format!("val x = 1\nfun f() {{ {}a{} }}", open.repeat(100_000), close.repeat(100_000));
        let module = lower_on_small_stack(text);
        assert!(!module.problems.is_empty(), "{open}");
    }
}

#[test]
fn hostile_chains_are_cut_off() {
    for link in [".a()", "?:b", "||b", "&&b", " to b", "[0]", "!!", "{}", "<b", "+b", "+\"b\"", " else if(a) b"] {
        let text = format!("fun f() {{ if (c) a{} }}", link.repeat(20_000));
        lower_on_small_stack(text);
    }
}

#[test]
fn chains_inside_chains_are_cut_off() {
    let text = format!("fun f() {{ {}a{} }}", "(".repeat(150), format!("{})", ".b()".repeat(200)).repeat(150));
    assert!(!lower_on_small_stack(text).problems.is_empty());
}

#[test]
fn long_chains_of_ordinary_code_are_read() {
    let module = module(&format!("fun f() {{\n  a{}\n}}\n", "\n    .b(1) { c() }".repeat(100)));
    assert!(module.problems.is_empty(), "{:?}", module.problems);
    assert_eq!(module.functions.len(), 101);
}

#[test]
fn copies_of_copies_stay_small() {
    let text = format!("val x = {}a{}", "(".repeat(90), " ?: b).c()".repeat(90));
    let module = module(&text);
    assert!(write_module(&module).len() < 1_000_000);
}
