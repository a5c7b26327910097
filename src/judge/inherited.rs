//! Lifetimes that a module is configured with, and that hold for every token that is made without one of its own.

use std::cmp::Reverse;

use super::Case;
use super::backends::{Issued, Stack, common_folders};
use super::lifetimes::Lifetime;

impl Stack {
    /// Gives tokens that say nothing of their lifetime that of the nearest configuration. What only configures makes no token itself.
    pub(super) fn inherit(&mut self, case: &Case<'_, '_>) {
        let rules = &case.rules.credentials;
        let mut configured: Vec<&str> = Vec::new();
        for at in 0..self.issued.len() {
            let Some(heir) = self.issued.get(at) else { break };
            let Some(source) = rules[heir.rule].inherits.as_deref() else { continue };
            configured.push(source);
            if heir.lifetime != Lifetime::Never {
                continue;
            }
            let path = case.texts.path(heir.place.module);
            let near =
                |issued: &&Issued| (common_folders(case.texts.path(issued.place.module).as_str(), path.as_str()), Reverse(issued.lifetime == Lifetime::Never), issued.lifetime);
            let nearest = self.issued.iter().filter(|issued| rules[issued.rule].id == source).max_by_key(near).map(|issued| issued.lifetime);
            if let (Some(lifetime), Some(heir)) = (nearest, self.issued.get_mut(at)) {
                heir.lifetime = lifetime;
            }
        }
        self.issued.retain(|issued| !configured.contains(&rules[issued.rule].id.as_str()));
    }
}
