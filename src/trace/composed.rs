//! Handlers of pages that are drawn by calls: what runs when a part is clicked that says that it logs out.

use super::began::{MAX_WORDS, begin_all, is_event, is_handler, is_of_logout, offers_logout};
use crate::ir::{Argument, Block, Call, StepKind, Value, ValueKind, each_call};
use crate::link::{FunctionId, Place, Program};
use crate::rules::{RuleSet, split_words};

/// How deep the parts of a part are searched for its texts.
const MAX_DEPTH: usize = 5;

/// The most words of a question whether to log out.
pub(super) const MAX_ASKED: usize = 10;

/// What runs on the event of a part of a page that is drawn by a call and says that it logs out:
/// `MenuRow(title = stringResource(R.string.log_out), onClick = { … })`, `Button(onClick = { … }) { Text("Log out") }`,
/// `Row(Modifier.clickable { … }) { Icon(Icons.Default.Logout, null) }`; or that says yes where a dialog asks for it.
pub(super) fn composed<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place, begins: &mut dyn FnMut(FunctionId, &str)) {
    let Some(call) = drawn(value) else { return };
    let page = Page { program, rules, place };
    let named = || call.args.iter().filter_map(|argument| Some((argument.name.as_deref()?, &argument.value))).filter(|(_, handler)| is_handler(handler));
    begin_all(program, named().filter(|(key, _)| is_of_logout(rules, key)).collect(), place, begins);
    let on_events: Vec<(&str, &'p Value)> = events_of(rules, call).filter(|(key, _)| !is_of_logout(rules, key)).collect();
    let is_content = |argument: &&'p Argument| argument.name.as_deref().is_none_or(|name| !is_event(rules, name));
    if !on_events.is_empty() && call.args.iter().filter(is_content).any(|argument| page.says_logout(argument, MAX_WORDS)) {
        begin_all(program, on_events, place, begins);
    }
    if let Some(answer) = page.confirmed(call)
        && call.args.iter().filter(is_content).any(|argument| page.says_logout(argument, MAX_ASKED))
    {
        each_call(answer, |part| begin_all(program, events_of(rules, part).collect(), place, begins));
    }
}

/// A function that draws.
struct Page<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    place: Place,
}

impl<'p> Page<'_, 'p> {
    /// Whether an argument is a text, or draws one of at most `limit` words or an icon, that offers a logout.
    fn says_logout(&self, argument: &'p Argument, limit: usize) -> bool {
        let mut words = Vec::new();
        let ValueKind::Closure(index) = &argument.value.kind else {
            let is_caption = argument.name.as_deref().is_none_or(|name| is_caption(self.rules, name));
            return is_caption && shown(&argument.value, &mut words, limit) && offers_logout(self.rules, &words.join(" "));
        };
        let body = self.body(*index);
        let mut has_icon = false;
        let is_short = self.each_drawn(body, MAX_DEPTH, &mut |call, name| {
            if name.ends_with("Text") {
                let text = call.named("text").or_else(|| call.positional(0));
                return text.is_none_or(|text| shown(text, &mut words, limit) || !matches!(text.kind, ValueKind::Text(_)));
            }
            has_icon |= name.ends_with("Icon") && icon_texts(call).any(|text| offers_logout(self.rules, &text));
            true
        });
        is_short && (has_icon || offers_logout(self.rules, &words.join(" ")))
    }

    /// What a dialog draws for the answer that says yes.
    fn confirmed(&self, call: &Call) -> Option<&'p Block> {
        let is_answer = |argument: &&Argument| argument.name.as_deref().is_some_and(|name| name.starts_with("confirm") && !is_event(self.rules, name));
        match call.args.iter().find(is_answer)?.value.kind {
            ValueKind::Closure(index) => Some(self.body(index)),
            _ => None,
        }
    }

    fn body(&self, index: crate::ir::FunctionIndex) -> &'p Block {
        &self.program.module(self.place.module).function(index).body
    }

    /// Calls `visit` for what a closure draws, with its name, those parts aside that have events of their own; `false` as soon as it says so.
    fn each_drawn(&self, body: &'p Block, depth: usize, visit: &mut dyn FnMut(&'p Call, &'p str) -> bool) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return true };
        body.iter().all(|step| {
            let (StepKind::Evaluate(value) | StepKind::Return(Some(value))) = &step.kind else { return true };
            let Some(call) = drawn(value).filter(|call| events_of(self.rules, call).next().is_none()) else { return true };
            visit(call, call.callee.last_name())
                && call.args.iter().all(|argument| match &argument.value.kind {
                    ValueKind::Closure(index) => self.each_drawn(self.body(*index), depth, visit),
                    _ => true,
                })
        })
    }
}

/// A call that draws something: its name begins with a capital.
fn drawn(value: &Value) -> Option<&Call> {
    match &value.kind {
        ValueKind::Call(call) if matches!(&call.callee.kind, ValueKind::Name(name) if name.starts_with(char::is_uppercase)) => Some(call),
        _ => None,
    }
}

/// What a call is handed for the events of what it draws, by name or by a modifier: `Modifier.padding(8.dp).clickable { … }`.
fn events_of<'c>(rules: &RuleSet, call: &'c Call) -> impl Iterator<Item = (&'c str, &'c Value)> {
    let named = call.args.iter().filter_map(|argument| Some((argument.name.as_deref()?, &argument.value)));
    let own = named.filter(|(key, handler)| key.starts_with("on") && is_event(rules, key) && is_handler(handler));
    own.chain(call.args.iter().filter_map(|argument| clicked(&argument.value)))
}

/// What a chain of modifiers runs on a click.
fn clicked(modifier: &Value) -> Option<(&str, &Value)> {
    let mut at = modifier;
    while let ValueKind::Call(call) = &at.kind {
        let ValueKind::Member(of, name) = &call.callee.kind else { return None };
        if name.to_ascii_lowercase().ends_with("clickable") {
            let handler = call.named("onClick").or_else(|| call.args.iter().map(|argument| &argument.value).rfind(|value| is_handler(value)));
            return handler.filter(|handler| is_handler(handler)).map(|handler| ("onClick", handler));
        }
        at = of;
    }
    None
}

/// Whether an argument's name is that of a text which is shown: `title`, `confirmText`.
fn is_caption(rules: &RuleSet, name: &str) -> bool {
    split_words(name).last().is_some_and(|word| rules.lexicon.is("caption", word))
}

/// What an icon says of itself: its description, and its own name.
fn icon_texts(icon: &Call) -> impl Iterator<Item = String> {
    icon.args.iter().filter_map(|argument| {
        let mut words = Vec::new();
        shown(&argument.value, &mut words, MAX_WORDS).then(|| words.join(" "))
    })
}

/// Gathers the words that a text or the name of one shows; `false` where it is neither, or too long.
pub(super) fn shown<'v>(value: &'v Value, words: &mut Vec<&'v str>, limit: usize) -> bool {
    match &value.kind {
        ValueKind::Text(text) => words.extend(text.split_whitespace().take(limit + 1)),
        // `R.string.log_out`
        ValueKind::Member(of, name) if matches!(of.kind, ValueKind::Member(..) | ValueKind::Name(_)) => words.push(name),
        ValueKind::Call(call) if call.args.len() == 1 && call.style != crate::ir::CallStyle::New => {
            return call.args.first().is_some_and(|argument| shown(&argument.value, words, limit));
        }
        _ => return false,
    }
    words.len() <= limit
}
