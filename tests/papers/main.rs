//! What the papers say is true, and the laws of the house that no lint knows hold.
//!
//! Papers that are made of the code (`docs/ERRORS.md`, the list in `docs/DEPENDENCIES.md`) are
//! written anew where `UPDATE_DOCS` is set; `cargo xtask docs` sets it.

#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod prose;
#[cfg(test)]
mod tree;
