//! The words of a fault: clauses, values, and the separators outside quotes.

use std::str::FromStr;

use super::FaultError;
use crate::fault::Place;
use crate::limits;

/// `key=value` or `key`.
pub(super) struct Clause {
    pub key: String,
    pub value: Option<String>,
}

impl Clause {
    pub(super) fn read(text: &str) -> Result<Self, FaultError> {
        let Some((key, value)) = text.split_once('=') else {
            return Ok(Self { key: text.trim().to_owned(), value: None });
        };
        let (key, value) = (key.trim().to_owned(), value.trim());
        if !value.starts_with('"') {
            return Ok(Self { key, value: Some(value.to_owned()) });
        }
        let unquoted = serde_json::from_str(value).map_err(|_| FaultError::BadValue {
            key: key.clone(),
            wanted: "a JSON string",
            found: value.to_owned(),
        })?;
        Ok(Self { key, value: Some(unquoted) })
    }

    pub(super) fn bad(&self, wanted: &'static str) -> FaultError {
        let found = self.value.clone().unwrap_or_default();
        FaultError::BadValue { key: self.key.clone(), wanted, found }
    }

    pub(super) fn number<N: FromStr>(&self, wanted: &'static str) -> Result<N, FaultError> {
        self.value.as_deref().unwrap_or_default().parse().map_err(|_| self.bad(wanted))
    }

    pub(super) fn size(&self) -> Result<usize, FaultError> {
        let wanted = "bytes, at least 1 and at most 268435456";
        let bytes = self.number(wanted)?;
        let fits = (1..=limits::GENERATED_BYTES_MAX).contains(&bytes);
        if fits { Ok(bytes) } else { Err(self.bad(wanted)) }
    }

    pub(super) fn or(&self, otherwise: &str) -> String {
        self.value.clone().unwrap_or_else(|| otherwise.to_owned())
    }
}

/// The values after the first word.
pub(super) struct Values {
    pub fault: String,
    pub clauses: Vec<Clause>,
}

impl Values {
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        let place = self.clauses.iter().position(|clause| clause.key == key)?;
        self.clauses.remove(place).value
    }

    pub(super) fn take_prefixed(&mut self, prefix: &str) -> Vec<(String, String)> {
        let (taken, left): (Vec<Clause>, Vec<Clause>) =
            self.clauses.drain(..).partition(|clause| clause.key.starts_with(prefix));
        self.clauses = left;
        let named = taken.into_iter().map(|clause| {
            let name = clause.key.strip_prefix(prefix).unwrap_or_default().to_owned();
            (name, clause.value.unwrap_or_default())
        });
        named.collect()
    }

    /// The place, or the middle of the stream: after `message_start`.
    pub(super) fn place(&mut self) -> Result<Place, FaultError> {
        self.take("at").map_or(Ok(Place::MessageStart), |text| text.parse())
    }

    pub(super) fn finish(self) -> Result<(), FaultError> {
        match self.clauses.into_iter().next() {
            None => Ok(()),
            Some(clause) => Err(FaultError::UnknownKey { fault: self.fault, key: clause.key }),
        }
    }
}

/// The non-empty parts between separators that stand outside JSON strings.
pub(super) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |letter: char| {
        if escaped {
            escaped = false;
        } else if quoted && letter == '\\' {
            escaped = true;
        } else if letter == '"' {
            quoted = !quoted;
        }
        !quoted && letter == separator
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}
