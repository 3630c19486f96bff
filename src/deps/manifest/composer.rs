//! Reads `composer.json`. Knows packages and repositories, not the platform: PHP and its extensions are no packages.

use super::syntax::{STRICT, json};
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope, Source, Span};

/// Reads a `composer.json`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut manifest = Manifest::default();
    for (table, scope) in [("require", Scope::Runtime), ("require-dev", Scope::Dev)] {
        for entry in root.table(&[table])? {
            let requirement = entry.required_text()?.to_owned();
            if !is_platform(&entry.key) {
                let dependency = Dependency::new(Ecosystem::Composer, &entry.key, entry.span);
                manifest.dependencies.push(Dependency { scope, requirement, ..dependency });
            }
        }
    }
    if let Some(repositories) = root.get("repositories") {
        let listed = repositories.node.items().iter().map(|node| (node, node.span));
        let named = repositories.node.entries().iter().map(|entry| (&entry.node, entry.span));
        for (repository, span) in listed.chain(named) {
            let url = repository.str("url").filter(|_| repository.str("type") != Some("path"));
            let package =
                repository.at(&["package", "dist", "url"]).or(repository.at(&["package", "source", "url"]));
            let url = url.or(package.and_then(|entry| entry.node.text()));
            manifest.notes.extend(url.filter(|url| !is_packagist(url)).map(|url| registry(url, span)));
        }
    }
    for plugin in root.table(&["config", "allow-plugins"]).unwrap_or(&[]) {
        if plugin.node.text() == Some("true") {
            let what = format!("the plugin {}", plugin.key);
            let package = Some(plugin.key.clone());
            manifest.notes.push(Note::InstallCode { what, package, span: plugin.span });
        }
    }
    Ok(manifest)
}

fn registry(url: &str, span: Span) -> Note {
    Note::Registry { source: Source::OtherRegistry(url.to_owned()), span }
}

fn is_packagist(url: &str) -> bool {
    matches!(url.trim_end_matches('/'), "https://packagist.org" | "https://repo.packagist.org")
}

/// `php`, `ext-json`, `composer-runtime-api`: anything without a vendor comes with the machine.
fn is_platform(name: &str) -> bool {
    !name.contains('/')
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Composer;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_are_read_and_the_platform_is_left_out() {
        check(
            Composer,
            "{\"require\": {\"php\": \">=8\", \"ext-json\": \"*\",\n \"a/b\": \"^1\"}, \"require-dev\": {\"C/d\": \"dev-main\"}, \"replace\": {\"x/y\": \"*\"}}",
            &["2:2 a/b =^1 runtime registry", "2:32 C/d =dev-main dev registry"],
        );
        check(Composer, "{\"require\": []}", &[]);
    }

    #[test]
    fn repositories_are_told() {
        check(
            Composer,
            "{\"repositories\": [{\"type\": \"vcs\", \"url\": \"https://h.example/r\"}, {\"type\": \"path\", \"url\": \"../x\"},\n {\"type\": \"package\", \"package\": {\"dist\": {\"url\": \"https://h.example/p.zip\"}}}, {\"packagist.org\": false}]}",
            &["1:19 looks in registry:h.example/r", "2:2 looks in registry:h.example/p.zip"],
        );
        check(
            Composer,
            "{\"repositories\": {\"x\": {\"type\": \"composer\", \"url\": \"https://h.example\"}}}",
            &["1:19 looks in registry:h.example"],
        );
    }

    #[test]
    fn what_readers_differ_on_is_refused() {
        check_refused(
            Composer,
            "{\"require\": {\"a/b\": \"1\",\n\"a/b\": \"2\"}}",
            "2:1 duplicate key \"a/b\": package managers differ on which one counts",
        );
        check_refused(Composer, "{\"require\": {\"a/b\": {}}}", "1:14 a/b: expected a string");
        check_refused(Composer, "{\"require\": \"a/b\"}", "1:2 require: expected a table");
    }
}
