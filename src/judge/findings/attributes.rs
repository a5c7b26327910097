//! Whether a cookie is cleared with the attributes that it was set with.

use super::texts::Given;
use super::{Case, Judged, Said, Stack};
use crate::ir::ValueKind;
use crate::link::Place;
use crate::outcome::{Action, Finding, Severity, Side};
use crate::rules::{CredentialKind, SignKind};

/// The attributes, and how options spell them.
const ATTRIBUTES: [(&str, &str); 3] = [("secure", "Secure"), ("httponly", "HttpOnly"), ("samesite", "SameSite")];

/// `cookie-clear-attributes`.
pub(super) fn cookie_clear_attributes<'p>(case: &Case<'_, 'p>, stack: &Stack, one: Judged<'_, 'p>, found: &mut Vec<Finding>) {
    for cleanup in one.cleanups(case, Action::Cookie) {
        if !cleanup.evidence.counts || cleanup.evidence.at != Side::Server {
            continue;
        }
        let (Some(call), Some(event)) = (cleanup.call(), cleanup.event) else { continue };
        let is_shown = |kind: SignKind| one.signs(case, Side::Server, kind).any(|(_, sign, _)| sign.place.module == event.place.module && sign.span == event.span);
        if is_shown(SignKind::ClearsAlike) {
            continue;
        }
        let named = case.cookies_of(call, event.place);
        let Some([cookie]) = named.as_deref() else { continue };
        let of_clear = |name: &str| case.cookie_option(call, event.place, cookie, false, name);
        let is_absent = |name: &str| matches!(of_clear(name), Given::Absent) && !(name == "secure" && is_shown(SignKind::ClearsSecure));
        let is_prefixed = cookie.name.starts_with("__Host-") || cookie.name.starts_with("__Secure-");
        let set = stack.issued.iter().filter(|issued| issued.kind == CredentialKind::Cookie && case.are_of_one_application(issued.place.module, event.place.module));
        let same = set.filter_map(|issued| {
            let set = case.match_of(issued)?.site.call()?;
            let of_set = case.cookies_of(set, issued.place)?.into_iter().find(|other| other.name == cookie.name)?;
            Some((issued, set, of_set))
        });
        let mut lacking: Vec<&str> = Vec::new();
        let mut related = Vec::new();
        for (issued, set, of_set) in same {
            let said = |name: &str| match case.cookie_option(set, issued.place, &of_set, true, name) {
                Given::Value(value, place) => !is_off(case, value, place),
                Given::Absent | Given::Unknown => false,
            };
            let lost: Vec<&str> = ATTRIBUTES.iter().filter(|(option, _)| said(option) && is_absent(option)).map(|(_, attribute)| *attribute).collect();
            if !lost.is_empty() {
                related.push(case.site(issued.place.module, issued.span));
            }
            lacking.extend(lost);
        }
        lacking.sort_unstable();
        lacking.dedup();
        let message = if is_prefixed && is_absent("secure") {
            format!("the cookie `{}` is cleared without Secure: browsers refuse that for its prefix, and keep it", cookie.name)
        } else if lacking.is_empty() {
            continue;
        } else {
            format!("the cookie `{}` is cleared without {}, with which it is set", cookie.name, lacking.join(", "))
        };
        let said = Said {
            check: "cookie-clear-attributes",
            severity: Severity::Low,
            message,
            site: cleanup.evidence.site.clone(),
            related,
            fix: Some("clear the cookie with the options it is set with, from one shared value"),
        };
        found.push(said.finding(&one.flow.id));
    }
}

/// Whether an option is turned off.
fn is_off<'p>(case: &Case<'_, 'p>, value: &'p crate::ir::Value, place: Place) -> bool {
    matches!(case.program.fold(value, place).0.kind, ValueKind::Bool(false) | ValueKind::Null | ValueKind::Undefined)
}
