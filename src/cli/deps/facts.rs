//! What a person should know about a package before letting it in, on the terminal and in a request to an approver.

use std::io::{self, Write};

use super::args::RequestArgs;
use super::disk::{Loaded, load, read_record};
use super::{Context, DepsCliError, Outcome};
use crate::deps::Approvals;
use crate::deps::approvals::PATH;
use crate::deps::approve::{self, Declared, Facts};
use crate::text::{Lines, escape};

/// Every declaration of readable manifests: one that does not read is no reason to refuse, the gate reports it.
pub fn declarations(files: &[Loaded]) -> Vec<Declared<'_>> {
    let mut declared = Vec::new();
    for file in files.iter().filter(|file| !file.format.is_lock()) {
        let Ok(manifest) = &file.manifest else { continue };
        let lines = Lines::new(&file.content);
        for dependency in &manifest.dependencies {
            let line = lines.position(dependency.span.start).line;
            declared.push(Declared { path: &file.path, line, dependency });
        }
    }
    declared
}

/// Prints what is known about a package.
pub fn print(facts: &Facts<'_>, out: &mut dyn Write) -> io::Result<()> {
    for one in &facts.declared {
        let path = escape(one.path.as_bytes());
        let requirement = escape(one.dependency.requirement.as_bytes());
        let version = if requirement.is_empty() { String::new() } else { format!(", {requirement}") };
        writeln!(out, "declared in {path}:{} ({}{version})", one.line, one.dependency.scope)?;
    }
    if facts.declared.is_empty() {
        writeln!(out, "no manifest declares it yet")?;
    }
    for name in &facts.similar {
        writeln!(
            out,
            "looks like `{name}`, which is approved as well: make sure that this is the one you mean"
        )?;
    }
    for hint in &facts.hints {
        writeln!(out, "{hint}")?;
    }
    Ok(())
}

/// Prints what is known about a package of a repository.
pub fn about(package: &str, context: &Context<'_>, out: &mut dyn Write) -> Result<(), DepsCliError> {
    let files = load(context.dir)?;
    let declared = declarations(&files);
    let approvals = read_record(context.dir)?.map(|text| Approvals::read(PATH, &text)).transpose()?;
    print(&approve::facts(package, &declared, &approvals.unwrap_or_default())?, out)?;
    Ok(())
}

/// Prints what to send to an approver.
pub fn request(
    args: &RequestArgs,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<Outcome, DepsCliError> {
    let files = load(context.dir)?;
    let declared = declarations(&files);
    let approvals = match read_record(context.dir)? {
        Some(text) => Approvals::read(PATH, &text)?,
        None => Approvals::default(),
    };
    let facts = approve::facts(&args.package, &declared, &approvals)?;
    let (ecosystem, name) = (facts.ecosystem, &facts.name);
    writeln!(out, "Please look at {ecosystem}:{name}\n")?;
    writeln!(out, "why: {}", escape(args.reason.as_bytes()))?;
    print(&facts, out)?;
    writeln!(out, "\nTo let it in:\n  portcullis deps approve {ecosystem}:{name} --reason '…'")?;
    writeln!(
        out,
        "To keep it out:\n  portcullis deps deny {ecosystem}:{name} --reason '…' --use-instead '…'"
    )?;
    Ok(Outcome::Clean)
}
