//! stub
#![allow(missing_docs)]
use super::Proof;
use crate::rules::Rule;
pub enum Opinion {
    Refused,
    Accepted(Proof),
}
pub fn judge(_: &Rule, _: &[u8]) -> Opinion {
    Opinion::Accepted(Proof::Plain)
}
