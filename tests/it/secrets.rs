//! The secret rules on this project's own files, and what they say of values that everybody knows; knows the pipeline,
//! not the command line.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fs;
use std::path::Path;

use portcullis::config::{Config, Gate};
use portcullis::engine::{Engine, builtin};
use portcullis::model::{Confidence, Entry, Locator, Provenance, RepoPath, Severity, Verdict};
use portcullis::policy::Policy;
use portcullis::scan::Scanner;

/// Every finding in the files of `folder`, as `file: rule`.
fn findings(folder: &Path, engine: &Engine, acc: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            findings(&path, engine, acc);
            continue;
        }
        let content = fs::read(&path).unwrap();
        let name = path.to_str().unwrap();
        for found in engine.scan(&RepoPath::from(name), &content).unwrap().matches {
            if found.secret {
                acc.push(format!("{name}: {}", engine.info(&found).id));
            }
        }
    }
}

#[test]
fn our_rule_files_hold_nothing_that_looks_like_a_secret() {
    let mut found = Vec::new();
    let engine = Engine::new(&builtin::PACK, None);
    findings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), &engine, &mut found);
    assert_eq!(found, [""; 0]);
}

/// The rule, what it says and the verdict under a gate that stops everything, for a line of `src/settings.py` whose
/// parts are joined here, so that no file of ours holds it.
#[track_caller]
fn check(parts: [&str; 3], rule: &str, detail: &str, verdict: Verdict) {
    let gate = Gate { severity: Severity::Low, confidence: Confidence::Low };
    let policy = Policy::new(Config { gate, ..Config::default() });
    let scanner = Scanner::new(Engine::new(&builtin::PACK, None), policy);
    let content = parts.concat();
    let entry = Entry {
        path: RepoPath::from("src/settings.py"),
        locator: Locator::Inline(content.as_bytes().into()),
        before: Vec::new(),
        moved_from: None,
        provenance: Provenance::Stdin,
    };
    let judged = scanner.scan_content(&entry, content.as_bytes()).unwrap();
    let told: Vec<_> = judged
        .iter()
        .map(|one| {
            (one.finding.rule.id.as_str(), one.finding.detail.as_deref().unwrap_or_default(), &one.verdict)
        })
        .collect();
    assert_eq!(told, [(rule, detail, &verdict)], "{content}");
}

#[test]
fn what_everybody_may_read_is_information_with_its_reason_and_never_blocks() {
    let public = |parts, rule, detail| check(parts, rule, detail, Verdict::Advisory);
    public(
        [
            "token = \"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
            "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwi",
            "aWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c\"",
        ],
        "json-web-token",
        "the sample claims of jwt.io",
    );
    public(
        [
            "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlC",
            "DXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
            "/K1SZFPTOtr/KBHBeksoGMGw==;",
        ],
        "azure-account-key",
        "the key of the storage emulator, the same in every installation",
    );
    public(
        ["PRIVATE_KEY=0xac0974bec39a17e36ba4a6b4", "d238ff944bacb478cbed5efc", "ae784d7bf4f2ff80"],
        "ethereum-private-key",
        "the first account of Hardhat and Anvil, the same in every installation",
    );
    public(
        ["stripe.api_key = \"sk_test_4eC39Hq", "LyjWDarjtT1", "zdp7dc\""],
        "stripe-test-key",
        "the key of Stripe's documentation",
    );
}

#[test]
fn a_wrong_checksum_is_told_and_counts_more_than_the_name_beside_the_value() {
    check(
        ["token = \"ghp_", "Qz7Lk2mWvR4tYx9BnHc5JdSfGp8aEu", "000000\""],
        "github-pat",
        "looks like one, but its checksum is wrong: made up or mistyped",
        Verdict::Blocking,
    );
}
