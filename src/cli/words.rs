//! What shells and readers of manuals know of the command line, made from its definition.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{CLEAN, Cli, CliError, Output};

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write one page for each command into this folder; the first page goes to standard output when left out
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Writes what a shell needs to complete commands and options.
pub fn completions(shell: Shell, output: &Output) -> Result<u8, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "portcullis", &mut text);
    output.write(|out| out.write_all(&text))?;
    Ok(CLEAN)
}

/// Writes manual pages.
pub fn man(args: &ManArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let Some(folder) = args.dir.as_ref().map(|folder| dir.join(folder)) else {
        let mut text = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut text).map_err(CliError::Output)?;
        output.write(|out| out.write_all(&text))?;
        return Ok(CLEAN);
    };
    let written =
        fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(Cli::command(), &folder));
    written.map_err(|error| CliError::ReportFile { path: folder.clone(), error })?;
    output.line(&format!("the pages are in {}", folder.display()))?;
    Ok(CLEAN)
}
