//! Shapes: how one setting is written in TOML, read, checked and shown.
//!
//! A shape is a marker type; the same shape gives the reader, the "expected …" of a message, the
//! type column of the reference and the text of a reload's differences, so none can disagree.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use crate::problem::Span;
use crate::reading::{Item, Reading};

/// How a setting is written.
pub(crate) trait Shape {
    /// What reading yields.
    type Value: PartialEq;

    /// What may stand here: follows "expected" in messages and fills the reference's type column.
    fn expected() -> String;

    /// Reads a value, noting every problem; none if there was one.
    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Self::Value>;

    /// The value as TOML; secrets are hidden.
    fn show(value: &Self::Value) -> String;

    /// Called instead of [`Shape::read`] when the setting is left out and its default holds.
    fn left_out(_default: &Self::Value, _table: Span, _reading: &mut Reading<'_>) {}

    /// Called instead of [`Shape::read`] when the setting is left out and required.
    fn missing(_reading: &mut Reading<'_>) {}
}

/// `true` or `false`.
pub(crate) struct Flag;

impl Shape for Flag {
    type Value = bool;

    fn expected() -> String {
        "true or false".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<bool> {
        match item.get_ref().as_bool() {
            Some(value) => Some(value),
            None => reading.wrong_type(item, &Self::expected()),
        }
    }

    fn show(value: &bool) -> String {
        value.to_string()
    }
}

/// A setting that may be absent.
pub(crate) struct Maybe<S>(PhantomData<S>);

impl<S: Shape> Shape for Maybe<S> {
    type Value = Option<S::Value>;

    fn expected() -> String {
        S::expected()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Self::Value> {
        S::read(item, reading).map(Some)
    }

    fn show(value: &Self::Value) -> String {
        value.as_ref().map_or_else(|| "none".to_owned(), S::show)
    }
}

/// A list with at least one element.
pub(crate) struct List<S>(PhantomData<S>);

impl<S: Shape> Shape for List<S> {
    type Value = Vec<S::Value>;

    fn expected() -> String {
        format!("a list, each element {}", S::expected())
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Self::Value> {
        let Some(array) = item.get_ref().as_array() else {
            return reading.wrong_type(item, &Self::expected());
        };
        if array.is_empty() {
            reading.problem(item.span(), "the list is empty", not_empty_hint::<S>());
        }
        let values: Vec<Option<S::Value>> = array
            .iter()
            .enumerate()
            .map(|(index, element)| reading.element(index, |reading| S::read(element, reading)))
            .collect();
        values.into_iter().collect::<Option<Vec<_>>>().filter(|values| !values.is_empty())
    }

    fn show(value: &Self::Value) -> String {
        let elements: Vec<String> = value.iter().map(S::show).collect();
        format!("[{}]", elements.join(", "))
    }
}

fn not_empty_hint<S: Shape>() -> String {
    format!("name at least one: {}", S::expected())
}

/// A key of a map, read from its text.
pub(crate) trait MapKey {
    /// What reading yields.
    type Value: Ord;

    /// What a key is, such as "a model".
    fn expected() -> &'static str;

    /// Reads a key, noting its problem.
    fn read_key(text: &str, span: Span, reading: &mut Reading<'_>) -> Option<Self::Value>;

    /// The key as text.
    fn show_key(key: &Self::Value) -> &str;
}

/// An inline table from keys of one kind to values of one shape.
pub(crate) struct MapOf<K, V>(PhantomData<(K, V)>);

impl<K: MapKey, V: Shape> Shape for MapOf<K, V> {
    type Value = BTreeMap<K::Value, V::Value>;

    fn expected() -> String {
        format!("a table from {} to {}", K::expected(), V::expected())
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Self::Value> {
        let Some(table) = item.get_ref().as_table() else {
            return reading.wrong_type(item, &Self::expected());
        };
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            entries.push(reading.within(key.get_ref(), |reading| {
                let key = K::read_key(key.get_ref(), key.span(), reading);
                let value = V::read(value, reading);
                key.zip(value)
            }));
        }
        entries.into_iter().collect()
    }

    fn show(value: &Self::Value) -> String {
        let show = |(key, value)| format!("{:?} = {}", K::show_key(key), V::show(value));
        let entries: Vec<String> = value.iter().map(show).collect();
        if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
    }
}
