//! Judges findings: the gate, path classes, inline waivers, marks for other tools, exclusions, fingerprints. Knows nothing
//! of how a finding was made or will be shown.

mod fingerprint;
mod gate;
mod loosened;
mod place;
mod reviewed;
mod waiver;

pub use fingerprint::fingerprint;
pub use gate::Policy;
pub use loosened::loosened;
pub use place::{PathClass, class_of};
pub use reviewed::reviewed;
pub use waiver::{Waiver, WaiverFault, waivers};
