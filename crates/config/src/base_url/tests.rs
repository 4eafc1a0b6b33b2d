//! Which URLs are taken, and what is said about the others.

use super::*;
use crate::fake::{CHANNEL, problems};

#[test]
fn a_url_loses_the_slashes_at_its_end_and_nothing_else() {
    let table = [
        ("https://api.example.org", "https://api.example.org"),
        ("https://api.example.org/", "https://api.example.org"),
        ("http://127.0.0.1:8080/a/b//", "http://127.0.0.1:8080/a/b"),
        ("http://[::1]:65535", "http://[::1]:65535"),
    ];
    for (text, expected) in table {
        assert_eq!(BaseUrl::parse(text).expect(text).as_str(), expected);
    }
}

#[test]
fn every_other_url_is_refused_with_its_fault() {
    let table = [
        "api.example.org",
        "/v1",
        "ftp://example.org",
        "https://",
        "https://:443",
        "https://example.org:0",
        "https://example.org:99999",
        "https://example.org:",
        "https://example.org/?key=1",
        "https://example.org/#top",
        "https://user:secret@example.org",
        "https://exa mple.org",
        "",
    ];
    let told = |text: &&str| {
        let fault = BaseUrl::parse(text).map_or_else(|bad| bad.to_string(), |url| url.0);
        format!("{text}  =>  {fault}\n")
    };
    insta::assert_snapshot!(table.iter().map(told).collect::<String>(), @r"
    api.example.org  =>  the URL does not begin with http:// or https://
    /v1  =>  the URL does not begin with http:// or https://
    ftp://example.org  =>  the URL does not begin with http:// or https://
    https://  =>  the URL is not well formed
    https://:443  =>  the URL has no host
    https://example.org:0  =>  the URL has a port that is not from 1 to 65535
    https://example.org:99999  =>  the URL has a port that is not from 1 to 65535
    https://example.org:  =>  the URL has a port that is not from 1 to 65535
    https://example.org/?key=1  =>  the URL has a query (`?…`)
    https://example.org/#top  =>  the URL has a fragment (`#…`)
    https://user:secret@example.org  =>  the URL has a user or password
    https://exa mple.org  =>  the URL is not well formed
      =>  the URL is not well formed
    ");
}

#[test]
fn a_refused_url_is_not_quoted_for_it_may_hold_a_password() {
    let text = format!("{CHANNEL}base_url = \"https://user:secret@example.org\"\n");
    insta::assert_snapshot!(problems(&text), @r"
    salve.toml:6:12: channel[0].base_url: the URL has a user or password
      hint: write http(s)://host[:port][/path]
    ");
}
