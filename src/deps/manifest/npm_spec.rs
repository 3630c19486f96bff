//! The right-hand side of an npm dependency: range, alias, repository, URL, path, or a protocol of yarn, pnpm or bun.
//! Knows the grammar of package managers in the order in which they try it; knows no `package.json`.

use crate::model::Source;

/// What a specification stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The package that gets installed, when that is not the key.
    pub name: Option<String>,
    /// Range, tag or commit, as written.
    pub requirement: String,
    /// Where it comes from.
    pub source: Source,
}

/// Hosts that have a short form, and the short form's prefix.
const HOSTS: [(&str, &str); 4] = [
    ("github:", "github.com"),
    ("gitlab:", "gitlab.com"),
    ("bitbucket:", "bitbucket.org"),
    ("gist:", "gist.github.com"),
];

/// Reads `spec`.
pub fn parse(spec: &str) -> Spec {
    let (written, spec) = (spec, spec.trim());
    let lower = spec.to_ascii_lowercase();
    let rest_of = |prefix: &str| lower.starts_with(prefix).then(|| &spec[prefix.len()..]);
    // Behind a blank npm takes a path for a tag.
    let blank = written.len() > written.trim_start().len();
    let path = ["file:", "link:", "portal:"].iter().find_map(|prefix| rest_of(prefix));
    if let Some(path) = path.filter(|_| !blank) {
        return plain("", Source::Path(path.to_owned()));
    }
    if let Some(alias) = rest_of("npm:") {
        return aliased(alias);
    }
    if let Some(version) = rest_of("workspace:") {
        // `workspace:other@^1` is an alias; `workspace:../other` is a folder.
        return match named(version).filter(|_| !is_path(version)) {
            Some((name, requirement)) => Spec { name: Some(name), ..plain(&requirement, Source::Workspace) },
            None => plain(version, Source::Workspace),
        };
    }
    if let Some(package) = rest_of("jsr:") {
        let source = Source::OtherRegistry("jsr.io".to_owned());
        return Spec { source, ..aliased(package) };
    }
    if let Some(patched) = rest_of("patch:") {
        return patched_package(patched);
    }
    // A catalog elsewhere chooses the version; a catalog in the same file is read where it stands.
    if lower.starts_with("catalog:") {
        return plain(spec, Source::Registry);
    }
    let (place, commit) = spec.split_once('#').unwrap_or((spec, ""));
    if let Some((prefix, host)) = HOSTS.iter().find(|(prefix, _)| lower.starts_with(prefix)) {
        return plain(commit, Source::Git(format!("https://{host}/{}", &place[prefix.len()..])));
    }
    if is_path(spec) && !blank {
        return plain("", Source::Path(spec.to_owned()));
    }
    if lower.starts_with("git")
        && (lower.starts_with("git+") || lower.starts_with("git:") || lower.starts_with("git@"))
        || lower.starts_with("ssh:")
        || is_repository_page(place)
    {
        return plain(commit, Source::Git(place.to_owned()));
    }
    if has_scheme(spec) {
        return plain("", Source::Url(spec.to_owned()));
    }
    match place.split('/').collect::<Vec<_>>().as_slice() {
        [_range] if is_tarball(spec) && !spec.contains('#') => plain("", Source::Path(spec.to_owned())),
        // A range or tag holds none of these; what npm makes of the rest is nothing that anybody approves.
        [_range] if !spec.contains(['#', ':', '?', '@', '%', '\\']) => plain(spec, Source::Registry),
        [user, _repository] if !user.contains(['@', ':', ' ']) => {
            plain(commit, Source::Git(format!("https://github.com/{place}")))
        }
        // `user@host:repo`.
        _ if place.contains('@') && place.contains(':') => plain(commit, Source::Git(place.to_owned())),
        [_, _, _, ..] if !spec.contains(['#', ':', '@', '%']) => plain("", Source::Path(spec.to_owned())),
        _ => plain("", Source::Url(spec.to_owned())),
    }
}

fn plain(requirement: &str, source: Source) -> Spec {
    Spec { name: None, requirement: requirement.to_owned(), source }
}

/// `npm:name@range`; yarn also writes `npm:range`.
fn aliased(alias: &str) -> Spec {
    match named(alias) {
        Some((name, requirement)) => Spec { name: Some(name), ..plain(&requirement, Source::Registry) },
        None => plain(alias, Source::Registry),
    }
}

/// `name@version`, `name`, `@scope/name@version`; nothing for a range.
fn named(text: &str) -> Option<(String, String)> {
    let first = text.chars().next()?;
    if first.is_ascii_digit() || "^~<>=*v \"".contains(first) && !is_name_with_v(text) {
        return None;
    }
    let at = text.char_indices().skip(1).find(|(_, char)| *char == '@').map(|(at, _)| at);
    let (name, version) = at.map_or((text, ""), |at| (&text[..at], &text[at + 1..]));
    Some((name.to_owned(), version.to_owned()))
}

/// `v1.2.3` is a version; `vite` is a name, and `v1` is one for npm.
fn is_name_with_v(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| rest.split('.').count() < 3 || rest.contains('@'))
}

