//! Portcullis: a guardrail in front of a git history.
//!
//! A source pushes units, the engine turns a unit into findings, the policy judges each finding, a reporter shows
//! the report, and the report decides the exit code. `scan` is that sentence as code; see `ARCHITECTURE.md`.

pub mod agent;
pub mod attest;
pub mod cache;
pub mod cli;
pub mod config;
pub mod decode;
pub mod deps;
pub mod engine;
pub mod explain;
pub mod git;
pub mod hook;
pub mod import;
pub mod json;
pub mod known;
pub mod lang;
pub mod model;
pub mod packs;
pub mod policy;
pub mod report;
pub mod rules;
pub mod scan;
pub mod sightings;
pub mod source;
pub mod text;
pub mod verify;
