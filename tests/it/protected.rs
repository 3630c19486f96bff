//! Paths that not everybody may change alone, at every door; rules that stop AI agents.

use crate::fixture::{Fixture, one_commit};
use crate::packs::signer;
use crate::team::{open, run_with};

const EVAL: &str = "def total(formula):\n    return eval(formula)\n";

fn protected(takes: &str) -> Fixture {
    let fixture = one_commit();
    let config =
        format!("schema = 1\n[[policy.protected]]\ntitle = 'sign-in'\npaths = ['auth/**']\n{takes}\n");
    fixture.commit(".portcullis/config.toml", config);
    fixture
}

const PROTECTED: &str = "auth/login.py:1 protected-path";

#[test]
fn a_trailer_of_somebody_else_opens_a_protected_path() {
    let fixture = protected("trailer = 'Reviewed-by'");
    fixture.guard("work/.git", "pre-commit").guard("work/.git", "commit-msg");
    for (message, expected) in [("change it", 1), ("change it\n\nReviewed-by: Bob <bob@example.org>", 0)] {
        fixture
            .stage("auth/login.py", format!("# {message:?}\n"))
            .stage("other.py", format!("# {message:?}\n"));
        let (code, said) = fixture.said(&["commit", "-qm", message]);
        assert_eq!(code, expected, "{said}");
        let told = said.contains(
            "sign-in: a change takes the trailer `Reviewed-by:` with somebody who is not its author",
        );
        assert_eq!(told, expected == 1, "{said}");
    }
    assert_eq!(open(&fixture, &["ci", "HEAD~1..HEAD"]), [""; 0]);
    // Past the hooks, and reviewed by the author himself: the doors behind them see it.
    fixture.stage("auth/login.py", "# again\n");
    fixture.git(&["commit", "-qnm", "s\n\nReviewed-by: Ada <ada@example.org>"]);
    assert_eq!(open(&fixture, &["ci", "HEAD~1..HEAD"]), [PROTECTED]);
    assert_eq!(open(&fixture, &["scan", "range", "HEAD~1..HEAD"]), [PROTECTED]);
    // What is no change is not judged.
    assert_eq!(open(&fixture, &["scan", "tree"]), [""; 0]);
    assert_eq!(open(&fixture, &["scan", "history"]), [""; 0]);
}

#[test]
fn agents_and_unsigned_commits_stay_out() {
    let fixture = protected("no_agents = true");
    fixture.stage("auth/login.py", "# new\n");
    assert_eq!(open(&fixture, &["scan", "staged"]), [""; 0]);
    let (code, said) = run_with(&fixture, &["scan", "staged", "--format", "concise"], &[("CLAUDECODE", "1")]);
    assert_eq!(code, 1);
    assert!(said.contains("sign-in: an AI agent may not change it"), "{said}");
    fixture.git(&["commit", "-qm", "s\n\nCo-authored-by: Claude <noreply@anthropic.com>"]);
    assert_eq!(open(&fixture, &["ci", "HEAD~1..HEAD"]), [PROTECTED]);
    let fixture = protected("signed = true");
    fixture.commit("auth/login.py", "# new\n");
    assert_eq!(open(&fixture, &["ci", "HEAD~1..HEAD"]), [PROTECTED]);
}

#[test]
fn approvals_take_a_signature_where_the_team_wants_one() {
    let fixture = one_commit();
    let Some((ada, signing)) = signer(&fixture, "ada") else { return };
    let config = "schema = 1\n[[policy.protected]]\ntitle = 'approvals'\npaths = ['.portcullis/approved.toml']\nsigned = true\n";
    fixture.commit(".portcullis/config.toml", config);
    let signers = fixture.root.join("signers");
    std::fs::write(&signers, format!("ada@example.org {ada}")).unwrap();
    fixture.git(&["config", "gpg.ssh.allowedSignersFile", signers.to_str().unwrap()]);
    let signing: Vec<&str> = signing.iter().map(String::as_str).collect();
    let entry = "[[approve]]\necosystem = 'npm'\nname = 'a'\nreason = 'pads table columns'\napproved_by = 'lead'\ndate = 2026-01-01\n";
    fixture.commit(".portcullis/approved.toml", format!("schema = 1\n{entry}"));
    let doors: [&[&str]; 2] = [&["ci", "HEAD~1..HEAD"], &["scan", "range", "HEAD~1..HEAD"]];
    for door in doors {
        assert_eq!(open(&fixture, door), [".portcullis/approved.toml:1 protected-path"], "{door:?}");
    }
    fixture.git(&[&signing[..], &["commit", "-q", "--amend", "--no-edit", "-S"]].concat());
    for door in doors {
        assert_eq!(open(&fixture, door), [""; 0], "{door:?}");
    }
}

