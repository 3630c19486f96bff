//! Takes a command line apart into simple commands, as POSIX sh and bash read it, far enough to know which programs
//! are called with which words. Expands nothing. Source: POSIX.1-2024, Shell Command Language, 2.2 to 2.10.

/// Substitutions inside of substitutions beyond this are not looked into.
const DEEPEST: usize = 16;

/// A program and its words, without quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simple {
    /// Assignments, the program, its arguments.
    pub words: Vec<String>,
    /// Files that output is redirected to.
    pub writes: Vec<String>,
}

/// Every simple command of `line`; those of a substitution stand before the command that it is in.
pub fn commands(line: &str) -> Vec<Simple> {
    read(line, 0)
}

fn read(line: &str, depth: usize) -> Vec<Simple> {
    let mut reader = Reader {
        chars: line.chars().collect(),
        at: 0,
        depth,
        found: Vec::new(),
        simple: Simple::default(),
        word: None,
        role: Role::Word,
        delimiters: Vec::new(),
    };
    if depth <= DEEPEST {
        reader.run();
    }
    reader.found
}

/// What the word that is being read is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The command itself.
    Word,
    /// Behind `>`.
    Written,
    /// Behind `<`.
    Read,
    /// Behind `<<`.
    Delimiter,
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    found: Vec<Simple>,
    simple: Simple,
    word: Option<String>,
    role: Role,
    /// Of here-documents that begin on the next line.
    delimiters: Vec<String>,
}

impl Reader {
    fn run(&mut self) {
        while let Some(char) = self.next() {
            match char {
                '\\' => match self.next() {
                    Some('\n') | None => {}
                    Some(char) => self.push(char),
                },
                '\'' => self.quoted(),
                '"' => self.double_quoted(),
                '`' => self.substitute('`'),
                '$' if self.peek() == Some('(') => {
                    self.at += 1;
                    self.substitute(')');
                }
                '$' if self.peek() == Some('\'') => {}
                '#' if self.word.is_none() => self.skip_to_line_end(),
                '>' => self.redirect(Role::Written),
                '<' => self.redirect_input(),
                '&' if self.peek() == Some('>') => {}
                ' ' | '\t' | '\r' => self.end_word(),
                '\n' => {
                    self.end_command();
                    self.skip_documents();
                }
                ';' | '&' | '|' | '(' | ')' => self.end_command(),
                char => self.push(char),
            }
        }
        self.end_command();
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += 1;
        Some(char)
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn push(&mut self, char: char) {
        self.word.get_or_insert_default().push(char);
    }

    fn quoted(&mut self) {
        self.word.get_or_insert_default();
        while let Some(char) = self.next().filter(|&char| char != '\'') {
            self.push(char);
        }
    }

    fn double_quoted(&mut self) {
        self.word.get_or_insert_default();
        while let Some(char) = self.next() {
            match char {
                '"' => return,
                '\\' => match self.next() {
                    Some(char @ ('"' | '\\' | '$' | '`')) => self.push(char),
                    Some('\n') | None => {}
                    Some(char) => {
                        self.push('\\');
                        self.push(char);
                    }
                },
                '`' => self.substitute('`'),
                '$' if self.peek() == Some('(') => {
                    self.at += 1;
                    self.substitute(')');
                }
                char => self.push(char),
            }
        }
    }

    /// Reads a substitution up to its end; its commands are found, and its place in the word is `$`.
    fn substitute(&mut self, end: char) {
        let start = self.at;
        let mut open = 1;
        let mut quote = None;
        while let Some(char) = self.next() {
            match (quote, char) {
                (_, '\\') => self.at += 1,
                (None, char) if char == end => open -= 1,
                (None, '(') if end == ')' => open += 1,
                (None, '\'' | '"') => quote = Some(char),
                (Some(quoted), char) if quoted == char => quote = None,
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        let inner_end = self.at.min(self.chars.len()).saturating_sub(usize::from(open == 0)).max(start);
        let inner: String = self.chars[start.min(inner_end)..inner_end].iter().collect();
        self.found.extend(read(&inner, self.depth + 1));
        self.push('$');
    }

    fn redirect(&mut self, role: Role) {
        // A number before it is a file descriptor.
        if self.word.as_ref().is_some_and(|word| word.chars().all(|char| char.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        while matches!(self.peek(), Some('>' | '|' | '&')) {
            self.at += 1;
        }
        self.role = role;
    }

    fn redirect_input(&mut self) {
        let angles = 1 + self.chars[self.at..].iter().take_while(|&&char| char == '<').count();
        self.at += angles - 1;
        if angles == 2 && self.peek() == Some('-') {
            self.at += 1;
        }
        self.redirect(if angles == 2 { Role::Delimiter } else { Role::Read });
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match self.role {
            Role::Word => self.simple.words.push(word),
            Role::Written => self.simple.writes.push(word),
            Role::Read => {}
            Role::Delimiter => self.delimiters.push(word),
        }
        self.role = Role::Word;
    }

    fn end_command(&mut self) {
        self.end_word();
        self.role = Role::Word;
        let simple = std::mem::take(&mut self.simple);
        if simple != Simple::default() {
            self.found.push(simple);
        }
    }

    fn skip_to_line_end(&mut self) {
        while self.peek().is_some_and(|char| char != '\n') {
            self.at += 1;
        }
    }

    /// Here-documents are input and no commands.
    fn skip_documents(&mut self) {
        for delimiter in std::mem::take(&mut self.delimiters) {
            while self.at < self.chars.len() {
                let start = self.at;
                self.skip_to_line_end();
                let line: String = self.chars[start..self.at].iter().collect();
                self.at += 1;
                if line.trim_start_matches('\t') == delimiter {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    /// Words of each command, joined by `|`; what is written to behind `>`.
    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let text = |simple: super::Simple| {
            let writes: String = simple.writes.iter().map(|file| format!(">{file}")).collect();
            format!("{}{writes}", simple.words.join("|"))
        };
        let found: Vec<String> = commands(line).into_iter().map(text).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn words_are_read_as_a_shell_reads_them() {
        check("git commit -m 'a b' --x=\"c d\"", &["git|commit|-m|a b|--x=c d"]);
        check("a\\ b 'it'\\''s' \"\\\"q\\\" \\n\"", &["a b|it's|\"q\" \\n"]);
        check("X=1 a;b&&c||d|e & f", &["X=1|a", "b", "c", "d", "e", "f"]);
        check("(cd x && y)", &["cd|x", "y"]);
        check("a # b; c\nd", &["a", "d"]);
        check("a \\\n b", &["a|b"]);
    }

    #[test]
    fn substitutions_hold_commands() {
        check("a $(b c) d", &["b|c", "a|$|d"]);
        check("a \"x$(b \"c)d\")y\"", &["b|c)d", "a|x$y"]);
        check("a `b c`", &["b|c", "a|$"]);
        check("$(a $(b))", &["b", "a|$", "$"]);
        check("a $(b", &["b", "a|$"]);
    }

    #[test]
    fn redirections_are_no_words_and_documents_no_commands() {
        check("a > b 2>&1 < c", &["a>b>1"]);
        check("a >>b &> c", &["a>b>c"]);
        check("cat > f <<'E'\ngit commit -n\nE\nb", &["cat>f", "b"]);
        check("cat <<-E\n\tx\n\tE\nb", &["cat", "b"]);
        check("a <<< b c", &["a|c"]);
        check("cat <<E", &["cat"]);
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_too_strange(line in "[a'\"`$()<>&|;#\\\\\n 1]{0,60}") {
            commands(&line);
        }
    }
}
