//! `portcullis deps approve --pending`: asks about one package after the other. Knows how a person answers, not how
//! approvals are written.

use std::io::{self, BufRead};

use super::deps::{self, ApproveArgs, Context, DepsCommand};
use super::{CLEAN, CliError, Output};
use crate::report::summary::plural;

/// Shows each package that nobody has let in, and approves it when a reason is given; each answer is written at once.
pub fn run(args: &ApproveArgs, context: &Context<'_>, output: &Output) -> Result<u8, CliError> {
    deps::may_approve(args, context)?;
    let mut answers = io::stdin().lock().lines();
    let (mut approved, mut left) = (0, 0);
    for package in deps::pending(context)? {
        let mut text = format!("{package}\n").into_bytes();
        deps::about(&package, context, &mut text)?;
        loop {
            text.extend_from_slice(b"why may it come in? (nothing: leave it) ");
            output.write(|out| out.write_all(&text))?;
            text.clear();
            let answer = answers.next().transpose().map_err(CliError::Output)?.unwrap_or_default();
            if answer.trim().is_empty() {
                left += 1;
                output.write(|out| writeln!(out, "left as it is\n"))?;
                break;
            }
            let (package, reason) = (Some(package.clone()), Some(answer.trim().to_owned()));
            let args = ApproveArgs { package, reason, pending: false, ..args.clone() };
            match deps::run(&DepsCommand::Approve(args), context, &mut io::sink()) {
                Ok(_) => {
                    approved += 1;
                    output.write(|out| writeln!(out, "approved\n"))?;
                    break;
                }
                // What the person can say better is asked again.
                Err(error) => text.extend_from_slice(format!("{error}\n").as_bytes()),
            }
        }
    }
    let (approved, left) = (plural(approved, "package", "packages"), plural(left, "package", "packages"));
    output.write(|out| writeln!(out, "{approved} approved, {left} left"))?;
    Ok(CLEAN)
}
