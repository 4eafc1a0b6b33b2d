//! Faults that come instead of the reply, or before its status line.

use std::time::Duration;

use http::Response;

use super::super::{Call, Stop};
use crate::fault::{Fault, Faults, Place, StatusFault, usual_message};
use crate::refusal::{error_type, status_of};
use crate::respond::{Answer, envelope};
use crate::server::ServedBody;

/// Carries out the faults that come before a reply; an answer here replaces the reply.
pub(super) async fn instead(
    call: &Call,
    faults: &Faults,
    stream: bool,
) -> Result<Option<Response<ServedBody>>, Stop> {
    for fault in &faults.0 {
        match fault {
            Fault::Delay { ms } => pause(*ms).await,
            Fault::Stall {
                ms,
                at: Place::Headers,
                ..
            } => match ms {
                Some(ms) => pause(*ms).await,
                None => std::future::pending().await,
            },
            Fault::Reset { at: Place::Headers } => {
                call.wire.arm_reset();
                return Err(call.drop_silently());
            }
            Fault::Cut { at: Place::Headers } | Fault::End { at: Place::Headers } => {
                return Err(call.drop_silently());
            }
            Fault::Error { kind, message, at } if !stream || *at == Place::Headers => {
                let body = envelope(kind, message, &call.request_id);
                return Ok(Some(call.send(Answer::json(status_of(kind), body))));
            }
            Fault::Status(status) => return Ok(Some(call.send(status_answer(call, status)))),
            Fault::Html { status, title } => return Ok(Some(call.send(page(*status, title)))),
            Fault::Empty => {
                let mut answer = Answer::empty(200);
                answer.set_content_type(content_type(faults).unwrap_or("text/event-stream"));
                return Ok(Some(call.send(answer)));
            }
            Fault::JsonError { kind, message } => {
                let body = envelope(kind, message, &call.request_id);
                return Ok(Some(call.send(Answer::json(200, body))));
            }
            Fault::Reset { .. }
            | Fault::Cut { .. }
            | Fault::End { .. }
            | Fault::Error { .. }
            | Fault::Stall { .. }
            | Fault::ContentType { .. }
            | Fault::Drip { .. }
            | Fault::Chunk { .. }
            | Fault::Huge { .. }
            | Fault::UnknownEvent { .. }
            | Fault::UnknownDelta { .. }
            | Fault::Crlf
            | Fault::Comments => {}
        }
    }
    Ok(None)
}

/// The media type a fault asks for.
pub(super) fn content_type(faults: &Faults) -> Option<&str> {
    faults.0.iter().find_map(|fault| match fault {
        Fault::ContentType { value } => Some(value.as_str()),
        _ => None,
    })
}

async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

fn status_answer(call: &Call, fault: &StatusFault) -> Answer {
    let kind = fault
        .kind
        .as_deref()
        .unwrap_or_else(|| error_type(fault.status));
    let message = fault
        .message
        .as_deref()
        .unwrap_or_else(|| usual_message(kind));
    let body = match &fault.body {
        Some(body) => body.clone(),
        None => envelope(kind, message, &call.request_id),
    };
    let mut answer = Answer::json(fault.status, body);
    if let Some(media) = &fault.content_type {
        answer.set_content_type(media);
    }
    for (name, value) in &fault.headers {
        answer.set(name, value);
    }
    answer
}

fn page(status: u16, title: &str) -> Answer {
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1>\
         </center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    let mut answer = Answer::json(status, body);
    answer.set_content_type("text/html");
    answer
}
