//! Keeps a package out: the record's new text. Knows no disk and no person.

use super::approvals::{Approvals, Denial, PATH, Paths, Subject};
use super::approve::{ApproveError, Declared, of_package, package};
use super::record;
use crate::text::toml_doc::Problems;

/// What somebody wants to keep out.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// `npm:left-pad`, or `left-pad` when some manifest declares it.
    pub package: String,
    /// Why.
    pub reason: String,
    /// What to take in its place.
    pub use_instead: Option<String>,
    /// Only these versions.
    pub versions: Option<String>,
    /// Only in these manifests.
    pub paths: Vec<String>,
}

/// The new record.
#[derive(Debug)]
pub struct Denied<'a> {
    /// The record's new text.
    pub text: String,
    /// Where the package is declared still.
    pub declared: Vec<Declared<'a>>,
}

/// Why nothing was denied.
#[derive(Debug, thiserror::Error)]
pub enum DenyError {
    /// The package cannot be told.
    #[error(transparent)]
    Package(#[from] ApproveError),
    /// The record does not read, before or after.
    #[error(transparent)]
    Record(#[from] Problems),
    /// The record is no TOML.
    #[error(transparent)]
    Toml(#[from] toml_edit::TomlError),
    /// Not a glob.
    #[error(transparent)]
    Glob(#[from] globset::Error),
    /// There is such an entry.
    #[error("{0}: denied already")]
    Already(String),
    /// The reason says nothing.
    #[error("a denial needs a reason")]
    Reason,
}

/// Adds a denial to `current`.
pub fn deny<'a>(
    current: Option<&str>,
    refusal: &Refusal,
    declared: &[Declared<'a>],
) -> Result<Denied<'a>, DenyError> {
    let text = current.unwrap_or(record::HEADER);
    let approvals = Approvals::read(PATH, text)?;
    let (ecosystem, name) = package(&refusal.package, declared)?;
    if refusal.reason.trim().is_empty() {
        return Err(DenyError::Reason);
    }
    let globs: Vec<&str> = refusal.paths.iter().map(String::as_str).collect();
    let denial = Denial {
        ecosystem,
        subject: Subject::Name(name.clone()),
        reason: refusal.reason.trim().to_owned(),
        use_instead: refusal.use_instead.clone(),
        versions: refusal.versions.clone(),
        paths: Paths::new(&globs)?,
    };
    let same = |old: &Denial| {
        (&old.subject, &old.versions, &old.paths) == (&denial.subject, &denial.versions, &denial.paths)
    };
    if approvals.denied.iter().any(|old| old.ecosystem == ecosystem && same(old)) {
        return Err(DenyError::Already(name.to_string()));
    }
    let text = record::insert_denial(text, &denial)?;
    // What is written must be what is read.
    Approvals::read(PATH, &text)?;
    Ok(Denied { text, declared: of_package(ecosystem, &name, declared) })
}

#[cfg(test)]
mod tests {
    use super::{Refusal, deny};

    #[track_caller]
    fn check(current: &str, refusal: Refusal, expected: Result<&str, &str>) {
        let found =
            deny(Some(current), &refusal, &[]).map(|denied| denied.text).map_err(|error| error.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn a_denial_is_written_as_it_is_read() {
        let refusal = Refusal {
            package: "npm:Bad".to_owned(),
            reason: "stole keys once".to_owned(),
            use_instead: Some("good".to_owned()),
            versions: Some("=1.2.3".to_owned()),
            paths: vec!["web/**".to_owned()],
        };
        let entry = "[[deny]]\necosystem = \"npm\"\nname = \"bad\"\nversions = \"=1.2.3\"\npaths = [\"web/**\"]\n\
                     reason = \"stole keys once\"\nuse_instead = \"good\"\n";
        let text = format!("schema = 1\n\n{entry}");
        check("schema = 1\n", refusal.clone(), Ok(&text));
        check(&text, refusal.clone(), Err("bad: denied already"));
        check(
            "schema = 1\n",
            Refusal { reason: " ".to_owned(), ..refusal.clone() },
            Err("a denial needs a reason"),
        );
        let unknown =
            "bad: say the ecosystem, as in npm:bad; no manifest, or more than one kind, declares it";
        check("schema = 1\n", Refusal { package: "bad".to_owned(), ..refusal }, Err(unknown));
    }
}
