//! Reads workflows and actions of GitHub, Gitea and Forgejo: what they use and the images they run in. Knows no
//! repository: what lies in the same one (`./`) is not listed.

use std::collections::BTreeMap;

use super::syntax::{Entry, Node, yaml_document};
use super::{Manifest, Misread, Note, commands, image};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Reads a workflow or an `action.yml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    for job in root.table(&["jobs"])? {
        if let Some(uses) = job.node.get("uses") {
            use_of(uses, &mut manifest);
        }
        steps(&job.node, &mut manifest)?;
        if let Some(container) = job.node.get("container") {
            container_image(container, &mut manifest);
        }
        for service in job.node.at(&["services"]).map_or(&[][..], |entry| entry.node.entries()) {
            container_image(service, &mut manifest);
        }
    }
    if let Some(runs) = root.get("runs") {
        steps(&runs.node, &mut manifest)?;
        // Otherwise it is a file beside this one.
        let image = runs
            .node
            .get("image")
            .filter(|image| image.node.text().is_some_and(|text| text.starts_with("docker://")));
        if let Some(image) = image {
            container_image(image, &mut manifest);
        }
    }
    Ok(manifest)
}

fn steps(job: &Node, acc: &mut Manifest) -> Result<(), Misread> {
    for step in job.list(&["steps"])? {
        if let Some(uses) = step.get("uses") {
            let text = uses.node.text().unwrap_or_default();
            match text.strip_prefix("docker://") {
                Some(reference) => image::push(reference, &BTreeMap::new(), uses.span, acc),
                None => use_of(uses, acc),
            }
        }
        if let Some(run) = step.get("run") {
            commands::script_at(run.node.text().unwrap_or_default(), run.span, acc);
        }
    }
    Ok(())
}

/// `container: image` and `container: { image: .. }`.
fn container_image(entry: &Entry, acc: &mut Manifest) {
    let entry = entry.node.get("image").unwrap_or(entry);
    if let Some(text) = entry.node.text() {
        let text = text.strip_prefix("docker://").unwrap_or(text);
        let text = text.replace("${{", "${").replace("}}", "}");
        image::push(&text, &BTreeMap::new(), entry.span, acc);
    }
}

/// What is used; a name that only the run tells is told.
fn use_of(entry: &Entry, acc: &mut Manifest) {
    let dependency = used(entry);
    match dependency.filter(|one| !one.name.contains("${{")) {
        Some(dependency) => acc.dependencies.push(dependency),
        None => acc.notes.extend(
            entry
                .node
                .text()
                .filter(|text| text.contains("${{"))
                .map(|text| Note::Computed { what: text.to_owned(), span: entry.span }),
        ),
    }
}

/// `owner/repository/path@ref`, or with the address of another server in front.
fn used(entry: &Entry) -> Option<Dependency> {
    let text = entry.node.text()?.trim();
    if text.is_empty() || text.starts_with("./") || text.starts_with("../") {
        return None;
    }
    let (action, reference) = text.split_once('@').unwrap_or((text, ""));
    let (server, path) = match action.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or((Some(rest), ""), |(host, path)| (Some(host), path)),
        None => (None, action),
    };
    let mut parts = path.splitn(3, '/');
    let name = [parts.next(), parts.next()].into_iter().flatten().collect::<Vec<_>>().join("/");
    let inner = parts.next().is_some().then(|| path.to_owned());
    let server = server.filter(|server| *server != "github.com");
    Some(Dependency {
        key: inner,
        scope: Scope::Build,
        requirement: reference.to_owned(),
        source: server.map_or(Source::Registry, |server| Source::OtherRegistry(server.to_owned())),
        ..Dependency::new(Ecosystem::Actions, name, entry.span)
    })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Actions;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn a_name_that_the_run_computes_is_told() {
        check(Actions, "jobs: {a: {steps: [{uses: \"${{ x }}/y@v1\"}]}}\n", &["1:21 computes ${{ x }}/y@v1"]);
    }

    #[test]
    fn everything_that_a_workflow_uses_is_read() {
        check(
            Actions,
            "on: push\njobs:\n  a:\n    container: node:20\n    services:\n      db: {image: 'postgres:16'}\n    steps:\n      - uses: actions/checkout@v4 # v4.2\n      - {name: x, uses: \"o/r/sub/dir@feature/x\"}\n      - uses: ./local\n      - uses: docker://alpine:3\n      - uses: https://h.example/o/r@main\n      - run: |\n          uses: evil/evil@v1\n  b:\n    uses: o/w/.github/workflows/x.yml@main\n  c:\n    container: ${{ matrix.image }}\n",
            &[
                "4:5 node =20 runtime registry",
                "6:12 postgres =16 runtime registry",
                "8:9 actions/checkout =v4 build registry",
                "9:19 o/r(o/r/sub/dir) =feature/x build registry",
                "11:9 alpine =3 runtime registry",
                "12:9 o/r =main build registry:h.example",
                "16:5 o/w(o/w/.github/workflows/x.yml) =main build registry",
                "18:5 computes image ${ matrix.image }",
            ],
        );
    }

    #[test]
    fn actions_are_read_like_workflows() {
        check(
            Actions,
            "runs:\n  using: composite\n  steps:\n  - uses: o/r@v1\n",
            &["4:5 o/r =v1 build registry"],
        );
        check(
            Actions,
            "runs: {using: docker, image: 'docker://alpine:3'}\n",
            &["1:23 alpine =3 runtime registry"],
        );
        check(Actions, "runs: {using: docker, image: Dockerfile}\n", &[]);
        check(Actions, "x: &s\n  - uses: o/r@v1\njobs: {a: {steps: *s}}\n", &["2:5 o/r =v1 build registry"]);
    }

    #[test]
    fn what_does_not_read_is_refused() {
        check_refused(Actions, "jobs:\n  a:\n    steps: x\n", "3:5 steps: expected a list");
        check_refused(
            Actions,
            "jobs: {a: {}, a: {}}\n",
            "1:15 duplicate key \"a\": package managers differ on which one counts",
        );
        check_refused(Actions, "jobs: [\n", "2:1 while parsing a node, did not find expected node content");
    }
}
