//! What comments and strings look like in each language, as tables. Knows nothing of how text is walked.

use super::Language;
use super::byte_set::ByteSet;

/// How a string's closing quote can be written inside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Not at all.
    None,
    /// After a backslash.
    Backslash,
    /// By writing it twice.
    Doubled,
}

/// Which parts of a string are code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holes {
    /// None.
    None,
    /// `{expr}`, with as many braces as told; more of them are text.
    Brace(usize),
    /// `${expr}`.
    DollarBrace,
    /// `${expr}` and `$name`.
    Dollar,
    /// `{$expr}`, `${expr}` and `$name`, `$name->field`, `$name[key]`.
    Php,
    /// `${name}`, `$(command)` and `$name`.
    Shell,
    /// `#{expr}`.
    HashBrace,
    /// `\(expr)`.
    BackslashParen,
}

/// A kind of string, by its quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    pub(super) escape: Escape,
    pub(super) multiline: bool,
    pub(super) holes: Holes,
}

/// What a prefix in front of a quote may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefixes {
    None,
    Python,
    CSharp,
    Rust,
    Cpp,
    /// Any word makes the string an interpolating one.
    Scala,
    /// Any expression in front of a backtick is a tag.
    Tag,
}

/// How a document inside the code begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heredoc {
    None,
    /// `<<WORD`, `<<-WORD`, `<<~WORD`; the word may be quoted.
    Shift(Holes),
    /// `<<<WORD`.
    Php,
}

/// Constructs that no table row can tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quirks {
    /// `/…/` where an operand is expected is a pattern.
    pub(super) slash_regex: bool,
    /// Ruby's `%w[…]` and its kin.
    pub(super) percent_literals: bool,
    /// A string that is a whole statement is a comment.
    pub(super) docstrings: bool,
    /// `'a` without a closing quote is a lifetime.
    pub(super) lifetimes: bool,
    /// `#` begins a comment only at the start of a word.
    pub(super) hash_after_blank: bool,
    /// A backslash in code takes the next byte's meaning away.
    pub(super) code_escapes: bool,
    /// Code stands only between `<?` and `?>`.
    pub(super) php_tags: bool,
    /// A quote right behind a letter or digit is none (`1'000`, `don't`).
    pub(super) quote_after_blank: bool,
    /// Code may hold text between tags, where `'` behind a word that asks for no operand is an apostrophe.
    pub(super) markup_text: bool,
}

/// Everything the lexer needs to know about a language.
#[derive(Debug)]
pub(super) struct Syntax {
    pub(super) line_comments: &'static [&'static str],
    pub(super) block_comments: &'static [(&'static str, &'static str)],
    pub(super) nested_comments: bool,
    /// Longer openers first.
    pub(super) quotes: &'static [Quote],
    pub(super) prefixes: Prefixes,
    pub(super) heredoc: Heredoc,
    pub(super) quirks: Quirks,
}

/// Which bytes of code the lexer has to look at.
#[derive(Debug)]
pub(super) struct Classes {
    /// Bytes that may begin a comment or a literal.
    pub(super) openers: ByteSet,
    /// These, and bytes that change more than what stood before.
    pub(super) signs: ByteSet,
}

impl Syntax {
    /// The classes of bytes that follow from this table.
    pub(super) fn classes(&self) -> Classes {
        let Syntax { line_comments, block_comments, quotes, heredoc, quirks, .. } = self;
        let mut openers = ByteSet::new(b"");
        let block_openers = block_comments.iter().map(|(open, _)| *open);
        let comments = line_comments.iter().copied().chain(block_openers);
        for opener in comments.chain(quotes.iter().map(|quote| quote.open)) {
            openers.add(&opener.as_bytes()[..1]);
        }
        if *heredoc != Heredoc::None {
            openers.add(b"<");
        }
        if quirks.slash_regex {
            openers.add(b"/");
        }
        if quirks.percent_literals {
            openers.add(b"%");
        }
        let mut signs = openers.clone();
        if *heredoc != Heredoc::None {
            signs.add(b"\n");
        }
        if quirks.docstrings {
            signs.add(b"\n()[]{}");
        }
        if quirks.code_escapes {
            signs.add(b"\\");
        }
        if quirks.php_tags {
            signs.add(b"?");
        }
        Classes { openers, signs }
    }
}

const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];
const NO_QUIRKS: Quirks = Quirks {
    slash_regex: false,
    percent_literals: false,
    docstrings: false,
    lifetimes: false,
    hash_after_blank: false,
    code_escapes: false,
    php_tags: false,
    quote_after_blank: false,
    markup_text: false,
};

