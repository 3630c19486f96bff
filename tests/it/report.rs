//! Every format against golden files, for reports with the nastiest names we could think of.
//! `UPDATE_GOLDENS=1 cargo test --test it report` writes the goldens anew; read the difference before you commit it.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod canonical;
mod published;

use std::path::Path;

use portcullis::model::{Category, Excerpt, Judged, Mark, Oid, Receipt, Report};
use portcullis::report::{Action, Context, Format, write};

use canonical::{planted_secrets, pushed, staged};

/// How hooks call a reporter, at 80 columns.
fn context(action: Action, tips: &[Oid]) -> Context<'_> {
    Context {
        action,
        more: "portcullis scan --staged --format concise",
        width: 80,
        max_findings: 10,
        pathspec: "",
        quiet_when_clean: true,
        tips,
        rules: &[],
        begun: false,
        version: "0.0.0",
        now: 1_700_086_400,
    }
}

fn render(format: Format, report: &Report, context: &Context<'_>) -> String {
    let mut out = Vec::new();
    write(format, report, context, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(format: Format, report: &Report, context: &Context<'_>) -> String {
    anstream::adapter::strip_str(&render(format, report, context)).to_string()
}

#[track_caller]
pub fn check_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/goldens").join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} differs; expected:\n{expected}\nactual:\n{actual}");
}

/// A page without its style and script, which are files of their own.
fn without_looks(text: &str) -> String {
    let without = |text: &str, from: &str, to: &str| match text.split_once(from) {
        Some((before, rest)) => [before, from, rest.split_once(to).map_or("", |(_, behind)| behind)].concat(),
        None => text.to_owned(),
    };
    without(&without(text, "<style>\n", "</style>\n"), "<script>\n", "</script>\n")
}

#[test]
fn staged_content_is_reported_as_agreed_in_every_format() {
    for (name, format) in Format::NAMES {
        let text = plain(format, &staged(), &context(Action::Commit, &[]));
        check_golden(&format!("staged.{name}"), &without_looks(&text));
    }
}

#[test]
fn pushed_commits_are_reported_as_agreed_in_every_format() {
    let (report, tip) = pushed();
    for (name, format) in Format::NAMES {
        let text = plain(format, &report, &context(Action::Push, &[tip]));
        check_golden(&format!("pushed.{name}"), &without_looks(&text));
    }
}

#[test]
fn no_format_shows_a_secret_or_a_control_character() {
    for report in [staged(), pushed().0] {
        for (name, format) in Format::NAMES {
            for action in [Action::Commit, Action::Message, Action::Merge, Action::Push, Action::Scan] {
                let text = plain(format, &report, &context(action, &[]));
                for secret in planted_secrets() {
                    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
                    assert!(!text.contains(&secret) && !text.contains(&hex), "{name} shows a secret");
                }
                let control = text.chars().find(|char| char.is_control() && *char != '\n');
                assert_eq!(control, None, "{name}");
            }
        }
    }
}

#[test]
fn prose_keeps_to_the_width_and_only_paths_and_code_may_exceed_it() {
    for width in [60, 80, 120] {
        for (report, action) in [(staged(), Action::Commit), (pushed().0, Action::Push)] {
            let text = plain(Format::Text, &report, &Context { width, ..context(action, &[]) });
            for line in text.lines().filter(|line| line.chars().count() > width) {
                let is_place = line.trim_start().starts_with("-->");
                let is_command =
                    line.contains("git ") || line.contains("portcullis") || line.contains("allow(");
                assert!(is_place || is_command, "{width}: {line}");
            }
        }
    }
}

#[test]
fn a_terminal_of_any_width_gets_every_finding() {
    for width in [0, 1, 7, 20, 1000, usize::MAX] {
        let text = plain(Format::Text, &staged(), &Context { width, ..context(Action::Commit, &[]) });
        assert_eq!((text.matches("error[").count(), text.matches("warning[").count()), (6, 1), "{width}");
    }
}

