//! Baselines of other scanners: what they have accepted, as far as ours find it too. Knows their files, not our findings.

use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::model::Secret;

/// Why a file gives no baseline.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// Not JSON.
    #[error("is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON of something else.
    #[error("is no baseline of gitleaks (a report in JSON), of detect-secrets, or in SARIF")]
    Unknown,
}

/// What another scanner has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Where: a path from the top of the repository.
    path: String,
    line: Option<u64>,
    value: Known,
}

/// What is known of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    Unknown,
    Clear(Secret),
    Sha1(Vec<u8>),
}

impl Foreign {
    /// Whether a finding of ours is what was accepted: the same value in the file, or, where nobody knows the value, on
    /// the same line.
    pub fn accepts(
        &self,
        path: &str,
        lines: std::ops::RangeInclusive<usize>,
        secret: Option<&Secret>,
    ) -> bool {
        let on_line =
            || self.line.is_some_and(|line| usize::try_from(line).is_ok_and(|line| lines.contains(&line)));
        let is_value = match (&self.value, secret) {
            (Known::Clear(value), Some(secret)) => contains(value.expose(), secret.expose()),
            (Known::Sha1(hash), Some(secret)) => Sha1::digest(secret.expose()).as_slice() == hash,
            (Known::Unknown | Known::Clear(_) | Known::Sha1(_), _) => false,
        };
        self.path == path && (is_value || on_line())
    }
}

/// Scanners differ in what they take for the value: with its name, with quotes, or alone.
fn contains(one: &[u8], other: &[u8]) -> bool {
    let find = |long: &[u8], short: &[u8]| !short.is_empty() && memchr::memmem::find(long, short).is_some();
    find(one, other) || find(other, one)
}

/// Reads a baseline of whichever scanner wrote it.
pub fn read(text: &str) -> Result<Vec<Foreign>, ForeignError> {
    let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
    let entries = match &json {
        Value::Array(findings) => findings.iter().map(gitleaks).collect::<Option<Vec<_>>>(),
        Value::Object(object) if object.contains_key("runs") => Some(sarif(&json)),
        Value::Object(object) => object.get("results").and_then(Value::as_object).map(|results| {
            let file = |(path, entries): (&String, &Value)| -> Vec<Foreign> {
                entries.as_array().into_iter().flatten().map(|entry| detect_secrets(path, entry)).collect()
            };
            results.iter().flat_map(file).collect()
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    entries.ok_or(ForeignError::Unknown)
}

fn gitleaks(finding: &Value) -> Option<Foreign> {
    let text = |key: &str| finding.get(key).and_then(Value::as_str);
    // With --redact the value is a word, and nothing is known of it.
    let secret = text("Secret").filter(|secret| !secret.is_empty() && !secret.contains("REDACTED"));
    Some(Foreign {
        path: text("File")?.to_owned(),
        line: finding.get("StartLine").and_then(Value::as_u64),
        value: secret.map_or(Known::Unknown, |secret| Known::Clear(Secret::new(secret))),
    })
}

fn detect_secrets(path: &str, entry: &Value) -> Foreign {
    let hash = entry.get("hashed_secret").and_then(Value::as_str);
    let hash = hash.and_then(|hash| HEXLOWER_PERMISSIVE.decode(hash.as_bytes()).ok());
    let line = entry.get("line_number").and_then(Value::as_u64);
    Foreign { path: path.to_owned(), line, value: hash.map_or(Known::Unknown, Known::Sha1) }
}

fn sarif(log: &Value) -> Vec<Foreign> {
    let list =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let results = list(log, "runs").into_iter().flat_map(|run| list(&run, "results"));
    let places = results.flat_map(|result| list(&result, "locations"));
    let place = |location: Value| {
        let place = location.get("physicalLocation")?;
        let uri = place.pointer("/artifactLocation/uri")?.as_str()?;
        let path = percent(uri.trim_start_matches("file://").trim_start_matches("./"));
        let line = place.pointer("/region/startLine").and_then(Value::as_u64);
        Some(Foreign { path, line, value: Known::Unknown })
    };
    places.filter_map(place).collect()
}

/// A URI's path as text.
fn percent(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits).ok());
        match code.as_deref() {
            Some([byte]) => {
                bytes.push(*byte);
                rest = &after[2..];
            }
            Some(_) | None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Digest, ForeignError, HEXLOWER_PERMISSIVE, Sha1, read};
    use crate::model::Secret;

    /// Which of three findings are accepted: the value on line 3, the value on line 9, another value on line 3.
    #[track_caller]
    fn check(text: &str, expected: [bool; 3]) {
        let foreign = read(text).unwrap();
        let accepts = |line: usize, value: &str| {
            foreign.iter().any(|one| one.accepts("a b.py", line..=line, Some(&Secret::new(value))))
        };
        let found = [accepts(3, "hunter22"), accepts(9, "hunter22"), accepts(3, "other333")];
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_other_scanners_accepted_is_known_by_value_or_by_line() {
        let gitleaks = |secret: &str| {
            format!(r#"[{{"RuleID": "x", "File": "a b.py", "StartLine": 3, "Secret": "{secret}"}}]"#)
        };
        check(&gitleaks("hunter22"), [true, true, true]);
        check(&gitleaks("REDACTED"), [true, false, true]);
        check(&gitleaks("hunter22").replace("a b.py", "c.py"), [false; 3]);
        check("[]", [false; 3]);
        let hash = HEXLOWER_PERMISSIVE.encode(&Sha1::digest("hunter22"));
        let secrets =
            format!(r#"{{"results": {{"a b.py": [{{"hashed_secret": "{hash}", "line_number": 3}}]}}}}"#);
        check(&secrets, [true, true, true]);
        let sarif = r#"{"runs": [{"results": [{"locations": [{"physicalLocation": {"artifactLocation":
            {"uri": "a%20b.py"}, "region": {"startLine": 3}}}]}]}]}"#;
        check(sarif, [true, false, true]);
        for nothing in ["{}", "3", "[{}]"] {
            assert!(matches!(read(nothing), Err(ForeignError::Unknown)), "{nothing}");
        }
        assert!(matches!(read("{"), Err(ForeignError::Json(_))));
    }
}
