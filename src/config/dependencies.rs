//! What the configuration says about dependencies; which packages are approved stands in a record of its own.

use std::collections::BTreeSet;

use super::file::Exclude;
use super::glob::Glob;
use super::names::Known;
use crate::model::{RepoPath, RuleId};
use crate::text::toml_doc::Table;

/// What an approval counts that the change itself brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SameChange {
    /// As much as any other.
    Allow,
    /// It lets the package in, and that is told.
    Pending,
    /// Nothing.
    Block,
}

impl SameChange {
    /// Every value with its name in the configuration.
    pub const NAMES: [(&'static str, SameChange); 3] =
        [("allow", SameChange::Allow), ("pending", SameChange::Pending), ("block", SameChange::Block)];
}

/// What is done about packages that a lock file brings in and nobody declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transitive {
    /// Nothing, but for denied ones.
    Off,
    /// New ones are told, in one remark on each lock file.
    Report,
    /// New ones need an approval like a declaration.
    Block,
}

impl Transitive {
    /// Every value with its name in the configuration.
    pub const NAMES: [(&'static str, Transitive); 3] =
        [("off", Transitive::Off), ("report", Transitive::Report), ("block", Transitive::Block)];
}

/// How firmly a reference is bound to one content, the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pin {
    /// Not at all.
    Any,
    /// To a branch.
    Branch,
    /// To a tag or version.
    Tag,
    /// To a commit or a digest.
    Hash,
}

impl Pin {
    /// Every value with its name in the configuration.
    pub const NAMES: [(&'static str, Pin); 4] =
        [("any", Pin::Any), ("branch", Pin::Branch), ("tag", Pin::Tag), ("hash", Pin::Hash)];
}

/// The policy for dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyPolicy {
    /// For approvals that come with what they approve.
    pub same_change: SameChange,
    /// Who may approve, as `approved_by` names them; anybody when empty.
    pub approvers: Vec<String>,
    /// How many days an approval counts that names no end; without end when none.
    pub max_days: Option<u16>,
    /// For what only lock files hold.
    pub transitive: Transitive,
    /// How firmly actions and images have to be bound, by name or namespace with its slash; the longest counts.
    pub pins: Vec<(String, Pin)>,
    /// Nobody approves what their own change brings in.
    pub approver_is_not_author: bool,
    /// Folders for which more is asked.
    pub paths: Vec<PathPolicy>,
}

/// What is asked of the manifests that a glob is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPolicy {
    /// Which manifests.
    pub glob: Glob,
    /// Only approvals with this tag count there.
    pub only_tagged: Option<String>,
    /// Findings of these rules block there.
    pub block: Vec<RuleId>,
}

impl PathPolicy {
    /// Whether all that `other` asks is asked by this as well.
    pub fn asks_as_much_as(&self, other: &PathPolicy) -> bool {
        self.glob == other.glob
            && (other.only_tagged.is_none() || self.only_tagged == other.only_tagged)
            && other.block.iter().all(|rule| self.block.contains(rule))
    }
}

impl Default for DependencyPolicy {
    fn default() -> Self {
        DependencyPolicy {
            same_change: SameChange::Pending,
            approvers: Vec::new(),
            max_days: None,
            transitive: Transitive::Report,
            pins: Vec::new(),
            approver_is_not_author: false,
            paths: Vec::new(),
        }
    }
}

impl DependencyPolicy {
    /// How firmly `name` has to be bound, where the team says so.
    pub fn pin_of(&self, name: &str) -> Option<Pin> {
        let about = |(known, _): &&(String, Pin)| {
            known == name || known.is_empty() || known.ends_with('/') && name.starts_with(known.as_str())
        };
        self.pins.iter().filter(about).max_by_key(|(known, _)| known.len()).map(|(_, pin)| *pin)
    }

    /// What is asked of a manifest besides.
    fn asked_at<'p>(&'p self, path: &'p RepoPath) -> impl Iterator<Item = &'p PathPolicy> {
        let path = String::from_utf8_lossy(path.as_bytes());
        self.paths.iter().filter(move |one| one.glob.is_match(path.as_ref()))
    }

