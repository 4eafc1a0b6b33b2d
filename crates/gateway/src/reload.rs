//! Hot reload: the configuration's files are looked at each second, and on SIGHUP.
//!
//! Looking is a few `stat` calls, which unlike change notifications also see what editors,
//! symbolic links and network file systems do. A file that is not valid leaves the
//! configuration in force as it is.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use salve_config::{Config, Loaded, ProcessSources};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::gateway::Gateway;
use crate::limits;

/// Watches one configuration.
#[derive(Debug)]
pub struct Reload {
    path: PathBuf,
    files: Vec<PathBuf>,
    in_force: Config,
    seen: Vec<Option<Stamp>>,
    /// Notified on SIGHUP.
    pub hangup: Arc<Notify>,
}

/// What tells one state of a file from another.
type Stamp = (Option<SystemTime>, u64);

impl Reload {
    /// Watches the files of `loaded`, read from `path` just now.
    #[must_use]
    pub fn new(path: PathBuf, loaded: &Loaded) -> Self {
        let files = loaded.files.clone();
        let seen = stamps(&files);
        let in_force = loaded.config.clone();
        Self { path, files, in_force, seen, hangup: Arc::default() }
    }

    /// Watches until `stop`.
    pub async fn run(mut self, gateway: Arc<Gateway>, stop: CancellationToken) {
        let hangup = Arc::clone(&self.hangup);
        loop {
            // All branches only wait; dropping them loses nothing.
            let is_asked = tokio::select! {
                () = stop.cancelled() => return,
                () = hangup.notified() => true,
                () = tokio::time::sleep(limits::RELOAD_TICK) => false,
            };
            // Stamped before reading: a change that comes while the files are read is seen next.
            let now = stamps(&self.files);
            if is_asked || now != self.seen {
                self.seen = now;
                self.reload(&gateway);
            }
        }
    }

    fn reload(&mut self, gateway: &Gateway) {
        let path = self.path.display();
        match salve_config::load(&self.path, &ProcessSources) {
            Err(problems) => {
                tracing::error!(
                    "the configuration is not valid and the one before stays in force:\n{problems}"
                );
                // A secret's file that is missing now may appear without the configuration
                // being touched.
                self.watch(problems.files());
            }
            Ok(loaded) => match gateway.reconfigure(&loaded.config) {
                Err(error) => tracing::error!(%path, %error, "the configuration before stays"),
                Ok(()) => self.adopt(loaded),
            },
        }
    }

    /// Watches these files too.
    fn watch(&mut self, files: &[PathBuf]) {
        for file in files {
            if !self.files.contains(file) {
                self.seen.extend(stamps(std::slice::from_ref(file)));
                self.files.push(file.clone());
            }
        }
    }

    fn adopt(&mut self, loaded: Loaded) {
        for change in salve_config::diff(&self.in_force, &loaded.config) {
            tracing::info!("configuration: {change}");
        }
        let (old, new) = (&self.in_force, &loaded.config);
        if old.server.listen != new.server.listen || old.store != new.store {
            tracing::warn!("a changed `listen` or [store] takes effect at the next start");
        }
        tracing::info!(path = %self.path.display(), "the configuration was read again");
        self.watch(&loaded.files);
        self.in_force = loaded.config;
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    let stamp = |metadata: Metadata| (metadata.modified().ok(), metadata.len());
    files.iter().map(|file: &PathBuf| Path::metadata(file).ok().map(stamp)).collect()
}
