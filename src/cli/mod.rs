//! cli.

pub mod deps;
