use futures_util::FutureExt;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;
use crate::tasks::Tasks;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// A body whose connection is a task of its own, the upstream's end of it, and its first chunk.
async fn body(answer: &[u8]) -> (UpstreamBody, DuplexStream, Bytes) {
    let (mut upstream, own) = tokio::io::duplex(1 << 20);
    let (mut sender, connection) = http1::handshake(TokioIo::new(own)).await.unwrap();
    Tasks::default().spawn("connection", connection.map(drop));
    let answering = sender.send_request(Request::new(Empty::<Bytes>::new()));
    let serving = async {
        upstream.read_u8().await.unwrap();
        upstream.write_all(&[HEAD, answer].concat()).await.unwrap();
    };
    let (answered, ()) = tokio::join!(answering, serving);
    let mut body = answered.unwrap().into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    (body, upstream, first)
}

/// Polls as the client's connection does: again, before anything else had a turn.
async fn polled_twice<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Pending => work.as_mut().poll(cx),
        ready => ready,
    })
    .await
}

fn chunks(count: usize) -> Vec<u8> {
    b"5\r\nevent\r\n".repeat(count)
}

#[tokio::test]
async fn chunks_that_arrived_together_go_on_together() {
    let (mut body, _upstream, first) = body(&chunks(20)).await;
    let (whole, end) = polled_twice(gather(first, Duration::ZERO, &mut body)).await;
    assert_eq!(whole, "event".repeat(20));
    assert!(end.is_none(), "{end:?}");
}

#[tokio::test]
async fn the_end_is_not_lost_on_what_came_before_it() {
    let (mut body, _upstream, first) = body(&[chunks(3), b"0\r\n\r\n".to_vec()].concat()).await;
    let (whole, end) = polled_twice(gather(first, Duration::ZERO, &mut body)).await;
    assert_eq!(whole, "event".repeat(3));
    assert!(matches!(end, Some(Read::Ended)), "{end:?}");
}

#[tokio::test]
async fn a_chunk_after_a_pause_is_not_held() {
    let (mut body, _upstream, first) = body(&chunks(2)).await;
    let since_last = limits::BURST_GAP + Duration::from_millis(1);
    let gathered = gather(first, since_last, &mut body).now_or_never();
    assert_eq!(gathered.expect("at once").0, "event");
}

#[tokio::test]
async fn a_burst_is_bounded() {
    let (mut body, _upstream, first) = body(&chunks(limits::BURST_CHUNKS_MAX + 9)).await;
    let (whole, end) = gather(first, Duration::ZERO, &mut body).await;
    assert_eq!(whole, "event".repeat(limits::BURST_CHUNKS_MAX));
    assert!(end.is_none(), "{end:?}");
}
