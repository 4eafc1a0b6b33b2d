//! Each fault, as a client meets it.

use salve_simulator::{Faults, Running};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::time::{Duration, Instant};

use crate::client::{
    Answer, BodyEnd, ask_with, open_stalled, request, simulator, streamed, tool, try_send,
};

const MODEL: &str = "claude-opus-5";
const TEXT: &str = "[[say:one two three four five six seven eight nine ten]] [[tool:Bash {}]]";

async fn stream_with(running: &Running, fault: &str) -> Answer {
    let mut body = streamed(MODEL, TEXT);
    body["tools"] = json!([tool("Bash")]);
    ask_with(running, &[("x-sim-fault", fault)], &body).await
}

async fn whole_with(running: &Running, fault: &str) -> Answer {
    ask_with(running, &[("x-sim-fault", fault)], &request(MODEL, TEXT)).await
}

#[tokio::test]
async fn a_status_fault_answers_in_the_envelope_with_its_headers() {
    let running = simulator().await;
    let answer = stream_with(&running, "status=529;retry-after=3;header.x-extra=\"a;b\"").await;
    assert_eq!(answer.status, 529);
    assert_eq!(
        answer.json()["error"],
        json!({ "type": "overloaded_error", "message": "Overloaded" })
    );
    assert_eq!(answer.header("retry-after"), Some("3"));
    assert_eq!(answer.header("x-extra"), Some("a;b"));
    assert!(answer.header("request-id").is_some());
    let answer = stream_with(&running, "status=500;type=overloaded_error;message=\"x | y\"").await;
    assert_eq!((answer.status, answer.error().as_str()), (500, "x | y"));
    let answer = stream_with(&running, "status=503;body=busy;content-type=text/plain").await;
    assert_eq!((answer.text(), answer.header("content-type")), ("busy", Some("text/plain")));
}

#[tokio::test]
async fn strange_answers_are_served_as_asked() {
    let running = simulator().await;
    let page = stream_with(&running, "html=502;title=Bad Gateway").await;
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html")));
    assert!(page.text().contains("<title>Bad Gateway</title>"));
    let empty = stream_with(&running, "empty").await;
    assert_eq!((empty.status, empty.body.len(), empty.end), (200, 0, BodyEnd::Whole));
    let json = stream_with(&running, "json-error=api_error").await;
    assert_eq!((json.status, json.error().as_str()), (200, "Internal server error"));
    let wrong = stream_with(&running, "content-type=text/plain").await;
    assert_eq!(wrong.header("content-type"), Some("text/plain"));
    assert_eq!(wrong.names().last().map(String::as_str), Some("message_stop"));
}

#[tokio::test]
async fn an_error_event_ends_the_stream_at_its_place() {
    let running = simulator().await;
    let cases = [
        ("start", vec!["error"]),
        ("message_start", vec!["message_start", "error"]),
        ("block.0.0", vec!["message_start", "content_block_start", "error"]),
        ("block.0.1", vec!["message_start", "content_block_start", "content_block_delta", "error"]),
    ];
    for (place, names) in cases {
        let answer = stream_with(&running, &format!("error=overloaded_error;at={place}")).await;
        assert_eq!((answer.status, answer.end), (200, BodyEnd::Whole));
        assert_eq!(answer.names(), names, "{place}");
        let error = &answer.events().pop().expect("an event").1;
        assert_eq!(error["error"], json!({ "type": "overloaded_error", "message": "Overloaded" }));
    }
    let before_last = |answer: &Answer| {
        let names = answer.names();
        names[names.len() - 2].clone()
    };
    let answer = stream_with(&running, "error;at=block.0.stop").await;
    assert_eq!(before_last(&answer), "content_block_stop");
    assert_eq!(answer.names().iter().filter(|name| *name == "content_block_stop").count(), 1);
    let answer = stream_with(&running, "error;at=message_delta").await;
    assert_eq!(before_last(&answer), "message_delta");
    let answer = stream_with(&running, "error;at=block.9.0").await;
    assert_eq!(answer.names().iter().filter(|name| *name == "content_block_stop").count(), 2);
}

