//! Lock files in JSON, and the one of pub: Composer, NuGet, Pipenv, Bun, Deno, SwiftPM, Conan, Nix flakes.

use super::super::syntax::{COMMENTS, Entry, Node, STRICT, json, yaml_document};
use super::super::{Manifest, Misread, npm_spec};
use super::{answer, facts, from_url, integrity, locked, unexpected};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Source, Span};

/// Reads a `composer.lock`.
pub fn composer(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut found = Vec::new();
    for list in ["packages", "packages-dev"] {
        for package in root.list(&[list])? {
            let name = package
                .get("name")
                .ok_or_else(|| Misread::wrong_type(list, "packages with a name", package.span))?;
            found.push(locked(
                Ecosystem::Composer,
                name.required_text()?,
                package.str("version").unwrap_or_default(),
                name.span,
            ));
        }
    }
    Ok(answer(found))
}

/// Reads a `packages.lock.json`: for every framework its packages; a project of the solution is none.
pub fn nuget(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut found = Vec::new();
    for framework in root.table(&["dependencies"])? {
        for entry in framework.table()?.iter().filter(|entry| entry.node.str("type") != Some("Project")) {
            found.push(locked(
                Ecosystem::Nuget,
                &entry.key,
                entry.node.str("resolved").unwrap_or_default(),
                entry.span,
            ));
        }
    }
    Ok(answer(found))
}

/// Reads a `Pipfile.lock`.
pub fn pipenv(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut found = Vec::new();
    for category in root.entries().iter().filter(|entry| entry.key != "_meta") {
        for entry in category.table()? {
            let node = &entry.node;
            let source = match (node.str("git"), node.str("file"), node.str("path")) {
                (Some(url), _, _) => Source::Git(url.to_owned()),
                (None, Some(url), _) => Source::Url(url.to_owned()),
                (None, None, Some(path)) => Source::Path(path.to_owned()),
                (None, None, None) => Source::Registry,
            };
            let version = node.str("version").or(node.str("ref")).unwrap_or_default();
            let hashes = node.list(&["hashes"])?.iter().filter_map(Node::text).map(str::to_owned);
            let locked_as = facts(None, hashes);
            found.push(Dependency {
                source,
                locked: locked_as,
                ..locked(Ecosystem::Pypi, &entry.key, version, entry.span)
            });
        }
    }
    Ok(answer(found))
}

/// Reads a `bun.lock`: `"key": ["name@version", ..]`.
pub fn bun(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &COMMENTS)?;
    let mut found = Vec::new();
    for entry in root.table(&["packages"])? {
        let first =
            entry.list()?.first().and_then(Node::text).ok_or_else(|| unexpected(&entry.key, entry.span))?;
        let dependency = specified(first, entry.span).ok_or_else(|| unexpected(first, entry.span))?;
        let tail = entry.key.rsplit('/').next().unwrap_or(&entry.key);
        let key = (!dependency.name.ends_with(tail)).then(|| entry.key.clone());
        if dependency.source != Source::Workspace {
            let hash = entry.list()?.last().and_then(Node::text).filter(|hash| hash.starts_with("sha"));
            found.push(Dependency { key, locked: facts(None, integrity(hash)), ..dependency });
        }
    }
    Ok(answer(found))
}

/// `name@version`, where the version may be a place.
fn specified(text: &str, span: Span) -> Option<Dependency> {
    let (at, _) = text.char_indices().skip(1).find(|(_, char)| *char == '@')?;
    let spec = npm_spec::parse(&text[at + 1..]);
    Some(Dependency { source: spec.source, ..locked(Ecosystem::Npm, &text[..at], &text[at + 1..], span) })
}

/// Reads a `deno.lock` of any version: packages of npm and JSR, and files by their address.
pub fn deno(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut found = Vec::new();
    for (path, jsr) in [
        (&["npm"][..], false),
        (&["jsr"], true),
        (&["packages", "npm"], false),
        (&["packages", "jsr"], true),
        (&["npm", "packages"], false),
    ] {
        let old = path == ["npm"] && root.at(&["npm", "packages"]).is_some();
        for entry in root.table(path)?.iter().filter(|_| !old) {
            // Peers stand behind an underscore.
            let text = entry.key.split('_').next().unwrap_or(&entry.key);
            let text =
                if text.ends_with('@') || !text[1..].contains('@') { entry.key.as_str() } else { text };
            let dependency = specified(text, entry.span).ok_or_else(|| unexpected(&entry.key, entry.span))?;
            let source = if jsr { Source::OtherRegistry("jsr.io".to_owned()) } else { Source::Registry };
            found.push(Dependency { source, ..dependency });
        }
    }
    for entry in root.table(&["remote"])? {
        let source = Source::Url(entry.key.clone());
        found.push(Dependency { source, ..locked(Ecosystem::Npm, &entry.key, "", entry.span) });
    }
    Ok(answer(found))
}

/// Reads a `Package.resolved` of any version.
pub fn swift(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let pins = match root.get("pins") {
        Some(pins) => pins.list()?,
        None => root.list(&["object", "pins"])?,
    };
    let mut found = Vec::new();
    for pin in pins {
        let place = pin.get("location").or(pin.get("repositoryURL"));
        let place = place.ok_or_else(|| Misread::wrong_type("pins", "pins with a location", pin.span))?;
        let state = |key| pin.at(&["state", key]).and_then(|entry| entry.node.text());
        let version = ["version", "branch", "revision"].into_iter().find_map(state).unwrap_or_default();
        let key = pin.str("identity").or(pin.str("package")).map(str::to_owned);
        let place = (place.required_text()?, place.span);
        found.push(match key {
            // A package of a registry has no location.
            Some(name) if place.0.is_empty() => locked(Ecosystem::Swift, name, version, place.1),
            key => Dependency { key, ..locked(Ecosystem::Swift, repository(place.0), version, place.1) },
        });
    }
    Ok(answer(found))
}

