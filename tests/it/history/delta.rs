//! A history that is scanned as deltas, and the same history content by content: nobody can tell which it was.

use std::fmt::Write;
use std::path::Path;

use super::drawn::Draw;
use crate::fixture::{Fixture, fake_github_token, text};

/// What `scan history` says, and its exit code.
pub fn scan(fixture: &Fixture, dir: &Path, args: &[&str]) -> (i32, String) {
    let args = [&["scan", "history", "--format", "json"], args].concat();
    let output = fixture.run(fixture.command(&args).current_dir(dir));
    (output.status.code().unwrap(), text(&[output.stdout, output.stderr].concat()))
}

/// Both ways say the same; returns it.
#[track_caller]
fn check(fixture: &Fixture, dir: &Path) -> (i32, String) {
    let (clever, full) = (scan(fixture, dir, &[]), scan(fixture, dir, &["--full"]));
    assert!(clever == full, "{}", difference(&clever.1, &full.1));
    clever
}

fn difference(one: &str, other: &str) -> String {
    let found = one.lines().zip(other.lines()).find(|(a, b)| a != b);
    found.map_or("one is longer".to_owned(), |(a, b)| format!("{a}\n{b}"))
}

/// What contents are made of: secrets, halves of secrets, what makes a secret of something, and text.
fn parts() -> Vec<Vec<u8>> {
    let token = fake_github_token();
    let encoded = data_encoding::BASE64.encode(format!("export const TOKEN = '{token}'").as_bytes());
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let key = |word: &str| format!("-----{word} RSA PRIVATE KEY-----\n");
    let mut parts: Vec<Vec<u8>> = [
        format!("token = \"{token}\"\n"),
        token[..20].to_owned(),
        token[20..].to_owned(),
        format!("\"{}\" +\n    \"{}\"\n", &token[..20], &token[20..]),
        encoded[..44].to_owned(),
        encoded[44..].to_owned(),
        format!("{}\n{}\n", &encoded[..44], &encoded[44..]),
        format!("pass{} = 'gT7#kQ9z!vLp2w'\n", "word"),
        format!("pass{}: gT7#kQ9z!vLp2w\n", "word"),
        "password".to_owned(),
        " = '".to_owned(),
        "'\n".to_owned(),
        key("BEGIN"),
        format!("{}\n", "MIIEpAIBAAKCAQEAx7Vg2mJ0bT8yNq".repeat(2)).repeat(14),
        key("END"),
        "eval(request.args['x'])\n".to_owned(),
        "\r\n".to_owned(),
        "some more words of prose, and a comma\n".to_owned(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    parts.extend([
        wide("password = 'gT7#kQ9z!vLp2w'\n"),
        vec![0xff, 0xfe],
        vec![0; 30],
        b"\x1f\x8b\x08".to_vec(),
    ]);
    parts
}

/// A text of many lines that are nothing.
fn lines(draw: &mut Draw) -> Vec<u8> {
    let mut text = String::new();
    for _ in 0..draw.below(120) {
        writeln!(
            text,
            "    let value_{} = other({}, \"{}\");",
            draw.below(99),
            draw.below(9),
            draw.below(999)
        )
        .unwrap();
    }
    text.into_bytes()
}

/// Changes a content here and there.
fn edit(draw: &mut Draw, content: &mut Vec<u8>, parts: &[Vec<u8>]) {
    for _ in 0..draw.below(4) {
        let at = draw.below(content.len() + 1);
        let end = content.len().min(at + draw.below(400));
        match draw.below(6) {
            0 => drop(content.drain(at..end)),
            1 => {
                let moved: Vec<u8> = content.drain(at..end).collect();
                let to = draw.below(content.len() + 1);
                content.splice(to..to, moved);
            }
            2 => {
                let copied = content[at..end].to_vec();
                let to = draw.below(content.len() + 1);
                content.splice(to..to, copied);
            }
            _ => {
                let part = parts[draw.below(parts.len())].clone();
                content.splice(at..at, part);
            }
        }
    }
}

/// Many versions of some files; sometimes one becomes a version of another.
fn history(seed: u64, commits: usize) -> Fixture {
    const PATHS: [&str; 6] = ["app.py", "config.yml", "notes", "web.js", "keys.pem", "data/.env"];
    let (fixture, parts, mut draw) = (Fixture::new(), parts(), Draw(seed));
    let mut files: Vec<Vec<u8>> = PATHS.iter().map(|_| lines(&mut draw)).collect();
    let mut stream = Vec::new();
    for commit in 0..commits {
        let head = format!(
            "commit refs/heads/main\nmark :{}\ncommitter Ada <ada@example.org> {} +0000\ndata 1\nx\n{}",
            commit + 1,
            1_700_000_000 + commit,
            if commit > 0 { format!("from :{commit}\n") } else { String::new() },
        );
        stream.extend(head.into_bytes());
        for _ in 0..2 {
            let idx = draw.below(PATHS.len());
            if draw.below(12) == 0 {
                files[idx] = files[draw.below(PATHS.len())].clone();
            }
            edit(&mut draw, &mut files[idx], &parts);
            stream.extend(format!("M 644 inline {}\ndata {}\n", PATHS[idx], files[idx].len()).into_bytes());
            stream.extend(&files[idx]);
            stream.push(b'\n');
        }
        stream.push(b'\n');
    }
    let output = fixture.try_git_in(&fixture.work, &["fast-import", "--quiet", "--force"], &stream);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fixture
}

#[test]
fn deltas_hide_nothing_and_add_nothing() {
    for seed in 0..3 {
        let fixture = history(seed, 60);
        for (depth, window) in [("1", "50"), ("50", "10"), ("250", "250")] {
            let (depth, window) = (format!("--depth={depth}"), format!("--window={window}"));
            fixture.git(&["repack", "-adfq", &depth, &window]);
            let (code, said) = check(&fixture, &fixture.work);
            assert_eq!(code, 1, "there is a token in every one of them: {said}");
        }
    }
}

#[test]
fn this_repository_is_the_same_either_way() {
    let (fixture, dir) = (Fixture::new(), Path::new(env!("CARGO_MANIFEST_DIR")));
    if dir.join(".git").exists() {
        check(&fixture, dir);
    }
}

#[test]
fn code_counts_where_somebody_uses_it_and_secrets_everywhere() {
    let fixture = Fixture::new();
    let rules = |args: &[&str]| {
        let said = scan(&fixture, &fixture.work, args).1;
        let all: serde_json::Value = serde_json::from_str(&said).unwrap();
        let findings = all["findings"].as_array().unwrap().iter();
        let mut rules: Vec<String> = findings
            .map(|one| format!("{} {}", one["rule"]["id"].as_str().unwrap(), one["path"].as_str().unwrap()))
            .collect();
        rules.sort();
        rules.dedup();
        rules
    };
    let code = "import os\nos.system('ls ' + x)\n";
    fixture.commit("old.py", format!("{code}# {}\n", fake_github_token()));
    fixture.commit("new.py", code);
    fixture.commit("old.py", "nothing\n");
    fixture.git(&["tag", "v1", "HEAD~1"]);
    fixture.git(&["repack", "-adq"]);
    let secret = "github-pat old.py";
    let everything = rules(&["--code"]);
    assert!(everything.contains(&secret.to_owned()), "{everything:?}");
    let current: Vec<String> =
        everything.iter().filter(|rule| rule.ends_with("new.py") || *rule == secret).cloned().collect();
    assert!(everything.len() > current.len() && current.len() > 1, "{everything:?}");
    assert_eq!(rules(&[]), current);
}
