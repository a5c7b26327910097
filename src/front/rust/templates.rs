//! Format strings: `"a {x} {}"` with its arguments as a template.

use super::lowerer::name;
use crate::ir::{Argument, Value, ValueKind};
use crate::source::Span;

/// The arguments of a formatting macro as one template; `None` if the first is no text.
pub(super) fn template(args: &[Argument], span: Span) -> Option<Value> {
    let (first, rest) = args.split_first()?;
    let ValueKind::Text(format) = &first.value.kind else { return None };
    let mut parts = Parts { args: rest, next: 0, text: String::new(), found: Vec::new(), span: first.value.span };
    parts.read(format);
    let found = parts.found;
    let is_text = found.iter().all(|part| matches!(part.kind, ValueKind::Text(_)));
    if is_text && found.len() <= 1 {
        let text = found.into_iter().next().map_or(ValueKind::Text(String::new()), |part| part.kind);
        return Some(Value::new(text, span));
    }
    Some(Value::new(ValueKind::Template(found), span))
}

struct Parts<'a> {
    args: &'a [Argument],
    /// The next argument of `{}`.
    next: usize,
    text: String,
    found: Vec<Value>,
    span: Span,
}

impl Parts<'_> {
    fn read(&mut self, format: &str) {
        let mut rest = format;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            self.text.push_str(before);
            let doubled = from.starts_with("{{") || from.starts_with("}}");
            if doubled {
                self.text.push_str(&from[..1]);
                rest = &from[2..];
            } else if let Some((hole, after)) = from.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
                self.hole(hole);
                rest = after;
            } else {
                rest = &from[1..];
            }
        }
        self.text.push_str(rest);
        self.flush();
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.found.push(Value::new(ValueKind::Text(text), self.span));
        }
    }

    fn hole(&mut self, hole: &str) {
        self.flush();
        let key = hole.split(':').next().unwrap_or("").trim();
        let value = if key.is_empty() {
            let value = self.positional(self.next);
            self.next += 1;
            value
        } else if let Ok(place) = key.parse::<usize>() {
            self.positional(place)
        } else {
            let named = self.args.iter().find(|arg| arg.name.as_deref() == Some(key)).map(|arg| arg.value.clone());
            Some(named.unwrap_or_else(|| name(key, self.span)))
        };
        self.found.push(value.unwrap_or_else(|| Value::new(ValueKind::Unknown(Vec::new()), self.span)));
    }

    fn positional(&self, place: usize) -> Option<Value> {
        self.args.iter().filter(|arg| arg.name.is_none()).nth(place).map(|arg| arg.value.clone())
    }
}
