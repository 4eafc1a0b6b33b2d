//! The opening of a stream: everything up to its first content event.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming as UpstreamBody;
use salve_wire::anthropic::stream::{Progress, Seen};
use salve_wire::sse::{Batch, Splitter};

use super::AnswerBody;
use crate::limits;
use crate::vocabulary::{Break, Stream};

/// Reads `body` up to its first content.
pub async fn read(mut body: UpstreamBody) -> AnswerBody {
    let mut splitter = Splitter::new(limits::EVENT_BYTES_MAX);
    let mut progress = Progress::default();
    let mut held = Vec::new();
    loop {
        let chunk = match body.frame().await {
            None => return failed(Break::Ended, &held, progress),
            Some(Err(error)) => return failed(Break::Cut(error.to_string()), &held, progress),
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        };
        let batch = match splitter.push(chunk) {
            Err(_) => return failed(Break::EventTooLarge, &held, progress),
            Ok(None) => continue,
            Ok(Some(batch)) => batch,
        };
        let begun = has_begun(&batch, &mut progress);
        held.push(batch);
        match begun {
            Ok(false) => {}
            Ok(true) => {
                let rest = body;
                return AnswerBody::Stream(Box::new(Stream { held, splitter, rest }));
            }
            Err(error) => return failed(Break::Error(error), &held, progress),
        }
    }
}

fn failed(how: Break, held: &[Batch], progress: Progress) -> AnswerBody {
    AnswerBody::Failed(how, (!held.is_empty()).then(|| Box::new(progress)))
}

/// Whether content begins in `batch`; the data of an error that comes before any.
fn has_begun(batch: &Batch, progress: &mut Progress) -> Result<bool, Bytes> {
    for event in &batch.events {
        match progress.observe(batch.name(event), &batch.data(event)) {
            Seen::Nothing | Seen::Ping | Seen::Start => {}
            Seen::Content | Seen::Stop => return Ok(true),
            Seen::Error(data) => return Err(data.into()),
        }
    }
    Ok(false)
}
