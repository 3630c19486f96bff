//! The page about one rule: why, wrong and right, how to repair, how to waive. Knows nothing of where rules come from.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::{Category, Provenance, Span, Waivable};
use crate::report::prose::wrap;
use crate::rules::{Example, Rule};
use crate::scan::{ScanError, Scanner};
use crate::text::escape;
use crate::verify;

const WIDTH: usize = 80;
const NAME: usize = 12;
/// How many examples of a kind are shown, if not more kinds of files have one.
const ENOUGH: usize = 4;

/// The page about `rule`; `scanner` tells what of its examples is a secret.
pub fn page(rule: &Rule, examples: &[Example], scanner: &Scanner) -> Result<String, ScanError> {
    let info = &rule.info;
    let mut page = Page(format!("{}: {}\n", info.id, info.title));
    let topic = if info.topic.is_empty() { String::new() } else { format!(" / {}", info.topic) };
    page.field("what", &format!("{}{topic}, pack {}", info.category, info.pack));
    page.field("weight", &format!("severity {}, confidence {}", info.severity, info.confidence));
    page.field("why", &info.message);
    page.field("repair", &info.remediation);
    if let Some(fix) = &rule.fix {
        page.field(
            "fix",
            &format!("`portcullis fix {} --apply` writes `{}` in its place", info.id, escape(fix.as_bytes())),
        );
    }
    page.field("waive", &waive(rule, scanner));
    if rule.helper {
        page.field("helper", "no finding by itself, only what other rules require");
    }
    page.field("languages", &rule.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    page.field("paths", &rule.paths.join(", "));
    let numbers = info.cwe.iter().map(|number| format!("CWE-{number}"));
    let owasp = info.owasp.iter().map(|entry| format!("OWASP {entry}"));
    page.field("class", &numbers.chain(owasp).collect::<Vec<_>>().join(", "));
    for reference in info.references.iter() {
        page.field("see", reference);
    }
    page.examples("Found", &picked(examples, true), scanner)?;
    page.examples("Left alone", &picked(examples, false), scanner)?;
    let requires = rule.requires.iter().map(|other| match other.within_lines {
        0 => format!("{} on the same line", other.rule),
        1 => format!("{} within 1 line", other.rule),
        lines => format!("{} within {lines} lines", other.rule),
    });
    let requires: Vec<String> = requires.collect();
    let keywords = rule.keywords.iter().map(|keyword| keyword.bytes.escape_ascii().to_string());
    page.0.push('\n');
    page.field("keywords", &keywords.collect::<Vec<_>>().join(", "));
    page.field("requires", &requires.join(", "));
    if let Some(pattern) = &rule.pattern {
        let _ = writeln!(page.0, "  {:NAME$}{}", "pattern", pattern.source);
    }
    Ok(page.0.trim_end().to_owned())
}

fn waive(rule: &Rule, scanner: &Scanner) -> String {
    let id = &rule.info.id;
    match (rule.info.category, scanner.policy.waivable(&rule.info, &Provenance::WorkTree)) {
        (Category::Dependency, Waivable::Nowhere) => {
            "approve the dependency: `portcullis deps approve`".to_owned()
        }
        (Category::Policy, _) => String::new(),
        (Category::Secret | Category::Code | Category::Dependency, Waivable::Comment) => {
            format!("`portcullis: allow({id}) REASON` in a comment on the line or the line before")
        }
        (Category::Dependency, Waivable::File) => {
            "by a reviewed entry with `rule` and `path` in `.portcullis/waivers.toml`".to_owned()
        }
        (Category::Secret | Category::Code, Waivable::File) => {
            "by a reviewed entry: `portcullis allow FILE:LINE --reason REASON`".to_owned()
        }
        (Category::Secret | Category::Code, Waivable::Nowhere) => "not here: it is locked".to_owned(),
    }
}

struct Page(String);

impl Page {
    fn field(&mut self, name: &str, value: &str) {
        let mut name = name;
        for line in wrap(value, WIDTH - 2 - NAME).lines() {
            // Writing to a string cannot fail.
            let _ = writeln!(self.0, "  {name:NAME$}{line}");
            name = "";
        }
    }

    fn examples(&mut self, head: &str, examples: &[&Example], scanner: &Scanner) -> Result<(), ScanError> {
        if examples.is_empty() {
            return Ok(());
        }
        let _ = writeln!(self.0, "\n{head}");
        for (number, example) in examples.iter().enumerate() {
            if number > 0 {
                self.0.push('\n');
            }
            if let Some(path) = &example.path {
                let _ = writeln!(self.0, "    {}:", escape(path.as_bytes()));
            }
            for line in shown(example, scanner)?.trim_matches('\n').lines() {
                let _ = writeln!(self.0, "    {}", escape(line.as_bytes()));
            }
        }
        Ok(())
    }
}

/// The first for each kind of file, then others in their order until it is enough.
fn picked(examples: &[Example], hit: bool) -> Vec<&Example> {
    let mut kinds = BTreeSet::new();
    let mut kind = |example: &Example| {
        kinds.insert(example.path.as_deref().and_then(|path| path.rsplit('.').next()).map(str::to_owned))
    };
    let (mut first, others): (Vec<&Example>, Vec<&Example>) =
        examples.iter().filter(|example| example.hit == hit).partition(|example| kind(example));
    let room = ENOUGH.saturating_sub(first.len());
    first.extend(others.into_iter().take(room));
    first
}

/// The text of an example, with what the rules find in it redacted: nobody shall copy something that looks real.
fn shown(example: &Example, scanner: &Scanner) -> Result<String, ScanError> {
    let content = example.text.as_slice();
    let judged = scanner.scan_content(&verify::entry(scanner, example), content)?;
    let mut secrets: Vec<(Span, String)> = judged
        .iter()
        .filter_map(|one| Some((one.finding.span, one.finding.secret.as_ref()?.redacted())))
        .collect();
    secrets.sort();
    let mut out = Vec::new();
    let mut at = 0;
    for (span, redacted) in secrets.into_iter().filter(|(span, _)| span.end <= content.len()) {
        if span.start < at {
            continue;
        }
        out.extend_from_slice(&content[at..span.start]);
        out.extend_from_slice(redacted.as_bytes());
        at = span.end;
    }
    out.extend_from_slice(&content[at..]);
    Ok(String::from_utf8_lossy(&out).into_owned())
}
