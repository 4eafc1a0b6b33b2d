//! The first road, black box: the real `salve` between real sockets.
//!
//! Every test starts the program as an operator does, speaks to it as clients do, and stands
//! behind it as upstreams do. What it looks at is only what users can see: bytes on sockets,
//! what commands print, files. When a test ends, the harness checks what must hold after
//! every one: one log entry for each admitted request, no secret anywhere, no panic.

#[cfg(test)]
mod breaks;
#[cfg(test)]
mod captures;
#[cfg(test)]
mod channels;
#[cfg(test)]
mod compressed;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod cures;
#[cfg(test)]
mod door;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod failover;
#[cfg(test)]
mod framing;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod log;
#[cfg(test)]
mod models;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod pass_through;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod stand_in;
#[cfg(test)]
mod start;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod told;
#[cfg(test)]
mod up;
