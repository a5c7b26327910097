//! Weighs what was reached: backends, evidence, verdicts.
//!
//! Ids and spans become sites here, once and at the end; before it nobody formats, after it nobody looks up.

mod backends;
mod evidence;
mod findings;
mod inherited;
mod lifetimes;
mod project;
mod projects;
mod saved;
mod signed;
mod sites;
mod verdicts;

use crate::link::Program;
use crate::manifest::Manifests;
use crate::outcome::{Action, Outcome};
use crate::rules::RuleSet;
use crate::trace::Traced;

pub use sites::Texts;

/// What a project declares to be handled elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Declarations {
    /// The actions, each with the reason.
    pub actions: Vec<(Action, String)>,
    /// The server is in another repository.
    pub server: Option<String>,
    /// The client is in another repository.
    pub client: Option<String>,
}

impl Declarations {
    /// The reason why an action is handled elsewhere.
    pub fn reason(&self, action: Action) -> Option<&str> {
        let own = self.actions.iter().find(|(declared, _)| *declared == action).map(|(_, reason)| reason.as_str());
        own.or(match action {
            Action::ServerSession | Action::Token => self.server.as_deref(),
            Action::ClientState => self.client.as_deref(),
            Action::Cookie => None,
        })
    }
}

/// All that judging looks at.
pub struct Case<'a, 'p> {
    pub program: &'a Program<'p>,
    pub rules: &'a RuleSet,
    pub traced: &'a Traced<'p>,
    pub manifests: &'a Manifests,
    pub texts: &'a dyn Texts,
    pub declarations: &'a Declarations,
}

/// Judges all flows and the project.
pub fn judge(case: &Case<'_, '_>) -> Outcome {
    let stack = backends::Stack::new(case);
    project::judge(case, &stack)
}
