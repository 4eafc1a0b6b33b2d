//! What Salve does about a fault, in one plain sentence made of its entry.

use crate::catalogue::{Fault, Policy, Scope};

/// What each remedy does to the request, as the end of a sentence that begins with "Salve". A
/// remedy without a line here is named by its id.
const REMEDIES: [(&str, &str); 31] = [
    ("rename-beta", "renames the beta to the one that the upstream knows"),
    ("strip-beta", "takes out the beta that is refused, with the fields behind it"),
    ("bisect-betas", "finds the beta that is refused by halves, and takes it out"),
    ("restore-oauth-beta", "puts the login's beta back"),
    ("strip-field", "takes out the field that is refused, with the beta behind it"),
    ("inline-deferred-tools", "sends deferred tools whole"),
    ("drop-tool-type", "takes out the tool of the type that is refused"),
    ("text-for-block", "sends the block that is refused as text"),
    ("fold-system-messages", "moves system messages into the user's turns"),
    ("hash-user-id", "shortens the user id to a digest"),
    ("thinking-shape", "asks for thinking in the shape that the model takes"),
    ("effort", "lowers or takes out the effort"),
    ("drop-thinking", "takes out the thinking blocks that another upstream signed"),
    ("disable-thinking", "switches thinking off for this request"),
    ("give-thinking-back", "gives the model its thinking back"),
    ("tool-choice", "lets the model choose its tools"),
    ("strip-sampling", "takes out the sampling parameters that are refused"),
    ("max-tokens", "sets max_tokens to what the model and the window allow"),
    ("thinking-budget", "sets the thinking budget to what is allowed"),
    ("drop-empty-text", "takes out empty texts"),
    ("cache-breakpoints", "takes out the cache marks that are refused"),
    ("pair-tools", "gives each tool call its result and each result its call"),
    ("unique-tool-ids", "makes the ids of tool calls unique"),
    ("tool-names", "gives tools names that the upstream takes"),
    ("tool-schema", "puts the tool's schema into the form that is taken"),
    ("type-result-content", "names the type of each result's content"),
    ("end-with-user", "ends the conversation with a turn of the user's"),
    ("alternate-roles", "joins turns of the same role"),
    ("text-for-hosted-search", "sends foreign search results as text"),
    ("images", "brings images within the upstream's limits"),
    ("strip-long-context", "asks without the long context window"),
];

/// The sentence: what changes, where else the request goes, and how it is told at last.
pub(super) fn sentence(fault: &Fault) -> String {
    if fault.is_local() {
        let sentence = "Nothing: it happens beside the requests that pass through Salve, so only \
                        the client's settings change it.";
        return sentence.to_owned();
    }
    let remedies: Vec<_> = remedies(fault).map(cure).collect();
    if remedies.is_empty() {
        return ending(fault, "Salve");
    }
    let cures = remedies.join(", or else ");
    let ending = ending(fault, "it");
    format!(
        "Salve {cures}, and sends the request again, unseen by the client. Where that does not \
         help, {ending}"
    )
}

/// The remedies of a fault by name, in the order in which they are tried.
pub(super) fn remedies(fault: &Fault) -> impl Iterator<Item = &str> {
    fault.remedies.iter().map(String::as_str)
}

fn cure(id: &str) -> String {
    let known = REMEDIES.iter().find(|(known, _)| *known == id);
    known.map_or_else(|| format!("applies its remedy `{id}`"), |(_, does)| (*does).to_owned())
}

fn ending(fault: &Fault, who: &str) -> String {
    let told = told(fault);
    match fault.verdict {
        Policy::Next => format!(
            "{who} tries the group's next channel, unseen by the client{}; only when every \
             one has failed does it answer {told}.",
            cooling(fault)
        ),
        Policy::Pass => format!(
            "{who} passes the upstream's refusal on in its own words, because clients act on \
             them."
        ),
        Policy::Tell => {
            format!("{who} answers {told} at once, the shape on which clients recover best.")
        }
    }
}

fn told(fault: &Fault) -> String {
    let told = &fault.told;
    let again = match (told.retry_after, told.should_retry) {
        (Some(secs), _) => format!(" with a retry-after (usually {secs} s)"),
        (None, Some(false)) => " and asks the client not to repeat it".to_owned(),
        (None, _) => String::new(),
    };
    format!("{} `{}`{again}", told.status, told.error_type)
}

fn cooling(fault: &Fault) -> String {
    let secs = fault.cools_secs.map(|secs| format!(" for {secs} s")).unwrap_or_default();
    match fault.cools {
        Scope::Nothing => String::new(),
        Scope::Model => format!(", and asks this one no more for the model{secs}"),
        Scope::Channel => format!(", and leaves this one alone{secs}"),
        Scope::Credential => ", and leaves this one alone until its credential is renewed".into(),
        Scope::Account => ", and leaves this one alone until its account is paid".into(),
    }
}
