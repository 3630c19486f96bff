//! Reads `kustomization.yaml`: images that take the place of others, charts, and bases from elsewhere.

use super::syntax::{Node, yaml_document};
use super::{Manifest, Misread, image};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Source};

/// Lists of folders and files, which may be addresses.
const BASES: [&str; 3] = ["resources", "bases", "components"];

/// Reads a `kustomization.yaml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    for list in BASES {
        manifest.dependencies.extend(root.list(&[list])?.iter().filter_map(base));
    }
    manifest.dependencies.extend(root.list(&["images"])?.iter().filter_map(replaced));
    for chart in root.list(&["helmCharts"])? {
        let name = chart
            .str("name")
            .ok_or_else(|| Misread::wrong_type("helmCharts", "charts with a name", chart.span))?;
        let source = chart
            .str("repo")
            .map_or(Source::Path(format!("charts/{name}")), |repo| Source::OtherRegistry(repo.to_owned()));
        manifest.dependencies.push(Dependency {
            requirement: chart.str("version").unwrap_or_default().to_owned(),
            source,
            ..Dependency::new(Ecosystem::Helm, name, chart.span)
        });
    }
    Ok(manifest)
}

/// `https://host/o/r//folder?ref=v1`, `github.com/o/r/folder?ref=v1`, `git@host:o/r`: everything but files of this
/// repository.
fn base(node: &Node) -> Option<Dependency> {
    let text = node.text()?.trim();
    let hosted = ["github.com/", "gitlab.com/", "bitbucket.org/", "git::", "git@"];
    if !text.contains("://") && !hosted.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let (place, query) = text.split_once('?').unwrap_or((text, ""));
    let revision =
        query.split('&').find_map(|part| part.strip_prefix("ref=").or(part.strip_prefix("version=")));
    let is_file = [".yaml", ".yml", ".json"].iter().any(|end| place.ends_with(end));
    if is_file {
        return Some(Dependency {
            source: Source::Url(text.to_owned()),
            ..Dependency::new(Ecosystem::Git, place, node.span)
        });
    }
    // Behind `//` stands a folder of the repository.
    let scheme = place.find("://").map_or(0, |at| at + 3);
    let end = place[scheme..].find("//").map_or(place.len(), |at| scheme + at);
    Some(Dependency {
        requirement: revision.unwrap_or_default().to_owned(),
        ..Dependency::new(Ecosystem::Git, repository(&place[..end]), node.span)
    })
}

/// `{ name: a, newName: b, newTag: 1, digest: … }`.
fn replaced(node: &Node) -> Option<Dependency> {
    let name = node.str("newName").or(node.str("name"))?;
    let tag = node.get("newTag").and_then(|entry| entry.node.text()).map(|tag| format!(":{tag}"));
    let digest = node.str("digest").map(|digest| format!("@{digest}"));
    image::read(&format!("{name}{}{}", tag.unwrap_or_default(), digest.unwrap_or_default()), node.span)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Kustomize;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn images_charts_and_bases_are_read() {
        check(
            Kustomize,
            "resources:\n- deploy.yaml\n- ../base\n- https://github.com/o/r//deploy?ref=v1\n- https://h.example/x/crd.yaml\n- github.com/o/s?ref=main\nimages:\n- name: nginx\n  newName: r.example/nginx\n  newTag: '1.25'\n- {name: a, digest: 'sha256:00'}\nhelmCharts:\n- {name: redis, repo: 'https://h.example/charts', version: 1.0.0}\n",
            &[
                "4:3 github.com/o/r =v1 runtime registry",
                "5:3 https://h.example/x/crd.yaml = runtime url:https://h.example/x/crd.yaml",
                "6:3 github.com/o/s =main runtime registry",
                "8:3 r.example/nginx =1.25 runtime registry",
                "11:3 a =sha256:00 runtime registry",
                "13:3 redis =1.0.0 runtime registry:h.example/charts",
            ],
        );
        check_refused(
            Kustomize,
            "helmCharts:\n- version: 1\n",
            "2:3 helmCharts: expected charts with a name",
        );
    }
}
