//! Profiles as they are written.

use super::*;
use crate::fake::{CHANNEL, problems, valid};

fn channel_of(profile: &str) -> String {
    format!("{CHANNEL}profile = \"{profile}\"\n")
}

#[test]
fn every_profile_is_read_and_stands_in_the_reference() {
    let reference = crate::reference_markdown();
    for profile in PROFILES {
        assert!(reference.contains(&format!("`{profile}`")), "{profile}");
        let config = valid(&channel_of(profile));
        assert_eq!(config.channels[0].profile.as_deref(), Some(profile));
    }
    assert_eq!(valid(CHANNEL).channels[0].profile, None);
}

#[test]
fn an_unknown_profile_is_refused_with_the_one_that_was_meant() {
    insta::assert_snapshot!(problems(&channel_of("deepsek")), @r"
    salve.toml:6:11: channel[0].profile: `deepsek` is not a profile
      hint: did you mean `deepseek`?
    ");
    insta::assert_snapshot!(problems(&channel_of("")), @"salve.toml:6:11: channel[0].profile: is empty: expected the name of a profile");
    let told = problems(&channel_of("my-own-relay"));
    assert!(told.contains("hint: one of anthropic, bedrock"), "{told}");
}
