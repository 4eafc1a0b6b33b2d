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

/// Wordings that a validator repeats for each field, with its path as the first group: Pydantic
/// in one line or two, and its list of errors as JSON or Python.
const REPEATED: &[&str] = &[
    r#"([\w.\[\]$/-]+)[`'"]?\s*:?\s+extra (?:inputs|fields) (?:are )?not permitted"#,
    r#"['"]?loc['"]?\s*[:=]\s*[\[(]([^\])]*)[\])]"#,
];

/// Wordings that list bare names in their first group: OpenAI's, and JSON schema's.
const LISTED: &[&str] = &[
    r"(?:arguments|parameters|fields|keys|properties) (?:supplied|found|provided):\s*([\w., ]+)",
    r#"[(\[]((?:[`'"][\w.]+[`'"](?:,| and)?\s*)+)(?:was|were) unexpected"#,
];

/// Wordings of OpenAI, Go, AWS, Google and their kin, for refusals that the catalogue knows by
/// other words.
const SINGLE: &[&str] = &[
    concat!(
        r#"(?:unknown|unrecognized|unrecognised|unsupported|unexpected|extraneous|additional|"#,
        r#"undefined)\s+(?:request\s+|json\s+|input\s+|body\s+|keyword\s+)*"#,
        r#"(?:field|parameter|param|argument|key|property|name|input)s?"#,
        r#"(?:\s+(?:supplied|found|provided|in \w+))*\s*[:=]?\s*"#,
        r#"[`'"\[(]+([\w.\[\]$/-]+?)[`'"\])]"#,
    ),
    r"(?:argument|parameter|field|key|property)s?(?:\s+supplied)?:\s*([\w.\[\]$/-]+)",
    concat!(
        r#"[`'"]([\w.\[\]$/-]+)[`'"]\s+(?:was|were|is|are)\s+(?:unexpected|"#,
        r#"not (?:permitted|allowed|supported|recognized|a valid))"#,
    ),
    concat!(
        r#"(?:does not support|not support(?:ed)?|no support for) (?:the )?"#,
        r#"(?:field|parameter|property|argument)\s+[`'"]?([\w.\[\]$/-]+)"#,
    ),
];

static PATTERNS: LazyLock<[Vec<Regex>; 3]> =
    LazyLock::new(|| [REPEATED, LISTED, SINGLE].map(patterns));

fn patterns(wordings: &[&str]) -> Vec<Regex> {
    let pattern = |text: &&str| Regex::new(&format!("(?i){text}")).ok();
    wordings.iter().filter_map(pattern).collect()
}

/// Every field that the refusal names, each once, those first that the catalogue found.
pub(super) fn fields(refusal: &Refusal<'_>) -> Vec<Named> {
    let [repeated, listed, _] = &*PATTERNS;
    let mut all: Vec<_> = placed(refusal).into_iter().collect();
    if all.is_empty() {
        all.extend(["path", "field"].iter().filter_map(|name| named(refusal.detail(name)?)));
    }
    collect(refusal, repeated, &mut all, &|words| named(words).into_iter().collect());
    collect(refusal, listed, &mut all, &|words| {
        words.split([',', ' ']).filter_map(named).collect()
    });
    all
}

/// The fields that a refusal names in other words, for where those above lead nowhere.
pub(super) fn others(refusal: &Refusal<'_>) -> Vec<Named> {
    let [_, _, single] = &*PATTERNS;
    let mut all = Vec::new();
    collect(refusal, single, &mut all, &|words| named(words).into_iter().collect());
    all
}

fn collect(
    refusal: &Refusal<'_>,
    patterns: &[Regex],
    all: &mut Vec<Named>,
    read: &dyn Fn(&str) -> Vec<Named>,
) {
    for pattern in patterns {
        let found = pattern.captures_iter(refusal.message()).take(NAMED_MAX);
        let words = found.filter_map(|found| found.get(1));
        for field in words.flat_map(|words| read(words.as_str())) {
            if all.len() < NAMED_MAX && !all.iter().any(|other| other.covers(&field)) {
                all.push(field);
            }
        }
    }
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
    use super::{LISTED, PATTERNS, REPEATED, SINGLE};

    #[test]
    fn every_wording_is_a_pattern() {
        let counts = PATTERNS.each_ref().map(Vec::len);
        assert_eq!(counts, [REPEATED.len(), LISTED.len(), SINGLE.len()]);
    }
}
