//! thinking-shape: thinking is asked for in the way that the model knows.
//!
//! Models up to 4.5 know `enabled` with a budget, later ones `adaptive` alone, some always think,
//! and old builds do not know `display`. Where a model takes no way at all thinking goes.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, give_up};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{pairs, thinking};

/// See the module.
pub struct ThinkingShape;

const ID: &str = "thinking-shape";
const MODE: &str = "thinking:";
const DISPLAY: &str = "thinking.display:";

/// The modes that replace one another.
const MODES: [&str; 2] = ["adaptive", "enabled"];

/// What upstreams write before the values that they take.
#[rustfmt::skip]
const OFFERS: [&str; 10] = [
    "expected tags", "should be", "must be", "expected one of", "supported values", "one of",
    "only supports", ", use ", ". use ", "; use ",
];

impl Remedy for ThinkingShape {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature.strip_prefix(DISPLAY).is_some_and(|value| {
            display(request).is_some_and(|asked| asked == value) && drop_display(request)
        })
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.of(MODE).next().is_some() {
            reshape(request, &|mode| known.refuses(&format!("{MODE}{mode}")));
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        if words.contains("display")
            && let Some(value) = display(request)
        {
            request.learn(format!("{DISPLAY}{value}"), Says::Refuses);
            return drop_display(request);
        }
        if let Some(is_changed) = mend_field(request, refusal) {
            return is_changed;
        }
        let Some(mode) = thinking::mode(&mut request.body) else { return false };
        if words.contains("non-stream") {
            // What is refused is thinking in an answer that comes at once, not thinking.
            let became = off(request);
            request.note(ID, format!("{mode}-to-{became}"));
            return true;
        }
        for mode in refused(&words, &mode) {
            request.learn(format!("{MODE}{mode}"), Says::Refuses);
        }
        let learned = request.lessons().iter().filter(|lesson| lesson.says == Says::Refuses);
        let learned: Vec<_> = learned.map(|lesson| lesson.feature.clone()).collect();
        reshape(request, &|mode| {
            let feature = format!("{MODE}{mode}");
            learned.contains(&feature) || refusal.known.refuses(&feature)
        })
    }
}

/// Where the refusal names a field inside `thinking`, that field goes, or comes if it is missing.
/// `None` where it names none.
fn mend_field(request: &mut Outbound, refusal: &Refusal<'_>) -> Option<bool> {
    let field = refusal.detail("path")?.rsplit('.').next()?;
    let is_enabled = thinking::mode(&mut request.body).is_some_and(|mode| mode == "enabled");
    let shape = request.body.get("thinking")?;
    if field == "budget_tokens" && is_enabled {
        if shape.has(field) {
            return None;
        }
        enable(request);
        request.note(ID, "budget");
        request.learn("thinking-budget", Says::Needs);
        return Some(true);
    }
    if field == "type" || !shape.has(field) {
        return None;
    }
    let feature = format!("field:thinking.{field}");
    let is_changed = give_up(request, &feature);
    request.learn(feature, Says::Refuses);
    Some(is_changed)
}

/// The modes that a refusal of `mode` excludes.
fn refused<'m>(words: &str, mode: &'m str) -> Vec<&'m str> {
    let offered = OFFERS.iter().find_map(|mark| words.split_once(mark)).map(|(_, rest)| rest);
    let is_out = |other: &&str| match offered {
        Some(offered) => !offered.contains(other),
        None => is_about_thinking_itself(words, mode),
    };
    let others = MODES.into_iter().filter(|other| *other != mode).filter(is_out);
    std::iter::once(mode).chain(others).collect()
}

/// "This model does not support thinking", with no word of how it was asked for.
fn is_about_thinking_itself(words: &str, mode: &str) -> bool {
    #[rustfmt::skip]
    const NO: [&str; 6] =
        ["not support", "unsupported", "extra inputs", "not permitted", "unknown", "unrecognized"];
    let is_of_a_mode = words.contains(mode) || words.contains("thinking.type");
    !is_of_a_mode && NO.iter().any(|no| words.contains(no))
}

/// Brings thinking into a mode that is not refused.
fn reshape(request: &mut Outbound, refuses: &dyn Fn(&str) -> bool) -> bool {
    let Some(mode) = thinking::mode(&mut request.body).filter(|mode| refuses(mode)) else {
        return false;
    };
    let instead: &[&str] = match mode.as_str() {
        "disabled" => &[],
        "adaptive" => &["enabled"],
        "enabled" => &["adaptive"],
        // A mode of later models.
        _ => &["adaptive", "enabled"],
    };
    let became = match instead.iter().find(|instead| !refuses(instead)) {
        Some(&"enabled") => enable(request),
        Some(_) => adapt(request),
        None => off(request),
    };
    request.note(ID, format!("{mode}-to-{became}"));
    true
}

fn off(request: &mut Outbound) -> &'static str {
    thinking::switch_off(request);
    "none"
}

/// A model that knows budgets alone knows nothing of `display` either.
fn enable(request: &mut Outbound) -> &'static str {
    let Some(budget) = thinking::budget_by_effort(&mut request.body) else {
        return off(request);
    };
    drop_display(request);
    let shape = format!(r#"{{"type":"enabled","budget_tokens":{budget}}}"#);
    request.body.set("thinking", shape);
    "enabled"
}

fn adapt(request: &mut Outbound) -> &'static str {
    if let Some(shape) = request.body.get("thinking") {
        shape.remove("budget_tokens");
        shape.set("type", r#""adaptive""#);
    }
    "adaptive"
}

fn display(request: &mut Outbound) -> Option<String> {
    request.body.at(&["thinking", "display"])?.text().map(|value| value.into_owned())
}

fn drop_display(request: &mut Outbound) -> bool {
    let Some(value) = display(request) else { return false };
    let feature = format!("{DISPLAY}{value}");
    for beta in pairs::betas_of(&feature) {
        request.betas.remove(&mut request.body, beta);
    }
    request.note(ID, format!("display-{value}"));
    request.body.get("thinking").is_some_and(|shape| shape.remove("display"))
}
