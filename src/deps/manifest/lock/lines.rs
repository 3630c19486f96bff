//! Lock files of one line an entry: `go.sum`, `gradle.lockfile`; and Gradle's verification metadata.

use super::super::syntax::xml;
use super::super::{Manifest, Misread};
use super::{answer, facts, lines_of, locked, unexpected};
use crate::model::{Dependency, Ecosystem};

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
    use crate::deps::manifest::Format::{GoSum, GradleLock, GradleVerification};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn lines_are_read() {
        check(
            GoSum,
            "x.example/a v1 h1:x=\nx.example/a v1/go.mod h1:y=\n",
            &["1:1 x.example/a =v1 indirect registry"],
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
