//! Runs a command that may never end or never stop writing, and ends it then. Knows nothing of git.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// How much is waited for.
#[derive(Clone, Copy)]
pub struct Limits<'l> {
    /// Whether time is up.
    pub is_up: &'l dyn Fn() -> bool,
    /// How many bytes its folder may hold.
    pub bytes: u64,
}

/// What came of a command.
#[derive(Debug)]
pub enum Ended {
    /// It ended by itself.
    Done(Done),
    /// Its time was up.
    TooSlow,
    /// It wrote too much.
    TooMuch,
}

/// What it wrote.
#[derive(Debug)]
pub struct Done {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

/// The longest time between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Runs `command`, which works below `folder`. Its streams go there as well, so that they count.
pub fn run(command: &mut Command, folder: &Path, limits: Limits<'_>) -> io::Result<Ended> {
    let streams = tempfile::tempdir_in(folder)?;
    let (out, err) = (streams.path().join("out"), streams.path().join("err"));
    command.stdin(Stdio::null()).stdout(File::create(&out)?).stderr(File::create(&err)?);
    let mut child = command.spawn()?;
    let mut pause = Duration::from_micros(200);
    loop {
        let status = child.try_wait()?;
        // Also when it has ended: what came in between two looks counts.
        let is_too_much = size(folder) > limits.bytes;
        if let Some(status) = status.filter(|_| !is_too_much) {
            return Ok(Ended::Done(Done { status, stdout: fs::read(out)?, stderr: fs::read(err)? }));
        }
        if is_too_much || (limits.is_up)() {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            child.wait()?;
            return Ok(if is_too_much { Ended::TooMuch } else { Ended::TooSlow });
        }
        thread::sleep(pause);
        pause = (pause * 2).min(PAUSE);
    }
}

/// The bytes of all files below a folder; files come and go meanwhile.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => size(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Ended, Limits, run};
    use std::process::Command;
    use std::time::{Duration, Instant};

    /// What becomes of a script with a limit of 64 kB and so many milliseconds.
    fn ends(script: &str, milliseconds: u64) -> String {
        let folder = tempfile::tempdir().unwrap();
        let until = Instant::now() + Duration::from_millis(milliseconds);
        let is_up = || Instant::now() >= until;
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder.path());
        match run(&mut command, folder.path(), Limits { is_up: &is_up, bytes: 1 << 16 }).unwrap() {
            Ended::Done(done) => {
                let [out, err] = [done.stdout, done.stderr].map(|stream| String::from_utf8(stream).unwrap());
                format!("{:?} {out}{err}", done.status.code())
            }
            Ended::TooSlow => "too slow".to_owned(),
            Ended::TooMuch => "too much".to_owned(),
        }
    }

    #[test]
    fn what_does_not_end_or_writes_without_end_is_ended() {
        for (script, milliseconds, expected) in [
            ("echo out; echo err >&2; exit 3", 60_000, "Some(3) out\nerr\n"),
            ("exec sleep 600", 50, "too slow"),
            ("while :; do :; done", 50, "too slow"),
            ("exec cat /dev/zero", 60_000, "too much"),
            ("mkdir below; exec cat /dev/zero > below/file", 60_000, "too much"),
            ("head -c 70000 /dev/zero > file", 60_000, "too much"),
        ] {
            assert_eq!(ends(script, milliseconds), expected, "{script}");
        }
    }
}
