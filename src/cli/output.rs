//! The standard streams: the report goes to standard output, everything else to standard error.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use terminal_size::Width;

use super::CliError;
use super::report_file::{self, ReportFile};
use crate::engine::Engine;
use crate::model::{Oid, Report, RuleInfo};
use crate::report::{self, Action, Context, Format};

/// Choices of `--color`.
pub const COLOURS: [(&str, ColorChoice); 3] =
    [("auto", ColorChoice::Auto), ("always", ColorChoice::Always), ("never", ColorChoice::Never)];

/// How many findings of each kind the text report shows.
const MAX_FINDINGS: usize = 10;
/// The same where it goes over the wire.
const MAX_FINDINGS_OF_SERVER: usize = 3;
/// Columns, when nobody says how many there are.
const WIDTH: usize = 100;

/// How the user wants to see it.
#[derive(Debug, Clone)]
pub struct Output {
    colour: ColorChoice,
    files: Vec<ReportFile>,
}

/// Who reads a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Somebody who asked for it.
    Asked,
    /// Somebody who asked for it, and to whom the beginning was written while the scan ran.
    ReadingAlong,
    /// Somebody whose commit or push waits: "nothing found" is no news.
    Hook,
    /// Somebody at the other end of a push: few lines, and short ones, for git puts `remote: ` before each.
    Server,
}

impl Audience {
    fn width(self) -> usize {
        match self {
            Audience::Asked | Audience::ReadingAlong | Audience::Hook => width(),
            Audience::Server => WIDTH - "remote: ".len(),
        }
    }

    fn is_quiet(self) -> bool {
        match self {
            Audience::Asked | Audience::ReadingAlong => false,
            Audience::Hook | Audience::Server => true,
        }
    }

    fn max_findings(self) -> usize {
        match self {
            Audience::Asked | Audience::ReadingAlong | Audience::Hook => MAX_FINDINGS,
            Audience::Server => MAX_FINDINGS_OF_SERVER,
        }
    }
}

/// What was scanned, and why.
pub struct Occasion<'o> {
    /// The shape of the report.
    pub format: Format,
    /// What stops when something blocks.
    pub action: Action,
    /// The command that shows everything.
    pub more: &'o str,
    /// Who reads it.
    pub audience: Audience,
    /// The newest commits of what is pushed.
    pub tips: &'o [Oid],
}

impl Occasion<'_> {
    /// The report as plain text.
    pub fn text(&self, report: &Report) -> Result<String, CliError> {
        let mut bytes = Vec::new();
        report::write(self.format, report, &self.context(&[]), &mut bytes).map_err(CliError::Output)?;
        let plain = anstream::adapter::strip_bytes(&bytes).into_vec();
        Ok(String::from_utf8_lossy(&plain).into_owned())
    }

    fn context<'c>(&'c self, rules: &'c [Arc<RuleInfo>]) -> Context<'c> {
        Context {
            action: self.action,
            more: self.more,
            width: self.audience.width(),
            max_findings: self.audience.max_findings(),
            pathspec: if is_below_top() { ":/" } else { "" },
            quiet_when_clean: self.audience.is_quiet(),
            tips: self.tips,
            rules,
            begun: self.audience == Audience::ReadingAlong,
            version: env!("CARGO_PKG_VERSION"),
            now: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()),
        }
    }
}

impl Output {
    /// Takes the user's choices.
    pub fn new(colour: ColorChoice) -> Self {
        Output { colour, files: Vec::new() }
    }

    /// The same, with reports in files beside; relative ones count from `dir`.
    pub fn with_files(&self, dir: &Path, files: &[ReportFile]) -> Self {
        let place = |file: &ReportFile| ReportFile { path: dir.join(&file.path), ..file.clone() };
        Output { files: files.iter().map(place).collect(), ..*self }
    }

