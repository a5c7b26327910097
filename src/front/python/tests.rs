//! Tests of the lowering.

use crate::ir::{Module, write_module};
use crate::source::FileId;

fn lower(text: &str) -> Module {
    super::lower(FileId(0), text)
}

fn lowered(text: &str) -> String {
    write_module(&lower(text))
}

#[test]
fn a_dotted_import_binds_its_first_name_and_runs_the_module() {
    assert_eq!(lowered("import a.b\nfrom ..m import x as y\nfrom . import *\n"), "import a = a:namespace\nimport  = a.b:effect\nimport y = ..m:x\nimport  = .:*\n");
}

#[test]
fn a_package_that_lists_what_it_does_not_bind_takes_its_submodules() {
    let text = "from .doors import open_door\n__all__ = ['open_door', 'shut', 'leaving']\ndef shut():\n    pass\n";
    let imports: Vec<_> = lower(text).imports.into_iter().map(|import| (import.local, import.module)).collect();
    assert_eq!(imports, [("open_door".to_owned(), ".doors".to_owned()), ("leaving".to_owned(), ".".to_owned())]);
}

#[test]
fn imports_know_their_function_and_whether_they_are_for_types() {
    let module = lower("if TYPE_CHECKING:\n    import t\ndef f():\n    import u\n");
    let seen: Vec<_> = module.imports.iter().map(|import| (import.type_only, import.within.is_some())).collect();
    assert_eq!(seen, [(true, false), (false, true)]);
}

#[test]
fn coroutines_of_the_old_kind_wait_by_yielding() {
    assert!(lowered("def f():\n    a = yield from g()\n    b = yield h()\n    yield i()\n").contains("a := await g()\n  b := await h()\n  unknown(i())\n"));
}

#[test]
fn the_object_of_a_method_is_this_and_its_constructor_gives_fields() {
    let text = "class A(B[C]):\n    def __init__(self, r: R | None):\n        self.r = r\n    def go(self, x):\n        super().go(x)\n        return self.r.drop(x)\n";
    let expected = "Class A(B<C>)\n  field r: R = r\n  fn __init__(r: R) {\n    this.r = r\n  }\n  fn go(x) {\n    super.go(x)\n    return this.r.drop(x)\n  }\n";
    assert_eq!(lowered(text), expected);
}

#[test]
fn a_chain_of_ors_repeats_no_operand_more_than_once() {
    assert_eq!(lowered("a() or b() or c\n"), "(a() ? a() : (b() ? b() : c))\n");
}

#[test]
fn texts_with_holes_are_templates() {
    assert_eq!(
        lowered("x = f'a{b}c{{' 'd'\ny = '%s/%(k)s' % z\nw = '{} {n}'.format(1, n=2)\n"),
        "x := template(\"a\", b, \"c{d\")\ny := template(z, \"/\", z.k)\nw := template(1, \" \", 2)\n"
    );
}

#[test]
fn a_negative_number_keeps_its_sign_in_a_case() {
    assert_eq!(lowered("match x:\n    case -1:\n        f()\n"), "match x\n  case -1\n    f()\n");
}

#[test]
fn a_constant_text_key_is_a_member() {
    assert_eq!(lowered("del s['user'], s[k]\n"), "delete s.user\ndelete s[k]\n");
}

#[test]
fn a_comprehension_that_calls_tells_where_its_variable_comes_from() {
    assert_eq!(lowered("[r.delete(k) for k in keys]\n"), "k := unknown(keys)\nunknown(r.delete(k), keys)\n");
    assert_eq!(lowered("x = [k.id for k in keys]\n"), "x := unknown(k.id, keys)\n");
}

#[test]
fn handlers_are_branches_and_a_single_one_that_catches_everything_is_inline() {
    assert_eq!(lowered("try:\n    a()\nexcept Exception:\n    b()\nelse:\n    c()\n"), "try\n  a()\n  c()\ncatch\n  b()\n");
    assert_eq!(lowered("try:\n    a()\nexcept:\n    b()\n"), "try\n  a()\ncatch\n  b()\n");
    assert_eq!(lowered("try:\n    a()\nexcept E:\n    b()\n"), "try\n  a()\ncatch\n  if unknown(E)\n    b()\n");
    assert_eq!(lowered("try:\n    a()\nexcept E:\n    b()\nexcept F:\n    c()\n"), "try\n  a()\ncatch\n  if unknown(E)\n    b()\n  if unknown(F)\n    c()\n");
}

#[test]
fn the_span_of_a_member_ends_with_its_name_and_of_a_function_begins_after_decorators() {
    let text = "@d\ndef f():\n    a.clear()\n";
    let function = lower(text).functions.remove(0);
    assert_eq!(text.get(function.span.start as usize..function.span.start as usize + 5), Some("def f"));
}

#[test]
fn a_name_is_declared_where_it_is_first_written() {
    assert_eq!(lowered("if a:\n    b = 1\nelse:\n    b = 2\n"), "if a\n  b := 1\nelse\n  b = 2\n");
}

#[test]
fn deep_and_long_input_passes_on_a_small_stack() {
    let run = || {
        let inputs = [
            "(".repeat(100_000),
            "[".repeat(100_000) + &"]".repeat(100_000),
            format!("x = {}1{}", "f(".repeat(50_000), ")".repeat(50_000)),
            format!("x = a{}", ".b()".repeat(50_000)),
            format!("x = a{}", " + b".repeat(50_000)),
            format!("x = {}a", "not ".repeat(50_000)),
            format!("if a:\n    b\n{}", "elif c:\n    d\n".repeat(20_000)),
        ];
        for input in inputs {
            drop(lowered(&input));
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread can be started");
    assert!(thread.join().is_ok(), "the stack or an invariant was broken");
}
