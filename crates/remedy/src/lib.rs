//! The fault catalogue and what it knows: which fault an upstream's answer is, whose it is,
//! what follows from it and in which shape it is told.
//!
//! A fault is one file, `faults/<family>/<id>.toml`, embedded at build time and named by a
//! constant in [`faults`]. [`diagnose`] turns a [`Cause`] into a [`Diagnosis`]; the innermost
//! message decides first, the status second, because relays re-wrap what they relay.
//! [`told_when_all_failed`] makes one [`Told`] of the diagnoses of every candidate.
//!
//! Pure: no I/O, no clock, no state. No input makes it panic or takes more than linear time;
//! of a body no more than [`limits::BODY_READ_BYTES_MAX`] is looked at. No text it makes holds
//! a credential (see [`redact`](fn@redact)).

mod accused;
mod betas;
mod blocks;
mod catalogue;
mod cause;
mod diagnose;
mod dialect;
mod explain;
mod history;
mod known;
pub mod limits;
mod numbers;
mod outbound;
pub mod pairs;
mod path;
pub mod platform;
mod redact;
pub mod remedies;
mod thinking;
mod told;
mod tools;
mod turns;
mod unwrap;
mod wait;

pub use betas::Betas;
pub use catalogue::{
    Case, Catalogue, CatalogueError, Fault, FaultId, Fix, Place, Policy, Rank, Recogniser, Scope,
    ShapeTold, StatusPattern, Whose, catalogue, fault, faults,
};
pub use cause::{Answer, Cause, Malformed, Timeout, Unreachable};
pub use diagnose::{Cools, Diagnosis, Verdict, diagnose};
pub use dialect::Dialect;
pub use explain::{
    By, Explained, Explanation, FaultPage, Finding, Near, Platforms, Report, Unknown, explain,
};
pub use known::{Facts, Known, NoProvenance, Provenance, Says};
pub use outbound::{Done, Lesson, Outbound};
pub use redact::redact;
pub use remedies::{REMEDIES, Refusal, Remedy, prepare, react, uses};
pub use told::{Told, told_when_all_failed};
pub use unwrap::{Inner, Shape, unwrap};
