//! The cures, black box: what a strict upstream refuses is answered all the same, the request
//! arrives there without what had to go and with everything else, and what cannot be cured is
//! told in the words on which clients act.

mod betas;
mod bodies;
mod busy;
mod neighbours;
mod output;
mod patient;
mod rates;
mod shortage;
mod sizes;
mod thinking;
mod windows;
