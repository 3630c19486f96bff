//! The command line: arguments, environment, standard streams and exit codes; decides nothing about content.

mod agents;
mod allow;
mod approvals;
mod baseline;
mod ci;
mod config;
mod deadline;
pub mod deps;
mod doctor;
mod error;
mod exceptions;
mod explain;
mod files;
mod fix;
mod history;
mod hook;
mod import;
mod install;
mod judges;
mod key;
mod known;
mod leak;
mod output;
mod own_rules;
mod packs;
mod pending;
mod report_file;
mod rules;
mod scan;
mod setup;
mod skip;
mod stdin;
mod whole;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use crate::report::Format;
pub use error::CliError;
use output::Output;
use report_file::ReportFile;

/// Nothing to object to.
const CLEAN: u8 = 0;
/// Something stops the commit.
const BLOCKED: u8 = 1;
/// No answer.
const COULD_NOT_TELL: u8 = 2;

/// Stops secrets, dangerous code and unapproved dependencies before they enter a git history.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 clean, 1 something blocks, 2 could not tell."
)]
struct Cli {
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: Command,
}

/// How results are shown.
#[derive(Debug, Args)]
struct OutputArgs {
    /// Whether text is coloured.
    #[arg(long, global = true, default_value = "auto", value_parser = named(&output::COLOURS))]
    color: anstream::ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scan the staged content, a range, files, standard input or the history
    Scan {
        /// The shape of the report.
        #[arg(long, global = true, default_value = "text", value_parser = named(&Format::NAMES))]
        format: Format,
        /// Writes the report to a file as well; may be given several times.
        #[arg(long, global = true, value_name = "FORMAT=FILE", value_parser = report_file::parse)]
        output: Vec<ReportFile>,
        #[command(subcommand)]
        what: scan::ScanCommand,
    },
    /// Scan the commits of a change in a CI service, judged by the policy before it
    Ci(ci::CiArgs),
    /// Guard a repository: write the git hooks
    Install(install::InstallArgs),
    /// Take the hooks out again and restore what stood there
    Uninstall(install::UninstallArgs),
    /// Tell whether git runs the hooks here, and repair them
    Doctor(doctor::DoctorArgs),
    /// What the git hooks call
    #[command(hide = true)]
    Hook {
        /// The hook, as git calls it.
        name: String,
        /// What git gives the hook.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Tell why something is found at a place, or not
    Explain(explain::ExplainArgs),
    /// Show what the fixes of rules change, and change it with `--apply`
    Fix(fix::FixArgs),
    /// Let a finding pass: write a reviewed exception
    Allow(allow::AllowArgs),
    /// Accept what is found today, so that only what is new counts
    Baseline {
        #[command(subcommand)]
        command: baseline::BaselineCommand,
    },
    /// Take over the rules of a gitleaks.toml, and tell what changes on the way
    Import(import::ImportArgs),
    /// Tell what to do about a secret that is in the history
    Leak(leak::LeakArgs),
    /// List, show and test rules
    Rules {
        #[command(subcommand)]
        command: rules::RulesCommand,
    },
    /// Share rules: take packs over from other repositories, at pinned commits
    Packs {
        #[command(subcommand)]
        command: packs::PacksCommand,
    },
    /// List, judge and approve dependencies
    Deps {
        #[command(subcommand)]
        command: deps::DepsCommand,
    },
    /// Make AI agents ask before they run a command or write a file
    Agent {
        #[command(subcommand)]
        command: agents::AgentCommand,
    },
    /// What the hooks of AI agents call, with a payload on standard input
    #[command(hide = true)]
    AgentHook,
    /// Print what a shell needs to complete commands
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command
    Man(words::ManArgs),
    /// Show the configuration in force
    Config {
        #[command(subcommand)]
        command: config::ConfigCommand,
    },
}

/// A value out of a table of names.
fn named<T: Copy + Send + Sync + 'static>(
    names: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let words: Vec<&'static str> = names.iter().map(|(name, _)| *name).collect();
    // The parser has let through only words of the table.
    PossibleValuesParser::new(words).map(|word| {
        let position = names.iter().position(|(name, _)| *name == word).unwrap_or(0);
        names[position].1
    })
}

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        let _ = output::stderr_line(&format!("portcullis: could not tell: internal error: {info}"));
        // A panic may not look like an answer, on whatever thread it happens.
        std::process::exit(i32::from(COULD_NOT_TELL));
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { COULD_NOT_TELL } else { CLEAN };
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::from(COULD_NOT_TELL),
            };
        }
    };
    let output = Output::new(cli.output.color);
    let result =
        std::env::current_dir().map_err(CliError::CurrentDir).and_then(|dir| run(cli.command, dir, &output));
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output.error(&error);
            ExitCode::from(COULD_NOT_TELL)
        }
    }
}

fn run(command: Command, dir: PathBuf, output: &Output) -> Result<u8, CliError> {
    match command {
        Command::Scan { format, output: files, what } => {
            scan::run(what, format, &dir, &output.with_files(&dir, &files))
        }
        Command::Ci(args) => ci::run(&args, &dir, &output.with_files(&dir, &args.output)),
        Command::Install(args) => install::install(args, &dir, output),
        Command::Uninstall(args) => install::uninstall(args, &dir, output),
        Command::Doctor(args) => doctor::run(args, &dir, output),
        Command::Hook { name, args } => hook::run(&name, &args, &dir, output),
        Command::Explain(args) => explain::run(&args, &dir, output),
        Command::Fix(args) => fix::run(&args, &dir, output),
        Command::Allow(args) => allow::run(&args, &dir, output),
        Command::Baseline { command } => baseline::run(&command, &dir, output),
        Command::Import(args) => import::run(&args, &dir, output),
        Command::Leak(args) => leak::run(&args, &dir, output),
        Command::Rules { command } => rules::run(command, &dir, output),
        Command::Packs { command } => packs::run(&command, &dir, output),
        Command::Deps { command } => approvals::run(&command, &dir, output),
        Command::Agent { command } => agents::run(command, &dir, output),
        Command::AgentHook => agents::answer(&dir, output),
        Command::Completions { shell } => words::completions(shell, output),
        Command::Man(args) => words::man(&args, &dir, output),
        Command::Config { command } => config::run(command, &dir, output),
    }
}
