//! The content blocks of a reply.

use serde::Serialize;
use serde_json::{Value, json};

use crate::prompt::Prompt;
use crate::signature::Mint;
use crate::tokens;

/// A content block, in the form a whole message shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Block {
    Thinking {
        /// What is shown; empty when the request omits it.
        thinking: String,
        signature: String,
        /// Tokens really thought.
        #[serde(skip)]
        thought: u64,
    },
    Text {
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        input: Value,
    },
    ServerToolUse {
        id: String,
        name: String,
        input: Value,
    },
    WebSearchToolResult {
        tool_use_id: String,
        content: Value,
    },
}

impl Block {
    /// The output tokens it costs. Results of server tools are not output.
    pub(crate) fn tokens(&self) -> u64 {
        match self {
            Self::Thinking { thought, .. } => *thought,
            Self::Text { text } => tokens::count_text(text),
            Self::ToolUse { name, input, .. } | Self::ServerToolUse { name, input, .. } => {
                tokens::count_text(name) + tokens::count_json(input)
            }
            Self::WebSearchToolResult { .. } => 0,
        }
    }

    pub(crate) fn is_thinking(&self) -> bool {
        matches!(self, Self::Thinking { .. })
    }

    pub(crate) fn is_search(&self) -> bool {
        matches!(self, Self::ServerToolUse { .. })
    }
}

/// Signs the thinking blocks, each bound to the prompt and to what the reply says before it.
pub(crate) fn seal(blocks: &mut [Block], prompt: &Prompt, mint: &Mint) {
    if !blocks.iter().any(Block::is_thinking) {
        return;
    }
    let mut prefix = prompt.clone();
    for block in blocks {
        match block {
            Block::Thinking { thinking, signature, .. } => {
                *signature = mint.sign(thinking, prefix.digest());
            }
            said => prefix.add_reply_block(&json!(said)),
        }
    }
}
