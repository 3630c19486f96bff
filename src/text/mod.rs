//! Text as people see it: lines and columns, escaping for terminals, TOML with places. Knows nothing of rules or git.

mod escape;
mod excerpt;
mod lines;
pub mod patch;
pub mod toml_doc;

pub use escape::escape;
pub use excerpt::excerpt;
pub use lines::Lines;
