//! Splits a script of a shell into commands of words, as far as that can be done without running it: quotes, comments,
//! continued lines, the bodies of heredocs.

use crate::model::Span;

/// A word without its quotes, and its place.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: String,
    pub span: Span,
}

/// The commands of a script, in their order.
pub fn commands(text: &str) -> Vec<Vec<Word>> {
    let mut splitter = Splitter { text, at: 0, done: Vec::new(), words: Vec::new(), ends: Vec::new() };
    while splitter.at < text.len() {
        splitter.step();
    }
    splitter.end_command();
    splitter.done
}

struct Splitter<'t> {
    text: &'t str,
    at: usize,
    done: Vec<Vec<Word>>,
    words: Vec<Word>,
    /// The words that end the heredocs which this line begins.
    ends: Vec<String>,
}

impl Splitter<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let Some(char) = rest.chars().next() else { return };
        match char {
            '\n' => {
                self.at += 1;
                self.end_command();
                self.skip_heredocs();
            }
            '\\' if rest.starts_with("\\\n") => self.at += 2,
            '\\' if rest.starts_with("\\\r\n") => self.at += 3,
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            ';' | '&' | '|' | '(' | ')' | '`' => {
                self.at += 1;
                self.end_command();
            }
            '$' if rest.starts_with("$(") => {
                self.at += 2;
                self.end_command();
            }
            '<' if rest.starts_with("<<") && !rest.starts_with("<<<") => {
                let word = rest[2..].trim_start_matches('-').trim_start_matches(' ');
                let end = word.find([' ', '\n', ';', '|', '&', ')', '>']).unwrap_or(word.len());
                self.ends.push(word[..end].trim().trim_matches(['"', '\'', '\\']).to_owned());
                self.at = self.text.len() - word.len() + end;
            }
            char if char.is_whitespace() => self.at += char.len_utf8(),
            _ => self.word(),
        }
    }

    fn end_command(&mut self) {
        if !self.words.is_empty() {
            self.done.push(std::mem::take(&mut self.words));
        }
    }

    /// Bodies are texts of something else; one that nothing ends would hide the rest of the file.
    fn skip_heredocs(&mut self) {
        for end in std::mem::take(&mut self.ends) {
            let mut at = self.at;
            let line = self.text[self.at..].split_inclusive('\n').find(|line| {
                at += line.len();
                line.trim_end_matches(['\n', '\r']).trim_start_matches('\t') == end
            });
            if line.is_some() {
                self.at = at;
            }
        }
    }

    /// Up to the next blank or operator, through quotes.
    fn word(&mut self) {
        let start = self.at;
        let mut text = String::new();
        let mut quote = None;
        let mut chars = self.text[start..].char_indices().peekable();
        let mut end = self.text.len() - start;
        while let Some((at, char)) = chars.next() {
            match (quote, char) {
                (Some(open), char) if char == open => quote = None,
                (None, '"' | '\'') => quote = Some(char),
                (None | Some('"'), '\\') => match chars.next() {
                    Some((_, '\n')) | None => {}
                    Some((_, escaped)) => text.push(escaped),
                },
                (None, ';' | '&' | '|' | '(' | ')' | '`' | '\n') => {
                    end = at;
                    break;
                }
                (None, char) if char.is_whitespace() => {
                    end = at;
                    break;
                }
                (_, char) => text.push(char),
            }
        }
        self.at = start + end;
        self.words.push(Word { text, span: Span::new(start, start + end) });
    }
}
