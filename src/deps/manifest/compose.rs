//! Reads Compose files: the images of services. Knows no environment; a variable counts with its default.

use std::collections::BTreeMap;

use super::syntax::yaml_document;
use super::{Include, Manifest, Misread, dockerfile, image};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Reads a Compose file.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    // Before version 2 services stood at the top.
    let services = match root.get("services") {
        Some(services) => services.table()?,
        None if root.get("version").is_none() => root.entries(),
        None => &[],
    };
    for service in services {
        let build = service.node.get("build");
        let image = service.node.get("image").filter(|_| build.is_none());
        if let Some((text, entry)) = image.and_then(|entry| Some((entry.node.text()?, entry))) {
            image::push(text, &BTreeMap::new(), entry.span, &mut manifest);
        }
        let Some(build) = build else { continue };
        // What is built from elsewhere: `https://h.example/x.git#main`.
        let context = build.node.text().or(build.node.str("context")).unwrap_or_default();
        if context.contains("://") || context.starts_with("git@") {
            let (place, commit) = context.split_once('#').unwrap_or((context, ""));
            manifest.dependencies.push(Dependency {
                requirement: commit.to_owned(),
                source: Source::Git(place.to_owned()),
                scope: Scope::Build,
                ..Dependency::new(Ecosystem::Git, repository(place), build.span)
            });
        }
        if let Some(inline) = build.node.get("dockerfile_inline") {
            let inner = dockerfile::read(inline.node.text().unwrap_or_default().as_bytes())?;
            manifest.dependencies.extend(inner.dependencies.into_iter().map(|mut dependency| {
                dependency.span = inline.span;
                dependency
            }));
        }
        for context in build.node.at(&["additional_contexts"]).map_or(&[][..], |entry| entry.node.entries()) {
            if let Some(text) = context.node.text().and_then(|text| text.strip_prefix("docker-image://")) {
                image::push(text, &BTreeMap::new(), context.span, &mut manifest);
            }
        }
    }
    for include in root.get("include").map_or(&[][..], |entry| entry.node.items()) {
        let path = include.text().or(include.str("path")).filter(|path| path.contains("://"));
        let include =
            path.map(|path| Include { target: path.to_owned(), constraint: false, span: include.span });
        manifest.includes.extend(include);
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Compose;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn what_is_built_from_elsewhere_is_a_repository() {
        check(
            Compose,
            "services:\n  a:\n    build: https://h.example/o/a.git#main\n  b: {build: {context: 'git@h.example:o/b.git'}}\n  c: {build: ./c}\n",
            &[
                "3:5 h.example/o/a =main build git:h.example/o/a",
                "4:7 h.example/o/b = build git:h.example/o/b",
            ],
        );
    }

    #[test]
    fn images_of_services_are_read() {
        check(
            Compose,
            "x-base: &base\n  image: b:${V:-1}\nservices:\n  a:\n    image: \"a:1\"\n  b:\n    <<: *base\n  c:\n    build: .\n    image: own\n  d:\n    build:\n      dockerfile_inline: |\n        FROM d\n      additional_contexts:\n        x: docker-image://e\n  f:\n    image: ${F}\n  g: {image: !reset null}\n",
            &[
                "2:3 b =1 runtime registry",
                "5:5 a =1 runtime registry",
                "13:7 d = runtime registry",
                "16:9 e = runtime registry",
                "18:5 computes image ${F}",
            ],
        );
        check(Compose, "web:\n  image: a\n", &["2:3 a = runtime registry"]);
        check_refused(
            Compose,
            "services:\n  a: {}\n  a: {}\n",
            "3:3 duplicate key \"a\": package managers differ on which one counts",
        );
    }
}
