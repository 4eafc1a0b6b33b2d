//! The upstream: reads the request to its end and answers at once, with as little work as it can.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName};
use hyper::{Request, Response};

use crate::answer::{Events, events, message};
use crate::body::STREAM_MARK;
use crate::{Fault, serve};

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

type Answer = Response<UnsyncBoxBody<Bytes, Fault>>;

/// Serves until it is killed. A streamed answer has `event_count` events, `pace_ms` apart.
///
/// # Errors
/// When no port can be had.
pub(crate) async fn run(event_count: usize, pace_ms: u64) -> Result<(), Fault> {
    let (message, events) = (message(), events(event_count));
    let pause = Duration::from_millis(pace_ms);
    serve::serve(move |request| {
        let (message, events) = (message.clone(), events.clone());
        async move {
            if wants_stream(request).await {
                let body = Events::new(events, pause).boxed_unsync();
                answered("text/event-stream; charset=utf-8", body)
            } else {
                let body = Full::new(message).map_err(Fault::from).boxed_unsync();
                answered("application/json", body)
            }
        }
    })
    .await
}

/// Drains the body, keeping only its end: the load generator writes `stream` last.
async fn wants_stream(request: Request<Incoming>) -> bool {
    let mut body = request.into_body();
    let mut is_stream = false;
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(chunk) = frame.data_ref() {
            is_stream = chunk.ends_with(STREAM_MARK);
        }
    }
    is_stream
}

fn answered(media_type: &'static str, body: UnsyncBoxBody<Bytes, Fault>) -> Answer {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(media_type));
    let id = hyper::header::HeaderValue::from_static("req_011CRoad");
    headers.insert(REQUEST_ID, id);
    response
}
