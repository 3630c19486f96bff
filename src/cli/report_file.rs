//! Reports that are written to files, beside the one on standard output.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{CliError, whole};
use crate::report::Format;

/// `FORMAT=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// The shape of the report.
    pub format: Format,
    /// Where it goes.
    pub path: PathBuf,
}

/// Reads `FORMAT=FILE` as it stands on the command line.
pub fn parse(text: &str) -> Result<ReportFile, String> {
    let names = || Format::NAMES.map(|(name, _)| name).join(", ");
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(format!("FORMAT=FILE, such as sarif=report.sarif; formats are {}", names()));
    };
    match Format::NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, format)) => Ok(ReportFile { format: *format, path: PathBuf::from(path) }),
        None => Err(format!("there is no format `{name}`; formats are {}", names())),
    }
}

/// Makes a file of `bytes` that is complete or not there. Devices and pipes are written to as they are.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let is_special = fs::metadata(path).is_ok_and(|meta| !meta.is_file());
    let put = || {
        if is_special {
            return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
        }
        whole::write(path, bytes)
    };
    put().map_err(|error| CliError::ReportFile { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::{ReportFile, parse};
    use crate::report::Format;

    #[test]
    fn a_format_and_a_file_are_read() {
        for (text, expected) in [
            ("sarif=a.sarif", Some((Format::Sarif, "a.sarif"))),
            ("html=out/a=b.html", Some((Format::Html, "out/a=b.html"))),
            ("sarif", None),
            ("sarif=", None),
            ("pdf=a", None),
        ] {
            let expected = expected.map(|(format, path)| ReportFile { format, path: path.into() });
            assert_eq!(parse(text).ok(), expected, "{text}");
        }
    }
}