const fn line(quote: &'static str) -> Quote {
    Quote { open: quote, close: quote, escape: Escape::Backslash, multiline: false, holes: Holes::None }
}
const fn block(quote: &'static str) -> Quote {
    Quote { multiline: true, ..line(quote) }
}
const fn raw(quote: &'static str) -> Quote {
    Quote { escape: Escape::None, ..block(quote) }
}
const fn doubled(quote: &'static str) -> Quote {
    Quote { escape: Escape::Doubled, ..block(quote) }
}
const fn holes(quote: Quote, holes: Holes) -> Quote {
    Quote { holes, ..quote }
}

const C_LIKE: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: C_BLOCK,
    nested_comments: false,
    quotes: &[line("\""), line("'")],
    prefixes: Prefixes::None,
    heredoc: Heredoc::None,
    quirks: NO_QUIRKS,
};
const HASH: Syntax = Syntax { line_comments: &["#"], block_comments: &[], ..C_LIKE };

static PYTHON: Syntax = Syntax {
    quotes: &[block("\"\"\""), block("'''"), line("\""), line("'")],
    prefixes: Prefixes::Python,
    quirks: Quirks { docstrings: true, ..NO_QUIRKS },
    ..HASH
};
static JAVASCRIPT: Syntax = Syntax {
    quotes: &[holes(block("`"), Holes::DollarBrace), line("\""), line("'")],
    prefixes: Prefixes::Tag,
    quirks: Quirks { slash_regex: true, markup_text: true, ..NO_QUIRKS },
    ..C_LIKE
};
static GO: Syntax = Syntax { quotes: &[raw("`"), line("\""), line("'")], ..C_LIKE };
static JAVA: Syntax = Syntax { quotes: &[block("\"\"\""), line("\""), line("'")], ..C_LIKE };
static KOTLIN: Syntax = Syntax {
    nested_comments: true,
    quotes: &[holes(raw("\"\"\""), Holes::Dollar), holes(line("\""), Holes::Dollar), line("'")],
    ..C_LIKE
};
static SCALA: Syntax = Syntax {
    nested_comments: true,
    quotes: &[raw("\"\"\""), line("\""), line("'")],
    prefixes: Prefixes::Scala,
    ..C_LIKE
};
static GROOVY: Syntax = Syntax {
    quotes: &[
        holes(block("\"\"\""), Holes::Dollar),
        block("'''"),
        holes(line("\""), Holes::Dollar),
        line("'"),
    ],
    quirks: Quirks { slash_regex: true, ..NO_QUIRKS },
    ..C_LIKE
};
static RUBY: Syntax = Syntax {
    block_comments: &[("\n=begin", "\n=end")],
    quotes: &[holes(block("\""), Holes::HashBrace), block("'"), holes(block("`"), Holes::HashBrace)],
    heredoc: Heredoc::Shift(Holes::HashBrace),
    quirks: Quirks { slash_regex: true, percent_literals: true, ..NO_QUIRKS },
    ..HASH
};
static PHP: Syntax = Syntax {
    line_comments: &["//", "#"],
    quotes: &[holes(block("\""), Holes::Php), block("'"), holes(block("`"), Holes::Php)],
    heredoc: Heredoc::Php,
    quirks: Quirks { php_tags: true, ..NO_QUIRKS },
    ..C_LIKE
};
static CSHARP: Syntax = Syntax { prefixes: Prefixes::CSharp, ..C_LIKE };
static RUST: Syntax = Syntax {
    nested_comments: true,
    quotes: &[block("\""), line("'")],
    prefixes: Prefixes::Rust,
    quirks: Quirks { lifetimes: true, ..NO_QUIRKS },
    ..C_LIKE
};
static C: Syntax = C_LIKE;
static CPP: Syntax = Syntax { prefixes: Prefixes::Cpp, ..C_LIKE };
static SHELL: Syntax = Syntax {
    quotes: &[holes(block("\""), Holes::Shell), raw("'")],
    heredoc: Heredoc::Shift(Holes::Shell),
    quirks: Quirks { hash_after_blank: true, code_escapes: true, ..NO_QUIRKS },
    ..HASH
};
static SQL: Syntax = Syntax { line_comments: &["--"], quotes: &[doubled("'"), doubled("\"")], ..C_LIKE };
static YAML: Syntax = Syntax {
    quotes: &[line("\""), Quote { multiline: false, ..doubled("'") }],
    quirks: Quirks { hash_after_blank: true, quote_after_blank: true, ..NO_QUIRKS },
    ..HASH
};
static TOML: Syntax = Syntax {
    quotes: &[block("\"\"\""), raw("'''"), line("\""), Quote { multiline: false, ..raw("'") }],
    ..HASH
};
static HCL: Syntax = Syntax {
    line_comments: &["#", "//"],
    quotes: &[holes(line("\""), Holes::DollarBrace)],
    heredoc: Heredoc::Shift(Holes::DollarBrace),
    ..C_LIKE
};
static CONFIGURATION: Syntax = Syntax {
    quotes: &[line("\""), line("'")],
    quirks: Quirks { hash_after_blank: true, quote_after_blank: true, ..NO_QUIRKS },
    ..HASH
};
static MARKUP: Syntax =
    Syntax { line_comments: &[], block_comments: &[("<!--", "-->")], quotes: &[], ..C_LIKE };
