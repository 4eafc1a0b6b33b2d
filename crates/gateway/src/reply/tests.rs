use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use tokio::sync::oneshot;

use super::*;

fn text(bytes: &'static str) -> Bytes {
    Bytes::from_static(bytes.as_bytes())
}

#[tokio::test]
async fn a_whole_answer_is_there_when_its_work_has_ended() {
    let answered = answer(Tasks::default(), |mut reply| async move {
        reply.whole(Response::new(text("all of it"))).unwrap();
    });
    let body = answered.await.unwrap().into_body();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "all of it");
}

#[tokio::test]
async fn pieces_come_in_order_and_a_cut_is_seen_as_one() {
    let answered = answer(Tasks::default(), |mut reply| async move {
        reply.begin(Response::new(())).unwrap();
        for piece in ["a", "b", "c"] {
            reply.send(text(piece)).await.unwrap();
        }
        reply.cut();
    });
    let mut body = answered.await.unwrap().into_body();
    for piece in ["a", "b", "c"] {
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), piece);
    }
    assert_eq!(body.frame().await.unwrap().unwrap_err(), Cut);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn work_is_not_polled_beyond_what_its_client_takes() {
    let made = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&made);
    let answered = answer(Tasks::default(), |mut reply| async move {
        reply.begin(Response::new(())).unwrap();
        while reply.send(text("x")).await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let mut body = answered.await.unwrap().into_body();
    for _ in 0..100 {
        body.frame().await.unwrap().unwrap();
    }
    let ahead = made.load(Ordering::SeqCst) - 100;
    assert!(ahead <= u32::try_from(limits::REPLY_QUEUE).unwrap(), "{ahead} pieces ahead");
}

/// Work that reports when it has ended, and how its last piece went.
async fn leaves_after(frames: usize) -> Result<(), Gone> {
    let tasks = Tasks::default();
    let (report, reported) = oneshot::channel();
    let answered = answer(tasks.clone(), |mut reply| async move {
        reply.begin(Response::new(())).unwrap();
        let mut last = Ok(());
        while last.is_ok() {
            last = reply.send(text("x")).await;
        }
        report.send(last).unwrap();
    });
    let mut body = answered.await.unwrap().into_body();
    for _ in 0..frames {
        body.frame().await.unwrap().unwrap();
    }
    drop(body);
    let last = reported.await.unwrap();
    assert!(tasks.all_ended(Duration::from_secs(5)).await);
    last
}

#[tokio::test]
async fn work_whose_client_left_goes_on_and_learns_of_it() {
    assert_eq!(leaves_after(0).await, Err(Gone));
    assert_eq!(leaves_after(3).await, Err(Gone));
}

#[tokio::test]
async fn a_client_that_leaves_before_the_head_is_noticed() {
    let tasks = Tasks::default();
    let (report, reported) = oneshot::channel();
    let waiting = answer(tasks.clone(), |reply| async move {
        reply.abandoned().await;
        report.send("left").unwrap();
    });
    let timed = tokio::time::timeout(Duration::from_millis(1), waiting).await;
    assert!(timed.is_err(), "nothing was answered");
    assert_eq!(reported.await.unwrap(), "left");
}

#[tokio::test]
async fn work_that_panics_leaves_no_answer_and_no_running_task() {
    let tasks = Tasks::default();
    let answered = answer(tasks.clone(), |_reply| async { panic!("made up") });
    assert_eq!(answered.await.unwrap_err(), Unanswered);
    assert!(tasks.all_ended(Duration::from_secs(5)).await);
}
