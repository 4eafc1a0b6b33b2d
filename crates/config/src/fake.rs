//! An environment and files that tests make up.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::load::parse;
use crate::problem::Problems;
use crate::sources::{Origin, Sources};

/// An environment and files; whatever is not in them is absent.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    environment: BTreeMap<String, String>,
    files: BTreeMap<PathBuf, String>,
}

impl Fake {
    /// An upstream key, two secrets of keys, an admin token and a file `/etc/salve/token`.
    pub(crate) fn furnished() -> Self {
        Self::default()
            .with_env("KEY", "made-up-upstream-key")
            .with_env("ONE", "made-up-secret-number-one")
            .with_env("TWO", "made-up-secret-number-two")
            .with_env("ADMIN", "made-up-admin-token")
            .with_file("/etc/salve/token", "made-up-token-from-a-file\n")
    }

    pub(crate) fn with_env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn with_file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(PathBuf::from(path), text.to_owned());
        self
    }
}

impl Sources for Fake {
    fn env(&self, name: &str) -> Option<String> {
        self.environment.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "no such file");
        self.files.get(path).cloned().ok_or_else(missing)
    }
}

/// Where the made-up configuration lies.
pub(crate) fn origin() -> Origin {
    Origin { name: "salve.toml".to_owned(), folder: PathBuf::from("/etc/salve") }
}

/// Reads a configuration in the furnished world.
pub(crate) fn read(text: &str) -> Result<Config, Problems> {
    parse(text, &origin(), &Fake::furnished()).map(|loaded| loaded.config)
}

/// The configuration, where the text has to be valid.
pub(crate) fn valid(text: &str) -> Config {
    read(text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What `salve check` prints about a text that has to be wrong.
pub(crate) fn problems(text: &str) -> String {
    read(text).expect_err("the text is wrong").to_string()
}

/// A channel, to which a test adds what it is about.
pub(crate) const CHANNEL: &str = r#"
[[channel]]
name = "main"
kind = "anthropic"
credential = { api_key = "${KEY}" }
"#;
