//! One import of a piece of code, whatever the language.

use crate::model::Span;

/// What a piece of code takes from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module, as the language names it.
    pub module: String,
    /// Where it is named.
    pub span: Span,
    /// True where the code itself reckons with its absence.
    pub excused: bool,
    /// The names that are taken out of it.
    pub taken: Vec<(String, Span)>,
    /// The name under which the module itself is at hand.
    pub alias: Option<String>,
}

impl Import {
    /// An import of a whole module that has to be there.
    pub fn new(module: impl Into<String>, span: Span) -> Import {
        Import { module: module.into(), span, excused: false, taken: Vec::new(), alias: None }
    }
}

#[cfg(test)]
pub mod tests {
    use super::Import;
    use crate::text::Lines;

    /// `LINE:COLUMN MODULE [as ALIAS] [taking NAMES] [or not]` of every import.
    #[track_caller]
    pub fn check(text: &str, imports: &[Import], expected: &[&str]) {
        let lines = Lines::new(text.as_bytes());
        let shown: Vec<String> = imports
            .iter()
            .map(|import| {
                let at = lines.position(import.span.start);
                let names: Vec<&str> = import.taken.iter().map(|(name, _)| name.as_str()).collect();
                let alias = import.alias.as_ref().map(|alias| format!(" as {alias}")).unwrap_or_default();
                let taken =
                    if names.is_empty() { String::new() } else { format!(" taking {}", names.join(" ")) };
                let excused = if import.excused { " or not" } else { "" };
                format!("{}:{} {}{alias}{taken}{excused}", at.line, at.column, import.module)
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }
}
