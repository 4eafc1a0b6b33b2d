//! Bodies that clients get wrong are put right, as far as the upstream insists and no further.

use serde_json::{Value, json};

use super::patient::{
    Patient, attempts, body, differs_in_nothing, json_of, refusals, sim, turn, was_given,
};
use crate::harness::{MODEL, Request, Road, tool};

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn marked(words: &str, mark: Value) -> Value {
    let mut block = text(words);
    block["cache_control"] = mark;
    block
}

fn call(id: &str) -> Value {
    json!({ "type": "tool_use", "id": id, "name": "Bash", "input": {} })
}

fn result(id: &str) -> Value {
    json!({ "type": "tool_result", "tool_use_id": id, "content": format!("of {id}") })
}

fn user(content: Value) -> Value {
    json!({ "role": "user", "content": content })
}

fn model(content: Value) -> Value {
    json!({ "role": "assistant", "content": content })
}

fn talk(messages: Value) -> Value {
    json!({ "model": MODEL, "max_tokens": 1000, "tools": [tool("Bash")], "messages": messages })
}

/// The service refuses `sent`, and gets `expected` in the end by this remedy.
fn is_cured(sent: &Value, expected: &Value, remedy: &str) {
    let answer = Patient::at("anthropic").is_cured(&Request::messages(sent), expected);
    was_given(&answer, remedy);
}

#[test]
fn empty_and_blank_texts_are_left_out() {
    let sent = turn(json!([text(""), text("hi"), text(" \n\t")]));
    is_cured(&sent, &turn(json!([text("hi")])), "drop-empty-text");
}

#[test]
fn the_breakpoint_of_an_empty_text_moves_to_the_block_before_it() {
    let mark = json!({ "type": "ephemeral" });
    let sent = turn(json!([text("hi"), marked("", mark.clone())]));
    is_cured(&sent, &turn(json!([marked("hi", mark)])), "drop-empty-text");
}

#[test]
fn a_call_without_result_gets_one_that_says_so() {
    let sent = talk(json!([
        user(json!("a")),
        model(json!([call("toolu_1"), call("toolu_2")])),
        user(json!([result("toolu_2"), text("b")])),
    ]));
    let patient = Patient::at("anthropic");
    let first = patient.send(&Request::messages(&sent));
    assert_eq!(first.status, 200, "{}", first.text());
    was_given(&first, "pair-tools");
    let mut came = body(&patient.sim);
    let supplied = came["messages"][2]["content"].as_array_mut().expect("blocks").remove(0);
    assert_eq!((&supplied["type"], &supplied["is_error"]), (&json!("tool_result"), &json!(true)));
    assert_eq!(supplied["tool_use_id"], "toolu_1");
    differs_in_nothing(&came, &sent);
    assert_eq!(attempts(&patient.send(&Request::messages(&sent))), 1);
}

#[test]
fn a_result_without_call_stays_as_text() {
    let sent = talk(json!([user(json!([text("a"), result("toolu_gone")]))]));
    let patient = Patient::at("anthropic");
    let first = patient.send(&Request::messages(&sent));
    assert_eq!(first.status, 200, "{}", first.text());
    was_given(&first, "pair-tools");
    let content = &body(&patient.sim)["messages"][0]["content"];
    assert_eq!((&content[0], &content[1]["type"]), (&text("a"), &json!("text")));
    assert!(content[1]["text"].as_str().expect("text").contains("of toolu_gone"), "{content}");
    assert_eq!(attempts(&patient.send(&Request::messages(&sent))), 1);
}

#[test]
fn results_out_of_order_come_to_the_head_and_stay_there_on_later_turns() {
    let messages = |with_more: bool| {
        let mut all = vec![
            user(json!("a")),
            model(json!([call("toolu_1")])),
            user(json!([text("b"), result("toolu_1"), result("toolu_1")])),
        ];
        if with_more {
            all.extend([model(json!([text("c")])), user(json!("d"))]);
        }
        talk(json!(all))
    };
    let patient = Patient::at("anthropic");
    let first = patient.send(&Request::messages(&messages(false)));
    assert_eq!(first.status, 200, "{} {:?}", first.text(), refusals(&patient.sim));
    let early = body(&patient.sim);
    assert_eq!(early["messages"][2]["content"], json!([result("toolu_1"), text("b")]));
    let second = patient.send(&Request::messages(&messages(true)));
    assert_eq!((second.status, attempts(&second)), (200, 1), "{}", second.text());
    assert_eq!(body(&patient.sim)["messages"][2], early["messages"][2]);
}