proptest::proptest! {
    #[test]
    fn no_excerpt_is_too_strange_to_be_drawn(
        (text, start, end) in ("\\PC{0,200}", 0_usize..250, 0_usize..250),
        (line, width) in (1_usize..100_000, 0_usize..200),
    ) {
        let mut report = staged();
        report.findings.truncate(1);
        let finding = &mut report.findings[0].finding;
        finding.start.line = line;
        finding.excerpt = Excerpt { text, mark: Mark { start, end } };
        let text = plain(Format::Text, &report, &Context { width, ..context(Action::Commit, &[]) });
        let place = format!("package.json:{line}:5");
        proptest::prop_assert!(text.contains(&place));
    }
}

#[test]
fn the_first_line_says_what_is_stopped_and_what_has_not_happened() {
    for (action, expected) in [
        (Action::Commit, "error: commit stopped: 2 secrets in 2 files (nothing was committed)"),
        (Action::Message, "error: commit stopped: 2 secrets in 2 files (nothing was committed)"),
        (Action::Merge, "error: merge stopped: 2 secrets in 2 files (nothing was committed)"),
        (Action::Push, "error: push stopped: 2 secrets in 2 files (nothing was pushed)"),
        (Action::Scan, "error: 2 secrets in 2 files"),
    ] {
        let mut report = pushed().0;
        report.findings.truncate(2);
        let text = plain(Format::Text, &report, &context(action, &[]));
        assert_eq!(text.lines().next(), Some(expected));
    }
}

