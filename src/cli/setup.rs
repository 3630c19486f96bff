//! Gathers what a scan needs of the team's files: the rules, the policy, the approvals. Does not read them itself.

mod reading;

use std::time::{SystemTime, UNIX_EPOCH};

use super::{CliError, agents, exceptions, own_rules};
use crate::cache::Digest;
use crate::config::{self, Config, Known, Layer, Names, Standing, TeamFile, TeamFiles};
use crate::deps::{Approvals, Date};
use crate::engine::{Engine, builtin};
use crate::git::Repo;
use crate::model::{Oid, RuleId, RuleInfo};
use crate::policy::{OWNERS_PLACES, Owners, Policy};
use crate::scan::{Dependencies, RepoFiles, Scanner};
use crate::source::committed;

use reading::system_file;
pub use reading::{
    contents, files_for_commit, files_in_folder, files_in_index, files_in_objects, files_of_commit,
    files_on_disk, home, layers, personal_file, store, text,
};

/// The engine and the policy that the team's files ask for.
pub fn engine_and_policy(files: &TeamFiles) -> Result<(Engine, Policy), CliError> {
    let own = own_rules::read(files)?;
    // An expression compiles when a keyword of it is met; what then does not is no answer.
    let mut engine = Engine::new(&builtin::PACK, own);
    let policy = policy(files, &engine)?;
    engine.retain(|info| policy.is_on(info));
    if engine.rules().next().is_none() {
        return Err(CliError::NoRules);
    }
    Ok((engine, policy))
}

/// Every rule, on or off.
pub fn all_rules(files: &TeamFiles) -> Result<Vec<RuleInfo>, CliError> {
    let engine = Engine::new(&builtin::PACK, own_rules::read(files)?);
    Ok(engine.rules().map(|rule| rule.info.clone()).collect())
}

/// What the team's files say about findings of all these rules.
fn policy(files: &TeamFiles, engine: &Engine) -> Result<Policy, CliError> {
    let layers = layers(files)?;
    let known = Known { packs: &builtin::PACK_NAMES, rules: &RulesOf(engine) };
    let mut config = Config::default();
    let mut below = Config::default();
    for (file, standing) in &layers {
        let layer = Layer { file: &file.name, text: text(file)?, standing: *standing };
        config = config::parse_onto(config, &layer, &known)?;
        match standing {
            Standing::System | Standing::Variable | Standing::Pack => below.clone_from(&config),
            Standing::Repository | Standing::Personal => {}
        }
    }
    // Hooks ask for a dozen variables only where the answer changes something.
    let asks_for_agents = !config.waiving.inline_by_agents
        || config.protected.iter().any(|one| one.no_agents)
        || config.rules.values().any(|setting| setting.blocks_agents)
        || engine.rules().any(|rule| rule.info.blocks_agents);
    let exceptions = exceptions::read(files, engine, &known, &config)?;
    let policy = Policy::new(config).above(below).with_exceptions(exceptions);
    Ok(if asks_for_agents && agents::is_running_us() { policy.run_by_agent() } else { policy })
}

/// The rules of an engine, on or off.
struct RulesOf<'e>(&'e Engine);

impl Names for RulesOf<'_> {
    fn has(&self, name: &str) -> bool {
        RuleId::parse(name).is_some_and(|id| self.0.place_of(&id).is_some())
    }

    fn all(&self) -> Vec<&str> {
        self.0.rules().map(|rule| rule.info.id.as_str()).collect()
    }
}

/// The team's files before a change, as far as they judge it.
#[derive(Clone, Copy)]
pub struct Base<'f> {
    /// The record of approvals.
    pub approved: Option<&'f TeamFile>,
    /// The configuration.
    pub config: Option<&'f TeamFile>,
}