/// Yarn's `patch:name@npm%3A1.2.3#./file.patch`: the package below the patch is what gets fetched.
fn patched_package(patched: &str) -> Spec {
    let inner = patched.split('#').next().unwrap_or(patched).replace("%3A", ":").replace("%3a", ":");
    let inner = inner.replace("%40", "@").replace("%2F", "/").replace("%2f", "/");
    match named(&inner) {
        Some((name, below)) => {
            let below = parse(&below);
            Spec { name: below.name.or(Some(name)), ..below }
        }
        None => plain("", Source::Url(format!("patch:{patched}"))),
    }
}

fn is_path(spec: &str) -> bool {
    let mut chars = spec.chars();
    let drive = chars.next().is_some_and(|char| char.is_ascii_alphabetic()) && chars.next() == Some(':');
    spec.starts_with(['.', '/']) || spec.starts_with("~/") || drive
}

fn has_scheme(spec: &str) -> bool {
    let scheme = spec.split_once(':').map_or("", |(scheme, _)| scheme);
    !scheme.is_empty() && scheme.chars().all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
}

/// npm takes `https://github.com/user/repository` for the repository, not for a file.
fn is_repository_page(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let mut parts = rest.trim_end_matches('/').split('/');
    let host = parts.next().unwrap_or_default().rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let known = HOSTS.iter().any(|(_, known)| host == *known);
    let parts: Vec<&str> = parts.collect();
    // Repositories of GitLab lie in groups, and its files behind `/-/`.
    let below = host == "gitlab.com" && parts.len() > 2 && !parts.contains(&"-") && !is_tarball(rest);
    scheme.to_ascii_lowercase().starts_with("http")
        && (known && parts.len() == 2 || below || rest.ends_with(".git"))
}

fn is_tarball(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"].iter().any(|ending| lower.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::deps::Origin;

    #[track_caller]
    fn check(spec: &str, expected: &str) {
        let found = parse(spec);
        let name = found.name.unwrap_or("-".to_owned());
        assert_eq!(format!("{name} {} {}", Origin::of(&found.source), found.requirement), expected, "{spec}");
    }

    #[test]
    fn ranges_and_tags_come_from_the_registry() {
        for spec in ["^1.0.0", "", "*", "latest", ">=1 <2 || 3", "1.x - 2", "v1"] {
            check(spec, &format!("- registry {spec}"));
        }
        check("catalog:react18", "- registry catalog:react18");
        check(" .", "- registry .");
        check("\\user/repo", "- git:github.com/\\user/repo ");
        check("npm:^1.0.0", "- registry ^1.0.0");
    }

    #[test]
    fn an_alias_stands_for_its_target() {
        check("npm:other@1", "other registry 1");
        check("NPM:@scope/other@^1", "@scope/other registry ^1");
        check("npm:@scope/other", "@scope/other registry ");
        check("npm:\u{e9}vil@1", "\u{e9}vil registry 1");
        check("npm:vite", "vite registry ");
        check("npm:v1", "v1 registry ");
        check("npm:v1.2.3", "- registry v1.2.3");
        check("workspace:other@*", "other workspace *");
        check("workspace:../other", "- workspace ../other");
        check("workspace:^", "- workspace ^");
        check("jsr:@std/path@1", "@std/path registry:jsr.io 1");
        check("jsr:^1", "- registry:jsr.io ^1");
        check("patch:left@npm%3A1.0.0#~/x.patch", "left registry 1.0.0");
        check("patch:left@npm:other@1#./x.patch", "other registry 1");
    }

    #[test]
    fn repositories_in_every_notation() {
        for spec in [
            "user/repo",
            "github:user/repo",
            "GitHub:user/repo#main",
            "git+ssh://git@github.com/user/repo.git#semver:^1",
            "git@github.com:user/repo.git",
            "git://github.com/user/repo",
            "https://github.com/user/repo",
            "https://www.github.com/user/repo",
            "https://u:p@github.com/user/repo.git",
            "ssh://git@github.com/user/repo",
        ] {
            let found = parse(spec);
            assert_eq!(Origin::of(&found.source).as_str(), "git:github.com/user/repo", "{spec}");
        }
        check("gitlab:a/b#v1", "- git:gitlab.com/a/b v1");
        check("https://gitlab.com/a/b/c#v1", "- git:gitlab.com/a/b/c v1");
        check("https://gitlab.com/a/b/-/x.tgz", "- url:https://gitlab.com/a/b/-/x.tgz ");
        check("me@h.example:a/b.git", "- git:h.example/a/b ");
    }

    #[test]
    fn files_and_urls() {
        check("https://h.example/x.tgz", "- url:https://h.example/x.tgz ");
        check(
            "https://codeload.github.com/a/b/tar.gz/main",
            "- url:https://codeload.github.com/a/b/tar.gz/main ",
        );
        check("#v1/x", "- url: ");
        check("?q#a:b", "- url:?q ");
        check("exec:./x.js", "- url:exec:./x.js ");
        for spec in
            ["file:../x", "link:./x", "portal:../x", "./x", "../x", "~/x", "/x", "x.tgz", "a/b/c", "C:\\x"]
        {
            check(spec, "- path ");
        }
    }
}