    /// The tags that an approval must have for this manifest.
    pub fn tags_at<'p>(&'p self, path: &'p RepoPath) -> impl Iterator<Item = &'p str> {
        self.asked_at(path).filter_map(|one| one.only_tagged.as_deref())
    }

    /// True where findings of a rule block whatever they weigh elsewhere.
    pub fn blocks_at(&self, rule: &RuleId, path: &RepoPath) -> bool {
        self.asked_at(path).any(|one| one.block.contains(rule))
    }

    /// This, with what `wish` guards more.
    pub fn tightened(self, wish: DependencyPolicy) -> DependencyPolicy {
        let both: Vec<String> =
            self.approvers.iter().filter(|one| wish.approvers.contains(one)).cloned().collect();
        let approvers = match (self.approvers.is_empty(), both.is_empty()) {
            (true, _) => wish.approvers,
            // Nobody at all would stand for everybody.
            (false, true) => self.approvers.clone(),
            (false, false) => both,
        };
        let mut pins = self.pins.clone();
        for (name, pin) in
            wish.pins.iter().filter(|(name, pin)| self.pin_of(name).is_none_or(|own| own < *pin))
        {
            pins.retain(|(known, _)| known != name);
            pins.push((name.clone(), *pin));
        }
        DependencyPolicy {
            same_change: self.same_change.max(wish.same_change),
            approvers,
            max_days: self.max_days.into_iter().chain(wish.max_days).min(),
            transitive: self.transitive.max(wish.transitive),
            pins,
            approver_is_not_author: self.approver_is_not_author || wish.approver_is_not_author,
            paths: [self.paths, wish.paths].concat(),
        }
    }

