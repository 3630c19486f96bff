//! Finds words anywhere in a value, in any case; knows nothing of what a word means.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use once_cell::sync::OnceCell;

/// Words that make a value harmless; the automaton is built at the first question, since most rules never match.
#[derive(Debug, Clone, Default)]
pub struct StopWords {
    words: Vec<String>,
    automaton: OnceCell<Option<AhoCorasick>>,
}

impl StopWords {
    /// Takes the words; empty ones are dropped, because they would be in every value.
    pub fn new<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter().map(Into::into).filter(|word: &String| !word.is_empty()).collect();
        StopWords { words, automaton: OnceCell::new() }
    }

    /// True when the value contains one of the words, in any ASCII case.
    pub fn occur_in(&self, value: &[u8]) -> bool {
        if self.words.is_empty() {
            return false;
        }
        match self.automaton.get_or_init(|| self.build()) {
            Some(automaton) => automaton.is_match(value),
            // A list too large for an automaton is still obeyed.
            None => one_by_one(&self.words, value),
        }
    }

    fn build(&self) -> Option<AhoCorasick> {
        // A hook asks a few times: what is quick to build is quicker than what is quick to ask.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(&self.words).ok()
    }
}

fn one_by_one(words: &[String], value: &[u8]) -> bool {
    words.iter().any(|word| value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(words: &[&str], value: &str, expected: bool) {
        assert_eq!(
            StopWords::new(words.iter().copied()).occur_in(value.as_bytes()),
            expected,
            "{words:?} {value}"
        );
    }

    #[test]
    fn a_word_counts_anywhere_and_in_any_case() {
        check(&["example"], "MyExampleKey", true);
        check(&["example", "dummy"], "xDUMMY", true);
        check(&["example"], "exampl", false);
    }

    #[test]
    fn no_words_and_empty_words_stop_nothing() {
        check(&[], "anything", false);
        check(&[""], "anything", false);
        check(&["word"], "", false);
    }

    proptest! {
        #[test]
        fn the_automaton_and_the_plain_search_agree(words in prop::collection::vec("[abA]{1,3}", 0..4), value in "[abBc]{0,8}") {
            let stop_words = StopWords::new(words.clone());
            prop_assert_eq!(stop_words.occur_in(value.as_bytes()), one_by_one(&words, value.as_bytes()));
        }
    }
}
