//! What is wrong with a TOML file, and where. Knows no TOML.

use std::fmt;

use crate::model::Position;

/// What is wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The text is not TOML; what the parser says.
    #[error("{0}")]
    Syntax(String),
    /// The marks of a merge that nobody has finished.
    #[error("an unresolved merge conflict; choose what stays, then take the marks out")]
    Conflict,
    /// A key nobody reads.
    #[error("unknown key `{key}`{}", did_you_mean(.nearest.as_deref()))]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The most similar key that is read here.
        nearest: Option<String>,
    },
    /// A required key is not there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A value of another type.
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        /// The key.
        key: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A word that is none of the allowed ones.
    #[error("`{key}` cannot be {value:?}{}; one of: {allowed}", did_you_mean(.nearest.as_deref()))]
    UnknownValue {
        /// The key.
        key: &'static str,
        /// The word as written.
        value: String,
        /// The most similar allowed word.
        nearest: Option<String>,
        /// All allowed words.
        allowed: String,
    },
    /// A value that its reader refuses; why.
    #[error("`{key}`: {why}")]
    Invalid {
        /// The key.
        key: &'static str,
        /// Why it is refused.
        why: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name as given.
    pub file: String,
    /// Where.
    pub at: Position,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.at.line, self.at.column, self.fault)
    }
}

/// All problems of one or more files, in the order of their places; never empty inside an `Err`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, problem) in self.0.iter().enumerate() {
            if idx > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
