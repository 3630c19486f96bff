//! How harmful a finding is, how sure we are, and what kind of rule made it.

use std::fmt;

/// The harm if the finding is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth fixing.
    Medium,
    /// An attacker gains something.
    High,
    /// An attacker gains access at once.
    Critical,
}

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Often harmless.
    Low,
    /// Usually right.
    Medium,
    /// Practically certain.
    High,
}

/// The kind of rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A credential.
    Secret,
    /// A dangerous construct in source code.
    Code,
    /// A dependency that nobody approved.
    Dependency,
    /// A waiver or a configuration that weakens the guard.
    Policy,
}

impl Severity {
    /// Every value with its name in rule files and reports, mildest first.
    pub const NAMES: [(&'static str, Severity); 4] = [
        ("low", Severity::Low),
        ("medium", Severity::Medium),
        ("high", Severity::High),
        ("critical", Severity::Critical),
    ];
}

impl Confidence {
    /// Every value with its name in rule files and reports, least sure first.
    pub const NAMES: [(&'static str, Confidence); 3] =
        [("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];

    /// One step less sure; low stays low.
    pub fn demoted(self) -> Confidence {
        match self {
            Confidence::High => Confidence::Medium,
            Confidence::Medium | Confidence::Low => Confidence::Low,
        }
    }
}

impl Category {
    /// Every value with its name in rule files and reports.
    pub const NAMES: [(&'static str, Category); 4] = [
        ("secret", Category::Secret),
        ("code", Category::Code),
        ("dependency", Category::Dependency),
        ("policy", Category::Policy),
    ];
}

/// The name that a table of names gives a value; every value of our enums stands in its table.
fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    names.iter().find(|(_, known)| known == value).map_or("?", |(name, _)| name)
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(name_of(&Self::NAMES, self))
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(name_of(&Self::NAMES, self))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(name_of(&Self::NAMES, self))
    }
}
