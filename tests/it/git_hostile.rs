//! Configuration, names and damage that must not change what is read.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use portcullis::git::GitError;
use portcullis::model::RepoPath;
use portcullis::source::{Reader, SourceError, index};

use crate::fixture::{Fixture, blob, name, one_commit};

#[test]
fn a_head_that_cannot_be_read_is_not_an_unborn_one() {
    for (file, content) in
        [("refs/heads/main", "garbage\n"), ("HEAD", "ref: refs/heads/../x\n"), ("HEAD", "x")]
    {
        let fixture = one_commit();
        fixture.stage("file", "new\n");
        fs::write(fixture.work.join(".git").join(file), content).unwrap();
        let error = fixture.try_staged().unwrap_err();
        assert!(matches!(error, SourceError::Git(GitError::Failed { .. })), "{file}: {error}");
    }
    let fixture = one_commit();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    fs::remove_file(fixture.work.join(".git/objects").join(&head[..2]).join(&head[2..])).unwrap();
    assert!(fixture.try_staged().is_err());
}

#[test]
fn attributes_and_configuration_cannot_hide_a_file() {
    let fixture = one_commit();
    let ran = fixture.root.join("ran");
    let program = format!("touch {}; echo nothing", ran.display());
    for (key, value) in [
        ("diff.external", program.as_str()),
        ("diff.x.textconv", program.as_str()),
        ("diff.x.command", program.as_str()),
        ("diff.x.binary", "true"),
        ("color.ui", "always"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.relative", "true"),
        ("diff.orderFile", "no-such-file"),
        ("diff.renames", "copies"),
        ("diff.algorithm", "histogram"),
        ("core.quotePath", "true"),
        ("core.abbrev", "4"),
        ("core.attributesFile", "no-such-file"),
        ("core.pager", "false"),
        ("log.showSignature", "true"),
        ("i18n.logOutputEncoding", "UTF-16"),
    ] {
        fixture.git(&["config", key, value]);
    }
    fixture.stage(".gitattributes", "* binary -diff -text diff=x linguist-generated export-ignore\n");
    fixture.stage("file", "new\n");
    let mut fixture = fixture.with_var("GIT_EXTERNAL_DIFF", program.as_str());
    fixture.vars.push(("GIT_DIFF_OPTS".into(), "-u0".into()));
    let attributes = "* binary -diff -text diff=x linguist-generated export-ignore\n";
    fixture.check_staged(&[(".gitattributes", attributes, 0), ("file", "new\n", 1)]);
    assert!(!ran.exists());
}

#[test]
fn traces_and_pathspec_variables_do_not_mix_in() {
    let mut fixture = one_commit();
    fixture.stage("file", "new\n").stage(".portcullis/config.toml", "x");
    for (name, value) in [
        ("GIT_TRACE", "1"),
        ("GIT_TRACE2", "1"),
        ("GIT_TRACE_SETUP", "2"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_GLOB_PATHSPECS", "1"),
        ("GIT_PREFIX", "sub/"),
        ("GIT_PAGER", "false"),
        ("GIT_REF_PARANOIA", "0"),
    ] {
        fixture.vars.push((name.into(), value.into()));
    }
    let listing = fixture.try_staged().unwrap();
    assert_eq!(listing.entries.len(), 2);
    assert_eq!(fixture.policy_files().unwrap().finish().unwrap().len(), 1);
    let fixture = Fixture::new().with_var("GIT_TRACE", "1");
    fixture.stage("file", "first\n");
    fixture.check_staged(&[("file", "first\n", 0)]);
}

#[test]
fn names_may_be_anything() {
    let names: [&[u8]; 12] = [
        b"-n",
        b"*.c",
        b":(top)x",
        b"HEAD",
        b"a\nb",
        b"a\tb",
        b"a\"b",
        b"a b ",
        b"a\\b",
        b"\x1b[31m",
        b"caf\xe9",
        b"~",
    ];
    let fixture = one_commit();
    for bytes in names {
        fixture.write(name(bytes), "x\n");
    }
    fixture.git(&["add", "."]);
    let mut expected = names.to_vec();
    expected.sort();
    let listing = fixture.try_staged().unwrap();
    let paths: Vec<&[u8]> = listing.entries.iter().map(|entry| entry.path.as_bytes()).collect();
    assert_eq!(paths, expected);
    assert_eq!(fixture.read(&listing).len(), names.len());
    let asked: Vec<RepoPath> = names.iter().map(|bytes| RepoPath::new(*bytes)).collect();
    let found = index::lookup(&fixture.repo(), &asked).unwrap();
    assert_eq!(found.iter().map(|entry| entry.path.as_bytes()).collect::<Vec<_>>(), expected);
}

#[test]
fn replacements_do_not_count() {
    let fixture = one_commit();
    let old = fixture.git(&["rev-parse", "HEAD"]);
    let second = fixture.commit("file", "second\n");
    fixture.git(&["replace", &second, &old]);
    fixture.stage("file", "third\n");
    let blob = fixture.git(&["rev-parse", ":file"]);
    let old_blob = fixture.git(&["--no-replace-objects", "rev-parse", &format!("{old}:file")]);
    fixture.git(&["replace", "-f", &blob, &old_blob]);
    fixture.check_staged(&[("file", "third\n", 1)]);
}

#[test]
fn the_index_and_the_object_store_are_not_written() {
    let fixture = one_commit();
    fixture.stage("file", "new\n");
    let state = || fixture.git_in(&fixture.root, &["hash-object", "--no-filters", "work/.git/index"]);
    let before = (state(), fixture.git(&["count-objects"]));
    fixture.write("file", "new\n").check_staged(&[("file", "new\n", 1)]);
    assert_eq!((state(), fixture.git(&["count-objects"])), before);
}

#[test]
fn damaged_content_is_an_error_that_names_it() {
    for format in ["--object-format=sha1", "--object-format=sha256"] {
        let fixture = Fixture::with_init(&[format]);
        fixture.commit("file", "old\n");
        fixture.stage("file", "new\n");
        let listing = fixture.try_staged().unwrap();
        let locator = &listing.entries[0].locator;
        let hex = blob(locator).to_string();
        let loose = |hex: &str| fixture.work.join(".git/objects").join(&hex[..2]).join(&hex[2..]);
        let other = fs::read(loose(&fixture.git(&["rev-parse", "HEAD:file"]))).unwrap();
        fs::set_permissions(loose(&hex), PermissionsExt::from_mode(0o644)).unwrap();
        let read = || Reader::new(Some(&fixture.repo())).read(locator).unwrap_err().to_string();
        fs::write(loose(&hex), other).unwrap();
        assert_eq!(read(), format!("object {hex}: content does not match the id"));
        for content in ["garbage", ""] {
            fs::write(loose(&hex), content).unwrap();
            // Which of the two git says depends on its version.
            let expected = ["its file is damaged", "git cat-file gave up on it"];
            let expected = expected.map(|reason| format!("object {hex}: {reason}"));
            assert!(expected.contains(&read()), "{}", read());
        }
        fs::remove_file(loose(&hex)).unwrap();
        assert_eq!(read(), format!("object {hex}: missing"));
    }
}

#[test]
fn a_reader_that_has_failed_still_reads_the_rest() {
    let fixture = Fixture::with_init(&["--object-format=sha256"]);
    fixture.stage("a", "a\n").stage("b", "b\n");
    let listing = fixture.try_staged().unwrap();
    let [a, b] = &listing.entries[..] else { panic!("{listing:?}") };
    let hex = blob(&a.locator).to_string();
    let path = fixture.work.join(".git/objects").join(&hex[..2]).join(&hex[2..]);
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(path, "garbage").unwrap();
    let mut reader = Reader::new(Some(&fixture.repo()));
    reader.read(&a.locator).unwrap_err();
    reader.size(&a.locator).unwrap_err();
    assert_eq!((reader.size(&b.locator).unwrap(), reader.read(&b.locator).unwrap()), (2, b"b\n".to_vec()));
}

#[test]
fn repacking_between_listing_and_reading_does_not_matter() {
    let fixture = one_commit();
    fixture.stage("file", "new\n").stage("other", "other\n");
    let listing = fixture.try_staged().unwrap();
    let mut reader = Reader::new(Some(&fixture.repo()));
    reader.read(&listing.entries[0].locator).unwrap();
    fixture.git(&["repack", "-adq", "--write-midx", "--write-bitmap-index"]);
    fixture.git(&["gc", "-q", "--prune=now"]);
    for entry in listing.entries.iter() {
        reader.read(&entry.locator).unwrap();
    }
    reader.read(&listing.entries[0].before[0]).unwrap();
}

#[test]
fn no_program_of_the_user_s_is_started() {
    let fixture = one_commit();
    let ran = fixture.root.join("ran");
    let program = fixture.root.join("program");
    fs::write(&program, format!("#!/bin/sh\ntouch '{}'\n", ran.display())).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    fixture.stage("file", "new\n").stage("filtered", "x\n").stage(".gitattributes", "* filter=x merge=x\n");
    let program = program.to_str().unwrap();
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.editor",
        "filter.x.clean",
        "filter.x.smudge",
        "core.askPass",
    ] {
        fixture.git(&["config", key, program]);
    }
    fixture.git(&["config", "filter.x.required", "true"]);
    assert_eq!(fixture.try_staged().unwrap().entries.len(), 3);
    fixture.policy_files().unwrap().finish().unwrap();
    assert!(!ran.exists());
}

#[test]
fn a_broken_index_is_an_error_also_before_the_first_commit() {
    for fixture in [Fixture::new(), one_commit()] {
        fs::write(fixture.work.join(".git/index"), "garbage").unwrap();
        assert!(matches!(fixture.try_staged(), Err(SourceError::Git(GitError::Failed { .. }))));
    }
}

#[test]
fn a_merge_head_that_is_none_is_an_error() {
    let fixture = one_commit();
    for content in ["garbage\n".to_owned(), format!("{}\n", "12".repeat(20))] {
        fs::write(fixture.work.join(".git/MERGE_HEAD"), content).unwrap();
        assert!(matches!(fixture.try_staged(), Err(SourceError::Git(_))));
    }
}
