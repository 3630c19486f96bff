//! Packs with OpenPGP's signatures: keys made here, one of them ended long ago.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fixture::Fixture;
use crate::packs::{url, with_rules};
use crate::team::run_with;

/// Somebody's keys, with an agent that is ended with the test.
struct Ring(PathBuf);

impl Drop for Ring {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").args(["--homedir"]).arg(&self.0).args(["--kill", "all"]).status();
    }
}

impl Ring {
    /// None where there is no gpg.
    fn new(fixture: &Fixture, name: &str) -> Option<Ring> {
        let home = fixture.root.join(name);
        fs::create_dir(&home).unwrap();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
        let there = Command::new("gpg").arg("--version").stdout(Stdio::null()).status().is_ok();
        if !there {
            crate::world::skipped("there is no gpg");
        }
        there.then_some(Ring(home))
    }

    /// A program for git that is gpg on that day; today when left out.
    fn program(&self, day: Option<&str>) -> String {
        let path = self.0.join(format!("gpg-{}", day.unwrap_or("today")));
        let clock = day.map_or_else(String::new, |day| format!("--faked-system-time {day}T120000!"));
        let home = self.0.display();
        let text = format!(
            "#!/bin/sh\nexec gpg --homedir {home} {clock} --batch --passphrase '' --pinentry-mode loopback \"$@\"\n"
        );
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path.display().to_string()
    }

    fn gpg(&self, day: Option<&str>, args: &[&str]) -> Vec<u8> {
        let output = Command::new(self.program(day)).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Makes a key for a person, with or without an end, and believes in it.
    fn key(&self, person: &str, made: Option<&str>, ends: &str) {
        self.gpg(made, &["--quick-generate-key", person, "ed25519", "sign", ends]);
    }

    /// Takes over the public keys of somebody else.
    fn take(&self, other: &Ring, trusted: bool) {
        let file = self.0.join("taken");
        fs::write(&file, other.gpg(None, &["--export"])).unwrap();
        self.gpg(None, &["--import", &file.display().to_string()]);
        if trusted {
            let listed = String::from_utf8(self.gpg(None, &["--list-keys", "--with-colons"])).unwrap();
            let fingerprints = listed.lines().filter(|line| line.starts_with("fpr:"));
            let trust: String =
                fingerprints.map(|line| format!("{}:6:\n", line.split(':').nth(9).unwrap())).collect();
            fs::write(&file, trust).unwrap();
            self.gpg(None, &["--import-ownertrust", &file.display().to_string()]);
        }
    }
}

/// A commit on the branch of rules, signed by a person with that ring on that day.
fn sign(fixture: &Fixture, ring: &Ring, person: &str, day: Option<&str>) {
    let (program, key) = (format!("gpg.program={}", ring.program(day)), format!("user.signingKey={person}"));
    let rules = fixture.root.join("rules");
    fixture.git_in(&rules, &["-c", &program, "-c", &key, "commit", "-q", "--amend", "-S", "-m", person]);
}

/// Asks for the signed pack with the keys of this ring.
#[track_caller]
fn check(fixture: &Fixture, ring: &Path, expected: &str) {
    let lock = fixture.work.join(".portcullis/packs.lock");
    let _ = fs::remove_file(&lock);
    let url = url(fixture);
    let add = ["packs", "add", &url, "--path", "packs/base", "--name", "acme", "--signed"];
    let (code, said) = run_with(fixture, &add, &[("GNUPGHOME", ring.to_str().unwrap())]);
    assert!(said.contains(expected), "{said}");
    assert_eq!((code, lock.exists()), if expected == TAKEN { (0, true) } else { (2, false) }, "{said}");
}

const TAKEN: &str = "acme: 1 rule at ";
const REFUSED: &str = "HEAD has no signature that git verifies: ";

#[test]
fn a_signature_counts_with_a_trusted_key_that_has_not_ended() {
    let fixture = with_rules();
    let rings = ["signer", "trusting", "knowing", "nobody"].map(|name| Ring::new(&fixture, name));
    let [Some(signer), Some(trusting), Some(knowing), Some(nobody)] = rings else { return };
    signer.key("ada@example.org", None, "never");
    signer.key("old@example.org", Some("20200101"), "30d");
    trusting.take(&signer, true);
    knowing.take(&signer, false);

    // No signature at all.
    check(&fixture, &trusting.0, REFUSED);
    sign(&fixture, &signer, "ada@example.org", None);
    check(&fixture, &trusting.0, TAKEN);
    // A key that nobody has said to trust; one that nobody knows; no keys at all.
    check(&fixture, &knowing.0, REFUSED);
    check(&fixture, &nobody.0, REFUSED);
    check(&fixture, &fixture.root.join("nothing"), REFUSED);

    // Signed while the key counted; it has ended since.
    sign(&fixture, &signer, "old@example.org", Some("20200110"));
    check(&fixture, &trusting.0, REFUSED);

    // The signature of another commit.
    sign(&fixture, &signer, "ada@example.org", None);
    let rules = fixture.root.join("rules");
    let commit = fixture.git_in(&rules, &["cat-file", "commit", "HEAD"]);
    let file = fixture.root.join("commit");
    fs::write(&file, commit.replace("\n\nada@", "\n\neve@") + "\n").unwrap();
    let forged = fixture.git_in(&rules, &["hash-object", "-w", "-t", "commit", file.to_str().unwrap()]);
    fixture.git_in(&rules, &["update-ref", "refs/heads/main", &forged]);
    check(&fixture, &trusting.0, REFUSED);
}
