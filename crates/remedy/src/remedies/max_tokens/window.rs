//! How much room a context window has left, as refusals tell it.

use std::sync::LazyLock;

use regex::Regex;

use crate::numbers;
use crate::remedies::Refusal;

/// What stays free of the window, in tokens: upstreams count a little more at times than they say.
const SPARE_TOKENS: u64 = 64;

/// "186433 + 20000 > 200000": input, output and window.
static SUM: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\d+)\s*\+\s*\d+\s*>=?\s*(\d+)").ok());

/// "32000 > 32768 - 5000": output, window and input.
static DIFFERENCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\d+\s*>=?\s*(\d+)\s*-\s*(\d+)").ok());

/// "maximum context length is 32768 tokens": the window.
static WINDOW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = "context[ _-]?(?:length|window|limit|size)|max_model_len";
    Regex::new(&format!(r"(?i)(?:{name})[^\d\n]{{0,60}}(\d[\d,]*)")).ok()
});

/// "(99645 in the messages", "5000 input tokens", "5000 of text input": the input.
static INPUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let kinds = ["in the messages", "in the prompt", "input tokens", "prompt tokens"];
    let kinds = kinds.join("|");
    Regex::new(&format!(r"(?i)(\d[\d,]*)\s+(?:tokens\s+)?(?:{kinds}|of text input)")).ok()
});

/// The tokens that the window has left for the answer. `None` where the words are not about a
/// window, or where not even the prompt fits.
pub(super) fn room(refusal: &Refusal<'_>, asked: u64) -> Option<u64> {
    let (input, window) = input_and_window(refusal, asked)?;
    let room = window.checked_sub(input)?.checked_sub(SPARE_TOKENS)?;
    (room < asked).then_some(room)
}

/// Whether the words tell how large prompt and window are.
pub(super) fn is_told(refusal: &Refusal<'_>, asked: u64) -> bool {
    input_and_window(refusal, asked).is_some()
}

fn input_and_window(refusal: &Refusal<'_>, asked: u64) -> Option<(u64, u64)> {
    let words = refusal.message();
    if let (Some(input), Some(window)) = (refusal.number("input"), refusal.number("limit")) {
        let tools = refusal.number("tools").unwrap_or(0);
        return Some((input.saturating_add(tools), window));
    }
    if let Some((input, window)) = pair(&SUM, words) {
        return Some((input, window));
    }
    if let Some((window, input)) = pair(&DIFFERENCE, words) {
        return Some((input, window));
    }
    let window = number(&WINDOW, words)?;
    // The larger of the two, since tools are counted apart by some.
    let input = number(&INPUT, words).max(rest(words, window, asked))?;
    Some((input, window))
}

/// The input where only the sum of both is told: it is the one number above the window.
fn rest(words: &str, window: u64, asked: u64) -> Option<u64> {
    let sum = numbers::whole(words).into_iter().find(|number| *number > window)?;
    sum.checked_sub(asked).filter(|input| *input > 0)
}

fn pair(pattern: &LazyLock<Option<Regex>>, words: &str) -> Option<(u64, u64)> {
    let found = pattern.as_ref()?.captures(words)?;
    let number = |at| found.get(at)?.as_str().parse().ok();
    Some((number(1)?, number(2)?))
}

fn number(pattern: &LazyLock<Option<Regex>>, words: &str) -> Option<u64> {
    let found = pattern.as_ref()?.captures(words)?.get(1)?.as_str().replace(',', "");
    found.parse().ok()
}
