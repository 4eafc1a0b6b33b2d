use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::remedies::tests::{done, prepared_by_lessons, refused, request, sent};

const REMOVED: &str = "[image removed: the upstream could not process it]";

/// A PNG of this size as far as its header says, and no further.
fn png(side: u32, number: u8) -> Value {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(side.to_be_bytes());
    bytes.extend(1_u32.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0, number, 0, 0, 0]);
    image("image/png", &bytes)
}

fn image(media_type: &str, bytes: &[u8]) -> Value {
    let source = json!({"type": "base64", "media_type": media_type,
        "data": STANDARD.encode(bytes)});
    json!({"type": "image", "source": source})
}

fn turn(image: Value) -> [Value; 2] {
    [
        json!({"role": "user", "content": [image, {"type": "text", "text": "look"}]}),
        json!({"role": "assistant", "content": "seen"}),
    ]
}

fn body(images: Vec<Value>) -> Value {
    let mut messages: Vec<_> = images.into_iter().flat_map(turn).collect();
    messages.push(json!({"role": "user", "content": "now"}));
    json!({"messages": messages})
}

fn is_image(body: &Value) -> Vec<bool> {
    let messages = body["messages"].as_array().unwrap().iter();
    let first = messages.filter_map(|message| message["content"].get(0)?.get("type")?.as_str());
    first.map(|tag| tag == "image").collect()
}

#[test]
fn a_wrong_media_type_is_put_right_wherever_it_stands() {
    let png = png(1, 0);
    let mut wrong = png.clone();
    wrong["source"]["media_type"] = json!("image/jpeg");
    let wrong_body = json!({"messages": [{"role": "user", "content": [wrong]}]});
    let mut first = request(&wrong_body, "");
    let words = "messages.0.content.0.image.source.base64.data: Image does not match the provided \
        media type image/jpeg";
    assert!(refused(&mut first, words));
    let expected = json!({"messages": [{"role": "user", "content": [png]}]});
    assert_eq!(sent(&mut first), expected);
    let mut later = request(&wrong_body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), expected);
}

#[test]
fn a_broken_image_of_an_earlier_turn_becomes_text_and_a_new_one_is_told() {
    let broken = image("image/png", b"nothing at all");
    let words = "messages.0.content.0.image.source.base64.data: Could not process image";
    let mut first = request(&body(vec![broken.clone(), png(1, 1)]), "");
    assert!(refused(&mut first, words));
    assert_eq!(sent(&mut first)["messages"][0]["content"][0]["text"], REMOVED);
    assert_eq!(is_image(&sent(&mut first)), [false, true]);
    assert_eq!(done(&first), ["images:1 image"]);
    let mut later = request(&body(vec![png(1, 2), broken.clone()]), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(is_image(&sent(&mut later)), [true, false]);
    let new = json!({"messages": [{"role": "user", "content": [broken]}]});
    let mut told = request(&new, "");
    assert!(!refused(&mut told, words) && !told.body.is_changed());
}

#[test]
fn an_image_in_a_result_is_found_by_its_place() {
    let result = json!({"type": "tool_result", "tool_use_id": "t", "content": [png(1, 0)]});
    let body = json!({"messages": [{"role": "user", "content": [result]},
        {"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}]});
    let mut first = request(&body, "");
    let words = "messages.0.content.0.tool_result.content.0.image.source.base64: image exceeds 5 \
        MB maximum: 6291456 bytes > 5242880 bytes";
    assert!(refused(&mut first, words));
    assert_eq!(sent(&mut first)["messages"][0]["content"][0]["content"][0]["text"], REMOVED);
}

#[test]
fn of_many_images_the_large_ones_go() {
    let words = "messages.4.content.0.image.source.base64.data: At least one of the image \
        dimensions exceed max allowed size for many-image requests: 2000 pixels";
    let images: Vec<_> =
        (0..21).map(|number| png(if number == 2 { 2001 } else { 2000 }, number)).collect();
    let many = body(images);
    let mut first = request(&many, "");
    assert!(refused(&mut first, words));
    let left = is_image(&sent(&mut first));
    assert!(left.iter().enumerate().all(|(at, is_image)| *is_image == (at != 2)), "{left:?}");
    let mut later = request(&many, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn of_too_many_images_the_oldest_go() {
    let many = body((0..5).map(|number| png(1, number)).collect());
    let mut first = request(&many, "");
    assert!(refused(&mut first, "Too many images in request: 5 > 3"));
    assert_eq!(is_image(&sent(&mut first)), [false, false, true, true, true]);
    let mut later = request(&many, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn a_model_that_sees_nothing_gets_the_earlier_images_as_text() {
    let mut first = request(&body(vec![png(1, 0)]), "");
    assert!(refused(&mut first, "This model does not support image input"));
    assert_eq!(is_image(&sent(&mut first)), [false]);
}

#[test]
fn a_conversation_without_images_is_left_alone() {
    let mut first = request(&json!({"messages": [{"role": "user", "content": "a"}]}), "");
    assert!(!refused(&mut first, "messages.0.content.0.image: Could not process image"));
    assert!(!first.body.is_changed());
}
