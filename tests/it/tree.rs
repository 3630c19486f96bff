//! Files on disk.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use portcullis::model::{Locator, SkipReason, Skipped};
use portcullis::source::{Listing, Reader, tree};

use crate::fixture::{Fixture, name, text};

fn list(base: &Path, paths: &[&str], ignored: tree::Ignored) -> Listing {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    tree::list(base, &paths, ignored).unwrap()
}

#[track_caller]
fn check(base: &Path, paths: &[&str], ignored: tree::Ignored, expected: &[&str]) {
    let listing = list(base, paths, ignored);
    let names: Vec<String> = listing.entries.iter().map(|entry| text(entry.path.as_bytes())).collect();
    assert_eq!(names, expected);
}

fn sample() -> Fixture {
    let fixture = Fixture::new();
    fixture
        .write(".gitignore", "ignored\n*.log\n")
        .write(".ignore", "b\n")
        .write("b", "b")
        .write(".env", "hidden");
    fixture
        .write("ignored/x", "x")
        .write("a.log", "log")
        .write("sub/.gitignore", "!keep.log\n")
        .write("sub/keep.log", "k");
    fixture.write("sub/.git", "gitdir: elsewhere\n").write("a-", "").write("a/z", "");
    fixture
}

#[test]
fn ignored_files_are_left_out_and_hidden_ones_are_not() {
    let fixture = sample();
    let expected = [".env", ".gitignore", ".ignore", "a-", "a/z", "b", "sub/.gitignore", "sub/keep.log"];
    check(&fixture.work, &["."], tree::Ignored::LeftOut, &expected);
    let expected = [
        ".env",
        ".gitignore",
        ".ignore",
        "a-",
        "a.log",
        "a/z",
        "b",
        "ignored/x",
        "sub/.gitignore",
        "sub/keep.log",
    ];
    check(&fixture.work, &["."], tree::Ignored::Scanned, &expected);
    fs::remove_dir_all(fixture.work.join(".git")).unwrap();
    check(&fixture.work, &["."], tree::Ignored::LeftOut, &expected);
}

#[test]
fn what_is_named_is_listed_and_once() {
    let fixture = sample();
    check(&fixture.work, &["a.log", "./b", "b"], tree::Ignored::LeftOut, &["a.log", "b"]);
    check(
        &fixture.work,
        &["sub", "./sub/", "sub/keep.log"],
        tree::Ignored::LeftOut,
        &["sub/.gitignore", "sub/keep.log"],
    );
    let outside = fixture.root.join("outside");
    fs::write(&outside, "").unwrap();
    let outside = outside.to_str().unwrap();
    check(&fixture.work, &[outside], tree::Ignored::LeftOut, &[outside]);
    assert!(tree::list(&fixture.work, &["missing".into()], tree::Ignored::LeftOut).is_err());
}

#[test]
fn links_are_their_text_and_special_files_are_skipped() {
    let fixture = Fixture::new();
    fixture.write("dir/file", "x");
    symlink("/etc/passwd", fixture.work.join("link")).unwrap();
    symlink(".", fixture.work.join("loop")).unwrap();
    let _socket = UnixListener::bind(fixture.work.join("socket")).unwrap();
    for paths in [&["."][..], &["dir", "link", "loop", "socket"]] {
        let listing = list(&fixture.work, paths, tree::Ignored::LeftOut);
        let locators: Vec<&Locator> = listing.entries.iter().map(|entry| &entry.locator).collect();
        let file = Locator::File(fixture.work.join("dir/file"));
        assert_eq!(
            locators,
            [&file, &Locator::Inline(b"/etc/passwd"[..].into()), &Locator::Inline(b"."[..].into())]
        );
        assert_eq!(listing.skipped, [Skipped { path: "socket".into(), reason: SkipReason::NotAFile }]);
    }
}

#[test]
fn names_are_bytes_in_the_order_of_bytes() {
    let fixture = Fixture::new();
    for bytes in [&b"caf\xe9"[..], b"a\nb", b"a b", b"Z"] {
        fixture.write(name(bytes), "");
    }
    check(&fixture.work, &["."], tree::Ignored::LeftOut, &["Z", "a\nb", "a b", r"caf\xe9"]);
}

#[test]
fn a_file_that_is_gone_is_an_error_that_names_it() {
    let fixture = Fixture::new();
    fixture.write("file", "x");
    let listing = list(&fixture.work, &["."], tree::Ignored::LeftOut);
    fs::remove_file(fixture.work.join("file")).unwrap();
    let error = Reader::new(None).read(&listing.entries[0].locator).unwrap_err().to_string();
    assert!(error.contains("/work/file: "), "{error}");
}
