//! Blocks and statements.

use syn::{BinOp, Expr, Local, Stmt};

use super::items::{assign, is_test};
use super::lowerer::{LINK, Lowerer, NESTED, evaluate, name, unknown};
use super::patterns::{binding, first_token};
use super::types::type_name;
use crate::ir::{AssignOp, Block, Step, StepKind, Value, ValueKind};
use crate::source::Span;

/// Macros of the language's prelude that end the function, and the customary early return with an error.
const THROWING: [&str; 5] = ["panic", "unreachable", "todo", "unimplemented", "bail"];

impl Lowerer {
    /// The steps of a block. With `returns`, its value is what the function gives back.
    pub(super) fn block(&mut self, block: &syn::Block, returns: bool) -> Block {
        let mut out = Block::new();
        self.deeper(LINK, block.brace_token.span.open(), |lowerer| lowerer.statements(&block.stmts, returns, &mut out));
        out
    }

    /// Statements in order, as [`Lowerer::block`] has them.
    pub(super) fn statements(&mut self, statements: &[Stmt], returns: bool, out: &mut Block) {
        for (place, statement) in statements.iter().enumerate() {
            let is_tail = returns && place + 1 == statements.len();
            match statement {
                Stmt::Local(local) if !is_test(&local.attrs) => self.local(local, out),
                Stmt::Local(_) => {}
                Stmt::Item(item) => self.item(item, out),
                Stmt::Expr(expr, semi) => {
                    let first = out.len();
                    self.steps(expr, is_tail && semi.is_none(), out);
                    // The semicolon belongs to a statement that is one step.
                    if let (Some(semi), Some([step])) = (semi, out.get_mut(first..)) {
                        step.span.end = self.span(semi.span).end.max(step.span.end);
                    }
                }
                Stmt::Macro(call) => {
                    let step = self.macro_step(&call.mac, is_tail && call.semi_token.is_none());
                    out.push(step);
                }
            }
        }
    }

