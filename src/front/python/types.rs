//! Type hints.

use tree_sitter::Node;

use super::{Lowering, field_parts, parts, span_of};
use crate::ir::{Call, CallStyle, TypeName};

/// How deep a type may nest; further arguments are left out.
const MAX_TYPE_DEPTH: usize = 16;

/// A type hint: the type, and what `Annotated` adds to it.
pub(super) struct Hint {
    pub(super) ty: TypeName,
    pub(super) annotations: Vec<Call>,
}

impl Lowering<'_> {
    pub(super) fn hint(&mut self, node: Node<'_>) -> Hint {
        let node = bare(node);
        self.annotated(node).unwrap_or_else(|| Hint { ty: self.type_name(node, 0), annotations: Vec::new() })
    }

    /// `Annotated[T, …]`, which may be given a name of its own.
    pub(super) fn annotated(&mut self, node: Node<'_>) -> Option<Hint> {
        let (base, args) = generic(bare(node))?;
        self.dotted(base).last().filter(|name| *name == "Annotated")?;
        let (first, rest) = args.split_first()?;
        let annotations = rest.iter().map(|part| self.annotation(bare(*part))).collect();
        Some(Hint { ty: self.type_name(*first, 0), annotations })
    }

    /// A decorator or a part of `Annotated`, as a call; without arguments if it is none.
    pub(super) fn annotation(&mut self, node: Node<'_>) -> Call {
        let value = self.value(node);
        match value.kind {
            crate::ir::ValueKind::Call(call) => Call { style: CallStyle::Annotation, ..*call },
            _ => Call { span: value.span, callee: value, args: Vec::new(), style: CallStyle::Annotation, types: Vec::new() },
        }
    }

    pub(super) fn type_name(&mut self, node: Node<'_>, depth: usize) -> TypeName {
        let node = bare(node);
        if depth > MAX_TYPE_DEPTH {
            return nameless(Vec::new());
        }
        if let Some((base, args)) = generic(node) {
            let path = self.dotted(base);
            let mut args = args.into_iter();
            match path.last().map(String::as_str) {
                Some("Optional" | "Annotated") => return args.next().map_or_else(|| nameless(Vec::new()), |arg| self.type_name(arg, depth + 1)),
                Some("Union") => {
                    let some = args.find(|arg| bare(*arg).kind() != "none");
                    return some.map_or_else(|| nameless(Vec::new()), |arg| self.type_name(arg, depth + 1));
                }
                _ => return TypeName { path, args: args.map(|arg| self.type_name(arg, depth + 1)).collect() },
            }
        }
        match node.kind() {
            "binary_operator" | "union_type" => self.union(node, depth),
            "string" => match self.value(node).kind {
                crate::ir::ValueKind::Text(text) => parse(&text, depth),
                _ => nameless(Vec::new()),
            },
            "list" | "tuple" => nameless(parts(node).into_iter().map(|part| self.type_name(part, depth + 1)).collect()),
            "constrained_type" | "splat_type" => parts(node).first().map_or_else(|| nameless(Vec::new()), |part| self.type_name(*part, depth + 1)),
            "call" => TypeName { path: node.child_by_field_name("function").map(|callee| self.dotted(callee)).unwrap_or_default(), args: Vec::new() },
            "none" => TypeName { path: vec!["None".to_owned()], args: Vec::new() },
            _ => TypeName { path: self.dotted(node), args: Vec::new() },
        }
    }

    /// The first member of `A | B | None` that is not `None`.
    fn union(&mut self, node: Node<'_>, depth: usize) -> TypeName {
        let mut members = Vec::new();
        let mut current = node;
        while matches!(current.kind(), "binary_operator" | "union_type") {
            let sides = parts(current);
            members.extend(sides.get(1).copied());
            let Some(left) = sides.first() else { break };
            current = bare(*left);
        }
        members.push(current);
        let some = members.into_iter().rev().find(|member| bare(*member).kind() != "none");
        some.map_or_else(|| nameless(Vec::new()), |member| self.type_name(member, depth + 1))
    }

    /// The segments of `a.b.c`; none if it is something else.
    pub(super) fn dotted(&self, node: Node<'_>) -> Vec<String> {
        let mut path = Vec::new();
        let mut current = bare(node);
        loop {
            match current.kind() {
                "identifier" => {
                    path.push(self.text_of(current).to_owned());
                    path.reverse();
                    return path;
                }
                "attribute" | "member_type" => {
                    let sides = parts(current);
                    let (Some(left), Some(right)) = (sides.first(), sides.last()) else { return Vec::new() };
                    path.push(self.text_of(*right).to_owned());
                    current = bare(*left);
                }
                _ => return Vec::new(),
            }
        }
    }

    /// The span of a definition's name, or of its first byte.
    pub(super) fn head_of(node: Node<'_>) -> crate::source::Span {
        node.child_by_field_name("name").map_or_else(|| span_of(node), span_of)
    }
}

fn nameless(args: Vec<TypeName>) -> TypeName {
    TypeName { path: Vec::new(), args }
}

/// The node behind its wrappers.
fn bare(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while matches!(node.kind(), "type" | "parenthesized_expression") {
        let Some(inner) = parts(node).first().copied() else { break };
        node = inner;
    }
    node
}

/// Base and arguments of `T[A, B]`.
fn generic(node: Node<'_>) -> Option<(Node<'_>, Vec<Node<'_>>)> {
    match node.kind() {
        "subscript" => Some((node.child_by_field_name("value")?, field_parts(node, "subscript"))),
        "generic_type" => {
            let inner = parts(node);
            Some((*inner.first()?, parts(*inner.get(1)?)))
        }
        _ => None,
    }
}

/// A type written as text: a dotted name, perhaps with arguments, perhaps with `| None`.
fn parse(text: &str, depth: usize) -> TypeName {
    let text = text.trim();
    let (path, rest) = text.split_at(text.find(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '_' | '.'))).unwrap_or(text.len()));
    if path == "None" && rest.trim_start().starts_with('|') && depth < MAX_TYPE_DEPTH {
        return parse(rest.trim_start().trim_start_matches('|'), depth + 1);
    }
    let path: Vec<_> = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let inner = rest.trim_start().strip_prefix('[').and_then(|rest| rest.rfind(']').and_then(|end| rest.get(..end)));
    let args: Vec<_> = match inner {
        Some(inner) if depth < MAX_TYPE_DEPTH => split_commas(inner).into_iter().map(|part| parse(part, depth + 1)).collect(),
        _ => Vec::new(),
    };
    match path.last().map(String::as_str) {
        Some("Optional" | "Union" | "Annotated") if !args.is_empty() => args.into_iter().find(|arg| arg.last() != "None").unwrap_or_else(|| nameless(Vec::new())),
        _ => TypeName { path, args },
    }
}

/// Splits at the commas outside brackets.
fn split_commas(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut out) = (0_usize, 0, Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                out.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    out.extend(text.get(start..));
    out
}
