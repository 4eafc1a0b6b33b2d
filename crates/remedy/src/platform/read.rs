//! Reads the files about platforms.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::known::Says;

/// Everything the files say, in their order.
pub(super) static PLATFORMS: LazyLock<Vec<Platform>> =
    LazyLock::new(|| FILES.iter().map(|(name, text)| platform(name, text)).collect());

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!(
            "../../../../capabilities/platforms/", $name, ".toml"
        )))),+]
    };
}

const FILES: &[(&str, &str)] = files![
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

/// One platform.
pub(super) struct Platform {
    pub name: &'static str,
    pub hosts: Vec<String>,
    facts: BTreeMap<String, Says>,
    models: Vec<Models>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    hosts: Vec<String>,
    #[serde(default)]
    facts: BTreeMap<String, Fact>,
    #[serde(default)]
    model: Vec<ModelRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelRow {
    ids: Vec<String>,
    facts: BTreeMap<String, Fact>,
}

struct Models {
    ids: Vec<String>,
    facts: BTreeMap<String, Says>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Fact {
    Word(Word),
    Limit(u64),
    Renamed { instead: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Refuses,
    Takes,
    Needs,
}

impl From<Fact> for Says {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::Word(Word::Refuses) => Self::Refuses,
            Fact::Word(Word::Takes) => Self::Takes,
            Fact::Word(Word::Needs) => Self::Needs,
            Fact::Limit(limit) => Self::Limit(limit),
            Fact::Renamed { instead } => Self::Instead(instead),
        }
    }
}

impl Platform {
    /// The facts for a model, the general ones first: later ones override.
    pub(super) fn facts_for<'a>(
        &'a self,
        model: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Says)> {
        let models = self.models.iter();
        let own = models.filter(|row| row.ids.iter().any(|id| fits(id, model)));
        let all = self.facts.iter().chain(own.flat_map(|row| row.facts.iter()));
        all.map(|(feature, says)| (feature.as_str(), says))
    }

    /// What it says to a feature for a model.
    pub(super) fn says(&self, model: &str, feature: &str) -> Option<&Says> {
        let models = self.models.iter().rev();
        let mut own = models.filter(|row| row.ids.iter().any(|id| fits(id, model)));
        let said = own.find_map(|row| row.facts.get(feature));
        said.or_else(|| self.facts.get(feature))
    }
}

fn platform(name: &'static str, text: &str) -> Platform {
    #[expect(clippy::expect_used, reason = "the files are part of the program; a test reads them")]
    let file: File = toml::from_str(text).expect("the platform's file is valid");
    let says = |facts: BTreeMap<String, Fact>| {
        facts.into_iter().map(|(feature, fact)| (feature, fact.into())).collect()
    };
    let models = file.model.into_iter();
    let models = models.map(|row| Models { ids: row.ids, facts: says(row.facts) }).collect();
    Platform { name, hosts: file.hosts, facts: says(file.facts), models }
}

/// Whether `text` is what `pattern` says; `*` stands for any text, also none.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((prefix, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, suffix) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inner = text.strip_prefix(prefix).and_then(|text| text.strip_suffix(suffix));
    let parts = |inner| {
        middle
            .split('*')
            .try_fold(inner, |left: &str, part| left.split_once(part).map(|(_, after)| after))
    };
    inner.and_then(parts).is_some()
}
