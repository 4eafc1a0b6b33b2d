//! The members of a group and their order.

use super::*;
use crate::fake::{CHANNEL, problems, valid};

fn with_channels(channels: &str) -> String {
    let spare = CHANNEL.replace("main", "spare");
    let third = CHANNEL.replace("main", "third");
    format!("{CHANNEL}{spare}{third}[[group]]\nname = \"default\"\nchannels = {channels}\n")
}

fn member(channel: &str, priority: u32, weight: u32) -> Member {
    Member { channel: channel.to_owned(), priority, weight }
}

#[test]
fn a_plain_name_has_the_priority_of_its_position() {
    let text = with_channels(r#"["main", { name = "spare", priority = 7, weight = 3 }, "third"]"#);
    let config = valid(&text);
    let expected = [member("main", 0, 1), member("spare", 7, 3), member("third", 2, 1)];
    assert_eq!(config.group("default").expect("declared").channels, expected);
}

#[test]
fn without_groups_there_is_one_of_all_channels_in_the_order_of_the_file() {
    let text = format!("{}{CHANNEL}", CHANNEL.replace("main", "zebra"));
    assert_eq!(valid(&text).groups, [Group::of_channels(["zebra", "main"])]);
    let empty = format!("group = []\n{CHANNEL}");
    assert_eq!(valid(&empty).groups, [Group::of_channels(["main"])]);
}

#[test]
fn a_group_of_nothing_or_of_one_twice_is_refused() {
    insta::assert_snapshot!(problems(&with_channels("[]")), @r"
    salve.toml:18:12: group[0].channels: the list is empty
      hint: name at least one: the name of a channel or { name, priority, weight }
    ");
    insta::assert_snapshot!(problems(&with_channels("[\"main\", { name = \"main\" }]")), @r"
    salve.toml:18:12: group[0].channels: channel `main` is listed twice
      hint: give it a weight instead
    ");
}

#[test]
fn a_member_has_a_weight_of_at_least_one() {
    let told = |weight: &str| {
        problems(&with_channels(&format!("[{{ name = \"main\", weight = {weight} }}]")))
    };
    insta::assert_snapshot!(told("0"), @"salve.toml:18:39: group[0].channels[0].weight: expected a whole number from 1 to 4294967295, found 0");
    insta::assert_snapshot!(told("1.5"), @"salve.toml:18:39: group[0].channels[0].weight: expected a whole number from 1 to 4294967295, found float");
    insta::assert_snapshot!(told("-1"), @"salve.toml:18:39: group[0].channels[0].weight: expected a whole number from 1 to 4294967295, found -1");
    insta::assert_snapshot!(problems(&with_channels("[1]")), @"salve.toml:18:13: group[0].channels[0]: expected the name of a channel or { name, priority, weight }, found integer");
}

#[test]
fn fallbacks_are_lists_of_exact_names() {
    let fallbacks = |table: &str| {
        problems(&format!("{}fallback_models = {table}\n", with_channels("[\"main\"]")))
    };
    insta::assert_snapshot!(fallbacks("{ \"claude-opus-4-8\" = [] }"), @r"
    salve.toml:19:41: group[0].fallback_models.claude-opus-4-8: the list is empty
      hint: name at least one: a model name
    ");
    insta::assert_snapshot!(fallbacks("{ \"claude-opus-4-8\" = \"claude-sonnet-4-6\" }"), @"salve.toml:19:41: group[0].fallback_models.claude-opus-4-8: expected a list, each element a model name, found string");
    insta::assert_snapshot!(fallbacks("{ \"claude-*\" = [\"claude-*\"] }"), @r#"
    salve.toml:19:21: group[0].fallback_models."claude-*": `claude-*` has a `*`, but one model's exact name belongs here

    salve.toml:19:35: group[0].fallback_models."claude-*"[0]: `claude-*` has a `*`, but one model's exact name belongs here
    "#);
}

#[test]
fn a_group_raises_no_limits_of_its_clients_unless_told_to() {
    let plain = with_channels("[\"main\"]");
    assert!(!valid(&plain).groups[0].raise_max_tokens);
    assert!(valid(&format!("{plain}raise_max_tokens = true\n")).groups[0].raise_max_tokens);
}