#[test]
fn a_call_with_the_id_of_an_earlier_one_gets_its_own_and_its_result_follows() {
    let talk = |second: &str| {
        talk(json!([
            user(json!("a")),
            model(json!([call("toolu_1")])),
            user(json!([result("toolu_1")])),
            model(json!([call(second)])),
            user(json!([{ "type": "tool_result", "tool_use_id": second, "content": "r" }])),
        ]))
    };
    is_cured(&talk("toolu_1"), &talk("toolu_1-2"), "unique-tool-ids");
}

#[test]
fn of_too_many_breakpoints_the_last_ones_stay() {
    let mark = || json!({ "type": "ephemeral" });
    let blocks = |first: Value| {
        let rest = ["b", "c", "d", "e"].map(|words| marked(words, mark()));
        turn(json!([&[first], &rest[..]].concat()))
    };
    is_cured(&blocks(marked("a", mark())), &blocks(text("a")), "cache-breakpoints");
}

#[test]
fn a_longer_lived_breakpoint_behind_a_shorter_one_is_as_short() {
    let short = || json!({ "type": "ephemeral" });
    let long = json!({ "type": "ephemeral", "ttl": "1h" });
    let sent = turn(json!([marked("a", short()), marked("b", long)]));
    let expected = turn(json!([marked("a", short()), marked("b", short())]));
    let request =
        Request::messages(&sent).with("anthropic-beta", "extended-cache-ttl-2025-04-11");
    let answer = Patient::at("anthropic").is_cured(&request, &expected);
    was_given(&answer, "cache-breakpoints");
}

#[test]
fn sampling_that_a_model_does_not_take_is_left_out() {
    let mut sent = turn(json!("hi"));
    sent["model"] = json!("claude-opus-5");
    let expected = sent.clone();
    sent["temperature"] = json!(0.3);
    Patient::at("anthropic").is_cured(&Request::messages(&sent), &expected);
}

#[test]
fn a_prefill_that_a_model_does_not_take_is_followed_by_the_user() {
    let mut sent = turn(json!("hi"));
    sent["model"] = json!("claude-opus-5");
    sent["messages"] = json!([user(json!("hi")), model(json!("I say"))]);
    let patient = Patient::at("anthropic");
    let first = patient.send(&Request::messages(&sent));
    assert_eq!(first.status, 200, "{}", first.text());
    was_given(&first, "end-with-user");
    let mut came = body(&patient.sim);
    let last = came["messages"].as_array_mut().expect("messages").pop().expect("one");
    assert_eq!(last["role"], "user");
    differs_in_nothing(&came, &sent);
    assert_eq!(attempts(&patient.send(&Request::messages(&sent))), 1);
}

#[test]
fn a_long_tool_name_goes_shorter_and_the_answer_has_the_clients() {
    let long = format!("mcp__{}", "server_".repeat(12));
    let mut sent = turn(json!("hi"));
    sent["tools"] = json!([tool(&long), tool("Bash")]);
    let patient = Patient::at("old-build");
    let first = patient.send(&Request::messages(&sent));
    assert_eq!(first.status, 200, "{} {:?}", first.text(), refusals(&patient.sim));
    was_given(&first, "tool-names");
    let came = body(&patient.sim);
    let short = came["tools"][0]["name"].as_str().expect("a name").to_owned();
    assert!(short.len() <= 64 && short != long, "{short}");
    assert_eq!(came["tools"][1], sent["tools"][1]);
    for is_stream in [false, true] {
        let words = format!("[[tool:{short} {{\"command\":\"ls\"}}]]");
        sent["messages"][0]["content"] = json!(words);
        sent["stream"] = json!(is_stream);
        let answer = patient.send(&Request::messages(&sent));
        assert_eq!((answer.status, attempts(&answer)), (200, 1), "{}", answer.text());
        assert!(answer.text().contains(&format!("\"name\":\"{long}\"")), "{}", answer.text());
    }
}

