//! The one place where the simulator starts tasks.
//!
//! Each task belongs to a [`Tasks`] value and ends when that value is told to stop: by
//! [`Tasks::stop`], or by dropping the [`crate::Running`] that owns it.

use std::future::Future;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one running simulator: its accept loop and one task per connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Starts a task that is dropped, wherever it stands, when the simulator stops.
    pub(crate) fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stopped = self.stop.clone();
        self.tracker.spawn(async move {
            // Cancel-safe: both branches only end the task, and dropping `work` closes its socket.
            tokio::select! {
                () = stopped.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Tells every task to end, without waiting.
    pub(crate) fn signal_stop(&self) {
        self.tracker.close();
        self.stop.cancel();
    }

    /// Tells every task to end and waits until they have.
    pub(crate) async fn stop(&self) {
        self.signal_stop();
        self.tracker.wait().await;
    }
}