#[tokio::test]
async fn connections_break_by_reset_close_or_clean_end_at_their_place() {
    let running = simulator().await;
    for (fault, end) in [("reset", BodyEnd::Reset), ("cut", BodyEnd::Fin), ("end", BodyEnd::Whole)]
    {
        for (place, events) in [("start", 0), ("message_start", 1), ("block.0.2", 4)] {
            let answer = stream_with(&running, &format!("{fault};at={place}")).await;
            assert_eq!(answer.end, end, "{fault} at {place}");
            assert_eq!(answer.names().len(), events, "{fault} at {place}");
        }
    }
}

#[tokio::test]
async fn connections_break_before_the_status_line() {
    let running = simulator().await;
    let body = serde_json::to_vec(&streamed(MODEL, "hi")).expect("serialises");
    for (fault, end) in [("reset", BodyEnd::Reset), ("cut", BodyEnd::Fin)] {
        let fault = format!("{fault};at=headers");
        let headers = [
            ("x-api-key", "k"),
            ("anthropic-version", "2023-06-01"),
            ("x-sim-fault", fault.as_str()),
        ];
        let ended = try_send(&running, "POST", "/v1/messages", &headers, &body).await;
        assert_eq!(ended.expect_err("no answer"), end);
    }
}

#[tokio::test]
async fn answers_that_are_no_streams_break_in_their_middle() {
    let running = simulator().await;
    for (fault, end) in [("reset", BodyEnd::Reset), ("cut", BodyEnd::Fin)] {
        let answer = whole_with(&running, fault).await;
        assert_eq!((answer.status, answer.end), (200, end));
        let announced: usize =
            answer.header("content-length").expect("a length").parse().expect("a number");
        assert_eq!(answer.body.len(), announced / 2);
    }
    let answer = whole_with(&running, "end").await;
    assert_eq!(answer.end, BodyEnd::Whole);
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err(), "half a body is no JSON");
    let answer = whole_with(&running, "error=overloaded_error;at=block.0.1").await;
    assert_eq!((answer.status, answer.error().as_str()), (529, "Overloaded"));
}

#[tokio::test(start_paused = true)]
async fn delays_and_stalls_take_their_time() {
    let running = simulator().await;
    for (fault, ms) in
        [("delay=700", 700), ("stall=900;at=block.0.1", 900), ("stall=300;at=headers", 300)]
    {
        let start = Instant::now();
        let answer = stream_with(&running, fault).await;
        assert!(start.elapsed() >= Duration::from_millis(ms), "{fault}");
        assert_eq!(answer.names().last().map(String::as_str), Some("message_stop"));
    }
    for faults in
        ["stall=80;at=block.0.1 | cut;at=block.0.1", "cut;at=block.0.1 | stall=80;at=block.0.1"]
    {
        let start = Instant::now();
        let answer = stream_with(&running, faults).await;
        assert!(start.elapsed() >= Duration::from_millis(80), "{faults}");
        assert_eq!((answer.end, answer.names().len()), (BodyEnd::Fin, 3), "{faults}");
    }
    let answer = stream_with(&running, "stall=1000;pings=100;at=block.0.1").await;
    // Ten of the stall and the one of every stream.
    assert_eq!(answer.names().iter().filter(|name| *name == "ping").count(), 11);
}

#[tokio::test]
async fn an_endless_stall_ends_with_the_simulator() {
    let running = simulator().await;
    let (control, addr) = (running.control(), running.addr());
    let mut stalled = open_stalled(&running).await;
    running.stop().await;
    let mut rest = Vec::new();
    let _ended = stalled.read_to_end(&mut rest).await;
    assert!(!rest.ends_with(b"0\r\n\r\n"), "the stall ended as if all had been sent");
    assert!(tokio::net::TcpStream::connect(addr).await.is_err(), "it still listens");
    let ended = control.entries()[0].ended;
    assert_eq!(ended, salve_simulator::Ended::ReaderLeft);
}

