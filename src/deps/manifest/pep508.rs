//! One Python requirement: name, extras, version or location, marker. Knows the forms that pip takes, not which
//! versions fit together.

use crate::deps::origin;
use crate::model::Source;

/// A requirement, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The distribution's name; for a location without a name, the location.
    pub name: String,
    /// Version specifiers, as written.
    pub version: String,
    /// Where it comes from.
    pub source: Source,
}

/// Endings of files that pip unpacks.
const ARCHIVES: [&str; 10] =
    [".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.lz"];

/// Reads what PEP 508 describes: `name[extra]>=1; marker` or `name @ url`.
pub fn parse(text: &str) -> Option<Requirement> {
    let text = text.trim();
    let end = text.find(|char: char| !char.is_alphanumeric() && !"-_.".contains(char)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let edge = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
    if !name.is_ascii() || !edge(name.chars().next()) || !edge(name.chars().last()) {
        return None;
    }
    let rest = without_extras(rest.trim_start())?.trim_start();
    if let Some(url) = rest.strip_prefix('@') {
        // A marker behind a URL needs white space in front of it: a URL may hold semicolons.
        let url = url.trim_start().split(char::is_whitespace).next().filter(|url| !url.is_empty())?;
        return Some(Requirement { name: name.to_owned(), version: String::new(), source: located(url) });
    }
    let version = rest.split(';').next().unwrap_or(rest).trim();
    let bare = version.strip_prefix('(').and_then(|version| version.strip_suffix(')'));
    let version = bare.map_or(version, str::trim);
    is_version(version).then(|| Requirement {
        name: name.to_owned(),
        version: version.to_owned(),
        source: Source::Registry,
    })
}

/// Reads what pip takes on a line or behind `-e`: also URLs, archives and folders, with or without a name in them.
pub fn parse_pip(text: &str) -> Option<Requirement> {
    if has_scheme(text) {
        let (url, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let alone = rest.is_empty() || rest.trim_start().starts_with(';');
        return alone.then(|| nameless(url, located(url)));
    }
    let bare = text.split(';').next().unwrap_or(text).trim();
    let path = bare.split('[').next().unwrap_or(bare).trim_end();
    match parse(text) {
        // `evil.zip` reads like a name, but is a file.
        Some(found) if found.source != Source::Registry || !is_archive(path) => Some(found),
        // A path with a comparison in it is a version to some pips: nobody means that.
        Some(_) | None if path.contains(['<', '>', '=', '!', '#', '\'', '"']) => None,
        Some(_) | None if is_archive(path) || path.starts_with('.') || path.contains(['/', '\\']) => {
            Some(nameless(path, Source::Path(path.to_owned())))
        }
        Some(_) | None => None,
    }
}

/// What stands at a URL.
pub fn located(url: &str) -> Source {
    let lower = url.to_ascii_lowercase();
    let vcs = ["git+", "hg+", "svn+", "bzr+", "git:", "ssh:"];
    if let Some(path) = lower.strip_prefix("file:") {
        Source::Path(url[url.len() - path.len()..].to_owned())
    } else if vcs.iter().any(|scheme| lower.starts_with(scheme)) {
        Source::Git(url.to_owned())
    } else {
        Source::Url(url.to_owned())
    }
}

fn has_scheme(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    let known = ["http", "https", "file", "ftp", "git", "ssh"];
    let vcs = scheme.contains('+') && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    vcs || known.contains(&scheme.as_str())
}

fn is_archive(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ARCHIVES.iter().any(|ending| lower.ends_with(ending))
}

/// Takes the name from `#egg=` or from a wheel's file name; the location names the rest.
fn nameless(location: &str, source: Source) -> Requirement {
    let place = location.split('#').next().unwrap_or(location);
    let egg = location.split(['#', '&']).skip(1).find_map(|part| part.strip_prefix("egg="));
    let file = place.rsplit(['/', ':']).next().unwrap_or(place);
    let wheel = file.strip_suffix(".whl").and_then(|file| file.split('-').next());
    let name = match egg.or(wheel).filter(|name| !name.is_empty()) {
        Some(name) => name.split(['[', '=', '<', '>', '~', '!']).next().unwrap_or(name).to_owned(),
        None => match &source {
            Source::Git(url) => origin::repository(url),
            Source::Path(path) if !path.contains('/') && !path.starts_with('.') => format!("./{path}"),
            Source::Path(path) => path.clone(),
            Source::Url(_) | Source::Registry | Source::OtherRegistry(_) | Source::Workspace => {
                origin::without_credentials(place)
            }
        },
    };
    Requirement { name, version: String::new(), source }
}

fn without_extras(text: &str) -> Option<&str> {
    match text.strip_prefix('[') {
        Some(extras) => {
            let (extras, rest) = extras.split_once(']')?;
            let inner = |char: char| char.is_ascii_alphanumeric() || "-_., \t".contains(char);
            extras.chars().all(inner).then_some(rest)
        }
        None => Some(text),
    }
}

/// Comma-separated specifiers; nothing may follow, or a second name could hide there.
fn is_version(text: &str) -> bool {
    text.is_empty() || text.split(',').all(is_specifier) || text.strip_suffix(',').is_some_and(is_version)
}

fn is_specifier(text: &str) -> bool {
    let text = text.trim();
    let version =
        ["===", "==", "~=", "!=", "<=", ">=", "<", ">"].iter().find_map(|sign| text.strip_prefix(sign));
    version.map(|version| without_epoch(version.trim())).is_some_and(|version| {
        !version.is_empty()
            && !version.contains(|char: char| char.is_whitespace() || "()[]<>=!~@;,".contains(char))
    })
}

/// `1!2.0` is version 2.0 of the second way of counting.
fn without_epoch(version: &str) -> &str {
    let epoch = version.split_once('!');
    let epoch =
        epoch.filter(|(epoch, _)| !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()));
    epoch.map_or(version, |(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::parse_pip;
    use crate::deps::Origin;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let shown = parse_pip(text)
            .map(|found| format!("{} {} {}", found.name, found.version, Origin::of(&found.source)));
        assert_eq!(shown.as_deref(), expected, "{text}");
    }

    #[test]
    fn requirements_are_taken_apart() {
        check("flask", Some("flask  registry"));
        check("flask\t==\t1.0", Some("flask ==\t1.0 registry"));
        check("Requests [a,b] >= 2, < 3 ; python_version < '3'", Some("Requests >= 2, < 3 registry"));
        check("pkg (>=1.0)", Some("pkg >=1.0 registry"));
        check("pkg===1.0-odd", Some("pkg ===1.0-odd registry"));
        check("pkg==1;python_version>'3'", Some("pkg ==1 registry"));
        check("pkg>=1,", Some("pkg >=1, registry"));
        check("pkg==1!2.0rc1+local", Some("pkg ==1!2.0rc1+local registry"));
    }

    #[test]
    fn locations_are_sources() {
        check("x @ https://h.example/x.whl#sha256=aa", Some("x  url:https://h.example/x.whl"));
        check("x@https://h.example/x.zip ; a == 'b'", Some("x  url:https://h.example/x.zip"));
        check("git+https://h.example/y.git@v1#egg=y&subdirectory=z", Some("y  git:h.example/y"));
        check("git+ssh://git@h.example/w.git#egg=w[extra]", Some("w  git:h.example/w"));
        check(
            "git+https://github.com/A/nameless.git",
            Some("github.com/a/nameless  git:github.com/a/nameless"),
        );
        check(
            "https://h.example/pkg-1.0-py3-none-any.whl",
            Some("pkg  url:https://h.example/pkg-1.0-py3-none-any.whl"),
        );
        check("./local", Some("./local  path"));
        check("./y-1.0-py3-none-any.whl", Some("y  path"));
        check("evil.zip", Some("./evil.zip  path"));
        check("y-1.0-py3-none-any.whl[x]", Some("y  path"));
        check("https://h.example/y&egg=x", Some("x  url:https://h.example/y&egg=x"));
        check("evil==1-a/b", Some("evil ==1-a/b registry"));
        check("file:///tmp/x", Some("///tmp/x  path"));
        check(".", Some(".  path"));
    }

    #[test]
    fn what_pip_refuses_is_refused() {
        for text in [
            "flask django",
            "flask==1 django",
            "{{ pkg }}==1",
            "fl\u{430}sk",
            "${PKG}",
            "flask=1",
            "flask==1!=2",
            "a<b/c=",
            "-x",
            "flask[a",
        ] {
            check(text, None);
        }
    }
}
