//! What the configuration says about pushing, receiving and commits that no hook has seen.

use crate::text::toml_doc::Table;

/// What is new to a remote of which nothing has been seen yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewRemote {
    /// All of history.
    History,
    /// What no other remote has.
    Known,
    /// What no other remote has if one of them is on the same host; all of history otherwise.
    ByHost,
}

impl NewRemote {
    /// Every value with its name in the configuration.
    pub const NAMES: [(&'static str, NewRemote); 3] =
        [("auto", NewRemote::ByHost), ("history", NewRemote::History), ("known", NewRemote::Known)];
}

/// What becomes of a push that takes a server too long to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnTimeout {
    /// It is refused.
    Reject,
    /// It is taken in, and that is said.
    Accept,
}

impl OnTimeout {
    /// Every value with its name in the configuration.
    pub const NAMES: [(&'static str, OnTimeout); 2] =
        [("reject", OnTimeout::Reject), ("accept", OnTimeout::Accept)];
}

/// What prepare-commit-msg does about content that pre-commit has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backstop {
    /// Nothing.
    Off,
    /// It tells what it finds.
    Warn,
    /// It stops the commit.
    Block,
}

impl Backstop {
    /// Every value with its name in the configuration.
    pub const NAMES: [(&'static str, Backstop); 3] =
        [("off", Backstop::Off), ("warn", Backstop::Warn), ("block", Backstop::Block)];
}

/// How the doors beside pre-commit are guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doors {
    /// For commits that came past pre-commit.
    pub backstop: Backstop,
    /// For a first push.
    pub new_remote: NewRemote,
    /// A push that takes longer is stopped; none: it takes as long as it takes.
    pub push_seconds: Option<u64>,
    /// After these a server does what `on_timeout` says.
    pub receive_seconds: u64,
    /// What it does.
    pub on_timeout: OnTimeout,
}

impl Default for Doors {
    fn default() -> Self {
        Doors {
            backstop: Backstop::Warn,
            new_remote: NewRemote::ByHost,
            push_seconds: None,
            receive_seconds: 60,
            on_timeout: OnTimeout::Reject,
        }
    }
}

/// Reads `backstop`, `[push]` and `[receive]` of the whole file over what was said before.
pub fn read(root: &Table<'_, '_>, mut doors: Doors) -> Doors {
    doors.backstop = root.one_of("backstop", &Backstop::NAMES).unwrap_or(doors.backstop);
    if let Some(table) = root.table("push") {
        doors.new_remote = table.one_of("new_remote", &NewRemote::NAMES).unwrap_or(doors.new_remote);
        doors.push_seconds = seconds(&table).or(doors.push_seconds);
        table.finish();
    }
    if let Some(table) = root.table("receive") {
        doors.receive_seconds = seconds(&table).unwrap_or(doors.receive_seconds);
        doors.on_timeout = table.one_of("on_timeout", &OnTimeout::NAMES).unwrap_or(doors.on_timeout);
        table.finish();
    }
    doors
}

fn seconds(table: &Table<'_, '_>) -> Option<u64> {
    let seconds = table.integer("max_seconds")?;
    if seconds == 0 {
        table.invalid("max_seconds", "at least one second");
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::{Backstop, Doors, NewRemote, OnTimeout, read};
    use crate::text::toml_doc::Document;

    #[track_caller]
    fn check(text: &str, expected: Result<Doors, &str>) {
        let doc = Document::parse("c", text);
        let doors = read(&doc.root(), Doors::default());
        let read = doc.into_result(doors).map_err(|problems| problems.to_string().trim_end().to_owned());
        assert_eq!(read, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn doors_are_guarded_as_written_or_as_usual() {
        check("", Ok(Doors::default()));
        check(
            "backstop = 'block'\n[push]\nnew_remote = 'known'\nmax_seconds = 9\n\
             [receive]\nmax_seconds = 4\non_timeout = 'accept'\n",
            Ok(Doors {
                backstop: Backstop::Block,
                new_remote: NewRemote::Known,
                push_seconds: Some(9),
                receive_seconds: 4,
                on_timeout: OnTimeout::Accept,
            }),
        );
        check("[push]\nmax_seconds = 0", Err("c:2:15: `max_seconds`: at least one second"));
        check(
            "[receive]\non_timeot = 'accept'",
            Err("c:2:1: unknown key `on_timeot`, did you mean `on_timeout`?"),
        );
    }
}