    /// Writes a report and returns the exit code that follows from it. Whoever closes the pipe does not change it,
    /// but nobody is told "clean" then.
    pub fn report(&self, report: &Report, engine: &Engine, occasion: &Occasion<'_>) -> Result<u8, CliError> {
        let rules: Vec<_> = if self.formats(occasion).any(|format| format == Format::Sarif) {
            engine.infos().cloned().collect()
        } else {
            Vec::new()
        };
        let context = occasion.context(&rules);
        // A file has what standard output has had already.
        let whole = Context { begun: false, ..context.clone() };
        for ReportFile { format, path } in &self.files {
            let mut bytes = Vec::new();
            report::write(*format, report, &whole, &mut bytes).map_err(CliError::Output)?;
            report_file::put(path, &anstream::adapter::strip_bytes(&bytes).into_vec())?;
        }
        let written = self.write(|out| report::write(occasion.format, report, &context, out));
        match (written, report.blocks()) {
            (Err(error), true) if error.is_closed_pipe() => Ok(super::BLOCKED),
            (Err(error), _) => Err(error),
            (Ok(()), _) if !report.receipt.unread.is_empty() => {
                Err(CliError::Unread(report.receipt.unread.len()))
            }
            (Ok(()), true) => Ok(super::BLOCKED),
            (Ok(()), false) => Ok(super::CLEAN),
        }
    }

    fn formats(&self, occasion: &Occasion<'_>) -> impl Iterator<Item = Format> {
        std::iter::once(occasion.format).chain(self.files.iter().map(|file| file.format))
    }

    /// Writes a report behind what a file holds.
    pub fn append(&self, path: &Path, report: &Report, occasion: &Occasion<'_>) -> Result<(), CliError> {
        let append = || {
            let file = fs::OpenOptions::new().append(true).create(true).open(path)?;
            let mut out = BufWriter::new(file);
            report::write(occasion.format, report, &occasion.context(&[]), &mut out)?;
            out.flush()
        };
        append().map_err(|error| CliError::ReportFile { path: path.to_owned(), error })
    }

    /// Writes what a report in lines begins with, while the scan still runs.
    pub fn begin(&self, occasion: &Occasion<'_>) -> Result<(), CliError> {
        self.write(|out| report::begin_lines(&occasion.context(&[]), out))
    }

    /// Writes to standard output, buffered, coloured where wanted.
    pub fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        let mut out = BufWriter::new(AutoStream::new(io::stdout().lock(), self.colour(&io::stdout())));
        write(&mut out).and_then(|()| out.flush()).map_err(CliError::Output)
    }

    /// Writes one line of text to standard output.
    pub fn line(&self, text: &str) -> Result<(), CliError> {
        self.write(|out| writeln!(out, "{text}"))
    }

    /// Tells why there is no answer.
    pub fn error(&self, error: &CliError) {
        if error.is_closed_pipe() {
            return;
        }
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        let mut text = format!("{red}error:{red:#} could not tell, so nothing goes on:");
        let lines = error.to_string();
        if lines.contains('\n') || matches!(error, CliError::Problems(_)) {
            text.push_str(&format!("\n{lines}"));
        } else {
            text.push_str(&format!(" {lines}"));
        }
        if let Some(hint) = error.hint() {
            text.push_str(&format!("\n  {hint}"));
        }
        let mut out = AutoStream::new(io::stderr().lock(), self.colour(&io::stderr()));
        // Where standard error is closed there is nobody to tell; the exit code still says it.
        let _ = writeln!(out, "{text}");
    }

    /// The user's choice, or what the environment (`NO_COLOR`, `CLICOLOR_FORCE`, …) and the stream say.
    fn colour(&self, stream: &impl anstream::stream::RawStream) -> ColorChoice {
        match self.colour {
            ColorChoice::Auto => AutoStream::choice(stream),
            ColorChoice::Always | ColorChoice::AlwaysAnsi | ColorChoice::Never => self.colour,
        }
    }
}

/// Writes a line to standard error.
pub fn stderr_line(text: &str) -> io::Result<()> {
    writeln!(io::stderr().lock(), "{text}")
}

/// Git starts hooks at the top, and says in which folder the user stands.
fn is_below_top() -> bool {
    std::env::var_os("GIT_PREFIX").is_some_and(|prefix| !prefix.is_empty())
}

/// What the user says, or what fits on the terminal; long lines are hard to read on any.
fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(Width(columns), _)| columns.into());
    let columns = said.or_else(|| Some(WIDTH.min(terminal()?)));
    columns.filter(|columns| *columns >= 40).unwrap_or(WIDTH)
}
