//! The simulator's own HTTP/1.1 server: an accept loop over plain sockets.
//!
//! A framework would hide the socket, and the socket is the point here: a fault may end a
//! connection with a true TCP reset, cut it without the closing chunk, or pass on bytes in writes
//! of a chosen size. Everything above (routes, rules, replies) lives elsewhere.

mod accept;
mod body;
mod wire;

pub(crate) use accept::{bind, serve};
pub(crate) use body::{Delivery, End, ServedBody, Step};
pub(crate) use wire::Wire;
