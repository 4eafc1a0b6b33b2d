use bytes::Bytes;
use rand::SeedableRng;
use rand::rngs::StdRng;
use salve_config::{Channel, Config, Credential, DeclaredKey, Kind, Secret};
use salve_ledger::{Endpoint, RequestId, Timestamp};
use salve_store::KeyRecord;
use salve_wire::Body;
use salve_wire::anthropic::request::Request;
use tokio::time::Instant;

use super::*;

const DECLARED: &str = "declared-key-of-the-tests";

struct Door {
    house: House,
    minted: Keyring,
    pepper: Pepper,
    texts: [String; 2],
}

/// A door with one declared key, one minted key and one revoked key.
fn a_door() -> Door {
    let pepper = Pepper::new(&[9; 32]).unwrap();
    let mut config = Config::for_channel(Channel::new("a", Kind::Anthropic, Credential::None));
    config.keys = vec![DeclaredKey::new("declared", Secret::new(DECLARED.to_owned()))];
    let house = House::build(&config, &pepper).unwrap();
    let mut random = StdRng::seed_from_u64(3);
    let (good, revoked) = (mint(&mut random), mint(&mut random));
    let record = |minted: &Minted, name: &str, revoked| KeyRecord {
        id: minted.public_id.clone(),
        name: name.to_owned(),
        user: None,
        group: "default".to_owned(),
        created: Timestamp::from_millis(0),
        revoked,
        mac: pepper.digest(&minted.text),
        models: None,
        note: None,
    };
    let records = vec![
        record(&good, "minted", None),
        record(&revoked, "revoked", Some(Timestamp::from_millis(1))),
    ];
    let minted = Keyring::minted(records);
    Door { house, minted, pepper, texts: [good.text, revoked.text] }
}

fn knock(door: &Door, fields: &[(&'static str, &str)]) -> Result<String, IdentifyRefusal> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.insert(*name, value.parse().unwrap());
    }
    let caller = caller(&door.house, &door.minted, &door.pepper, &headers);
    caller.map(|caller| caller.key.name.clone())
}

#[test]
fn a_key_opens_in_either_header_and_beside_a_foreign_credential() {
    let door = a_door();
    let [minted, _] = &door.texts;
    assert_eq!(knock(&door, &[("x-api-key", minted)]).unwrap(), "minted");
    assert_eq!(knock(&door, &[("x-api-key", DECLARED)]).unwrap(), "declared");
    let bearer = format!("bearer  {minted}");
    assert_eq!(knock(&door, &[("authorization", &bearer)]).unwrap(), "minted");
    let both = [("x-api-key", "sk-ant-some-other-key"), ("authorization", bearer.as_str())];
    assert_eq!(knock(&door, &both).unwrap(), "minted");
}

#[test]
fn what_opens_nothing_is_told_by_what_its_holder_can_do() {
    let door = a_door();
    let [minted, revoked] = &door.texts;
    let wrong_secret = format!("{}A", minted.get(..minted.len() - 1).unwrap());
    assert_eq!(knock(&door, &[]), Err(IdentifyRefusal::Missing));
    assert_eq!(knock(&door, &[("authorization", "Basic abc")]), Err(IdentifyRefusal::Missing));
    assert_eq!(knock(&door, &[("x-api-key", " ")]), Err(IdentifyRefusal::Missing));
    assert_eq!(knock(&door, &[("x-api-key", &wrong_secret)]), Err(IdentifyRefusal::Wrong));
    let gone = IdentifyRefusal::Revoked("revoked".to_owned());
    assert_eq!(knock(&door, &[("x-api-key", revoked)]), Err(gone.clone()));
    assert_eq!(Told::from(gone).status, 401);
}

fn session(header: Option<&str>, body: &str) -> String {
    let mut headers = HeaderMap::new();
    if let Some(session) = header {
        headers.insert("x-claude-code-session-id", session.parse().unwrap());
    }
    let body = Body::scan(Bytes::copy_from_slice(body.as_bytes())).unwrap();
    let door = a_door();
    headers.insert("x-api-key", DECLARED.parse().unwrap());
    let caller = caller(&door.house, &door.minted, &door.pepper, &headers).unwrap();
    let incoming = Incoming {
        id: RequestId::new("req_test"),
        endpoint: Endpoint::Messages,
        query: None,
        headers,
        request: Request::read(body).unwrap(),
        request_bytes: 0,
        is_mended: false,
        arrived: Instant::now(),
    };
    identify(incoming, caller).session
}

#[test]
fn a_session_is_named_by_header_then_metadata_then_the_stable_prefix() {
    let claude = r#"{"model":"m","metadata":{"user_id":"{\"device_id\":\"d\",\"session_id\":\"s-2\"}"},"messages":[]}"#;
    assert_eq!(session(Some("s-1"), claude), "s-1");
    assert_eq!(session(None, claude), "s-2");
    assert_eq!(session(None, r#"{"model":"m","metadata":{"user_id":"plain"}}"#), "plain");
    let turn = |messages: &str| format!(r#"{{"model":"m","system":"s","messages":[{messages}]}}"#);
    let long = format!(r#"{{"role":"user","content":"{}"}}"#, "x".repeat(600));
    let first = session(None, &turn(&long));
    let later = session(None, &turn(&format!("{long},{long}")));
    assert_eq!(first, later, "the same conversation, a turn later");
    assert_ne!(first, session(None, &turn("")), "another conversation");
}
