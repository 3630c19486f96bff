//! From the text of the record to checked entries, with every problem at once. Knows the keys, judges no dependency.

use super::namespace::namespace;
use super::{
    Approval, Approvals, Besides, Denial, Paths, SHORTEST_REASON, Subject, TrustedRegistry, says_something,
};
use crate::deps::version::Versions;
use crate::deps::{CanonicalName, Date, Origin};
use crate::model::{Ecosystem, Scope, Source};
use crate::text::toml_doc::{Document, Outline, Problems, Table};

/// Reads the record.
pub fn record(file: &str, text: &str) -> Result<Approvals, Problems> {
    let doc = Document::parse(file, text);
    let approvals = checked(&doc);
    doc.into_result(approvals)
}

/// What may stand in the record.
pub fn outline() -> Outline {
    Document::outline(|doc| drop(checked(doc)))
}

fn checked(doc: &Document<'_>) -> Approvals {
    let root = doc.root();
    let schema = root.integer("schema");
    if schema.is_some_and(|schema| schema != 1) {
        root.invalid("schema", "this version reads schema 1");
    } else if !root.has("schema") {
        root.missing("schema");
    }
    let approvals = Approvals {
        approved: root.tables("approve").iter().filter_map(approval).collect(),
        denied: root.tables("deny").iter().filter_map(denial).collect(),
        registries: root.tables("registry").iter().filter_map(registry).collect(),
    };
    root.finish();
    approvals
}

fn approval(table: &Table<'_, '_>) -> Option<Approval> {
    let about = about(table);
    let version = versions(table, "version", about.as_ref().map(|(ecosystem, _)| *ecosystem));
    let scopes = table.all_of("scope", &Scope::NAMES);
    let paths = paths(table);
    let origin = match table.string("source") {
        Some(source) => origin(table, source.value),
        None => Some(Origin::of(&Source::Registry)),
    };
    let reason = reason(table, about.as_ref().map(|(_, subject)| subject));
    let signature = signature(table);
    let expires = date(table, "expires");
    let besides = besides(table);
    if about.as_ref().is_some_and(|(ecosystem, subject)| {
        besides.replaces.iter().any(|(other, name)| other == ecosystem && subject.covers(name))
    }) {
        table.invalid("replaces", "a package does not take its own place");
    }
    table.finish();
    let ((ecosystem, subject), (approved_by, date)) = (about?, signature?);
    Some(Approval {
        ecosystem,
        subject,
        version,
        scopes,
        paths: paths?,
        origin: origin?,
        reason: reason?,
        approved_by,
        date,
        expires,
        besides,
    })
}

fn besides(table: &Table<'_, '_>) -> Besides {
    let words = |key| -> Vec<String> {
        let words: Vec<String> = table.strings(key).iter().map(|one| one.value.trim().to_owned()).collect();
        if words.iter().any(String::is_empty) {
            table.invalid(key, "an empty name");
        }
        words
    };
    Besides {
        ticket: table.string("ticket").map(|ticket| ticket.value.to_owned()),
        tags: words("tags"),
        imports: words("imports"),
        replaces: replaced(table),
        install_scripts: table.boolean("install_scripts").unwrap_or(false),
    }
}

/// Packages as `ecosystem:name`.
fn replaced(table: &Table<'_, '_>) -> Vec<(Ecosystem, CanonicalName)> {
    let mut packages = Vec::new();
    for written in table.strings("replaces") {
        match CanonicalName::parse_package(written.value) {
            Some(Ok(package)) => packages.push(package),
            Some(Err(error)) => table.invalid("replaces", error.to_string()),
            None => table.invalid("replaces", "a package with its ecosystem, such as `pypi:opencv-python`"),
        }
    }
    packages
}

fn denial(table: &Table<'_, '_>) -> Option<Denial> {
    let about = about(table);
    let reason = table.required_string("reason");
    let use_instead = table.string("use_instead").map(|name| name.value.to_owned());
    let versions = versions(table, "versions", about.as_ref().map(|(ecosystem, _)| *ecosystem));
    let paths = paths(table);
    table.finish();
    let (ecosystem, subject) = about?;
    Some(Denial {
        ecosystem,
        subject,
        reason: reason?.value.to_owned(),
        use_instead,
        versions,
        paths: paths?,
    })
}

fn paths(table: &Table<'_, '_>) -> Option<Paths> {
    let globs: Vec<&str> = table.strings("paths").iter().map(|glob| glob.value).collect();
    Paths::new(&globs).map_err(|error| table.invalid("paths", error.to_string())).ok()
}

/// Versions that can be compared with what manifests declare, where the ecosystem has such.
fn versions(table: &Table<'_, '_>, key: &'static str, ecosystem: Option<Ecosystem>) -> Option<String> {
    let written = table.string(key)?.value;
    let comparable = ecosystem.is_none_or(|ecosystem| {
        let opaque = Versions::parse(ecosystem, "1").is_none();
        opaque || Versions::parse(ecosystem, written).is_some()
    });
    if !comparable || written.trim().is_empty() {
        table.invalid(key, "a requirement as the package manager writes it, such as `>=4.10,<5`");
    }
    Some(written.to_owned())
}

