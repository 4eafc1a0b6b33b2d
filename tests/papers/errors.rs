//! `docs/ERRORS.md`: the catalogue of faults as one table.

use salve_remedy::{Fault, Policy, Whose, catalogue};

use crate::tree;

const HEAD: &str = "\
# Errors

This page is made of the catalogue (`faults/`): each fault that Salve tells apart, whose it is, and
what becomes of a request that meets it. The id is what `salve-fault` names in a response and
`fault` in the log. A running Salve serves a help page on each at `/help/ID`: what you see, why,
what to do, how to avoid it.

- *next*: another channel is tried; it is told only when every one has failed.
- *pass*: the upstream's refusal goes to the client with its own status and words, where these are
  a client error in an error envelope; else it is told.
- *tell*: it is told at once.
- –: it happens beside the requests, on the client's machine; only `salve explain` and the help
  pages know it.

";

#[test]
fn the_table_of_errors_is_fresh() {
    let mut page = HEAD.to_owned();
    let mut family = "";
    for fault in catalogue().faults() {
        if fault.family != family {
            family = &fault.family;
            let gap = if page.ends_with("|\n") { "\n" } else { "" };
            page.push_str(&format!("{gap}## {family}\n\n{TABLE_HEAD}"));
        }
        page.push_str(&row(fault));
    }
    tree::assert_fresh("docs/ERRORS.md", &page);
}

const TABLE_HEAD: &str = "\
| id | what it is | whose | then | told as |
|---|---|---|---|---|
";

fn row(fault: &Fault) -> String {
    let whose = match fault.whose {
        Whose::Client => "client",
        Whose::Salve => "Salve",
        Whose::Account => "account",
        Whose::Upstream => "upstream",
    };
    let then = match fault.verdict {
        Policy::Next => "next",
        Policy::Pass => "pass",
        Policy::Tell => "tell",
    };
    let (id, title, told) = (&fault.id, &fault.title, &fault.told);
    if fault.is_local() {
        return format!("| `{id}` | {title} | {whose} | – | – |\n");
    }
    format!("| `{id}` | {title} | {whose} | {then} | {} `{}` |\n", told.status, told.error_type)
}
