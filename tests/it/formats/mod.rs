//! Random tokens of every format that needs no context, in the wrappings that tokens are met in, through the pipeline.
//! `PORTCULLIS_SAMPLES=100` draws so many of each; the default is what an unoptimised build does in seconds.

mod edges;
mod sampler;
mod seal;

use std::collections::BTreeSet;
use std::sync::Arc;

use data_encoding::BASE64;
use portcullis::config::Config;
use portcullis::engine::validate::ChecksumVerdict;
use portcullis::engine::{Engine, builtin};
use portcullis::model::{
    Category, Confidence, Entry, Judged, Locator, Provenance, RepoPath, RuleId, RuleInfo, Span, Verdict,
};
use portcullis::policy::Policy;
use portcullis::rules::{Checksum, Rule};
use portcullis::scan::{Dependencies, Scanner};

use sampler::Draw;

/// The part of all tokens that may be missed: a random one now and then looks like a placeholder.
const MISSED: f64 = 0.005;

/// The same for the tokens of one format in one wrapping.
const MISSED_OF_ONE: f64 = 0.05;

/// How a token is met. Every wrapping is one line.
#[derive(Debug, Clone, Copy)]
enum Wrapping {
    Raw,
    Quoted,
    JsonEscaped,
    Yaml,
    Url,
    Percent,
    Base64,
    Utf16,
}

const WRAPPINGS: [Wrapping; 8] = [
    Wrapping::Raw,
    Wrapping::Quoted,
    Wrapping::JsonEscaped,
    Wrapping::Yaml,
    Wrapping::Url,
    Wrapping::Percent,
    Wrapping::Base64,
    Wrapping::Utf16,
];

