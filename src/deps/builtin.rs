//! Packages that are kept out of every repository: `packages/denied.toml`. Knows the list, not who declares what.

use std::sync::OnceLock;

use super::Approvals;

const TEXT: &str = include_str!("../../packages/denied.toml");

/// The built-in denials; read when the first manifest is judged.
pub fn denied() -> &'static Approvals {
    static DENIED: OnceLock<Approvals> = OnceLock::new();
    // A test reads the list; a program in which it did not read was never shipped.
    DENIED.get_or_init(|| Approvals::read("packages/denied.toml", TEXT).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Approvals, TEXT};
    use crate::deps::hints;

    #[test]
    fn the_built_in_denials_read_and_are_sorted() {
        let read = Approvals::read("packages/denied.toml", TEXT).map_err(|problems| problems.to_string());
        let denied = read.expect("a valid list").denied;
        assert!(denied.len() > 50);
        let keys: Vec<_> =
            denied.iter().map(|one| (one.ecosystem.to_string(), one.subject.to_string())).collect();
        assert!(keys.is_sorted(), "sort packages/denied.toml");
        for denial in denied.iter().filter(|denial| denial.versions.is_none()) {
            if let crate::deps::approvals::Subject::Name(name) = &denial.subject {
                assert!(!hints::is_well_known(denial.ecosystem, name), "{name} is in packages/known as well");
            }
        }
    }
}
