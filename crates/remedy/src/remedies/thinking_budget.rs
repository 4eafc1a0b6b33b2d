//! thinking-budget: the tokens for thinking come into the range that is taken.

#[cfg(test)]
mod tests;

use super::{Refusal, Remedy};
use crate::known::{Known, Says};
use crate::numbers;
use crate::outbound::Outbound;
use crate::thinking::{self, BUDGET_TOKENS_MIN};

/// See the module.
pub struct ThinkingBudget;

const ID: &str = "thinking-budget";
/// The most that is taken.
const MOST: &str = "limit:thinking-budget";
/// The least that is taken.
const LEAST: &str = "limit:thinking-budget-min";
/// `enabled` is not taken without one.
const MISSING: &str = "thinking-budget";

impl Remedy for ThinkingBudget {
    fn id(&self) -> &'static str {
        ID
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.says(MISSING) == Some(&Says::Needs) {
            add(request);
        }
        if let Some(least) = known.limit(LEAST) {
            raise(request, least);
        }
        if let Some(most) = known.limit(MOST) {
            lower(request, most);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let Some(budget) = thinking::budget(&mut request.body) else {
            request.learn(MISSING, Says::Needs);
            return add(request);
        };
        if let Some(least) = least(refusal, budget) {
            request.learn(LEAST, Says::Limit(least));
            return raise(request, least);
        }
        let Some(most) = most(refusal, budget) else {
            return thinking::fit_budget(request) && noted(request);
        };
        request.learn(MOST, Says::Limit(most));
        lower(request, most)
    }
}

/// The least that is taken, where that is more than was asked for.
fn least(refusal: &Refusal<'_>, budget: u64) -> Option<u64> {
    let named = refusal.number("least").filter(|least| *least > budget);
    let least = named.or_else(|| (budget < BUDGET_TOKENS_MIN).then_some(BUDGET_TOKENS_MIN));
    least.map(|least| least.max(BUDGET_TOKENS_MIN))
}

/// The most that is taken, where that is less than was asked for.
fn most(refusal: &Refusal<'_>, budget: u64) -> Option<u64> {
    let named = refusal.number("limit").filter(|limit| *limit < budget);
    let numbers = numbers::whole(refusal.message());
    let range = BUDGET_TOKENS_MIN..budget;
    named.or_else(|| numbers.into_iter().filter(|number| range.contains(number)).max())
}

fn noted(request: &mut Outbound) -> bool {
    let left = thinking::budget(&mut request.body);
    request.note(ID, left.map_or_else(|| "none".to_owned(), |budget| budget.to_string()));
    true
}

/// Gives a budget to thinking that is enabled without one.
fn add(request: &mut Outbound) -> bool {
    let mode = thinking::mode(&mut request.body);
    let has_none = thinking::budget(&mut request.body).is_none();
    if !has_none || mode.is_none_or(|mode| mode != "enabled") {
        return false;
    }
    match thinking::budget_by_effort(&mut request.body) {
        Some(budget) => thinking::set_budget(&mut request.body, budget),
        None => _ = thinking::switch_off(request),
    }
    noted(request)
}

fn raise(request: &mut Outbound, least: u64) -> bool {
    if thinking::budget(&mut request.body).is_none_or(|budget| budget >= least) {
        return false;
    }
    if thinking::max_tokens(&mut request.body).is_some_and(|max| max <= least) {
        thinking::switch_off(request);
    } else {
        thinking::set_budget(&mut request.body, least);
    }
    noted(request)
}

fn lower(request: &mut Outbound, most: u64) -> bool {
    if thinking::budget(&mut request.body).is_none_or(|budget| budget <= most) {
        return false;
    }
    if most < BUDGET_TOKENS_MIN {
        thinking::switch_off(request);
    } else {
        thinking::set_budget(&mut request.body, most);
    }
    noted(request)
}
