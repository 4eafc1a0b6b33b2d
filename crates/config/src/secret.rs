//! Secrets: values that no message, log, difference or debug output ever shows.
//!
//! A secret is never written in the file itself: it is named there, as `${ENV}` or `${file:PATH}`.

use std::fmt;

use crate::limits::{FILE_BYTES_MAX, GUARDING_SECRET_BYTES_MIN, SECRET_BYTES_MAX};
use crate::reading::{Item, Reading};
use crate::shape::Shape;
use crate::text::{Piece, pieces, read_variable};

/// A secret. Neither shown by `Debug` nor printable; [`Secret::expose`] is the only way in.
///
/// Its equality serves to see whether a reload changed it. It is not constant in time and not for
/// deciding whether somebody knows the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text as a secret. Callers see to its not being empty.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

const EXPECTED: &str = "a secret: \"${ENV}\" or \"${file:PATH}\"";
const HINT: &str =
    "write \"${NAME}\" to take it from the environment or \"${file:PATH}\" to take it from a file";

/// How a secret is written.
pub(crate) struct SecretReference;

impl Shape for SecretReference {
    type Value = Secret;

    fn expected() -> String {
        EXPECTED.to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Secret> {
        let Some(written) = item.get_ref().as_str() else {
            return reading.wrong_type(item, EXPECTED);
        };
        let (text, source) = match pieces(written).as_deref() {
            Ok([Piece::Variable(name)]) => {
                (read_variable(name, item, reading)?, format!("environment variable `{name}`"))
            }
            Ok([Piece::File(path)]) => (read_file(path, item, reading)?, format!("file `{path}`")),
            Ok(_) => {
                reading.problem(item.span(), LITERAL, HINT.to_owned());
                return None;
            }
            Err(malformed) => {
                reading.problem(item.span(), *malformed, HINT.to_owned());
                return None;
            }
        };
        if let Some(wrong) = fault_of(&text) {
            reading.problem(item.span(), format!("the secret from {source} {wrong}"), None);
            return None;
        }
        Some(Secret(text))
    }

    fn show(_value: &Secret) -> String {
        "(hidden)".to_owned()
    }
}

const LITERAL: &str = "a secret does not stand in the file itself";

/// What makes a text unfit to be a secret: it would not survive in a request header.
fn fault_of(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("is empty".to_owned());
    }
    if text.len() > SECRET_BYTES_MAX {
        return Some(format!("is longer than {SECRET_BYTES_MAX} bytes"));
    }
    if text.trim() != text {
        return Some("begins or ends with white space".to_owned());
    }
    let is_sendable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    (!text.bytes().all(is_sendable)).then(|| "has a character that is not visible ASCII".to_owned())
}

/// The text of a secret's file, without the one line break that editors put at its end.
fn read_file(path: &str, item: &Item<'_>, reading: &mut Reading<'_>) -> Option<String> {
    let path = reading.origin.folder.join(path);
    reading.files.insert(path.clone());
    match reading.sources.read(&path) {
        Ok(text) if text.len() <= FILE_BYTES_MAX => {
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Some(line.strip_suffix('\r').unwrap_or(line).to_owned())
        }
        Ok(_) => {
            let message = format!("file `{}` is too large for a secret", path.display());
            reading.problem(item.span(), message, None);
            None
        }
        Err(error) => {
            let message = format!("cannot read file `{}`: {error}", path.display());
            reading.problem(item.span(), message, None);
            None
        }
    }
}

/// A secret that opens Salve: long enough not to be guessed, and nobody else's.
pub(crate) struct GuardingSecret;

impl Shape for GuardingSecret {
    type Value = Secret;

    fn expected() -> String {
        format!("{EXPECTED}, of at least {GUARDING_SECRET_BYTES_MIN} characters")
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Secret> {
        let secret = SecretReference::read(item, reading)?;
        if secret.0.len() < GUARDING_SECRET_BYTES_MIN {
            let message =
                format!("the secret has less than {GUARDING_SECRET_BYTES_MIN} characters");
            let hint = "make one with `openssl rand -hex 24`".to_owned();
            reading.problem(item.span(), message, hint);
            return None;
        }
        let path = reading.path().to_owned();
        let same = reading.guards.iter().find(|(earlier, _)| *earlier == secret);
        if let Some((_, owner)) = same {
            let message = format!("the secret is the same as that of {owner}");
            reading.problem(item.span(), message, "give each its own".to_owned());
            return None;
        }
        reading.guards.push((secret.clone(), path));
        Some(secret)
    }

    fn show(value: &Secret) -> String {
        SecretReference::show(value)
    }
}

/// A URL that may hold a password: written out as long as it holds none.
pub(crate) struct UrlWithSecret;

impl Shape for UrlWithSecret {
    type Value = Secret;

    fn expected() -> String {
        "a URL; as a secret (\"${ENV}\" or \"${file:PATH}\") if it holds a password".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Secret> {
        match item.get_ref().as_str() {
            Some(url) if is_open_url(url) => Some(Secret(url.to_owned())),
            _ => SecretReference::read(item, reading),
        }
    }

    fn show(value: &Secret) -> String {
        SecretReference::show(value)
    }
}

/// Whether a URL can be read by anybody: nothing in it that could hold a password.
fn is_open_url(url: &str) -> bool {
    url.contains("://") && !url.contains(['@', '?', '$'])
}

#[cfg(test)]
mod tests;
