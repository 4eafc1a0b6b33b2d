//! The simulator as its users meet it: over a socket.

#[cfg(test)]
mod cache;
#[cfg(test)]
mod captures;
#[cfg(test)]
mod client;
#[cfg(test)]
mod control;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod http;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod thinking;
