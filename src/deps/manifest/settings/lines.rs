//! Settings of one line each: `.npmrc`, `.yarnrc`, `pip.conf`, wrappers of Gradle and Maven.

use super::super::{Manifest, Misread, ini, text_of};
use super::{looks_in, runs};
use crate::model::Span;

/// Reads an `.npmrc`: `registry = …`, `@scope:registry = …`, and settings under which other programs run.
pub fn npmrc(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for (key, value, span) in pairs(content)? {
        let key = key.strip_suffix("[]").unwrap_or(key).trim();
        if key == "registry" || key.starts_with('@') && key.ends_with(":registry") {
            looks_in(value, span, &mut manifest);
        } else if matches!(
            key,
            "script-shell" | "node-options" | "git" | "pnpmfile" | "global-pnpmfile" | "onload-script"
        ) {
            runs(format!("what the setting {key} names"), span, &mut manifest);
        }
    }
    Ok(manifest)
}

/// Reads a `.yarnrc` of version 1: `registry "…"`, `"@scope:registry" "…"`, `yarn-path "…"`.
pub fn yarnrc(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for (line, span) in lines(content)? {
        let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let key = key.trim_matches('"');
        if key == "registry" || key.ends_with(":registry") {
            looks_in(value, span, &mut manifest);
        } else if key == "yarn-path" {
            runs("the copy of Yarn that yarn-path names", span, &mut manifest);
        }
    }
    Ok(manifest)
}

/// Reads a `pip.conf`: indexes and places to find links in, in any section.
pub fn pip_conf(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for setting in ini::parse(content, true)? {
        if matches!(
            setting.key.replace('_', "-").as_str(),
            "index-url" | "extra-index-url" | "find-links" | "index" | "pypi-url"
        ) {
            for (line, span) in &setting.lines {
                line.split_whitespace().for_each(|url| looks_in(url, *span, &mut manifest));
            }
        }
    }
    Ok(manifest)
}

/// Reads `gradle-wrapper.properties` and `maven-wrapper.properties`: what is downloaded and run in place of the tool.
pub fn gradle_wrapper(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for (key, value, span) in pairs(content)? {
        if matches!(key, "distributionUrl" | "wrapperUrl") {
            let url = value.replace("\\:", ":");
            let usual = [
                "https://services.gradle.org/distributions/",
                "https://repo.maven.apache.org/maven2/",
                "https://repo1.maven.org/maven2/",
            ];
            if !usual.iter().any(|usual| url.starts_with(usual)) {
                let folder = url.rsplit_once('/').map_or(url.as_str(), |(folder, _)| folder);
                looks_in(folder, span, &mut manifest);
            }
        }
    }
    Ok(manifest)
}

/// Lines that say something, with their places.
fn lines(content: &[u8]) -> Result<Vec<(&str, Span)>, Misread> {
    let (text, mark) = text_of(content)?;
    let mut start = mark;
    let mut found = Vec::new();
    for raw in text.split_inclusive(['\n', '\r']) {
        let line = raw.trim();
        let indent = raw.len() - raw.trim_start().len();
        if !line.is_empty() && !line.starts_with(['#', ';', '!']) {
            found.push((line, Span::new(start + indent, start + indent + line.len())));
        }
        start += raw.len();
    }
    Ok(found)
}

fn pairs(content: &[u8]) -> Result<Vec<(&str, &str, Span)>, Misread> {
    let pair = |(line, span)| {
        let (key, value) = str::split_once(line, '=').unwrap_or((line, ""));
        (key.trim(), value.trim(), span)
    };
    Ok(lines(content)?.into_iter().map(pair).collect())
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{GradleWrapper, Npmrc, PipConf, Yarnrc};
    use crate::deps::manifest::tests::check;

    #[test]
    fn registries_are_read_and_credentials_are_not() {
        check(
            Npmrc,
            "# registry=https://no.example\nregistry = https://npm.example.com/\n@s:registry=\"https://user:word@s.example\"\n//npm.example.com/:_authToken=x\nnode-options=--require ./x.js\n",
            &[
                "2:1 looks in registry:npm.example.com",
                "3:1 looks in registry:s.example",
                "5:1 runs what the setting node-options names",
            ],
        );
        check(Npmrc, "registry=https://registry.npmjs.org/\nsave-exact=true\n", &[]);
        check(
            Yarnrc,
            "registry \"https://y.example\"\nyarn-path \"./y.js\"\n",
            &["1:1 looks in registry:y.example", "2:1 runs the copy of Yarn that yarn-path names"],
        );
        check(
            PipConf,
            "[global]\nindex-url = https://i.example/simple\n[install]\nextra_index_url =\n  https://a.example\n  https://b.example\n",
            &[
                "2:1 looks in registry:i.example/simple",
                "5:3 looks in registry:a.example",
                "6:3 looks in registry:b.example",
            ],
        );
    }

    #[test]
    fn wrappers_say_what_they_download() {
        check(
            GradleWrapper,
            "distributionUrl=https\\://services.gradle.org/distributions/gradle-8-bin.zip\n",
            &[],
        );
        check(
            GradleWrapper,
            "distributionUrl=https\\://g.example/x/gradle-8-bin.zip\n",
            &["1:1 looks in registry:g.example/x"],
        );
    }
}
