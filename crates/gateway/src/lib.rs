//! The gateway: a request walks one way through the rooms, and only `pipeline` knows them all.
//!
//! Start at [`pipeline`]. Rooms ([`listen`], [`identify`], [`admit`], [`route`], [`mend`],
//! [`translate`], [`send`], [`diagnose`], [`relay`], [`settle`]) take and give the types of
//! [`vocabulary`] and do not import each other. [`gateway`] is what requests share, [`house`]
//! what the configuration decides, [`respond`] the one place where answers get their shape.
//!
//! Invariants: an admitted request ends in exactly one ledger entry; nothing of an upstream's
//! answer reaches a client before its first content is in hand; no bound is missing from
//! [`limits`]; tasks are spawned in [`tasks`] alone and wall-clock time is read in [`clock`]
//! alone.

pub mod admit;
pub mod api;
pub mod clock;
pub mod diagnose;
pub mod gateway;
pub mod house;
pub mod identify;
pub mod knowledge;
pub mod limits;
pub mod listen;
pub mod mend;
pub mod phrase;
pub mod pipeline;
pub mod relay;
pub mod reload;
pub mod reply;
pub mod respond;
pub mod route;
pub mod send;
pub mod server;
pub mod settle;
pub mod tasks;
pub mod translate;
pub mod vocabulary;

pub use gateway::{Gateway, Parts, StartError};
