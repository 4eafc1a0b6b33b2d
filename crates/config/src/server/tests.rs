//! Addresses to listen at and to be reached at.

use super::*;
use crate::fake::{CHANNEL, problems, valid};

fn server(lines: &str) -> Server {
    valid(&format!("[server]\n{lines}\n{CHANNEL}")).server
}

#[test]
fn the_public_url_follows_the_address_unless_it_is_given() {
    let table = [
        ("", "http://127.0.0.1:8787"),
        ("listen = \"192.0.2.1:80\"", "http://192.0.2.1:80"),
        ("listen = \"0.0.0.0:9000\"", "http://127.0.0.1:9000"),
        ("listen = \"[::]:9000\"", "http://[::1]:9000"),
        ("public_url = \"https://salve.example.org/\"", "https://salve.example.org"),
    ];
    for (lines, expected) in table {
        assert_eq!(server(lines).public_url(), expected, "{lines}");
    }
}

#[test]
fn an_address_is_an_ip_address_and_a_port() {
    let told = |listen: &str| problems(&format!("[server]\nlisten = \"{listen}\"\n{CHANNEL}"));
    insta::assert_snapshot!(told("8787"), @r#"
    salve.toml:2:10: server.listen: `8787` is not an IP address and port
      hint: write "127.0.0.1:8787" for this machine alone, "0.0.0.0:8787" for all
    "#);
    insta::assert_snapshot!(told("127.0.0.1"), @r#"
    salve.toml:2:10: server.listen: `127.0.0.1` is not an IP address and port
      hint: write "127.0.0.1:8787" for this machine alone, "0.0.0.0:8787" for all
    "#);
    insta::assert_snapshot!(told("localhost:80"), @r"
    salve.toml:2:10: server.listen: `localhost:80` has a host name where an IP address belongs
      hint: write 127.0.0.1 for localhost
    ");
}

#[test]
fn draining_lasts_a_day_at_most() {
    assert_eq!(server("drain_seconds = 0").drain_seconds, 0);
    assert_eq!(server("drain_seconds = 86_400").drain_seconds, 86_400);
    let text = format!("[server]\ndrain_seconds = 86401\n{CHANNEL}");
    insta::assert_snapshot!(problems(&text), @"salve.toml:2:17: server.drain_seconds: expected a whole number from 0 to 86400, found 86401");
}

#[test]
fn lone_surrogates_are_refused_unless_they_are_to_be_repaired() {
    assert!(!server("").repair_lone_surrogates);
    assert!(server("repair_lone_surrogates = true").repair_lone_surrogates);
}
