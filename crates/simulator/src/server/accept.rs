//! Binding, accepting, and one task per connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::wire::{Socket, Wire};
use crate::limits;
use crate::router;
use crate::tasks::Tasks;
use crate::world::World;

/// Opens the listening socket, with room for a burst of connections.
pub(crate) fn bind(listen: SocketAddr) -> io::Result<TcpListener> {
    let socket = if listen.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(listen)?;
    socket.listen(limits::ACCEPT_BACKLOG)
}

/// Accepts connections until the task is dropped.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>, tasks: Tasks) {
    loop {
        match listener.accept().await {
            Ok((stream, _peer)) => {
                let world = Arc::clone(&world);
                tasks.start(converse(stream, world));
            }
            Err(error) => {
                tracing::warn!(%error, "the simulator cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(limits::ACCEPT_PAUSE_MS)).await;
            }
        }
    }
}

/// Answers the requests of one connection, one after the other.
async fn converse(stream: TcpStream, world: Arc<World>) {
    // Without it the small writes of a stream would wait for the peer's acknowledgement. A socket
    // that refuses the option is gone already, which the first read tells.
    let _gone = stream.set_nodelay(true);
    let wire = Arc::new(Wire::default());
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&wire)));
    let service = service_fn(move |request: Request<Incoming>| {
        let world = Arc::clone(&world);
        let wire = Arc::clone(&wire);
        async move { router::answer(world, wire, request).await }
    });
    let ended = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(socket, service)
        .await;
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection of the simulator ended early");
    }
}
