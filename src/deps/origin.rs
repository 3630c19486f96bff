//! The identity of a source: what an approval names and a report shows. Knows how locations are spelled in different
//! ways, and drops credentials; knows nothing of approvals.

use std::fmt;

use crate::model::Source;

/// A source in the one form under which it is compared: `registry`, `registry:HOST/PATH`, `git:HOST/OWNER/REPO`,
/// `url:URL`, `path` or `workspace`. Holds no credentials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// The identity of a declared source.
    pub fn of(source: &Source) -> Self {
        Origin(match source {
            Source::Registry => "registry".to_owned(),
            Source::OtherRegistry(url) => format!("registry:{}", place(url)),
            Source::Git(url) => format!("git:{}", repository(url)),
            Source::Url(url) => format!("url:{}", without_credentials(url)),
            Source::Path(_) => "path".to_owned(),
            Source::Workspace => "workspace".to_owned(),
        })
    }

    /// Reads what a person wrote in an approval.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match (kind, rest.is_empty()) {
            ("registry" | "path", true) => Some(Origin(kind.to_owned())),
            ("registry", false) => Some(Origin::of(&Source::OtherRegistry(rest.to_owned()))),
            ("git", false) => Some(Origin::of(&Source::Git(rest.to_owned()))),
            ("url", false) => Some(Origin::of(&Source::Url(rest.to_owned()))),
            _ => None,
        }
    }

    /// True for the ecosystem's own registry.
    pub fn is_default(&self) -> bool {
        self.0 == "registry"
    }

    /// The identity as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Host and path of a repository, however it is addressed: `git@host:a/b`, `ssh://`, `git+https://`, `.git`.
pub fn repository(url: &str) -> String {
    let url = url.split(['#', '?']).next().unwrap_or(url);
    let place = place(url);
    let place = without_revision(&place).0;
    let place = place.strip_suffix(".git").unwrap_or(place).to_owned();
    let plain = place.strip_prefix("www.").unwrap_or(&place);
    let public = ["github.com/", "gitlab.com/", "bitbucket.org/"].iter().any(|host| plain.starts_with(host));
    if public { plain.to_ascii_lowercase() } else { place }
}

/// The revision that pip takes from behind a repository's path: `host/a/b.git@v1`, `host/a/b@branch/of/it`.
pub fn revision(url: &str) -> Option<String> {
    let url = url.split(['#', '?']).next().unwrap_or(url);
    without_revision(&place(url)).1.map(str::to_owned)
}

fn without_revision(place: &str) -> (&str, Option<&str>) {
    match place.rsplit_once('@') {
        Some((path, revision)) if path.contains('/') && !path.ends_with('/') => (path, Some(revision)),
        Some(_) | None => (place, None),
    }
}

/// Host (in lower case) and path of a URL, without scheme and credentials.
fn place(url: &str) -> String {
    let (scp, rest) = match url.split_once("://") {
        Some((_, rest)) => (false, rest),
        None => (true, url),
    };
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = authority.rsplit('@').next().unwrap_or(authority);
    // `git@host:a/b` separates the path with a colon, also behind `git+ssh://`; else a colon separates the port.
    let (host, path) = match host.split_once(':') {
        Some((host, first)) if scp || first.bytes().any(|byte| !byte.is_ascii_digit()) => {
            (host, format!("/{first}{path}"))
        }
        Some(_) | None => (host, path.to_owned()),
    };
    format!("{}{}", host.to_ascii_lowercase(), without_secrets(path.trim_end_matches('/')))
}

/// The URL without user name, password and fragment.
pub fn without_credentials(url: &str) -> String {
    let url = url.split('#').next().unwrap_or(url);
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next().unwrap_or(&rest[..end]);
    format!("{scheme}://{}{}", host.to_ascii_lowercase(), without_secrets(&rest[end..]))
}

/// Longer values of a query may be anything, and short ones have names that tell.
const LONGEST_VALUE: usize = 16;

/// Names of settings in a query that carry credentials.
const SECRET_NAMES: [&str; 10] =
    ["token", "sig", "key", "secret", "pass", "pwd", "auth", "cred", "session", "jwt"];