#[test]
fn the_way_on_is_a_command_when_the_paths_allow_it() {
    let all = "next: fix the lines above, `git add` the files, and `git commit` again";
    for (action, paths, expected) in [
        (
            Action::Commit,
            &["b c.py", "a.py", "a.py"][..],
            "next: fix the lines above, then\n  git add a.py 'b c.py' && git commit\n",
        ),
        (Action::Merge, &["a.py"], "next: fix the lines above, then\n  git add a.py && git commit\n"),
        (Action::Commit, &["a.py", "it's.py"], all),
        (Action::Commit, &["a", "b", "c", "d"], all),
        (Action::Message, &["message"], "next: commit again with a message that does not hold it\n"),
        (Action::Push, &["a.py"], "next: repair the commits as shown above, then push again\n"),
    ] {
        let mut report = staged();
        let is_code = |judged: &&Judged| judged.finding.rule.category != Category::Dependency;
        let first = report.findings.iter().find(is_code).unwrap().clone();
        report.findings = paths
            .iter()
            .map(|path| {
                let mut judged = first.clone();
                judged.finding.path = (*path).into();
                judged
            })
            .collect();
        let text = plain(Format::Text, &report, &context(action, &[]));
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn a_report_without_findings_is_short() {
    let receipt = Receipt { skipped: vec![], partial: vec![], entries: 3, scanned: 3, ..staged().receipt };
    let clean = Report { findings: vec![], receipt };
    let gap = Report { findings: vec![], receipt: staged().receipt };
    let empty = Report { findings: vec![], receipt: Receipt::default() };
    let scanned = "scanned 3 files, 2.1 kB, 214 rules in 3 packs";
    let skipped = "; 2 skipped: assets/big.bin (71 MB,\nlarger than the limit), \
                   vendor/caf\\xE9\\u{a}x.js (excluded: vendored); 1 skipped\nin part: \
                   assets/logs.zip (an archive with a password)";
    for (report, quiet, expected) in [
        (&clean, true, String::new()),
        (&empty, true, String::new()),
        (&clean, false, format!("notice: nothing found\n{scanned}\n")),
        (&empty, false, "notice: nothing to scan\n".to_owned()),
        (&gap, true, format!("notice: nothing found\n{scanned}{skipped}\n")),
    ] {
        let context = Context { quiet_when_clean: quiet, ..context(Action::Commit, &[]) };
        assert_eq!(plain(Format::Text, report, &context), expected);
    }
}

#[test]
fn warnings_do_not_stop_and_say_so() {
    let mut report = staged();
    report.findings.retain(|judged| judged.verdict == portcullis::model::Verdict::Advisory);
    report.receipt.skipped.clear();
    for (action, expected) in [
        (Action::Commit, "warning: 1 dangerous call in 1 file (does not stop the commit)"),
        (Action::Scan, "warning: 1 dangerous call in 1 file (advisory)"),
    ] {
        let text = plain(Format::Text, &report, &context(action, &[]));
        assert_eq!(text.lines().next(), Some(expected));
        assert!(!text.contains("next:"), "{text}");
    }
}

#[test]
fn a_hook_with_nothing_but_information_is_silent_and_a_scan_tells_it() {
    let mut report = staged();
    report.findings.retain(|judged| {
        judged.verdict == portcullis::model::Verdict::Advisory && judged.finding.is_information()
    });
    report.receipt.skipped.clear();
    report.receipt.partial.clear();
    let hook = Context { quiet_when_clean: true, ..context(Action::Commit, &[]) };
    for format in [Format::Text, Format::Concise] {
        assert_eq!(plain(format, &report, &hook), "");
    }
    let scan = Context { quiet_when_clean: false, ..context(Action::Scan, &[]) };
    let text = plain(Format::Text, &report, &scan);
    let lines: Vec<&str> = text.lines().take(3).collect();
    let head = "note: 1 secret in 1 file (for information)";
    assert_eq!(lines, [head, "", "note[aws-access-key-id]: AWS access key id"]);
}

#[test]
fn findings_beyond_the_limit_are_counted_and_can_be_seen() {
    let text = plain(Format::Text, &staged(), &Context { max_findings: 1, ..context(Action::Commit, &[]) });
    let more = "\nand 5 more errors; to see all of them:\n  portcullis scan --staged --format concise\n";
    assert!(text.contains(more), "{text}");
    assert_eq!(text.matches("error[").count(), 1);
}

#[test]
fn sarif_lists_active_rules_and_points_into_the_list() {
    let rules = canonical::rules();
    let context = Context { rules: &rules, ..context(Action::Scan, &[]) };
    let log: serde_json::Value = serde_json::from_str(&render(Format::Sarif, &staged(), &context)).unwrap();
    let run = &log["runs"][0];
    let listed = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(listed.len(), rules.len());
    for result in run["results"].as_array().unwrap() {
        let idx = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(listed[idx]["id"], result["ruleId"]);
        assert!(result["locations"][0]["physicalLocation"].get("snippet").is_none());
    }
}

/// As many findings as asked for, in files, lines and commits of a repository with a past.
fn many(count: usize) -> Report {
    let (pushed, _) = pushed();
    let all = &pushed.findings;
    let findings = (0..count).map(|number| {
        let judged = &all[number % all.len()];
        let mut finding = judged.finding.clone();
        finding.path =
            format!("services/part_{}/src/module_{}/handler_{number}.py", number % 40, number % 300)
                .as_str()
                .into();
        finding.start.line = 1 + number % 900;
        finding.excerpt.text = format!("{} # of {number}", finding.excerpt.text);
        finding.detail = finding.detail.map(|detail| format!("{detail} {number}"));
        Judged { finding, ..judged.clone() }
    });
    Report { findings: findings.collect(), ..pushed }
}

/// `PORTCULLIS_PAGES=FOLDER` keeps it and the page of the canonical report, for a look at them in a browser (`.ci/page`).
#[test]
fn ten_thousand_findings_fit_on_a_page_of_five_megabytes() {
    let page = render(Format::Html, &many(10_000), &context(Action::Scan, &[]));
    if let Some(folder) = std::env::var_os("PORTCULLIS_PAGES") {
        let (report, tip) = pushed();
        let canonical = render(Format::Html, &report, &context(Action::Push, &[tip]));
        for (name, page) in [("long.html", &page), ("canonical.html", &canonical)] {
            std::fs::write(Path::new(&folder).join(name), page).unwrap();
        }
    }
    assert!(page.len() <= 5_000_000, "{}", page.len());
    assert!(page.contains("handler_9999.py"));
}