#[tokio::test(start_paused = true)]
async fn framing_faults_change_bytes_and_not_content() {
    let running = simulator().await;
    let plain = stream_with(&running, "delay=0").await;
    let crlf = stream_with(&running, "crlf").await;
    assert_eq!(crlf.text().replace("\r\n", "\n"), plain.text());
    assert!(crlf.text().contains("\r\n\r\n") && !crlf.text().contains("\n\n"));
    let comments = stream_with(&running, "comments").await;
    assert_eq!(comments.text().replace(": comment\n\n", ""), plain.text());
    assert_eq!(comments.text().matches(": comment").count(), plain.names().len());
    for fault in ["chunk=1", "chunk=7", "drip=50/1"] {
        assert_eq!(stream_with(&running, fault).await.text(), plain.text(), "{fault}");
    }
    let both = stream_with(&running, "crlf | comments | chunk=3 | cut;at=block.0.1").await;
    assert_eq!((both.end, both.names().len()), (BodyEnd::Fin, 3));
}

#[tokio::test]
async fn events_and_deltas_of_unknown_types_and_sizes_are_put_in() {
    let running = simulator().await;
    let event = stream_with(&running, "event=vendor.note;at=start").await;
    assert_eq!(event.names()[0], "vendor.note");
    assert_eq!(event.names().last().map(String::as_str), Some("message_stop"));
    let delta = stream_with(&running, "delta=video_delta;at=block.1.1").await;
    let found = delta.events().into_iter().find(|(_, data)| data["delta"]["type"] == "video_delta");
    assert_eq!(found.expect("the delta").1["index"], 1);
    let huge = stream_with(&running, "huge=3000000").await;
    let longest = huge
        .events()
        .iter()
        .filter_map(|(_, data)| data["delta"]["text"].as_str().map(str::len))
        .max();
    assert_eq!(longest, Some(3_000_000));
}

#[tokio::test]
async fn a_request_that_breaks_a_rule_is_refused_before_its_stream_fault() {
    let running = simulator().await;
    let mut body = streamed(MODEL, "");
    let answer = ask_with(&running, &[("x-sim-fault", "cut;at=start")], &body).await;
    assert_eq!(answer.status, 400);
    body["model"] = json!("no-such-model");
    let answer = ask_with(&running, &[("x-sim-fault", "status=503")], &body).await;
    assert_eq!(answer.status, 503, "a status comes from in front of the service");
}

#[tokio::test]
async fn a_fault_that_cannot_be_read_is_told() {
    let running = simulator().await;
    let answer = stream_with(&running, "explode").await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.error().starts_with("x-sim-fault: unknown fault `explode`"),
        "{}",
        answer.error()
    );
}

#[test]
fn the_language_reads_what_it_writes() {
    let texts = [
        "status=529",
        "status=429;type=rate_limit_error;message=\"a;b\";header.retry-after=3",
        "status=200;body=\"{\\\"a\\\":1}\";content-type=text/plain",
        "html=502;title=\"a|b\"",
        "empty",
        "json-error=api_error;message=x",
        "delay=5",
        "content-type=text/plain",
        "error=api_error;message=x;at=block.2.stop",
        "reset;at=headers",
        "cut;at=start",
        "end;at=message_delta",
        "stall=forever;pings=10;at=message_start",
        "stall=4;at=block.0.3",
        "drip=2/3",
        "chunk=1",
        "huge=10",
        "event=a;at=start",
        "delta=b;at=block.0.0",
        "crlf",
        "comments",
        "delay=1 | crlf | reset;at=block.1.1",
    ];
    for text in texts {
        let faults: Faults = text.parse().expect(text);
        assert_eq!(faults.to_string(), text);
        assert_eq!(faults.to_string().parse::<Faults>().expect("reads"), faults);
    }
}

#[test]
fn mistakes_in_the_language_are_named() {
    let cases = [
        ("", "a fault is expected, such as `status=529` or `reset;at=message_start`"),
        ("status=99", "`status` wants an HTTP status from 200 to 599, not `99`"),
        ("reset;after=3", "`reset` takes no `after`"),
        (
            "reset;at=block.x.1",
            "`at` wants headers, start, message_start, block.K.J, block.K.stop or \
             message_delta, not `block.x.1`",
        ),
        ("chunk=0", "`chunk` wants bytes, at least 1 and at most 268435456, not `0`"),
        ("drip=5", "`drip` wants BYTES/MILLISECONDS, not `5`"),
        ("html=502;title=\"x", "`title` wants a JSON string, not `\"x`"),
    ];
    for (text, says) in cases {
        assert_eq!(text.parse::<Faults>().expect_err(text).to_string(), says);
    }
}
