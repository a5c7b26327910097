//! A module as text, for tests and for people who debug a front end.

use std::fmt::Write;

use super::{Argument, AssignOp, BinaryOp, Block, Call, CallStyle, FunctionIndex, ImportItem, Module, Param, StepKind, TypeName, Value, ValueKind};

/// Writes a module in a short, stable notation. Closures are written where they stand, declared functions too.
pub fn write_module(module: &Module) -> String {
    let mut writer = Writer { module, out: String::new() };
    for import in &module.imports {
        let item = match &import.item {
            ImportItem::Default => "default".to_owned(),
            ImportItem::Namespace => "namespace".to_owned(),
            ImportItem::Named(name) => name.clone(),
            ImportItem::Star => "*".to_owned(),
            ImportItem::SideEffect => "effect".to_owned(),
        };
        writer.line(0, &format!("import {} = {}:{item}", import.local, import.module));
    }
    for export in &module.exports {
        let target = match &export.target {
            super::ExportTarget::Local(name) => name.clone(),
            super::ExportTarget::Value(value) => writer.value(value, 0),
            super::ExportTarget::From { module, item } => format!("{module}:{item:?}"),
        };
        writer.line(0, &format!("export {} = {target}", export.name));
    }
    for class in &module.classes {
        let bases: Vec<_> = class.bases.iter().map(type_text).collect();
        writer.line(0, &format!("{:?} {}({})", class.kind, class.name, bases.join(", ")));
        for call in &class.annotations {
            let text = writer.call(call, 1);
            writer.line(1, &text);
        }
        for field in &class.fields {
            let ty = field.ty.as_ref().map_or(String::new(), |ty| format!(": {}", type_text(ty)));
            let value = field.value.as_ref().map_or(String::new(), |value| format!(" = {}", writer.value(value, 1)));
            writer.line(1, &format!("field {}{ty}{value}", field.name));
        }
        for method in &class.methods {
            let text = writer.function(*method, 1);
            writer.line(1, &text);
        }
        writer.block(&class.body, 1);
    }
    writer.block(&module.top, 0);
    writer.out
}

