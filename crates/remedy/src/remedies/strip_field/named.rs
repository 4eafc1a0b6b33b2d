//! Which fields a refusal names.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Refusal;

/// How many fields are taken from one refusal. A validator may list every item of a long list.
const NAMED_MAX: usize = 16;

/// A field as the upstream names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// By where it stands.
    Path(String),
    /// By its bare name.
    Field(String),
}

impl Named {
    /// Whether `other` says no more than this does.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Path(path), Self::Field(name)) => path.split('.').next_back() == Some(name),
            (Self::Path(_) | Self::Field(_), _) => self == other,
        }
    }
}

/// Wordings in which the path or name is the first group. The catalogue recognises one of them;
/// a validator often says several at once.
const WORDINGS: [&str; 6] = [
    // Pydantic, in one line or two.
    r#"([\w.\[\]$/-]+)[`'"]?\s*:?\s+extra (?:inputs|fields) (?:are )?not permitted"#,
    // Pydantic's list of errors, as JSON or Python.
    r#"['"]?loc['"]?\s*[:=]\s*[\[(]([^\])]*)[\])]"#,
    // OpenAI, Go, AWS, Google and their kin.
    concat!(
        r#"(?:unknown|unrecognized|unrecognised|unsupported|unexpected|extraneous|additional|"#,
        r#"undefined)\s+(?:request\s+|json\s+|input\s+|body\s+|keyword\s+)*"#,
        r#"(?:field|parameter|param|argument|key|property|name|input)s?"#,
        r#"(?:\s+(?:supplied|found|provided|in \w+))*\s*[:=]?\s*[`'"\[(]+([\w.\[\]$/-]+?)[`'"\])]"#,
    ),
    r#"(?:argument|parameter|field|key|property)s?(?:\s+supplied)?:\s*([\w.\[\]$/-]+)"#,
    r#"[`'"]([\w.\[\]$/-]+)[`'"]\s+(?:was|were|is|are)\s+(?:unexpected|not (?:permitted|allowed|supported|recognized|a valid))"#,
    r#"(?:does not support|not support(?:ed)?|no support for) (?:the )?(?:field|parameter|property|argument)\s+[`'"]?([\w.\[\]$/-]+)"#,
];

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let pattern = |text: &&str| Regex::new(&format!("(?i){text}")).ok();
    WORDINGS.iter().filter_map(pattern).collect()
});

/// Every field that the refusal names, each once, those first that the catalogue found.
pub(super) fn fields(refusal: &Refusal<'_>) -> Vec<Named> {
    let mut all: Vec<_> = placed(refusal).into_iter().collect();
    if all.is_empty() {
        all.extend(["path", "field"].iter().filter_map(|name| named(refusal.detail(name)?)));
    }
    for pattern in PATTERNS.iter() {
        let found = pattern.captures_iter(refusal.message()).take(NAMED_MAX);
        for field in found.filter_map(|found| named(found.get(1)?.as_str())) {
            if all.len() < NAMED_MAX && !all.iter().any(|other| other.covers(&field)) {
                all.push(field);
            }
        }
    }
    all
}

/// A field that is named apart from where it stands: AWS's `pointer`, Google's `at`.
fn placed(refusal: &Refusal<'_>) -> Option<Named> {
    let is_ornament = |c: char| "#/.'\"\\ ".contains(c);
    let place = refusal.detail("pointer").or_else(|| refusal.detail("at"))?;
    let place = place.trim_matches(is_ornament);
    let name = refusal.detail("field")?;
    (!place.is_empty()).then(|| Named::Path(format!("{place}.{name}")))
}

/// A path or a bare name, without the quotes around it.
fn named(text: &str) -> Option<Named> {
    let is_ornament = |c: char| c.is_whitespace() || ".:,`'\"$/".contains(c);
    let text = text.trim_matches(is_ornament);
    if text.is_empty() {
        return None;
    }
    // The items of a list: `'body', 'tools', 0, 'strict'`.
    if text.contains(',') {
        let steps = text.split(',').map(|step| step.trim_matches(is_ornament));
        return Some(Named::Path(steps.collect::<Vec<_>>().join(".")));
    }
    let is_path = text.contains(['.', '[', '/']);
    Some(if is_path { Named::Path(text.to_owned()) } else { Named::Field(text.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::{PATTERNS, WORDINGS};

    #[test]
    fn every_wording_is_a_pattern() {
        assert_eq!(PATTERNS.len(), WORDINGS.len());
    }
}
