//! Which channel served which model lately: what tells a shortage from an unknown name.

use std::time::Duration;

use tokio::time::Instant;

use super::recent::Recent;

/// A model that was served this long ago is one that the channel has.
const LATELY: Duration = Duration::from_secs(24 * 3600);

/// Channels times models that are remembered.
const ROOM: usize = 4_096;

/// How often one more answer is worth noting.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// The memory of what was served.
#[derive(Debug)]
pub struct Served(Recent<(String, String), Instant>);

impl Default for Served {
    fn default() -> Self {
        Self(Recent::new(ROOM))
    }
}

impl Served {
    /// Notes that a channel served a model. Whether that is news.
    pub fn note(&self, channel: &str, model: &str) -> bool {
        let key = (channel.to_owned(), model.to_owned());
        let now = Instant::now();
        let before = self.0.get(&key);
        if before.is_some_and(|at| now.duration_since(at) < NOTED_EVERY) {
            return false;
        }
        self.0.set(key, now);
        before.is_none()
    }

    /// Whether a channel served a model lately.
    pub fn lately(&self, channel: &str, model: &str) -> bool {
        let at = self.0.get(&(channel.to_owned(), model.to_owned()));
        at.is_some_and(|at| at.elapsed() < LATELY)
    }
}
