//! Asking a Salve about itself: a running one over its admin API, a stopped one through its
//! store.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use salve_gateway::clock::SystemClock;
use salve_ledger::PriceBook;
use salve_store::Store;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::exit::Failure;
use crate::runfile::RunFile;
use crate::start;

/// A running server's admin API.
#[derive(Debug)]
pub struct Admin {
    agent: ureq::Agent,
    address: String,
    base: String,
    bearer: String,
}

impl Admin {
    /// The server that uses `folder`, if one is running.
    pub fn running(folder: &Path) -> Option<Self> {
        let RunFile { url, token, .. } = RunFile::read(folder)?;
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .proxy(None)
            .http_status_as_error(false)
            .build();
        let base = format!("{url}/api/v1/admin");
        let bearer = format!("Bearer {token}");
        let admin = Self { agent: config.into(), address: url, base, bearer };
        // Only the server that wrote the file knows its token.
        let answer = admin.agent.get(format!("{}/keys", admin.base));
        let answer = answer.header("authorization", &admin.bearer).call().ok()?;
        (answer.status().as_u16() == 200).then_some(admin)
    }

    /// Where the server answers.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// `GET`, with the answer's JSON; `None` where there is no such thing.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Failure> {
        let request = self.agent.get(format!("{}{path}", self.base));
        read(request.header("authorization", &self.bearer).call())
    }

    /// `POST` of a JSON body.
    pub fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Option<T>, Failure> {
        let request = self.agent.post(format!("{}{path}", self.base));
        read(request.header("authorization", &self.bearer).send_json(body))
    }

    /// `DELETE`.
    pub fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Failure> {
        let request = self.agent.delete(format!("{}{path}", self.base));
        read(request.header("authorization", &self.bearer).call())
    }
}

fn read<T: DeserializeOwned>(
    answer: Result<http::Response<ureq::Body>, ureq::Error>,
) -> Result<Option<T>, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::unreachable(format!("the running server does not answer: {error}"))
    };
    let mut answer = answer.map_err(|error| failed(&error))?;
    match answer.status().as_u16() {
        200..300 => {
            let body = answer.body_mut().with_config().limit(1 << 30).read_json();
            body.map(Some).map_err(|error| failed(&error))
        }
        404 => Ok(None),
        _ => {
            let body: Result<serde_json::Value, _> = answer.body_mut().read_json();
            let said = body.ok().and_then(|body| Some(body.get("error")?.as_str()?.to_owned()));
            Err(Failure::other(said.unwrap_or_else(|| format!("it answered {}", answer.status()))))
        }
    }
}

/// The store of a Salve that is not running, or not by this machine's run file.
pub async fn store(database: &Path) -> Result<Arc<Store>, Failure> {
    let (url, folder) = start::store_address(database);
    if !database.exists() {
        let hint = "there is no database yet; `salve up` or `salve serve` makes it";
        return Err(Failure::folder(format!("{}: {hint}", database.display())));
    }
    let prices = Arc::new(PriceBook::embedded());
    let opened = Store::open_reading(&url, &folder, prices, Arc::new(SystemClock)).await;
    opened.map_err(|error| start::store_failure(&error))
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}
