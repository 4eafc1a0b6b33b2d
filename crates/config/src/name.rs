//! Names of channels, groups, keys and users.

use std::marker::PhantomData;

use crate::limits::{NAME_BYTES_MAX, USER_BYTES_MAX};
use crate::names::Named;
use crate::problem::Span;
use crate::reading::{Item, Reading};
use crate::shape::Shape;
use crate::text::{Parsed, Wrong};

/// The name of a channel, group or key: it travels in headers and lists, hence the few characters.
struct Plain;

impl Parsed for Plain {
    type Value = String;
    const EXPECTED: &'static str = "a name: letters, digits, `-`, `_`, `.`";

    fn parse(text: &str) -> Result<String, Wrong> {
        let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if !text.bytes().all(is_allowed) {
            return Err(Wrong::new("is not a name: letters, digits, `-`, `_`, `.`"));
        }
        if text.len() > NAME_BYTES_MAX {
            return Err(Wrong::new(format!("is longer than {NAME_BYTES_MAX} characters")));
        }
        Ok(text.to_owned())
    }

    fn write(value: &String) -> String {
        value.clone()
    }
}

/// A kind of thing that has a name.
pub(crate) trait Kind {
    const NAMED: Named;
}

/// Marks names of channels.
pub(crate) struct OfChannel;
/// Marks names of groups.
pub(crate) struct OfGroup;
/// Marks names of keys.
pub(crate) struct OfKey;

impl Kind for OfChannel {
    const NAMED: Named = Named::Channel;
}

impl Kind for OfGroup {
    const NAMED: Named = Named::Group;
}

impl Kind for OfKey {
    const NAMED: Named = Named::Key;
}

/// A name that this table gives itself.
pub(crate) struct Gives<K>(PhantomData<K>);

impl<K: Kind> Shape for Gives<K> {
    type Value = String;

    fn expected() -> String {
        Plain::expected()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<String> {
        let name = Plain::read(item, reading);
        match &name {
            Some(name) => reading.gives(K::NAMED, name, item.span()),
            None => reading.gives_unreadably(K::NAMED),
        }
        name
    }

    fn missing(reading: &mut Reading<'_>) {
        reading.gives_unreadably(K::NAMED);
    }

    fn show(value: &String) -> String {
        Plain::show(value)
    }
}

/// The name of something declared elsewhere.
pub(crate) struct Refers<K>(PhantomData<K>);

impl<K: Kind> Shape for Refers<K> {
    type Value = String;

    fn expected() -> String {
        format!("the name of a {}", K::NAMED.word())
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<String> {
        let name = Plain::read(item, reading)?;
        reading.refers(K::NAMED, &name, item.span());
        Some(name)
    }

    fn show(value: &String) -> String {
        Plain::show(value)
    }

    fn left_out(default: &String, table: Span, reading: &mut Reading<'_>) {
        reading.refers(K::NAMED, default, table);
    }
}

/// Whoever owns a key: a name or a mail address.
pub(crate) struct User;

impl Parsed for User {
    type Value = String;
    const EXPECTED: &'static str = "a user's name or mail address";

    fn parse(text: &str) -> Result<String, Wrong> {
        if text.trim() != text || text.chars().any(char::is_control) {
            return Err(Wrong::new("is not a user's name"));
        }
        if text.len() > USER_BYTES_MAX {
            return Err(Wrong::new(format!("is longer than {USER_BYTES_MAX} bytes")));
        }
        Ok(text.to_owned())
    }

    fn write(value: &String) -> String {
        value.clone()
    }
}

/// A word that an upstream gives a meaning to, such as a region.
pub(crate) struct Word;

impl Parsed for Word {
    type Value = String;
    const EXPECTED: &'static str = "a word without spaces";

    fn parse(text: &str) -> Result<String, Wrong> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Wrong::new("is not a word: visible ASCII characters without spaces"));
        }
        Ok(text.to_owned())
    }

    fn write(value: &String) -> String {
        value.clone()
    }
}
