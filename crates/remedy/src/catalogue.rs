//! The catalogue: every fault, embedded at build time, parsed once, indexed for recognition.
//!
//! It says what a fault is; it does not decide what happens to a request (`diagnose`).

mod entry;
mod recogniser;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

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
    /// All text patterns as one automaton, and whose each is: indices of fault and recogniser.
    patterns: RegexSet,
    owners: Vec<(usize, usize)>,
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
        let (mut owners, mut patterns) = (Vec::new(), Vec::new());
        for (number, fault) in faults.iter().enumerate() {
            for (place, recogniser) in fault.recognisers.iter().enumerate() {
                if let Some(text) = &recogniser.text {
                    owners.push((number, place));
                    patterns.push(text);
                }
            }
        }
        let patterns = RegexSetBuilder::new(patterns)
            .case_insensitive(true)
            .dot_matches_new_line(true)
            .build()
            .map_err(CatalogueError::Set)?;
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
        let spoken = self.owners.iter().zip(0..).filter(move |(_, n)| hits.matched(*n));
        let spoken = spoken.map(|(owner, _)| *owner).collect::<Vec<_>>();
        self.faults.iter().zip(0..).flat_map(move |(fault, number)| {
            let of_fault = fault.recognisers.iter().zip(0..);
            let fits = of_fault
                .filter(|(recogniser, place)| {
                    recogniser.text.is_none() || spoken.contains(&(number, *place))
                })
                .filter_map(|(recogniser, _)| {
                    recogniser.strength(evidence).map(|strength| (strength, fault, recogniser))
                });
            fits.collect::<Vec<_>>()
        })
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
    for recogniser in &mut fault.recognisers {
        let compiled = recogniser.compile();
        compiled.map_err(|source| CatalogueError::Pattern { file: file(), source })?;
    }
    Ok(fault)
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the files are part of the program, and a test reads every one of them"
    )]
    Catalogue::parse(FILES).expect("the embedded catalogue is valid")
});

/// The catalogue this program was built with. The first call reads it (some milliseconds);
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
