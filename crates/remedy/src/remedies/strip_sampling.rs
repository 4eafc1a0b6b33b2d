//! strip-sampling: `temperature`, `top_p` and `top_k` go where a model does not take them.
//!
//! Some models take none of them, some not two at once, none but the defaults while it thinks;
//! and ranges differ.

#[cfg(test)]
mod tests;

use salve_wire::Document;

use super::{Refusal, Remedy, give_up};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::thinking;

/// See the module.
pub struct StripSampling;

const ID: &str = "strip-sampling";
const FIELDS: [&str; 3] = ["temperature", "top_p", "top_k"];
/// `temperature` and `top_p` are not taken together.
const BOTH: &str = "sampling:both";
/// Nothing but the defaults is taken while the model thinks.
const THINKING: &str = "sampling:with-thinking";
/// The highest temperature.
const HOTTEST: &str = "limit:temperature";
/// One value of one field is refused: `sampling:temperature=0`.
const VALUE: &str = "sampling:";

/// The smallest `top_p` that goes with thinking.
const TOP_P_THINKING_MIN: f64 = 0.95;

impl Remedy for StripSampling {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature.strip_prefix(VALUE) {
            Some("both") => drop_one_of_both(request),
            // Whether the model thinks is known only when everything else is prepared.
            Some("with-thinking") | None => false,
            Some(value) => value.split_once('=').is_some_and(|(field, value)| {
                raw(&mut request.body, field).is_some_and(|raw| raw == value)
                    && remove(request, field)
            }),
        }
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.refuses(THINKING) {
            drop_unthinking(request);
        }
        if let Some(hottest) = known.limit(HOTTEST) {
            cool(request, hottest);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        if words.contains("thinking") && drop_unthinking(request) {
            request.learn(THINKING, Says::Refuses);
            return true;
        }
        let says = |marks: &[&str]| marks.iter().any(|mark| words.contains(mark));
        if says(&["both", "only one", "together", "at the same time", "mutually exclusive"])
            && drop_one_of_both(request)
        {
            request.learn(BOTH, Says::Refuses);
            return true;
        }
        let named = refusal.detail("field").or_else(|| refusal.detail("path"));
        let named = named.map_or_else(|| words.clone(), str::to_ascii_lowercase);
        let is_range = says(RANGES);
        let named: Vec<_> = FIELDS.into_iter().filter(|field| named.contains(field)).collect();
        // Every one is looked at.
        named.into_iter().filter(|field| part_with(request, field, is_range)).count() > 0
    }
}

/// How upstreams say that the value is refused and not the field.
const RANGES: &[&str] =
    &["range", "less than", "greater than", "between", "at most", "at least", "<=", ">=", "范围"];

/// Does without a field that is refused, or without its value.
fn part_with(request: &mut Outbound, field: &str, is_range: bool) -> bool {
    let Some(value) = raw(&mut request.body, field) else { return false };
    if !is_range {
        request.learn(format!("field:{field}"), Says::Refuses);
        return give_up(request, &format!("field:{field}"));
    }
    if field == "temperature" && cool(request, 1) {
        request.learn(HOTTEST, Says::Limit(1));
        return true;
    }
    request.learn(format!("{VALUE}{field}={value}"), Says::Refuses);
    remove(request, field)
}

fn raw(body: &mut Document, field: &str) -> Option<String> {
    let raw = body.get(field)?.raw().into_owned();
    String::from_utf8(raw).ok()
}

fn number(body: &mut Document, field: &str) -> Option<f64> {
    raw(body, field)?.parse().ok()
}

fn remove(request: &mut Outbound, field: &str) -> bool {
    let is_changed = request.body.remove(field);
    if is_changed {
        request.note(ID, field);
    }
    is_changed
}

/// `temperature` says what is wanted more plainly than `top_p`.
fn drop_one_of_both(request: &mut Outbound) -> bool {
    request.body.get("temperature").is_some() && remove(request, "top_p")
}

fn drop_unthinking(request: &mut Outbound) -> bool {
    if !thinking::is_on(&mut request.body) {
        return false;
    }
    let temperature = number(&mut request.body, "temperature");
    let is_warm = temperature.is_some_and(|value| (value - 1.0).abs() > f64::EPSILON);
    let top_p = number(&mut request.body, "top_p");
    let is_narrow = top_p.is_some_and(|value| value < TOP_P_THINKING_MIN);
    let mut is_changed = is_warm && remove(request, "temperature");
    is_changed |= is_narrow && remove(request, "top_p");
    is_changed | remove(request, "top_k")
}

/// Lowers a temperature that is above what is taken; most take 1 at most, some clients send 2.
fn cool(request: &mut Outbound, hottest: u64) -> bool {
    let value = number(&mut request.body, "temperature");
    let Some(hottest_value) = u32::try_from(hottest).ok().map(f64::from) else { return false };
    if value.is_none_or(|value| value <= hottest_value) {
        return false;
    }
    request.body.set("temperature", hottest.to_string());
    request.note(ID, format!("temperature-to-{hottest}"));
    true
}
