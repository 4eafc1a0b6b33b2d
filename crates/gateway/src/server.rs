//! A gateway on its socket: start, run, drain, end.

use std::sync::Arc;
use std::time::Duration;

use salve_remedy::faults;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::api;
use crate::gateway::Gateway;
use crate::limits;
use crate::listen::{Doors, LateAnswer, Listener};
use crate::reload::Reload;
use crate::respond::{self, Marks};

/// After the drain deadline, requests that were told of the end have this long to settle.
const SETTLE_PATIENCE: Duration = Duration::from_secs(5);

/// At the very end, those at the door have this long to take the answer that they were given.
const DOOR_PATIENCE: Duration = Duration::from_secs(1);

/// A gateway that serves.
#[derive(Debug)]
pub struct Server {
    gateway: Arc<Gateway>,
    doors: Doors,
}

/// How much time a server takes to end.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    /// Requests under way may take this long to finish.
    pub drain: Duration,
    /// Even with nothing under way, whoever comes is told for this long that nobody is let in;
    /// never longer than `drain`.
    pub grace: Duration,
}

impl Server {
    /// Serves `gateway` on `listener`, and watches its configuration where there is a file.
    #[must_use]
    pub fn start(gateway: Arc<Gateway>, listener: Listener, reload: Option<Reload>) -> Self {
        let (inside, outside) = (gateway.tasks.clone(), gateway.door.clone());
        let (drain, close) = (CancellationToken::new(), CancellationToken::new());
        let doors = Doors { inside, outside, drain, close };
        let router = api::router(Arc::clone(&gateway));
        let late = late_answer(Arc::clone(&gateway));
        gateway.door.spawn("accept", listener.serve(router, late, doors.clone()));
        if let Some(reload) = reload {
            let watching = reload.run(Arc::clone(&gateway), doors.drain.clone());
            gateway.tasks.spawn("reload", watching);
        }
        Self { gateway, doors }
    }

    /// Lets nobody in any more, and tells them so; lets the requests under way finish, tells the
    /// rest, settles everything; only then closes the socket. `hurry` ends the waiting early.
    pub async fn stop(self, ending: Ending, hurry: impl Future<Output = ()>) {
        self.gateway.drain();
        self.doors.drain.cancel();
        let seconds = ending.drain.as_secs();
        tracing::info!(seconds, "stopping; running requests may finish");
        let tasks = &self.gateway.tasks;
        let grace = tokio::time::sleep(ending.grace.min(ending.drain));
        // Neither branch owns anything: tasks run on whichever ends first.
        tokio::select! {
            _ = async { tokio::join!(tasks.all_ended(ending.drain), grace) } => {}
            () = hurry => {}
        }
        if tasks.running() > 0 {
            tracing::warn!(requests = tasks.running(), "cutting what is still running");
            self.gateway.cut.cancel();
            tasks.all_ended(SETTLE_PATIENCE).await;
        }
        self.doors.close.cancel();
        self.gateway.door.all_ended(DOOR_PATIENCE).await;
        self.gateway.close_store().await;
    }
}

/// What a client is told whose request's header section never ends.
fn late_answer(gateway: Arc<Gateway>) -> LateAnswer {
    Arc::new(move || {
        let limit = format!("{} s", limits::HEADER_TIMEOUT.as_secs());
        let told = faults::BODY_TOO_SLOW.tell(&[("limit", &limit)]);
        let request_id = gateway.new_request_id().as_str().to_owned();
        let marks = Marks { request_id, ..Marks::default() };
        let told = told.with_help(&gateway.house().public_url);
        respond::on_the_wire(&respond::told(&told, &marks))
    })
}

/// The signals that steer a server.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// SIGTERM or SIGINT: end.
    Stop,
    /// SIGHUP: read the configuration again.
    Reload,
}

impl Signals {
    /// Takes the signals over.
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next signal.
    pub async fn next(&mut self) -> Asked {
        // Cancel-safe: a signal that is not received stays pending.
        tokio::select! {
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.hangup.recv() => Asked::Reload,
        }
    }

    /// The next signal that asks for the end.
    pub async fn stop(&mut self) {
        while self.next().await != Asked::Stop {}
    }
}
