//! Puts our hooks into a repository, takes them out again, and runs the hooks that stood there before; knows nothing
//! of rules or findings.

pub mod chain;
mod configured;
mod error;
mod files;
mod folder;
mod git;
mod global;
pub mod health;
mod husky;
mod install;
mod name;
mod place;
mod plan;
mod record;
mod shim;
mod step;
mod uninstall;

pub use chain::ChainOutcome;
pub use error::HookError;
pub use git::Version;
pub use global::{GlobalRequest, UserPlaces, install_global};
pub use install::{InstallRequest, Installed, Method, Remark, install};
pub use name::HookName;
pub use shim::Reach;
pub use step::Step;
pub use uninstall::{Kept, UninstallRequest, Uninstalled, uninstall, uninstall_global};
