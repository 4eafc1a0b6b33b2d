//! The strict simulator as an upstream, with its books open.

use std::sync::Arc;

use salve_simulator::{Control, Ended, Entry, Faults, Running, ScriptRule, Settings, When, start};
use tokio::runtime::{Builder, Runtime};

use super::{CREDENTIAL, wait};

/// A simulator in this process that takes [`CREDENTIAL`] alone.
#[derive(Debug)]
pub struct Sim {
    _runtime: Runtime,
    running: Arc<Running>,
}

impl Sim {
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let settings = Settings { api_keys: Some(vec![CREDENTIAL.to_owned()]), ..settings };
        let running = runtime.block_on(start(settings)).expect("starts");
        Self { _runtime: runtime, running: Arc::new(running) }
    }

    pub fn url(&self) -> String {
        self.running.base_url()
    }

    pub fn control(&self) -> Control {
        self.running.control()
    }

    /// The next `POST /v1/messages` goes wrong so.
    pub fn fail(&self, fault: &str) {
        let fault: Faults = fault.parse().expect("a fault");
        self.control().queue(fault).expect("queues");
    }

    /// Every `POST /v1/messages` from now on goes wrong so.
    pub fn fail_always(&self, fault: &str) {
        self.fail_times(fault, u64::MAX);
    }

    /// The next so many do.
    pub fn fail_times(&self, fault: &str, times: u64) {
        let fault: Faults = fault.parse().expect("a fault");
        let rule = ScriptRule { fault, times: Some(times), when: When::default() };
        self.control().queue_rule(rule).expect("queues");
    }

    /// What it was asked, in order.
    pub fn books(&self) -> Vec<Entry> {
        self.control().entries()
    }

    /// The one request it was asked, once its answer has ended.
    pub fn only(&self) -> Entry {
        let entry = wait::until("the simulator's answer to end", || {
            let books = self.books();
            assert!(books.len() <= 1, "one request was expected: {books:?}");
            books.into_iter().find(|entry| entry.ended != Ended::Open)
        });
        assert_eq!(self.books().len(), 1);
        entry
    }
}
