//! Reads `tox.ini`: what tox installs into its environments. What it substitutes from elsewhere is told.

use super::{Include, Manifest, Misread, Note, Problem, ini, pep508};
use crate::model::{Dependency, Ecosystem, Scope, Span};

/// Reads a `tox.ini`; other tools keep their settings there as well.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for setting in ini::parse(content, true)? {
        let environment = setting.section == "testenv" || setting.section.starts_with("testenv:");
        let wanted = match setting.key.as_str() {
            "deps" => environment,
            "requires" => setting.section == "tox",
            _ => false,
        };
        for (line, span) in setting.lines.iter().filter(|_| wanted) {
            requirement(line.split(" #").next().unwrap_or(line).trim(), *span, &mut manifest)?;
        }
    }
    Ok(manifest)
}

/// `requirement`, `-r file`, behind a condition such as `py311,!lint:`.
fn requirement(line: &str, span: Span, acc: &mut Manifest) -> Result<(), Misread> {
    let line = unconditional(line);
    // Another section of this file, which is read where it stands, or the folder of tox itself.
    let line = line.replace("{toxinidir}/", "").replace("{tox_root}/", "");
    if line.is_empty() || line.starts_with("{[") && line.ends_with('}') {
        return Ok(());
    }
    if line.contains('{') {
        acc.notes.push(Note::Computed { what: line, span });
        return Ok(());
    }
    for (option, constraint) in
        [("-r", false), ("--requirement", false), ("-c", true), ("--constraint", true)]
    {
        if let Some(file) = line.strip_prefix(option) {
            let target = file.trim_start_matches([' ', '=']).to_owned();
            acc.includes.push(Include { target, constraint, span });
            return Ok(());
        }
    }
    let line = line.strip_prefix("-e").unwrap_or(&line).trim();
    if line.starts_with('-') {
        return Ok(());
    }
    let found =
        pep508::parse_pip(line).ok_or_else(|| Misread::new(Problem::Requirement(line.to_owned()), span))?;
    let dependency = Dependency::new(Ecosystem::Pypi, found.name, span);
    acc.dependencies.push(Dependency {
        scope: Scope::Dev,
        requirement: found.version,
        source: found.source,
        ..dependency
    });
    Ok(())
}

/// The line without the environments that it is for; a URL has a colon as well, but no blank behind it.
fn unconditional(line: &str) -> &str {
    let closed = |text: &str| text.matches('{').count() == text.matches('}').count();
    let is_factors = |text: &str| {
        closed(text) && text.chars().all(|char| char.is_ascii_alphanumeric() || "-_,!{}.* ".contains(char))
    };
    match line.split_once(':') {
        Some((factors, rest)) if is_factors(factors) && !rest.starts_with("//") => rest.trim(),
        Some(_) | None => line,
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Tox;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn environments_say_what_they_install() {
        check(
            Tox,
            "[tox]\nrequires =\n    tox>=4\n[testenv]\ndeps =\n    pytest>=7  # why\n    py311,!lint: a[x]==1\n    -r{toxinidir}/requirements.txt\n    -c constraints.txt\n    {[base]deps}\n    {env:X:b}\n    git+https://h.example/c#egg=c\n    # d\ncommands = pytest e\n[testenv:lint]\ndeps = f\n[flake8]\ndeps = g\n",
            &[
                "3:5 tox =>=4 dev registry",
                "6:5 pytest =>=7 dev registry",
                "7:5 a ===1 dev registry",
                "12:5 c = dev git:h.example/c",
                "16:1 f = dev registry",
                "8:5 includes requirements.txt",
                "9:5 constrained by constraints.txt",
                "11:5 computes {env:X:b}",
            ],
        );
        check_refused(Tox, "[testenv]\ndeps =\n  a b\n", "3:3 not a requirement: \"a b\"");
    }
}
