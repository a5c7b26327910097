//! `if`, `match` and loops, and the conditions that bind names.

use syn::{Expr, ExprForLoop, ExprIf, ExprMatch, ExprWhile, Pat};

use super::lowerer::{LINK, Lowerer, name, unknown};
use super::patterns::{binding, binding_name};
use crate::ir::{AssignOp, BinaryOp, Block, Step, StepKind, Value, ValueKind};
use crate::source::Span;

impl Lowerer {
    /// An `if` with all its `else if`s.
    pub(super) fn branch(&mut self, branch: &ExprIf, returns: bool, out: &mut Block) {
        let test = self.condition(&branch.cond, out);
        let then = self.block(&branch.then_branch, returns);
        let mut otherwise = Block::new();
        let mut end = branch.then_branch.brace_token.span.close();
        if let Some((word, expr)) = &branch.else_branch {
            self.deeper(LINK, word.span, |lowerer| match &**expr {
                Expr::If(next) => lowerer.branch(next, returns, &mut otherwise),
                other => lowerer.steps(other, returns, &mut otherwise),
            });
            end = last_brace(expr).unwrap_or(end);
        }
        let span = self.between(branch.if_token.span, end);
        out.push(Step { kind: StepKind::Branch { test, then, otherwise }, span });
    }

    /// A condition; what its `let`s bind is declared in `out`, before the test.
    fn condition(&mut self, condition: &Expr, out: &mut Block) -> Value {
        match condition {
            Expr::Let(bind) => {
                let value = self.value(&bind.expr);
                self.bind(&bind.pat, value, self.span(bind.let_token.span).start, out)
            }
            Expr::Binary(both) if matches!(both.op, syn::BinOp::And(_)) => {
                let test = self.deeper(LINK, both.op.span_of(), |lowerer| lowerer.condition(&both.left, out));
                let test = test.unwrap_or_else(|| unknown(Vec::new(), self.span(both.op.span_of())));
                let then = self.condition(&both.right, out);
                let span = Span { start: test.span.start, end: then.span.end.max(test.span.end) };
                let otherwise = Value::new(ValueKind::Null, span);
                Value::new(ValueKind::Choice { test: Box::new(test), then: Box::new(then), otherwise: Box::new(otherwise) }, span)
            }
            other => self.value(other),
        }
    }

