//! A request that keeps every rule, with what its reply needs to know.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::model::{Model, ThinkingMode};
use crate::prompt::{Prompt, list};

/// A request that keeps every rule.
#[derive(Debug)]
pub(crate) struct Checked {
    pub body: Map<String, Value>,
    pub model: Arc<Model>,
    /// The model's id as it was asked for.
    pub model_name: String,
    pub prompt: Prompt,
    pub stream: bool,
    pub max_tokens: u64,
}

impl Checked {
    pub(super) fn new(
        body: Map<String, Value>,
        model: Arc<Model>,
        model_name: String,
        prompt: Prompt,
    ) -> Self {
        let stream = body.get("stream").and_then(Value::as_bool).unwrap_or(false);
        let max_tokens = body.get("max_tokens").and_then(Value::as_u64).unwrap_or(0);
        Self { body, model, model_name, prompt, stream, max_tokens }
    }

    /// The thinking mode in force.
    pub(crate) fn thinking_mode(&self) -> ThinkingMode {
        thinking_mode(&self.body, &self.model)
    }

    /// Whether the text of thinking is kept from the client.
    pub(crate) fn thinking_is_omitted(&self) -> bool {
        let display = self.body.get("thinking").and_then(|thinking| thinking.get("display"));
        display.and_then(Value::as_str) == Some("omitted")
    }

    /// The stop sequences.
    pub(crate) fn stop_sequences(&self) -> Vec<&str> {
        list(self.body.get("stop_sequences")).iter().filter_map(Value::as_str).collect()
    }

    /// The schema the output must fit.
    pub(crate) fn output_schema(&self) -> Option<&Value> {
        let format = self.body.get("output_config").and_then(|config| config.get("format"));
        format.or_else(|| self.body.get("output_format"))?.get("schema")
    }
}

/// The mode asked for; without any, thinking is off, except on models that always think.
pub(super) fn thinking_mode(body: &Map<String, Value>, model: &Model) -> ThinkingMode {
    let asked = body.get("thinking").and_then(|thinking| thinking.get("type"));
    match asked.and_then(Value::as_str) {
        Some("enabled") => ThinkingMode::Enabled,
        Some("adaptive") => ThinkingMode::Adaptive,
        Some("between_tools") => ThinkingMode::BetweenTools,
        Some(_) => ThinkingMode::Disabled,
        None if model.always_thinks() => ThinkingMode::Adaptive,
        None => ThinkingMode::Disabled,
    }
}
