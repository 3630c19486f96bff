//! Lock files of one line an entry: `go.sum`, `vendor/modules.txt`, `gradle.lockfile`; and Gradle's verification metadata.

use super::super::syntax::xml;
use super::super::{Manifest, Misread};
use super::{answer, facts, lines_of, locked, unexpected};
use crate::model::{Dependency, Ecosystem, Source};

/// Reads a `go.sum`: `module version hash`. It holds more than is built.
pub fn go_sum(content: &[u8]) -> Result<Manifest, Misread> {
    let mut found = Vec::new();
    for (line, span) in lines_of(content)? {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            [] => {}
            // The hash of a go.mod alone brings in no code.
            [_, version, _] if version.ends_with("/go.mod") => {}
            [module, version, hash] => {
                let locked_as = facts(None, [(*hash).to_owned()]);
                found.push(Dependency {
                    locked: locked_as,
                    ..locked(Ecosystem::Golang, *module, version, span)
                });
            }
            _ => return Err(unexpected(line, span)),
        }
    }
    Ok(answer(found))
}

/// Reads a `vendor/modules.txt`: `# module version`, `# module => other version`, and the packages of each below it.
pub fn go_vendor(content: &[u8]) -> Result<Manifest, Misread> {
    let mut found = Vec::new();
    for (line, span) in lines_of(content)? {
        let Some(module) = line.strip_prefix("# ") else { continue };
        let (declared, built) = module.split_once("=>").unwrap_or((module, module));
        let mut words = built.split_whitespace();
        let (Some(name), version) = (words.next(), words.next().unwrap_or_default()) else {
            return Err(unexpected(line, span));
        };
        let key = declared.split_whitespace().next().filter(|key| *key != name).map(str::to_owned);
        let is_path = name.starts_with(['.', '/']);
        let source = if is_path { Source::Path(name.to_owned()) } else { Source::Registry };
        let shown = if is_path { key.clone().unwrap_or_default() } else { name.to_owned() };
        let key = key.filter(|_| !is_path);
        found.push(Dependency { key, source, ..locked(Ecosystem::Golang, shown, version, span) });
    }
    Ok(answer(found))
}

/// Reads a `gradle.lockfile`: `group:name:version=configurations`.
pub fn gradle(content: &[u8]) -> Result<Manifest, Misread> {
    let mut found = Vec::new();
    for (line, span) in lines_of(content)? {
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let parts: Vec<&str> = line.split('=').next().unwrap_or(line).split(':').collect();
        let [group, name, version] = parts.as_slice() else { return Err(unexpected(line, span)) };
        found.push(locked(Ecosystem::Maven, format!("{group}:{name}"), version, span));
    }
    Ok(answer(found))
}

/// Reads a `verification-metadata.xml`.
pub fn gradle_verification(content: &[u8]) -> Result<Manifest, Misread> {
    let file = xml(content)?;
    let mut found = Vec::new();
    for one in file.all(&["verification-metadata", "components", "component"]) {
        let attribute = |name| one.attribute(name).unwrap_or_default();
        let name = format!("{}:{}", attribute("group"), attribute("name"));
        found.push(locked(Ecosystem::Maven, name, attribute("version"), one.span()));
    }
    Ok(answer(found))
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{GoSum, GoVendor, GradleLock, GradleVerification};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn lines_are_read() {
        check(
            GoSum,
            "x.example/a v1 h1:x=\nx.example/a v1/go.mod h1:y=\n",
            &["1:1 x.example/a =v1 indirect registry"],
        );
        check(
            GoVendor,
            "# x.example/a v1\n## explicit; go 1.21\nx.example/a/sub\n# x.example/b v1 => y.example/b v2\n# x.example/c => ./c\n",
            &[
                "1:1 x.example/a =v1 indirect registry",
                "4:1 y.example/b(x.example/b) =v2 indirect registry",
                "5:1 x.example/c = indirect path",
            ],
        );
        check_refused(GoSum, "x.example/a v1\n", "1:1 unexpected line \"x.example/a v1\"");
        check(GradleLock, "# x\ng:a:1=compileClasspath\nempty=x\n", &["2:1 g:a =1 indirect registry"]);
        check_refused(GradleLock, "g:a\n", "1:1 unexpected line \"g:a\"");
        check(
            GradleVerification,
            "<verification-metadata><components>\n<component group=\"g\" name=\"a\" version=\"1\"/></components></verification-metadata>",
            &["2:1 g:a =1 indirect registry"],
        );
    }
}