fn registry(table: &Table<'_, '_>) -> Option<TrustedRegistry> {
    let ecosystem = table.required_one_of("ecosystem", &Ecosystem::NAMES);
    let url = table.required_string("url");
    let reason = reason(table, None);
    let signature = signature(table);
    table.finish();
    let (approved_by, date) = signature?;
    let origin = Origin::of(&Source::OtherRegistry(url?.value.to_owned()));
    Some(TrustedRegistry { ecosystem: ecosystem?, origin, reason: reason?, approved_by, date })
}

/// `ecosystem`, and `name` or `pattern`.
fn about(table: &Table<'_, '_>) -> Option<(Ecosystem, Subject)> {
    let ecosystem = table.required_one_of("ecosystem", &Ecosystem::NAMES);
    let name = table.string("name");
    let pattern = table.string("pattern");
    table.needs_one_of(&["name", "pattern"]);
    let ecosystem = ecosystem?;
    let subject = match (name, pattern) {
        (Some(name), None) => CanonicalName::parse(ecosystem, name.value)
            .map(Subject::Name)
            .map_err(|error| table.invalid("name", error.to_string()))
            .ok(),
        (None, Some(pattern)) => namespace(ecosystem, pattern.value)
            .map(Subject::Namespace)
            .map_err(|why| table.invalid("pattern", why))
            .ok(),
        (Some(_), Some(_)) => {
            table.invalid("pattern", "an entry is about a `name` or a `pattern`, not both");
            None
        }
        (None, None) => None,
    };
    Some((ecosystem, subject?))
}

fn origin(table: &Table<'_, '_>, text: &str) -> Option<Origin> {
    let origin = Origin::parse(text);
    if origin.is_none() {
        table.invalid("source", "one of registry, registry:HOST/PATH, git:HOST/PATH, url:URL, path");
    }
    origin
}

fn reason(table: &Table<'_, '_>, subject: Option<&Subject>) -> Option<String> {
    let reason = table.required_string("reason")?.value.trim();
    if !says_something(reason, subject) {
        table.invalid("reason", format!("needs {SHORTEST_REASON} characters that say more than the name"));
        return None;
    }
    Some(reason.to_owned())
}

fn signature(table: &Table<'_, '_>) -> Option<(String, Date)> {
    let approved_by = table.required_string("approved_by");
    if !table.has("date") {
        table.missing("date");
    }
    let date = date(table, "date");
    Some((approved_by?.value.to_owned(), date?))
}

fn date(table: &Table<'_, '_>, key: &'static str) -> Option<Date> {
    let text = table.date(key)?;
    let date = Date::parse(&text.value);
    if date.is_none() {
        table.invalid(key, "there is no such day");
    }
    date
}

#[cfg(test)]
mod tests {
    use super::Approvals;
    use crate::deps::CanonicalName;
    use crate::model::{Ecosystem, RepoPath};

    const SIGNED: &str = "reason = 'used for retries'\napproved_by = 'lead'\ndate = 2026-11-21\n";

    #[track_caller]
    fn check(entry: &str, expected: &[&str]) {
        let text = format!("schema = 1\n{entry}");
        let found =
            Approvals::read("a.toml", &text).err().map(|problems| problems.to_string()).unwrap_or_default();
        assert_eq!(found.lines().collect::<Vec<_>>(), expected, "{text}");
    }

    fn approve(keys: &str) -> String {
        format!("[[approve]]\n{keys}\n{SIGNED}")
    }

    #[test]
    fn a_complete_entry_is_accepted() {
        let keys = "ecosystem = 'npm'\nname = 'a'\nversion = '^1'\nscope = ['dev']\npaths = ['web/**']\n\
                    source = 'git:github.com/o/a'\nexpires = 2027-01-01";
        check(&approve(keys), &[]);
        check("[[deny]]\necosystem = 'pypi'\nname = 'x'\nreason = 'old'\nuse_instead = 'y'\n", &[]);
        check(
            "[[deny]]\necosystem = 'npm'\nname = 'x'\nreason = 'bad'\nversions = '3.3.6'\npaths = ['a/**']\n",
            &[],
        );
        check(
            "[[deny]]\necosystem = 'npm'\nname = 'x'\nreason = 'bad'\nversions = 'newest'\n",
            &["a.toml:6:12: `versions`: a requirement as the package manager writes it, such as `>=4.10,<5`"],
        );
        check(&format!("[[registry]]\necosystem = 'npm'\nurl = 'https://n.example/'\n{SIGNED}"), &[]);
    }

