//! `[server]`: where Salve listens and how much it takes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::base_url::{BaseUrl, Url};
use crate::byte_size::{BodySize, ByteSize};
use crate::number::DrainSeconds;
use crate::shape::{Flag, Maybe};
use crate::table::table;
use crate::text::{Parsed, Wrong};

table! {
    /// Where Salve listens and how much it takes. A changed `listen` takes effect at the next
    /// start; the other settings at the reload.
    ///
    /// ```toml
    /// [server]
    /// listen = "127.0.0.1:8787"
    /// public_url = "https://salve.example.org"
    /// max_body = "32MiB"
    /// drain_seconds = 30
    /// drain_grace_seconds = 5
    /// ```
    pub struct Server: Default {
        /// The address and port to listen at. The default is reachable from this machine alone;
        /// `0.0.0.0:8787` or `[::]:8787` is reachable from everywhere.
        listen: SocketAddr as Address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8787));
        /// The URL under which clients reach Salve, where that is not the address it listens at.
        /// Links in messages start with it. Left out, it is made of `listen`.
        public_url: Option<BaseUrl> as Maybe<Url> = None;
        /// The largest request body taken, after decompression. A plain number counts bytes.
        /// Larger ones are refused with 413 before they are read.
        max_body: ByteSize as BodySize = ByteSize::from_bytes(32 << 20);
        /// What becomes of a body with half of a surrogate pair, such as `\ud83d` alone, which is
        /// no Unicode text and which upstreams refuse. `true`: it is sent on with U+FFFD in its
        /// place. `false`: it is refused with 400 and the position.
        repair_lone_surrogates: bool as Flag = false;
        /// How long, when Salve stops, running answers may take to finish, in seconds.
        drain_seconds: u64 as DrainSeconds = 30;
        /// For how long at least, when Salve stops, it goes on listening though no answer is
        /// running, in seconds, so that a load balancer that asks `/readyz` every few seconds sees
        /// `503` there before connections are refused. While Salve waits, and while answers are
        /// running, every new request is told `503` with `retry-after` and `connection: close`.
        /// Never longer than `drain_seconds`.
        drain_grace_seconds: u64 as DrainSeconds = 0;
    }
}

impl Server {
    /// The URL under which clients reach Salve, without a slash at its end: as configured, or made
    /// of the address it listens at, with loopback standing for "everywhere".
    #[must_use]
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().to_owned(),
            None => format!("http://{}", reachable(self.listen)),
        }
    }
}

/// An address that a client on this machine can connect to.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// How an address to listen at is written.
pub(crate) struct Address;

impl Parsed for Address {
    type Value = SocketAddr;
    const EXPECTED: &'static str = "an IP address and port";

    fn parse(text: &str) -> Result<SocketAddr, Wrong> {
        if text.starts_with("localhost:") {
            let hint = "write 127.0.0.1 for localhost";
            return Err(Wrong::hinted("has a host name where an IP address belongs", hint));
        }
        text.parse().map_err(|_| {
            let hint = "write \"127.0.0.1:8787\" for this machine alone, \"0.0.0.0:8787\" for all";
            Wrong::hinted("is not an IP address and port", hint)
        })
    }

    fn write(value: &SocketAddr) -> String {
        value.to_string()
    }
}

#[cfg(test)]
mod tests;
