//! Text settings and the `${…}` in them.

use crate::reading::{Item, Reading};
use crate::shape::Shape;

/// A string of the file, as meant and as written.
pub(crate) struct Text {
    /// With every `${ENV}` replaced: what is meant.
    pub(crate) value: String,
    /// As written: what messages may quote, since a replaced variable may hold a secret.
    pub(crate) written: String,
}

/// A piece of a string with references.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// To be taken literally.
    Literal(&'t str),
    /// `${NAME}`: an environment variable.
    Variable(&'t str),
    /// `${file:PATH}`: the text of a file.
    File(&'t str),
}

/// Why a string cannot be taken apart; the message for it.
pub(crate) type Malformed = &'static str;

/// Takes a string apart: `${NAME}`, `${file:PATH}`, `$${` for a literal `${`, the rest literally.
pub(crate) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Malformed> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(kept) = before.strip_suffix('$') {
            pieces.extend([Piece::Literal(kept), Piece::Literal("${")]);
            rest = after;
            continue;
        }
        let (reference, after) = after.split_once('}').ok_or("`${` without a closing `}`")?;
        pieces.extend([Piece::Literal(before), reference_of(reference)?]);
        rest = after;
    }
    pieces.push(Piece::Literal(rest));
    pieces.retain(|piece| *piece != Piece::Literal(""));
    Ok(pieces)
}

fn reference_of(reference: &str) -> Result<Piece<'_>, Malformed> {
    if let Some(path) = reference.strip_prefix("file:") {
        return if path.is_empty() {
            Err("`${file:}` names no file")
        } else {
            Ok(Piece::File(path))
        };
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if reference.is_empty() || !reference.bytes().all(is_name) {
        return Err("between `${` and `}` stands no name of an environment variable");
    }
    Ok(Piece::Variable(reference))
}

/// Reads a string and replaces its variables.
pub(crate) fn read_text(
    item: &Item<'_>,
    expected: &str,
    reading: &mut Reading<'_>,
) -> Option<Text> {
    let Some(written) = item.get_ref().as_str() else {
        return reading.wrong_type(item, expected);
    };
    let pieces = match pieces(written) {
        Ok(pieces) => pieces,
        Err(message) => {
            reading.problem(item.span(), message, ESCAPE_HINT.to_owned());
            return None;
        }
    };
    let values: Vec<Option<String>> =
        pieces.iter().map(|piece| replaced(piece, item, reading)).collect();
    let value = values.into_iter().collect::<Option<Vec<String>>>()?.concat();
    Some(Text { value, written: written.to_owned() })
}

pub(crate) const ESCAPE_HINT: &str = "write `${NAME}` for an environment variable, `$${` for `${`";

fn replaced(piece: &Piece<'_>, item: &Item<'_>, reading: &mut Reading<'_>) -> Option<String> {
    match piece {
        Piece::Literal(text) => Some((*text).to_owned()),
        Piece::Variable(name) => read_variable(name, item, reading),
        Piece::File(_) => {
            let message = "`${file:…}` is for secrets alone";
            reading.problem(item.span(), message, "use `${NAME}` here".to_owned());
            None
        }
    }
}

/// The value of an environment variable; its absence is a problem.
pub(crate) fn read_variable(
    name: &str,
    item: &Item<'_>,
    reading: &mut Reading<'_>,
) -> Option<String> {
    let value = reading.sources.env(name);
    if value.is_none() {
        let hint = format!("set `{name}` where Salve is started");
        reading.problem(item.span(), format!("environment variable `{name}` is not set"), hint);
    }
    value
}

/// A string that a [`Parsed`] shape reads.
pub(crate) trait Parsed {
    /// What reading yields.
    type Value: PartialEq;

    /// What may stand here.
    const EXPECTED: &'static str;

    /// Whether a message quotes the text: then it says "`text` …".
    const IS_QUOTED: bool = true;

    /// The value of a text with all variables replaced, or what is wrong with it and a hint.
    fn parse(text: &str) -> Result<Self::Value, Wrong>;

    /// The value as it is written, without quotes.
    fn write(value: &Self::Value) -> String;
}

/// What is wrong with a text.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Wrong {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(crate) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }
}

impl<P: Parsed> Shape for P {
    type Value = P::Value;

    fn expected() -> String {
        P::EXPECTED.to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<P::Value> {
        let text = read_text(item, P::EXPECTED, reading)?;
        if text.value.is_empty() {
            let message = format!("is empty: expected {}", P::EXPECTED);
            reading.problem(item.span(), message, None);
            return None;
        }
        match P::parse(&text.value) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let message = if P::IS_QUOTED {
                    format!("`{}` {}", text.written, wrong.message)
                } else {
                    wrong.message
                };
                reading.problem(item.span(), message, wrong.hint);
                None
            }
        }
    }

    fn show(value: &P::Value) -> String {
        format!("{:?}", P::write(value))
    }
}

#[cfg(test)]
mod tests;
