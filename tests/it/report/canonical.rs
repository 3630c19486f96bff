//! Two reports that hold everything a reporter can stumble over: quotes, line breaks, escape sequences, bytes that are
//! not UTF-8, percent signs, spaces, windows of long lines, secrets in names and subjects.

use std::sync::Arc;

use portcullis::model::{
    Category, CommitInfo, Confidence, Cut, Excerpt, Finding, Judged, Mark, Oid, Partial, Position,
    Provenance, Receipt, RepoPath, Report, RuleId, RuleInfo, Secret, Severity, SkipReason, Skipped, Span,
    Verdict, Waivable,
};

/// In two halves, so that this file holds nothing that looks alive.
fn key() -> String {
    ["AKIA", "Q3ZT7XKPW5LNB2JM"].concat()
}

fn password() -> String {
    ["correct", "-horse-", "battery"].concat()
}

/// What no output may contain.
pub fn planted_secrets() -> [String; 2] {
    [key(), password()]
}

fn rule(
    id: &'static str,
    category: Category,
    topic: &'static str,
    texts: [&'static str; 3],
) -> Arc<RuleInfo> {
    let [title, message, remediation] = texts;
    Arc::new(RuleInfo {
        id: RuleId::from_static(id),
        title: title.into(),
        pack: "golden".into(),
        category,
        topic: topic.into(),
        severity: Severity::Critical,
        confidence: Confidence::High,
        blocks_agents: false,
        message: message.into(),
        remediation: remediation.into(),
        fixable: category == Category::Code,
        references: vec!["https://cwe.mitre.org/data/definitions/798.html".into()].into(),
        cwe: vec![798].into(),
        owasp: vec!["A07:2021".into()].into(),
    })
}

fn aws_key() -> Arc<RuleInfo> {
    rule(
        "aws-access-key-id",
        Category::Secret,
        "",
        [
            "AWS access key id",
            "Anyone who can read the repository can use it; removing it later does not help.",
            "Deactivate it in the IAM console, then read the new one from the environment: \
             `os.environ[\"AWS_KEY\"]`.",
        ],
    )
}

fn sql_format() -> Arc<RuleInfo> {
    rule(
        "python-sql-format",
        Category::Code,
        "sql",
        [
            "SQL built with an f-string",
            "Whoever controls the value controls the statement.",
            "Pass the value as a parameter: `cursor.execute(\"... where id = %s\", (user_id,))`.",
        ],
    )
}

fn unapproved() -> Arc<RuleInfo> {
    rule(
        "DEP001",
        Category::Dependency,
        "",
        [
            "dependency without approval",
            "New code from outside runs with the rights of this project.",
            "Ask for an approval.",
        ],
    )
}

fn debug_mode() -> Arc<RuleInfo> {
    rule(
        "flask-debug",
        Category::Code,
        "debug",
        [
            "debug mode is on",
            "The debugger runs code for whoever reaches the page.",
            "Read it from the configuration.",
        ],
    )
}

/// Every rule that occurs.
pub fn rules() -> Vec<Arc<RuleInfo>> {
    vec![unapproved(), aws_key(), debug_mode(), sql_format()]
}

/// A finding on `line` of `path`, where `line` has its mark between `«` and `»`.
fn finding(rule: Arc<RuleInfo>, path: impl Into<Vec<u8>>, place: (usize, usize), line: &str) -> Finding {
    let start = line.find('«').unwrap();
    let end = line.find('»').unwrap() - '«'.len_utf8();
    let text = line.replace(['«', '»'], "");
    let marked = text[start..end].chars().count();
    Finding {
        severity: rule.severity,
        confidence: rule.confidence,
        rule,
        path: RepoPath::new(path),
        provenance: Provenance::Index,
        blob: None,
        sightings: None,
        waivable: Waivable::Comment,
        span: Span::new(100, 100 + marked),
        start: Position { line: place.0, column: place.1 },
        end: Position { line: place.0, column: place.1 + marked },
        secret: None,
        decoded: Vec::new(),
        encoded: None,
        detail: None,
        fix: None,
        excerpt: Excerpt { text, mark: Mark { start, end } },
        fingerprint: format!("v1:{:032x}", place.0),
    }
}

fn blocking(finding: Finding) -> Judged {
    Judged { finding, verdict: Verdict::Blocking }
}

/// What stands in the index, with one finding of every kind.
pub fn staged() -> Report {
    let secret = Some(Secret::new(key()));
    let long_line = format!("…{}«db.execute(f\"select {{x}}\")»{}…", "a, ".repeat(25), ", b".repeat(20));
    let two_findings = format!("«connect(\"{}\").execute(f\"drop {{x}}\")» # {}", password(), key());
    let findings = vec![
        blocking(Finding {
            detail: Some("left-pad 1.3.0 (npm, runtime)".to_owned()),
            fix: Some(
                "Do without it, or ask a reviewer to run\n  portcullis deps approve npm/left-pad".to_owned(),
            ),
            ..finding(unapproved(), "package.json", (7, 5), "    «\"left-pad\": \"1.3.0\"»,")
        }),
        blocking(Finding {
            detail: Some("`x` comes from the request".to_owned()),
            ..finding(sql_format(), "src/my \"db\" 100%.py", (40, 301), &long_line)
        }),
        blocking(Finding {
            detail: Some(format!("opens with {}", password())),
            fix: Some(format!("Take {} out.", password())),
            ..finding(sql_format(), "src/one.py", (7, 1), &two_findings)
        }),
        blocking(Finding {
            secret: secret.clone(),
            ..finding(aws_key(), "src/config.py", (12, 12), "AWS_KEY = \"«AKIA…(20)»\"")
        }),
        blocking(Finding {
            secret: secret.clone(),
            ..finding(aws_key(), "src/config.py", (140, 3), "k='«AKIA…(20)»' # \\u{1b}[31mred")
        }),
        Judged {
            finding: finding(debug_mode(), "src/run.py", (3, 1), "«app.run(debug=True)»"),
            verdict: Verdict::Advisory,
        },
        Judged {
            finding: Finding {
                severity: Severity::Low,
                confidence: Confidence::Low,
                detail: Some("everybody may read it".to_owned()),
                ..finding(aws_key(), "src/public.py", (9, 12), "KEY = '«AKIA…(20)»'")
            },
            verdict: Verdict::Advisory,
        },
        blocking(Finding {
            secret: Some(Secret::new(password())),
            ..finding(
                aws_key(),
                [b"src/\x1b[2J\xff ".as_slice(), password().as_bytes(), b"\n.env"].concat(),
                (1, 1),
                "«…(21)»",
            )
        }),
        Judged {
            finding: Finding {
                secret, ..finding(aws_key(), "tests/keys.py", (1, 8), "KEY = '«AKIA…(20)»'")
            },
            verdict: Verdict::Suppressed {
                reason: format!("{} is from AWS's own \u{1b}[2Jdocumentation", key()),
            },
        },
    ];
    Report { findings, receipt: receipt() }
}

/// What two commits would push, and the id of the newer one.
pub fn pushed() -> (Report, Oid) {
    let oid = |digit: &str| Oid::from_hex(digit.repeat(40).as_bytes()).unwrap();
    let commit = |digit: &str, subject: &str| {
        Arc::new(CommitInfo {
            id: oid(digit),
            author: b"Zo\xeb \"Z\" <zoe@example.com>".to_vec(),
            time: 1_700_000_000,
            subject: subject.as_bytes().to_vec(),
            by_agent: false,
            trailers: Vec::new(),
        })
    };
    let older = commit("a", &format!("add \x1b]0;owned\x07 {}", key()));
    let newer = commit("b", "use the database");
    let secret = Some(Secret::new(key()));
    let findings = vec![
        blocking(Finding {
            secret: secret.clone(),
            provenance: Provenance::CommitMessage(older.clone()),
            ..finding(aws_key(), "commit message", (1, 12), "add \\u{1b}]0;owned\\u{7} «AKIA…(20)»")
        }),
        blocking(Finding {
            secret: secret.clone(),
            provenance: Provenance::Commit(older),
            ..finding(aws_key(), "src/config.py", (12, 12), "AWS_KEY = \"«AKIA…(20)»\"")
        }),
        blocking(Finding {
            provenance: Provenance::Commit(newer.clone()),
            ..finding(sql_format(), "src/db.py", (40, 5), "    «db.execute(f\"select {x}\")»")
        }),
        blocking(Finding {
            secret,
            provenance: Provenance::TagMessage(oid("c")),
            ..finding(aws_key(), "tag v1.0", (1, 1), "«AKIA…(20)»")
        }),
    ];
    (Report { findings, receipt: receipt() }, newer.id)
}

fn receipt() -> Receipt {
    Receipt {
        entries: 5,
        scanned: 3,
        bytes: 2_149,
        secrets_only: 0,
        skipped: vec![
            Skipped { path: "assets/big.bin".into(), reason: SkipReason::TooLarge(71_000_000) },
            Skipped {
                path: RepoPath::new(b"vendor/caf\xe9\nx.js".to_vec()),
                reason: SkipReason::Excluded("vendored".to_owned()),
            },
        ],
        partial: vec![Partial { path: "assets/logs.zip".into(), cut: Cut::Locked }],
        unread: Vec::new(),
        rules: 214,
        packs: vec!["code".to_owned(), "dependencies".to_owned(), "secrets".to_owned()],
    }
}
