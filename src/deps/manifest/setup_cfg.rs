//! Reads `setup.cfg` of setuptools and pbr. Knows `file:` as another file that is taken in.

use super::ini::{self, Setting};
use super::{Include, Manifest, Misread, Problem, pep508};
use crate::model::{Dependency, Ecosystem, Scope};

/// Reads a `setup.cfg`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for setting in ini::parse(content, true)? {
        let scope = match (setting.section.as_str(), setting.key.replace('-', "_").as_str()) {
            ("options", "install_requires") | ("metadata", "requires_dist") => Scope::Runtime,
            ("options", "setup_requires") | ("metadata", "setup_requires_dist") => Scope::Build,
            ("options", "tests_require") => Scope::Dev,
            ("options.extras_require" | "extras", _) => Scope::Optional,
            _ => continue,
        };
        requirements(&setting, scope, &mut manifest)?;
    }
    Ok(manifest)
}

fn requirements(setting: &Setting, scope: Scope, acc: &mut Manifest) -> Result<(), Misread> {
    for (line, span) in &setting.lines {
        if let Some(files) = line.strip_prefix("file:") {
            let include =
                |file: &str| Include { target: file.trim().to_owned(), constraint: false, span: *span };
            acc.includes.extend(files.split(',').map(include));
            continue;
        }
        // On the key's own line `;` parts requirements; below it, it begins a marker.
        let line = line.split(" #").next().unwrap_or(line).trim();
        let parts: Vec<&str> = if *span == setting.span { line.split(';').collect() } else { vec![line] };
        for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
            let found = pep508::parse(part)
                .ok_or_else(|| Misread::new(Problem::Requirement(part.to_owned()), *span))?;
            acc.dependencies.push(Dependency {
                scope,
                requirement: found.version,
                source: found.source,
                ..Dependency::new(Ecosystem::Pypi, found.name, *span)
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::SetupCfg;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn requirements_of_every_section_are_read() {
        check(
            SetupCfg,
            "[metadata]\nname = x\n[options]\ninstall_requires =\n    a>=1; python_version<'3'\n    # why\n    b[x]  # why\nsetup_requires = c; d\ntests_require = file: requirements-test.txt\n[options.extras_require]\nx =\n  e\n[other]\ninstall_requires = f\n",
            &[
                "5:5 a =>=1 runtime registry",
                "7:5 b = runtime registry",
                "8:1 c = build registry",
                "8:1 d = build registry",
                "12:3 e = optional registry",
                "9:1 includes requirements-test.txt",
            ],
        );
        check_refused(SetupCfg, "[options]\ninstall_requires = a b\n", "2:1 not a requirement: \"a b\"");
        check_refused(SetupCfg, "  x\n", "1:3 a value without a key");
    }
}
