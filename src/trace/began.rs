//! Handlers without a name of their own: what runs when something that bears a logout's name is clicked or chosen.

use super::candidates::{Candidate, is_logout_name};
use super::composed::{MAX_ASKED, composed, shown};
use crate::ir::{Argument, BinaryOp, Block, Call, CallStyle, FunctionIndex, Step, StepKind, Value, ValueKind, each_assignment, each_value};
use crate::link::{FunctionId, Place, Program};
use crate::rules::{RuleSet, split_words};
use crate::source::Language;

/// How deep branches are searched for the arms of a choice.
const MAX_DEPTH: usize = 5;

/// The most words that what a user clicks to log out says of itself: `Yes, log out`, `Or click here to log out`.
pub(super) const MAX_WORDS: usize = 6;

/// The most words of the key of a menu's entry: `menu-log-out`.
const MAX_KEY_WORDS: usize = 3;

/// The closures that a function hands to the events of a logout's element, and its arms for the choice of a logout.
pub(super) fn begun<'p>(program: &Program<'p>, rules: &RuleSet, function: FunctionId) -> Vec<Candidate<'p>> {
    let place = Place::of(function);
    let body = &program.function(function).body;
    let mut found = begun_in(program, rules, body, place);
    if program.module(function.module).language.has_implicit_members() {
        arms(body, MAX_DEPTH, &|_, label| id_or_wish(rules, label), &mut |symbol, arm| {
            found.push(Candidate { named: true, arm: Some((arm, place)), is_event: true, ..Candidate::new(function, symbol) });
            // The function that does all of an arm's work: `R.id.log_out -> confirmLeaving()`.
            if let [Step { kind: StepKind::Evaluate(Value { kind: ValueKind::Call(call), .. }), .. }] = arm.as_slice() {
                for target in program.targets(call, place, false).into_iter().filter(|target| target.module == function.module && !program.function(*target).body.is_empty()) {
                    found.push(Candidate { named: true, is_event: true, ..Candidate::new(target, &program.function(target).name) });
                }
            }
        });
    } else {
        // A component that is sent messages: `match msg { Msg::LoggedOut => self.user = None, … }`.
        let has_messages = program.module(function.module).language == Language::Rust;
        let of_message = |label| if has_messages { message(rules, label) } else { None };
        arms(body, MAX_DEPTH, &|subject, label| key_of_entry(rules, subject, label).or_else(|| of_message(label)), &mut |symbol, arm| {
            found.push(Candidate { named: true, arm: Some((arm, place)), is_event: true, is_watcher: has_messages, ..Candidate::new(function, symbol) });
        });
    }
    found
}

/// The functions that a body, be it that of a script, hands to the events of a logout's element.
pub(super) fn begun_in<'p>(program: &Program<'p>, rules: &RuleSet, body: &'p Block, place: Place) -> Vec<Candidate<'p>> {
    let mut found = Vec::new();
    let has_composables = program.module(place.module).language.has_implicit_members();
    let mut begins = |id: FunctionId, symbol: &str| {
        if !program.function(id).body.is_empty() {
            found.push(Candidate { named: true, is_event: true, ..Candidate::new(id, symbol) });
        }
    };
    each_value(body, |value| {
        if let ValueKind::Call(call) = &value.kind
            && let Some(symbol) = listened(program, rules, call, place).or_else(|| answered(rules, call))
        {
            for argument in &call.args {
                listeners(program, &argument.value, place).into_iter().for_each(|id| begins(id, &symbol));
            }
        }
        each_clicked(program, rules, value, place, &mut begins);
        if has_composables {
            composed(program, rules, value, place, &mut begins);
        }
    });
    // `logoutButton.onclick = () => …`
    each_assignment(body, |target, value| {
        if let ValueKind::Member(of, field) = &target.kind
            && field.starts_with("on")
            && is_event(rules, field)
            && is_handler(value)
            && let Some(symbol) = element_name(program, rules, of, place)
        {
            listeners(program, value, place).into_iter().for_each(|id| begins(id, &symbol));
        }
    });
    found
}

