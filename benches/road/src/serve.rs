//! The accept loop that the upstream and the bare proxy share.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::task::TaskTracker;

use crate::Fault;

/// How many connections may wait to be accepted: as in Salve, so that both take a thousand at once.
const ACCEPT_QUEUE: u32 = 4096;

/// Serves HTTP/1.1 on a free port of loopback for ever, after printing the address.
///
/// # Errors
/// When no port can be had.
pub(crate) async fn serve<F, A, B>(answer: F) -> Result<(), Fault>
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<B>> + Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Fault>,
{
    let listener = listen()?;
    println!("http://{}", listener.local_addr()?);
    let connections = TaskTracker::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        connections.spawn(converse(stream, answer.clone()));
    }
}

fn listen() -> Result<TcpListener, Fault> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(socket.listen(ACCEPT_QUEUE)?)
}

async fn converse<F, A, B>(stream: TcpStream, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Send,
    A: Future<Output = Response<B>> + Send + 'static,
    B: Body + 'static,
    B::Error: Into<Fault>,
{
    let service = service_fn(|request| {
        let answered = answer(request);
        async { Ok::<_, Infallible>(answered.await) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new());
    // A client that closes its connection ends this with an error: the load generator looks at
    // what it received, so there is nothing to tell here.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}
