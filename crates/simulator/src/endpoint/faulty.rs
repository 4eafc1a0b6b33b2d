//! Choosing the faults of a request, and those that come instead of its reply or before it.

use std::time::Duration;

use http::Response;

use super::{Call, Stop};
use crate::fault::{Fault, Faults, Place, StatusFault, usual_message};
use crate::refusal::{Refusal, error_type, status_of};
use crate::respond::{Answer, envelope};
use crate::script::Seen;
use crate::server::ServedBody;

/// The faults of a request: those its header asks for, else those of the first rule that fits.
pub(super) fn choose(call: &Call, model: Option<&str>, stream: bool) -> Result<Faults, Refusal> {
    let chosen = match call.head.headers.get("x-sim-fault") {
        Some(text) => Some(read(&String::from_utf8_lossy(text.as_bytes()))?),
        None => call.world.faults().take(&Seen {
            path: call.head.uri.path(),
            model,
            headers: &call.head.headers,
            body: &call.body,
            stream,
        }),
    };
    if let Some(faults) = &chosen {
        let text = faults.to_string();
        call.world.books().note(call.ticket, |entry| entry.fault = Some(text));
    }
    named(call, chosen.unwrap_or_default())
}

/// The same faults, with those the profile has by name in the place of their names.
fn named(call: &Call, faults: Faults) -> Result<Faults, Refusal> {
    let known = &call.law.profile.faults;
    let mut meant = Vec::with_capacity(faults.0.len());
    for fault in faults.0 {
        let Fault::Named { name } = fault else {
            meant.push(fault);
            continue;
        };
        let Some(found) = known.get(&name) else {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            let text = format!("no fault is named `{name}`; known: {}", names.join(", "));
            return Err(Refusal::invalid("fault", text));
        };
        meant.extend(found.0.iter().cloned());
    }
    Ok(Faults(meant))
}

fn read(text: &str) -> Result<Faults, Refusal> {
    text.parse().map_err(|error| Refusal::invalid("fault", format!("x-sim-fault: {error}")))
}

/// Carries out the faults that come before a reply; an answer here replaces the reply.
pub(super) async fn instead(
    call: &Call,
    faults: &Faults,
    stream: bool,
) -> Result<Option<Response<ServedBody>>, Stop> {
    for fault in &faults.0 {
        before_status_line(call, fault).await?;
        if let Some(mut answer) = replacement(call, fault, stream) {
            if let Some(media) = content_type(faults) {
                answer.set_content_type(media);
            }
            return Ok(Some(call.send(answer)));
        }
    }
    Ok(None)
}

/// Waits, or drops the connection, before anything is answered.
async fn before_status_line(call: &Call, fault: &Fault) -> Result<(), Stop> {
    if let Fault::Delay { ms } = fault {
        pause(*ms).await;
    }
    if fault.place() != Some(Place::Headers) {
        return Ok(());
    }
    if let Fault::Stall { ms, .. } = fault {
        match ms {
            Some(ms) => pause(*ms).await,
            None => std::future::pending().await,
        }
    }
    if matches!(fault, Fault::Reset { .. }) {
        call.wire.arm_reset();
    }
    if matches!(fault, Fault::Reset { .. } | Fault::Cut { .. } | Fault::End { .. }) {
        return Err(call.drop_silently());
    }
    Ok(())
}

/// The answer a fault gives in place of the reply.
fn replacement(call: &Call, fault: &Fault, stream: bool) -> Option<Answer> {
    match fault {
        Fault::Status(status) => Some(status_answer(call, status)),
        Fault::Html { status, title } => Some(page(*status, title)),
        Fault::Empty => {
            let mut answer = Answer::empty(200);
            answer.set_content_type("text/event-stream");
            Some(answer)
        }
        Fault::JsonError { kind, message } => {
            Some(Answer::json(200, envelope(kind, message, &call.request_id)))
        }
        Fault::Error { kind, message, at } if !stream || *at == Place::Headers => {
            Some(call.error(&faulted(status_of(kind), kind, message)))
        }
        Fault::Error { .. }
        | Fault::Named { .. }
        | Fault::Delay { .. }
        | Fault::ContentType { .. }
        | Fault::Reset { .. }
        | Fault::Cut { .. }
        | Fault::End { .. }
        | Fault::Stall { .. }
        | Fault::Drip { .. }
        | Fault::Chunk { .. }
        | Fault::Huge { .. }
        | Fault::UnknownEvent { .. }
        | Fault::UnknownDelta { .. }
        | Fault::Crlf
        | Fault::Comments => None,
    }
}

/// The media type a fault asks for.
pub(super) fn content_type(faults: &Faults) -> Option<&str> {
    faults.0.iter().find_map(Fault::media_type)
}

async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

fn status_answer(call: &Call, fault: &StatusFault) -> Answer {
    let kind = fault.kind.as_deref().unwrap_or_else(|| error_type(fault.status));
    let message = fault.message.as_deref().unwrap_or_else(|| usual_message(kind));
    let mut answer = match &fault.body {
        Some(body) => Answer::json(fault.status, body.clone()),
        None => call.error(&faulted(fault.status, kind, message)),
    };
    if let Some(media) = &fault.content_type {
        answer.set_content_type(media);
    }
    for (name, value) in &fault.headers {
        answer.set(name, value);
    }
    answer
}

/// An error that no rule made.
fn faulted(status: u16, kind: &str, message: &str) -> Refusal {
    let kind = kind.to_owned().into();
    Refusal { kind, ..Refusal::with_status("fault", status, message) }
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
