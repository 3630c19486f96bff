//! AI agents that write code: what their hooks are told and answer, which commands go around the guard, and the settings
//! that make them ask. Knows payloads and settings as text; knows nothing of git, rules, the disk or streams.

pub mod answer;
mod bypass;
pub mod payload;
mod presence;
pub mod settings;
mod shell;

pub use bypass::{Judgement, judge};
pub use presence::presence;

/// Ten lines for `AGENTS.md`, `CLAUDE.md` and the like.
pub const INSTRUCTIONS: &str = "\
## Commits in this repository

- Portcullis looks at every commit and push: secrets, dangerous code, dependencies that nobody approved.
- When it stops you, read the `fix:` of each finding and change the code; then commit again.
- Do not go around it: no `--no-verify`, no other hooks folder, no environment variable that skips hooks.
- Never copy a value from `.env` or another secret file; name the variable and where to set it.
- Do not add a dependency on your own. Ask the user; a person runs `portcullis deps approve`.
- Do not write exceptions (`portcullis: allow`, `.portcullis/`) on your own. Ask the user, with your reason.
- Why is something found? `portcullis explain FILE:LINE`. What does a rule want? `portcullis rules show RULE`.
";

/// What every refusal ends with.
pub const NO_WAY_AROUND: &str = "Do not work around this: change the code or ask the user.";
