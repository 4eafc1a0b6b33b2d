use http::HeaderMap;

use super::*;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn passed(pairs: &[(&str, &str)]) -> Vec<String> {
    let passed = passed_on(&headers(pairs));
    passed.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
}

#[test]
fn fields_unknown_here_travel_on_in_order_and_number() {
    let sent = [
        ("anthropic-beta", "a-2026-01-01,b"),
        ("anthropic-version", "2023-06-01"),
        ("x-claude-code-session-id", "s"),
        ("x-brand-new", "1"),
        ("x-brand-new", "2"),
        ("user-agent", "claude-cli/2.1.330"),
    ];
    let expected: Vec<String> = sent.iter().map(|(n, v)| format!("{n}: {v}")).collect();
    assert_eq!(passed(&sent), expected);
}

#[test]
fn credentials_and_what_belongs_to_the_connection_stay_here() {
    let stays = [
        ("authorization", "Bearer sk-salve-x"),
        ("x-api-key", "sk-salve-x"),
        ("cookie", "a=b"),
        ("connection", "keep-alive, X-Hop"),
        ("x-hop", "1"),
        ("transfer-encoding", "chunked"),
        ("content-length", "3"),
        ("content-encoding", "gzip"),
        ("accept-encoding", "gzip, br"),
        ("host", "127.0.0.1"),
        ("upgrade", "h2c"),
        ("te", "trailers"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x_api_key", "twin"),
        ("salve-channel", "forged"),
    ];
    assert_eq!(passed(&stays), Vec::<String>::new());
}
