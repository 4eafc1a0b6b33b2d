//! How much goes in and how much may come out.

use super::{Purpose, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "max-tokens-over-model",
        says: "max_tokens: {} > {}, which is the maximum allowed number of output tokens for {}",
        check: |case| {
            let (asked, max) = (case.max_tokens()?, case.model.output_tokens_max);
            let over = asked > max;
            over.then(|| vec![asked.to_string(), max.to_string(), case.model_name.to_owned()])
        },
    },
    Rule {
        id: "prompt-too-long",
        says: "prompt is too long: {} tokens > {} maximum",
        check: |case| {
            let (tokens, max) = (case.prompt.tokens, case.window());
            let over = case.purpose == Purpose::Serve && tokens > max;
            let output = case.max_tokens().unwrap_or_default();
            // The last two blanks are for profiles that tell them.
            let numbers = [tokens, max, output, tokens.saturating_add(output)];
            over.then(|| numbers.iter().map(u64::to_string).collect())
        },
    },
    Rule {
        id: "input-plus-max-tokens",
        says: "input length and `max_tokens` exceed context limit: {} + {} > {}, \
               decrease input length or `max_tokens` and try again",
        check: |case| {
            let (input, output, max) = (case.prompt.tokens, case.max_tokens()?, case.window());
            let sum = input.saturating_add(output);
            // The last blank is for profiles that tell it.
            let numbers = [input, output, max, sum];
            (sum > max).then(|| numbers.iter().map(u64::to_string).collect())
        },
    },
];
