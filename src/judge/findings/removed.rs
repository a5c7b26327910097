//! What the code removes from storage and from cookies, wherever it does so.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use crate::ir::{Block, Call, FunctionIndex, Name, StepKind, Value, ValueKind, each_call};
use crate::link::{ModuleId, Place};
use crate::rules::split_words;

/// What is removed anywhere.
#[derive(Default)]
pub(super) struct Removed {
    /// The keys and names that are removed, with the places.
    keys: BTreeMap<String, Vec<Removal>>,
    /// The storages that are emptied, by the last word of their names.
    pub emptied: BTreeSet<String>,
    /// Something is removed of which the key is not known.
    pub unknown: bool,
}

/// Where a key is removed, and from what, as far as the call says.
struct Removal {
    module: ModuleId,
    from: Holder,
}

/// What holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Cookies,
    Storage,
    Unknown,
}

impl Removed {
    /// Whether the application of a module removes a key from cookies or from storage.
    pub(super) fn has(&self, case: &Case<'_, '_>, key: &str, of: Holder, module: ModuleId) -> bool {
        let is_meant = |removal: &Removal| (removal.from == of || removal.from == Holder::Unknown) && case.are_of_one_application(removal.module, module);
        self.keys.get(key).is_some_and(|all| all.iter().any(is_meant))
    }

    fn add(&mut self, key: String, module: ModuleId, from: Holder) {
        self.keys.entry(key).or_default().push(Removal { module, from });
    }
}

/// The last word of the name of the storage that a call is made on.
pub(super) fn storage_of(call: &Call) -> String {
    let name = Name::of_call(call);
    name.segments.iter().rev().nth(1).map_or_else(String::new, |segment| segment.text.to_lowercase())
}

/// The two storages of a browser are emptied apart.
pub(super) fn is_browser_storage(name: &str) -> bool {
    matches!(name, "localstorage" | "sessionstorage")
}

/// What the code that is read closely removes.
pub(super) fn removed(case: &Case<'_, '_>) -> Removed {
    let mut removed = Removed::default();
    for (id, module) in case.program.modules() {
        for (function, body) in module.bodies() {
            look(case, body, id, function, &mut removed);
        }
    }
    removed
}

fn look<'p>(case: &Case<'_, 'p>, block: &'p Block, module: ModuleId, function: Option<FunctionIndex>, removed: &mut Removed) {
    let place = Place { module, function };
    for step in block {
        match &step.kind {
            StepKind::Delete(Value { kind: ValueKind::Member(_, key), .. }) => {
                removed.add(key.clone(), module, Holder::Unknown);
            }
            StepKind::Assign { target: Value { kind: ValueKind::Member(of, key), .. }, .. } if is_browser_storage(&of.last_name().to_lowercase()) => {
                removed.add(key.clone(), module, Holder::Storage);
            }
            _ => {}
        }
    }
    each_call(block, |call| look_at_call(case, call, place, removed));
}

fn look_at_call<'p>(case: &Case<'_, 'p>, call: &'p Call, place: Place, removed: &mut Removed) {
    let (ValueKind::Name(last) | ValueKind::Member(_, last)) = &call.callee.kind else { return };
    let words = split_words(last);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let writes_nothing = || has(&["set", "put", "save", "store"]) && call.positional(1).is_some_and(|value| is_nothing(case, value, place));
    if !has(&["remove", "delete", "clear", "del", "unset", "erase", "purge", "wipe", "destroy", "flush", "reset"]) && !writes_nothing() {
        return;
    }
    let storage = storage_of(call);
    let name = Name::of_call(call);
    let is_of = |words: &[&str]| name.segments.iter().any(|segment| words.iter().any(|word| segment.text.to_lowercase().contains(word)));
    // `edit { clear() }` is made on what the closure is handed to.
    let is_storage = is_of(&["storage", "store", "pref", "edit", "settings", "keychain", "vault"]) || name.segments.len() == 1 && matches!(last.as_str(), "clear" | "clearAll");
    let says_cookie = name.segments.iter().any(|segment| split_words(&segment.text).iter().any(|word| matches!(word.as_str(), "cookie" | "cookies" | "jar")));
    let from = match (says_cookie, is_storage) {
        (true, _) => Holder::Cookies,
        (false, true) => Holder::Storage,
        (false, false) => Holder::Unknown,
    };
    // A framework's call may be handed what it works on before the name.
    if let Some(text) = call.positional(1).and_then(|value| case.text_of(value, place)) {
        removed.add(text, place.module, from);
    }
    match call.args.first().map(|argument| &argument.value) {
        None if is_storage => {
            removed.emptied.insert(storage);
        }
        None => {}
        Some(value) => match case.text_of(value, place) {
            Some(text) => {
                removed.add(text, place.module, from);
            }
            None => {
                let mut texts = Vec::new();
                case.texts_in(value, place, 0, &mut texts);
                removed.unknown |= texts.is_empty() && is_storage;
                texts.into_iter().for_each(|text| removed.add(text, place.module, from));
            }
        },
    }
}

/// Whether what is written is empty.
fn is_nothing<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place) -> bool {
    match &case.program.fold(value, place).0.kind {
        ValueKind::Null | ValueKind::Undefined => true,
        ValueKind::Text(text) => matches!(text.as_str(), "" | "null" | "undefined" | "false" | "{}" | "[]"),
        _ => false,
    }
}