    #[test]
    fn every_problem_is_told_at_once_with_its_place() {
        check(
            "[[approve]]\necosystem = 'nmp'\nnmae = 'a'\nreason = 'because'\ndate = 2026-11-21\nexpires = '2026-02-30'\n",
            &[
                "a.toml:2:1: `name` is missing",
                "a.toml:2:1: `approved_by` is missing",
                "a.toml:3:13: `ecosystem` cannot be \"nmp\", did you mean `npm`?; one of: cargo, npm, pypi, golang, maven, nuget, gem, composer, hex, pub, swift, cocoapods, conda, conan, vcpkg, bazel, terraform, helm, ansible, docker, github-actions, git",
                "a.toml:4:1: unknown key `nmae`, did you mean `name`?",
                "a.toml:5:10: `reason`: needs 12 characters that say more than the name",
                "a.toml:7:11: `expires`: there is no such day",
            ],
        );
        check("[[aprove]]\n", &["a.toml:2:3: unknown key `aprove`, did you mean `approve`?"]);
        let error = Approvals::read("a.toml", "schema = 2").expect_err("refused");
        assert_eq!(error.to_string(), "a.toml:1:10: `schema`: this version reads schema 1");
        assert_eq!(
            Approvals::read("a.toml", "").expect_err("refused").to_string(),
            "a.toml:1:1: `schema` is missing"
        );
    }

    #[test]
    fn what_is_replaced_is_another_package_with_its_ecosystem() {
        let entry =
            |replaces: &str| approve(&format!("ecosystem = 'npm'\nname = 'a'\nreplaces = [{replaces}]"));
        check(&entry("'npm:b', 'pypi:a'"), &[]);
        let form = "a.toml:5:12: `replaces`: a package with its ecosystem, such as `pypi:opencv-python`";
        check(&entry("'b'"), &[form]);
        check(&entry("'npn:b'"), &[form]);
        check(&entry("'npm:A'"), &["a.toml:5:12: `replaces`: a package does not take its own place"]);
        check(&entry("'npm:b c'"), &["a.toml:5:12: `replaces`: \"b c\" is not a package name"]);
    }

    #[test]
    fn names_and_reasons_must_mean_something() {
        check(
            &approve("ecosystem = 'pypi'\nname = 'fl\u{430}sk'"),
            &[
                "a.toml:4:8: `name`: the name \"fl\u{430}sk\" holds a character that is not ASCII, so it can look like another name",
            ],
        );
        let entry = approve("ecosystem = 'npm'\nname = 'a-very-long-name'")
            .replace("used for retries", "A-very-long-name");
        check(&entry, &["a.toml:5:10: `reason`: needs 12 characters that say more than the name"]);
        check(
            &approve("ecosystem = 'npm'\nname = 'a'\npattern = '@a/*'"),
            &["a.toml:5:11: `pattern`: an entry is about a `name` or a `pattern`, not both"],
        );
    }

    #[test]
    fn patterns_are_namespaces_that_somebody_owns() {
        for (ecosystem, pattern, accepted) in [
            ("npm", "@myorg/*", true),
            ("npm", "@*/*", false),
            ("npm", "*", false),
            ("npm", "react-*", false),
            ("npm", "lodash/*", false),
            ("golang", "github.com/myorg/*", true),
            ("golang", "go.example.com/*", true),
            ("golang", "github.com/*", false),
            ("golang", "github.com/my*", false),
            ("pypi", "myorg-*", false),
            ("pypi", "myorg/*", false),
            ("cargo", "tokio/*", false),
        ] {
            let text = format!(
                "schema = 1\n{}",
                approve(&format!("ecosystem = '{ecosystem}'\npattern = '{pattern}'"))
            );
            assert_eq!(Approvals::read("a.toml", &text).is_ok(), accepted, "{ecosystem} {pattern}");
        }
    }

    #[test]
    fn a_namespace_covers_what_is_below_it_and_nothing_beside_it() {
        let text = format!("schema = 1\n{}", approve("ecosystem = 'npm'\npattern = '@MyOrg/*'"));
        let approvals = Approvals::read("a.toml", &text).expect("valid");
        for (name, covered) in [("@myorg/x", true), ("@myorg2/x", false), ("myorg", false)] {
            let name = CanonicalName::parse(Ecosystem::Npm, name).expect("a name");
            assert_eq!(approvals.about(Ecosystem::Npm, &name).count() == 1, covered, "{name}");
            assert_eq!(approvals.about(Ecosystem::Pypi, &name).count(), 0);
        }
    }

    #[test]
    fn paths_are_globs_from_the_top() {
        let text = format!(
            "schema = 1\n{}",
            approve("ecosystem = 'npm'\nname = 'a'\npaths = ['web/*/package.json', 'x/**']")
        );
        let approvals = Approvals::read("a.toml", &text).expect("valid");
        let paths = &approvals.approved[0].paths;
        for (path, covered) in [
            ("web/a/package.json", true),
            ("web/a/b/package.json", false),
            ("x/y/package.json", true),
            ("package.json", false),
        ] {
            assert_eq!(paths.cover(&RepoPath::from(path)), covered, "{path}");
        }
    }
}
