//! Betas and body fields are pairs: one without the other is refused, so both go or both stay.
//!
//! The table is data: `capabilities/betas.toml`.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    beta: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    fields: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
    toml::from_str(include_str!("../../../capabilities/betas.toml")).expect("betas.toml is valid")
});

/// The features of a body that need this beta.
pub fn features_of(beta: &str) -> impl Iterator<Item = &'static str> {
    let rows = TABLE.beta.iter().filter(move |row| row.name == beta);
    rows.flat_map(|row| row.fields.iter().map(String::as_str))
}

/// The betas that open this feature.
pub fn betas_of(feature: &str) -> impl Iterator<Item = &'static str> {
    let opens = move |row: &&Row| row.fields.iter().any(|field| field == feature);
    TABLE.beta.iter().filter(opens).map(|row| row.name.as_str())
}
