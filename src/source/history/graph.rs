//! The commits of a history, parents before children, in the order in which git tells them; reads no content.

use std::collections::HashMap;

use crate::git::{GitError, Repo};
use crate::model::Oid;
use crate::source::SourceError;
use crate::text::escape;

/// What keeps a commit from being forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// A ref or a HEAD leads to it.
    Ref,
    /// Only a reflog names it or one of its descendants.
    Reflog,
    /// Nothing: it is there until git collects its garbage.
    Nothing,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: Oid,
    /// Its parents that were asked for, as places in the graph.
    pub parents: Vec<usize>,
    /// Those that are left out: what they hold did not come in with this commit.
    pub outside: Vec<Oid>,
    /// What leads to it.
    pub reach: Reach,
}

/// Commits in topological order: by git's rule, which no date can turn round.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    places: HashMap<Oid, usize>,
}

/// Reads what `include` reaches, `exclude` does not, and, with a moment, was committed then or later.
pub(super) fn read(
    repo: &Repo,
    include: &[Oid],
    exclude: &[Oid],
    since: Option<i64>,
) -> Result<Graph, SourceError> {
    let mut graph = Graph::default();
    if include.is_empty() {
        return Ok(graph);
    }
    let include = include.iter().map(|oid| format!("{oid}\n"));
    let exclude = exclude.iter().map(|oid| format!("^{oid}\n"));
    let input: String = include.chain(exclude).collect();
    graph.add(list(repo, &[], &input)?, since, Reach::Ref);
    Ok(graph)
}

/// A commit as git lists it.
struct Listed {
    time: i64,
    id: Oid,
    parents: Vec<Oid>,
}

fn list(repo: &Repo, more: &[&str], input: &str) -> Result<Vec<Listed>, SourceError> {
    let args = [&["--topo-order", "--reverse", "--parents", "--timestamp", "--stdin"], more].concat();
    let output = repo.git().feed("rev-list", &args, input.as_bytes())?;
    let lines = output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let listed = lines.map(|line| {
        let error = || GitError::NotUnderstood { command: "rev-list", what: escape(line) };
        understand(line).ok_or_else(error)
    });
    Ok(listed.collect::<Result<_, _>>()?)
}

/// Time, id, parents.
fn understand(line: &[u8]) -> Option<Listed> {
    let mut words = line.split(|&byte| byte == b' ');
    let time = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let id = Oid::from_hex(words.next()?).ok()?;
    let parents = words.map(Oid::from_hex).collect::<Result<_, _>>().ok()?;
    Some(Listed { time, id, parents })
}

impl Graph {
    /// The commits, parents before children.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Where a commit stands.
    pub fn place(&self, id: Oid) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// Adds what only reflogs remember; returns the place of the first.
    pub(super) fn add_reflogs(&mut self, repo: &Repo) -> Result<usize, SourceError> {
        let first = self.nodes.len();
        let known: String = self.nodes.iter().map(|node| format!("^{}\n", node.id)).collect();
        self.add(list(repo, &["--reflog"], &known)?, None, Reach::Reflog);
        Ok(first)
    }

    fn add(&mut self, listed: Vec<Listed>, since: Option<i64>, reach: Reach) {
        for Listed { time, id, parents } in listed {
            if since.is_none_or(|since| time >= since) {
                self.push(id, &parents, reach);
            }
        }
    }

    /// Adds a commit, after those of its parents that are there.
    pub(super) fn push(&mut self, id: Oid, parents: &[Oid], reach: Reach) {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for parent in parents {
            match self.place(*parent) {
                Some(place) => inside.push(place),
                None => outside.push(*parent),
            }
        }
        self.places.insert(id, self.nodes.len());
        self.nodes.push(Node { id, parents: inside, outside, reach });
    }
}
