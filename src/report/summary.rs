//! Counts as people say them: findings by kind, and the receipt in one sentence.

use std::collections::BTreeSet;

use super::Action;
use super::shown::Shown;
use crate::model::{Category, Cut, Finding, Partial, Receipt, Report, SkipReason};
use crate::text::escape;

/// How many skipped entries are named.
const NAMED_SKIPS: usize = 3;

/// The sentence that must be enough when a dialog shows nothing else, such as `commit stopped: 1 secret in 1 file
/// (nothing was committed)`.
pub fn headline(report: &Report, action: Action) -> String {
    let found = kinds(&report.blocking().collect::<Vec<_>>());
    match action {
        Action::Commit | Action::Message => format!("commit stopped: {found} (nothing was committed)"),
        Action::Merge => format!("merge stopped: {found} (nothing was committed)"),
        Action::Push => format!("push stopped: {found} (nothing was pushed)"),
        Action::Scan => found,
    }
}

/// The same for a report in which nothing blocks.
pub fn advisory_headline(report: &Report, action: Action) -> String {
    let found = kinds(&report.advisory().collect::<Vec<_>>());
    match action {
        Action::Commit | Action::Message | Action::Merge | Action::Push => {
            format!("{found} (does not stop the {})", action.name())
        }
        Action::Scan => format!("{found} (advisory)"),
    }
}

/// The same for a report in which nobody has to do anything.
pub fn information_headline(report: &Report) -> String {
    format!("{} (for information)", kinds(&report.information().collect::<Vec<_>>()))
}

/// One line for a report, whatever came out.
pub fn outcome(report: &Report, action: Action) -> String {
    let counts = counts(report);
    if counts.blocking > 0 {
        headline(report, action)
    } else if counts.advisory > 0 {
        advisory_headline(report, action)
    } else if !report.receipt.unread.is_empty() {
        "not everything could be read".to_owned()
    } else if counts.information > 0 {
        information_headline(report)
    } else {
        "nothing found".to_owned()
    }
}

/// `1 secret, 2 dangerous calls in 2 files`.
fn kinds(findings: &[&Finding]) -> String {
    let files: BTreeSet<_> = findings.iter().map(|finding| &finding.path).collect();
    let counts: Vec<String> = Category::NAMES
        .iter()
        .map(|(_, category)| {
            (findings.iter().filter(|finding| finding.rule.category == *category).count(), category)
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, category)| match category {
            Category::Secret => plural(count, "secret", "secrets"),
            Category::Code => plural(count, "dangerous call", "dangerous calls"),
            Category::Dependency => plural(count, "unapproved dependency", "unapproved dependencies"),
            Category::Policy => plural(count, "policy change", "policy changes"),
        })
        .collect();
    format!("{} in {}", counts.join(", "), plural(files.len(), "file", "files"))
}

/// `1 file`, `2 files`.
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Number of findings with a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Those that block.
    pub blocking: usize,
    /// Those that are only told.
    pub advisory: usize,
    /// Those that ask nothing of anybody.
    pub information: usize,
    /// Those with an exception.
    pub suppressed: usize,
}

/// Counts the findings of `report` by verdict.
pub fn counts(report: &Report) -> Counts {
    let (blocking, advisory) = (report.blocking().count(), report.advisory().count());
    let information = report.information().count();
    let suppressed = report.findings.len() - blocking - advisory - information;
    Counts { blocking, advisory, information, suppressed }
}

/// `scanned 3 files, 2.1 kB, 214 rules in 3 packs; 1 skipped: assets/big.bin (71 MB, larger than the limit)`.
pub fn receipt(receipt: &Receipt, shown: &Shown) -> String {
    let mut sentence = format!(
        "scanned {}, {}, {} in {}",
        plural(receipt.scanned, "file", "files"),
        size(receipt.bytes),
        plural(receipt.rules, "rule", "rules"),
        plural(receipt.packs.len(), "pack", "packs"),
    );
    if receipt.secrets_only > 0 {
        let versions = plural(receipt.secrets_only, "old version", "old versions");
        sentence.push_str(&format!("; only secrets were looked for in {versions} (--code: code as well)"));
    }
    if !receipt.skipped.is_empty() {
        sentence.push_str("; ");
        sentence.push_str(&skipped(receipt, shown));
    }
    if !receipt.partial.is_empty() {
        sentence.push_str("; ");
        sentence.push_str(&partial(receipt, shown));
    }
    sentence
}

