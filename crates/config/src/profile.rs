//! Profiles: whose rules an endpoint follows.

use crate::suggest::closest;
use crate::text::{Parsed, Wrong};

/// Whose rules there are: clouds, vendors with an endpoint of this kind, and programs that stand
/// in front of models.
const PROFILES: [&str; 18] = [
    "anthropic",
    "bedrock",
    "mantle",
    "vertex",
    "foundry",
    "databricks",
    "deepseek",
    "moonshot",
    "zai",
    "minimax",
    "qwen",
    "openrouter",
    "litellm",
    "new-api",
    "ollama",
    "vllm",
    "llamacpp",
    "lmstudio",
];

/// How a profile is written.
pub(crate) struct AnyProfile;

impl Parsed for AnyProfile {
    type Value = String;
    const EXPECTED: &'static str = "the name of a profile";

    fn parse(text: &str) -> Result<String, Wrong> {
        if PROFILES.contains(&text) {
            return Ok(text.to_owned());
        }
        let hint = match closest(text, PROFILES) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("one of {}", PROFILES.join(", ")),
        };
        Err(Wrong::hinted("is not a profile", hint))
    }

    fn write(value: &String) -> String {
        value.clone()
    }
}

#[cfg(test)]
mod tests;
