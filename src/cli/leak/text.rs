//! The words about a leak: rotate, who holds it, how to clean up. Knows git's commands and runs none of them.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::model::{Finding, Provenance, Report};
use crate::report::{Shown, date, prose, short_ref};
use crate::sightings::{Group, Holders};

/// How many names of a kind are told.
const NAMED: usize = 6;
/// Columns; what is longer is a command or a path.
const WIDTH: usize = 80;

/// Writes all of it.
pub fn write(group: &Group, holders: &Holders, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let finding = &group.first().finding;
    head(finding, &shown, out)?;
    rotate(finding, holders, &shown, out)?;
    held(holders, &shown, out)?;
    clean_up(finding, holders, &shown, out)
}

fn title(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "\n{bold}{text}{bold:#}")
}

fn para(text: &str, out: &mut dyn Write) -> io::Result<()> {
    for line in prose::wrap(text, WIDTH - 3).lines() {
        writeln!(out, "   {line}")?;
    }
    Ok(())
}

fn head(finding: &Finding, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let red = AnsiColor::BrightRed.on_default().bold();
    let value = finding.secret.as_ref().map(|secret| format!(", {secret}")).unwrap_or_default();
    writeln!(out, "{red}leak[{}]{red:#}: {}{value}", finding.rule.id, finding.rule.title)?;
    writeln!(out, " --> {}:{}:{}", shown.path(&finding.path), finding.start.line, finding.start.column)?;
    if let Provenance::Commit(info) | Provenance::CommitMessage(info) = &finding.provenance {
        let id = info.id.to_string();
        let (subject, author) = (shown.text(&info.subject), shown.text(&info.author));
        writeln!(out, "     {} {subject}, by {author}, {}", &id[..10], date(info.time))?;
    }
    writeln!(out, "     {}", finding.fingerprint)
}

fn rotate(finding: &Finding, holders: &Holders, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let remotes = of_kind(holders, b"refs/remotes/");
    if remotes.is_empty() {
        title("1. Rotate it if anybody can have seen it", out)?;
        para(
            "No remote-tracking ref holds it here. A push to an address, a mirror, a backup or a copy \
              of this folder leaves no such trace.",
            out,
        )?;
    } else {
        title("1. Rotate it, now and first", out)?;
        para(
            &format!(
                "It has left this repository: {} {} it. Whoever fetched has it, and nothing below \
                       takes it back.",
                names(&remotes, shown),
                if remotes.len() == 1 { "holds" } else { "hold" }
            ),
            out,
        )?;
    }
    para(&shown.prose(finding.fix.as_deref().unwrap_or(&finding.rule.remediation)), out)
}

fn held(holders: &Holders, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    title("2. What still leads to it", out)?;
    let stashes = stashes(holders);
    let reflogs: Vec<&[u8]> =
        holders.reflogs.iter().map(Vec::as_slice).filter(|name| !name.starts_with(STASH)).collect();
    let known: [&[u8]; 4] = [b"refs/heads/", b"refs/remotes/", b"refs/tags/", STASH];
    let others = holders
        .refs
        .iter()
        .map(Vec::as_slice)
        .filter(|name| !known.iter().any(|kind| name.starts_with(kind)));
    let (heads, others): (Vec<&[u8]>, Vec<&[u8]>) = others.partition(|name| !name.starts_with(b"refs/"));
    for (name, held) in [
        ("branches", of_kind(holders, b"refs/heads/")),
        ("remote branches", of_kind(holders, b"refs/remotes/")),
        ("tags", of_kind(holders, b"refs/tags/")),
        ("stashes", stashes.iter().map(String::as_bytes).collect()),
        ("work trees", heads),
        ("other refs", others),
        ("reflogs", reflogs),
    ] {
        if !held.is_empty() {
            writeln!(out, "   {name:16} {}", names(&held, shown))?;
        }
    }
    if holders.staged {
        writeln!(out, "   {:16} the next commit would bring it in", "index")?;
    }
    if holders.lost {
        writeln!(out, "   {:16} until git collects its garbage", "lost objects")?;
    }
    Ok(())
}

