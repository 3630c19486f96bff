//! engine.

pub mod validate;
