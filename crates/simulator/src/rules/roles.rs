//! Who may speak when: user, assistant, and `system` in the middle of a conversation.

use super::walk::blocks;
use super::{Broken, Case, Rule, broken, text_of};
use crate::model::SystemMessages;
use crate::shape::MID_SYSTEM;

/// Most messages of a request.
const MESSAGES_MAX: usize = 100_000;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "messages-empty",
        says: "messages: at least one message is required",
        check: |case| case.messages().is_empty().then(Vec::new),
    },
    Rule {
        id: "messages-too-many",
        says: "messages: List should have at most 100000 items after validation, not {}",
        check: |case| {
            let count = case.messages().len();
            (count > MESSAGES_MAX).then(|| vec![count.to_string()])
        },
    },
    Rule {
        id: "role-unknown",
        says: "messages.{}.role: Input should be 'user' or 'assistant'",
        check: role_unknown,
    },
    Rule {
        id: "system-message-unsupported",
        says: "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` \
               parameter, not \"system\" as an input message role.",
        check: system_unsupported,
    },
    Rule {
        id: "system-message-first",
        says: "messages.{}: role 'system' must not open the conversation; \
               use the top-level 'system' parameter",
        check: |case| {
            let first = case.messages().first()?;
            (text_of(first, "role") == "system").then(|| vec!["0".to_owned()])
        },
    },
    Rule {
        id: "system-message-place",
        says: "messages.{}: role 'system' must precede an 'assistant' message or end the array",
        check: system_misplaced,
    },
    Rule {
        id: "first-role",
        says: "messages: first message must use the \"user\" role",
        check: |case| {
            let first = case.messages().first()?;
            (text_of(first, "role") == "assistant").then(Vec::new)
        },
    },
    Rule {
        id: "roles-alternate",
        says: "messages: roles must alternate between \"user\" and \"assistant\", but found \
               multiple \"{}\" roles in a row",
        check: same_role_twice,
    },
    Rule {
        id: "block-of-other-role",
        says: "messages.{}: `{}` blocks can only be in `{}` messages",
        check: block_of_other_role,
    },
    Rule {
        id: "prefill",
        says: "This model does not support assistant message prefill. \
               The conversation must end with a user message.",
        check: |case| {
            let last = case.messages().last()?;
            let prefills = text_of(last, "role") == "assistant";
            (prefills && !case.model.prefill).then(Vec::new)
        },
    },
];

fn role_unknown(case: &Case<'_>) -> Broken {
    let known = |role| matches!(role, "user" | "assistant" | "system");
    let place = case.messages().iter().position(|message| !known(text_of(message, "role")))?;
    broken([place.to_string()])
}

fn system_unsupported(case: &Case<'_>) -> Broken {
    let used = case.messages().iter().any(|message| text_of(message, "role") == "system");
    let supported = match case.model.system_messages {
        SystemMessages::Refused => false,
        SystemMessages::WithBeta => case.betas.any(MID_SYSTEM),
        SystemMessages::Accepted => true,
    };
    (used && !supported).then(Vec::new)
}

fn system_misplaced(case: &Case<'_>) -> Broken {
    let pairs = case.messages().windows(2).enumerate();
    for (index, pair) in pairs {
        let [message, next] = pair else { continue };
        if text_of(message, "role") == "system" && text_of(next, "role") != "assistant" {
            return broken([index.to_string()]);
        }
    }
    None
}

/// The service itself joins such messages to one turn.
fn same_role_twice(case: &Case<'_>) -> Broken {
    let mut pairs = case.messages().windows(2);
    pairs.find_map(|pair| {
        let [message, next] = pair else { return None };
        let role = text_of(message, "role");
        (role == text_of(next, "role")).then(|| vec![role.to_owned()])
    })
}

fn block_of_other_role(case: &Case<'_>) -> Broken {
    blocks(case).find_map(|spot| {
        let owner = match spot.kind {
            "tool_use"
            | "thinking"
            | "redacted_thinking"
            | "server_tool_use"
            | "web_search_tool_result" => "assistant",
            "tool_result" => "user",
            "tool_addition" | "tool_removal" => "system",
            _ => return None,
        };
        let misplaced = spot.role != owner;
        misplaced.then(|| vec![spot.message.to_string(), spot.kind.to_owned(), owner.to_owned()])
    })
}
