//! Types as written, and type names as values.

use tree_sitter::Node;

use super::Lowerer;
use super::tree::{children, is_type, span};
use crate::ir::{TypeName, Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// The type a node writes. Nullability is left out: `User?` names the same class as `User`.
    pub(super) fn type_name(&mut self, node: Node<'_>) -> TypeName {
        self.deeper(node, |this| this.type_name_within(node)).unwrap_or(TypeName { path: Vec::new(), args: Vec::new() })
    }

    fn type_name_within(&mut self, node: Node<'_>) -> TypeName {
        match node.kind() {
            "user_type" => {
                let mut ty = TypeName { path: Vec::new(), args: Vec::new() };
                for child in children(node) {
                    match child.kind() {
                        "identifier" => ty.path.push(self.name(child)),
                        "type_arguments" => ty.args.extend(self.type_arguments(child)),
                        _ => {}
                    }
                }
                ty
            }
            "nullable_type" | "parenthesized_type" | "non_nullable_type" => {
                let inner = children(node).into_iter().find(|child| is_type(*child));
                inner.map_or(TypeName { path: Vec::new(), args: Vec::new() }, |inner| self.type_name(inner))
            }
            "function_type" => {
                let mut args = Vec::new();
                for child in children(node) {
                    if child.kind() == "function_type_parameters" {
                        for param in children(child) {
                            let ty = if param.kind() == "parameter" { children(param).into_iter().find(|part| is_type(*part)) } else { Some(param) };
                            args.extend(ty.map(|ty| self.type_name(ty)));
                        }
                    } else if is_type(child) {
                        args.push(self.type_name(child));
                    }
                }
                TypeName { path: Vec::new(), args }
            }
            _ => TypeName { path: vec![self.text(node).to_owned()], args: Vec::new() },
        }
    }

    /// The types between `<` and `>`.
    pub(super) fn type_arguments(&mut self, node: Node<'_>) -> Vec<TypeName> {
        let mut types = Vec::new();
        for projection in children(node) {
            let inner = if projection.kind() == "type_projection" { children(projection).into_iter().find(|child| is_type(*child)) } else { Some(projection) };
            types.push(inner.map_or(TypeName { path: vec!["*".to_owned()], args: Vec::new() }, |inner| self.type_name(inner)));
        }
        types
    }

    /// The type arguments that were hidden from the parser between a callee and its arguments.
    pub(super) fn blanked_types(&self, from: usize, to: usize) -> Vec<TypeName> {
        let first = self.blanked_types.partition_point(|span| (span.start as usize) < from);
        match self.blanked_types.get(first) {
            Some(span) if span.end as usize <= to => types_in(self.text.get(span.start as usize..span.end as usize).unwrap_or("")),
            _ => Vec::new(),
        }
    }
}

/// The types of `<A, B<C>>`, read without a parser.
fn types_in(text: &str) -> Vec<TypeName> {
    // The lists that are open, the outermost first; each collects the arguments of the type before it.
    let mut open: Vec<Vec<TypeName>> = vec![Vec::new()];
    let mut path: Vec<String> = Vec::new();
    for piece in text.split_inclusive(['<', '>', ',']) {
        let (name, sign) = piece.split_at(piece.trim_end_matches(['<', '>', ',']).len());
        let name = name.trim().trim_start_matches("out ").trim_start_matches("in ").trim_end_matches('?').trim();
        if !name.is_empty() {
            path = name.split('.').map(|segment| segment.trim().to_owned()).collect();
        }
        let ty = (!path.is_empty()).then(|| TypeName { path: std::mem::take(&mut path), args: Vec::new() });
        if let (Some(ty), Some(list)) = (ty, open.last_mut()) {
            list.push(ty);
        }
        match sign {
            "<" => open.push(Vec::new()),
            ">" => {
                let args = if open.len() > 1 { open.pop().unwrap_or_default() } else { Vec::new() };
                match open.last_mut() {
                    Some(list) => match list.last_mut() {
                        Some(ty) => ty.args = args,
                        None => *list = args,
                    },
                    None => open.push(args),
                }
            }
            _ => {}
        }
    }
    open.into_iter().next().unwrap_or_default()
}

/// A type's path as the value that names it: `a.B` is the member `B` of `a`.
pub(super) fn path_value(path: &[String], span: Span) -> Value {
    let mut segments = path.iter();
    let first = segments.next().cloned().unwrap_or_default();
    // NOTE: every segment has the span of the whole path; a type is never looked at by its parts.
    segments.fold(Value::new(ValueKind::Name(first), span), |of, name| Value::new(ValueKind::Member(Box::new(of), name.clone()), span))
}

/// A value that turns out to be a type (`Signout` of `get<Signout> { }`, which the grammar takes for comparisons).
pub(super) fn value_type(value: &Value) -> Option<TypeName> {
    match &value.kind {
        ValueKind::Name(name) => Some(TypeName { path: vec![name.clone()], args: Vec::new() }),
        ValueKind::Member(of, name) => {
            let mut ty = value_type(of)?;
            ty.path.push(name.clone());
            Some(ty)
        }
        _ => None,
    }
}

/// The span of a type without its arguments.
pub(super) fn path_span(node: Node<'_>) -> Span {
    let last = children(node).into_iter().rfind(|child| child.kind() == "identifier");
    last.map_or(span(node), |last| Span::new(node.start_byte(), last.end_byte()))
}
