//! URLs that other URLs start with: of an upstream, of Salve itself.

use std::fmt;

use http::Uri;
use http::uri::Authority;

use crate::text::{Parsed, Wrong};

/// `http(s)://host[:port][/path]`, without a slash at its end, query, fragment or user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// Why a text is no [`BaseUrl`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBaseUrl(String);

impl fmt::Display for BadBaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for BadBaseUrl {}

impl BaseUrl {
    /// Reads a URL; slashes at its end are dropped.
    ///
    /// # Errors
    /// When the text is not `http(s)://host[:port][/path]`. The error never quotes the text.
    pub fn parse(text: &str) -> Result<Self, BadBaseUrl> {
        fault_of(text).map_or_else(
            || Ok(Self(text.trim_end_matches('/').to_owned())),
            |fault| Err(BadBaseUrl(format!("the URL {fault}"))),
        )
    }

    /// The URL, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What is wrong with a URL: finishes the sentence "the URL …".
fn fault_of(text: &str) -> Option<&'static str> {
    // `Uri` drops fragments silently.
    if text.contains('#') {
        return Some("has a fragment (`#…`)");
    }
    let Ok(uri) = text.parse::<Uri>() else {
        return Some("is not well formed");
    };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Some("does not begin with http:// or https://");
    }
    if uri.query().is_some() {
        return Some("has a query (`?…`)");
    }
    uri.authority().map_or(Some("has no host"), fault_of_authority)
}

fn fault_of_authority(authority: &Authority) -> Option<&'static str> {
    let text = authority.as_str();
    if text.contains('@') {
        return Some("has a user or password");
    }
    if authority.host().is_empty() {
        return Some("has no host");
    }
    let has_port = text.strip_prefix(authority.host()).is_some_and(|rest| !rest.is_empty());
    let is_port = authority.port_u16().is_some_and(|port| port != 0);
    (has_port && !is_port).then_some("has a port that is not from 1 to 65535")
}

/// How a base URL is written.
pub(crate) struct Url;

impl Parsed for Url {
    type Value = BaseUrl;
    const EXPECTED: &'static str = "a URL: http(s)://host[:port][/path]";
    /// A URL that is refused for its password must not be shown.
    const IS_QUOTED: bool = false;

    fn parse(text: &str) -> Result<BaseUrl, Wrong> {
        BaseUrl::parse(text)
            .map_err(|bad| Wrong::hinted(bad.0, "write http(s)://host[:port][/path]"))
    }

    fn write(value: &BaseUrl) -> String {
        value.0.clone()
    }
}

#[cfg(test)]
mod tests;
