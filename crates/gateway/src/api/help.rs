//! Help on faults, from the catalogue, as plain text.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use salve_remedy::{Fault, FaultPage, Platforms, catalogue, fault};

use super::{json, text};
use crate::gateway::Gateway;

/// `GET /help`: every fault with its title.
pub async fn index(State(gateway): State<Arc<Gateway>>) -> Response {
    let url = &gateway.house().public_url;
    let mut page = String::from("Faults that Salve knows:\n\n");
    for fault in catalogue().faults() {
        // Writing to a string does not fail.
        let _ = writeln!(page, "{url}/help/{}\n    {}", fault.id, fault.title);
    }
    page.push_str("\nNot sure which? Paste the error to `salve explain`.\n");
    text(StatusCode::OK, page)
}

/// `GET /help/{fault}`: what `salve explain` says of it, for every platform.
pub async fn page(Path(id): Path<String>) -> Response {
    match fault(&id) {
        Some(fault) => text(StatusCode::OK, render(fault)),
        None => {
            let hint = "no such fault; GET /help lists them";
            json(StatusCode::NOT_FOUND, &serde_json::json!({ "error": hint }))
        }
    }
}

/// The page as text. It names no address of itself, so the sources stand for more.
fn render(fault: &'static Fault) -> String {
    let page = FaultPage::of(fault, None);
    let mut rendered = format!("{}\n\n", page.title);
    for (name, text) in page.sections(Platforms::All) {
        // Writing to a string does not fail.
        let _ = writeln!(rendered, "{name}: {text}\n");
    }
    rendered
}