fn skipped(receipt: &Receipt, shown: &Shown) -> String {
    let mut names: Vec<String> = receipt
        .skipped
        .iter()
        .take(NAMED_SKIPS)
        .map(|skipped| format!("{} ({})", shown.path(&skipped.path), reason(&skipped.reason)))
        .collect();
    if receipt.skipped.len() > NAMED_SKIPS {
        names.push(format!("and {} more", receipt.skipped.len() - NAMED_SKIPS));
    }
    format!("{} skipped: {}", receipt.skipped.len(), names.join(", "))
}

fn partial(receipt: &Receipt, shown: &Shown) -> String {
    let name = |partial: &Partial| format!("{} ({})", shown.path(&partial.path), cut(partial.cut));
    let mut names: Vec<String> = receipt.partial.iter().take(NAMED_SKIPS).map(name).collect();
    if receipt.partial.len() > NAMED_SKIPS {
        names.push(format!("and {} more", receipt.partial.len() - NAMED_SKIPS));
    }
    format!("{} skipped in part: {}", receipt.partial.len(), names.join(", "))
}

/// What could not be read, one line each, for people who must not take silence for "clean".
pub fn unread(receipt: &Receipt, shown: &Shown) -> Vec<String> {
    receipt
        .unread
        .iter()
        .map(|unread| format!("{}: could not be read: {}", shown.path(&unread.path), unread.why))
        .collect()
}

/// Why an entry was not scanned, in words.
pub fn reason(reason: &SkipReason) -> String {
    match reason {
        SkipReason::TooLarge(bytes) => format!("{}, larger than the limit", size(*bytes)),
        SkipReason::Excluded(why) => format!("excluded: {}", escape(why.as_bytes())),
        SkipReason::Submodule => "submodule".to_owned(),
        SkipReason::NotAFile => "not a file".to_owned(),
        SkipReason::NotInThisClone => "not in this partial clone".to_owned(),
        SkipReason::SecretFileLarge(bytes) => format!("its values are not looked for: {}", size(*bytes)),
        SkipReason::SecretFileElsewhere => "its values are not looked for: a link that leads out".to_owned(),
        SkipReason::SecretFileUnread => "its values are not looked for: unreadable".to_owned(),
    }
}

/// Why a part of what is packed in an entry was not scanned, in words.
pub fn cut(cut: Cut) -> &'static str {
    match cut {
        Cut::TooDeep => "packed or encoded too many times over",
        Cut::TooMuch => "holds more than is unpacked",
        Cut::TooMany => "holds more files than are unpacked",
        Cut::Damaged => "a damaged archive",
        Cut::Locked => "an archive with a password",
        Cut::UnknownFormat => "packed in an unknown way",
        Cut::Unparsed => "a notebook that is no JSON, read as plain text",
    }
}

/// True for a cut that somebody could hide behind, so that people should hear of it even on a clean run.
pub fn is_deliberate(cut: Cut) -> bool {
    match cut {
        Cut::TooDeep | Cut::TooMuch | Cut::TooMany => true,
        Cut::Damaged | Cut::Locked | Cut::UnknownFormat | Cut::Unparsed => false,
    }
}

/// True when nobody decided to skip it, so that people should hear of it even on a clean run.
pub fn is_gap(reason: &SkipReason) -> bool {
    match reason {
        SkipReason::TooLarge(_) | SkipReason::NotInThisClone => true,
        SkipReason::Excluded(_)
        | SkipReason::Submodule
        | SkipReason::NotAFile
        | SkipReason::SecretFileLarge(_)
        | SkipReason::SecretFileElsewhere
        | SkipReason::SecretFileUnread => false,
    }
}

/// True when a hook should say nothing at all.
pub fn is_silent(report: &Report) -> bool {
    let counts = counts(report);
    counts.blocking + counts.advisory == 0
        && !report.receipt.skipped.iter().any(|skipped| is_gap(&skipped.reason))
        && !report.receipt.partial.iter().any(|partial| is_deliberate(partial.cut))
        && report.receipt.unread.is_empty()
}

/// `950 B`, `2.1 kB`, `71 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit_idx = 0;
    while value >= 999.5 && unit_idx + 1 < UNITS.len() {
        value /= 1000.0;
        unit_idx += 1;
    }
    if value < 9.95 {
        format!("{value:.1} {}", UNITS[unit_idx])
    } else {
        format!("{value:.0} {}", UNITS[unit_idx])
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_two_or_three_digits() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (2_149, "2.1 kB"),
            (9_960, "10 kB"),
            (999_499, "999 kB"),
            (999_600, "1.0 MB"),
            (71_000_000, "71 MB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
