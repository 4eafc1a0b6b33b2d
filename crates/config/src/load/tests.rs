//! What a configuration file means, what is said about a wrong one, and that none is fatal.

mod arbitrary;
mod meaning;
mod wrong;
