//! What `up` and `serve` share: from a configuration to a server that answers, and back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rand::RngCore;
use salve_config::Config;
use salve_gateway::clock::SystemClock;
use salve_gateway::identify::Pepper;
use salve_gateway::listen::Listener;
use salve_gateway::reload::Reload;
use salve_gateway::server::{Asked, Ending, Server, Signals};
use salve_gateway::{Gateway, Parts};
use salve_ledger::PriceBook;
use salve_store::{Store, StoreError, StoreUrl};

use crate::exit::Failure;
use crate::place;
use crate::runfile::{RunFile, write_private};

/// A server and what belongs to its end.
pub struct Started {
    /// The gateway itself.
    pub gateway: Arc<Gateway>,
    /// Where it answers on this machine.
    pub url: String,
    server: Server,
    signals: Signals,
    folder: PathBuf,
    ending: Ending,
    hangup: Option<Arc<tokio::sync::Notify>>,
}

/// Binds, opens and starts. Nothing is bound before the configuration is known to be valid,
/// and nothing is opened before the address is known to be free.
pub async fn start(
    mut config: Config,
    reload: impl FnOnce(&Config) -> Option<Reload>,
) -> Result<Started, Failure> {
    let signals = Signals::new().map_err(|error| Failure::other(error.to_string()))?;
    let listener = Listener::bind(config.server.listen);
    let listener = listener.map_err(|error| Failure::address(error.to_string()))?;
    config.server.listen = listener.address();
    let url = local_url(&config);
    let folder = place::folder_of(&config);
    let database = config.store.sqlite_file().to_path_buf();
    let reload = reload(&config);
    let ending = Ending {
        drain: Duration::from_secs(config.server.drain_seconds),
        grace: Duration::from_secs(config.server.drain_grace_seconds),
    };
    let hangup = reload.as_ref().map(|reload| Arc::clone(&reload.hangup));
    let gateway = gateway(config, &database).await?;
    let run =
        RunFile { pid: std::process::id(), url: url.clone(), token: gateway.local_token.clone() };
    run.write(&folder).map_err(|error| unwritable(&folder, &error))?;
    let server = Server::start(Arc::clone(&gateway), listener, reload);
    Ok(Started { gateway, url, server, signals, folder, ending, hangup })
}

async fn gateway(config: Config, database: &Path) -> Result<Arc<Gateway>, Failure> {
    let prices = Arc::new(PriceBook::embedded());
    let (url, folder) = store_address(database);
    let clock = Arc::new(SystemClock);
    let opened = Store::open(&url, &folder, Arc::clone(&prices), clock.clone()).await;
    let store = opened.map_err(|error| store_failure(&error))?;
    let pepper = pepper(&folder, &store).await?;
    let parts = Parts { config, store, prices, clock, pepper, local_token: random_hex() };
    let gateway = Gateway::start(parts).await;
    gateway.map_err(|error| Failure::config(error.to_string()))
}

impl Started {
    /// Serves until a signal asks for the end, then ends in order.
    pub async fn until_stopped(self) {
        let Self { server, mut signals, folder, ending, hangup, .. } = self;
        while signals.next().await == Asked::Reload {
            match &hangup {
                Some(hangup) => hangup.notify_one(),
                None => tracing::info!("there is no configuration file to read again"),
            }
        }
        server.stop(ending, signals.stop()).await;
        RunFile::remove(&folder);
        tracing::info!("stopped; everything is on the ledger");
    }
}

/// The URL of the server for this machine.
fn local_url(config: &Config) -> String {
    let mut server = config.server.clone();
    server.public_url = None;
    server.public_url()
}

/// The pepper of a data folder, made at its first use. One that does not fit the database is
/// an error: every key would silently stop working.
pub async fn pepper(folder: &Path, store: &Store) -> Result<Pepper, Failure> {
    const CHECK: &str = "pepper-check";
    let path = folder.join("pepper");
    let known = store.check_value(CHECK).await.map_err(|error| store_failure(&error))?;
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && known.is_none() => {
            let text = random_hex();
            write_private(&path, text.as_bytes()).map_err(|error| unwritable(folder, &error))?;
            text
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(pepper_lost(&path, "it is missing, and the database's keys need it"));
        }
        Err(error) => return Err(Failure::folder(format!("{}: {error}", path.display()))),
    };
    let pepper = Pepper::new(text.trim().as_bytes());
    let pepper = pepper.ok_or_else(|| pepper_lost(&path, "it is damaged"))?;
    let check = hex::encode(pepper.digest(CHECK));
    match known {
        Some(known) if known == check => Ok(pepper),
        Some(_) => Err(pepper_lost(&path, "it is not the one the database's keys were made with")),
        None => {
            store.set_value(CHECK, &check).await.map_err(|error| store_failure(&error))?;
            Ok(pepper)
        }
    }
}

fn pepper_lost(path: &Path, problem: &str) -> Failure {
    let mend = "restore it, or move the database away to start anew";
    Failure::damaged(format!("the pepper {}: {problem}; {mend}", path.display()))
}

/// The store's address and folder, from the path of its database.
pub fn store_address(database: &Path) -> (StoreUrl, PathBuf) {
    let folder = match database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let name = database.file_name().map_or_else(|| "salve.db".into(), PathBuf::from);
    (StoreUrl::Sqlite(name), folder)
}

/// A store's error as a command's failure.
pub fn store_failure(error: &StoreError) -> Failure {
    let message = error.to_string();
    match error {
        StoreError::Corrupt { .. } | StoreError::Newer { .. } | StoreError::Row { .. } => {
            Failure::damaged(message)
        }
        StoreError::Missing { .. }
        | StoreError::Unwritable { .. }
        | StoreError::Locked { .. }
        | StoreError::Busy { .. }
        | StoreError::Journal { .. } => Failure::folder(message),
        _ => Failure::other(message),
    }
}

fn unwritable(folder: &Path, error: &io::Error) -> Failure {
    Failure::folder(format!("the data folder {} cannot be written: {error}", folder.display()))
}

/// 256 random bits as text.
fn random_hex() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}
