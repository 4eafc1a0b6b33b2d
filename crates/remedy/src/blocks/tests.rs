use serde_json::json;

use super::{text_block, text_of};

#[test]
fn a_block_keeps_the_text_it_holds() {
    for (block, text) in [
        (json!({"type": "tool_reference", "tool_name": "Read"}), "Loaded tool: Read"),
        (
            json!({"type": "document", "title": "T",
                "source": {"type": "text", "media_type": "text/plain", "data": "words"}}),
            "T\nwords",
        ),
        (
            json!({"type": "search_result", "title": "T", "source": "https://a.example",
                "content": [{"type": "text", "text": "found"}]}),
            "T\nhttps://a.example\nfound",
        ),
        (
            json!({"type": "web_search_tool_result", "tool_use_id": "x", "content": [
                {"type": "web_search_result", "title": "T", "url": "https://a.example",
                    "encrypted_content": "zzz"}]}),
            "T\nhttps://a.example",
        ),
        (
            json!({"type": "server_tool_use", "id": "x", "name": "web_search",
                "input": {"query": "q"}}),
            "[web_search {\"query\":\"q\"}]",
        ),
        (
            json!({"type": "document", "source": {"type": "base64",
                "media_type": "application/pdf", "data": "JVBERi0="}}),
            "[document removed: not supported by this upstream]",
        ),
        (json!({"type": "compaction", "content": "what was"}), "what was"),
        (
            json!({"type": "container_upload", "file_id": "f"}),
            "[container_upload removed: not supported by this upstream]",
        ),
        (json!(null), "[block removed: not supported by this upstream]"),
        (json!({"type": 5, "text": " "}), "[block removed: not supported by this upstream]"),
    ] {
        assert_eq!(text_of(&block), text, "{block}");
    }
}

#[test]
fn a_text_block_keeps_the_breakpoint() {
    let cache = json!({"type": "ephemeral"});
    let block: serde_json::Value = serde_json::from_str(&text_block("a\"b", Some(&cache))).unwrap();
    assert_eq!(block, json!({"type": "text", "text": "a\"b", "cache_control": cache}));
}