/// Reads a `conan.lock`.
pub fn conan(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut found = Vec::new();
    let mut reference = |text: &str, span: Span| {
        let (name, version) = text.split_once('/').unwrap_or((text, ""));
        found.push(locked(Ecosystem::Conan, name, version.split('#').next().unwrap_or(version), span));
    };
    for list in ["requires", "build_requires", "python_requires", "config_requires"] {
        for node in root.list(&[list])? {
            reference(node.text().unwrap_or_default(), node.span);
        }
    }
    // Before version 2: nodes of a graph, of which the first is the recipe itself.
    for node in root.table(&["graph_lock", "nodes"])? {
        if let Some(entry) = node.node.get("ref").filter(|_| node.key != "0") {
            reference(entry.required_text()?, entry.span);
        }
    }
    Ok(answer(found))
}

/// Reads a `flake.lock`.
pub fn flake(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut found = Vec::new();
    for node in root.table(&["nodes"])? {
        let Some(place) = node.node.get("locked") else { continue };
        let text = |key| place.node.str(key).unwrap_or_default();
        let name = match text("type") {
            "github" | "gitlab" | "sourcehut" => {
                format!("{}.com/{}/{}", text("type"), text("owner"), text("repo"))
            }
            "path" => continue,
            _ => repository(text("url")),
        };
        let key = Some(node.key.clone());
        found.push(Dependency { key, ..locked(Ecosystem::Git, name, text("rev"), place.span) });
    }
    Ok(answer(found))
}

/// Reads a `pubspec.lock`, which is YAML.
pub fn pub_lock(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let found: Vec<Dependency> = root.table(&["packages"])?.iter().map(pub_package).collect();
    Ok(answer(found))
}

fn pub_package(entry: &Entry) -> Dependency {
    let url = entry.node.at(&["description", "url"]).and_then(|url| url.node.text()).unwrap_or_default();
    let source = match entry.node.str("source") {
        Some("git") => Source::Git(url.to_owned()),
        Some("path") => Source::Path(
            entry
                .node
                .at(&["description", "path"])
                .and_then(|path| path.node.text())
                .unwrap_or_default()
                .to_owned(),
        ),
        Some("sdk") => Source::Workspace,
        Some(_) | None => match from_url(url, &["pub.dev", "pub.dartlang.org"]) {
            Source::Url(url) => Source::OtherRegistry(url),
            other => other,
        },
    };
    Dependency {
        source,
        ..locked(Ecosystem::Pub, &entry.key, entry.node.str("version").unwrap_or_default(), entry.span)
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{
        BunLock, ComposerLock, ConanLock, DenoLock, FlakeLock, NugetLock, PipfileLock, PubspecLock, SwiftLock,
    };
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_of_every_format_are_read() {
        check(
            ComposerLock,
            "{\"packages\": [{\"name\": \"a/b\", \"version\": \"1\"}], \"packages-dev\": []}",
            &["1:16 a/b =1 indirect registry"],
        );
        check_refused(ComposerLock, "{\"packages\": [{}]}", "1:15 packages: expected packages with a name");
        check(
            NugetLock,
            "{\"dependencies\": {\"net8\": {\"A\": {\"type\": \"Direct\", \"resolved\": \"1\"}, \"own\": {\"type\": \"Project\"}}}}",
            &["1:28 A =1 indirect registry"],
        );
        check(
            PipfileLock,
            "{\"_meta\": {\"sources\": []}, \"default\": {\"a\": {\"version\": \"==1\"}}, \"develop\": {\"b\": {\"git\": \"https://h.example/b\"}}}",
            &["1:40 a ===1 indirect registry", "1:78 b = indirect git:h.example/b"],
        );
        check(
            BunLock,
            "{\"packages\": {\n\"a\": [\"a@1\", \"\", {}, \"sha\"],\n\"x\": [\"evil@2\"],\n\"own\": [\"own@workspace:own\"],},}",
            &["2:1 a =1 indirect registry", "3:1 evil(x) =2 indirect registry"],
        );
        check(
            DenoLock,
            "{\"version\": \"4\", \"jsr\": {\"@std/a@1\": {}}, \"npm\": {\"b@2_c@3\": {}}, \"remote\": {\"https://h.example/x.ts\": \"h\"}}",
            &[
                "1:26 @std/a =1 indirect registry:jsr.io",
                "1:51 b =2 indirect registry",
                "1:78 https://h.example/x.ts = indirect url:https://h.example/x.ts",
            ],
        );
        check(
            SwiftLock,
            "{\"pins\": [{\"identity\": \"x\", \"location\": \"https://github.com/o/x.git\", \"state\": {\"version\": \"1\"}}]}",
            &["1:29 github.com/o/x(x) =1 indirect registry"],
        );
        check(ConanLock, "{\"requires\": [\"a/1#r%1.0\"]}", &["1:15 a =1 indirect registry"]);
        check(
            FlakeLock,
            "{\"nodes\": {\"n\": {\"locked\": {\"type\": \"github\", \"owner\": \"o\", \"repo\": \"n\", \"rev\": \"x\"}}, \"root\": {}}}",
            &["1:18 github.com/o/n(n) =x indirect registry"],
        );
        check(
            PubspecLock,
            "packages:\n  a:\n    source: hosted\n    description: {url: \"https://pub.dev\"}\n    version: \"1\"\n",
            &["2:3 a =1 indirect registry"],
        );
    }
}
