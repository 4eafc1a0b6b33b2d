use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use salve_config::{Channel as ChannelConfig, Config, Credential, Group as GroupConfig, Kind};
use salve_config::{Member as MemberConfig, ModelPattern, Secret};

use super::*;
use crate::house::House;
use crate::identify::Pepper;

fn channel(name: &str, models: &[&str], drained: bool) -> ChannelConfig {
    let credential = Credential::ApiKey(Secret::new("made-up".to_owned()));
    let mut channel = ChannelConfig::new(name, Kind::Anthropic, credential);
    channel.models = models.iter().map(|m| ModelPattern::new(*m)).collect();
    channel.drained = drained;
    channel
}

fn house(channels: Vec<ChannelConfig>, members: &[(&str, u32, u32)]) -> (Arc<Group>, Arc<Key>) {
    let mut config = Config::for_channel(channels[0].clone());
    config.channels = channels;
    let member = |(channel, priority, weight): &(&str, u32, u32)| MemberConfig {
        channel: (*channel).to_owned(),
        priority: *priority,
        weight: *weight,
    };
    let mut group = GroupConfig::of_channels([]);
    group.channels = members.iter().map(member).collect();
    config.groups = vec![group];
    let secret = Secret::new("a-secret-of-enough-letters".to_owned());
    let mut key = salve_config::DeclaredKey::new("k", secret);
    key.models = Some(vec![ModelPattern::new("claude-*")]);
    config.keys = vec![key];
    let pepper = Pepper::new(&[7; 32]).unwrap();
    let house = House::build(&config, &pepper).unwrap();
    let digest = pepper.digest("a-secret-of-enough-letters");
    let key = house.declared.find("a-secret-of-enough-letters", &digest).unwrap();
    (Arc::clone(&house.groups["default"]), key)
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.candidates.iter().map(|candidate| candidate.channel.name.as_str()).collect()
}

fn route(group: &Group, key: &Key, model: &str, seed: u64) -> Result<Plan, RouteRefusal> {
    let known = || vec!["claude-a".to_owned()];
    let standing = |_: &Channel, _: &str| Standing::Fit;
    let asked = Asked { group, key, model, body_bytes: 1, standing: &standing };
    plan(asked, known, &mut StdRng::seed_from_u64(seed))
}

#[test]
fn priority_goes_first_and_what_cannot_serve_is_left_out_with_its_reason() {
    let channels = vec![
        channel("late", &["*"], false),
        channel("first", &["claude-*"], false),
        channel("other-model", &["gpt-*"], false),
        channel("resting", &["*"], true),
    ];
    let members = [("late", 5, 9), ("first", 0, 1), ("other-model", 0, 1), ("resting", 0, 1)];
    let (group, key) = house(channels, &members);
    let plan = route(&group, &key, "claude-a", 1).unwrap();
    assert_eq!(names(&plan), ["first", "late"]);
    let skipped: Vec<(&str, &str)> =
        plan.skipped.iter().map(|s| (s.channel.as_str(), s.reason.as_str())).collect();
    assert_eq!(skipped, [("other-model", "does not serve this model"), ("resting", "drained")]);
}

#[test]
fn equals_share_in_proportion_to_their_weight() {
    let channels = vec![channel("a", &["*"], false), channel("b", &["*"], false)];
    let (group, key) = house(channels, &[("a", 0, 3), ("b", 0, 1)]);
    let first = |seed| names(&route(&group, &key, "claude-a", seed).unwrap())[0] == "a";
    let share = (0..4_000).filter(|seed| first(*seed)).count();
    assert!((2_800..3_200).contains(&share), "{share} of 4000, expected about 3000");
}

#[test]
fn an_unknown_model_and_a_forbidden_one_are_refused_alike_and_name_what_works() {
    let channels = vec![channel("a", &["claude-*"], false)];
    let (group, key) = house(channels, &[("a", 0, 1)]);
    for model in ["gpt-5", "claud"] {
        let refusal = route(&group, &key, model, 1).unwrap_err();
        let told = Told::from(refusal);
        assert_eq!((told.status, told.fault.id.as_str()), (404, "model-unknown"));
        assert!(told.message.contains(model) && told.message.contains("claude-a"), "{told:?}");
    }
}

#[test]
fn a_model_whose_channels_all_rest_is_busy_not_unknown() {
    let (group, key) = house(vec![channel("a", &["*"], true)], &[("a", 0, 1)]);
    let told = Told::from(route(&group, &key, "claude-a", 1).unwrap_err());
    assert_eq!((told.status, told.fault.id.as_str()), (503, "model-not-served-now"));
    assert!(told.retry_after.is_some());
}