impl Wrapping {
    /// The line with a token; none where the wrapping would change the token.
    fn line(self, token: &[u8]) -> Option<Vec<u8>> {
        let token = std::str::from_utf8(token).unwrap();
        let line = match self {
            Wrapping::Raw => token.to_owned(),
            Wrapping::Quoted | Wrapping::Utf16 => format!(r#"const VALUE = "{token}";"#),
            Wrapping::JsonEscaped => format!(r#"{{"body": "{{\"value\":\"{token}\",\n\"id\":7}}"}}"#),
            Wrapping::Yaml => format!("  value: {token}"),
            Wrapping::Url if token.bytes().any(is_reserved) => return None,
            Wrapping::Url => format!("https://api.acme.dev/v1/items?value={token}&page=2"),
            Wrapping::Percent if !token.bytes().any(is_reserved) => return None,
            Wrapping::Percent => format!("https://api.acme.dev/v1/items?value={}&page=2", percent(token)),
            Wrapping::Base64 => format!(r#"const VALUE = "{}";"#, BASE64.encode(token.as_bytes())),
        };
        Some(line.into_bytes())
    }

    /// A file of the lines.
    fn file(self, lines: &[Vec<u8>]) -> Vec<u8> {
        let text = lines.join(&b"\n"[..]);
        match self {
            Wrapping::Utf16 => text.iter().flat_map(|byte| [*byte, 0]).collect(),
            Wrapping::Raw
            | Wrapping::Quoted
            | Wrapping::JsonEscaped
            | Wrapping::Yaml
            | Wrapping::Url
            | Wrapping::Percent
            | Wrapping::Base64 => text,
        }
    }

    /// Whether the rule looks at what is in the wrapping: what is decoded has no surroundings, and is left to rules
    /// that are sure of what they find.
    fn shows(self, rule: &Rule) -> bool {
        match self {
            Wrapping::Base64 | Wrapping::Percent => rule.info.confidence > Confidence::Low,
            Wrapping::Raw
            | Wrapping::Quoted
            | Wrapping::JsonEscaped
            | Wrapping::Yaml
            | Wrapping::Url
            | Wrapping::Utf16 => true,
        }
    }
}

/// As a URL's query holds it.
fn percent(token: &str) -> String {
    let one = |byte: u8| match is_reserved(byte) {
        true => format!("%{byte:02X}"),
        false => char::from(byte).to_string(),
    };
    token.bytes().map(one).collect()
}

/// What a URL's query holds only in percent-encoding.
fn is_reserved(byte: u8) -> bool {
    !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

fn scanner() -> Scanner {
    let dependencies = Some(Dependencies::for_examples());
    Scanner {
        dependencies,
        ..Scanner::new(Engine::new(&builtin::PACK, None), Policy::new(Config::default()))
    }
}

/// A secret that a rule which is not generic found.
struct Found {
    rule: Arc<RuleInfo>,
    span: Span,
    /// Its line, from 0.
    line: usize,
    verdict: Verdict,
}

fn found(scanner: &Scanner, path: &str, content: &[u8]) -> Vec<Found> {
    let generic = |id: &RuleId| builtin::PACK.rules.iter().any(|rule| rule.generic && rule.info.id == *id);
    let entry = Entry {
        path: RepoPath::from(path),
        locator: Locator::Inline(content.into()),
        before: Vec::new(),
        moved_from: None,
        provenance: Provenance::Stdin,
    };
    let judged = scanner.scan_content(&entry, content).unwrap();
    let secrets = judged
        .into_iter()
        .filter(|one| one.finding.rule.category == Category::Secret && !generic(&one.finding.rule.id));
    secrets
        .map(|Judged { finding, verdict }| Found {
            rule: finding.rule,
            span: finding.span,
            line: finding.start.line - 1,
            verdict,
        })
        .collect()
}

/// Whether the rule knows its secrets without any context: half of a pair is no finding.
fn is_found_alone(rule: &&Rule) -> bool {
    !rule.generic && !rule.helper && rule.requires.is_empty()
}

/// So many tokens that the rule's provider could have issued.
fn tokens(rule: &Rule, count: usize) -> Option<Vec<Vec<u8>>> {
    let shape = sampler::context_free(&rule.pattern.as_ref()?.source)?;
    let mut draw = Draw::new(count as u64);
    Some((0..count).map(|_| seal::sealed(rule.checksum, draw.sample(&shape))).collect())
}

fn samples() -> usize {
    std::env::var("PORTCULLIS_SAMPLES").ok().and_then(|count| count.parse().ok()).unwrap_or(20)
}

#[test]
fn random_tokens_of_every_format_are_found_in_every_wrapping() {
    let scanner = scanner();
    let (mut formats, mut tried, mut missed) = (0, 0, 0);
    let mut problems = Vec::new();
    for rule in
        scanner.engine.rules().filter(|rule| rule.info.category == Category::Secret).filter(is_found_alone)
    {
        let Some(tokens) = tokens(rule, samples()) else { continue };
        formats += 1;
        for wrapping in WRAPPINGS.into_iter().filter(|wrapping| wrapping.shows(rule)) {
            let lines: Vec<Vec<u8>> = tokens.iter().filter_map(|token| wrapping.line(token)).collect();
            let content = wrapping.file(&lines);
            let found = found(&scanner, "src/settings.txt", &content);
            let found: BTreeSet<usize> = found.iter().map(|one| one.line).collect();
            let unseen: Vec<usize> = (0..lines.len()).filter(|line| !found.contains(line)).collect();
            tried += lines.len();
            missed += unseen.len();
            if unseen.len() as f64 > MISSED_OF_ONE * lines.len() as f64 {
                let first = String::from_utf8_lossy(&lines[unseen[0]]).into_owned();
                problems.push(format!(
                    "{} {wrapping:?}: {} of {}, {first}",
                    rule.info.id,
                    unseen.len(),
                    lines.len()
                ));
            }
        }
    }
    assert!(formats > 220, "only {formats} formats were tried");
    assert!(problems.is_empty(), "missed:\n{}", problems.join("\n"));
    assert!(f64::from(missed as u32) <= MISSED * f64::from(tried as u32), "{missed} of {tried} are missed");
}

#[test]
fn what_is_drawn_matches_the_pattern() {
    let mut draw = Draw::new(7);
    for rule in builtin::PACK.rules.iter() {
        let Some(pattern) = &rule.pattern else { continue };
        let Some(shape) = sampler::context_free(&pattern.source) else { continue };
        let regex = regex::bytes::RegexBuilder::new(&pattern.source).unicode(false).build().unwrap();
        for _ in 0..5 {
            let token = draw.sample(&shape);
            let found = regex.find(&token).map(|found| found.range());
            assert_eq!(found, Some(0..token.len()), "{}", rule.info.id);
        }
    }
}

#[test]
fn both_accounts_of_a_checksum_agree() {
    for rule in builtin::PACK.rules.iter() {
        let Some(checksum) = rule.checksum else { continue };
        let expected = match checksum {
            // They refute, or prove what cannot be made here.
            Checksum::Jwt
            | Checksum::AwsAccessKeyId
            | Checksum::AzureCask
            | Checksum::Luhn
            | Checksum::DiscordBot
            | Checksum::Bip39
            | Checksum::Macaroon
            | Checksum::PemKey => ChecksumVerdict::NotApplicable,
            Checksum::Crc32Base62
            | Checksum::GithubFineGrained
            | Checksum::Crc32HexUpperSuffix
            | Checksum::Grafana
            | Checksum::Cloudflare
            | Checksum::Confluent
            | Checksum::GitlabRoutable
            | Checksum::Bech32
            | Checksum::Base32Crc16
            | Checksum::Base58Check => ChecksumVerdict::Valid,
        };
        for token in tokens(rule, 5).unwrap_or_default() {
            assert_eq!(checksum.verify(&token), expected, "{} {}", rule.info.id, token.escape_ascii());
        }
    }
}
