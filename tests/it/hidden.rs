//! What is encoded, packed or in a name, from the command line: what is new, what is shown, what is said.

use std::io::Write;
use std::process::Output;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::fixture::Fixture;

/// In two halves, so that this file holds nothing that looks alive.
fn token() -> String {
    ["glpat-", "Xa9Kq2LmZr7TbV4Wc8Yd"].concat()
}

fn portcullis(fixture: &Fixture, args: &[&str]) -> Output {
    fixture.run(&mut fixture.command(args))
}

/// Runs `portcullis scan staged` and compares its lines up to the fix, without the last one. Neither form of the token
/// may be in any format.
#[track_caller]
fn check(fixture: &Fixture, expected: &[&str]) {
    let encoded = BASE64.encode(token().as_bytes());
    for format in ["concise", "text", "json", "sarif", "github"] {
        let output = portcullis(fixture, &["scan", "staged", "--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(&token()) && !text.contains(&encoded), "{text}");
        if format == "concise" {
            let mut lines: Vec<&str> =
                text.lines().map(|line| line.split("; fix: ").next().unwrap()).collect();
            lines.pop();
            assert_eq!(lines, expected);
        }
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[test]
fn an_encoded_secret_is_told_where_it_stands_when_it_is_new() {
    let fixture = Fixture::new();
    let line = format!("  data: {}\n", BASE64.encode(token().as_bytes()));
    fixture.stage("a.yml", format!("one: 1\n{line}"));
    let found = "a.yml:2:9: error[gitlab-pat]: GitLab personal access token: decoded from base64";
    check(&fixture, &[found]);
    fixture.commit("a.yml", format!("one: 1\n{line}"));
    // The same secret on an edited line, and in clear in the place of its code.
    fixture.stage("a.yml", format!("one: 2\n  more: 1\n  {line}"));
    check(&fixture, &[]);
    fixture.stage("a.yml", format!("one: 1\n{line}{line}"));
    check(&fixture, &[&found.replace(":2:", ":3:")]);
}

#[test]
fn a_packed_secret_is_new_once() {
    let fixture = Fixture::new();
    let log = "nothing to see here, nothing at all\n".repeat(20);
    fixture.stage("log.gz", gzip(&format!("{log}{}\n", token())));
    check(&fixture, &["log.gz:1:1: error[gitlab-pat]: GitLab personal access token: decoded from gzip"]);
    fixture.commit("log.gz", gzip(&format!("{log}{}\n", token())));
    fixture.stage("log.gz", gzip(&format!("more\n{log}{}\n", token())));
    check(&fixture, &[]);
}

#[test]
fn a_new_file_is_told_for_its_name_when_its_content_tells_nothing() {
    let fixture = Fixture::new();
    fixture.stage(".env", "PORT=80\n").stage("release.jks", "bytes").stage(".env.example", "PORT=80\n");
    let env = ".env:1:1: warning[dotenv-file]: File of environment variables";
    check(&fixture, &[env, "release.jks:1:1: error[keystore-file]: Keystore"]);
    fixture.stage(".env", format!("PORT=80\nTOKEN={}\n", token()));
    let secret = ".env:2:7: error[gitlab-pat]: GitLab personal access token";
    check(&fixture, &[secret, "release.jks:1:1: error[keystore-file]: Keystore"]);
    fixture.commit(".env", "PORT=80\n");
    fixture.stage(".env", "PORT=81\n").stage("release.jks", "other bytes");
    check(&fixture, &[]);
    fixture.git(&["reset", "-q", "--hard"]);
    fixture.commit("x.bin", "some bytes that are long enough to be recognised\n");
    fixture.git(&["mv", "x.bin", "x.p12"]);
    check(&fixture, &["x.p12:1:1: error[keystore-file]: Keystore"]);
}

#[test]
fn a_secret_in_a_name_is_a_secret() {
    let fixture = Fixture::new();
    fixture.stage(&format!("logs/{}.txt", token()), "x\n");
    check(
        &fixture,
        &["logs/glpa…(26).txt:1:1: error[gitlab-pat]: GitLab personal access token: in the file's name"],
    );
}