/// A path with its query, the values in it that may be credentials left out.
fn without_secrets(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
    let shown = query.split(['&', ';']).map(|setting| {
        let (name, value) = setting.split_once('=').unwrap_or(("", setting));
        let lower = name.to_ascii_lowercase();
        let is_secret =
            value.len() > LONGEST_VALUE || SECRET_NAMES.iter().any(|secret| lower.contains(secret));
        match (is_secret, name) {
            (false, _) => setting.to_owned(),
            (true, "") => "…".to_owned(),
            (true, name) => format!("{name}=…"),
        }
    });
    format!("{path}?{}", shown.collect::<Vec<_>>().join("&"))
}

/// A text in which an address may stand, without the credentials of the address.
pub fn masked(text: &str) -> String {
    if text.contains("://") || text.contains('?') { without_credentials(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::Origin;
    use crate::model::Source;

    #[test]
    fn one_repository_has_one_identity_however_it_is_written() {
        for url in [
            "https://github.com/Org/Repo",
            "https://github.com/org/repo.git",
            "git+ssh://git@github.com/org/repo.git#v1",
            "git@github.com:org/repo.git",
            "git+https://user:word@github.com/org/repo.git@v1#egg=x",
            "github.com/org/repo",
            "https://www.github.com/org/repo",
            "git+ssh://git@github.com:org/repo.git",
        ] {
            assert_eq!(Origin::of(&Source::Git(url.to_owned())).as_str(), "git:github.com/org/repo", "{url}");
        }
    }

    #[test]
    fn different_places_stay_different() {
        for (one, other) in [
            ("https://github.com/org/repo", "https://github.com/org/repo2"),
            ("https://git.example.com/A/b", "https://git.example.com/a/b"),
            ("https://github.com.evil.example/org/repo", "https://github.com/org/repo"),
            ("https://github.com@evil.example/org/repo", "https://github.com/org/repo"),
        ] {
            let (one, other) = (Source::Git(one.to_owned()), Source::Git(other.to_owned()));
            assert_ne!(Origin::of(&one), Origin::of(&other));
        }
    }

    #[test]
    fn credentials_are_not_part_of_an_identity() {
        let url = Source::Url("https://user:word@Host.example/x.tgz#frag".to_owned());
        assert_eq!(Origin::of(&url).as_str(), "url:https://host.example/x.tgz");
        let signed =
            Source::Url("https://h.example/x.zip?version=2&X-Sig=abc&t=0123456789abcdef0".to_owned());
        assert_eq!(Origin::of(&signed).as_str(), "url:https://h.example/x.zip?version=2&X-Sig=…&t=…");
        let feed = Source::OtherRegistry("https://h.example/feed?api_key=abc".to_owned());
        assert_eq!(Origin::of(&feed).as_str(), "registry:h.example/feed?api_key=…");
        let index = Source::OtherRegistry("https://user:word@host.example/simple/".to_owned());
        assert_eq!(Origin::of(&index).as_str(), "registry:host.example/simple");
    }

    #[test]
    fn approvals_name_sources_in_the_same_words() {
        for (text, expected) in [
            ("registry", Some("registry")),
            ("registry:npm.example.com", Some("registry:npm.example.com")),
            ("git:https://github.com/Org/repo.git", Some("git:github.com/org/repo")),
            ("path", Some("path")),
            ("workspace", None),
            ("git", None),
            ("svn:x", None),
        ] {
            assert_eq!(Origin::parse(text).as_ref().map(Origin::as_str), expected, "{text}");
        }
    }

    #[test]
    fn a_revision_stands_behind_the_path() {
        for (url, expected) in [
            ("git+https://git.example/o/r.git@v1#egg=r", Some("v1")),
            ("git+ssh://git@git.example/o/r@topic/x", Some("topic/x")),
            ("git+https://me@git.example/o/r", None),
            ("git@git.example:o/r.git", None),
            ("https://git.example/@o/r", None),
        ] {
            assert_eq!(super::revision(url).as_deref(), expected, "{url}");
        }
        assert_eq!(super::repository("git+https://git.example/o/r.git@topic/x"), "git.example/o/r");
    }
}
