//! Reads `deno.json`, import maps and `jsr.json`: what names in imports stand for.

use super::syntax::{COMMENTS, Entry, json};
use super::{Manifest, Misread, npm_spec};
use crate::model::{Dependency, Ecosystem, Source, Span};

/// Reads a `deno.json` or an import map.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &COMMENTS)?;
    let mut manifest = Manifest::default();
    for entry in root.table(&["imports"])? {
        manifest.dependencies.extend(import(entry));
    }
    for scope in root.table(&["scopes"])? {
        for entry in scope.table()? {
            manifest.dependencies.extend(import(entry));
        }
    }
    Ok(manifest)
}

/// `npm:a@1/sub`, `jsr:@s/a@1/sub`, a URL; nothing for a file beside this one.
fn import(entry: &Entry) -> Option<Dependency> {
    let found = package(entry.node.text()?, entry.span)?;
    let key = Some(entry.key.clone()).filter(|key| *key != found.name);
    Some(Dependency { key, ..found })
}

/// The package that a specifier names.
pub fn package(text: &str, span: Span) -> Option<Dependency> {
    if text.contains("://") {
        let requirement = String::new();
        let source = Source::Url(text.to_owned());
        // The file is the package: its name is its address, without the scheme.
        let name = crate::deps::origin::without_credentials(text);
        return Some(Dependency { requirement, source, ..Dependency::new(Ecosystem::Npm, name, span) });
    }
    let rest = text.strip_prefix("npm:").or(text.strip_prefix("jsr:"))?.trim_start_matches('/');
    // What stands behind the second slash of a scoped name, or the first of another, is a file in the package.
    let slash = if rest.starts_with('@') { 2 } else { 1 };
    let end = rest.match_indices('/').nth(slash - 1).map_or(rest.len(), |(at, _)| at);
    let spec = npm_spec::parse(&format!("{}{}", &text[..4], &rest[..end]));
    let name = spec.name?;
    let (requirement, source) = (spec.requirement, spec.source);
    Some(Dependency { requirement, source, ..Dependency::new(Ecosystem::Npm, name, span) })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Deno;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn imports_are_resolved_to_packages() {
        check(
            Deno,
            "{ // why\n\"imports\": {\n\"@std/path\": \"jsr:@std/path@^1/posix\",\n\"x\": \"npm:a@1/sub\",\n\"y/\": \"https://h.example/y@1/\",\n\"z\": \"./z.ts\",\n},\n\"scopes\": {\"./x/\": {\"b\": \"npm:/@s/b@2\"}}}",
            &[
                "3:1 @std/path =^1 runtime registry:jsr.io",
                "4:1 a(x) =1 runtime registry",
                "5:1 https://h.example/y@1/(y/) = runtime url:https://h.example/y@1/",
                "8:21 @s/b(b) =2 runtime registry",
            ],
        );
        check_refused(Deno, "{\"imports\": 1}", "1:2 imports: expected a table");
    }
}