/// What runs on the event of an element, or of a menu's entry, that says that it logs out: `<button onClick={() => …}>Log out</button>`,
/// `{ label: "Log out", onPress: leave }`.
fn each_clicked<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place, begins: &mut dyn FnMut(FunctionId, &str)) {
    let mut on_events: Vec<(&str, &'p Value)> = match &value.kind {
        ValueKind::Call(call) if call.style == CallStyle::Element => call.args.iter().filter_map(|argument| Some((argument.name.as_deref()?, &argument.value))).collect(),
        ValueKind::Record(entries) => entries.iter().map(|(key, entry)| (key.as_str(), entry)).collect(),
        _ => return,
    };
    on_events.retain(|(_, handler)| is_handler(handler));
    // `<Header onSignOut={closeSession} />`
    let (own, others): (Vec<_>, Vec<_>) = on_events.into_iter().partition(|(key, _)| matches!(value.kind, ValueKind::Call(_)) && is_of_logout(rules, key));
    begin_all(program, own, place, begins);
    let others: Vec<_> = others.into_iter().filter(|(key, _)| is_event(rules, key)).collect();
    if !others.is_empty() && says_logout(rules, value) {
        begin_all(program, others, place, begins);
    }
}

/// Whether what is handed over for an event may be a function.
pub(super) fn is_handler(value: &Value) -> bool {
    matches!(value.kind, ValueKind::Closure(_) | ValueKind::Name(_) | ValueKind::Member(..))
}

/// Whether an event is a logout's own, by its name: `onSignOut`.
pub(super) fn is_of_logout(rules: &RuleSet, key: &str) -> bool {
    ["on", "@", "v-on:", "("].iter().any(|prefix| key.starts_with(prefix)) && is_logout_name(rules, key)
}

pub(super) fn begin_all<'p>(program: &Program<'p>, on_events: Vec<(&str, &'p Value)>, place: Place, begins: &mut dyn FnMut(FunctionId, &str)) {
    for (key, handler) in on_events {
        match &handler.kind {
            ValueKind::Closure(index) => begins(FunctionId { module: place.module, index: *index }, key),
            _ => {
                let known = program.functions_of(handler, place, false);
                let functions = if known.is_empty() { option_of_component(program, handler, place).into_iter().collect() } else { known };
                functions.into_iter().for_each(|id| begins(id, &program.function(id).name));
            }
        }
    }
}

/// The method among a component's options that its markup names: `<a @click="leave">` beside `export default { methods: { leave() { … } } }`.
fn option_of_component(program: &Program<'_>, handler: &Value, place: Place) -> Option<FunctionId> {
    let ValueKind::Name(name) = &handler.kind else { return None };
    let module = program.module(place.module);
    let is_it = |function: &crate::ir::Function| function.name == *name && function.owner.is_none() && !function.body.is_empty();
    let at = if module.language == Language::Component { module.functions.iter().position(is_it) } else { None };
    at.map(|at| FunctionId { module: place.module, index: FunctionIndex(at as u32) })
}

/// Whether what stands under a key runs when something is clicked: `onClick`, `@click.prevent`, `on:click`, `onPress`.
pub(super) fn is_event(rules: &RuleSet, key: &str) -> bool {
    let plain = ["v-on:", "x-on:", "on:", "@"].iter().find_map(|prefix| key.strip_prefix(prefix)).unwrap_or(key);
    let plain = plain.split(['.', '|']).next().unwrap_or_default();
    let plain = plain.strip_prefix("on").unwrap_or(plain).trim_start_matches('_');
    key != "action" && rules.lexicon.is_exactly("event-of-a-click", plain)
}

/// Whether a text that is shown offers a logout.
pub(super) fn offers_logout(rules: &RuleSet, text: &str) -> bool {
    is_logout_name(rules, text) && !rules.lexicon.is("after-logout", text) && !rules.lexicon.is("other-sessions", text)
}

/// Whether an element's or entry's text is that of a logout.
fn says_logout(rules: &RuleSet, value: &Value) -> bool {
    let mut words = Vec::new();
    let is_label_of = |name: &str| rules.lexicon.is_exactly("label", name);
    let (labelled, is_short) = match &value.kind {
        ValueKind::Call(call) => {
            let is_short = call.named("children").is_none_or(|children| texts(children, MAX_DEPTH, &mut words));
            (call.args.iter().any(|argument| argument.name.as_deref().is_some_and(&is_label_of) && is_label(rules, &argument.value)), is_short)
        }
        ValueKind::Record(entries) => (entries.iter().any(|(key, entry)| is_label_of(key) && is_label(rules, entry)), false),
        _ => return false,
    };
    labelled || is_short && offers_logout(rules, &words.join(" "))
}

fn is_label(rules: &RuleSet, value: &Value) -> bool {
    let mut words = Vec::new();
    texts(value, 2, &mut words) && offers_logout(rules, &words.join(" "))
}

