//! What a value is called: the path from its root, as written or as imports and assignments make it.

use super::{Call, TypeName, Value, ValueKind, Visit, walk_value};

/// The path by which a value is reached.
///
/// `res.status(200).clearCookie` has three segments, the second one called. With `import session from "express-session"`
/// the call `session(…)` has module `express-session` and no segment; `Router` of `express` has module `express` and one.
/// Modules of Python, Kotlin and Rust are segments too (`django.contrib.auth` gives three), since there a module and a name in it look alike.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// The root was imported, or has a declared type that was: it cannot be something local of the same spelling.
    pub imported: bool,
    pub segments: Vec<Segment>,
}

/// One segment of a [`Name`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub text: String,
    /// What it was called with: the identifiers and texts among the arguments, separated by blanks. `None` if it is not called.
    pub called: Option<String>,
}

/// Longest text of arguments that a segment keeps, in bytes.
const MAX_SUBJECT: usize = 160;

impl Name {
    /// The name as written, without asking what its root stands for. Parts that have no name are `?`.
    pub fn written(value: &Value) -> Self {
        let mut name = Self::default();
        name.push_written(value);
        name
    }

    /// The name of a call: that of its callee, with the last segment called.
    pub fn of_call(call: &Call) -> Self {
        let mut name = Self::written(&call.callee);
        name.call_last(call);
        name
    }

    /// The name of a type as written, without its arguments.
    pub fn of_type(ty: &TypeName) -> Self {
        let mut name = Self::default();
        ty.path.iter().for_each(|segment| name.push(segment));
        name
    }

    /// Appends one segment.
    pub fn push(&mut self, text: impl Into<String>) {
        self.segments.push(Segment { text: text.into(), called: None });
    }

    /// Marks the last segment as called by `call`.
    pub fn call_last(&mut self, call: &Call) {
        let subject = subject_of(call);
        match self.segments.last_mut() {
            Some(last) if last.called.is_none() => last.called = Some(subject),
            _ => self.segments.push(Segment { text: String::new(), called: Some(subject) }),
        }
    }

    /// The last segment's text.
    pub fn last(&self) -> &str {
        self.segments.last().map_or("", |segment| segment.text.as_str())
    }

    fn push_written(&mut self, value: &Value) {
        // NOTE: chains are walked from the outside in and reversed, since a chain of thousands of calls must not recurse.
        let mut reversed: Vec<Segment> = Vec::new();
        let mut called: Option<String> = None;
        let mut at = value;
        loop {
            match &at.kind {
                ValueKind::Await(inner) => at = inner,
                ValueKind::Member(of, member) => {
                    reversed.push(Segment { text: member.clone(), called: called.take() });
                    at = of;
                }
                ValueKind::Index(of, _) => {
                    reversed.push(Segment { text: "[]".to_owned(), called: called.take() });
                    at = of;
                }
                ValueKind::Call(call) => {
                    if let Some(outer) = called.take() {
                        reversed.push(Segment { text: String::new(), called: Some(outer) });
                    }
                    called = Some(subject_of(call));
                    at = &call.callee;
                }
                other => {
                    let text = match other {
                        ValueKind::Name(name) => name.as_str(),
                        ValueKind::This => "this",
                        ValueKind::Super => "super",
                        _ => "?",
                    };
                    reversed.push(Segment { text: text.to_owned(), called: called.take() });
                    break;
                }
            }
        }
        reversed.reverse();
        self.segments.extend(reversed);
    }
}

/// The identifiers and texts among a call's arguments, separated by blanks.
fn subject_of(call: &Call) -> String {
    let mut subject = Subject(String::new());
    for ty in &call.types {
        subject.add(ty.last());
    }
    for argument in &call.args {
        if let Some(name) = &argument.name {
            subject.add(name);
        }
        walk_value(&argument.value, &mut subject);
    }
    subject.0
}

struct Subject(String);

impl Subject {
    fn add(&mut self, text: &str) {
        if self.0.len() < MAX_SUBJECT {
            if !self.0.is_empty() {
                self.0.push(' ');
            }
            self.0.push_str(&text[..text.floor_char_boundary(MAX_SUBJECT)]);
        }
    }
}

/// The root of a selection that goes on: `select(Token)` of `select(Token).where(Token.session == id)`. What it selects is meant, not the conditions.
fn selected(call: &Call) -> Option<&Value> {
    let mut root = None;
    let mut at = call;
    while let ValueKind::Member(of, _) = &at.callee.kind
        && let ValueKind::Call(inner) = &of.kind
    {
        root = Some(of.as_ref());
        at = inner;
    }
    root.filter(|_| at.last_name() == "select" && !at.args.is_empty())
}

impl<'ir> Visit<'ir> for Subject {
    fn value(&mut self, value: &'ir Value) -> bool {
        if let ValueKind::Call(call) = &value.kind
            && let Some(root) = selected(call)
        {
            walk_value(root, self);
            return false;
        }
        match &value.kind {
            ValueKind::Text(text) | ValueKind::Name(text) | ValueKind::Member(_, text) => self.add(text),
            ValueKind::Record(entries) => {
                for (key, _) in entries {
                    self.add(key);
                }
            }
            _ => {}
        }
        self.0.len() < MAX_SUBJECT
    }
}