static SWIFT: Syntax = Syntax {
    nested_comments: true,
    quotes: &[
        Quote { open: "#\"", close: "\"#", ..raw("\"") },
        holes(block("\"\"\""), Holes::BackslashParen),
        holes(line("\""), Holes::BackslashParen),
    ],
    ..C_LIKE
};
static DART: Syntax = Syntax {
    nested_comments: true,
    quotes: &[
        holes(block("\"\"\""), Holes::Dollar),
        holes(block("'''"), Holes::Dollar),
        holes(line("\""), Holes::Dollar),
        holes(line("'"), Holes::Dollar),
    ],
    ..C_LIKE
};
static LUA: Syntax = Syntax {
    line_comments: &["--"],
    block_comments: &[("--[[", "]]"), ("--[=[", "]=]")],
    quotes: &[
        Quote { open: "[[", close: "]]", ..raw("[[") },
        Quote { open: "[=[", close: "]=]", ..raw("[=[") },
        line("\""),
        line("'"),
    ],
    ..C_LIKE
};
/// `$#list` is a number, so `#` begins a comment at the start of a word only.
static PERL: Syntax = Syntax {
    block_comments: &[
        ("\n=pod", "\n=cut"),
        ("\n=head", "\n=cut"),
        ("\n=over", "\n=cut"),
        ("\n=begin", "\n=cut"),
    ],
    quotes: &[holes(block("\""), Holes::Dollar), block("'"), holes(block("`"), Holes::Dollar)],
    heredoc: Heredoc::Shift(Holes::Dollar),
    quirks: Quirks { slash_regex: true, hash_after_blank: true, ..NO_QUIRKS },
    ..HASH
};
static ELIXIR: Syntax = Syntax {
    quotes: &[
        holes(block("\"\"\""), Holes::HashBrace),
        holes(block("'''"), Holes::HashBrace),
        holes(block("\""), Holes::HashBrace),
        holes(line("'"), Holes::HashBrace),
    ],
    ..HASH
};
/// A backslash escapes nothing: `"C:\"` is a whole string.
static POWERSHELL: Syntax = Syntax {
    block_comments: &[("<#", "#>")],
    quotes: &[
        Quote { open: "@\"", close: "\"@", ..holes(raw("@\""), Holes::Shell) },
        Quote { open: "@'", close: "'@", ..raw("@'") },
        holes(doubled("\""), Holes::Shell),
        doubled("'"),
    ],
    quirks: Quirks { hash_after_blank: true, ..NO_QUIRKS },
    ..HASH
};
/// Recipes are commands, whose words and apostrophes end with the line.
static MAKEFILE: Syntax = Syntax {
    quotes: &[holes(line("\""), Holes::Shell), Quote { multiline: false, ..raw("'") }],
    quirks: Quirks { hash_after_blank: true, code_escapes: true, quote_after_blank: true, ..NO_QUIRKS },
    ..HASH
};
static JSON: Syntax = Syntax { quotes: &[line("\"")], ..C_LIKE };

/// The table of a language.
pub(super) fn of(language: Language) -> &'static Syntax {
    match language {
        Language::Python => &PYTHON,
        Language::JavaScript | Language::TypeScript => &JAVASCRIPT,
        Language::Go => &GO,
        Language::Java => &JAVA,
        Language::Kotlin => &KOTLIN,
        Language::Scala => &SCALA,
        Language::Groovy => &GROOVY,
        Language::Ruby => &RUBY,
        Language::Php => &PHP,
        Language::CSharp => &CSHARP,
        Language::Rust => &RUST,
        Language::C => &C,
        Language::Cpp => &CPP,
        Language::Shell => &SHELL,
        Language::Sql => &SQL,
        Language::Yaml => &YAML,
        Language::Toml => &TOML,
        Language::Hcl => &HCL,
        Language::Dockerfile | Language::Nginx => &CONFIGURATION,
        Language::Html | Language::Xml => &MARKUP,
        Language::Json => &JSON,
        Language::Swift => &SWIFT,
        Language::Dart => &DART,
        Language::Lua => &LUA,
        Language::Perl => &PERL,
        Language::Elixir => &ELIXIR,
        Language::PowerShell => &POWERSHELL,
        Language::Makefile => &MAKEFILE,
    }
}
