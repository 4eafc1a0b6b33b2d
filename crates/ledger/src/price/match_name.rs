//! One model, many spellings: provider prefixes, dates and versions around the same id.

/// The id inside a provider's spelling of it, in lower case.
///
/// `us.anthropic.claude-opus-4-8-v1:0`, `vertex_ai/claude-opus-4-8@20260528`,
/// `arn:aws:bedrock:…:inference-profile/global.anthropic.claude-opus-4-8` and `claude-opus-4-8[1m]`
/// are all `claude-opus-4-8`.
pub(super) fn bare_id(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    let name = name.rsplit('/').next().unwrap_or_default();
    let name = name.rsplit_once("anthropic.").map_or(name, |(_, id)| id);
    let name = name.split('[').next().unwrap_or_default();
    let name = name.split('@').next().unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    let name = without_last(name, is_version);
    let name = without_last(name, |part| is_date(part) || part == "latest");
    name.to_owned()
}

/// `name` without its last `-` part where that part satisfies `is_extra`.
fn without_last(name: &str, is_extra: impl Fn(&str) -> bool) -> &str {
    match name.rsplit_once('-') {
        Some((rest, last)) if is_extra(last) => rest,
        Some(_) | None => name,
    }
}

/// `v1`, `v2`: Bedrock's revision of a model.
fn is_version(part: &str) -> bool {
    let digits = part.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// `20250929`.
fn is_date(part: &str) -> bool {
    part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit())
}
