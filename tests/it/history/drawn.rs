//! Histories drawn at random: branches that cross, merges of many, everything in the same second.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::fixture::Fixture;

/// A history of `commits` commits on three branches. Contents are few and paths are few, so that contents come, go,
/// come back, and come on two branches at once; `content` makes them of numbers below 40.
pub fn history(seed: u64, commits: usize, content: &dyn Fn(u64) -> String) -> Fixture {
    let fixture = Fixture::new();
    let mut draw = Draw(seed);
    let mut stream = String::new();
    let mut files: Vec<BTreeMap<String, u64>> = Vec::new();
    for commit in 0..commits {
        let branch = if commit < 3 { commit } else { draw.below(3) };
        let mut parents = Vec::new();
        if commit >= 3 {
            parents = (0..=draw.below(3)).map(|_| draw.below(commit)).collect();
            let mut seen = Vec::new();
            parents.retain(|parent| !seen.contains(parent) && (seen.push(*parent), true).1);
        }
        let mut tree = parents.first().map(|parent: &usize| files[*parent].clone()).unwrap_or_default();
        for parent in parents.iter().skip(1) {
            tree.extend(files[*parent].clone());
        }
        for _ in 0..draw.below(4) {
            let path = ["a", "b/c", "b/d", "e/f/g", "e/f/h", "z"][draw.below(6)].to_owned();
            match draw.below(4) {
                0 => drop(tree.remove(&path)),
                _ => drop(tree.insert(path, draw.below(40) as u64)),
            }
        }
        let written = tree.iter().map(|(path, number)| (path.as_str(), content(*number))).collect();
        write(&mut stream, (commit, branch), &parents, &written);
        files.push(tree);
    }
    let output = fixture.try_git_in(&fixture.work, &["fast-import", "--quiet", "--force"], stream.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fixture.git(&["symbolic-ref", "HEAD", "refs/heads/branch-0"]);
    fixture
}

fn write(
    stream: &mut String,
    (commit, branch): (usize, usize),
    parents: &[usize],
    tree: &BTreeMap<&str, String>,
) {
    let who = "Ada <ada@example.org> 1700000000 +0000";
    writeln!(stream, "commit refs/heads/branch-{branch}\nmark :{}\ncommitter {who}", commit + 1).unwrap();
    writeln!(stream, "data <<.\n{commit}\n.").unwrap();
    for (idx, parent) in parents.iter().enumerate() {
        writeln!(stream, "{} :{}", if idx == 0 { "from" } else { "merge" }, parent + 1).unwrap();
    }
    if parents.is_empty() {
        // Else the branch's last commit would be the parent.
        writeln!(stream, "from 0000000000000000000000000000000000000000").unwrap();
    }
    writeln!(stream, "deleteall").unwrap();
    for (path, content) in tree {
        writeln!(stream, "M 644 inline {path}\ndata <<.\n{content}\n.").unwrap();
    }
    stream.push('\n');
}

/// Numbers from a seed.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) % end as u64) as usize
    }
}
