//! deps.