impl<'f> Base<'f> {
    /// For content that no change of the team's files goes with.
    pub fn unchanged(files: &'f TeamFiles) -> Base<'f> {
        Base { approved: files.approved.as_ref(), config: files.config.as_ref() }
    }
}

/// The scanner of the team's files, for a change after `base` that leaves `repo_files` in the repository.
pub fn scanner(files: &TeamFiles, base: Base<'_>, repo_files: RepoFiles) -> Result<Scanner, CliError> {
    let (engine, policy) = engine_and_policy(files)?;
    let record = |file: Option<&TeamFile>| {
        file.map(|file| Ok::<_, CliError>(Approvals::read(&file.name, text(file)?)?)).transpose()
    };
    let approvals = record(files.approved.as_ref())?;
    // What did not read before the change is being repaired by it; nothing counted until now.
    let (base, judging) = (record(base.approved).unwrap_or_default(), base.config);
    let judging = if judging == files.config.as_ref() {
        policy.config().dependencies.clone()
    } else {
        let before = TeamFiles { config: judging.cloned(), ..files.clone() };
        engine_and_policy(&before).map(|(_, policy)| policy.config().dependencies.clone()).unwrap_or_default()
    };
    let author = author().map(|author| String::from_utf8_lossy(&author).into_owned());
    let dependencies =
        Dependencies { approvals, base, today: today(), policy: judging, author, files: repo_files };
    Ok(Scanner { dependencies: Some(dependencies), ..Scanner::new(engine, policy) })
}

/// Git tells its hooks who the author will be, as `Name <mail>`.
pub fn author() -> Option<Vec<u8>> {
    let var = |name| std::env::var_os(name).map(|value| value.into_encoded_bytes()).unwrap_or_default();
    let mail = var("GIT_AUTHOR_EMAIL");
    (!mail.is_empty()).then(|| [&var("GIT_AUTHOR_NAME"), &b" <"[..], &mail, b">"].concat())
}

/// The same where commits are judged: asks git about their signatures, and the tree of `before` about owners, where a
/// protected path wants that.
pub fn with_witnesses(mut scanner: Scanner, repo: &Repo, before: Option<Oid>) -> Result<Scanner, CliError> {
    scanner.policy = with_owners(scanner.policy, repo, before)?;
    if scanner.policy.config().protected.iter().any(|one| one.signed) {
        let repo = repo.clone();
        let is_signed = move |commit: Oid| repo.git().run("verify-commit", &[commit.to_string()]).is_ok();
        scanner.policy = scanner.policy.with_signatures(Box::new(is_signed));
    }
    Ok(scanner)
}

/// What CODEOWNERS says in the tree of a commit, where a protected path wants an owner. A change may name other owners, and
/// does not judge itself by them.
pub fn with_owners(policy: Policy, repo: &Repo, before: Option<Oid>) -> Result<Policy, CliError> {
    let Some(before) = before.filter(|_| policy.config().protected.iter().any(|one| one.code_owner)) else {
        return Ok(policy);
    };
    for place in OWNERS_PLACES {
        if let Some(content) = committed::content(repo, &[before], &place.into())? {
            let text = String::from_utf8(content).map_err(|_| CliError::NotUtf8(place.to_owned()))?;
            return Ok(policy.with_owners(Owners::read(&text)));
        }
    }
    Ok(policy)
}

/// Reads the team's files of `commit` as if they judged: files that do not read must not become the policy, for then
/// there is no answer about anything any more, not even about the change that repairs them.
pub fn check_files_of_commit(repo: &Repo, commit: &str) -> Result<(), CliError> {
    let files = files_of_commit(repo, commit)?;
    scanner(&files, Base { approved: None, config: None }, RepoFiles::none()).map(drop)
}

/// Without dependencies: for content that is nobody's manifest, and for history.
pub fn scanner_without_dependencies(files: &TeamFiles) -> Result<Scanner, CliError> {
    let (engine, policy) = engine_and_policy(files)?;
    Ok(Scanner::new(engine, policy))
}

/// This very program; none when it cannot be told from another one.
pub fn program() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let meta = program.metadata().ok()?;
    let written = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {} {written:?}", env!("CARGO_PKG_VERSION"), program.display(), meta.len()))
}

/// Stands for everything that decides what is found in a content: this program and the team's files. None when the
/// program cannot be told from another one.
pub fn digest(files: &TeamFiles) -> Option<Digest> {
    let program = program()?;
    let system = system_file().ok()?.map(|(file, _)| file);
    let team = system.iter().chain(&files.config).chain(&files.personal).chain(&files.rules);
    // A pack is what the lock says.
    let team = team.chain(&files.lock);
    let team = team.flat_map(|file| [file.name.as_bytes(), file.content.as_slice()]);
    Some(Digest::of([program.as_bytes()].into_iter().chain(team)))
}

/// The day, in UTC.
pub fn today() -> Date {
    Date::from_unix(now().unsigned_abs())
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}
