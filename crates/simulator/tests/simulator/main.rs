//! The simulator as its users meet it: over a socket.

mod cache;
mod captures;
mod client;
mod control;
mod faults;
mod http;
mod replies;
mod rules;
mod thinking;
