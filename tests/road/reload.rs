//! Hot reload: a good file is in force soon, a bad one changes nothing.

use std::fs;

use crate::harness::{CREDENTIAL, KEY, MODEL, Request, Road, Setup, Sim, ask, streamed, wait};

const SECOND: &str = "sk-road-second-key-0123456789";

/// Where an answer came from, by this key.
fn by(road: &Road, key: &str) -> (u16, Option<String>) {
    let answer = road.send(&Request::messages(&ask(MODEL, "hi")).with("x-api-key", key));
    (answer.status, answer.header("salve-channel").map(str::to_owned))
}

/// The configuration after a reload: the second channel in its own group, for a second key.
fn grown(first: &Sim, second: &Sim) -> Setup {
    Setup::of(first.url())
        .channel("two", second.url())
        .groups(
            "[[group]]\nname = \"default\"\nchannels = [\"one\"]\n\
             [[group]]\nname = \"new\"\nchannels = [\"two\"]\n",
        )
        .and("[[key]]\nname = \"second\"\nsecret = \"${ROAD_SECOND}\"\ngroup = \"new\"\n")
        .env("ROAD_SECOND", SECOND)
}

fn before(first: &Sim) -> Road {
    Road::start(&Setup::of(first.url()).env("ROAD_SECOND", SECOND))
}

#[test]
fn a_changed_file_adds_a_channel_a_group_and_a_key_and_takes_them_away() {
    let (first, second) = (Sim::start(), Sim::start());
    let road = before(&first);
    assert_eq!(by(&road, SECOND).0, 401);
    road.reconfigure(&grown(&first, &second));
    wait::until("the second key to open", || {
        (by(&road, SECOND) == (200, Some("two".to_owned()))).then_some(())
    });
    assert_eq!(by(&road, KEY), (200, Some("one".to_owned())));
    let said = road.said();
    for word in ["two", "new", "second"] {
        assert!(said.contains(word), "the difference is logged: {said}");
    }
    road.reconfigure(&Setup::of(first.url()));
    wait::until("the second key to be refused", || (by(&road, SECOND).0 == 401).then_some(()));
    assert_eq!(by(&road, KEY), (200, Some("one".to_owned())));
}

#[test]
fn sighup_reads_the_file_again_even_where_nothing_seems_changed() {
    let sim = Sim::start();
    let road = before(&sim);
    road.process(|process| process.signal("HUP"));
    road.until_said("the configuration was read again");
    assert_eq!(by(&road, KEY).0, 200);
}

#[test]
fn sighup_puts_a_changed_file_in_force() {
    let (first, second) = (Sim::start(), Sim::start());
    let road = before(&first);
    road.reconfigure(&grown(&first, &second));
    road.process(|process| process.signal("HUP"));
    wait::until("the second key to open", || (by(&road, SECOND).0 == 200).then_some(()));
}

#[test]
fn a_broken_file_leaves_the_one_before_in_force_and_mending_it_helps() {
    let (first, second) = (Sim::start(), Sim::start());
    let road = before(&first);
    for broken in ["[server", "[server]\nlissten = 1\n", ""] {
        fs::write(road.config(), broken).expect("writes");
        let told = road.said().matches("not valid").count();
        road.process(|process| process.signal("HUP"));
        wait::until("the complaint", || {
            (road.said().matches("not valid").count() > told).then_some(())
        });
        assert_eq!(by(&road, KEY), (200, Some("one".to_owned())));
        assert!(road.is_ready());
    }
    road.reconfigure(&grown(&first, &second));
    wait::until("the second key to open", || (by(&road, SECOND).0 == 200).then_some(()));
}

#[test]
fn a_running_stream_keeps_the_configuration_it_began_with() {
    let (first, second) = (Sim::start(), Sim::start());
    let road = before(&first);
    let slow = streamed(MODEL, "[[tokens:100]] [[deltas:50]] [[pace:60]]");
    let mut wire = road.open(&Request::messages(&slow));
    wire.until_text("content_block_delta");
    // The channel moves to another upstream under the same name.
    road.reconfigure(&Setup::of(second.url()));
    road.until_said("the configuration was read again");
    assert_eq!(by(&road, KEY).0, 200);
    assert_eq!(second.books().len(), 1, "new requests go to the new address");
    let answer = road.end_of(&mut wire);
    assert!(answer.body == first.only().answer, "{}", answer.text());
    assert!(answer.text().contains("event: message_stop"));
}

#[test]
fn a_secret_in_a_file_is_read_again_when_that_file_changes() {
    let sim = Sim::start();
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("upstream.key");
    fs::write(&secret, "an-old-and-wrong-credential\n").expect("writes");
    let credential = format!("credential = {{ api_key = \"${{file:{}}}\" }}", secret.display());
    let road = Road::start(&Setup::of(sim.url()).more(&credential));
    assert_eq!(by(&road, KEY).0, 503);
    fs::write(&secret, format!("{CREDENTIAL}\n")).expect("writes");
    wait::until("the new credential", || (by(&road, KEY).0 == 200).then_some(()));
}

#[test]
fn a_key_whose_group_is_gone_is_refused_until_it_is_back() {
    let (first, second) = (Sim::start(), Sim::start());
    let road = Road::start(&grown(&first, &second));
    let key = road.make_key(&["made", "--group", "new"]);
    assert_eq!(by(&road, &key).0, 200);
    road.reconfigure(&Setup::of(first.url()));
    wait::until("the group to be gone", || (by(&road, &key).0 == 401).then_some(()));
    road.reconfigure(&grown(&first, &second));
    wait::until("the group to be back", || (by(&road, &key).0 == 200).then_some(()));
}

#[test]
fn a_smaller_limit_is_in_force_after_a_reload() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let body = ask(MODEL, &"x".repeat(4_000));
    assert_eq!(road.ask(&body).status, 200);
    road.reconfigure(&Setup::of(sim.url()).server("max_body = \"2KiB\""));
    wait::until("the smaller limit", || (road.ask(&body).status == 413).then_some(()));
}
