//! The values of the `anthropic-beta` header: which are known and what asks for them.

use http::HeaderMap;
use serde_json::{Map, Value};

use crate::law::Law;
use crate::prompt::list;
use crate::refusal::Refusal;

/// Every value the service knows. Values outside this list are refused by name.
#[rustfmt::skip]
pub(crate) const KNOWN: &[&str] = &[
    "claude-code-20250219", "oauth-2025-04-20", "interleaved-thinking-2025-05-14",
    "thinking-token-count-2026-05-13", "redact-thinking-2026-02-12",
    "thinking-resumption-2026-07-17", "thinking-display-updates-2026-08-18",
    "thinking-binding-controls-2026-08-01", "context-1m-2025-08-07",
    "context-management-2025-06-27", "compact-2026-01-12", "compact-2026-09-04",
    "structured-outputs-2025-11-13", "structured-outputs-2025-12-15", "effort-2025-11-24",
    "task-budgets-2026-03-13", "advanced-tool-use-2025-11-20", "tool-search-tool-2025-10-19",
    "tool-examples-2025-10-29", "fine-grained-tool-streaming-2025-05-14",
    "prompt-caching-2024-07-31", "prompt-caching-scope-2026-01-05",
    "prompt-caching-evict-2026-05-12", "extended-cache-ttl-2025-04-11",
    "cache-diagnosis-2026-04-07", "context-hint-2026-04-09",
    "mid-conversation-system-2026-04-07", "mid-conversation-system-clear-at-2026-08-21",
    "per-turn-control-2026-07-01", "mid-conversation-output-config-2026-07-01",
    "mid-conversation-tool-changes-2026-07-01", "inline-tools-2026-09-15",
    "dangerous-tool-use-2026-09-03", "afk-mode-2026-01-31", "advisor-tool-2026-03-01",
    "server-side-fallback-2026-06-01", "server-side-fallback-2026-07-01",
    "fallback-credit-2026-06-01", "fast-mode-2026-02-01", "web-search-2025-03-05",
    "web-fetch-2025-09-10", "code-execution-2025-08-25", "computer-use-2025-01-24",
    "computer-use-2025-11-24", "mcp-client-2025-04-04", "mcp-client-2025-11-20",
    "files-api-2025-04-14", "skills-2025-10-02", "message-threads-2026-08-12",
    "timing-2026-09-09", "output-300k-2026-03-24", "output-128k-2025-02-19",
    "token-efficient-tools-2025-02-19", "user-profiles-2026-03-24", "token-counting-2024-11-01",
    "pdfs-2024-09-25", "message-batches-2024-09-24", "model-context-window-exceeded-2025-08-26",
];

/// The rule that refuses unknown values.
pub(crate) const UNKNOWN_RULE: &str = "unknown-beta";
/// Its message; the blank takes the values, each in backquotes.
pub(crate) const UNKNOWN_SAYS: &str = "Unexpected value(s) {} for the `anthropic-beta` header. \
    Please consult our documentation at docs.anthropic.com or try again without the header.";

/// The betas a request asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Betas(Vec<String>);

impl Betas {
    /// Reads every `anthropic-beta` header; each is a comma-separated list.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let lines = headers.get_all("anthropic-beta").iter();
        let values = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
        Self(values.map(str::trim).filter(|beta| !beta.is_empty()).map(str::to_owned).collect())
    }

    /// Whether the request asks for one of these.
    pub(crate) fn any(&self, wanted: &[&str]) -> bool {
        self.0.iter().any(|beta| wanted.contains(&beta.as_str()))
    }

    /// Adds those of a body's `anthropic_beta`.
    pub(crate) fn read_body(&mut self, body: &Map<String, Value>) {
        let values = list(body.get("anthropic_beta")).iter().filter_map(Value::as_str);
        self.0.extend(values.map(str::to_owned));
    }

    /// Refuses values the upstream does not know for a model, all in one sentence.
    pub(crate) fn check(&self, law: &Law, model: &str) -> Result<(), Refusal> {
        let unknown: Vec<&String> =
            self.0.iter().filter(|beta| !law.knows_beta(beta, model)).collect();
        let Some(first) = unknown.first().filter(|_| law.has_rule(UNKNOWN_RULE, false)) else {
            return Ok(());
        };
        let quoted: Vec<String> = unknown.iter().map(|beta| format!("`{beta}`")).collect();
        let blanks = vec![quoted.join(", "), (*first).clone()];
        let text = crate::rules::fill(UNKNOWN_SAYS, blanks.iter().map(String::as_str));
        Err(Refusal::invalid(UNKNOWN_RULE, text).with_blanks(blanks))
    }
}