struct Writer<'m> {
    module: &'m Module,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    fn block(&mut self, block: &Block, depth: usize) {
        for step in block {
            match &step.kind {
                StepKind::Evaluate(value) => {
                    let text = self.value(value, depth);
                    self.line(depth, &text);
                }
                StepKind::Delete(value) => {
                    let text = self.value(value, depth);
                    self.line(depth, &format!("delete {text}"));
                }
                StepKind::Assign { target, op, value, ty } => {
                    let sign = match op {
                        AssignOp::Declare => ":=",
                        AssignOp::Set => "=",
                        AssignOp::Update => "+=",
                    };
                    let ty = ty.as_ref().map_or(String::new(), |ty| format!(": {}", type_text(ty)));
                    let (target, value) = (self.value(target, depth), self.value(value, depth));
                    self.line(depth, &format!("{target}{ty} {sign} {value}"));
                }
                StepKind::Branch { test, then, otherwise } => {
                    let test = self.value(test, depth);
                    self.line(depth, &format!("if {test}"));
                    self.block(then, depth + 1);
                    if !otherwise.is_empty() {
                        self.line(depth, "else");
                        self.block(otherwise, depth + 1);
                    }
                }
                StepKind::Match { subject, arms } => {
                    let subject = subject.as_ref().map_or(String::new(), |subject| self.value(subject, depth));
                    self.line(depth, &format!("match {subject}"));
                    for (labels, arm) in arms {
                        let labels: Vec<_> = labels.iter().map(|label| self.value(label, depth)).collect();
                        self.line(depth + 1, &format!("case {}", labels.join(" | ")));
                        self.block(arm, depth + 2);
                    }
                }
                StepKind::Loop { head, body } => {
                    let head: Vec<_> = head.iter().map(|value| self.value(value, depth)).collect();
                    self.line(depth, &format!("loop {}", head.join("; ")));
                    self.block(body, depth + 1);
                }
                StepKind::Attempt { body, caught, finally } => {
                    self.line(depth, "try");
                    self.block(body, depth + 1);
                    self.line(depth, "catch");
                    self.block(caught, depth + 1);
                    if !finally.is_empty() {
                        self.line(depth, "finally");
                        self.block(finally, depth + 1);
                    }
                }
                StepKind::Return(value) | StepKind::Throw(value) => {
                    let word = if matches!(step.kind, StepKind::Return(_)) { "return" } else { "throw" };
                    let text = value.as_ref().map_or(String::new(), |value| format!(" {}", self.value(value, depth)));
                    self.line(depth, &format!("{word}{text}"));
                }
                StepKind::Leave => self.line(depth, "leave"),
            }
        }
    }

    fn nested(&self, block: &Block, depth: usize) -> String {
        let mut inner = Writer { module: self.module, out: String::new() };
        inner.block(block, depth + 1);
        inner.out
    }

    fn function(&self, index: FunctionIndex, depth: usize) -> String {
        let function = self.module.function(index);
        let params: Vec<_> = function.params.iter().map(|param| self.param(param, depth)).collect();
        let annotations: Vec<_> = function.annotations.iter().map(|call| format!("@{} ", self.call(call, depth))).collect();
        let body = self.nested(&function.body, depth);
        let word = if function.is_async { "async fn" } else { "fn" };
        format!("{}{word} {}({}) {{\n{body}{}}}", annotations.concat(), function.name, params.join(", "), "  ".repeat(depth))
    }

    fn param(&self, param: &Param, depth: usize) -> String {
        let mut text = param.name.clone();
        if !param.parts.is_empty() {
            let parts: Vec<_> = param.parts.iter().map(|(path, local)| if path == local { path.clone() } else { format!("{path} as {local}") }).collect();
            let _ = write!(text, "{{{}}}", parts.join(", "));
        }
        if let Some(ty) = &param.ty {
            let _ = write!(text, ": {}", type_text(ty));
        }
        if let Some(default) = &param.default {
            let _ = write!(text, " = {}", self.value(default, depth));
        }
        text
    }

    fn call(&self, call: &Call, depth: usize) -> String {
        let args: Vec<_> = call.args.iter().map(|Argument { name, value }| name.as_ref().map_or(String::new(), |name| format!("{name}: ")) + &self.value(value, depth)).collect();
        let types: Vec<_> = call.types.iter().map(type_text).collect();
        let types = if types.is_empty() { String::new() } else { format!("<{}>", types.join(", ")) };
        let (before, open, close) = match call.style {
            CallStyle::New => ("new ", "(", ")"),
            CallStyle::Element => ("", "<", ">"),
            CallStyle::Tagged => ("", "`", "`"),
            CallStyle::Function | CallStyle::Macro | CallStyle::Annotation => ("", "(", ")"),
        };
        format!("{before}{}{types}{open}{}{close}", self.value(&call.callee, depth), args.join(", "))
    }

    fn list(&self, values: &[Value], depth: usize) -> String {
        values.iter().map(|value| self.value(value, depth)).collect::<Vec<_>>().join(", ")
    }

    fn value(&self, value: &Value, depth: usize) -> String {
        match &value.kind {
            ValueKind::Text(text) => format!("{text:?}"),
            ValueKind::Template(parts) => format!("template({})", self.list(parts, depth)),
            ValueKind::Number(number) => number.to_string(),
            ValueKind::Bool(flag) => flag.to_string(),
            ValueKind::Null | ValueKind::Undefined => "null".to_owned(),
            ValueKind::Name(name) => name.clone(),
            ValueKind::This => "this".to_owned(),
            ValueKind::Super => "super".to_owned(),
            ValueKind::Member(of, name) => format!("{}.{name}", self.value(of, depth)),
            ValueKind::Index(of, key) => format!("{}[{}]", self.value(of, depth), self.value(key, depth)),
            ValueKind::Call(call) => self.call(call, depth),
            ValueKind::Record(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, entry)| format!("{key}: {}", self.value(entry, depth))).collect();
                format!("{{{}}}", entries.join(", "))
            }
            ValueKind::List(items) => format!("[{}]", self.list(items, depth)),
            ValueKind::Closure(index) => self.function(*index, depth),
            ValueKind::Await(inner) => format!("await {}", self.value(inner, depth)),
            ValueKind::Choice { test, then, otherwise } => format!("({} ? {} : {})", self.value(test, depth), self.value(then, depth), self.value(otherwise, depth)),
            ValueKind::Binary { op, left, right } => {
                let sign = match op {
                    BinaryOp::Add => "+",
                    BinaryOp::Subtract => "-",
                    BinaryOp::Multiply => "*",
                    BinaryOp::Divide => "/",
                    BinaryOp::Equal => "==",
                    BinaryOp::NotEqual => "!=",
                    BinaryOp::Less => "<",
                    BinaryOp::Greater => ">",
                    BinaryOp::In => "in",
                    BinaryOp::Other => "?",
                };
                format!("({} {sign} {})", self.value(left, depth), self.value(right, depth))
            }
            ValueKind::Not(inner) => format!("!{}", self.value(inner, depth)),
            ValueKind::Block(block) => format!("block {{\n{}{}}}", self.nested(block, depth), "  ".repeat(depth)),
            ValueKind::Unknown(parts) => format!("unknown({})", self.list(parts, depth)),
        }
    }
}

fn type_text(ty: &TypeName) -> String {
    let args: Vec<_> = ty.args.iter().map(type_text).collect();
    if args.is_empty() { ty.path.join(".") } else { format!("{}<{}>", ty.path.join("."), args.join(", ")) }
}
