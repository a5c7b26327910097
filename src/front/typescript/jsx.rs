//! Lowers markup elements that stand in a script.

use tree_sitter::Node;

use super::literals::push_reference;
use super::lowerer::Lowerer;
use super::syntax::{first, parts, span, under};
use crate::ir::{Argument, Call, CallStyle, Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// An element is a call of its tag with named arguments.
    pub(super) fn element(&mut self, node: Node<'_>) -> ValueKind {
        let opening = node.child_by_field_name("open_tag").unwrap_or(node);
        let callee = match opening.child_by_field_name("name") {
            Some(name) if name.kind() == "jsx_namespace_name" => Value::new(ValueKind::Name(self.words(name).to_owned()), span(name)),
            Some(name) => self.value(name),
            None => Value::new(ValueKind::Name(String::new()), span(opening)),
        };
        let types = self.type_arguments(opening);
        let mut args: Vec<_> = under(opening, "attribute").into_iter().filter_map(|attribute| self.attribute(attribute)).collect();
        let children = if node.kind() == "jsx_element" { self.children(node) } else { Vec::new() };
        if !children.is_empty() {
            args.push(Argument { name: Some("children".to_owned()), value: Value::new(ValueKind::List(children), span(node)) });
        }
        ValueKind::Call(Box::new(Call { callee, args, style: CallStyle::Element, types, span: span(node) }))
    }

    fn attribute(&mut self, node: Node<'_>) -> Option<Argument> {
        if node.kind() == "jsx_expression" {
            let spread = first(node)?;
            let inner = if spread.kind() == "spread_element" { first(spread)? } else { spread };
            return Some(Argument { name: Some("...".to_owned()), value: self.value(inner) });
        }
        let inner = parts(node);
        let name = *inner.first()?;
        let text = self.words(name).to_owned();
        let value = match inner.get(1) {
            None => Value::new(ValueKind::Bool(true), span(name)),
            Some(value) if value.kind() == "jsx_expression" => self.value_named(first(*value)?, Some((text.clone(), span(name)))),
            Some(value) => self.value(*value),
        };
        Some(Argument { name: Some(text), value })
    }

    /// Children that are expressions or elements, and runs of text that are not blank.
    fn children(&mut self, node: Node<'_>) -> Vec<Value> {
        let mut children = Vec::new();
        let mut text = String::new();
        let mut place: Option<Span> = None;
        for child in parts(node) {
            match child.kind() {
                "jsx_opening_element" | "jsx_closing_element" => {}
                "jsx_text" | "html_character_reference" | "ERROR" => {
                    let start = place.map_or(span(child).start, |known| known.start);
                    place = Some(Span { start, end: span(child).end });
                    if child.kind() == "html_character_reference" { push_reference(self.words(child), &mut text) } else { text.push_str(self.words(child)) }
                }
                _ => {
                    push_text(&mut text, place.take(), &mut children);
                    if child.kind() != "jsx_expression" || first(child).is_some() {
                        children.push(self.value(child));
                    }
                }
            }
        }
        push_text(&mut text, place, &mut children);
        children
    }
}

/// Ends a run of text: blanks are collapsed as a browser does.
fn push_text(text: &mut String, place: Option<Span>, children: &mut Vec<Value>) {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.clear();
    if let (false, Some(place)) = (words.is_empty(), place) {
        children.push(Value::new(ValueKind::Text(words), place));
    }
}
