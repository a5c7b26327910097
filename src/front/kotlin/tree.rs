//! Small questions to a syntax tree: children, texts, tokens.

use tree_sitter::Node;

use crate::source::Span;

/// The bytes of a node.
pub(super) fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// The text of a node; empty if its bytes are no text.
pub(super) fn text_of<'t>(text: &'t str, node: Node<'_>) -> &'t str {
    text.get(node.byte_range()).unwrap_or("")
}

/// Whether the node is a comment.
pub(super) fn is_comment(node: Node<'_>) -> bool {
    matches!(node.kind(), "line_comment" | "block_comment" | "shebang")
}

/// All children but comments, tokens included.
pub(super) fn tokens(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| !is_comment(*child)).collect()
}

/// The children that have a name in the grammar, without comments and without what the parser only supposed.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !is_comment(*child) && !child.is_missing()).collect()
}

/// The first child of the given kind.
pub(super) fn child_of<'n>(node: Node<'n>, kind: &str) -> Option<Node<'n>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == kind)
}

/// Whether the node has a token of that kind.
pub(super) fn has_token(node: Node<'_>, kind: &str) -> bool {
    child_of(node, kind).is_some()
}

/// Whether the node is a type.
pub(super) fn is_type(node: Node<'_>) -> bool {
    matches!(node.kind(), "user_type" | "nullable_type" | "function_type" | "non_nullable_type" | "parenthesized_type" | "dynamic")
}

/// Where a declaration begins for a reader: behind its annotations.
pub(super) fn start_behind_annotations(node: Node<'_>) -> usize {
    for child in tokens(node) {
        match child.kind() {
            "modifiers" => {
                if let Some(modifier) = children(child).into_iter().find(|part| part.kind() != "annotation") {
                    return modifier.start_byte();
                }
            }
            "annotation" => {}
            _ => return child.start_byte(),
        }
    }
    node.start_byte()
}
