//! `pnpm-lock.yaml` of every version.

use super::super::syntax::{Entry, Node, yaml};
use super::super::{Manifest, Misread};
use super::{answer, facts, integrity, locked, unexpected};
use crate::model::{Dependency, Ecosystem, Locked, Source};

/// Reads a `pnpm-lock.yaml`, which may hold a document for pnpm itself in front of the project's.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let (mut found, mut direct) = (Vec::new(), Vec::new());
    for document in yaml(content)? {
        let document: Node = document.file()?;
        for entry in document.table(&["packages"])? {
            found.push(package(entry)?);
        }
        for path in [&["importers", "."][..], &[]] {
            for table in ["dependencies", "devDependencies", "optionalDependencies"] {
                let entries = document.table(&[path, &[table]].concat())?;
                direct.extend(entries.iter().map(|one| (one.key.clone(), one.span)));
            }
        }
    }
    Ok(Manifest { direct, ..answer(found) })
}

/// `/a/1.0.0_peer@2` (5), `/@s/a@1.0.0(peer@2)` (6), `@s/a@1.0.0` (9), `github.com/o/a/abc`, `a@https://..`.
fn package(entry: &Entry) -> Result<Dependency, Misread> {
    let key = entry.key.split('(').next().unwrap_or(&entry.key);
    // `registry.example.com/a/1.0.0`; version 6 writes `@github.com/o/a/abc`, where one more part tells a host from a scope.
    let placed = key.strip_prefix('@').unwrap_or(key).split_once('/');
    let host =
        placed.filter(|(host, rest)| host.contains('.') && !host.contains(['@', ':']) && rest.contains('/'));
    let (host, bare) = match host {
        Some((host, rest)) => (Some(host), rest),
        None => (None, key.strip_prefix('/').unwrap_or(key)),
    };
    let malformed = || unexpected(&entry.key, entry.span);
    let scope = if bare.starts_with('@') { bare.find('/').ok_or_else(malformed)? + 1 } else { 0 };
    let end = bare[scope..].find(['@', '/']).map(|at| at + scope);
    let (name, version) = end.map_or((bare, ""), |at| (&bare[..at], &bare[at + 1..]));
    let version = version.split('_').next().unwrap_or(version);
    let tarball = entry.node.at(&["resolution", "tarball"]).and_then(|entry| entry.node.text());
    let folder = entry.node.at(&["resolution", "directory"]).and_then(|entry| entry.node.text());
    let repository = entry.node.at(&["resolution", "repo"]).and_then(|entry| entry.node.text());
    // An entry from elsewhere is called by its place and says its name inside.
    let (name, version) = match entry.node.str("name") {
        Some(name) => (name, entry.node.str("version").unwrap_or(version)),
        None => (name, version),
    };
    let source = match (repository, tarball) {
        (Some(url), _) => Source::Git(url.to_owned()),
        (None, _) if folder.is_some() => Source::Path(folder.unwrap_or_default().to_owned()),
        (None, Some(url))
            if version.contains("://") || key != entry.key && key.contains("://") || host.is_some() =>
        {
            Source::Url(url.to_owned())
        }
        (None, _) if version.starts_with("file:") || version.starts_with("link:") => {
            Source::Path(version[5..].to_owned())
        }
        (None, _) if version.contains("://") => Source::Url(version.to_owned()),
        (None, _) => host.map_or(Source::Registry, |host| Source::OtherRegistry(host.to_owned())),
    };
    // The place stands in the source.
    let version = match entry.node.str("version") {
        Some(stated) if version.contains("://") => stated,
        Some(_) | None => version,
    };
    let hashes = integrity(entry.node.at(&["resolution", "integrity"]).and_then(|entry| entry.node.text()));
    let runs_code = entry.node.str("requiresBuild") == Some("true");
    let locked_as = Locked { runs_code, ..facts(tarball, hashes) };
    Ok(Dependency { source, locked: locked_as, ..locked(Ecosystem::Npm, name, version, entry.span) })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::PnpmLock;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn keys_of_every_version_are_read() {
        for (key, expected) in [
            ("/a/1.0.0", "a =1.0.0 indirect registry"),
            ("/@s/a/1.0.0_react@18", "@s/a =1.0.0 indirect registry"),
            ("/a@1.0.0(react@18)", "a =1.0.0 indirect registry"),
            ("'@s/a@1.0.0'", "@s/a =1.0.0 indirect registry"),
            ("a@https://h.example/a.tgz", "a =https://h.example/a.tgz indirect url:https://h.example/a.tgz"),
            ("a@file:../a", "a =file:../a indirect path"),
            ("r.example/a/1.0.0", "a =1.0.0 indirect registry:r.example"),
            ("r.example/@s/a/1.0.0_react@18", "@s/a =1.0.0 indirect registry:r.example"),
            ("'@s.t/a@1.0.0'", "@s.t/a =1.0.0 indirect registry"),
        ] {
            check(
                PnpmLock,
                format!("packages:\n  {key}:\n    resolution: {{integrity: x}}\n"),
                &[&format!("2:3 {expected}")],
            );
        }
        check(
            PnpmLock,
            "packages:\n  '@github.com/o/a/abc':\n    resolution: {tarball: 'https://codeload.github.com/o/a/tar.gz/abc'}\n    name: a\n    version: 1.0.0\n",
            &["2:3 a =1.0.0 indirect url:https://codeload.github.com/o/a/tar.gz/abc"],
        );
        check(
            PnpmLock,
            "packages:\n  github.com/o/a/abc:\n    resolution: {tarball: 'https://codeload.github.com/o/a/tar.gz/abc'}\n    name: a\n    version: 1.0.0\n",
            &["2:3 a =1.0.0 indirect url:https://codeload.github.com/o/a/tar.gz/abc"],
        );
    }

    #[test]
    fn every_document_counts() {
        check(
            PnpmLock,
            "packages:\n  a@1: {}\n---\npackages:\n  b@2: {}\n",
            &["2:3 a =1 indirect registry", "5:3 b =2 indirect registry"],
        );
        check(PnpmLock, "lockfileVersion: '9.0'\n", &[]);
        check(
            PnpmLock,
            "packages:\n  file:x:\n    resolution: {directory: x, type: directory}\n    name: a\n  b@https://h.example/b.tgz:\n    version: 1.0.0\n",
            &["2:3 a = indirect path", "5:3 b =1.0.0 indirect url:https://h.example/b.tgz"],
        );
        check_refused(PnpmLock, "packages:\n  '@s': {}\n", "2:3 unexpected line \"@s\"");
    }
}
