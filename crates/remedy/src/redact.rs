//! Texts without credentials: what an upstream wrote may quote the key it was sent, the
//! account it belongs to, or an address with both.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Known shapes of secrets and of what names an account, and what is left of each.
const SHAPES: [(&str, &str); 14] = [
    // Addresses first: their query may hold any of the others.
    (r"\b([a-z][a-z0-9+.-]{1,15}://)[^\s/@\x22'<>]+@", "${1}"),
    (r"\b(https?://[^\s?\x22'<>]+)\?[^\s\x22'<>]*", "${1}"),
    (r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}", "${1} …"),
    // Anthropic, OpenAI, OpenRouter, Salve; claude-relay-service.
    (r"\bsk-[A-Za-z0-9_-]{8,}", "sk-…"),
    (r"\bcr_[A-Za-z0-9]{16,}", "cr_…"),
    // AWS access keys, Google API keys and access tokens, GitHub and Slack tokens.
    (r"\b(AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{12,}", "${1}…"),
    (r"\bAIza[A-Za-z0-9_-]{20,}", "AIza…"),
    (r"\bya29\.[A-Za-z0-9._-]{8,}", "ya29.…"),
    (r"\b(gh[oprsu]_|github_pat_|xox[abprs]-)[A-Za-z0-9_-]{10,}", "${1}…"),
    // JSON web tokens.
    (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?", "eyJ…"),
    // Whatever is called a secret; a signature only as AWS writes it, since refusals of
    // thinking blocks speak of signatures too.
    (
        concat!(
            r"(?i)\b((?:x-|aws_)?(?:api[-_]?key|secret(?:_access_key)?|access[-_]token|password)",
            r"[\x22']?\s*[:=]\s*[\x22']?)[^\s\x22',;&}]{8,}",
        ),
        "${1}…",
    ),
    (r"\bSignature=[0-9a-fA-F]{16,}", "Signature=…"),
    // Whose account it is.
    (r"\b(arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:)\d{12}\b", "${1}…"),
    (r"\bprojects/[A-Za-z0-9:._-]+", "projects/…"),
];

static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compile = |(pattern, left): &(&str, &'static str)| {
        #[expect(clippy::expect_used, reason = "a test compiles and uses every pattern")]
        let pattern = Regex::new(pattern).expect("the pattern is valid");
        (pattern, *left)
    };
    SHAPES.iter().map(compile).collect()
});

/// The text without credentials of known shapes, without the user and query parts of
/// addresses, and without account ids of clouds. Linear in the text.
#[must_use]
pub fn redact(text: &str) -> String {
    let replace = |text: Cow<'_, str>, (pattern, left): &(Regex, &str)| {
        Cow::Owned(pattern.replace_all(&text, *left).into_owned())
    };
    PATTERNS.iter().fold(Cow::Borrowed(text), replace).into_owned()
}
