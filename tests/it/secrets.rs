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
        "an account of Hardhat and Anvil, the same in every installation",
    );
    public(
        ["stripe.api_key = \"sk_test_4eC39Hq", "LyjWDarjtT1", "zdp7dc\""],
        "stripe-test-key",
        "the key of Stripe's documentation",
    );
}

/// Lines that people write with a secret in them, and their harmless twins, written before any rule was looked at. `{|}`
/// splits what would look like a live secret.
const LINES: &str = include_str!("data/secret_lines.txt");

#[test]
fn realistic_lines_are_told_from_their_harmless_twins() {
    let engine = Engine::new(&builtin::PACK, None);
    let mut wrong = Vec::new();
    for case in LINES.strip_prefix("=== ").unwrap().split("\n=== ") {
        let (head, text) = case.split_once('\n').unwrap();
        let (name, expected) = head.split_once(' ').unwrap();
        let content = text.replace("{|}", "") + "\n";
        let matches = engine.scan(&RepoPath::from(name), content.as_bytes()).unwrap().matches;
        let found = if matches.iter().any(|found| found.secret) { "hit" } else { "miss" };
        if found != expected {
            wrong.push(case);
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn keys_that_documents_print_and_libraries_test_themselves_with_are_information() {
    for (parts, rule, detail) in [
        (
            [
                "seed = \"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4st",
                "bPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
                "\"",
            ],
            "bitcoin-extended-private-key",
            "a vector of BIP-32, which every library tests itself with",
        ),
        (
            [
                "account = \"zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHp",
                "bF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE",
                "\"",
            ],
            "bitcoin-extended-private-key",
            "a key of the phrase that BIP-44, BIP-49, BIP-84 and BIP-86 are explained with",
        ),
        (
            ["privkey = \"5HueCGU8rMjxEXxiPuD5B", "Dku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "\""],
            "bitcoin-wif-private-key",
            "printed in Bitcoin's wiki, in Mastering Bitcoin or in the tests of libraries",
        ),
        (
            ["private_key = \"0x47e179ec197488593b187f80a00eb0da9", "1f1b9d0b13f8733639f19c30a34926a", "\""],
            "ethereum-private-key",
            "an account of Hardhat and Anvil, the same in every installation",
        ),
        (
            ["AGE-SECRET-KEY-1EGTZVFFV20835N", "WYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0", ""],
            "age-secret-key",
            "an identity of age's own tests and documents",
        ),
        (
            [
                "mnemonic = \"void come effort suffer camp survey warrior heavy ",
                "shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve ",
                "unfold\"",
            ],
            "recovery-phrase",
            "the phrase of the vectors of BIP-39, which every library tests itself with",
        ),
    ] {
        check(parts, rule, detail, Verdict::Advisory);
    }
    // In no document: somebody's.
    check(
        ["AGE-SECRET-KEY-1ZL02VTEHLX9ZQ4W7ZPKU2", "JG7H0DDRARZ92C70X5RHQKSKQE52QY4DR0DZ7", ""],
        "age-secret-key",
        "",
        Verdict::Blocking,
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
