//! Cache breakpoints: how many, in which order, and the beta of the long lifetime.

use serde_json::Value;

use super::walk::all_blocks;
use super::{Broken, Case, Rule, broken, text_of};
use crate::prompt::list;
use crate::shape::EXTENDED_TTL;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "cache-ttl-beta",
        says: "{}.cache_control.ephemeral.ttl: Extra inputs are not permitted",
        check: |case| {
            let long = breakpoints(case).into_iter().find(|point| point.is_long)?;
            let open = case.betas.any(EXTENDED_TTL) || case.law.opens("cache_control.ttl");
            (!open).then(|| vec![long.typed_path])
        },
    },
    Rule {
        id: "cache-too-many",
        says: "A maximum of {} blocks with cache_control may be provided. Found {}.",
        check: |case| {
            let automatic = case.body.get("cache_control").is_some_and(Value::is_object);
            let found = breakpoints(case).len() + usize::from(automatic);
            let max = case.law.profile.limits.cache_breakpoints;
            (found > max).then(|| vec![max.to_string(), found.to_string()])
        },
    },
    Rule {
        id: "cache-ttl-order",
        says: "{}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' \
               cache_control block. Note that blocks are processed in the following order: \
               `tools`, `system`, `messages`.",
        check: ttl_order,
    },
];

struct Breakpoint {
    path: String,
    /// The path with the block's type, as shape refusals give it.
    typed_path: String,
    is_long: bool,
}

fn ttl_order(case: &Case<'_>) -> Broken {
    let points = breakpoints(case);
    let first_short = points.iter().position(|point| !point.is_long)?;
    let late = points.into_iter().skip(first_short).find(|point| point.is_long)?;
    broken([late.path])
}

/// All breakpoints in the order of processing.
fn breakpoints(case: &Case<'_>) -> Vec<Breakpoint> {
    let tools = case.tools().iter().enumerate().filter_map(|(index, tool)| {
        let kind = Some(text_of(tool, "type")).filter(|kind| !kind.is_empty());
        at(tool, format!("tools.{index}"), kind.unwrap_or("custom"))
    });
    let system = list(case.body.get("system")).iter().enumerate();
    let system = system.filter_map(|(index, block)| at(block, format!("system.{index}"), ""));
    let messages = all_blocks(case).filter_map(|spot| {
        spot.block.get("cache_control")?;
        at(spot.block, spot.path(), spot.kind)
    });
    tools.chain(system).chain(messages).collect()
}

fn at(block: &Value, path: String, kind: &str) -> Option<Breakpoint> {
    let control = block.get("cache_control")?.as_object()?;
    let is_long = control.get("ttl").and_then(Value::as_str) == Some("1h");
    let typed_path = if kind.is_empty() { path.clone() } else { format!("{path}.{kind}") };
    Some(Breakpoint { path, typed_path, is_long })
}