#[test]
fn an_exclude_and_a_memory_hide_no_change_of_a_protected_path() {
    let fixture = one_commit();
    let config = "schema = 1\n[[exclude]]\npath = '**'\nreason = 'all'\n[[policy.protected]]\ntitle = 'sign-in'\n\
                  paths = ['auth/**']\ntrailer = 'Reviewed-by'\n";
    fixture.commit(".portcullis/config.toml", config);
    fixture.commit("auth/login.py", "# new\n");
    assert_eq!(open(&fixture, &["ci", "HEAD~1..HEAD"]), [PROTECTED]);
}

#[test]
fn an_owner_opens_a_protected_path() {
    let fixture = one_commit();
    fixture.stage("CODEOWNERS", "* @your-org/all\nauth/ @your-org/security\n");
    let config = "schema = 1\n[[policy.protected]]\ntitle = 'sign-in'\npaths = ['auth/**', 'lib/**']\ncode_owner = true\n\
                  [[policy.team]]\nname = '@your-org/security'\nmembers = ['eve@example.org', '@bob']\n";
    fixture.commit(".portcullis/config.toml", config);
    fixture.guard("work/.git", "pre-commit").guard("work/.git", "commit-msg");
    let told =
        "sign-in: a change takes an owner as its author or in the trailer `Reviewed-by:`; @your-org/security";
    for (author, message, expected) in [
        ("Ada <ada@example.org>", "change it", 1),
        ("Ada <ada@example.org>", "change it\n\nReviewed-by: Ada <ada@example.org>", 1),
        ("Ada <ada@example.org>", "change it\n\nAcked-by: Eve <eve@example.org>", 1),
        ("Ada <ada@example.org>", "change it\n\nReviewed-by: Eve <eve@example.org>", 0),
        ("Ada <ada@example.org>", "change it again\n\nReviewed-by: @bob", 0),
        ("Eve <eve@example.org>", "her own", 0),
    ] {
        fixture.stage("auth/login.py", format!("# {author} {message:?}\n"));
        let (code, said) = fixture.said(&["commit", "-qm", message, "--author", author]);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((code, said.contains(told)), (expected, expected == 1), "{author} {message:?}: {said}");
        // Past the hooks it is the same.
        if expected == 1 {
            fixture.git(&["commit", "-qnm", message, "--author", author]);
        }
        let expected: &[&str] = if expected == 1 { &[PROTECTED] } else { &[] };
        assert_eq!(open(&fixture, &["ci", "HEAD~1..HEAD"]), expected, "{author} {message:?}");
    }
    // Who names himself in the same change is no owner yet, and what nobody known owns is nobody's to change.
    let base = fixture.git(&["rev-parse", "HEAD"]);
    fixture.stage("CODEOWNERS", "auth/ ada@example.org\n").stage("auth/login.py", "# mine\n");
    fixture.git(&["commit", "-qnm", "take over"]);
    fixture.stage("auth/login.py", "# mine again\n").stage("lib/a.py", "# new\n");
    fixture.git(&["commit", "-qnm", "and go on"]);
    let found = open(&fixture, &["ci", &format!("{base}..HEAD")]);
    assert_eq!(found, [PROTECTED, PROTECTED, "lib/a.py:1 protected-path"]);
}

#[test]
fn a_rule_for_what_agents_write_stops_them_alone() {
    let fixture = one_commit();
    let rule = "schema = 1\npack = 'own'\n[[rule]]\nid = 'own-todo'\ntitle = 'Unfinished'\ncategory = 'code'\ntopic = 'todo'\n\
                severity = 'low'\nconfidence = 'low'\nwhen = 'ai-authored'\npattern = 'UNFINISHED'\nmessage = 'm'\nremediation = 'r'\n";
    fixture.commit(".portcullis/rules/own.toml", rule);
    fixture.stage("calc.py", "UNFINISHED = 1\n");
    for (vars, expected) in [(&[][..], 0), (&[("AI_AGENT", "somebody")], 1)] {
        assert_eq!(run_with(&fixture, &["scan", "staged"], vars).0, expected);
    }
    for (trailer, expected) in [("", 0), ("\n\nCo-authored-by: Claude <noreply@anthropic.com>", 1)] {
        fixture.git(&["commit", "-qm", &format!("change{trailer}")]);
        assert_eq!(run_with(&fixture, &["ci", "HEAD~1..HEAD"], &[]).0, expected);
        fixture.stage("calc.py", "UNFINISHED = 2\n");
    }
}

#[test]
fn a_rule_may_stop_agents_where_it_advises_people() {
    let fixture = one_commit();
    let rule = "[rules.python-eval]\nseverity = 'low'\nblocks_agents = true\n";
    fixture.commit(".portcullis/config.toml", format!("schema = 1\n{rule}"));
    fixture.stage("calc.py", EVAL);
    for (vars, expected) in [(&[][..], 0), (&[("AI_AGENT", "somebody")], 1)] {
        assert_eq!(run_with(&fixture, &["scan", "staged"], vars).0, expected);
    }
}
