//! The built-in profiles: one TOML file each.

use super::ProfileError;

/// A built-in profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileText {
    /// The name.
    pub name: &'static str,
    /// What it stands for, in one line.
    pub about: &'static str,
    /// The profile itself, in TOML.
    pub toml: &'static str,
}

const TEXTS: &[ProfileText] = &[
    ProfileText {
        name: "anthropic",
        about: "the service itself, strict",
        toml: include_str!("../../profiles/anthropic.toml"),
    },
    ProfileText {
        name: "bedrock",
        about: "Claude on AWS behind this dialect: `invalid beta flag` names nothing",
        toml: include_str!("../../profiles/bedrock.toml"),
    },
    ProfileText {
        name: "bedrock-endpoint",
        about: "the AWS endpoint of this dialect: names the betas it refuses",
        toml: include_str!("../../profiles/bedrock-endpoint.toml"),
    },
    ProfileText {
        name: "converse",
        about: "Claude on AWS through Converse: errors behind a sentence of the platform",
        toml: include_str!("../../profiles/converse.toml"),
    },
    ProfileText {
        name: "vertex",
        about: "Claude on Google Cloud: betas by name, platform errors in Google's form",
        toml: include_str!("../../profiles/vertex.toml"),
    },
    ProfileText {
        name: "old-build",
        about: "an older compatible build that knows none of the newer fields",
        toml: include_str!("../../profiles/old-build.toml"),
    },
    ProfileText {
        name: "relay-zh",
        about: "a new-api relay: errors wrapped, statuses changed, Chinese words",
        toml: include_str!("../../profiles/relay-zh.toml"),
    },
    ProfileText {
        name: "relay-en",
        about: "the same relay with its words in English",
        toml: include_str!("../../profiles/relay-en.toml"),
    },
    ProfileText {
        name: "relay-google",
        about: "a relay in Google's form: the inner error as a string",
        toml: include_str!("../../profiles/relay-google.toml"),
    },
    ProfileText {
        name: "relay-python",
        about: "a relay that answers Python's representation of an object",
        toml: include_str!("../../profiles/relay-python.toml"),
    },
    ProfileText {
        name: "router",
        about: "a router that lists what several providers said",
        toml: include_str!("../../profiles/router.toml"),
    },
    ProfileText {
        name: "litellm",
        about: "a LiteLLM proxy before AWS: JSON within a string, codes as strings",
        toml: include_str!("../../profiles/litellm.toml"),
    },
    ProfileText {
        name: "deepseek",
        about: "a vendor that wants its thinking back, with errors of the OpenAI kind",
        toml: include_str!("../../profiles/deepseek.toml"),
    },
    ProfileText {
        name: "small-window",
        about: "a window of 128000 tokens and 8192 of output, told in OpenAI's words",
        toml: include_str!("../../profiles/small-window.toml"),
    },
    ProfileText {
        name: "gateway-shortage",
        about: "a pool that calls a model it is short of an invalid name, when told to",
        toml: include_str!("../../profiles/gateway-shortage.toml"),
    },
];

/// The built-in profiles.
#[must_use]
pub fn profile_texts() -> &'static [ProfileText] {
    TEXTS
}

/// The built-in profile of a name.
pub(super) fn find(name: &str) -> Result<&'static ProfileText, ProfileError> {
    TEXTS.iter().find(|known| known.name == name).ok_or_else(|| {
        let known: Vec<&str> = TEXTS.iter().map(|known| known.name).collect();
        ProfileError::Unknown { name: name.to_owned(), known: known.join(", ") }
    })
}
