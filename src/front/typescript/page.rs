//! Lowers components and pages: their scripts, and the elements of their markup that can lead anywhere.

use std::ops::Range;

use tree_sitter::{Parser, Point, Tree};

use super::functions::step;
use super::lowerer::Lowerer;
use super::markup::{Attribute, AttributeValue, Event, Flavor, Tag};
use super::syntax::{bare, first, is_closure, parts, span};
use crate::ir::{Argument, AssignOp, Block, Call, CallStyle, FunctionKind, ImportItem, StepKind, Value, ValueKind};
use crate::source::Span;

/// The most text of an element that is kept.
const MAX_TEXT: usize = 200;

/// So many nested elements are looked through for the one that a closing tag ends.
const MAX_OPEN: usize = 16;

/// Parsers for the pieces of script in one file.
struct Pieces {
    with_casts: Option<Parser>,
    with_elements: Option<Parser>,
}

impl Pieces {
    fn new() -> Self {
        Self { with_casts: None, with_elements: None }
    }

    fn parser(&mut self, has_casts: bool) -> Option<&mut Parser> {
        let slot = if has_casts { &mut self.with_casts } else { &mut self.with_elements };
        if slot.is_none() {
            *slot = super::parser(has_casts);
        }
        slot.as_mut()
    }

    /// Parses a range of the text as statements. Its nodes have the places of the whole text.
    fn statements(&mut self, text: &str, range: &Range<usize>, has_casts: bool) -> Option<Tree> {
        let parser = self.parser(has_casts)?;
        parser.set_included_ranges(&[included(range.start, range.end)]).ok()?;
        super::parse(parser, range.len(), &mut |at, _| text.as_bytes().get(at..).unwrap_or_default())
    }

    /// Parses a range of the text as one expression, by pretending parentheses around it.
    fn expression(&mut self, text: &str, range: &Range<usize>) -> Option<Tree> {
        let before = range.start.checked_sub(1)?;
        let inside = text.get(range.clone())?.as_bytes();
        let parser = self.parser(false)?;
        parser.set_included_ranges(&[included(before, range.end + 1)]).ok()?;
        super::parse(parser, range.len(), &mut |at, _| match at {
            _ if at == before => b"(",
            _ if at >= range.start && at < range.end => inside.get(at - range.start..).unwrap_or_default(),
            _ if at == range.end => b")",
            _ => b"",
        })
    }
}

/// A range for the parser, which needs lines and columns for nothing we ask of it.
fn included(start: usize, end: usize) -> tree_sitter::Range {
    tree_sitter::Range { start_byte: start, end_byte: end, start_point: Point::new(0, 0), end_point: Point::new(0, 0) }
}

/// Lowers what the scan of a file has found.
pub(super) fn lower(lowerer: &mut Lowerer<'_>, events: &[Event<'_>], flavor: Flavor) {
    let mut pieces = Pieces::new();
    for event in events {
        match event {
            Event::Script(tag, content) => script(lowerer, &mut pieces, tag, content, flavor),
            Event::Comment(range) => {
                let comment = lowerer.text.get(range.clone()).unwrap_or_default();
                lowerer.note(comment, Span::new(range.start, range.end));
            }
            Event::Open(_) | Event::Close(_) | Event::Text(_) => {}
        }
    }
    template(lowerer, &mut pieces, events, flavor);
}

/// Lowers the script in the header of a file (between lines of dashes).
pub(super) fn header(lowerer: &mut Lowerer<'_>, range: &Range<usize>) {
    if let Some(tree) = Pieces::new().statements(lowerer.text, range, true) {
        lowerer.script(&tree);
    }
}

