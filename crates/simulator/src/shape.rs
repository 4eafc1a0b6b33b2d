//! The shape of a request: which fields exist where, of what kind, and behind which beta.
//!
//! The tables in the sub-modules are the data; [`Walk`] compares a body with them and refuses in
//! the words and with the paths of the service (`tools.11.custom.defer_loading: Extra inputs are
//! not permitted`). What depends on more than one place is not here but in [`crate::rules`].

mod content;
mod pairs;
mod tools;
mod top;
mod walk;
mod words;

pub(crate) use pairs::{EXTENDED_TTL, MID_SYSTEM};
pub(crate) use top::{COUNT, SERVE};
pub(crate) use walk::check;
pub(crate) use words::TEXTS;

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Anything.
    Any,
    /// A string.
    Text,
    /// A string of at most so many characters.
    TextMax(usize),
    /// A string of a pattern, after a bound on its characters.
    Pattern { pattern: &'static str, allows: fn(char) -> bool, max: Option<usize> },
    /// `true` or `false`.
    Bool,
    /// A whole number, at least this.
    Whole(i64),
    /// A number from 0 to 1.
    Share,
    /// One of these strings.
    OneOf(&'static [Choice]),
    /// An object of any content.
    Dict,
    /// An object of this shape.
    Object(&'static Shape),
    /// An array.
    List(&'static Kind),
    /// A string, or the other.
    TextOr(&'static Kind),
    /// An object whose `type` names its shape.
    Tagged(&'static Tagged),
}

/// One value of a [`Kind::OneOf`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub value: &'static str,
    /// It exists with one of these betas; always when empty.
    pub betas: &'static [&'static str],
}

/// The fields of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub fields: &'static [Field],
    /// Whether unknown fields are told at the object itself instead of by their own path.
    pub extras_at_object: bool,
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// It exists with one of these betas; always when empty.
    pub betas: &'static [&'static str],
}

/// Shapes told apart by `type`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tagged {
    pub tags: &'static [Tag],
    /// The tag of an object without `type`.
    pub default: Option<&'static str>,
}

/// One shape of a [`Tagged`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag {
    pub name: &'static str,
    pub shape: &'static Shape,
    /// It exists with one of these betas; always when empty.
    pub betas: &'static [&'static str],
}

const fn shape(fields: &'static [Field]) -> Shape {
    Shape { fields, extras_at_object: false }
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true, betas: &[] }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, betas: &[] }
}

const fn with(name: &'static str, kind: Kind, betas: &'static [&'static str]) -> Field {
    Field { name, kind, required: false, betas }
}

const fn tag(name: &'static str, shape: &'static Shape) -> Tag {
    Tag { name, shape, betas: &[] }
}

const fn tag_with(
    name: &'static str,
    shape: &'static Shape,
    betas: &'static [&'static str],
) -> Tag {
    Tag { name, shape, betas }
}

const fn is(value: &'static str) -> Choice {
    Choice { value, betas: &[] }
}
