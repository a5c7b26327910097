//! Finds logout handlers and follows each from client to server and down its calls.
//!
//! It tells where control can go and in what way; what that is worth is for `judge` to say.

mod began;
mod candidates;
mod composed;
mod displayed;
mod drawn;
mod endpoints;
mod flows;
mod handed;
mod handles;
mod inside;
mod locate;
mod lookup;
mod reach;
mod requests;
mod sides;
mod survey;
mod typed;
mod unused;
mod watched;

pub use endpoints::{Endpoint, Endpoints};
pub use flows::{Flow, FlowHandler, Kept, Traced, expand, trace};
pub use lookup::At;
pub use reach::{Event, EventKind, Step, Way};
pub use requests::Request;
pub use sides::{Described, Sides, Surroundings};
pub use survey::{Bearer, Match, MatchSite, Survey};

pub use locate::value_at;

/// The text at a locator of a match.
pub fn text_at<'p>(program: &crate::link::Program<'p>, locator: &crate::rules::Locator, found: &Match<'p>) -> Option<String> {
    locate::texts_at(program, std::slice::from_ref(locator), &found.site, found.place).into_iter().next()
}
