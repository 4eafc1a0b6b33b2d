//! What a store promises of what was learned of channels.

use std::sync::Arc;

use salve_ledger::Timestamp;

use crate::limits::{EVIDENCE_CHARS_MAX, LEARNED_ROWS_MAX};
use crate::{CapabilityRecord, Says, ServedRecord, Store};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + millis)
}

fn capability(channel: &str, model: &str, feature: &str) -> CapabilityRecord {
    CapabilityRecord {
        channel: channel.into(),
        model: model.into(),
        feature: feature.into(),
        says: Says::Refuses,
        evidence: "tools.0.custom.strict: Extra inputs are not permitted".into(),
        learned_at: at(0),
        expires_at: at(1_000),
    }
}

fn served(channel: &str, model: &str, millis: i64) -> ServedRecord {
    ServedRecord { channel: channel.into(), model: model.into(), last_served_at: at(millis) }
}

async fn known(store: &Arc<Store>) -> Vec<CapabilityRecord> {
    store.capabilities().await.unwrap()
}

pub async fn capabilities_are_kept_replaced_and_forgotten(store: &Arc<Store>) {
    let odd = "' OR 1=1 -- \0 \u{10ffff}";
    let says = [
        Says::Refuses,
        Says::Takes,
        Says::Limit(u64::MAX),
        Says::Instead("tool-search-tool-2025-10-19".into()),
        Says::Instead(odd.into()),
    ];
    let capabilities: Vec<CapabilityRecord> = says
        .into_iter()
        .zip(0..)
        .map(|(says, n)| CapabilityRecord { says, ..capability("one", "m", &format!("f{n}")) })
        .chain([capability("one", odd, "f0"), capability("two", "m", "f0")])
        .collect();
    for capability in &capabilities {
        store.put_capability(capability).await.unwrap();
    }
    let mut expected = capabilities.clone();
    expected.sort_by_key(|l| (l.channel.clone(), l.model.clone(), l.feature.clone()));
    assert_eq!(known(store).await, expected);
    let changed =
        CapabilityRecord { says: Says::Takes, learned_at: at(9), ..capability("two", "m", "f0") };
    store.put_capability(&changed).await.unwrap();
    assert_eq!(known(store).await.pop(), Some(changed));
    assert!(store.remove_capability("one", "m", "f1").await.unwrap());
    assert!(!store.remove_capability("one", "m", "f1").await.unwrap());
    assert_eq!(store.remove_feature("one", "f0").await.unwrap(), 2);
    assert_eq!(store.remove_capabilities(Some("one")).await.unwrap(), 3);
    assert_eq!(store.remove_capabilities(None).await.unwrap(), 1);
    assert_eq!(known(store).await, []);
}

pub async fn the_same_capability_again_keeps_its_first_date(store: &Arc<Store>) {
    let limit = |n, millis| CapabilityRecord {
        says: Says::Limit(n),
        learned_at: at(millis),
        expires_at: at(millis + 1_000),
        ..capability("one", "m", "limit:max_tokens")
    };
    for capability in [limit(8_192, 0), limit(8_192, 500)] {
        store.put_capability(&capability).await.unwrap();
    }
    let expected = CapabilityRecord { learned_at: at(0), ..limit(8_192, 500) };
    assert_eq!(known(store).await, [expected]);
    store.put_capability(&limit(4_096, 600)).await.unwrap();
    assert_eq!(known(store).await, [limit(4_096, 600)]);
}

pub async fn capabilities_beyond_the_bound_go_from_the_oldest(store: &Arc<Store>) {
    // The bound is filled by one statement: ten thousand commits would take a minute.
    let fill = "INSERT INTO capability
        (channel, model, feature, says, evidence, learned_at, seen_at, expires_at)
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
        SELECT 'one', 'm', 'f' || n, 'takes', '', n, n, n FROM n";
    store.database.execute(fill, i64::from(LEARNED_ROWS_MAX) - 1).await;
    let rows = usize::try_from(LEARNED_ROWS_MAX).unwrap();
    assert_eq!(known(store).await.len(), rows - 1);
    for (number, kept) in [("a", rows), ("b", rows), ("c", rows)] {
        store.put_capability(&capability("two", "m", number)).await.unwrap();
        assert_eq!(known(store).await.len(), kept);
    }
    let left = known(store).await;
    let has = |feature: &str| left.iter().any(|capability| capability.feature == feature);
    assert!(has("a") && has("b") && has("c") && has("f3") && !has("f2") && !has("f1"));
}

pub async fn the_evidence_of_a_capability_is_kept_to_its_bound(store: &Arc<Store>) {
    for length in [EVIDENCE_CHARS_MAX - 1, EVIDENCE_CHARS_MAX, EVIDENCE_CHARS_MAX + 1] {
        let evidence = "ü".repeat(length);
        let capability = CapabilityRecord { evidence, ..capability("one", "m", "f") };
        store.put_capability(&capability).await.unwrap();
        let kept = known(store).await.remove(0).evidence;
        assert_eq!(kept.chars().count(), length.min(EVIDENCE_CHARS_MAX));
    }
}

pub async fn what_was_served_last_is_kept_in_any_order(store: &Arc<Store>) {
    store.note_served(&[]).await.unwrap();
    let first = [served("one", "m", 5), served("two", "m", 5), served("one", "n", 5)];
    store.note_served(&first).await.unwrap();
    let later = [served("one", "m", 9), served("two", "m", 1), served("one", "m", 7)];
    store.note_served(&later).await.unwrap();
    let expected = [served("one", "m", 9), served("one", "n", 5), served("two", "m", 5)];
    assert_eq!(store.served().await.unwrap(), expected);
}

pub async fn what_was_served_beyond_the_bound_goes_from_the_oldest(store: &Arc<Store>) {
    let rows = i64::from(LEARNED_ROWS_MAX);
    let all: Vec<_> = (0..=rows).map(|n| served("one", &format!("m{n}"), n)).collect();
    store.note_served(&all).await.unwrap();
    let kept = store.served().await.unwrap();
    assert_eq!(kept.len(), all.len() - 1);
    assert!(!kept.contains(&all[0]) && kept.contains(&all[1]));
}
