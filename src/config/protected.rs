//! Paths that not everybody may change alone, and what a change of them takes. Knows no commits.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::model::RepoPath;
use crate::text::toml_doc::{Document, Fault, Table};

/// Paths, and what a commit that changes them needs; all of it.
#[derive(Debug, Clone)]
pub struct Protected {
    /// What stands there, for people.
    pub title: String,
    /// The globs as written.
    pub globs: Vec<String>,
    set: GlobSet,
    /// A trailer such as `Reviewed-by`, with somebody who is not the author.
    pub trailer: Option<String>,
    /// A signature that git verifies.
    pub signed: bool,
    /// No AI agent had a part in it.
    pub no_agents: bool,
    /// An owner by CODEOWNERS has written or reviewed it.
    pub code_owner: bool,
}

impl Protected {
    /// What examples of rules are judged by.
    pub fn for_examples() -> Vec<Protected> {
        let text = "[[policy.protected]]\ntitle = 'example'\npaths = ['protected-example/**']\ntrailer = 'Reviewed-by'\n";
        let doc = Document::parse("examples", text);
        read(&doc, &doc.root()).0
    }

    /// Whether all that `other` guards is guarded by this as well.
    pub fn asks_as_much_as(&self, other: &Protected) -> bool {
        other.globs.iter().all(|glob| self.globs.contains(glob))
            && (other.trailer.is_none() || self.trailer == other.trailer)
            && self.signed >= other.signed
            && self.no_agents >= other.no_agents
            && self.code_owner >= other.code_owner
    }

    /// Whether a path is meant.
    pub fn covers(&self, path: &RepoPath) -> bool {
        self.set.is_match(String::from_utf8_lossy(path.as_bytes()).as_ref())
    }
}

/// Who is meant by a name in CODEOWNERS, such as `@org/team`.
pub type Teams = BTreeMap<String, Vec<String>>;

/// Reads `[[policy.protected]]` and `[[policy.team]]` of the whole file.
pub fn read(doc: &Document<'_>, root: &Table<'_, '_>) -> (Vec<Protected>, Teams) {
    let Some(policy) = root.table("policy") else { return Default::default() };
    let read = policy.tables("protected").iter().filter_map(|table| protected(doc, table)).collect();
    let teams = policy.tables("team").iter().filter_map(team).collect();
    policy.finish();
    (read, teams)
}

fn team(table: &Table<'_, '_>) -> Option<(String, Vec<String>)> {
    let name = table.required_string("name");
    let members: Vec<String> = table.strings("members").iter().map(|one| one.value.to_owned()).collect();
    if members.is_empty() {
        table.missing("members");
    }
    table.finish();
    Some((name?.value.to_owned(), members))
}

fn protected(doc: &Document<'_>, table: &Table<'_, '_>) -> Option<Protected> {
    let title = table.required_string("title");
    let globs: Vec<String> = table.strings("paths").iter().map(|glob| glob.value.to_owned()).collect();
    if globs.is_empty() {
        table.missing("paths");
    }
    let mut set = GlobSetBuilder::new();
    for glob in &globs {
        match GlobBuilder::new(glob).literal_separator(true).build() {
            Ok(glob) => drop(set.add(glob).build()),
            Err(error) => table.invalid("paths", error.kind().to_string()),
        }
    }
    let trailer = table.string("trailer").map(|trailer| trailer.value.trim_end_matches(':').to_owned());
    let [signed, no_agents, code_owner] =
        ["signed", "no_agents", "code_owner"].map(|key| table.boolean(key).unwrap_or(false));
    if trailer.is_none() && !signed && !no_agents && !code_owner {
        let why = "say what a change takes: `trailer`, `signed`, `no_agents` or `code_owner`".to_owned();
        doc.fault(table.span().start, Fault::Invalid { key: "protected", why });
    }
    table.finish();
    Some(Protected {
        title: title?.value.to_owned(),
        globs,
        set: set.build().ok()?,
        trailer,
        signed,
        no_agents,
        code_owner,
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::text::toml_doc::Document;

    #[track_caller]
    fn check(keys: &str, expected: &[&str]) {
        let text = format!("[[policy.protected]]\n{keys}\n");
        let doc = Document::parse("c", &text);
        let root = doc.root();
        let (found, _) = read(&doc, &root);
        root.finish();
        let problems = doc.into_result(()).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(problems.lines().collect::<Vec<_>>(), expected, "{keys}");
        if expected.is_empty() {
            assert!(found[0].covers(&"src/auth/a.rs".into()) && !found[0].covers(&"src/a.rs".into()));
        }
    }

    #[test]
    fn protection_says_what_it_takes() {
        check("title = 'sign-in'\npaths = ['src/auth/**']\ntrailer = 'Reviewed-by'", &[]);
        check("title = 'sign-in'\npaths = ['src/auth/**']\nsigned = true\nno_agents = true", &[]);
        let takes =
            "c:1:1: `protected`: say what a change takes: `trailer`, `signed`, `no_agents` or `code_owner`";
        check("title = 'sign-in'\npaths = ['src/auth/**']", &[takes]);
        check("title = 'sign-in'\ntrailer = 'x'", &["c:1:1: `paths` is missing"]);
        check(
            "title = 'x'\npaths = ['src/auth/**']\ncode_owner = true\n[[policy.team]]\nname = '@o/x'\nmembers = ['a@b']",
            &[],
        );
        check(
            "title = 'x'\npaths = ['src/auth/**']\nsigned = true\n[[policy.team]]\nname = '@o/x'",
            &["c:5:1: `members` is missing"],
        );
        check(
            "paths = ['a']\ntrailr = 'x'\nsigned = true",
            &["c:1:1: `title` is missing", "c:3:1: unknown key `trailr`, did you mean `trailer`?"],
        );
    }
}
