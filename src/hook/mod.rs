//! Puts our hooks into a repository, takes them out again, and runs the hooks that stood there before; knows nothing
//! of rules or findings.

pub mod chain;
mod error;
mod files;
mod install;
mod name;
mod place;
mod record;
mod shim;
mod step;
mod uninstall;

pub use chain::ChainOutcome;
pub use error::HookError;
pub use install::{InstallRequest, Installed, install};
pub use name::HookName;
pub use step::Step;
pub use uninstall::{Kept, UninstallRequest, Uninstalled, uninstall};
