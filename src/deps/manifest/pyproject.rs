//! x
use super::{Manifest, Misread};
pub fn read(_: &[u8]) -> Result<Manifest, Misread> { Ok(Manifest::default()) }
