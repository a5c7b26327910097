//! Whether a user who may have several sessions can end all of them.

use super::{Case, Issued, Judged, Said, Stack};
use crate::ir::{Block, StepKind, ValueKind, each_call, each_value};
use crate::outcome::{Action, Finding, Severity};
use crate::rules::{CredentialKind, Lexicon, split_words};
use crate::trace::MatchSite;

/// `no-logout-everywhere`: each login adds a record of a refresh token, a logout ends the one at hand, and nothing ends several.
pub(super) fn no_logout_everywhere<'p>(case: &Case<'_, 'p>, stack: &Stack, judged: &[Judged<'_, 'p>], found: &mut Vec<Finding>) {
    let Some(record) = stack.issued.iter().find(|issued| issued.kind == CredentialKind::RefreshToken && is_row(case, issued)) else { return };
    let ends_one = |one: &&Judged<'_, 'p>| one.has(Action::Token) && one.server_module().is_some_and(|module| case.are_of_one_application(module, record.place.module));
    let Some(logout) = judged.iter().find(ends_one) else { return };
    if judged.iter().any(|one| one.is_cut_short()) || ends_several(case) || case.texts.is_said_elsewhere(&["refreshtoken".to_owned()]) {
        return;
    }
    let said = Said {
        check: "no-logout-everywhere",
        severity: Severity::Info,
        message: "each login adds such a record, and nothing ends all records of a user at once".to_owned(),
        site: case.site(record.place.module, record.span),
        related: logout.flow.server.iter().map(|server| server.head.clone()).collect(),
        fix: Some("offer a logout everywhere: delete all records of the user, or raise the user's token version"),
    };
    found.push(said.finding(case.texts.path(record.place.module).as_str()));
}

/// Whether a credential is a row of its own: what a call of a table from outside of the project makes.
fn is_row(case: &Case<'_, '_>, issued: &Issued) -> bool {
    let Some(MatchSite::Call(call)) = case.match_of(issued).map(|found| found.site) else { return false };
    let makes = matches!(&call.callee.kind, ValueKind::Member(_, last) if matches!(last.as_str(), "create" | "insert" | "insertOne" | "createOne" | "save" | "saveAndFlush"));
    makes && case.program.targets(call, issued.place, false).is_empty()
}

/// Whether any code that is read may end several tokens or sessions: by what it is called, or by a call for several.
fn ends_several(case: &Case<'_, '_>) -> bool {
    let lexicon = &case.rules.lexicon;
    case.program
        .modules()
        .any(|(_, module)| module.functions.iter().any(|function| is_for_all(lexicon, &function.name)) || module.bodies().any(|(_, body)| ends_several_in(lexicon, body)))
        || case.traced.endpoints.all.iter().any(|endpoint| is_for_all(lexicon, &endpoint.path))
}

fn ends_several_in(lexicon: &Lexicon, block: &Block) -> bool {
    let mut found = false;
    each_call(block, |call| {
        let name = call.last_name();
        // `deleteMany`, `destroy({ where })`, `delete().where(…)`, `deleteByUser`
        found |= lexicon.is("bulk-verb", name) && (lexicon.is("in-bulk", name) || split_words(name).len() == 1 || is_for_all(lexicon, name));
    });
    each_value(block, |value| found |= matches!(&value.kind, ValueKind::Text(text) if is_bulk_statement(text)));
    found || block.iter().any(|step| matches!(&step.kind, StepKind::Delete(_)))
}

/// Whether a text is a statement in SQL that deletes or marks the rows of a user.
fn is_bulk_statement(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    (text.starts_with("delete") || text.starts_with("update")) && text.contains("user")
}

/// Whether a name or path speaks of several sessions or tokens that end.
fn is_for_all(lexicon: &Lexicon, name: &str) -> bool {
    lexicon.is("of-several", name) && lexicon.is("ends-login", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_end_several_sessions_are_known() {
        let rules = crate::rules::load(&[]).expect("the built-in rules are valid");
        assert!(["logoutEverywhere", "revoke_all_tokens", "/auth/sign-out/all"].iter().all(|name| is_for_all(&rules.lexicon, name)));
        assert!(!["logout", "findAllUsers"].iter().any(|name| is_for_all(&rules.lexicon, name)));
    }

    #[test]
    fn a_statement_by_user_ends_several() {
        assert!(is_bulk_statement("DELETE FROM refresh_tokens WHERE user_id = $1"));
        assert!(!is_bulk_statement("DELETE FROM refresh_tokens WHERE token = $1") && !is_bulk_statement("SELECT * FROM users"));
    }
}
