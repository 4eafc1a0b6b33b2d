//! The catalogue: every fault, embedded at build time, parsed once, indexed for recognition.
//!
//! It says what a fault is; it does not decide what happens to a request (`diagnose`).

mod entry;
mod recogniser;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

use crate::limits::AUTOMATON_BYTES_MAX;
pub use entry::{Case, Fault, Fix, Policy, Scope, ShapeTold, Whose};
pub(crate) use recogniser::{Evidence, Strength};
pub use recogniser::{Place, Rank, Recogniser, StatusPattern};

include!(concat!(env!("OUT_DIR"), "/catalogue_files.rs"));

/// The name of a fault that is known to exist; the constants in [`faults`] are the only ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultId(usize);

impl FaultId {
    /// The catalogue's entry.
    #[must_use]
    pub fn fault(self) -> &'static Fault {
        #[expect(
            clippy::indexing_slicing,
            reason = "only build.rs makes ids, and it numbers the very files it embeds"
        )]
        &catalogue().faults[self.0]
    }
}

/// Every fault, in the order of family and id.
#[derive(Debug)]
pub struct Catalogue {
    faults: Vec<Fault>,
    /// All patterns as one automaton, and whose each is.
    patterns: RegexSet,
    owners: Vec<Owner>,
}

/// Whose a pattern is.
#[derive(Clone, Copy, Debug)]
struct Owner {
    /// The index of the fault.
    fault: usize,
    /// The index of its recogniser.
    recogniser: usize,
    /// Whether the pattern must be found, or must not.
    wanted: bool,
}

/// Why a fault file is not an entry of the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Not TOML, a field too many or too few, or a value outside its words.
    #[error("{file}: {source}")]
    File {
        /// The file, below `faults/`.
        file: String,
        /// What the parser says, with the line.
        source: Box<toml::de::Error>,
    },
    /// The id in the file is not the file's name.
    #[error("{file}: its id is {id}, which is not its name")]
    Name {
        /// The file, below `faults/`.
        file: String,
        /// The id it states.
        id: String,
    },
    /// A text pattern is not a regular expression.
    #[error("{file}: {source}")]
    Pattern {
        /// The file, below `faults/`.
        file: String,
        /// What is wrong with the pattern.
        source: regex::Error,
    },
    /// All patterns together are too large for one automaton.
    #[error("the patterns do not fit into one set: {0}")]
    Set(regex::Error),
}

impl Catalogue {
    /// Reads `(family, file stem, text)` triples.
    ///
    /// # Errors
    /// The first file that is not an entry, and why.
    pub fn parse(files: &[(&str, &str, &str)]) -> Result<Self, CatalogueError> {
        let read = |(family, id, text): &(&str, &str, &str)| read(family, id, text);
        let faults = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let (mut owners, mut texts) = (Vec::new(), Vec::new());
        for (fault, entry) in faults.iter().enumerate() {
            for (place, conditions) in entry.recognisers.iter().enumerate() {
                for (text, wanted) in [(&conditions.text, true), (&conditions.unless, false)] {
                    owners.extend(text.iter().map(|_| Owner { fault, recogniser: place, wanted }));
                    texts.extend(text.as_deref().map(recogniser::pattern));
                }
            }
        }
        let patterns = RegexSetBuilder::new(texts)
            .case_insensitive(true)
            .dot_matches_new_line(true)
            .dfa_size_limit(AUTOMATON_BYTES_MAX)
            .build()
            .map_err(|source| culprit(&faults, source))?;
        Ok(Self { faults, patterns, owners })
    }

    /// Every fault, in the order of family and id.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The fault of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.id == id)
    }

    /// Every recogniser that fits the evidence, with how much it says.
    pub(crate) fn matches(
        &self,
        evidence: &Evidence<'_>,
    ) -> impl Iterator<Item = (Strength, &Fault, &Recogniser)> {
        let hits = self.patterns.matches(evidence.message);
        let found = hits.iter().filter_map(|number| self.owners.get(number).copied());
        let found = found.collect::<Vec<_>>();
        let has = move |fault, recogniser, wanted| {
            let is_it = |owner: &Owner| (owner.fault, owner.recogniser) == (fault, recogniser);
            found.iter().any(|owner| is_it(owner) && owner.wanted == wanted)
        };
        let all = self.faults.iter().enumerate().flat_map(|(number, fault)| {
            let of_fault = fault.recognisers.iter().enumerate();
            of_fault.map(move |(place, recogniser)| (number, fault, place, recogniser))
        });
        let spoken = all.filter(move |(number, _, place, recogniser)| {
            let is_spoken = recogniser.text.is_none() || has(*number, *place, true);
            is_spoken && !(recogniser.unless.is_some() && has(*number, *place, false))
        });
        spoken.filter_map(|(_, fault, _, recogniser)| {
            recogniser.strength(evidence).map(|strength| (strength, fault, recogniser))
        })
    }
}

/// Which file's pattern keeps the set from being built; the set's own error does not say.
fn culprit(faults: &[Fault], of_set: regex::Error) -> CatalogueError {
    let wrong = faults.iter().find_map(|fault| {
        let source = fault.recognisers.iter().find_map(|known| known.compile().err())?;
        Some((format!("{}/{}.toml", fault.family, fault.id), source))
    });
    match wrong {
        Some((file, source)) => CatalogueError::Pattern { file, source },
        None => CatalogueError::Set(of_set),
    }
}

fn read(family: &str, id: &str, text: &str) -> Result<Fault, CatalogueError> {
    let file = || format!("{family}/{id}.toml");
    let mut fault: Fault = toml::from_str(text)
        .map_err(|source| CatalogueError::File { file: file(), source: Box::new(source) })?;
    if fault.id != id {
        return Err(CatalogueError::Name { file: file(), id: fault.id });
    }
    fault.family = family.to_owned();
    Ok(fault)
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the files are part of the program, and a test reads every one of them"
    )]
    Catalogue::parse(FILES).expect("the embedded catalogue is valid")
});

/// The catalogue this program was built with. The first call reads it (some tens of milliseconds);
/// a server makes that call when it starts.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// The fault of this id, from the embedded catalogue.
#[must_use]
pub fn fault(id: &str) -> Option<&'static Fault> {
    catalogue().get(id)
}
