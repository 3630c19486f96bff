//! Reads `environment.yml` of Conda, with the packages of pip inside of it.

use super::syntax::{Node, Value, yaml_document};
use super::{Include, Manifest, Misread, Note, Problem, pep508};
use crate::model::{Dependency, Ecosystem, Source};

/// Channels that need nobody's approval.
const USUAL: [&str; 5] = ["defaults", "conda-forge", "nodefaults", "main", "anaconda"];

/// Reads an `environment.yml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    for channel in root.list(&["channels"])? {
        if let Some(name) = channel.text().filter(|name| !USUAL.contains(name)) {
            let source = Source::OtherRegistry(name.to_owned());
            manifest.notes.push(Note::Registry { source, span: channel.span });
        }
    }
    for item in root.list(&["dependencies"])? {
        match &item.value {
            Value::Text(text) => package(text, item, &mut manifest)?,
            Value::Map(entries) => {
                for entry in entries {
                    for requirement in entry.list()? {
                        pip(requirement, &mut manifest)?;
                    }
                }
            }
            Value::Null => {}
            Value::List(_) => return Err(Misread::wrong_type("dependencies", "packages", item.span)),
        }
    }
    Ok(manifest)
}

/// `channel::name=1.2=build`, `name >=1`, `name[version='1']`.
fn package(text: &str, item: &Node, acc: &mut Manifest) -> Result<(), Misread> {
    let (channel, rest) = text.split_once("::").map_or((None, text), |(channel, rest)| (Some(channel), rest));
    let rest = rest.trim();
    let end = rest.find(|char: char| " =<>!~[;".contains(char)).unwrap_or(rest.len());
    if end == 0 {
        return Err(Misread::new(Problem::Requirement(text.to_owned()), item.span));
    }
    let channel = channel.map(str::trim).filter(|channel| !USUAL.contains(channel));
    acc.dependencies.push(Dependency {
        requirement: rest[end..].trim().trim_start_matches('=').trim_start().to_owned(),
        source: channel.map_or(Source::Registry, |channel| Source::OtherRegistry(channel.to_owned())),
        ..Dependency::new(Ecosystem::Conda, &rest[..end], item.span)
    });
    Ok(())
}

fn pip(item: &Node, acc: &mut Manifest) -> Result<(), Misread> {
    let Some(text) = item.text() else { return Ok(()) };
    let option = ["-r", "--requirement"].iter().find_map(|option| text.trim().strip_prefix(option));
    if let Some(file) = option {
        let target = file.trim_start_matches(['=', ' ']).to_owned();
        acc.includes.push(Include { target, constraint: false, span: item.span });
        return Ok(());
    }
    let index = ["--index-url", "--extra-index-url", "-i", "--find-links", "-f"];
    if let Some(url) = index.iter().find_map(|option| text.trim().strip_prefix(option)) {
        let source = Source::OtherRegistry(url.trim_start_matches(['=', ' ']).to_owned());
        acc.notes.push(Note::Registry { source, span: item.span });
        return Ok(());
    }
    let text =
        ["-e", "--editable"].iter().find_map(|option| text.strip_prefix(option)).unwrap_or(text).trim();
    let text = text.split(" #").next().unwrap_or(text).trim();
    if text.starts_with("--") {
        return Ok(());
    }
    let found = pep508::parse_pip(text)
        .ok_or_else(|| Misread::new(Problem::Requirement(text.to_owned()), item.span))?;
    acc.dependencies.push(Dependency {
        requirement: found.version,
        source: found.source,
        ..Dependency::new(Ecosystem::Pypi, found.name, item.span)
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Conda;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_of_conda_and_of_pip_are_read() {
        check(
            Conda,
            "channels:\n- conda-forge\n- nvidia\ndependencies:\n  - python=3.12\n  - a >=1\n  - pytorch::b=1=cpu_0\n  - pip\n  - pip:\n    - c==1\n    - -r requirements.txt\n    - -e ./d\n",
            &[
                "5:5 python =3.12 runtime registry",
                "6:5 a =>=1 runtime registry",
                "7:5 b =1=cpu_0 runtime registry:pytorch",
                "8:5 pip = runtime registry",
                "10:7 c ===1 runtime registry",
                "12:7 ./d = runtime path",
                "11:7 includes requirements.txt",
                "3:3 looks in registry:nvidia",
            ],
        );
        check(Conda, "dependencies:\n", &[]);
        check_refused(Conda, "dependencies:\n- pip:\n  - a b\n", "3:5 not a requirement: \"a b\"");
    }
}
