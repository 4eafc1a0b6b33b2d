//! Every database keeps the same promises: the laws of `conformance/laws.rs` and
//! `conformance/capabilities.rs`, run on each.

mod capabilities;
mod laws;

use std::sync::Arc;

use crate::Store;
use salve_ledger::{ManualClock, PriceBook};
use tempfile::TempDir;

/// An empty store in SQLite, and the folder that has to outlive it.
async fn sqlite() -> (Arc<Store>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let prices = Arc::new(PriceBook::embedded());
    let clock = Arc::new(ManualClock::default());
    let url = "sqlite:salve.db".parse().unwrap();
    let store = Store::open(&url, folder.path(), prices, clock).await.unwrap();
    (store, folder)
}

macro_rules! laws_on_sqlite {
    ($from:ident: $($law:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $law() {
                let (store, _folder) = sqlite().await;
                $from::$law(&store).await;
            }
        )*
    };
}

laws_on_sqlite! { laws:
    an_entry_reads_back_as_it_was_settled,
    a_second_settlement_changes_nothing,
    a_settlement_may_overtake_its_opening,
    admitted_requests_are_entries_and_open_holds,
    each_filter_finds_its_entries_alone,
    entries_come_newest_first_up_to_the_limit,
    one_who_follows_the_log_misses_none,
    an_entry_is_found_by_the_beginning_of_its_id,
    totals_are_the_sums_of_the_entries,
    sums_beyond_the_range_do_not_fail,
    any_text_comes_back_as_it_went_in,
    numbers_beyond_the_databases_range_are_kept_at_its_end,
    a_batch_of_any_size_is_applied_whole,
    keys_are_kept_found_and_revoked,
    a_key_id_is_taken_once,
    small_facts_are_kept_and_replaced,
    whatever_happens_each_request_has_one_entry_or_one_hold,
}

laws_on_sqlite! { capabilities:
    capabilities_are_kept_replaced_and_forgotten,
    the_same_capability_again_keeps_its_first_date,
    capabilities_beyond_the_bound_go_from_the_oldest,
    the_evidence_of_a_capability_is_kept_to_its_bound,
    what_was_served_last_is_kept_in_any_order,
    what_was_served_beyond_the_bound_goes_from_the_oldest,
}
