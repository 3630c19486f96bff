//! Reads `Chart.yaml` and `requirements.yaml` of Helm, and `requirements.yml` of Ansible, which people name alike.

use super::syntax::yaml;
use super::syntax::{Entry, Node, Value, yaml_document};
use super::{Manifest, Misread};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Source};

/// Reads the charts that a chart depends on.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let found: Result<_, _> = root.list(&["dependencies"])?.iter().map(chart).collect();
    Ok(Manifest { dependencies: found?, ..Manifest::default() })
}

fn chart(node: &Node) -> Result<Dependency, Misread> {
    let name = node
        .str("name")
        .ok_or_else(|| Misread::wrong_type("dependencies", "charts with a name", node.span))?;
    let place = node.str("repository").unwrap_or_default();
    let source = match place.split_once("://") {
        _ if place.is_empty() => Source::Path(format!("charts/{name}")),
        Some(("file", path)) => Source::Path(path.to_owned()),
        Some(_) | None => Source::OtherRegistry(place.to_owned()),
    };
    Ok(Dependency {
        key: node.str("alias").map(str::to_owned),
        requirement: node.str("version").unwrap_or_default().to_owned(),
        source,
        ..Dependency::new(Ecosystem::Helm, name, node.span)
    })
}

/// Reads the roles and collections that a playbook needs.
pub fn read_ansible(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for document in yaml(content)? {
        let lists = [document.get("roles"), document.get("collections"), document.get("dependencies")];
        let nested = lists.into_iter().flatten().flat_map(|entry| entry.node.items());
        manifest.dependencies.extend(document.items().iter().chain(nested).filter_map(role));
        // `galaxy.yml` has a table of collections and versions.
        if let Some(table) =
            document.get("dependencies").filter(|entry| matches!(entry.node.value, Value::Map(_)))
        {
            manifest.dependencies.extend(table.node.entries().iter().map(collection));
        }
    }
    Ok(manifest)
}

fn collection(entry: &Entry) -> Dependency {
    let requirement = entry.node.text().unwrap_or_default().to_owned();
    Dependency { requirement, ..Dependency::new(Ecosystem::Ansible, &entry.key, entry.span) }
}

/// `name`, `{ src: .. }`, `{ name: .., source: .., version: .. }`, `{ role: .. }`.
fn role(node: &Node) -> Option<Dependency> {
    let given = node.str("name").or(node.str("role"));
    let written = node.text().or(node.str("src")).or(given).or(node.str("source"))?;
    // `src,version,name`.
    let written = written.split(',').next().unwrap_or(written);
    let is_url = |text: &str| text.contains("://") || text.starts_with("git@") || text.starts_with("git+");
    let place = if is_url(written) { Some(written) } else { node.str("source").filter(|text| is_url(text)) };
    let git = place.filter(|place| place.contains("git") || node.str("type") == Some("git"));
    let (name, source) = match (git, place) {
        (Some(git), _) => (
            given.filter(|name| !is_url(name)).map_or_else(|| repository(git), str::to_owned),
            Source::Git(git.to_owned()),
        ),
        (None, Some(url)) if is_url(written) => {
            (given.filter(|name| !is_url(name)).unwrap_or(written).to_owned(), Source::Url(url.to_owned()))
        }
        (None, Some(server)) => (written.to_owned(), Source::OtherRegistry(server.to_owned())),
        (None, None) if matches!(node.str("type"), Some("file" | "dir" | "subdirs")) => {
            (written.to_owned(), Source::Path(written.to_owned()))
        }
        (None, None) => (written.to_owned(), Source::Registry),
    };
    let requirement = node.str("version").unwrap_or_default().to_owned();
    let key = given.filter(|key| *key != name && !is_url(key)).map(str::to_owned);
    Some(Dependency { key, requirement, source, ..Dependency::new(Ecosystem::Ansible, name, node.span) })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{Ansible, Helm};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn charts_are_read_with_their_repository() {
        check(
            Helm,
            "dependencies:\n- name: a\n  version: 1.x\n  repository: https://h.example/charts\n  alias: b\n- {name: c, repository: 'file://../c'}\n- {name: d, repository: 'oci://ghcr.io/o'}\n",
            &[
                "2:3 a(b) =1.x runtime registry:h.example/charts",
                "6:3 c = runtime path",
                "7:3 d = runtime registry:ghcr.io/o",
            ],
        );
        check_refused(Helm, "dependencies:\n- version: 1\n", "2:3 dependencies: expected charts with a name");
        check_refused(Helm, "dependencies:\n- name: {{ .Values.x }}\n", "2:10 a key that is no text");
    }

    #[test]
    fn roles_and_collections_are_read() {
        check(
            Ansible,
            "roles:\n- o.a\n- {src: o.b, version: v1}\n- {src: 'https://github.com/o/c.git', name: c}\ncollections:\n- {name: n.d, version: '1', source: 'https://h.example'}\n",
            &[
                "2:3 o.a = runtime registry",
                "3:3 o.b =v1 runtime registry",
                "4:3 c = runtime git:github.com/o/c",
                "6:3 n.d =1 runtime registry:h.example",
            ],
        );
        check(Ansible, "collections:\n- {name: ../c, type: dir}\n", &["2:3 ../c = runtime path"]);
        check(
            Ansible,
            "collections:\n- source: https://git.example/o/c.git\n  type: git\n  version: 1.2.3\n",
            &["2:3 git.example/o/c =1.2.3 runtime git:git.example/o/c"],
        );
        check(Ansible, "- src: o.a\n", &["1:3 o.a = runtime registry"]);
        check(Ansible, "namespace: x\ndependencies:\n  n.c: '>=1'\n", &["3:3 n.c =>=1 runtime registry"]);
    }
}
