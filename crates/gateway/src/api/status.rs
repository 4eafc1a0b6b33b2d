//! Signs of life, the front page, and the answer for addresses that lead nowhere.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{Method, StatusCode, Uri};
use salve_remedy::faults;

use super::{json, text, told};
use crate::gateway::Gateway;

/// `GET /` and `HEAD /`: what this is, and where to look.
pub async fn front(State(gateway): State<Arc<Gateway>>) -> Response {
    let url = &gateway.house().public_url;
    let page = format!(
        "This is Salve, a gateway for coding agents.\n\n\
         Point Claude Code at it:\n\n    export ANTHROPIC_BASE_URL={url}\n    \
         export ANTHROPIC_AUTH_TOKEN=<your Salve key>\n\n\
         Help on errors: {url}/help\n"
    );
    text(StatusCode::OK, page)
}

/// `HEAD /api/hello`: Claude Code warms its connection up here.
pub async fn hello() -> Response {
    text(StatusCode::OK, String::new())
}

/// `GET /healthz`: the process lives.
pub async fn healthz() -> Response {
    json(StatusCode::OK, &serde_json::json!({ "status": "ok" }))
}

/// `GET /readyz`: requests are taken.
pub async fn readyz(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.is_draining() {
        false => json(StatusCode::OK, &serde_json::json!({ "status": "ready" })),
        true => {
            let draining = serde_json::json!({ "status": "draining" });
            json(StatusCode::SERVICE_UNAVAILABLE, &draining)
        }
    }
}

/// Any other address.
pub async fn not_found(State(gateway): State<Arc<Gateway>>, method: Method, uri: Uri) -> Response {
    let address = address(&method, &uri);
    told(&gateway, faults::ADDRESS_UNKNOWN.tell(&[("address", &address)]))
}

/// A known address, asked in a way that it is not for.
pub async fn wrong_method(
    State(gateway): State<Arc<Gateway>>,
    method: Method,
    uri: Uri,
) -> Response {
    let address = address(&method, &uri);
    told(&gateway, faults::METHOD_WRONG.tell(&[("address", &address)]))
}

fn address(method: &Method, uri: &Uri) -> String {
    let path: String = uri.path().chars().take(200).collect();
    format!("{method} {path}")
}
