use salve_ledger::{Outcome, Timestamp};
use sqlx::Row as _;

use super::select;
use crate::filter::EntryFilter;
use crate::sqlite::Sqlite;

async fn plan(database: &Sqlite, filter: &EntryFilter) -> String {
    let mut query = select("EXPLAIN QUERY PLAN SELECT * FROM entries WHERE true", filter);
    let rows = query.build().fetch_all(&database.readers).await.unwrap();
    let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    steps.join("; ")
}

#[tokio::test]
async fn every_filter_is_answered_in_the_order_of_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let database = Sqlite::open(&folder.path().join("salve.db"), true).await.unwrap();
    let (text, time) = (Some("x".to_owned()), Some(Timestamp::from_millis(0)));
    let any = EntryFilter::default;
    let walked = [
        EntryFilter { user: text.clone(), ..any() },
        EntryFilter { model: text.clone(), ..any() },
        EntryFilter { channel: text.clone(), ..any() },
        EntryFilter { outcome: Some(Outcome::Told), ..any() },
    ];
    for filter in walked {
        let plan = plan(&database, &filter).await;
        assert!(plan.starts_with("SCAN entries USING INDEX entries_by_time"), "{filter:?}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
    }
    let looked_up = [
        EntryFilter { key: text.clone(), ..any() },
        EntryFilter { session: text.clone(), ..any() },
        EntryFilter { fault: text.clone(), since: time, ..any() },
        EntryFilter { since: time, until: time, ..any() },
        EntryFilter { after_seq: Some(1), ..any() },
    ];
    for filter in looked_up {
        let plan = plan(&database, &filter).await;
        assert!(plan.starts_with("SEARCH entries USING"), "{filter:?}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
    }
}
