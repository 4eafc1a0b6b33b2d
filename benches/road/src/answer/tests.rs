use super::*;

#[test]
fn the_message_is_json_of_about_one_kilobyte() {
    let message = message();
    let parsed: serde_json::Value = serde_json::from_slice(&message).unwrap();
    assert_eq!(parsed["usage"]["output_tokens"], 180);
    assert!((900..1200).contains(&message.len()), "{} bytes", message.len());
}

#[test]
fn a_stream_has_as_many_events_as_asked_and_each_is_whole() {
    let events = events(60);
    assert_eq!(events.len(), 60);
    for event in &events {
        let text = std::str::from_utf8(event).unwrap();
        let (head, data) = text.trim_end().split_once("\ndata: ").unwrap();
        let parsed: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(head, format!("event: {}", parsed["type"].as_str().unwrap()));
    }
}
