//! Money: what a request costs, and the one entry it ends in.
//!
//! Prices, token counts, holds and settlement, with the trait that holds are stored through.
//! Pure: nothing here reads a clock, a file or a socket.
//!
//! Invariants: money is integer nano-dollars and tokens are integers, no float is ever made of
//! either; a [`Hold`] that was taken settles exactly once, also when it is dropped or unwound;
//! a cost is a function of the usage and a dated price alone.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod clock;
mod decimal;
pub mod entry;
pub mod hold;
pub mod limits;
pub mod money;
pub mod price;
pub mod usage;

pub use clock::{Clock, ManualClock, Timestamp};
pub use entry::{Attempt, Change, Endpoint, Entry, Outcome, RequestId, Skipped};
pub use hold::{Draft, Hold, Ledger, LedgerError, Opened};
pub use money::{Multiplier, NanoUsd};
pub use price::{Cost, ModelFacts, PriceBook, PriceError};
pub use usage::Usage;
