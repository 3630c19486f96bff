//! Ends the process when its time is up, whatever it is doing; the caller decides what the answer is then.

use std::process;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A running clock; dropping it calls it off.
#[must_use]
pub struct Deadline(#[expect(dead_code, reason = "its end is the message")] mpsc::Sender<()>);

/// Starts the clock; when time is up, `answer` tells why and gives the exit code.
pub fn start(seconds: u64, answer: impl FnOnce() -> u8 + Send + 'static) -> Deadline {
    let (called_off, waiting) = mpsc::channel();
    thread::spawn(move || match waiting.recv_timeout(Duration::from_secs(seconds)) {
        Err(RecvTimeoutError::Timeout) => {
            let code = answer();
            #[expect(clippy::exit, reason = "git processes and threads that may never end are left behind")]
            process::exit(i32::from(code));
        }
        Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
    });
    Deadline(called_off)
}
