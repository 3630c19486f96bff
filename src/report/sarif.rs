//! SARIF 2.1.0 for code scanning services; shows neither snippets nor secrets. The shape is in `log`, rules in `rule`.

mod log;
mod rule;

use std::collections::BTreeMap;
use std::io::{self, Write};

use self::log::{
    ArtifactLocation, AutomationDetails, Component, Invocation, Location, Log, Notification,
    PhysicalLocation, Region, Result as SarifResult, ResultProperties, Run, Suppression, Text, Tool,
};
use super::shown::Shown;
use super::{Context, history, notes, summary, wire};
use crate::model::{Finding, Judged, Partial, Receipt, RepoPath, Report, RuleInfo, Skipped, Unread, Verdict};

/// Writes `report` as one log with one run.
pub fn write(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let rules = all_rules(report, context);
    let indexes: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(idx, id)| (*id, idx)).collect();
    let results = report.findings.iter().map(|judged| result(judged, &indexes, &shown)).collect();
    let driver = Component {
        name: "portcullis",
        semantic_version: context.version,
        rules: rules.values().map(|info| rule::descriptor(info)).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        automation_details: AutomationDetails { id: format!("portcullis/{}/", context.action.name()) },
        column_kind: "unicodeCodePoints",
        invocations: [invocation(&report.receipt, &shown)],
        results,
    };
    wire::document(&Log::new(run), out)
}

/// The active rules and those that occur, by id.
fn all_rules<'r>(report: &'r Report, context: &Context<'r>) -> BTreeMap<&'r str, &'r RuleInfo> {
    let occurring = report.findings.iter().map(|judged| &*judged.finding.rule);
    let active = context.rules.iter().map(|info| &**info);
    occurring.chain(active).map(|info| (info.id.as_str(), info)).collect()
}

fn result<'r>(judged: &'r Judged, indexes: &BTreeMap<&str, usize>, shown: &Shown) -> SarifResult<'r> {
    let Judged { finding, verdict } = judged;
    let (level, suppressions) = match verdict {
        Verdict::Blocking => ("error", vec![]),
        Verdict::Advisory if finding.is_information() => ("note", vec![]),
        Verdict::Advisory => ("warning", vec![]),
        Verdict::Suppressed { reason } => ("warning", vec![Suppression::accepted(shown.prose(reason))]),
    };
    let id = finding.rule.id.as_str();
    let region = Region {
        start_line: finding.start.line,
        start_column: finding.start.column,
        end_line: finding.end.line,
        // Both ours and SARIF's lie behind the last character.
        end_column: finding.end.column,
    };
    SarifResult {
        rule_id: id,
        rule_index: indexes.get(id).copied(),
        level,
        message: Text { text: shown.prose(&message(finding)) },
        locations: [location(&finding.path, Some(region), shown)],
        partial_fingerprints: BTreeMap::from([("portcullis/v1", finding.fingerprint.as_str())]),
        suppressions,
        properties: ResultProperties {
            severity: finding.severity.to_string(),
            confidence: finding.confidence.to_string(),
            commit: notes::commit(&finding.provenance).map(|info| info.id.to_string()),
            standing: finding.sightings.as_ref().map(|sightings| history::word(&sightings.standing)),
            occurrences: finding.sightings.as_ref().map(|sightings| sightings.count),
        },
    }
}

fn message(finding: &Finding) -> String {
    let title = &finding.rule.title;
    let fix = notes::fix(finding);
    match &finding.detail {
        Some(detail) => format!("{title}: {detail}. {fix}"),
        None => format!("{title}. {fix}"),
    }
}

fn location(path: &RepoPath, region: Option<Region>, shown: &Shown) -> Location {
    let uri = relative_uri(&shown.masked_path(path));
    let artifact_location = ArtifactLocation { uri, uri_base_id: "%SRCROOT%" };
    Location { physical_location: PhysicalLocation { artifact_location, region } }
}

/// Everything but the unreserved characters of RFC 3986 and `/` is percent-encoded, also `:`, which would end a scheme.
fn relative_uri(path: &[u8]) -> String {
    let encode = |&byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    path.iter().map(encode).collect()
}

fn invocation(receipt: &Receipt, shown: &Shown) -> Invocation {
    Invocation {
        execution_successful: receipt.adds_up() && receipt.unread.is_empty(),
        tool_execution_notifications: receipt
            .unread
            .iter()
            .map(|unread| unread_notification(unread, shown))
            .chain(receipt.skipped.iter().map(|skipped| notification(skipped, shown)))
            .chain(receipt.partial.iter().map(|partial| partial_notification(partial, shown)))
            .collect(),
    }
}

fn unread_notification(unread: &Unread, shown: &Shown) -> Notification {
    Notification {
        level: "error",
        message: Text { text: format!("could not be read: {}", unread.why) },
        locations: [location(&unread.path, None, shown)],
    }
}

fn notification(skipped: &Skipped, shown: &Shown) -> Notification {
    Notification {
        level: if summary::is_gap(&skipped.reason) { "warning" } else { "note" },
        message: Text { text: format!("not scanned: {}", summary::reason(&skipped.reason)) },
        locations: [location(&skipped.path, None, shown)],
    }
}

fn partial_notification(partial: &Partial, shown: &Shown) -> Notification {
    Notification {
        level: if summary::is_deliberate(partial.cut) { "warning" } else { "note" },
        message: Text { text: format!("not scanned in part: {}", summary::cut(partial.cut)) },
        locations: [location(&partial.path, None, shown)],
    }
}

#[cfg(test)]
mod tests {
    use super::relative_uri;

    #[test]
    fn uris_are_relative_and_name_every_byte() {
        for (path, expected) in [
            (&b"src/a-b_c.py"[..], "src/a-b_c.py"),
            (b"a b/100%.txt", "a%20b/100%25.txt"),
            (b"c:/x#y?z", "c%3A/x%23y%3Fz"),
            (b"caf\xe9\n", "caf%E9%0A"),
        ] {
            assert_eq!(relative_uri(path), expected);
        }
    }
}
