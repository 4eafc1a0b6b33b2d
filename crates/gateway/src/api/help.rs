//! Help on faults, from the catalogue, as plain text.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use salve_remedy::{Fault, Whose, catalogue, fault};

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
    text(StatusCode::OK, page)
}

/// `GET /help/{fault}`: what it is, whose, and what to do.
pub async fn page(Path(id): Path<String>) -> Response {
    match fault(&id) {
        Some(fault) => text(StatusCode::OK, render(fault)),
        None => {
            let hint = "no such fault; GET /help lists them";
            json(StatusCode::NOT_FOUND, &serde_json::json!({ "error": hint }))
        }
    }
}

fn render(fault: &Fault) -> String {
    let whose = match fault.whose {
        Whose::Client => "the client's or its user's",
        Whose::Salve => "this gateway's",
        Whose::Account => "the account's behind the channel",
        Whose::Upstream => "the upstream's",
    };
    let mut page = format!("{}\n\n", fault.title);
    let mut section = |name: &str, body: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(page, "{name}: {body}\n");
    };
    section("What you see", &fault.symptom);
    section("Whose", whose);
    section("Cause", &fault.cause);
    section("What to do", &fault.fix.any);
    if let Some(posix) = &fault.fix.posix {
        section("In a POSIX shell", posix);
    }
    if let Some(powershell) = &fault.fix.powershell {
        section("In PowerShell", powershell);
    }
    if let Some(prevention) = &fault.prevention {
        section("How to avoid it", prevention);
    }
    if !fault.settings.is_empty() {
        section("Settings", &fault.settings.join(", "));
    }
    page
}