    /// Declares what a refutable pattern takes from `value` and gives the test of the pattern.
    fn bind(&mut self, pattern: &Pat, value: Value, start: u32, out: &mut Block) -> Value {
        let Some(target) = self.target(pattern) else {
            return self.comparison(pattern, value);
        };
        let test = self.pattern_test(pattern, &target);
        let span = Span { start, end: value.span.end.max(start) };
        out.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, span });
        test
    }

    /// Whether a value fits a pattern that binds nothing: the value itself for one that names nothing either.
    fn comparison(&mut self, pattern: &Pat, value: Value) -> Value {
        let Some(label) = self.label(pattern) else { return value };
        // `Some(_)` and `Ok(_)` ask whether there is something, as a bare test does.
        if matches!(&label.kind, ValueKind::Name(text) if text == "Some" || text == "Ok") {
            return value;
        }
        let span = Span { start: label.span.start.min(value.span.start), end: value.span.end.max(label.span.end) };
        Value::new(ValueKind::Binary { op: BinaryOp::Equal, left: Box::new(value), right: Box::new(label) }, span)
    }

    /// The test of a pattern whose names are bound already.
    pub(super) fn pattern_test(&mut self, pattern: &Pat, target: &Value) -> Value {
        if binding(pattern).is_some() {
            return target.clone();
        }
        let span = target.span;
        let label = self.label(pattern);
        unknown(label.into_iter().collect(), span)
    }

    /// The arms of a `match`. A subject that calls something is bound first, so that it is evaluated once.
    pub(super) fn choice(&mut self, choice: &ExprMatch, returns: bool, out: &mut Block) {
        let mut subject = self.value(&choice.expr);
        if !subject.is_plain()
            && let Some(local) = bound_by_arms(choice)
        {
            let span = subject.span;
            let bound = name(super::lowerer::plain(local), self.span(local.span()));
            let value = std::mem::replace(&mut subject, bound.clone());
            out.push(Step { kind: StepKind::Assign { target: bound, op: AssignOp::Declare, value, ty: None }, span });
        }
        let arms = choice.arms.iter().map(|arm| {
            let labels = self.labels(&arm.pat);
            let mut body = Block::new();
            self.bind_in_arm(&arm.pat, &subject, &mut body);
            if let Pat::Guard(guard) = &arm.pat {
                let test = self.value(&guard.guard);
                let mut then = Block::new();
                self.steps(&arm.body, returns, &mut then);
                let span = Span { start: test.span.start, end: then.last().map_or(test.span.end, |step| step.span.end) };
                body.push(Step { kind: StepKind::Branch { test, then, otherwise: Block::new() }, span });
            } else {
                self.steps(&arm.body, returns, &mut body);
            }
            (labels, body)
        });
        let arms = arms.collect();
        let span = self.between(choice.match_token.span, choice.brace_token.span.close());
        out.push(Step { kind: StepKind::Match { subject: Some(subject), arms }, span });
    }

    fn bind_in_arm(&mut self, pattern: &Pat, subject: &Value, body: &mut Block) {
        let Some(target) = self.target(pattern) else { return };
        let is_subject = matches!((&target.kind, &subject.kind), (ValueKind::Name(new), ValueKind::Name(old)) if new == old);
        if is_subject {
            return;
        }
        let span = target.span;
        let value = if subject.is_plain() { Value::new(subject.kind.clone(), subject.span) } else { unknown(Vec::new(), span) };
        body.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, span });
    }

    /// `while let` binds anew in every round: its value is evaluated in the body.
    pub(super) fn while_loop(&mut self, repeat: &ExprWhile, out: &mut Block) {
        let mut body = Block::new();
        let test = self.condition(&repeat.cond, &mut body);
        let head = if body.is_empty() { vec![test] } else { Vec::new() };
        body.extend(self.block(&repeat.body, false));
        let span = self.between(repeat.while_token.span, repeat.body.brace_token.span.close());
        out.push(Step { kind: StepKind::Loop { head, body }, span });
    }

    /// The loop variable stands for something made of what is run over.
    pub(super) fn for_loop(&mut self, repeat: &ExprForLoop, out: &mut Block) {
        let over = self.value(&repeat.expr);
        let mut body = Block::new();
        if let Some(target) = self.target(&repeat.pat) {
            let span = target.span;
            body.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value: Value::element_of(Some(&over), span), ty: None }, span });
        }
        body.extend(self.block(&repeat.body, false));
        let span = self.between(repeat.for_token.span, repeat.body.brace_token.span.close());
        out.push(Step { kind: StepKind::Loop { head: vec![over], body }, span });
    }
}

/// The name under which the subject of a `match` is bound before it: that of the first arm that takes something out and is not about an error.
fn bound_by_arms(choice: &ExprMatch) -> Option<&proc_macro2::Ident> {
    let bound = || choice.arms.iter().filter(|arm| binding_name(&arm.pat).is_some());
    let first = bound().find(|arm| !is_error(&arm.pat)).or_else(|| bound().next());
    first.and_then(|arm| binding(&arm.pat))
}

fn is_error(pattern: &Pat) -> bool {
    match pattern {
        Pat::TupleStruct(tuple) => tuple.path.segments.last().is_some_and(|segment| segment.ident == "Err"),
        Pat::Guard(guard) => matches!(&*guard.pat, Pat::TupleStruct(tuple) if tuple.path.segments.last().is_some_and(|segment| segment.ident == "Err")),
        _ => false,
    }
}

/// The closing brace of the last branch of an `else if` chain.
fn last_brace(mut expr: &Expr) -> Option<proc_macro2::Span> {
    loop {
        match expr {
            Expr::Block(block) => return Some(block.block.brace_token.span.close()),
            Expr::If(branch) => match &branch.else_branch {
                Some((_, next)) => expr = next,
                None => return Some(branch.then_branch.brace_token.span.close()),
            },
            _ => return None,
        }
    }
}

/// The place of an operator.
pub(super) trait OperatorSpan {
    fn span_of(&self) -> proc_macro2::Span;
}

impl OperatorSpan for syn::BinOp {
    fn span_of(&self) -> proc_macro2::Span {
        syn::spanned::Spanned::span(self)
    }
}
