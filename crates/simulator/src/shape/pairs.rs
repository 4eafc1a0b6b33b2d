//! Fields and the betas they travel with: one without the other is refused.
//!
//! Where several betas are listed, any of them opens the field.

type Betas = &'static [&'static str];

/// `context_management`, and the memory tool that works on it.
pub(super) const CONTEXT_MANAGEMENT: Betas = &["context-management-2025-06-27"];
/// `compaction` and `compaction` blocks.
pub(super) const COMPACTION: Betas = &["compact-2026-09-04", "compact-2026-01-12"];
/// `output_config.format`, `output_format`, `tools[].strict`.
pub(super) const STRUCTURED: Betas =
    &["structured-outputs-2025-12-15", "structured-outputs-2025-11-13"];
/// `output_config.effort`.
pub(super) const EFFORT: Betas = &["effort-2025-11-24"];
/// `output_config.task_budget`.
pub(super) const TASK_BUDGET: Betas = &["task-budgets-2026-03-13"];
/// `tools[].defer_loading`, tool search tools, `tool_reference`.
pub(super) const TOOL_SEARCH: Betas =
    &["advanced-tool-use-2025-11-20", "tool-search-tool-2025-10-19"];
/// `tools[].input_examples`.
pub(super) const TOOL_EXAMPLES: Betas =
    &["advanced-tool-use-2025-11-20", "tool-examples-2025-10-29"];
/// `tools[].eager_input_streaming`.
pub(super) const EAGER_INPUT: Betas = &["fine-grained-tool-streaming-2025-05-14"];
/// `cache_control.scope`.
pub(super) const CACHE_SCOPE: Betas = &["prompt-caching-scope-2026-01-05"];
/// `cache_control.ttl: "1h"`.
pub(crate) const EXTENDED_TTL: Betas = &["extended-cache-ttl-2025-04-11"];
/// `diagnostics`.
pub(super) const DIAGNOSTICS: Betas = &["cache-diagnosis-2026-04-07"];
/// `thinking.display: "updates"`.
pub(super) const DISPLAY_UPDATES: Betas = &["thinking-display-updates-2026-08-18"];
/// `thinking.block_binding`.
pub(super) const BLOCK_BINDING: Betas = &["thinking-binding-controls-2026-08-01"];
/// `role: "system"` inside `messages`, on the models that still ask for a beta. The two others
/// are sent by clients in its place and imply it.
pub(crate) const MID_SYSTEM: Betas = &[
    "mid-conversation-system-2026-04-07",
    "per-turn-control-2026-07-01",
    "mid-conversation-tool-changes-2026-07-01",
];
/// `messages[].clear_at`.
pub(super) const CLEAR_AT: Betas = &["mid-conversation-system-clear-at-2026-08-21"];
/// `messages[].output_config`.
pub(super) const PER_TURN: Betas =
    &["per-turn-control-2026-07-01", "mid-conversation-output-config-2026-07-01"];
/// `tool_addition` and `tool_removal`.
pub(super) const TOOL_CHANGES: Betas =
    &["mid-conversation-tool-changes-2026-07-01", "inline-tools-2026-09-15"];
/// `safeguards`.
pub(super) const SAFEGUARDS: Betas = &["dangerous-tool-use-2026-09-03"];
/// The advisor tool.
pub(super) const ADVISOR: Betas = &["advisor-tool-2026-03-01"];
/// `fallbacks`.
pub(super) const FALLBACKS: Betas =
    &["server-side-fallback-2026-07-01", "server-side-fallback-2026-06-01"];
/// `fallback_credit_token`.
pub(super) const FALLBACK_CREDIT: Betas = &["fallback-credit-2026-06-01"];
/// `speed`.
pub(super) const SPEED: Betas = &["fast-mode-2026-02-01"];
/// `mcp_servers` and what belongs to them.
pub(super) const MCP: Betas = &["mcp-client-2025-11-20", "mcp-client-2025-04-04"];
/// File sources and container uploads.
pub(super) const FILES: Betas = &["files-api-2025-04-14"];
/// `container.skills`.
pub(super) const SKILLS: Betas = &["skills-2025-10-02"];
/// `thread`.
pub(super) const THREADS: Betas = &["message-threads-2026-08-12"];
/// `user_profile_id`.
pub(super) const USER_PROFILES: Betas = &["user-profiles-2026-03-24"];
/// The web fetch tool.
pub(super) const WEB_FETCH: Betas = &["web-fetch-2025-09-10"];
/// Code execution tools.
pub(super) const CODE_EXECUTION: Betas = &["code-execution-2025-08-25"];
/// Computer use, first form.
pub(super) const COMPUTER_2025_01: Betas = &["computer-use-2025-01-24"];
/// Computer use, second form.
pub(super) const COMPUTER_2025_11: Betas = &["computer-use-2025-11-24"];
