use bytes::Bytes;

use super::*;

fn restored(body: &str, model: Option<&str>, names: &[(&str, &str)]) -> String {
    let names: Vec<(String, String)> =
        names.iter().map(|(sent, name)| ((*sent).to_owned(), (*name).to_owned())).collect();
    let bytes = Bytes::copy_from_slice(body.as_bytes());
    let edits = restore_edits(&bytes, model, &names);
    String::from_utf8(edits.apply(&bytes).concat()).unwrap()
}

const CALLS: &str = r#"{ "model":"up", "content":[ {"type":"text","text":"\ud83d {\"id\":1}"},
 {"type":"tool_use","id":"t","name":"short","input":{"name":"short","id":"t"}},
 {"id":"t","name":"B","input":{},"type":"tool_use"} ] }"#;

#[test]
fn names_are_put_back_and_calls_of_one_id_get_an_id_each() {
    let expected = CALLS
        .replace("\"up\"", "\"mine\"")
        .replacen("\"short\"", "\"long \\\"one\\\"\"", 1)
        .replace("{\"id\":\"t\",\"name\":\"B\"", "{\"id\":\"t_2\",\"name\":\"B\"");
    assert_eq!(restored(CALLS, Some("mine"), &[("short", "long \"one\"")]), expected);
}

#[test]
fn an_answer_that_needs_nothing_or_cannot_be_read_stays_as_it_is() {
    let odd = [
        r#"{"content":[{"type":"tool_use","id":"a","name":"x"},{"type":"tool_use","id":"b"}]}"#,
        r#"{"content":{"type":"tool_use","x":"tool_use"}}"#,
        r#"{"content":[{"type":"tool_use","id":7},{"type":"tool_use","id":7}]}"#,
        r#"["tool_use","tool_use"]"#,
        "",
    ];
    for body in odd {
        assert_eq!(restored(body, None, &[]), body);
    }
}
