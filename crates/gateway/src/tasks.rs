//! The one place where tasks are spawned. Each has a name, is counted, and is waited for.

use std::future::Future;
use std::time::Duration;

use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use tokio_util::task::TaskTracker;

/// The tasks of one gateway.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
}

impl Tasks {
    /// Runs `work` to its end, whatever becomes of the caller. A panic is logged under `name`
    /// and ends this task alone; what the task owned is dropped, and so accounted for.
    pub fn spawn<F>(&self, name: &'static str, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let contained = async move {
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                tracing::error!(task = name, "a task panicked; this is a bug");
            }
        };
        self.tracker.spawn(contained);
    }

    /// Tasks that have not ended.
    #[must_use]
    pub fn running(&self) -> usize {
        self.tracker.len()
    }

    /// Waits until every task has ended, or `patience` has passed. True where all ended.
    pub async fn all_ended(&self, patience: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(patience, self.tracker.wait()).await.is_ok()
    }
}
