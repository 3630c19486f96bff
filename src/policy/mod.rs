//! Judges findings: the gate, path classes, waivers in comments and in their file, the baseline, marks for other tools,
//! exclusions, fingerprints. Knows nothing of how a finding was made or will be shown.

mod baseline;
mod exceptions;
mod fingerprint;
pub mod foreign;
mod gate;
mod loosened;
mod owners;
mod place;
mod protected;
mod reviewed;
mod waiver;
pub mod waiver_file;

pub use baseline::{Accepted, Baseline, Change, Place};
pub use exceptions::{Exceptions, Excuse, Lost, Named, WAIVERS, Written};
pub use fingerprint::{FingerprintKey, fingerprint, numbered};
pub use gate::{Policy, Skip};
pub use loosened::{loosened, more_accepted, more_waivers};
pub use owners::{Owners, PLACES as OWNERS_PLACES};
pub use place::{PathClass, class_of, classify};
pub use protected::{Message, missing};
pub use reviewed::Marks;
pub use waiver::{Reach, Waiver, WaiverFault, says_why, waivers};
pub use waiver_file::FileWaiver;
