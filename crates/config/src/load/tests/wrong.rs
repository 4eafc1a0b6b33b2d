//! What is said about a wrong file.

use std::path::Path;

use crate::fake::{CHANNEL, Fake, problems, read};
use crate::load;

#[test]
fn every_problem_of_a_file_is_reported_at_once_and_in_its_order() {
    let text = r#"
[server]
listen = "localhost:8787"
lisen = "127.0.0.1:1"
max_body = "2GiB"
drain_seconds = -1

[[channel]]
name = "main"
kind = "antropic"
credential = { api_key = "sk-ant-written-out" }

[[group]]
name = "default"
channels = ["mian"]
"#;
    insta::assert_snapshot!(problems(text), @r#"
    salve.toml:3:10: server.listen: `localhost:8787` has a host name where an IP address belongs
      hint: write 127.0.0.1 for localhost

    salve.toml:4:1: server.lisen: unknown key
      hint: did you mean `listen`? allowed here: listen, public_url, max_body, repair_lone_surrogates, drain_seconds, drain_grace_seconds

    salve.toml:5:12: server.max_body: expected a size such as "32MiB" (KiB, MiB, GiB, KB, MB, GB) from 1KiB to 1GiB, found `2GiB`

    salve.toml:6:17: server.drain_seconds: expected a whole number from 0 to 86400, found -1

    salve.toml:10:8: channel[0].kind: `antropic` is not a kind
      hint: did you mean `anthropic`?

    salve.toml:11:26: channel[0].credential.api_key: a secret does not stand in the file itself
      hint: write "${NAME}" to take it from the environment or "${file:PATH}" to take it from a file

    salve.toml:15:13: group[0].channels[0]: no channel is named `mian`
      hint: did you mean `main`?
    "#);
}

#[test]
fn a_syntax_error_is_told_with_its_place_and_nothing_else_is() {
    insta::assert_snapshot!(problems("[server]\nlisten = 127.0.0.1:8787\n"), @r#"
    salve.toml:2:15: not valid TOML: invalid float, expected nothing
      hint: text stands between quotes: `name = "text"`
    "#);
    insta::assert_snapshot!(problems("[server\nmax_body = \"1MiB\"\n"), @"salve.toml:1:8: not valid TOML: unclosed table, expected `]`");
    insta::assert_snapshot!(problems("[server]\nlisten = \"a\"\nlisten = \"b\"\n"), @"salve.toml:3:1: not valid TOML: duplicate key");
    insta::assert_snapshot!(problems("a = \"open\n"), @r#"
    salve.toml:1:10: not valid TOML: invalid basic string, expected `"`
      hint: text stands between quotes: `name = "text"`
    "#);
}

#[test]
fn a_syntax_error_beside_a_secret_does_not_show_it() {
    let text = "[admin]\ntoken = \"written-out-secret\" oops\n";
    assert!(!problems(text).contains("written-out-secret"), "{}", problems(text));
}

#[test]
fn an_empty_file_lacks_a_channel() {
    insta::assert_snapshot!(problems(""), @r"
    salve.toml: no channel is declared
      hint: declare the account that answers: `[[channel]]` with name, kind, credential
    ");
    assert_eq!(problems("channel = []"), problems(""));
}

#[test]
fn unknown_keys_are_refused_everywhere() {
    let text = format!(
        "
[sever]
[admin]
tokn = 1
{CHANNEL}
basurl = 1
[[group]]
name = \"default\"
channels = [{{ name = \"main\", wait = 2 }}]
[[key]]
name = \"ci\"
secret = \"${{ONE}}\"
zzz = 1
"
    );
    insta::assert_snapshot!(problems(&text), @r"
    salve.toml:2:2: sever: unknown key
      hint: did you mean `server`? allowed here: server, store, admin, channel, group, key

    salve.toml:4:1: admin.tokn: unknown key
      hint: did you mean `token`? allowed here: token

    salve.toml:11:1: channel[0].basurl: unknown key
      hint: did you mean `base_url`? allowed here: name, kind, base_url, profile, region, project, credential, models, model_ids, max_body, context_windows, max_output_tokens, concurrency, drained

    salve.toml:14:30: group[0].channels[0].wait: unknown key
      hint: allowed here: name, priority, weight

    salve.toml:18:1: key[0].zzz: unknown key
      hint: allowed here: name, secret, group, user, models, monthly_quota_usd, balance_usd, requests_per_minute, tokens_per_minute, concurrency
    ");
}

#[test]
fn a_wrong_type_is_told_with_what_was_found() {
    let text = r#"
server = 5
[store]
url = 7
[admin]
token = 12345678901234567890
[channel]
name = "main"
[[group]]
name = ["default"]
channels = "main"
price_multiplier = true
[[key]]
name = 2026-01-01
secret = "${ONE}"
models = [1]
requests_per_minute = "many"
"#;
    insta::assert_snapshot!(problems(text), @r#"
    salve.toml:2:10: server: expected a table with listen, public_url, max_body, repair_lone_surrogates, drain_seconds, drain_grace_seconds, found integer

    salve.toml:4:7: store.url: expected a database URL: "sqlite:PATH", found integer

    salve.toml:6:9: admin.token: expected a secret: "${ENV}" or "${file:PATH}", found integer

    salve.toml:7:1: channel: expected repeated tables, found table
      hint: write `[[channel]]`, with two brackets, before each one

    salve.toml:10:8: group[0].name: expected a name: letters, digits, `-`, `_`, `.`, found array

    salve.toml:11:12: group[0].channels: expected a list, each element the name of a channel or { name, priority, weight }, found string

    salve.toml:12:20: group[0].price_multiplier: expected a number from 0 to 1000, at most 6 decimal places, found boolean

    salve.toml:14:8: key[0].name: expected a name: letters, digits, `-`, `_`, `.`, found datetime

    salve.toml:16:11: key[0].models[0]: expected a model pattern such as `claude-*`, found integer

    salve.toml:17:23: key[0].requests_per_minute: expected a whole number from 1 to 4294967295, found string
    "#);
}

#[test]
fn a_missing_setting_is_told_at_its_table() {
    insta::assert_snapshot!(problems("[[channel]]\n[[group]]\n[[key]]\n"), @r#"
    salve.toml:1:1: channel[0].name: is missing
      hint: write `name = …`: a name: letters, digits, `-`, `_`, `.`

    salve.toml:1:1: channel[0].kind: is missing
      hint: write `kind = …`: one of "anthropic", "bedrock", "vertex", "foundry", "openai"

    salve.toml:1:1: channel[0].credential: is missing
      hint: write `credential = …`: one of { api_key = … }, { bearer = … }, { aws = … }, { google = … }, "none"

    salve.toml:2:1: group[0].name: is missing
      hint: write `name = …`: a name: letters, digits, `-`, `_`, `.`

    salve.toml:2:1: group[0].channels: is missing
      hint: write `channels = …`: a list, each element the name of a channel or { name, priority, weight }

    salve.toml:3:1: key[0].name: is missing
      hint: write `name = …`: a name: letters, digits, `-`, `_`, `.`

    salve.toml:3:1: key[0].secret: is missing
      hint: write `secret = …`: a secret: "${ENV}" or "${file:PATH}", of at least 16 characters
    "#);
}

#[test]
fn names_are_given_once() {
    let text = format!(
        r#"{CHANNEL}{CHANNEL}
[[group]]
name = "default"
channels = ["main"]
[[group]]
name = "default"
channels = ["main"]
[[key]]
name = "ci"
secret = "${{ONE}}"
[[key]]
name = "ci"
secret = "${{TWO}}"
"#
    );
    insta::assert_snapshot!(problems(&text), @r"
    salve.toml:8:8: channel[1].name: a second channel named `main`
      hint: channel[0].name has this name already; every channel needs its own

    salve.toml:16:8: group[1].name: a second group named `default`
      hint: group[0].name has this name already; every group needs its own

    salve.toml:22:8: key[1].name: a second key named `ci`
      hint: key[0].name has this name already; every key needs its own
    ");
}

#[test]
fn a_reference_to_nothing_is_told_with_what_there_is() {
    let text = format!(
        r#"{CHANNEL}
[[group]]
name = "team"
channels = ["mian", {{ name = "elsewhere" }}]
[[key]]
name = "ci"
secret = "${{ONE}}"
[[key]]
name = "cd"
secret = "${{TWO}}"
group = "temas"
"#
    );
    insta::assert_snapshot!(problems(&text), @r"
    salve.toml:9:13: group[0].channels[0]: no channel is named `mian`
      hint: did you mean `main`?

    salve.toml:9:30: group[0].channels[1].name: no channel is named `elsewhere`
      hint: declared channels: main

    salve.toml:10:1: key[0].group: no group is named `default`
      hint: declared groups: team

    salve.toml:16:9: key[1].group: no group is named `temas`
      hint: did you mean `team`?
    ");
}

#[test]
fn a_channel_that_is_wrong_is_still_known_by_its_name() {
    let text = r#"
[[channel]]
name = "main"
kind = "anthropic"
[[group]]
name = "default"
channels = ["main"]
"#;
    insta::assert_snapshot!(problems(text), @r#"
    salve.toml:2:1: channel[0].credential: is missing
      hint: write `credential = …`: one of { api_key = … }, { bearer = … }, { aws = … }, { google = … }, "none"
    "#);
}

#[test]
fn a_file_over_the_limit_is_refused() {
    let bytes_max = crate::limits::FILE_BYTES_MAX;
    let filled_to = |length: usize| format!("{CHANNEL}{}", "#".repeat(length - CHANNEL.len()));
    assert!(read(&filled_to(bytes_max - 1)).is_ok());
    assert!(read(&filled_to(bytes_max)).is_ok());
    insta::assert_snapshot!(problems(&filled_to(bytes_max + 1)), @"salve.toml: is larger than 1048576 bytes: not a configuration");
}

#[test]
fn a_file_that_cannot_be_read_is_one_problem_and_worth_watching() {
    let path = Path::new("/etc/salve/salve.toml");
    let problems = load(path, &Fake::furnished()).expect_err("there is no such file");
    insta::assert_snapshot!(problems, @"/etc/salve/salve.toml: cannot be read: no such file");
    assert_eq!(problems.files(), [path]);
}

#[test]
fn problems_are_an_array_of_objects_as_json() {
    let problems = read("[server]\nlisten = 1\n").expect_err("wrong");
    let json = serde_json::to_string_pretty(&problems).expect("serialisable");
    insta::assert_snapshot!(json, @r#"
    [
      {
        "file": "salve.toml",
        "path": "",
        "message": "no channel is declared",
        "suggestion": "declare the account that answers: `[[channel]]` with name, kind, credential"
      },
      {
        "file": "salve.toml",
        "line": 2,
        "column": 10,
        "path": "server.listen",
        "message": "expected an IP address and port, found integer",
        "suggestion": null
      }
    ]
    "#);
}

#[test]
fn columns_count_characters_not_bytes() {
    insta::assert_snapshot!(problems(&format!("{CHANNEL}\"ключ\" = {{ }}\n")), @r#"
    salve.toml:6:1: channel[0]."ключ": unknown key
      hint: allowed here: name, kind, base_url, profile, region, project, credential, models, model_ids, max_body, context_windows, max_output_tokens, concurrency, drained
    "#);
    let inline = "server = { public_url = \"http://ü\", listn = 1 }";
    insta::assert_snapshot!(problems(&format!("{inline}{CHANNEL}")), @r"
    salve.toml:1:25: server.public_url: the URL is not well formed
      hint: write http(s)://host[:port][/path]

    salve.toml:1:37: server.listn: unknown key
      hint: did you mean `listen`? allowed here: listen, public_url, max_body, repair_lone_surrogates, drain_seconds, drain_grace_seconds
    ");
}

#[test]
fn a_file_of_another_kind_does_not_bury_its_reader_in_problems() {
    let lines: String = (0..1000).map(|number| format!("a{number} = 1\n")).collect();
    let problems = read(&lines).expect_err("wrong");
    assert_eq!(problems.list().len(), crate::limits::PROBLEMS_MAX + 1);
    let first = problems.list().first().expect("never empty");
    insta::assert_snapshot!(first, @"salve.toml: 801 more problems are not shown");
}
