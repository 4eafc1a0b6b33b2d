//! What is gathered about a request on its way, and the bounds of what is kept.

use serde::{Deserialize, Serialize};

use crate::entry::{Attempt, Change, Skipped};
use crate::limits::{CHANGE_CHARS_MAX, LIST_LEN_MAX, TEXT_CHARS_MAX};
use crate::usage::Usage;

use super::Opened;

/// What the rooms note about a request while it runs. All of it may stay as it is. Written as
/// JSON at every checkpoint; what is missing there reads as not noted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// The channel that answered, or the last one tried.
    pub channel: Option<String>,
    /// The model's id there.
    pub upstream_model: Option<String>,
    /// Every try, in order.
    pub attempts: Vec<Attempt>,
    /// What was done about faults, `remedy:detail` each.
    pub remedies: Vec<String>,
    /// What the remedies changed, in order.
    pub changes: Vec<Change>,
    /// The channels that were left out, each with its reason.
    pub skipped: Vec<Skipped>,
    /// What the upstream says was used, so far or finally.
    pub usage: Option<Usage>,
    /// Whether [`Draft::usage`] is the upstream's last word.
    pub usage_final: bool,
    /// Output tokens reckoned from the bytes of content that came
    /// ([`tokens_of_bytes`](crate::usage::tokens_of_bytes)). Used only where the upstream's last
    /// word is missing.
    pub estimated_output_tokens: u64,
    /// Whether the request is with an upstream, or was answered by one: set when it is sent, and
    /// cleared when that attempt failed.
    pub sent: bool,
    /// Whether an attempt failed in the midst of an answer. What was done until then may be on
    /// the upstream's bill, so this stays set whatever later attempts come to.
    pub may_be_charged: bool,
    /// The HTTP status the client got.
    pub status: Option<u16>,
    /// The fault, by its id in the catalogue.
    pub fault: Option<String>,
    /// Milliseconds until the first byte of the answer went to the client.
    pub first_byte_ms: Option<u64>,
    /// Bytes of the answer's body that went to the client.
    pub response_bytes: u64,
    /// Why the model stopped, as the upstream says.
    pub stop_reason: Option<String>,
}

impl Draft {
    /// The same with texts and lists cut to their bounds: upstreams and clients choose some.
    pub(super) fn bounded(mut self) -> Self {
        let texts =
            [&mut self.channel, &mut self.upstream_model, &mut self.fault, &mut self.stop_reason];
        texts.into_iter().flatten().for_each(cut);
        self.remedies.truncate(LIST_LEN_MAX);
        self.remedies.iter_mut().for_each(cut);
        self.attempts.truncate(LIST_LEN_MAX);
        for attempt in &mut self.attempts {
            cut(&mut attempt.channel);
            attempt.fault.iter_mut().for_each(cut);
        }
        self.changes.truncate(LIST_LEN_MAX);
        self.changes.iter_mut().for_each(Change::cut);
        self.skipped.truncate(LIST_LEN_MAX);
        for skipped in &mut self.skipped {
            cut(&mut skipped.channel);
            cut(&mut skipped.reason);
        }
        self
    }
}

impl Change {
    /// Cuts the texts: they quote a request's body.
    fn cut(&mut self) {
        let Self { remedy, path, was, now } = self;
        let texts = [remedy, path].into_iter().chain(was).chain(now);
        texts.for_each(|text| cut_to(text, CHANGE_CHARS_MAX));
    }
}

impl Opened {
    /// The same with texts cut to their bounds: clients choose some of them.
    pub(super) fn bounded(mut self) -> Self {
        self.user.iter_mut().chain(&mut self.agent).for_each(cut);
        let texts = [&mut self.key, &mut self.group, &mut self.session, &mut self.model];
        texts.into_iter().for_each(cut);
        self
    }
}

fn cut(text: &mut String) {
    cut_to(text, TEXT_CHARS_MAX);
}

fn cut_to(text: &mut String, chars_max: usize) {
    if let Some((end, _)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
    }
}
