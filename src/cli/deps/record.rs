//! The commands that change the record, or look at it as a whole.

use std::io::Write;

use super::args::{ApproveArgs, BaselineArgs, DenyArgs, FmtArgs};
use super::disk::{load, read_record, write_record};
use super::facts::{declarations, print};
use super::{Context, DepsCliError, Outcome};
use crate::cli::setup;
use crate::config::DependencyPolicy;
use crate::deps::approvals::{Besides, PATH};
use crate::deps::approve::Request;
use crate::deps::baseline::{self, Baseline};
use crate::deps::deny::{self, Refusal};
use crate::deps::{Approvals, canonical, stale};
use crate::report::summary::plural;
use crate::text::escape;

/// Shows what is known about a package, then lets it in.
pub fn approve(
    args: &ApproveArgs,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<Outcome, DepsCliError> {
    let approved_by = approver(args, context)?;
    let (Some(package), Some(reason)) = (&args.package, &args.reason) else {
        return Err(DepsCliError::NothingNamed);
    };
    let request = Request {
        package: package.clone(),
        reason: reason.clone(),
        approved_by,
        version: args.version.clone(),
        scopes: args.scopes.clone(),
        paths: args.paths.clone(),
        source: args.source.clone(),
        expires: args.expires.map(|expiry| expiry.from(context.today)),
        besides: Besides {
            ticket: args.ticket.clone(),
            tags: args.tags.clone(),
            imports: args.imports.clone(),
            replaces: args.replaces.clone(),
            install_scripts: args.install_scripts,
        },
    };
    let files = load(context.dir)?;
    let declared = declarations(&files);
    let current = read_record(context.dir)?;
    let approved = crate::deps::approve::approve(current.as_deref(), &request, &declared, context.today)?;
    print(&approved.facts, out)?;
    write_record(context.dir, &approved.text)?;
    let origin = escape(approved.approval.origin.as_str().as_bytes());
    writeln!(out, "approved from {origin}, written to {PATH}")?;
    Ok(Outcome::Clean)
}

/// Whether whoever runs the command may approve at all.
pub fn may_approve(args: &ApproveArgs, context: &Context<'_>) -> Result<(), DepsCliError> {
    approver(args, context).map(|_| ())
}

/// The person who approves. A program may carry the message; it may not be the one who decides.
fn approver(args: &ApproveArgs, context: &Context<'_>) -> Result<String, DepsCliError> {
    let who = match (&args.reviewed_by, context.agent) {
        (Some(person), _) => person.clone(),
        (None, Some(agent)) => return Err(DepsCliError::Agent(agent)),
        (None, None) => args.by.clone().or_else(|| context.user.clone()).ok_or(DepsCliError::NoApprover)?,
    };
    let policy = policy(context)?;
    if policy.may_approve(&who) {
        Ok(who)
    } else {
        Err(DepsCliError::NoRight { who, approvers: policy.approvers.join(", ") })
    }
}

fn policy(context: &Context<'_>) -> Result<DependencyPolicy, DepsCliError> {
    let team = |error: crate::cli::CliError| DepsCliError::Team(error.to_string());
    let files = setup::files_on_disk(context.dir).map_err(team)?;
    let (_, policy) = setup::engine_and_policy(&files).map_err(team)?;
    Ok(policy.config().dependencies.clone())
}

/// Keeps a package out.
pub fn deny(args: &DenyArgs, context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let files = load(context.dir)?;
    let declared = declarations(&files);
    let current = read_record(context.dir)?;
    let refusal = Refusal {
        package: args.package.clone(),
        reason: args.reason.clone(),
        use_instead: args.use_instead.clone(),
        versions: args.versions.clone(),
        paths: args.paths.clone(),
    };
    let denied = deny::deny(current.as_deref(), &refusal, &declared)?;
    for one in &denied.declared {
        writeln!(out, "still declared in {}:{}", escape(one.path.as_bytes()), one.line)?;
    }
    write_record(context.dir, &denied.text)?;
    writeln!(out, "denied, written to {PATH}")?;
    Ok(Outcome::Clean)
}

/// Approves everything that is declared.
pub fn baseline(
    args: &BaselineArgs,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<Outcome, DepsCliError> {
    let mut manifests = Vec::new();
    for file in load(context.dir)? {
        let manifest = file
            .manifest
            .map_err(|error| DepsCliError::Manifest { path: escape(file.path.as_bytes()), error })?;
        manifests.push((file.path, file.format, manifest));
    }
    let current = read_record(context.dir)?;
    let asked = Baseline {
        manifests: &manifests,
        current: current.as_deref(),
        extend: args.extend,
        today: context.today,
    };
    let (text, count) = baseline::write(&asked)?;
    write_record(context.dir, &text)?;
    let (entries, read) =
        (plural(count, "entry", "entries"), plural(manifests.len(), "manifest", "manifests"));
    writeln!(out, "{entries} from {read}, written to {PATH}")?;
    Ok(Outcome::Clean)
}

/// Lists entries that nothing needs, that cannot count, or that run out soon.
pub fn stale(context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let Some(text) = read_record(context.dir)? else { return Ok(Outcome::Clean) };
    for one in find_stale(&text, context, out)? {
        let at = crate::text::Lines::new(text.as_bytes()).position(one.span.start);
        writeln!(out, "{PATH}:{}: {}: {}", at.line, one.subject, one.why)?;
    }
    Ok(Outcome::Clean)
}

/// Takes entries out that nothing needs or that cannot count.
pub fn prune(context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let Some(text) = read_record(context.dir)? else { return Ok(Outcome::Clean) };
    let useless: Vec<_> =
        find_stale(&text, context, out)?.into_iter().filter(|one| one.why.is_final()).collect();
    for one in &useless {
        writeln!(out, "took out {}: {}", one.subject, one.why)?;
    }
    if !useless.is_empty() {
        write_record(context.dir, &stale::without(&text, &useless))?;
    }
    Ok(Outcome::Clean)
}

fn find_stale(
    text: &str,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<Vec<stale::Stale>, DepsCliError> {
    let record = Approvals::read(PATH, text)?;
    let files = load(context.dir)?;
    let mut declared = Vec::new();
    let mut open = false;
    for file in files.iter().filter(|file| !file.format.is_lock()) {
        match &file.manifest {
            Ok(manifest) => declared.extend(manifest.dependencies.iter().chain(&manifest.commands)),
            Err(error) => {
                open = true;
                writeln!(out, "{}: {error}; what it declares is unknown", escape(file.path.as_bytes()))?;
            }
        }
    }
    // What a manifest that does not read declares may need any of the entries.
    let declared = if open { None } else { Some(declared.as_slice()) };
    Ok(stale::find(text, &record, declared, context.today)?)
}

/// Brings the record into its canonical form.
pub fn fmt(args: &FmtArgs, context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let Some(text) = read_record(context.dir)? else { return Ok(Outcome::Clean) };
    let formatted = canonical::format(&text)?;
    if formatted == text {
        return Ok(Outcome::Clean);
    }
    if args.check {
        writeln!(out, "{PATH}: not in canonical form; run: portcullis deps fmt")?;
        return Ok(Outcome::Blocked);
    }
    write_record(context.dir, &formatted)?;
    writeln!(out, "{PATH}: sorted, one form for every entry")?;
    Ok(Outcome::Clean)
}
