//! The secret rules on this project's own files; knows the engine, not the command line.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fs;
use std::path::Path;

use portcullis::engine::{Engine, builtin};
use portcullis::model::RepoPath;

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
        for found in engine.scan(&RepoPath::from(name), &content).unwrap() {
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
