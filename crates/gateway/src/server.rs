//! A gateway on its socket: start, run, drain, end.

use std::sync::Arc;
use std::time::Duration;

use salve_remedy::faults;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::api;
use crate::gateway::Gateway;
use crate::limits;
use crate::listen::{LateAnswer, Listener};
use crate::reload::Reload;
use crate::respond::{self, Marks};

/// After the drain deadline, requests that were told of the end have this long to settle.
const SETTLE_PATIENCE: Duration = Duration::from_secs(5);

/// A gateway that serves.
#[derive(Debug)]
pub struct Server {
    gateway: Arc<Gateway>,
    stop: CancellationToken,
}

impl Server {
    /// Serves `gateway` on `listener`, and watches its configuration where there is a file.
    #[must_use]
    pub fn start(gateway: Arc<Gateway>, listener: Listener, reload: Option<Reload>) -> Self {
        let stop = CancellationToken::new();
        let router = api::router(Arc::clone(&gateway));
        let late = late_answer(Arc::clone(&gateway));
        let serving = listener.serve(router, late, gateway.tasks.clone(), stop.clone());
        gateway.tasks.spawn("accept", serving);
        if let Some(reload) = reload {
            gateway.tasks.spawn("reload", reload.run(Arc::clone(&gateway), stop.clone()));
        }
        Self { gateway, stop }
    }

    /// Stops taking requests, lets those under way finish for `drain`, tells the rest, settles
    /// everything. `hurry` ends the waiting early. True where every request ended by itself.
    pub async fn stop(self, drain: Duration, hurry: impl Future<Output = ()>) -> bool {
        self.gateway.drain();
        self.stop.cancel();
        let tasks = &self.gateway.tasks;
        // Neither branch owns anything: tasks run on whichever ends first.
        let have_ended = tokio::select! {
            ended = tasks.all_ended(drain) => ended,
            () = hurry => false,
        };
        if !have_ended {
            tracing::warn!(requests = tasks.running(), "cutting what is still running");
            self.gateway.cut.cancel();
            tasks.all_ended(SETTLE_PATIENCE).await;
        }
        self.gateway.close_store().await;
        have_ended
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
