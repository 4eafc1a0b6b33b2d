//! The sentences of shape refusals, with the names of their rules.

/// (rule, sentence); `{}` stands for what differs.
pub(crate) const TEXTS: &[(&str, &str)] = &[
    EXTRA, REQUIRED, TEXT, BOOL, WHOLE, NUMBER, LIST, DICT, AT_LEAST, AT_MOST, LONG, PATTERN,
    ONE_OF, TAG,
];

pub(super) const EXTRA: (&str, &str) = ("extra-input", "{}: Extra inputs are not permitted");
pub(super) const REQUIRED: (&str, &str) = ("field-required", "{}: Field required");
pub(super) const TEXT: (&str, &str) = ("not-text", "{}: Input should be a valid string");
pub(super) const BOOL: (&str, &str) = ("not-bool", "{}: Input should be a valid boolean");
pub(super) const WHOLE: (&str, &str) = ("not-whole", "{}: Input should be a valid integer");
pub(super) const NUMBER: (&str, &str) = ("not-number", "{}: Input should be a valid number");
pub(super) const LIST: (&str, &str) = ("not-list", "{}: Input should be a valid list");
pub(super) const DICT: (&str, &str) = ("not-dict", "{}: Input should be a valid dictionary");
pub(super) const AT_LEAST: (&str, &str) =
    ("too-small", "{}: Input should be greater than or equal to {}");
pub(super) const AT_MOST: (&str, &str) =
    ("too-large", "{}: Input should be less than or equal to {}");
pub(super) const LONG: (&str, &str) =
    ("text-too-long", "{}: String should have at most {} characters");
pub(super) const PATTERN: (&str, &str) = ("text-pattern", "{}: String should match pattern '{}'");
pub(super) const ONE_OF: (&str, &str) = ("not-one-of", "{}: Input should be {}");
pub(super) const TAG: (&str, &str) = (
    "unknown-tag",
    "{}: Input tag '{}' found using 'type' does not match any of the expected tags: {}",
);