/// Gathers the words that a reader sees; `false` once there are too many.
fn texts<'v>(value: &'v Value, depth: usize, words: &mut Vec<&'v str>) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    match &value.kind {
        // Of `{{ user ? "Log out" : "Log in" }}` only what has letters is a word.
        ValueKind::Text(text) => words.extend(text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).take(MAX_WORDS + 1)),
        ValueKind::List(items) => return items.iter().all(|item| texts(item, depth, words)),
        ValueKind::Call(call) if call.style == CallStyle::Element => return call.named("children").is_none_or(|children| texts(children, depth, words)),
        // The key of a translation: `t("menu.logout")`.
        ValueKind::Call(call) => {
            if let Some(ValueKind::Text(key)) = call.positional(0).map(|key| &key.kind) {
                words.extend(key.rsplit(['.', ':', '/']).next());
            }
        }
        // `{busy ? "Leaving …" : "Log out"}`, `{user ? "Log out" : "Log in"}`
        ValueKind::Choice { then, otherwise, .. } if matches!(otherwise.kind, ValueKind::Text(_)) => {
            if let ValueKind::Text(text) = &then.kind
                && text.split_whitespace().count() < MAX_WORDS / 2
            {
                words.extend(text.split_whitespace());
            }
            return texts(otherwise, depth, words);
        }
        ValueKind::Choice { then, .. } => return texts(then, depth, words),
        _ => {}
    }
    words.len() <= MAX_WORDS
}

/// The functions that an argument is or names, or the closures that it wraps: `View.OnClickListener { … }`.
fn listeners<'p>(program: &Program<'p>, value: &'p Value, place: Place) -> Vec<FunctionId> {
    let wrapped = |call: &Call, at: Place| {
        let closure = |argument: &Argument| if let ValueKind::Closure(index) = argument.value.kind { Some(FunctionId { module: at.module, index }) } else { None };
        call.args.iter().filter_map(closure).collect()
    };
    match &value.kind {
        ValueKind::Closure(index) => vec![FunctionId { module: place.module, index: *index }],
        ValueKind::Call(call) => {
            let module = program.module(place.module);
            match module.written_object(value) {
                // `object : View.OnClickListener { override fun onClick(view: View) { … } }`
                Some(class) => {
                    let methods = class.methods.iter().copied().filter(|index| module.function(*index).name.starts_with("on"));
                    methods.map(|index| FunctionId { module: place.module, index }).collect()
                }
                None => wrapped(call, place),
            }
        }
        ValueKind::Name(_) | ValueKind::Member(..) => match program.maker_of(value, place) {
            Some((call, at)) => wrapped(call, at),
            None => program.functions_of(value, place, false),
        },
        _ => Vec::new(),
    }
}

/// The name of the element whose event a call listens to, if it is a logout's: `logoutButton.setOnClickListener { }`, `$("#logout").on("click", f)`.
fn listened<'p>(program: &Program<'p>, rules: &RuleSet, call: &'p Call, place: Place) -> Option<String> {
    let ValueKind::Member(of, method) = &call.callee.kind else { return None };
    let words = split_words(method);
    if !(words.iter().any(|word| word == "listener") || matches!(method.as_str(), "on" | "click")) {
        return None;
    }
    // `$(document).on("click", ".logout", f)`
    let part = call.positional(1).filter(|_| call.positional(2).is_some());
    let part = part.and_then(|part| if let ValueKind::Text(part) = &part.kind { Some(part) } else { None });
    part.filter(|part| rules.lexicon.is("logout", part)).cloned().or_else(|| element_name(program, rules, of, place))
}

/// What a dialog says that a call adds the answer yes to, if it asks whether to log out:
/// `AlertDialog.Builder(context).setTitle("Log out?").setPositiveButton("Yes") { … }`.
fn answered(rules: &RuleSet, call: &Call) -> Option<String> {
    if !rules.lexicon.is_exactly("positive-answer", call.callee.last_name()) {
        return None;
    }
    let chain = std::iter::successors(Some(call), |part| call_before(part));
    let texts = chain.flat_map(|part| &part.args).filter_map(|argument| {
        let mut words = Vec::new();
        shown(&argument.value, &mut words, MAX_ASKED).then(|| words.join(" "))
    });
    texts.into_iter().find(|text| offers_logout(rules, text))
}

/// The call that a call hangs on.
fn call_before(call: &Call) -> Option<&Call> {
    let ValueKind::Member(of, _) = &call.callee.kind else { return None };
    if let ValueKind::Call(before) = &of.kind { Some(before) } else { None }
}

