//! Reads `helmfile.yaml`: the charts of its releases. It is a template of Go that writes YAML: what the template computes
//! is told, the rest is read as it stands.

use std::collections::BTreeMap;

use super::syntax::{Node, yaml};
use super::{Manifest, Misread, Note};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Source};

/// Stands for what a template computes; no chart has it in its name.
const COMPUTED: u8 = b'$';

/// Reads a `helmfile.yaml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let documents = yaml(&plain(content))?;
    let mut manifest = Manifest::default();
    let mut repositories = BTreeMap::new();
    for document in &documents {
        for one in document.list(&["repositories"])? {
            repositories.extend(one.str("name").zip(one.str("url")));
        }
    }
    for document in &documents {
        for release in document.list(&["releases"])? {
            let Some(chart) = release.get("chart") else { continue };
            let text = chart.node.text().unwrap_or_default();
            if text.contains(char::from(COMPUTED)) || text.is_empty() {
                manifest.notes.push(Note::Computed { what: "chart".to_owned(), span: chart.span });
                continue;
            }
            let (name, source) = place(text, &repositories);
            // A version that is computed stands as it is written.
            let version = release.get("version").map(|version| match version.node.text() {
                Some(text) if !text.contains(char::from(COMPUTED)) => text.to_owned(),
                Some(_) | None => {
                    let span = version.node.span;
                    String::from_utf8_lossy(&content[span.start..span.end]).trim().to_owned()
                }
            });
            let requirement = version.unwrap_or_default();
            manifest.dependencies.push(Dependency {
                requirement,
                source,
                ..Dependency::new(Ecosystem::Helm, name, chart.span)
            });
        }
        for other in document.list(&["helmfiles"])? {
            remote(other, &mut manifest);
        }
    }
    Ok(manifest)
}

/// `repository/chart`, `oci://host/path/chart`, `./folder`, `https://host/chart.tgz`, `git::https://..`.
fn place(chart: &str, repositories: &BTreeMap<&str, &str>) -> (String, Source) {
    if let Some(url) = chart.strip_prefix("git::") {
        return (repository(url), Source::Git(url.to_owned()));
    }
    let (front, name) = chart.rsplit_once('/').unwrap_or(("", chart));
    let source = match (chart.split_once("://"), repositories.get(front)) {
        (Some(("oci", _)), _) => Source::OtherRegistry(front.to_owned()),
        (Some(_), _) => Source::Url(chart.to_owned()),
        (None, Some(url)) => Source::OtherRegistry((*url).to_owned()),
        (None, None) if chart.starts_with(['.', '/']) => Source::Path(chart.to_owned()),
        (None, None) => Source::OtherRegistry(front.to_owned()),
    };
    (name.to_owned(), source)
}

/// `git::https://host/repository@path?ref=..` brings in the releases of another helmfile.
fn remote(other: &Node, acc: &mut Manifest) {
    let path = other.text().or(other.str("path")).unwrap_or_default();
    if let Some(url) = path.strip_prefix("git::") {
        let commit = url.split_once("ref=").map_or("", |(_, commit)| commit);
        let url = url.split(['?', '@']).next().unwrap_or(url);
        acc.dependencies.push(Dependency {
            requirement: commit.to_owned(),
            source: Source::Git(url.to_owned()),
            ..Dependency::new(Ecosystem::Git, repository(url), other.span)
        });
    }
}

/// The file with a mark over each byte of what is between `{{` and `}}`, so that places stay; a line of nothing else is
/// blank.
fn plain(content: &[u8]) -> Vec<u8> {
    let mut plain = content.to_vec();
    let mut at = 0;
    while let Some(open) = memchr::memmem::find(&content[at..], b"{{").map(|found| found + at) {
        let Some(close) = memchr::memmem::find(&content[open..], b"}}").map(|found| found + open + 2) else {
            break;
        };
        plain[open..close].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = COMPUTED);
        at = close;
    }
    for line in plain.split_mut(|byte| *byte == b'\n') {
        let only = |byte: &u8| *byte == COMPUTED || byte.is_ascii_whitespace();
        if line.contains(&COMPUTED) && line.iter().all(only) {
            line.fill(b' ');
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Helmfile;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn charts_of_releases_are_read_and_templates_told() {
        check(
            Helmfile,
            "repositories:\n- {name: r, url: https://h.example/charts}\n---\nreleases:\n{{- range .Values.x }}\n- name: {{ .name }}\n  chart: r/a\n  version: {{ .v | quote }}\n{{ end }}\n- name: b\n  chart: oci://ghcr.io/o/b\n  version: 1.2.3\n- {name: c, chart: ./c}\n- {name: d, chart: {{ .d }}}\n- {name: e, chart: other/e}\nhelmfiles:\n- git::https://h.example/o/f.git@helmfile.yaml?ref=v1\n",
            &[
                "7:3 a ={{ .v | quote }} runtime registry:h.example/charts",
                "11:3 b =1.2.3 runtime registry:ghcr.io/o",
                "13:13 c = runtime path",
                "15:13 e = runtime registry:other",
                "17:3 h.example/o/f =v1 runtime git:h.example/o/f",
                "14:13 computes chart",
            ],
        );
        check_refused(Helmfile, "releases: x\n", "1:1 releases: expected a list");
    }
}
