//! Names a finding so that the next run recognises it. Nothing of the secret goes into the name.

use sha2::{Digest, Sha256};

use crate::model::{RepoPath, RuleId};

/// `v1:` and 32 hexadecimal digits over rule, path, the line without the secret and white space, and which of equal
/// ones it is. It survives moves inside the file and reformatting; it cannot be used to guess a password.
pub fn fingerprint(rule: &RuleId, path: &RepoPath, line_without_secret: &[u8], nth: usize) -> String {
    let mut hash = Sha256::new();
    for part in [rule.as_str().as_bytes(), path.as_bytes(), nth.to_string().as_bytes()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let text: Vec<u8> =
        line_without_secret.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    hash.update(text);
    let digits: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("v1:{digits}")
}
