//! A gateway between a client and a strict upstream, and what a cure looks like from outside.

use std::collections::BTreeSet;

use salve_simulator::{Entry, Profile, Settings};
use serde_json::{Value, json};

use crate::captures::{self, Capture};
use crate::harness::client::Wire;
use crate::harness::{Answer, MODEL, Request, Road, Setup, Sim};

/// A simulator that is this upstream.
pub fn sim(profile: &str) -> Sim {
    seeded(profile, 1)
}

/// The same with signatures of its own.
pub fn seeded(profile: &str, seed: u64) -> Sim {
    let profile = Profile::named(profile).expect("a profile");
    Sim::with(Settings { profile, seed, ..Settings::default() })
}

/// A simulator whose profile is changed over its control endpoint.
pub fn changed(profile: &str, change: &Value) -> Sim {
    let sim = sim(profile);
    change_profile(&sim, change);
    sim
}

/// Changes a running simulator, as an operator would.
pub fn change_profile(sim: &Sim, change: &Value) {
    let address = sim.url().replace("http://", "").parse().expect("an address");
    let mut request = Request::bare("POST", "/_sim/profile");
    request.body = serde_json::to_vec(change).expect("JSON");
    let mut wire = Wire::connect(address);
    wire.send(&request);
    let answer = wire.read_to_end().expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// What a simulator was asked to answer.
pub fn asked(sim: &Sim) -> Vec<Entry> {
    sim.books().into_iter().filter(|entry| entry.path == "/v1/messages").collect()
}

/// The last body it was sent.
pub fn body(sim: &Sim) -> Value {
    let last = asked(sim).pop().expect("a request at the upstream");
    serde_json::from_slice(&last.body).expect("JSON")
}

/// The betas of the last request it was sent, in order.
pub fn betas(sim: &Sim) -> Vec<String> {
    let last = asked(sim).pop().expect("a request at the upstream");
    let lines = last.headers.iter().filter(|(name, _)| name == "anthropic-beta");
    lines.flat_map(|(_, line)| line.split(',').map(|beta| beta.trim().to_owned())).collect()
}

pub fn attempts(answer: &Answer) -> usize {
    answer.header("salve-attempts").expect("salve-attempts").parse().expect("a number")
}

pub fn remedies(answer: &Answer) -> Vec<String> {
    let line = answer.header("salve-remedies").unwrap_or_default();
    line.split(", ").filter(|remedy| !remedy.is_empty()).map(str::to_owned).collect()
}

/// Asserts that a remedy of this name was applied.
pub fn was_given(answer: &Answer, remedy: &str) {
    let given = remedies(answer);
    let is_it = |done: &String| done == remedy || done.starts_with(&format!("{remedy}:"));
    assert!(given.iter().any(is_it), "{remedy} is not among {given:?}");
}

/// What was learned, as (channel, feature).
pub fn learned(road: &Road) -> BTreeSet<(String, String)> {
    let lines = road.salve(&["channel", "capabilities", "--json"]).lines();
    let text = |line: &Value, name: &str| line[name].as_str().expect(name).to_owned();
    lines.iter().map(|line| (text(line, "channel"), text(line, "feature"))).collect()
}

/// The recorded requests of this name, as the client sent them.
pub fn recorded(name: &str) -> Vec<Request> {
    captures::named(name).iter().map(Capture::whole).collect()
}

/// The JSON of a request.
pub fn json_of(request: &Request) -> Value {
    serde_json::from_slice(&request.body).expect("JSON")
}

/// A request with these bytes before all others of its betas.
pub fn with_betas(request: &Request, betas: &str) -> Request {
    let is_betas = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("anthropic-beta");
    let own = request.headers.iter().find(is_betas).map(|(_, value)| value.clone());
    let all = own.map_or_else(|| betas.to_owned(), |own| format!("{own},{betas}"));
    request.clone().with("anthropic-beta", &all)
}

/// The first turn of a conversation, with these blocks in place of its content.
pub fn turn(content: Value) -> Value {
    json!({ "model": MODEL, "max_tokens": 1000,
        "messages": [{ "role": "user", "content": content }] })
}

/// A gateway with one channel, and the simulator behind it.
pub struct Patient {
    pub sim: Sim,
    pub road: Road,
}

impl Patient {
    pub fn at(profile: &str) -> Self {
        Self::before(sim(profile))
    }

    pub fn before(sim: Sim) -> Self {
        let road = Road::to(sim.url());
        Self { sim, road }
    }

    pub fn with(sim: Sim, more: &str) -> Self {
        let road = Road::start(&Setup::of(sim.url()).more(more));
        Self { sim, road }
    }

    pub fn send(&self, request: &Request) -> Answer {
        self.road.send(request)
    }

    /// A request that the upstream refuses at first is answered, and the upstream gets `expected`
    /// in the end. What was learned costs the next one nothing, also after a restart; what
    /// needs no cure passes to the byte; and the log says what was done.
    pub fn is_cured(&mut self, request: &Request, expected: &Value) -> Answer {
        let first = self.send(request);
        assert_eq!(first.status, 200, "{} after {:?}", first.text(), refusals(&self.sim));
        assert!(attempts(&first) > 1, "nothing was refused");
        assert!(!remedies(&first).is_empty(), "no remedy is named");
        differs_in_nothing(&body(&self.sim), expected);
        let sent = asked(&self.sim).pop().expect("a request").body;
        self.costs_one_attempt(request, &sent);
        self.the_log_says_what(&first);
        self.what_needs_no_cure_passes();
        self.restart();
        self.costs_one_attempt(request, &sent);
        first
    }

    /// The same request again is sent right at once, and to the byte as before.
    pub fn costs_one_attempt(&self, request: &Request, sent: &[u8]) {
        let again = self.send(request);
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(attempts(&again), 1, "not learned: {:?}", refusals(&self.sim));
        let now = asked(&self.sim).pop().expect("a request").body;
        assert!(now == sent, "another repair than before");
    }

    fn the_log_says_what(&self, answer: &Answer) {
        let entry = self.road.entry_of(answer);
        assert_eq!(entry["outcome"], "cured", "{entry}");
        assert_eq!(entry["remedies"], json!(remedies(answer)), "{entry}");
        assert!(!entry["changes"].as_array().expect("changes").is_empty(), "{entry}");
        let shown = self.road.salve(&["log", "show", answer.request_id()]).ok();
        for remedy in remedies(answer) {
            assert!(shown.contains(&remedy), "{remedy} in {shown}");
        }
    }

    fn what_needs_no_cure_passes(&self) {
        let plain = format!(
            "{{ \"model\":\"{MODEL}\",\t\"max_tokens\" : 1000,\n \"messages\": [ {{\"role\": \
             \"user\",\"content\" :\"gr\\u00fc\\/\\ud83d\\ude00 \u{fc}\" }} ]}}"
        );
        let answer = self.send(&Request::post("/v1/messages", plain.clone()));
        assert_eq!((answer.status, attempts(&answer)), (200, 1), "{}", answer.text());
        assert_eq!(answer.header("salve-remedies"), None);
        let arrived = asked(&self.sim).pop().expect("a request").body;
        assert!(arrived == plain.as_bytes(), "a request that needs nothing was changed");
    }

    /// Stops the gateway and starts it again over the same data.
    pub fn restart(&mut self) {
        assert_eq!(self.road.stop(), Some(0));
        self.road.start_again();
    }
}

/// What the upstream refused so far, as (rule, words).
pub fn refusals(sim: &Sim) -> Vec<(String, String)> {
    let refused = asked(sim).into_iter().filter_map(|entry| entry.refused);
    refused.map(|refused| (refused.rule.into_owned(), refused.message)).collect()
}

/// Asserts that two bodies are one, and says where they are not.
pub fn differs_in_nothing(came: &Value, expected: &Value) {
    let mut places = Vec::new();
    compare("", came, expected, &mut places);
    assert!(places.is_empty(), "the upstream got another body:\n{}", places.join("\n"));
}

fn compare(path: &str, came: &Value, expected: &Value, places: &mut Vec<String>) {
    match (came, expected) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                let path = format!("{path}.{name}");
                let none = Value::String("nothing".to_owned());
                let of = |side: &serde_json::Map<String, Value>| {
                    side.get(name).cloned().unwrap_or_else(|| none.clone())
                };
                compare(&path, &of(left), &of(right), places);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{path}[{index}]"), left, right, places);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            let brief = |side: &[Value]| -> Vec<String> {
                side.iter().map(|item| format!("{item:.120}")).collect()
            };
            places.push(format!("{path}: {:#?} instead of {:#?}", brief(left), brief(right)));
        }
        (left, right) if left != right => {
            places.push(format!("{path}: {left:.200} instead of {right:.200}"));
        }
        _ => {}
    }
}
