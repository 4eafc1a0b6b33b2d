//! Fault rules: which requests get which faults, and how often.

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::fault::Faults;
use crate::limits;
use crate::pattern;

/// A fault script: rules tried in order, the first that fits a request applies.
///
/// ```toml
/// [[rule]]
/// fault = "status=529;retry-after=3"
/// times = 2                              # default: without end
/// when = { model = "claude-opus-*", nth = 3 }
///
/// [[rule]]
/// fault = "error=overloaded_error;at=block.0.2 | chunk=7"
/// when = { header = "x-team: red", text = "break here", stream = true }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<ScriptRule>,
}

/// One rule of a script, or one fault queued through the control endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptRule {
    /// What goes wrong.
    pub fault: Faults,
    /// How many requests it applies to; `None` is without end in a script, one when queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Which requests it applies to; by default every `POST /v1/messages`.
    #[serde(default)]
    pub when: When,
}

/// Conditions on a request; all that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The path; `*` stands for anything. Default `/v1/messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The model asked for; `*` stands for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A header: `name`, or `name: value` with `*` for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// A text the body contains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether a stream is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Only the n-th request that meets the other conditions, from 1; with `times`, that one and
    /// those after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It is not TOML, or not a script: the message names line, column and the allowed keys.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// `times` or `nth` is 0, which would never apply.
    #[error("rule {rule}: `{key}` must be at least 1")]
    Never {
        /// Number of the rule, from 1.
        rule: usize,
        /// The key.
        key: &'static str,
    },
    /// More rules than may be in force.
    #[error("{found} rules are more than the {max} that may be in force")]
    TooMany {
        /// Rules found.
        found: usize,
        /// Rules allowed.
        max: usize,
    },
}

impl Script {
    /// Reads a script in TOML.
    ///
    /// # Errors
    /// When it is not TOML, a key or a fault is unknown, or a rule could never apply.
    pub fn from_toml(text: &str) -> Result<Self, ScriptError> {
        let script: Self = toml::from_str(text)?;
        script.check()?;
        Ok(script)
    }

    fn check(&self) -> Result<(), ScriptError> {
        for (index, rule) in self.rules.iter().enumerate() {
            for (key, value) in [("times", rule.times), ("nth", rule.when.nth)] {
                if value == Some(0) {
                    return Err(ScriptError::Never { rule: index + 1, key });
                }
            }
        }
        let (found, max) = (self.rules.len(), limits::FAULT_RULES_MAX);
        if found > max { Err(ScriptError::TooMany { found, max }) } else { Ok(()) }
    }
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub path: &'a str,
    pub model: Option<&'a str>,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub stream: bool,
}

/// The rules in force: those queued, then those of the script.
#[derive(Debug, Default)]
pub(crate) struct FaultRules {
    script: Script,
    active: Vec<Active>,
}

#[derive(Debug)]
struct Active {
    rule: ScriptRule,
    /// Queued rules are forgotten when they are used up; the script's stay for a reset.
    queued: bool,
    met: u64,
    used: u64,
}

impl FaultRules {
    pub(crate) fn new(script: Option<Script>) -> Result<Self, ScriptError> {
        let script = script.unwrap_or_default();
        script.check()?;
        let mut rules = Self { script, active: Vec::new() };
        rules.reset();
        Ok(rules)
    }

    /// Forgets what was queued and starts the script from its beginning.
    pub(crate) fn reset(&mut self) {
        let rules = self.script.rules.iter().cloned();
        self.active = rules.map(|rule| Active::new(rule, false)).collect();
    }

    /// Queues a rule behind the queued ones and before the script's.
    pub(crate) fn queue(&mut self, mut rule: ScriptRule) -> Result<(), ScriptError> {
        rule.times = rule.times.or(Some(1));
        Script { rules: vec![rule.clone()] }.check()?;
        let (found, max) = (self.active.len() + 1, limits::FAULT_RULES_MAX);
        if found > max {
            return Err(ScriptError::TooMany { found, max });
        }
        let place = self.active.iter().take_while(|active| active.queued).count();
        self.active.insert(place, Active::new(rule, true));
        Ok(())
    }

    /// The faults for a request; spends one use of the rule that gives them.
    pub(crate) fn take(&mut self, seen: &Seen<'_>) -> Option<Faults> {
        let faults = self.active.iter_mut().find_map(|active| active.applies(seen))?;
        self.active.retain(|active| !active.queued || !active.is_spent());
        Some(faults)
    }
}

impl Active {
    fn new(rule: ScriptRule, queued: bool) -> Self {
        Self { rule, queued, met: 0, used: 0 }
    }

    fn applies(&mut self, seen: &Seen<'_>) -> Option<Faults> {
        if self.is_spent() || !self.rule.when.fits(seen) {
            return None;
        }
        self.met += 1;
        if self.rule.when.nth.is_some_and(|nth| self.met < nth) {
            return None;
        }
        self.used += 1;
        Some(self.rule.fault.clone())
    }

    fn is_spent(&self) -> bool {
        let times = self.rule.times.or(self.rule.when.nth.map(|_| 1));
        times.is_some_and(|times| self.used >= times)
    }
}

impl When {
    fn fits(&self, seen: &Seen<'_>) -> bool {
        let path = self.path.as_deref().unwrap_or("/v1/messages");
        let model = seen.model.unwrap_or_default();
        pattern::fits(path, seen.path)
            && self.model.as_deref().is_none_or(|pattern| pattern::fits(pattern, model))
            && self.stream.is_none_or(|stream| stream == seen.stream)
            && self.header.as_deref().is_none_or(|header| has_header(seen.headers, header))
            && self.text.as_deref().is_none_or(|text| contains(seen.body, text.as_bytes()))
    }
}

fn has_header(headers: &HeaderMap, wanted: &str) -> bool {
    let (name, pattern) = match wanted.split_once(':') {
        Some((name, pattern)) => (name.trim(), pattern.trim()),
        None => (wanted.trim(), "*"),
    };
    let mut values = headers.get_all(name).iter();
    values.any(|value| pattern::fits(pattern, &String::from_utf8_lossy(value.as_bytes())))
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}
