//! The bare proxy: the least that a gateway can do and still know what it forwards.
//!
//! It reads the whole body, finds `model` and `stream` with serde_json into a borrowed struct,
//! forwards with hyper-util's pooled client, and streams the answer back as it comes. No keys, no
//! ledger, no log: what Salve costs more than this is the price of what Salve does.

use std::borrow::Cow;
use std::hint::black_box;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use hyper::http::uri::{Authority, Scheme};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use crate::{Fault, serve};

type Answer = Response<UnsyncBoxBody<Bytes, Fault>>;
type Upstream = Client<HttpConnector, Full<Bytes>>;

#[derive(Deserialize)]
struct Envelope<'body> {
    #[serde(borrow)]
    model: Cow<'body, str>,
    stream: Option<bool>,
}

/// Serves until it is killed, forwarding to the authority `upstream`.
///
/// # Errors
/// When the authority is not one, or no port can be had.
pub(crate) async fn run(upstream: &str) -> Result<(), Fault> {
    let authority: Authority = upstream.parse()?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Upstream = Client::builder(TokioExecutor::new()).build(connector);
    serve::serve(move |request| {
        let (client, authority) = (client.clone(), authority.clone());
        async move { forward(&client, authority, request).await.unwrap_or_else(refused) }
    })
    .await
}

async fn forward(
    client: &Upstream,
    authority: Authority,
    request: Request<Incoming>,
) -> Result<Answer, Fault> {
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let envelope: Envelope<'_> = serde_json::from_slice(&body)?;
    // Looked at, as a proxy that routes by them would, so that the parse cannot be left out.
    black_box((&envelope.model, envelope.stream));
    let mut uri = parts.uri.into_parts();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(authority);
    parts.uri = Uri::from_parts(uri)?;
    for name in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    let response = client.request(Request::from_parts(parts, Full::new(body))).await?;
    Ok(response.map(|body| body.map_err(Fault::from).boxed_unsync()))
}

fn refused(fault: Fault) -> Answer {
    let body = Full::new(Bytes::from(fault.to_string())).map_err(Fault::from).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
