//! The gateway's own addresses: which path leads to which room or view.
//!
//! Whoever may call an address is decided where the address is: the table below is the whole
//! list, and every entry under `/api/v1/admin` goes through one check.

pub mod admin;
pub mod channels;
pub mod explain;
mod help;
mod models;
mod status;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::Response;
use axum::routing::{any, get, post};
use salve_remedy::Told;

use crate::gateway::Gateway;
use crate::pipeline;
use crate::reply::ReplyBody;
use crate::respond::{self, Marks};
use crate::vocabulary::Endpoint;

/// Every address of the gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let admin = Router::new()
        .route("/log", get(admin::log))
        .route("/log/{id}", get(admin::entry))
        .route("/keys", get(admin::keys).post(admin::create_key))
        .route("/keys/{id}", get(admin::key).delete(admin::revoke_key))
        .route("/channels", get(channels::list))
        .route("/capabilities", get(channels::capabilities).delete(channels::forget))
        .layer(middleware::from_fn_with_state(Arc::clone(&gateway), admin::only));
    Router::new()
        .route("/v1/messages", post(messages))
        .route("/v1/messages/count_tokens", post(count_tokens))
        .route("/v1/models", get(models::list))
        .route("/v1/models/{id}", get(models::one))
        .route("/", get(status::front))
        .route("/api/hello", get(status::hello))
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .route("/help", get(help::index))
        .route("/help/{fault}", get(help::page))
        .route("/api/v1/explain", post(explain::explain))
        .nest("/api/v1/admin", admin)
        .fallback(any(status::not_found))
        .method_not_allowed_fallback(status::wrong_method)
        .with_state(gateway)
}

async fn messages(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    boxed(pipeline::serve(gateway, Endpoint::Messages, request).await)
}

async fn count_tokens(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    boxed(pipeline::serve(gateway, Endpoint::CountTokens, request).await)
}

fn boxed(response: http::Response<ReplyBody>) -> Response {
    response.map(Body::new)
}

/// A refusal outside the pipeline, in the same shape as inside.
fn told(gateway: &Gateway, told: Told) -> Response {
    let marks =
        Marks { request_id: gateway.new_request_id().as_str().to_owned(), ..Marks::default() };
    let told = told.with_help(&gateway.house().public_url);
    respond::told(&told, &marks).map(Body::from)
}

/// A JSON answer.
fn json(status: http::StatusCode, value: &impl serde::Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let media = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, media);
    response
}

/// A page of plain text.
fn text(status: http::StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let media = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, media);
    response
}
