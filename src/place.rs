//! Where a command finds its configuration and its data folder.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use salve_config::{Config, Loaded, ProcessSources, Sources};

use crate::exit::Failure;

/// Which Salve a command is about.
#[derive(Debug, Clone, Default, Args)]
pub struct Place {
    /// The configuration file; its store is the one that is meant
    #[arg(long, global = true, value_name = "FILE", env = "SALVE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The data folder of `salve up`, where there is no configuration file
    #[arg(long, global = true, value_name = "DIR", env = "SALVE_DATA")]
    pub data: Option<PathBuf>,
}

impl Place {
    /// The folder with the database, the pepper and the run file: of `--config`, else
    /// `--data`, else of `salve.toml` here, else that of `salve up`.
    pub fn database(&self) -> Result<PathBuf, Failure> {
        match self.configuration()? {
            Some(config) => Ok(config.store.sqlite_file().to_path_buf()),
            None => Ok(self.data_folder()?.join("salve.db")),
        }
    }

    /// The configuration that is meant, with a stand-in for each secret; none where the data
    /// folder of `salve up` is.
    pub fn configuration(&self) -> Result<Option<Config>, Failure> {
        let here = Path::new("salve.toml");
        let config = match (&self.config, &self.data) {
            (Some(config), _) => Some(config.as_path()),
            (None, None) if here.exists() => Some(here),
            (None, _) => None,
        };
        config.map(without_secrets).transpose()
    }

    /// The data folder of `salve up`.
    pub fn data_folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = &self.data {
            return Ok(folder.clone());
        }
        let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let share = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
        let hint = "no data folder: set HOME, or name one with --data";
        share.map(|share| share.join("salve")).ok_or_else(|| Failure::folder(hint))
    }
}

/// Reads a configuration file.
pub fn load(path: &Path) -> Result<Loaded, Failure> {
    salve_config::load(path, &ProcessSources).map_err(|problems| {
        Failure::config(format!("the configuration is not valid\n\n{problems}"))
    })
}

/// Reads a configuration file for what is no secret: the server's need not be in this shell.
fn without_secrets(path: &Path) -> Result<Config, Failure> {
    let loaded = salve_config::load(path, &WithoutSecrets { config: path });
    loaded.map(|loaded| loaded.config).map_err(|problems| {
        Failure::config(format!("the configuration is not valid\n\n{problems}"))
    })
}

/// The environment and the files of this process, with a stand-in for each secret.
struct WithoutSecrets<'a> {
    config: &'a Path,
}

impl Sources for WithoutSecrets<'_> {
    fn env(&self, name: &str) -> Option<String> {
        ProcessSources.env(name).or_else(|| Some(format!("stand-in-for-the-value-of-{name}")))
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        if path == self.config {
            return ProcessSources.read(path);
        }
        Ok(format!("stand-in-for-the-content-of-{}", path.display()))
    }
}

/// The folder that a configuration's store is in.
pub fn folder_of(config: &Config) -> PathBuf {
    config.store.data_folder().to_path_buf()
}
