//! What a valid file means.

use std::path::{Path, PathBuf};

use crate::fake::{CHANNEL, Fake, origin, valid};
use crate::{BaseUrl, ByteSize, Credential, Kind, ModelPattern, load, parse};

#[test]
fn the_smallest_file_means_the_documented_defaults() {
    let config = valid(CHANNEL);
    insta::assert_debug_snapshot!(config, @r#"
    Config {
        server: Server {
            listen: 127.0.0.1:8787,
            public_url: None,
            max_body: ByteSize(
                33554432,
            ),
            repair_lone_surrogates: false,
            drain_seconds: 30,
            drain_grace_seconds: 0,
        },
        store: StoreConfig {
            url: Sqlite(
                "/etc/salve/salve.db",
            ),
            limits_url: None,
        },
        admin: Admin {
            token: None,
        },
        channels: [
            Channel {
                name: "main",
                kind: Anthropic,
                base_url: None,
                profile: None,
                region: None,
                project: None,
                credential: ApiKey(
                    Secret(hidden),
                ),
                models: [
                    ModelPattern(
                        "*",
                    ),
                ],
                model_ids: {},
                max_body: None,
                context_windows: {},
                max_output_tokens: {},
                concurrency: {},
                drained: false,
            },
        ],
        groups: [
            Group {
                name: "default",
                channels: [
                    Member {
                        channel: "main",
                        priority: 0,
                        weight: 1,
                    },
                ],
                fallback_models: {},
                raise_max_tokens: false,
                price_multiplier: Multiplier(
                    1000000,
                ),
            },
        ],
        keys: [],
    }
    "#);
}

#[test]
fn the_complete_example_is_valid() {
    let text = include_str!("../../../../../docs/examples/salve.toml");
    let sources = Fake::default()
        .with_env("SALVE_ADMIN_TOKEN", "made-up-admin-token")
        .with_env("ANTHROPIC_API_KEY", "made-up-upstream-key")
        .with_env("SPARE_HOST", "spare.example.org:8443")
        .with_env("SALVE_KEY_CI", "made-up-secret-of-ci")
        .with_env("SALVE_KEY_INTERN", "made-up-secret-of-intern")
        .with_file("/etc/salve/spare.token", "made-up-token\r\n");
    let loaded = parse(text, &origin(), &sources).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(loaded.files, [PathBuf::from("/etc/salve/spare.token")]);
    let config = loaded.config;
    assert_eq!(
        config.channels.iter().map(|channel| &channel.name).collect::<Vec<_>>(),
        ["anthropic", "spare",]
    );
    assert_eq!(
        config.groups.iter().map(|group| &group.name).collect::<Vec<_>>(),
        ["default", "interns",]
    );
    assert_eq!(config.keys.iter().map(|key| &key.name).collect::<Vec<_>>(), ["ci", "intern"]);
    let spare = config.channel("spare").and_then(|channel| channel.base_url.as_ref());
    assert_eq!(spare.map(BaseUrl::as_str), Some("https://spare.example.org:8443/anthropic"));
}

#[test]
fn a_loaded_file_names_every_file_to_watch() {
    let text = r#"
[[channel]]
name = "main"
kind = "anthropic"
credential = { api_key = "${file:token}" }
"#;
    let sources = Fake::furnished().with_file("/etc/salve/salve.toml", text);
    let loaded = load(Path::new("/etc/salve/salve.toml"), &sources).expect("valid");
    let files = ["/etc/salve/salve.toml", "/etc/salve/token"].map(PathBuf::from);
    assert_eq!(loaded.files, files);
    let channel = loaded.config.channels.first().expect("declared");
    assert!(matches!(&channel.credential, Credential::ApiKey(key) if
            key.expose() == "made-up-token-from-a-file"));
}

#[test]
fn settings_may_be_taken_from_the_environment() {
    let sources = Fake::furnished().with_env("PORT", "9000").with_env("SIZE", "1MiB");
    let text =
        format!("[server]\nlisten = \"127.0.0.1:${{PORT}}\"\nmax_body = \"${{SIZE}}\"\n{CHANNEL}");
    let server = parse(&text, &origin(), &sources).expect("valid").config.server;
    assert_eq!(server.listen.port(), 9000);
    assert_eq!(server.max_body, ByteSize::from_bytes(1 << 20));
}

#[test]
fn a_configuration_of_one_channel_is_what_its_file_would_be() {
    let file = valid(CHANNEL);
    let credential = file.channels.first().expect("declared").credential.clone();
    let channel = crate::Channel::new("main", Kind::Anthropic, credential);
    let mut made = crate::Config::for_channel(channel);
    made.store.resolve(&origin().folder);
    assert_eq!(made, file);
}

#[test]
fn channels_and_groups_are_found_by_name() {
    let config = valid(CHANNEL);
    assert_eq!(config.channel("main").map(|c| &c.models), Some(&vec![ModelPattern::any()]));
    assert_eq!(config.group("default").map(|group| group.channels.len()), Some(1));
    assert!(config.channel("other").is_none() && config.group("other").is_none());
}

#[test]
fn a_file_may_come_from_any_editor() {
    assert_eq!(valid(&CHANNEL.replace('\n', "\r\n")), valid(CHANNEL));
    assert_eq!(valid(&format!("\u{feff}{CHANNEL}")), valid(CHANNEL));
}
