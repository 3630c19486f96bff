//! The codes of what is said about dependencies; what each means, weighs and asks for stands in
//! `rules/dependencies.toml`.

use crate::model::RuleId;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: RuleId = RuleId::from_static($code);)*

        /// Every code.
        pub const ALL: [RuleId; [$($code),*].len()] = [$($name),*];
    };
}

codes! {
    /// Declared, but nobody let it in.
    UNAPPROVED = "DEP001";
    /// Declared, although it is kept out.
    DENIED = "DEP002";
    /// Comes from somewhere else than the place that was approved.
    OTHER_SOURCE = "DEP003";
    /// Admits versions that were not approved, or another major version than before.
    OTHER_VERSION = "DEP004";
    /// Approved for a lesser purpose.
    WIDER_SCOPE = "DEP005";
    /// The approval has run out.
    EXPIRED = "DEP006";
    /// Approved by the very change that needs the approval.
    SAME_CHANGE = "DEP007";
    /// No answer: the manifest, or a file it takes in, cannot be read.
    UNREADABLE = "DEP008";
    /// Known to decide about dependencies, but not read.
    NOT_READ = "DEP009";
    /// Written down where versions are resolved, but declared by nobody.
    INDIRECT = "DEP010";
    /// A lock file says something else about a version than before, or than it can be.
    TAMPERED = "DEP011";
    /// Somebody else's package lies in the repository as a file.
    VENDORED = "DEP012";
    /// Any later version will do.
    FLOATING = "DEP013";
    /// An action or image is not bound to one content.
    UNPINNED = "DEP014";
    /// The name looks like a well-known one.
    SIMILAR_NAME = "DEP015";
    /// The name is what code imports, not what the package is called.
    WRONG_NAME = "DEP016";
    /// Code imports a package that nobody declares.
    UNDECLARED = "DEP017";
    /// Code uses a name that the declared version no longer has.
    OUTDATED = "DEP018";
    /// A script installs a package past every manifest.
    INSTALL_COMMAND = "DEP019";
    /// An approval that nothing needs any more.
    STALE = "DEP020";
    /// The lock file does not hold what the manifest declares.
    LOCK_BEHIND = "DEP021";
    /// The record was changed by somebody who may not approve.
    NO_APPROVER = "DEP022";
    /// Code that runs when packages are installed.
    INSTALL_CODE = "DEP023";
}

/// True for what the record, or a file that reads, has to settle: no comment lets a package in. Everything else is a
/// habit, of which somebody may say why it is right in one place.
pub fn is_for_the_record(code: &RuleId) -> bool {
    let settled = [
        UNAPPROVED,
        DENIED,
        OTHER_SOURCE,
        OTHER_VERSION,
        WIDER_SCOPE,
        EXPIRED,
        SAME_CHANGE,
        UNREADABLE,
        TAMPERED,
        STALE,
        NO_APPROVER,
    ];
    settled.contains(code)
}
