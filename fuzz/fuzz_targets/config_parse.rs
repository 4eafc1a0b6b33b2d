//! A configuration is either refused with problems that have places, or can be put to use; and
//! a secret shows in neither.
#![no_main]

use std::io;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use salve_config::{Config, Origin, Problems, Sources, parse};
use salve_gateway::house::House;
use salve_gateway::identify::Pepper;

/// Made up, and in a file: the one way by which a text can only become a secret.
const SECRET: &str = "made-up-0f1e2d3c4b5a69788796";

/// A world with a few variables and one file.
struct World;

impl Sources for World {
    fn env(&self, name: &str) -> Option<String> {
        matches!(name, "KEY" | "TOKEN").then(|| format!("made-up-text-of-{name}"))
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        match path.ends_with("secret") {
            true => Ok(format!("{SECRET}\n")),
            false => Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
        }
    }
}

fuzz_target!(|text: &str| {
    let origin = Origin { name: "salve.toml".to_owned(), folder: PathBuf::from("/etc/salve") };
    match parse(text, &origin, &World) {
        Ok(loaded) => valid(&loaded.config),
        Err(problems) => wrong(text, &problems),
    }
});

fn valid(config: &Config) {
    assert!(!config.channels.is_empty());
    for group in &config.groups {
        for member in &group.channels {
            assert!(config.channels.iter().any(|channel| channel.name == member.channel));
        }
    }
    for key in &config.keys {
        assert!(config.groups.iter().any(|group| group.name == key.group));
    }
    let pepper = Pepper::new(b"made-up pepper for fuzzing").expect("long enough");
    let house = House::build(config, &pepper).expect("what is valid can be put to use");
    assert!(!format!("{config:?} {house:?}").contains(SECRET));
}

fn wrong(text: &str, problems: &Problems) {
    assert!(!problems.list().is_empty());
    let lines = text.matches('\n').count() + 1;
    for problem in problems.list() {
        assert!(!problem.message.is_empty());
        if let Some(place) = problem.position {
            assert!((1..=lines).contains(&place.line) && place.column >= 1);
        }
    }
    assert!(!problems.to_string().contains(SECRET) || text.contains(SECRET));
}
