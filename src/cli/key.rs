//! Makes the team's key for fingerprints, once.

use std::path::Path;

use super::allow::{self, AllowError};
use super::{CliError, setup};
use crate::policy::FingerprintKey;

/// Where the key lies.
const KEY: &str = ".portcullis/key.toml";

/// Writes a key where the team has none yet.
pub fn ensure(home: &Path) -> Result<(), CliError> {
    if setup::files_on_disk(home)?.key.is_some() {
        return Ok(());
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(AllowError::Random)?;
    allow::write(&home.join(KEY), &FingerprintKey::new(random).to_toml())
}