    fn local(&mut self, local: &Local, out: &mut Block) {
        let span = self.between(local.let_token.span, local.semi_token.span);
        let ty = if let syn::Pat::Type(typed) = &local.pat { Some(type_name(&typed.ty)) } else { None };
        let target = self.target(&local.pat).unwrap_or_else(|| name("_", self.span(first_token(&local.pat))));
        let Some(init) = &local.init else {
            let value = unknown(Vec::new(), target.span);
            out.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value, ty: ty.map(Box::new) }, span });
            return;
        };
        let value = match binding(&local.pat) {
            Some(ident) => self.bound_value(&init.expr, ident),
            None => self.value(&init.expr),
        };
        let value_end = value.span.end;
        let test = init.diverge.as_ref().map(|_| self.pattern_test(&local.pat, &target));
        out.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value, ty: ty.map(Box::new) }, span });
        if let (Some(test), Some((word, otherwise))) = (test, &init.diverge) {
            if let Some(step) = out.last_mut() {
                step.span.end = value_end.max(step.span.start);
            }
            let mut then = Block::new();
            self.steps(otherwise, false, &mut then);
            let test = Value { span: test.span, kind: ValueKind::Not(Box::new(test)) };
            let span = self.between(word.span, local.semi_token.span);
            out.push(Step { kind: StepKind::Branch { test, then, otherwise: Block::new() }, span });
        }
    }

    /// An expression in statement position. With `returns`, its value is what the function gives back.
    pub(super) fn steps(&mut self, expr: &Expr, returns: bool, out: &mut Block) {
        let at = super::expressions::first_token(expr);
        if self.deeper(NESTED, at, |lowerer| lowerer.steps_within(expr, returns, out)).is_none() {
            out.push(evaluate(unknown(Vec::new(), self.span(at))));
        }
    }

    fn steps_within(&mut self, expr: &Expr, returns: bool, out: &mut Block) {
        match expr {
            Expr::If(branch) => self.branch(branch, returns, out),
            Expr::Match(choice) => self.choice(choice, returns, out),
            Expr::While(repeat) => self.while_loop(repeat, out),
            Expr::ForLoop(repeat) => self.for_loop(repeat, out),
            Expr::Loop(repeat) => {
                let body = self.block(&repeat.body, false);
                let span = self.between(repeat.loop_token.span, repeat.body.brace_token.span.close());
                out.push(Step { kind: StepKind::Loop { head: Vec::new(), body }, span });
            }
            Expr::Block(block) => out.extend(self.block(&block.block, returns)),
            Expr::Unsafe(block) => out.extend(self.block(&block.block, returns)),
            Expr::Const(block) => out.extend(self.block(&block.block, returns)),
            Expr::TryBlock(block) => out.extend(self.block(&block.block, returns)),
            Expr::Paren(paren) => self.steps(&paren.expr, returns, out),
            Expr::Group(group) => self.steps(&group.expr, returns, out),
            Expr::Return(ret) => self.return_step(ret.return_token.span, ret.expr.as_deref(), out),
            Expr::Break(leave) => {
                if let Some(value) = &leave.expr {
                    let value = self.value(value);
                    out.push(evaluate(value));
                }
                out.push(Step { kind: StepKind::Leave, span: self.span(leave.break_token.span) });
            }
            Expr::Continue(leave) => out.push(Step { kind: StepKind::Leave, span: self.span(leave.continue_token.span) }),
            Expr::Assign(set) => {
                let step = self.assignment(&set.left, &set.right, AssignOp::Set);
                out.push(step);
            }
            Expr::Binary(binary) if is_update(&binary.op) => {
                let step = self.assignment(&binary.left, &binary.right, AssignOp::Update);
                out.push(step);
            }
            Expr::Macro(call) => {
                let step = self.macro_step(&call.mac, returns);
                out.push(step);
            }
            Expr::Try(inner) if is_error(&inner.expr) => self.return_step(inner.question_token.span, Some(&inner.expr), out),
            _ => {
                let value = self.value(expr);
                out.push(value_step(value, returns));
            }
        }
    }

    /// `return x`; a panicking `x` is thrown and a branching `x` returns from its branches.
    fn return_step(&mut self, word: proc_macro2::Span, value: Option<&Expr>, out: &mut Block) {
        let start = self.span(word);
        let Some(expr) = value else {
            out.push(Step { kind: StepKind::Return(None), span: start });
            return;
        };
        let first = out.len();
        self.steps(expr, true, out);
        if !matches!(out.last().map(|step| &step.kind), Some(StepKind::Return(_) | StepKind::Throw(_) | StepKind::Branch { .. } | StepKind::Match { .. })) {
            out.push(Step { kind: StepKind::Return(None), span: start });
        }
        if let Some([step]) = out.get_mut(first..) {
            step.span = Span { start: start.start.min(step.span.start), end: start.end.max(step.span.end) };
        }
    }

    fn macro_step(&mut self, call: &syn::Macro, returns: bool) -> Step {
        let throws = call.path.segments.last().is_some_and(|segment| THROWING.iter().any(|word| segment.ident == word));
        let value = self.macro_value(call);
        if throws {
            let span = value.span;
            return Step { kind: StepKind::Throw(Some(value)), span };
        }
        value_step(value, returns)
    }

    fn assignment(&mut self, left: &Expr, right: &Expr, op: AssignOp) -> Step {
        let target = self.value(left);
        let binding = match left {
            Expr::Path(path) => path.path.get_ident(),
            Expr::Field(field) => match &field.member {
                syn::Member::Named(ident) => Some(ident),
                syn::Member::Unnamed(_) => None,
            },
            _ => None,
        };
        let value = match binding {
            Some(ident) => self.bound_value(right, ident),
            None => self.value(right),
        };
        assign(target, op, value, None)
    }
}

fn value_step(value: Value, returns: bool) -> Step {
    let span = value.span;
    Step { kind: if returns { StepKind::Return(Some(value)) } else { StepKind::Evaluate(value) }, span }
}

/// Whether an expression is `Err(…)`, whose `?` always leaves the function.
fn is_error(expr: &Expr) -> bool {
    if let Expr::Call(call) = expr { matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Err")) } else { false }
}

/// Whether an operator changes what stands on its left.
pub(super) fn is_update(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
