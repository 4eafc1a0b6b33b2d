//! Tables: one declaration is the type, its reader, its defaults, its check and its documentation.

use std::marker::PhantomData;

use toml::de::DeTable;

use crate::problem::Span;
use crate::reading::{Item, Reading};
use crate::shape::Shape;

/// A setting as the reference describes it.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) expected: String,
    /// As TOML; none when the setting is required.
    pub(crate) default: Option<String>,
}

/// A setting whose value differs between two readings, as TOML; secrets are hidden.
pub(crate) struct Change {
    pub(crate) field: &'static str,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// A TOML table; implemented by [`table!`] alone.
pub(crate) trait Table: Sized + PartialEq {
    /// What the table is for.
    const DOC: &'static str;

    /// Its settings, in the order of the declaration.
    fn fields() -> Vec<Field>;

    /// Reads all settings, noting every problem; none if there was one.
    fn read_table(table: &DeTable<'_>, span: Span, reading: &mut Reading<'_>) -> Option<Self>;

    /// The settings in which `newer` differs.
    fn changes(&self, newer: &Self) -> Vec<Change>;
}

/// The shape of a table: `[name]` or `{ … }`.
pub(crate) struct TableOf<T>(PhantomData<T>);

impl<T: Table> Shape for TableOf<T> {
    type Value = T;

    fn expected() -> String {
        let names: Vec<&str> = T::fields().iter().map(|field| field.name).collect();
        format!("a table with {}", names.join(", "))
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<T> {
        match item.get_ref().as_table() {
            Some(table) => T::read_table(table, item.span(), reading),
            None => reading.wrong_type(item, &Self::expected()),
        }
    }

    fn show(_value: &T) -> String {
        "{ … }".to_owned()
    }
}

/// A table whose settings have to fit each other.
pub(crate) trait Checks: Table {
    /// Notes what does not fit; called when every setting by itself is right.
    fn check(&self, table: &Item<'_>, reading: &mut Reading<'_>);
}

/// The shape of a table that checks itself.
pub(crate) struct Checked<T>(PhantomData<T>);

impl<T: Checks> Shape for Checked<T> {
    type Value = T;

    fn expected() -> String {
        TableOf::<T>::expected()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<T> {
        let table = TableOf::<T>::read(item, reading)?;
        table.check(item, reading);
        Some(table)
    }

    fn show(value: &T) -> String {
        TableOf::<T>::show(value)
    }
}

/// The shape of repeated tables: `[[name]]`.
pub(crate) struct Tables<S>(PhantomData<S>);

impl<S: Shape> Shape for Tables<S> {
    type Value = Vec<S::Value>;

    fn expected() -> String {
        "repeated tables".to_owned()
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Vec<S::Value>> {
        let Some(array) = item.get_ref().as_array() else {
            let name = reading.path().to_owned();
            let found = item.get_ref().type_str();
            let message = format!("expected repeated tables, found {found}");
            let hint = format!("write `[[{name}]]`, with two brackets, before each one");
            reading.problem(item.span(), message, hint);
            return None;
        };
        let read = |(index, item)| reading.element(index, |reading| S::read(item, reading));
        let tables: Vec<Option<S::Value>> = array.iter().enumerate().map(read).collect();
        tables.into_iter().collect()
    }

    fn show(value: &Vec<S::Value>) -> String {
        if value.is_empty() { "none".to_owned() } else { "[ … ]".to_owned() }
    }
}

/// Reads one setting of a table, or takes its default; without one it has to be there.
pub(crate) fn read_field<S: Shape>(
    table: &DeTable<'_>,
    span: Span,
    key: &str,
    default: Option<S::Value>,
    reading: &mut Reading<'_>,
) -> Option<S::Value> {
    reading.within(key, |reading| match (table.get(key), default) {
        (Some(item), _) => S::read(item, reading),
        (None, Some(default)) => {
            S::left_out(&default, span, reading);
            Some(default)
        }
        (None, None) => {
            let hint = format!("write `{key} = …`: {}", S::expected());
            reading.problem(span, "is missing", hint);
            S::missing(reading);
            None
        }
    })
}

/// Declares a table: `name: Type as Shape = default;`, where a setting without default is required.
/// `struct Name: Default` implements `Default`; then every setting needs a default.
macro_rules! table {
    (
        $(#[doc = $table_doc:literal])+
        $visibility:vis struct $table:ident $(: $default_trait:ident)? {
            $(
                $(#[doc = $field_doc:literal])+
                $field:ident: $value:ty as $shape:ty $(= $default:expr)?;
            )+
        }
    ) => {
        $(#[doc = $table_doc])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        $visibility struct $table {
            $( $(#[doc = $field_doc])+ $visibility $field: $value, )+
        }

        impl $crate::table::Table for $table {
            const DOC: &'static str = concat!($($table_doc, "\n"),+);

            fn fields() -> Vec<$crate::table::Field> {
                vec![$(
                    $crate::table::Field {
                        name: stringify!($field),
                        doc: concat!($($field_doc, "\n"),+),
                        expected: <$shape as $crate::shape::Shape>::expected(),
                        default: None::<$value>
                            $(.or(Some($default)))?
                            .as_ref()
                            .map(<$shape as $crate::shape::Shape>::show),
                    },
                )+]
            }

            fn read_table(
                table: &toml::de::DeTable<'_>,
                span: $crate::problem::Span,
                reading: &mut $crate::reading::Reading<'_>,
            ) -> Option<Self> {
                reading.refuse_unknown(table, &[$(stringify!($field)),+]);
                $(
                    let $field = $crate::table::read_field::<$shape>(
                        table,
                        span.clone(),
                        stringify!($field),
                        None::<$value>$(.or(Some($default)))?,
                        reading,
                    );
                )+
                Some(Self { $($field: $field?),+ })
            }

            fn changes(&self, newer: &Self) -> Vec<$crate::table::Change> {
                let mut changes = Vec::new();
                $(
                    if self.$field != newer.$field {
                        changes.push($crate::table::Change {
                            field: stringify!($field),
                            old: <$shape as $crate::shape::Shape>::show(&self.$field),
                            new: <$shape as $crate::shape::Shape>::show(&newer.$field),
                        });
                    }
                )+
                changes
            }
        }

        $crate::table::defaults!($($default_trait)? $table { $($field $(= $default)?;)+ });
    };
}

/// Implements `Default` where [`table!`] was asked to.
macro_rules! defaults {
    (Default $table:ident { $($field:ident = $default:expr;)+ }) => {
        impl Default for $table {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }
    };
    ($table:ident { $($rest:tt)+ }) => {};
}

pub(crate) use {defaults, table};