    /// True when `who` may approve.
    pub fn may_approve(&self, who: &str) -> bool {
        let mail = who.rsplit_once('<').and_then(|(_, mail)| mail.strip_suffix('>'));
        self.approvers.is_empty()
            || self.approvers.iter().any(|one| one == who || mail.is_some_and(|mail| one == mail))
    }
}

/// Reads `[dependencies]` onto what a layer below says, with the paths whose manifests are nobody's concern.
pub fn read(
    root: &Table<'_, '_>,
    mut policy: DependencyPolicy,
    known: &Known<'_>,
) -> (DependencyPolicy, Vec<Exclude>) {
    let Some(table) = root.table("dependencies") else { return (policy, Vec::new()) };
    policy.same_change = table.one_of("same_change", &SameChange::NAMES).unwrap_or(policy.same_change);
    policy.transitive = table.one_of("transitive", &Transitive::NAMES).unwrap_or(policy.transitive);
    let approvers = table.strings("approvers");
    if table.has("approvers") {
        policy.approvers = approvers.iter().map(|one| one.value.trim().to_owned()).collect();
    }
    policy.approver_is_not_author =
        table.boolean("approver_is_not_author").unwrap_or(policy.approver_is_not_author);
    if let Some(days) = table.integer("max_days") {
        policy.max_days = u16::try_from(days).ok().filter(|days| *days > 0);
        if policy.max_days.is_none() {
            table.invalid("max_days", "a number of days from 1 on");
        }
    }
    let ignored = table.strings("ignore_paths");
    let ignored = ignored.iter().filter_map(|path| ignored_path(&table, path.value, known)).collect();
    for (name, pin) in table.tables("pin").iter().filter_map(pin) {
        policy.pins.retain(|(known, _)| *known != name);
        policy.pins.push((name, pin));
    }
    policy.paths.extend(table.tables("path").iter().filter_map(|table| path_policy(table, known)));
    table.finish();
    (policy, ignored)
}

/// Manifests at the top of a repository are what it is built from; no glob may be about them.
const AT_THE_TOP: [&str; 5] = ["package.json", "Cargo.toml", "pyproject.toml", "requirements.txt", "go.mod"];

/// The reason of an exclude that `ignore_paths` has made.
const IGNORED: &str = "dependencies.ignore_paths of the configuration";

impl Exclude {
    /// True for what `ignore_paths` has made.
    pub fn is_ignored_by_dependencies(&self) -> bool {
        self.reason == IGNORED
    }
}

/// An exclude of every rule about dependencies.
fn ignored_path(table: &Table<'_, '_>, path: &str, known: &Known<'_>) -> Option<Exclude> {
    let invalid = |why: String| table.invalid("ignore_paths", why);
    let glob = match Glob::new(path) {
        Ok(glob) => glob,
        Err(error) => {
            invalid(error.kind().to_string());
            return None;
        }
    };
    if AT_THE_TOP.iter().any(|name| glob.is_match(name)) {
        invalid(format!("`{path}` is also about manifests at the top of the repository"));
        return None;
    }
    let codes = known.rules.all().into_iter().filter(|name| name.starts_with("DEP"));
    let rules: BTreeSet<RuleId> = codes.filter_map(RuleId::parse).collect();
    let rules = rules.into_iter().collect();
    Some(Exclude { glob, reason: IGNORED.to_owned(), rules })
}

fn path_policy(table: &Table<'_, '_>, known: &Known<'_>) -> Option<PathPolicy> {
    let path = table.required_string("path");
    let only_tagged = table.string("only_tagged").map(|tag| tag.value.trim().to_owned());
    let block = table.strings("block");
    table.needs_one_of(&["only_tagged", "block"]);
    table.finish();
    let unknown = |code: &&str| !code.starts_with("DEP") || !known.rules.has(code);
    if let Some(code) = block.iter().map(|code| code.value).find(unknown) {
        table.invalid("block", format!("`{code}` is no rule about dependencies"));
    }
    let glob =
        Glob::new(path?.value).map_err(|error| table.invalid("path", error.kind().to_string())).ok()?;
    let block = block.iter().filter_map(|code| RuleId::parse(code.value)).collect();
    Some(PathPolicy { glob, only_tagged, block })
}

fn pin(table: &Table<'_, '_>) -> Option<(String, Pin)> {
    let name = table.required_string("name");
    let pin = table.required_one_of("at_least", &Pin::NAMES);
    table.finish();
    let prefix = prefix(name?.value);
    if prefix.is_none() {
        table.invalid("name", "a name, or a namespace such as `myorg/*`; `*` alone is for all of them");
    }
    Some((prefix?, pin?))
}

/// `myorg/*` without its star; an empty text for all.
fn prefix(written: &str) -> Option<String> {
    let prefix = match written.strip_suffix('*') {
        Some(prefix) => Some(prefix).filter(|prefix| prefix.is_empty() || prefix.ends_with('/')),
        None => Some(written),
    };
    prefix.filter(|prefix| !prefix.contains('*')).map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{DependencyPolicy, Glob, PathPolicy, Pin, SameChange, Transitive, read};
    use crate::config::Known;
    use crate::model::RuleId;
    use crate::text::toml_doc::Document;

    const KNOWN: Known<'_> = Known { packs: &[], rules: &["DEP001", "DEP002", "github-pat"] };

    fn parse(text: &str) -> Result<DependencyPolicy, String> {
        let doc = Document::parse("c", text);
        let (policy, _) = read(&doc.root(), DependencyPolicy::default(), &KNOWN);
        doc.into_result(policy).map_err(|problems| problems.to_string().trim_end().to_owned())
    }

    #[test]
    fn every_key_is_read_and_checked() {
        assert_eq!(parse(""), Ok(DependencyPolicy::default()));
        let policy = parse(
            "[dependencies]\nsame_change = 'block'\napprovers = ['lead@example.com']\nmax_days = 365\n\
             transitive = 'block'\napprover_is_not_author = true\n\
             [[dependencies.path]]\npath = 'pay/**'\nonly_tagged = 'pci'\nblock = ['DEP002']\n[[dependencies.pin]]\nname = 'actions/*'\nat_least = 'tag'\n\
             [[dependencies.pin]]\nname = 'myorg/x'\nat_least = 'branch'\n",
        );
        assert_eq!(
            policy,
            Ok(DependencyPolicy {
                same_change: SameChange::Block,
                approvers: vec!["lead@example.com".to_owned()],
                max_days: Some(365),
                transitive: Transitive::Block,
                pins: vec![("actions/".to_owned(), Pin::Tag), ("myorg/x".to_owned(), Pin::Branch)],
                approver_is_not_author: true,
                paths: vec![PathPolicy {
                    glob: Glob::new("pay/**").expect("a glob"),
                    only_tagged: Some("pci".to_owned()),
                    block: vec![RuleId::parse("DEP002").expect("a rule")],
                }],
            })
        );
        for (text, expected) in [
            ("same_chang = 'block'", "c:2:1: unknown key `same_chang`, did you mean `same_change`?"),
            ("max_days = 0", "c:2:12: `max_days`: a number of days from 1 on"),
            (
                "path = [{ path = 'pay/**', block = ['github-pat'] }]",
                "c:2:36: `block`: `github-pat` is no rule about dependencies",
            ),
            ("path = [{ path = 'pay/**' }]", "c:2:9: `only_tagged` is missing"),
            (
                "pin = [{ name = 'my*', at_least = 'tag' }]",
                "c:2:17: `name`: a name, or a namespace such as `myorg/*`; `*` alone is for all of them",
            ),
            (
                "pin = [{ name = 'my/*', at_least = 'tags' }]",
                "c:2:36: `at_least` cannot be \"tags\", did you mean `tag`?; one of: any, branch, tag, hash",
            ),
        ] {
            assert_eq!(parse(&format!("[dependencies]\n{text}")), Err(expected.to_owned()));
        }
    }

    #[test]
    fn ignored_paths_leave_out_rules_about_dependencies_and_never_the_top() {
        let ignored = |globs: &str| {
            let doc =
                Document::parse("c", Box::leak(format!("[dependencies]\nignore_paths = {globs}").into()));
            let (_, excludes) = read(&doc.root(), DependencyPolicy::default(), &KNOWN);
            let shown: Vec<String> = excludes
                .iter()
                .map(|one| {
                    let rules: Vec<&str> = one.rules.iter().map(|rule| rule.as_str()).collect();
                    format!("{} {}", one.glob.as_str(), rules.join(" "))
                })
                .collect();
            doc.into_result(shown).map_err(|problems| problems.to_string().trim_end().to_owned())
        };
        let expected =
            vec!["**/fixtures/** DEP001 DEP002".to_owned(), "a/package.json DEP001 DEP002".to_owned()];
        assert_eq!(ignored("['**/fixtures/**', 'a/package.json']"), Ok(expected));
        for glob in ["*", "**", "*.json", "package.json", "**/go.mod"] {
            let expected = format!(
                "c:2:16: `ignore_paths`: `{glob}` is also about manifests at the top of the repository"
            );
            assert_eq!(ignored(&format!("['{glob}']")), Err(expected));
        }
    }

    #[test]
    fn the_longest_name_decides_how_firm_a_reference_has_to_be() {
        let pin = |(name, pin)| format!("[[dependencies.pin]]\nname = '{name}'\nat_least = '{pin}'\n");
        let text: String = [("*", "tag"), ("myorg/*", "branch"), ("myorg/x", "hash")].map(pin).concat();
        let policy = parse(&text).expect("read");
        let pins = ["other/y", "myorg/y", "myorg/x", "myorg2/y"].map(|name| policy.pin_of(name));
        assert_eq!(pins, [Pin::Tag, Pin::Branch, Pin::Hash, Pin::Tag].map(Some));
        assert_eq!(DependencyPolicy::default().pin_of("x/y"), None);
    }

    #[test]
    fn approvers_are_known_by_name_or_address() {
        let policy = parse("[dependencies]\napprovers = ['lead@example.com', '@org/team']").expect("read");
        for (who, expected) in [
            ("lead@example.com", true),
            ("Lead <lead@example.com>", true),
            ("@org/team", true),
            ("lead@example.com.evil", false),
            ("Lead <other@example.com>", false),
        ] {
            assert_eq!(policy.may_approve(who), expected, "{who}");
        }
        assert!(DependencyPolicy::default().may_approve("anybody"));
    }
}
