//! What is staged, found in plain files: the same as git says, for indexes and trees of any shape.

use proptest::prelude::*;

use crate::fixture::Fixture;

/// Names that sort differently with and without a slash at their end, as files and as folders.
const PATHS: [&str; 12] = [
    "a",
    "a/a",
    "a/b/c",
    "a-b",
    "a.txt",
    "a0",
    "b/a",
    "b/a/x/y",
    "b-/z",
    "b0/z",
    "z",
    ".portcullis/config.toml",
];

#[derive(Debug, Clone)]
enum Step {
    Stage(usize, u8),
    Remove(usize),
    Name(usize),
    Executable(usize),
    KeepTrees,
    Commit,
    PackRefs,
    Branch,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let path = 0..PATHS.len();
    let step = prop_oneof![
        6 => (path.clone(), 0u8..3).prop_map(|(path, content)| Step::Stage(path, content)),
        2 => path.clone().prop_map(Step::Remove),
        1 => path.clone().prop_map(Step::Name),
        1 => path.prop_map(Step::Executable),
        2 => Just(Step::KeepTrees),
        2 => Just(Step::Commit),
        1 => Just(Step::PackRefs),
        1 => Just(Step::Branch),
    ];
    prop::collection::vec(step, 1..14)
}

fn take(fixture: &Fixture, step: &Step) {
    let work = &fixture.work;
    let git = |args: &[&str]| drop(fixture.try_git_in(work, args, b""));
    let clear = |path: &str| {
        git(&["rm", "-rfq", "--cached", "--", path]);
        // What stands in the way as a file or a folder goes.
        for part in std::path::Path::new(path).ancestors().filter(|part| !part.as_os_str().is_empty()) {
            let _ = std::fs::remove_file(work.join(part));
            git(&["update-index", "--force-remove", "--", part.to_str().unwrap()]);
        }
        let _ = std::fs::remove_dir_all(work.join(path));
    };
    match step {
        Step::Stage(path, content) => {
            clear(PATHS[*path]);
            fixture.stage(PATHS[*path], format!("{content}\n"));
        }
        Step::Remove(path) => clear(PATHS[*path]),
        Step::Name(path) => {
            clear(PATHS[*path]);
            fixture.write(PATHS[*path], "later\n");
            git(&["add", "--intent-to-add", "--", PATHS[*path]]);
        }
        Step::Executable(path) => git(&["update-index", "--chmod=+x", "--", PATHS[*path]]),
        Step::KeepTrees => git(&["write-tree"]),
        Step::Commit => git(&["commit", "-q", "-m", "step"]),
        Step::PackRefs => git(&["pack-refs", "--all"]),
        Step::Branch => git(&["switch", "-q", "-c", "topic/one"]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn plain_files_tell_what_git_tells(steps in steps()) {
        let fixture = Fixture::new();
        fixture.commit("a/b/c", "0\n");
        for step in &steps {
            take(&fixture, step);
            // Asks both ways and compares.
            fixture.try_staged().unwrap();
        }
    }
}

#[test]
fn a_commit_waits_for_no_git() {
    let fixture = Fixture::new();
    fixture.commit("src/old.txt", "old\n");
    fixture.guard("work/.git", "pre-commit").stage("src/new.txt", "new\n");
    // Every git that the hook would start fails.
    fixture.put_script(&fixture.root.join("none/git"), "#!/bin/sh\nexit 99\n");
    let program = crate::fixture::PROGRAM;
    let path = fixture.root.join("none");
    let script = format!("#!/bin/sh\nPATH='{}' exec '{program}' hook pre-commit\n", path.display());
    fixture.put_hook("work/.git", "pre-commit", &script);
    let (code, said) = fixture.said(&["commit", "-q", "-m", "fine"]);
    assert_eq!(code, 0, "{said}");
}