fn script(lowerer: &mut Lowerer<'_>, pieces: &mut Pieces, tag: &Tag<'_>, content: &Range<usize>, flavor: Flavor) {
    let text = lowerer.text;
    if let Some(source) = tag.text_of("src") {
        let module = text.get(source.clone()).unwrap_or_default().to_owned();
        lowerer.import(String::new(), module, ImportItem::SideEffect, Span::new(source.start, source.end));
    }
    let kind = tag.text_of("type").and_then(|range| text.get(range)).unwrap_or_default().to_ascii_lowercase();
    let is_script = kind.is_empty() || kind == "module" || ["javascript", "ecmascript", "typescript", "babel", "jsx"].iter().any(|word| kind.ends_with(word));
    let Some(code) = text.get(content.clone()).filter(|code| is_script && !code.trim().is_empty()) else { return };
    let language = tag.text_of("lang").and_then(|range| text.get(range)).unwrap_or_default();
    let has_casts = matches!(language, "ts" | "typescript");
    let known = lowerer.module.problems.len();
    if let Some(tree) = pieces.statements(text, content, has_casts) {
        lowerer.script(&tree);
    }
    // NOTE: placeholders of a template engine are no faults of the script they stand in.
    if flavor == Flavor::Page && ["{{", "{%", "<%", "<?", "#{", "${"].iter().any(|sign| code.contains(sign)) {
        lowerer.module.problems.truncate(known);
    }
}

/// Gathers the elements worth keeping in one function.
fn template(lowerer: &mut Lowerer<'_>, pieces: &mut Pieces, events: &[Event<'_>], flavor: Flavor) {
    let is_kept = |event: &&Event<'_>| matches!(event, Event::Open(tag) if keeps(tag));
    // A component is something that is shown, though nothing of what it shows leads anywhere.
    let is_shown = |event: &&Event<'_>| is_kept(event) || flavor != Flavor::Page && matches!(event, Event::Open(tag) if tag.name != "script" && tag.name != "style");
    let ends = (events.iter().find(is_kept).or_else(|| events.iter().find(is_shown)), events.iter().rfind(is_kept).or_else(|| events.iter().rfind(is_shown)));
    let (Some(Event::Open(start)), Some(Event::Open(end))) = ends else { return };
    let whole = Span::new(start.range.start, end.range.end);
    let index = lowerer.begin_function("template".to_owned(), FunctionKind::Template, whole, Span::new(start.range.start, start.range.end));
    let outer = lowerer.function.replace(index);
    let body = Elements { lowerer, pieces, flavor, body: Block::new(), texts: Vec::new(), open: Vec::new() }.gather(events);
    lowerer.function = outer;
    if let Some(function) = lowerer.module.functions.get_mut(index.0 as usize) {
        function.body = body;
    }
    let target = Value::new(ValueKind::Name("template".to_owned()), whole);
    let value = Value::new(ValueKind::Closure(index), whole);
    lowerer.module.top.push(step(StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, whole));
}

/// Whether an element can lead anywhere: a link, a form, something with an event, or a component.
fn keeps(tag: &Tag<'_>) -> bool {
    let name = tag.name;
    // NOTE: these have an `href` that nobody follows.
    if matches!(name, "link" | "base" | "use") {
        return false;
    }
    name.starts_with(|first: char| first.is_ascii_uppercase())
        || name.contains(['-', '.'])
        || name.eq_ignore_ascii_case("form")
        || tag.attributes.iter().any(|attribute| leads(attribute.name))
}

fn leads(attribute: &str) -> bool {
    let plain = plain_name(attribute).trim_start_matches("v-bind:").trim_start_matches(':');
    let plain = plain.split('.').next().unwrap_or_default();
    matches!(plain, "href" | "action" | "to" | "formaction" | "formAction" | "data-method" | "data-url" | "data-href" | "data-action")
        || is_event(attribute)
        || ["hx-", "data-hx-", "use:", "data-turbo-method", "x-on:"].iter().any(|prefix| attribute.starts_with(prefix))
}

/// The attribute that a page's template engine writes in place of one of its own namespace: `th:href` is `href` in what the browser gets.
fn plain_name(attribute: &str) -> &str {
    attribute.strip_prefix("th:").or_else(|| attribute.strip_prefix("data-th-")).unwrap_or(attribute)
}

/// Whether an attribute holds what is done on an event.
fn is_event(attribute: &str) -> bool {
    let is_plain =
        attribute.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("on")) && attribute.len() > 4 && attribute.bytes().skip(2).all(|byte| byte.is_ascii_alphanumeric());
    is_plain || ["@", "v-on:", "on:", "x-on:"].iter().any(|prefix| attribute.starts_with(prefix))
}

