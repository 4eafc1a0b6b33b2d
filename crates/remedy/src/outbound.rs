//! A request on its way to one channel, what was done to it so far, and what that teaches.

use salve_wire::{Body, Document, Edits, quoted};

use crate::betas::Betas;
use crate::known::Says;
use crate::remedies::Search;

/// A request as it will be sent to one candidate. Remedies change it; nobody else does.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// Whether it asks for tokens to be counted, not for a message.
    pub is_count: bool,
    /// The model's id at the channel.
    pub model: String,
    /// The body.
    pub body: Document,
    /// The betas it asks for.
    pub betas: Betas,
    /// Tool names that were changed: as sent, and as the client knows them. Whoever reads the
    /// answer puts them back.
    pub tool_names: Vec<(String, String)>,
    /// How far the search for betas that are refused without a name has come.
    pub(crate) suspects: Search,
    done: Vec<Done>,
    lessons: Vec<Lesson>,
}

/// What a remedy did, for the header `salve-remedies` and for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The remedy.
    pub remedy: &'static str,
    /// What it did it to: a feature, a count, a name.
    pub detail: String,
}

/// What a channel's answer teaches, once a request that was changed accordingly is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The feature.
    pub feature: String,
    /// What the channel says to it.
    pub says: Says,
    /// Whether only a suspicion: one of several that were taken out together. It is tried again
    /// soon.
    pub is_suspicion: bool,
}

impl Outbound {
    /// The request as the client sent it, under the model's id at the channel.
    #[must_use]
    pub fn new(body: &Body, betas: Betas, model: &str, asked_for: &str, is_count: bool) -> Self {
        let mut document = Document::of(body);
        if model != asked_for {
            document.set("model", quoted(model));
        }
        Self {
            is_count,
            model: model.to_owned(),
            body: document,
            betas,
            tool_names: Vec::new(),
            suspects: Search::default(),
            done: Vec::new(),
            lessons: Vec::new(),
        }
    }

    /// The changes to the client's body.
    #[must_use]
    pub fn edits(&self) -> Edits {
        if self.body.is_changed() { self.body.edits() } else { Edits::none() }
    }

    /// Notes what a remedy did; the same is noted once.
    pub fn note(&mut self, remedy: &'static str, detail: impl Into<String>) {
        let done = Done { remedy, detail: detail.into() };
        if !self.done.contains(&done) {
            self.done.push(done);
        }
    }

    /// Notes what follows from a refusal if the changed request is taken.
    pub fn learn(&mut self, feature: impl Into<String>, says: Says) {
        self.teach(Lesson { feature: feature.into(), says, is_suspicion: false });
    }

    /// Notes that a feature may have been what was refused.
    pub fn suspect(&mut self, feature: impl Into<String>) {
        self.teach(Lesson { feature: feature.into(), says: Says::Refuses, is_suspicion: true });
    }

    fn teach(&mut self, lesson: Lesson) {
        self.lessons.retain(|known| known.feature != lesson.feature);
        self.lessons.push(lesson);
    }

    /// Takes back what was to be learned of features that begin with `prefix`.
    pub fn unlearn(&mut self, prefix: &str) {
        self.lessons.retain(|lesson| !lesson.feature.starts_with(prefix));
    }

    /// What was done so far.
    #[must_use]
    pub fn done(&self) -> &[Done] {
        &self.done
    }

    /// What follows if this request is taken.
    #[must_use]
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.detail.is_empty() {
            true => f.write_str(self.remedy),
            false => write!(f, "{}:{}", self.remedy, self.detail),
        }
    }
}