/// The name of an element that is a logout's: of its variable, or by which it is found in the page.
fn element_name<'p>(program: &Program<'p>, rules: &RuleSet, of: &'p Value, place: Place) -> Option<String> {
    let is_logout = |name: &str| name.len() < 40 && rules.lexicon.is("logout", name);
    let named = |value: &Value| match &value.kind {
        ValueKind::Name(name) => is_logout(name).then(|| name.clone()),
        // `logoutForm.button`
        ValueKind::Member(of, name) => [name.as_str(), of.last_name()].into_iter().find(|name| is_logout(name)).map(str::to_owned),
        _ => None,
    };
    if let Some(name) = named(of) {
        return Some(name);
    }
    // `findViewById(R.id.log_out)`, also through a variable.
    let (made, _) = program.origin(of, place);
    let ValueKind::Call(maker) = &made.kind else { return None };
    maker.args.iter().find_map(|argument| match &argument.value.kind {
        ValueKind::Text(text) => is_logout(text).then(|| text.clone()),
        _ => named(&argument.value),
    })
}

/// Whether a class is one of what users ask a page for: `is ProfileEvent.LogOut -> …`.
fn is_wish(rules: &RuleSet, of: &Value) -> bool {
    let ValueKind::Name(name) = &of.kind else { return false };
    name.starts_with(char::is_uppercase) && split_words(name).last().is_some_and(|word| rules.lexicon.is("user-wish", word))
}

/// A label that is a logout's id among those of a page, or a user's wish: `R.id.log_out -> …`.
fn id_or_wish<'p>(rules: &RuleSet, label: &'p Value) -> Option<&'p str> {
    match &label.kind {
        ValueKind::Member(of, name) if matches!(of.kind, ValueKind::Member(..)) && rules.lexicon.is("logout", name) => Some(name),
        ValueKind::Member(of, name) if is_wish(rules, of) && name.contains(char::is_lowercase) && is_logout_name(rules, name) => Some(name),
        _ => None,
    }
}

/// A label that is the message of a logout: `Msg::LoggedOut`.
fn message<'p>(rules: &RuleSet, label: &'p Value) -> Option<&'p str> {
    match &label.kind {
        ValueKind::Member(of, name) if is_wish(rules, of) && is_logout_name(rules, name) => Some(name),
        _ => None,
    }
}

/// A label that is the key of a menu's entry for a logout: `switch (key) { case "logout": … }`; a reducer's `action.type` is none, nor is the
/// name of an event: `users.logout`.
fn key_of_entry<'p>(rules: &RuleSet, subject: Option<&Value>, label: &'p Value) -> Option<&'p str> {
    let ValueKind::Text(key) = &label.kind else { return None };
    let is_choice = subject.is_some_and(|subject| rules.lexicon.is_exactly("choice", subject.last_name()) || is_told(rules, subject));
    (is_choice && !key.contains('.') && split_words(key).len() <= MAX_KEY_WORDS && is_logout_name(rules, key)).then_some(key)
}

/// Whether a value is what a message from another part of the program says: `request.action`, `message.type`.
fn is_told(rules: &RuleSet, subject: &Value) -> bool {
    matches!(&subject.kind, ValueKind::Member(of, said)
        if rules.lexicon.is_exactly("saying-of-a-message", said) && matches!(&of.kind, ValueKind::Name(message) if rules.lexicon.is_exactly("message", message)))
}

/// What tells a logout's label from others, by what is chosen among and the label.
type LabelOf<'a, 'p> = &'a dyn Fn(Option<&'p Value>, &'p Value) -> Option<&'p str>;

/// The arms of a choice whose label is a logout's.
fn arms<'p>(block: &'p Block, depth: usize, label_of: LabelOf<'_, 'p>, found: &mut dyn FnMut(&'p str, &'p Block)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for step in block {
        match &step.kind {
            StepKind::Match { subject, arms: choices } => {
                for (labels, arm) in choices {
                    match labels.iter().find_map(|label| label_of(subject.as_ref(), label)) {
                        Some(label) => found(label, arm),
                        None => arms(arm, depth, label_of, found),
                    }
                }
            }
            StepKind::Branch { test, then, otherwise } => {
                let label = match &test.kind {
                    ValueKind::Binary { op: BinaryOp::Equal, left, right } => label_of(Some(left), right),
                    _ => None,
                };
                match label {
                    Some(label) => found(label, then),
                    None => arms(then, depth, label_of, found),
                }
                arms(otherwise, depth, label_of, found);
            }
            StepKind::Return(Some(value)) | StepKind::Evaluate(value) => {
                if let ValueKind::Block(inner) = &value.kind {
                    arms(inner, depth, label_of, found);
                }
            }
            _ => {}
        }
    }
}