/// Whether the quoted value of an attribute is an expression where attributes are directives.
fn is_directive(attribute: &str) -> bool {
    attribute.starts_with([':', '@', '#']) || (attribute.starts_with("v-") && !attribute.starts_with("v-for") && !attribute.starts_with("v-slot"))
}

struct Elements<'l, 's> {
    lowerer: &'l mut Lowerer<'s>,
    pieces: &'l mut Pieces,
    flavor: Flavor,
    body: Block,
    /// For each step of the body the text found inside its element.
    texts: Vec<(String, Span)>,
    /// Elements not closed yet: tag and step.
    open: Vec<(&'l str, usize)>,
}

impl<'l> Elements<'l, '_> {
    fn gather(mut self, events: &'l [Event<'_>]) -> Block {
        for event in events {
            match event {
                Event::Open(tag) if keeps(tag) => self.element(tag),
                Event::Text(range) => self.text(range),
                Event::Close(name) => self.close(name),
                Event::Open(_) | Event::Script(..) | Event::Comment(_) => {}
            }
        }
        for (kept, (text, place)) in self.body.iter_mut().zip(self.texts) {
            if let (StepKind::Evaluate(Value { kind: ValueKind::Call(call), .. }), false) = (&mut kept.kind, text.is_empty()) {
                let children = vec![Value::new(ValueKind::Text(text), place)];
                call.args.push(Argument { name: Some("children".to_owned()), value: Value::new(ValueKind::List(children), place) });
            }
        }
        self.body
    }

    fn element(&mut self, tag: &'l Tag<'_>) {
        let at = Span::new(tag.range.start, tag.range.end);
        let name_span = Span::new(tag.range.start + 1, tag.range.start + 1 + tag.name.len());
        let mut names = tag.name.split('.').take(MAX_OPEN);
        let head = Value::new(ValueKind::Name(names.next().unwrap_or_default().to_owned()), name_span);
        let callee = names.fold(head, |of, name| Value::new(ValueKind::Member(Box::new(of), name.to_owned()), name_span));
        // What the engine writes stands in place of what the file says: `action="#" th:action="@{/leave}"`.
        let is_replaced = |attribute: &Attribute<'_>| tag.attributes.iter().any(|other| other.name != attribute.name && plain_name(other.name) == attribute.name);
        let kept = tag.attributes.iter().filter(|attribute| !is_replaced(attribute));
        let args = kept.map(|attribute| Argument { name: Some(plain_name(attribute.name).to_owned()), value: self.attribute(attribute) }).collect();
        let call = Call { callee, args, style: CallStyle::Element, types: Vec::new(), span: at };
        if !tag.is_closed {
            self.open.push((tag.name, self.body.len()));
        }
        self.body.push(step(StepKind::Evaluate(Value::new(ValueKind::Call(Box::new(call)), at)), at));
        self.texts.push((String::new(), at));
    }

    /// Text belongs to the innermost kept element and the one around it, so that a form has its button's text.
    fn text(&mut self, range: &Range<usize>) {
        let words = self.lowerer.text.get(range.clone()).unwrap_or_default();
        for (_, index) in self.open.iter().rev().take(2) {
            let Some((text, place)) = self.texts.get_mut(*index) else { continue };
            if text.is_empty() {
                *place = Span::new(range.start, range.end);
            }
            for word in words.split_whitespace() {
                if text.len() + word.len() >= MAX_TEXT {
                    break;
                }
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
                place.end = range.end as u32;
            }
        }
    }

    fn close(&mut self, name: &str) {
        let inside = self.open.iter().rev().take(MAX_OPEN).position(|(open, _)| *open == name);
        if let Some(inside) = inside {
            self.open.truncate(self.open.len() - inside - 1);
        }
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) -> Value {
        let place = Span::new(attribute.range.start, attribute.range.end);
        match &attribute.value {
            AttributeValue::None => Value::new(ValueKind::Bool(true), place),
            AttributeValue::Expression(range) => self.expression(range, attribute.name, place),
            AttributeValue::Text(range) => match self.flavor {
                Flavor::Directives if is_directive(attribute.name) => {
                    if is_event(attribute.name) {
                        self.handler(range, attribute.name, place)
                    } else {
                        self.expression(range, attribute.name, place)
                    }
                }
                Flavor::Braces => self.holes(range, attribute.name, place),
                _ if is_event(attribute.name) => self.handler(range, attribute.name, place),
                _ => self.literal(&self.linked(range)),
            },
        }
    }

    /// The path inside a link expression, without the parameters it is given: `/leave` of `@{/leave(next=${page})}`.
    fn linked(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.lowerer.text.get(range.clone()).unwrap_or_default();
        let Some(path) = text.strip_prefix("@{").and_then(|rest| rest.strip_suffix('}')).filter(|path| path.starts_with('/')) else { return range.clone() };
        let length = path.find('(').unwrap_or(path.len());
        range.start + 2..range.start + 2 + length
    }

    fn literal(&self, range: &Range<usize>) -> Value {
        let text = self.lowerer.text.get(range.clone()).unwrap_or_default();
        Value::new(ValueKind::Text(text.to_owned()), Span::new(range.start, range.end))
    }

    /// An attribute's text with expressions in braces: the expression if there is nothing else, otherwise a template.
    fn holes(&mut self, range: &Range<usize>, name: &str, place: Span) -> Value {
        let mut parts = Vec::new();
        let mut from = range.start;
        while let Some((open, close)) = self.hole(from..range.end) {
            if open > from {
                parts.push(self.literal(&(from..open)));
            }
            parts.push(self.expression(&(open + 1..close), name, place));
            from = close + 1;
        }
        if from < range.end || parts.is_empty() {
            parts.push(self.literal(&(from..range.end)));
        }
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        Value::new(ValueKind::Template(parts), Span::new(range.start, range.end))
    }

    /// The first pair of braces in a range.
    fn hole(&self, range: Range<usize>) -> Option<(usize, usize)> {
        let bytes = self.lowerer.text.as_bytes().get(range.clone())?;
        let open = bytes.iter().position(|byte| *byte == b'{')?;
        let mut depth = 0_usize;
        for (offset, byte) in bytes.iter().enumerate().skip(open) {
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 1 => return Some((range.start + open, range.start + offset)),
                b'}' => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// A range read as one expression; as text if it is none.
    fn expression(&mut self, range: &Range<usize>, name: &str, place: Span) -> Value {
        let tree = self.pieces.expression(self.lowerer.text, range);
        let tree = tree.filter(|tree| !tree.root_node().has_error());
        let inner = tree.as_ref().and_then(|tree| first(tree.root_node())).and_then(first);
        match inner {
            Some(node) => self.lowerer.value_named(node, Some((name.to_owned(), place))),
            None => self.literal(range),
        }
    }

    /// What is done on an event: a reference or function as it stands, statements as a closure, and otherwise text.
    fn handler(&mut self, range: &Range<usize>, name: &str, place: Span) -> Value {
        let tree = self.pieces.statements(self.lowerer.text, range, false);
        let Some(tree) = tree.filter(|tree| !tree.root_node().has_error()) else { return self.literal(range) };
        let statements = parts(tree.root_node());
        if let [only] = statements[..]
            && only.kind() == "expression_statement"
            && let Some(inner) = first(only).map(bare)
            && (is_closure(inner) || matches!(inner.kind(), "identifier" | "member_expression" | "subscript_expression"))
        {
            return self.lowerer.value_named(inner, Some((name.to_owned(), place)));
        }
        let whole = span(tree.root_node());
        let index = self.lowerer.begin_function(name.to_owned(), FunctionKind::Closure, whole, place);
        let outer = self.lowerer.function.replace(index);
        let mut body = Block::new();
        for statement in statements {
            self.lowerer.statement(statement, &mut body);
        }
        self.lowerer.function = outer;
        if let Some(function) = self.lowerer.module.functions.get_mut(index.0 as usize) {
            function.body = body;
        }
        Value::new(ValueKind::Closure(index), whole)
    }
}
