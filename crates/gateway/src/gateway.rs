//! The gateway: what all requests share, and its life from start to drain.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use rand::Rng;
use salve_config::Config;
use salve_ledger::{Clock, PriceBook, RequestId, Timestamp};
use salve_store::{KeyRecord, ServedRecord, Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::admit::Desk;
use crate::house::{House, HouseError, Keyring};
use crate::identify::Pepper;
use crate::knowledge::{Knowledge, Taught, recalled, record};
use crate::send::{RootsError, Upstream};
use crate::tasks::Tasks;

/// The longest that writing the rest of the ledger may take at the end.
const STORE_PATIENCE: Duration = Duration::from_secs(60);

/// What a gateway is started from.
#[derive(Debug)]
pub struct Parts {
    /// A configuration that was found valid.
    pub config: Config,
    /// The open store.
    pub store: Arc<Store>,
    /// What things cost.
    pub prices: Arc<PriceBook>,
    /// Wall-clock time.
    pub clock: Arc<dyn Clock>,
    /// The secret under which keys are digested.
    pub pepper: Pepper,
    /// The token under which this process answers its own command line.
    pub local_token: String,
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be put to use.
    #[error(transparent)]
    House(#[from] HouseError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No upstream could be trusted.
    #[error(transparent)]
    Roots(#[from] RootsError),
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    house: ArcSwap<House>,
    keyring: ArcSwap<Keyring>,
    /// Where requests are taken on.
    pub desk: Desk,
    /// Connections to upstreams.
    pub upstream: Upstream,
    /// What was learned of channels.
    pub knowledge: Knowledge,
    /// The secret under which keys are digested.
    pub pepper: Pepper,
    /// Everything that runs for clients.
    pub tasks: Tasks,
    /// What runs at the door, for those who are not let in; no end waits long for it.
    pub door: Tasks,
    /// What runs for the gateway itself and ends after everything else.
    background: Tasks,
    /// Cancelled when the time for finishing is over: what still runs tells its client.
    pub cut: CancellationToken,
    /// Keys and log entries.
    pub store: Arc<Store>,
    /// See [`Parts::local_token`].
    pub local_token: String,
    is_draining: AtomicBool,
    stop_store: CancellationToken,
}

impl Gateway {
    /// Builds the house, reads the keys and starts the ledger's writer.
    ///
    /// # Errors
    /// [`StartError`]; nothing runs then.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, StartError> {
        let Parts { config, store, prices, clock, pepper, local_token } = parts;
        let house = House::build(&config, &pepper)?;
        let keyring = Keyring::minted(store.keys().await?);
        let upstream = Upstream::new()?;
        let desk = Desk { ledger: store.clone(), clock, prices };
        let stop_store = CancellationToken::new();
        let gateway = Arc::new(Self {
            house: ArcSwap::from_pointee(house),
            keyring: ArcSwap::from_pointee(keyring),
            desk,
            upstream,
            knowledge: remembered(&store).await?,
            pepper,
            tasks: Tasks::default(),
            door: Tasks::default(),
            background: Tasks::default(),
            cut: CancellationToken::new(),
            store: store.clone(),
            local_token,
            is_draining: AtomicBool::new(false),
            stop_store: stop_store.clone(),
        });
        gateway.background.spawn("store", store.run(stop_store));
        Ok(gateway)
    }

    /// The house as it is now; a request keeps the one it was given.
    #[must_use]
    pub fn house(&self) -> Arc<House> {
        self.house.load_full()
    }

    /// The keys that were made here, as they are now.
    #[must_use]
    pub fn keyring(&self) -> Arc<Keyring> {
        self.keyring.load_full()
    }

    /// Puts another configuration in force for the requests to come.
    ///
    /// # Errors
    /// [`HouseError`]; the one in force stays.
    pub fn reconfigure(&self, config: &Config) -> Result<(), HouseError> {
        self.house.store(Arc::new(House::build(config, &self.pepper)?));
        Ok(())
    }

    /// Reads the keys again after one was made or revoked.
    ///
    /// # Errors
    /// [`StoreError`]; the keys in force stay.
    pub async fn reload_keys(&self) -> Result<(), StoreError> {
        let records: Vec<KeyRecord> = self.store.keys().await?;
        self.keyring.store(Arc::new(Keyring::minted(records)));
        Ok(())
    }

    /// Keeps what was learned, so that it outlives this process. Nothing waits for it.
    pub fn keep(self: &Arc<Self>, taught: Vec<Taught>, evidence: &str) {
        if taught.is_empty() {
            return;
        }
        let evidence = evidence.to_owned();
        let store = Arc::clone(&self.store);
        self.tasks.spawn("keep-capabilities", async move {
            for taught in &taught {
                let record = record(taught, &evidence);
                if let Err(error) = store.put_capability(&record).await {
                    tracing::warn!(%error, "what was learned of a channel could not be kept");
                }
            }
        });
    }

    /// Keeps that a channel served a model.
    pub fn keep_served(self: &Arc<Self>, channel: &str, model: &str, now: Timestamp) {
        let (channel, model) = (channel.to_owned(), model.to_owned());
        let store = Arc::clone(&self.store);
        self.tasks.spawn("keep-served", async move {
            let served = [ServedRecord { channel, model, last_served_at: now }];
            if let Err(error) = store.note_served(&served).await {
                tracing::warn!(%error, "what a channel served could not be kept");
            }
        });
    }

    /// Keeps a fact no longer, since it was found to hold no more.
    pub fn unkeep(self: &Arc<Self>, channel: &str, model: &str, feature: &str) {
        let [channel, model, feature] = [channel, model, feature].map(str::to_owned);
        let store = Arc::clone(&self.store);
        self.tasks.spawn("unkeep-capability", async move {
            if let Err(error) = store.remove_capability(&channel, &model, &feature).await {
                tracing::warn!(%error, "what holds no more of a channel could not be forgotten");
            }
        });
    }

    /// Forgets in memory what was learned of `channel` (of all channels, where none is named) and
    /// of its `feature` (of all features), after the store has forgotten it. What is forgotten is
    /// learned again from the next refusal.
    pub fn forget(&self, channel: Option<&str>, feature: Option<&str>) {
        self.knowledge.capabilities.forget(channel, feature);
    }

    /// A new request's id: sortable by time, unguessable.
    #[must_use]
    pub fn new_request_id(&self) -> RequestId {
        let now = u64::try_from(self.desk.clock.now().as_millis()).unwrap_or(0);
        let random: u128 = rand::rng().random();
        RequestId::new(format!("req_{}", ulid::Ulid::from_parts(now, random)))
    }

    /// Whether requests are still taken.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Acquire)
    }

    /// Takes no more requests; those under way go on.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::Release);
    }

    /// Ends the ledger's writer once everything it was given is in the store.
    pub async fn close_store(&self) {
        self.stop_store.cancel();
        // The writer's own work is bounded by what is in the journal.
        self.background.all_ended(STORE_PATIENCE).await;
        self.store.close().await;
    }
}

async fn remembered(store: &Store) -> Result<Knowledge, StoreError> {
    let knowledge = Knowledge::default();
    for record in store.capabilities().await? {
        knowledge.capabilities.recall(&recalled(record));
    }
    for served in store.served().await? {
        knowledge.served.note(&served.channel, &served.model);
    }
    Ok(knowledge)
}
