//! A flow as steps: from the client's handler over the request to the server's handler and on to the last cleanup.

use super::places::Places;
use super::types::{CodeFlow, Location, ThreadFlow, ThreadFlowLocation};
use crate::outcome::{Evidence, Flow, Handler, Side, Site};
use crate::report::{harmless, sentence};

/// Dashboards keep a thousand steps and a hundred places; nobody reads more than this.
const MOST_STEPS: usize = 200;

/// The most clients for which the steps are written out.
const MOST_CLIENTS: usize = 10;

/// One code flow for each client, or one for a flow without clients.
pub(super) fn code_flows(flow: &Flow, places: &mut Places<'_>) -> Vec<CodeFlow> {
    if flow.clients.is_empty() {
        return steps(flow, None, places).into_iter().collect();
    }
    flow.clients.iter().take(MOST_CLIENTS).filter_map(|client| steps(flow, Some(client), places)).collect()
}

fn steps(flow: &Flow, client: Option<&Handler>, places: &mut Places<'_>) -> Option<CodeFlow> {
    let mut locations: Vec<Location> = Vec::new();
    let mut last: Option<Site> = None;
    let mut step = |site: &Site, message: String, places: &mut Places<'_>| {
        if locations.len() < MOST_STEPS && last.as_ref() != Some(site) {
            locations.push(places.location(site, Some(message)));
            last = Some(site.clone());
        }
    };
    if let Some(client) = client {
        step(&client.head, format!("The client logs out in {}.", harmless::line(&client.symbol)), places);
        for request in flow.requests.iter().filter(|request| request.file == client.head.file).take(1) {
            step(request, "It calls the server.".to_owned(), places);
        }
    }
    if let Some(server) = &flow.server {
        step(&server.head, format!("The server handles {}.", sentence::handler_name(server)), places);
    }
    for evidence in ordered(flow, client) {
        for via in &evidence.via {
            step(via, "It goes on here.".to_owned(), places);
        }
        step(&evidence.site, message(evidence), places);
    }
    let locations: Vec<_> = locations.into_iter().map(|location| ThreadFlowLocation { location }).collect();
    (!locations.is_empty()).then_some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
}

/// What counts, on the server first, since the client cleans up when the server has answered.
fn ordered<'a>(flow: &'a Flow, client: Option<&Handler>) -> Vec<&'a Evidence> {
    let counting = || flow.evidence().filter(|evidence| evidence.counts);
    let of_client = |evidence: &&Evidence| {
        let touches = |file| evidence.site.file == file || evidence.via.iter().any(|via| via.file == file);
        evidence.at == Side::Client && client.is_some_and(|client| flow.clients.len() == 1 || touches(client.head.file.clone()))
    };
    counting().filter(|evidence| evidence.at == Side::Server).chain(counting().filter(of_client)).collect()
}

/// What a piece of evidence says at its place.
pub(super) fn message(evidence: &Evidence) -> String {
    let label = sentence::label(evidence.action);
    match sentence::standing(evidence) {
        Some(standing) => format!("{label}: {} ({standing}).", harmless::short(&evidence.site.code, 80)),
        None => format!("{label}: {}.", harmless::short(&evidence.site.code, 80)),
    }
}
