//! `cargo xtask docs`: regenerates the documents that are generated from the code.
//!
//! Each such document has a test that fails when the file is stale. With `UPDATE_DOCS=1` those
//! tests write the file instead, so the generator and its check are one piece of code.

use crate::step::{Failure, Step, timed};
use crate::tools;

/// Runs the tests, among them those that own a document, in the mode in which they write it.
///
/// # Errors
/// When a test fails for another reason than a stale document.
pub(crate) fn run() -> Result<(), Failure> {
    timed("docs", || {
        tools::ensure_nextest()?;
        Step::cargo("generate", ["nextest", "run", "--workspace", "--no-fail-fast"])
            .env("UPDATE_DOCS", "1")
            .minutes_max(40)
            .run()
    })
}