const STASH: &[u8] = b"refs/stash";

/// Stashes by the name that `git stash drop` takes.
fn stashes(holders: &Holders) -> Vec<String> {
    let entries = holders.reflogs.iter().filter_map(|name| name.strip_prefix(STASH));
    entries.map(|number| format!("stash{}", String::from_utf8_lossy(number))).collect()
}

fn of_kind<'h>(holders: &'h Holders, kind: &[u8]) -> Vec<&'h [u8]> {
    holders.refs.iter().map(Vec::as_slice).filter(|name| name.starts_with(kind)).collect()
}

fn names(names: &[&[u8]], shown: &Shown) -> String {
    let mut words: Vec<String> = names.iter().take(NAMED).map(|name| short(name, shown)).collect();
    if names.len() > NAMED {
        words.push(format!("{} more", names.len() - NAMED));
    }
    words.join(", ")
}

fn short(name: &[u8], shown: &Shown) -> String {
    shown.text(name.strip_prefix(b"refs/tags/").unwrap_or_else(|| short_ref(name)))
}

fn clean_up(finding: &Finding, holders: &Holders, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    title("3. Take it out, as a suggestion: portcullis runs none of this", out)?;
    let rewritten = holders.refs.iter().any(|name| name.starts_with(b"refs/") && name != STASH);
    if rewritten {
        rewrite(finding, holders, shown, out)?;
    }
    if rewritten {
        para("Then in every clone that stays, this one too, once its branches are the new ones:", out)?;
    }
    if holders.staged {
        command("git restore --staged <the file>", "", out)?;
    }
    let mut stashes = stashes(holders);
    // From the last, for dropping one changes the numbers of those behind it.
    stashes.reverse();
    for stash in &stashes {
        command(&format!("git stash drop '{stash}'"), "look at it before", out)?;
    }
    command("git reflog expire --expire=now --expire-unreachable=now --all", "", out)?;
    command("git gc --prune=now", "", out)?;
    if rewritten {
        para(
            "Everybody else clones again. Servers keep commits that pull requests or forks lead to: ask the host \
              to collect its garbage.",
            out,
        )?;
    }
    Ok(())
}

/// Every commit behind the first one gets a new id.
fn rewrite(finding: &Finding, holders: &Holders, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    para("This gives every later commit a new id. In a fresh clone, with git-filter-repo:", out)?;
    command("git clone --mirror <address> cleaned.git && cd cleaned.git", "", out)?;
    if is_one_line(finding) {
        let value = "literal:<the value>==>REMOVED";
        para(&format!("write the line `{value}` into ../leaked.txt with an editor, then"), out)?;
        let messages = if holders.in_messages { " --replace-message ../leaked.txt" } else { "" };
        command(&format!("git filter-repo --replace-text ../leaked.txt{messages}"), "", out)?;
        command("rm ../leaked.txt", "", out)?;
    } else {
        para("It is no line of plain text, so the files go as a whole:", out)?;
        let words = holders
            .paths
            .iter()
            .map(|path| shown.shell_word(path).unwrap_or_else(|| "'<the file>'".to_owned()));
        let paths: Vec<String> = words.map(|path| format!(" --path {path}")).collect();
        command(&format!("git filter-repo --invert-paths{}", paths.concat()), "", out)?;
    }
    command("git push --force --all <address> && git push --force --tags <address>", "", out)
}

/// Whether `git filter-repo --replace-text` can find it.
fn is_one_line(finding: &Finding) -> bool {
    let value = finding.secret.as_ref().map(|secret| std::str::from_utf8(secret.expose()));
    finding.decoded.is_empty() && matches!(value, Some(Ok(text)) if !text.contains('\n'))
}

fn command(text: &str, why: &str, out: &mut dyn Write) -> io::Result<()> {
    let why = if why.is_empty() { String::new() } else { format!("   # {why}") };
    writeln!(out, "     {text}{why}")
}