#[test]
fn a_schema_without_its_type_gets_it() {
    let with = |schema: Value| {
        let mut body = turn(json!("hi"));
        body["tools"] = json!([tool("Bash")]);
        body["tools"][0]["input_schema"] = schema;
        body
    };
    let sent = with(json!({ "properties": { "a": { "type": "string" } } }));
    let expected = with(json!({ "properties": { "a": { "type": "string" } }, "type": "object" }));
    is_cured(&sent, &expected, "tool-schema");
}

#[test]
fn alternatives_at_the_top_of_a_schema_are_put_in_other_words() {
    let mut sent = turn(json!("hi"));
    let choice = |name: &str| {
        json!({ "type": "object", "properties": { name: { "type": "string" } },
            "required": [name] })
    };
    sent["tools"] = json!([tool("Bash"), tool("Pick")]);
    sent["tools"][1]["input_schema"] =
        json!({ "type": "object", "anyOf": [choice("path"), choice("url")] });
    let patient = Patient::at("anthropic");
    let first = patient.send(&Request::messages(&sent));
    assert_eq!(first.status, 200, "{} {:?}", first.text(), refusals(&patient.sim));
    was_given(&first, "tool-schema");
    let came = body(&patient.sim);
    assert_eq!(came["tools"].as_array().map(Vec::len), Some(2), "{came}");
    let schema = &came["tools"][1]["input_schema"];
    assert!(schema["properties"]["path"].is_object() && schema["properties"]["url"].is_object());
    assert_eq!(came["tools"][0], sent["tools"][0]);
}

/// A picture of one dot.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA\
    SUVORK5CYII=";

fn image(media_type: &str, data: &str) -> Value {
    json!({ "type": "image", "source": { "type": "base64", "media_type": media_type,
        "data": data } })
}

#[test]
fn a_wrong_media_type_of_an_image_is_put_right() {
    let sent = turn(json!([image("image/jpeg", PNG), text("what is it?")]));
    let expected = turn(json!([image("image/png", PNG), text("what is it?")]));
    is_cured(&sent, &expected, "images");
}

#[test]
fn an_earlier_image_that_nobody_can_read_becomes_a_text_and_the_last_one_is_told() {
    let broken = || image("image/png", "bm90IGFuIGltYWdl");
    let mut sent = turn(json!("hi"));
    sent["messages"] = json!([
        user(json!([broken(), text("what is it?")])),
        model(json!([text("I cannot see it.")])),
        user(json!([text("go on")])),
    ]);
    let patient = Patient::at("anthropic");
    let first = patient.send(&Request::messages(&sent));
    assert_eq!(first.status, 200, "{} {:?}", first.text(), refusals(&patient.sim));
    was_given(&first, "images");
    let mut came = body(&patient.sim);
    assert_eq!(came["messages"][0]["content"][0]["type"], "text");
    came["messages"][0]["content"][0] = broken();
    differs_in_nothing(&came, &sent);
    let last = patient.send(&Request::messages(&turn(json!([broken(), text("and now?")]))));
    assert_eq!(last.status, 400, "{}", last.text());
    assert_eq!(last.json()["error"]["type"], "invalid_request_error");
}

#[test]
fn a_body_with_nothing_wrong_in_it_is_never_touched_after_any_lesson() {
    let sim = sim("anthropic");
    let road = Road::to(sim.url());
    let ill = turn(json!([text(""), text("hi")]));
    assert_eq!(road.ask(&ill).status, 200);
    let well = talk(json!([
        user(json!("a")),
        model(json!([text("b"), call("toolu_1")])),
        user(json!([result("toolu_1"), text("c")])),
    ]));
    let request = Request::messages(&well);
    let answer = road.send(&request);
    assert_eq!((answer.status, attempts(&answer)), (200, 1), "{}", answer.text());
    assert_eq!(answer.header("salve-remedies"), None);
    assert_eq!(body(&sim), json_of(&request));
}
