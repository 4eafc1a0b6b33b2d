//! The listening socket and its accept loop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::connection::{self, LateAnswer, Stay};
use crate::limits;
use crate::tasks::Tasks;

/// A bound socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

/// Who is let in, and for how long.
#[derive(Debug, Clone)]
pub struct Doors {
    /// Runs the connections of those who are let in.
    pub inside: Tasks,
    /// Runs the connections of those who come while nobody is let in any more. Each is told so
    /// and leaves; nothing that matters waits for them.
    pub outside: Tasks,
    /// From now on nobody is let in; those inside finish what they have begun.
    pub drain: CancellationToken,
    /// From now on nobody is even listened to.
    pub close: CancellationToken,
}

impl Doors {
    /// Where a connection that comes now is run, how long it stays, and what ends it.
    fn now(&self) -> (&Tasks, Stay, &CancellationToken) {
        match self.drain.is_cancelled() {
            false => (&self.inside, Stay::Kept, &self.drain),
            true => (&self.outside, Stay::Once, &self.close),
        }
    }
}

/// The address could not be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}", reason(.source))]
pub struct ListenError {
    /// The address asked for.
    pub address: SocketAddr,
    /// What the system said.
    pub source: io::Error,
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program uses this port; stop it or choose another".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted; ports below 1024 need rights".to_owned(),
        _ => error.to_string(),
    }
}

impl Listener {
    /// Binds `address`; port 0 takes any free one.
    ///
    /// # Errors
    /// [`ListenError`] with what to do about it.
    pub fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        let bound = || -> io::Result<Self> {
            let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            let socket = socket.listen(limits::ACCEPT_QUEUE)?;
            let address = socket.local_addr()?;
            Ok(Self { socket, address })
        };
        bound().map_err(|source| ListenError { address, source })
    }

    /// The address in use.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves connections until the doors are closed; those open then are told to finish, not
    /// cut.
    pub async fn serve(self, router: Router, late: LateAnswer, doors: Doors) {
        let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
        loop {
            // Both branches are cancel-safe: acquire and accept lose nothing when dropped.
            let accepted = tokio::select! {
                () = doors.close.cancelled() => return,
                accepted = self.accept(&places) => accepted,
            };
            let Some((stream, place)) = accepted else {
                continue;
            };
            let (tasks, stay, stop) = doors.now();
            let (router, stop, late) = (router.clone(), stop.clone(), Arc::clone(&late));
            tasks.spawn("connection", async move {
                connection::serve(stream, router, stay, &late, stop).await;
                drop(place);
            });
        }
    }

    async fn accept(
        &self,
        places: &Arc<Semaphore>,
    ) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        match self.socket.accept().await {
            Ok((stream, _)) => {
                // A socket that refuses the option still works, only less promptly.
                let _ = stream.set_nodelay(true);
                Some((stream, place))
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                // Out of descriptors: wait for some to close instead of spinning.
                tokio::time::sleep(Duration::from_millis(50)).await;
                None
            }
        }
    }
}
