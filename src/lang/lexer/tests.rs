//! Behaviour of the lexer: one table per kind of trap, and properties on hostile bytes.

use proptest::prelude::*;

use super::{Classes, Language, Lexer, lex, syntax, text};
use crate::lang::Lexed;
use crate::lang::byte_set::ByteSet;

fn lexed(language: Language, text: &str) -> Lexed {
    lex(language, text.as_bytes())
}

/// What remains of `text` as code; blanks are shown as `_`.
#[track_caller]
fn check(language: Language, text: &str, code: &str) {
    let view = String::from_utf8(lexed(language, text).code).unwrap();
    assert_eq!(view.replace(' ', "_"), code.replace(' ', "_"), "{text}");
}

#[test]
fn comments_and_the_insides_of_strings_are_blank() {
    check(Language::Python, "a = 'x#y' # c", "a = '   '    ");
    check(Language::Go, "a := `x\"y` // 'c", "a := `   `      ");
    check(Language::C, "a /* b */ c", "a         c");
    check(Language::Rust, "a /* /* */ b */ c", "a               c");
    check(Language::Sql, "a -- b\n'x''y' z", "a     \n'    ' z");
    check(Language::Html, "<a> <!-- b --> c", "<a>            c");
}

#[test]
fn a_url_is_no_comment() {
    check(Language::JavaScript, "get('http://x') + 1", "get('        ') + 1");
    check(Language::Yaml, "url: http://x#y # z", "url: http://x#y    ");
    check(Language::Shell, "echo ${#a} a#b # c", "echo ${#a} a#b    ");
}

#[test]
fn python_prefixes_and_docstrings() {
    check(Language::Python, "f\"a{b + 'c'}d\"", "f\"  b + ' '  \"");
    check(Language::Python, "rb'\\'' + x", "rb'  ' + x");
    check(Language::Python, "f'{{x}}'", "f'     '");
    check(Language::Python, "def f():\n    \"\"\"eval(x)\"\"\"\n    a", "def f():\n                 \n    a");
    check(Language::Python, "f(\n 'a'\n 'b'\n)", "f(\n ' '\n ' '\n)");
    check(Language::Python, "x = 'a' \\\n 'b'\n", "x = ' ' \\\n ' '\n");
}

#[test]
fn javascript_patterns_and_templates() {
    check(Language::JavaScript, "a = /[/*]'/; b", "a = /     /; b");
    check(Language::JavaScript, "a / b / 'c'", "a / b / ' '");
    check(Language::JavaScript, "`a${eval(`x${y}`)}b`", "`   eval(`   y `)  `");
    check(Language::JavaScript, "<p>don't {eval(x)}</p>\n'y'", "<p>don't {eval(x)}</p>\n' '");
    check(Language::JavaScript, "<A b={c} /> eval(x) </A>", "<A b={c} /> eval(x) </A>");
}

#[test]
fn csharp_verbatim_and_raw_strings() {
    check(Language::CSharp, "@\"a\"\"\\\" + b", "@\"    \" + b");
    check(Language::CSharp, "$\"a{b}\" + c", "$\"  b \" + c");
    check(Language::CSharp, "$@\"a\n{b}\" + c", "$@\" \n b \" + c");
    check(Language::CSharp, "$$\"\"\"a{b}{{c}}\"\"\" + d", "$$\"\"\"      c  \"\"\" + d");
}

#[test]
fn rust_raw_strings_characters_and_lifetimes() {
    check(Language::Rust, "r#\"a\"b\"# + c", "r#\"   \"# + c");
    check(Language::Rust, "fn f<'a>(x: &'a str) { '\"' }", "fn f<'a>(x: &'a str) { ' ' }");
    check(Language::Rust, "'\\'' + \"a\"", "'  ' + \" \"");
    check(Language::Cpp, "R\"x(a)\" b)x\" + c", "R\"x(     )x\" + c");
}

#[test]
fn strings_and_comments_of_the_smaller_languages() {
    check(Language::Swift, "a \"b\\(c + \"d\")e\" // f", "a \"   c + \" \"  \"     ");
    check(Language::Swift, "#\"a\"b\"# /* c /* d */ */ e", "#\"   \"#                 e");
    check(Language::Dart, "'a$b${c + 1}d' + r", "'  b  c + 1  ' + r");
    check(Language::Dart, "'''a\n'b''' + c // d", "''' \n  ''' + c     ");
    check(Language::Lua, "a = [[b -- c]] -- d\n--[[ e\nf ]] g", "a = [[      ]]     \n      \n     g");
    check(Language::Lua, "t[b[1]] = 'c'", "t[b[1]] = ' '");
    check(Language::Perl, "my $n = $#a; # b\n\"c $d\"", "my $n = $#a;    \n\"   d\"");
    check(Language::Perl, "a\n=pod\nb 'c\n=cut\nd", "a\n    \n    \n    \nd");
    check(Language::Elixir, "\"a#{b}\" <> 'c' # d", "\"   b \" <> ' '    ");
    check(Language::PowerShell, "\"C:\\\" + $a # b", "\"   \" + $a    ");
    check(Language::PowerShell, "a <# b\nc #> \"d $(e)\" 'f''g'", "a     \n     \"    e \" '    '");
    check(Language::Makefile, "x := don't # it\n\techo 'a#b'\n", "x := don't     \n\techo '   '\n");
}

#[test]
fn formats_in_holes_are_no_code() {
    check(Language::Python, "f'{id(x):#x}' # b", "f' id(x):#x '    ");
    check(Language::Python, "f\"{a['b']:'^{n}}\" + 'c'", "f\" a[' ']:'^{n} \" + ' '");
    check(Language::Python, "f'{(lambda: \"#\")()}' # b", "f' (lambda: \" \")() '    ");
    check(Language::CSharp, "$\"{n:'#'}\" // b", "$\" n:'#' \"     ");
}

#[test]
fn slashes_behind_names_divide_and_behind_conditions_open_patterns() {
    check(Language::JavaScript, "x = from / 2 + b / 3", "x = from / 2 + b / 3");
    check(Language::JavaScript, "import a from'b'", "import a from' '");
    check(Language::JavaScript, "if (f('(')) /'/.test(c)", "if (f(' ')) / /.test(c)");
    check(Language::JavaScript, "x = (a) / b; y = c / d", "x = (a) / b; y = c / d");
    check(Language::JavaScript, "i++ / 2; '/'", "i++ / 2; ' '");
    check(Language::JavaScript, "<p>don't {'a'}</p>", "<p>don't {' '}</p>");
}

#[test]
fn documents_in_the_code() {
    check(Language::Ruby, "f(<<~SQL, x)\n  a #{b}\n  SQL\ny", "f(<<~SQL, x)\n      b \n  SQL\ny");
    check(Language::Ruby, "a << b\nc", "a << b\nc");
    check(Language::Ruby, "f(<<A, <<'B')\na\nA\n#{b}\nB\ny", "f(<<A, <<'B')\n \nA\n    \nB\ny");
    check(Language::Php, "<?php\n$a = <<<X\n a $b\n X;\nc", "<?php\n$a = <<<X\n   $b\n X;\nc");
    check(Language::Shell, "cat <<-'E' | b\n\ta $c\n\tE\nd", "cat <<-'E' | b\n     \n\tE\nd");
}

#[test]
fn ruby_and_php_details() {
    check(Language::Ruby, "\"#{a['b']} # c\" # d", "\"  a[' ']     \"    ");
    check(Language::Ruby, "%w[a b] + %q(c(d)e)", "%w[   ] + %q(     )");
    check(Language::Ruby, "x = a / b # '", "x = a / b    ");
    check(Language::Ruby, "a =~ /'#/ ; b", "a =~ /  / ; b");
    check(Language::Php, "<p>don't</p><?php f('a'); ?>it's", "<p>don't</p><?php f(' '); ?>it's");
    check(Language::Php, "#[A('b')]\nf(\"$x->y {$z['k']}\"); # c", "#[A(' ')]\nf(\"$x->y  $z[' '] \");    ");
    check(Language::Shell, "a \"$(b \"$c\")\" 'd'", "a \"  b \" c\" \" ' '");
}

#[test]
fn scala_prefixes_and_jvm_strings() {
    check(Language::Scala, "s\"a$b\" + \"c$d\"", "s\"  b\" + \"   \"");
    check(Language::Kotlin, "\"a${f(\"b\")}$c\"", "\"   f(\" \")  c\"");
    check(Language::Java, "\"\"\"\n a \"b\" \\\"\"\" c\"\"\" + d", "\"\"\"\n             \"\"\" + d");
}

#[test]
fn what_is_not_closed_is_code_again() {
    check(Language::Python, "x = 'eval(y)\neval(z)", "x = 'eval(y)\neval(z)");
    check(Language::JavaScript, "a = `b\neval(c)", "a = `b\neval(c)");
    check(Language::JavaScript, "/* a\neval(c)", "/* a\neval(c)");
    check(Language::Ruby, "a <<~X\neval(c)", "a <<~X\neval(c)");
    check(Language::Python, "f'{a\neval(c)", "f'{a\neval(c)");
}

const LANGUAGES: &[(&str, Language)] = Language::NAMES;

fn nasty() -> impl Strategy<Value = String> {
    let parts = [
        "\"", "'", "`", "\"\"\"", "'''", "${", "#{", "{", "}", "{{", "$(", ")", "(", "\n", "\\", "/*", "*/",
        "//", "#", "--", "<<~A", "<<<A", "A", "%w[", "]", "/", "f", "r#", "@", "$", "$x", "->", "<?php",
        "?>", " ", "é", "<!--", "-->", "\r\n", "R\"d(", "=begin",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..60).prop_map(|parts| parts.concat())
}

fn holds_together(language: Language, content: &[u8]) {
    let lexed = lex(language, content);
    for view in [&lexed.code, &lexed.no_comments, &lexed.strings_only(content)] {
        assert_eq!(view.len(), content.len());
        let newlines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).collect::<Vec<_>>();
        assert_eq!(newlines(view), newlines(content));
    }
    assert!(lexed.comments.windows(2).all(|pair| pair[0].end <= pair[1].start));
    assert!(lexed.comments.iter().all(|comment| comment.start < comment.end && comment.end <= content.len()));
    assert!(lexed.strings.windows(2).all(|pair| pair[0].outer.start <= pair[1].outer.start));
    for token in &lexed.strings {
        assert!(token.outer.end <= content.len(), "{token:?}");
        assert!(token.outer.contains(token.inner), "{token:?}");
        assert!(
            token
                .holes
                .iter()
                .all(|hole| token.inner.contains(hole.outer) && hole.outer.contains(hole.inner))
        );
        assert!(token.holes.windows(2).all(|pair| pair[0].outer.end <= pair[1].outer.start));
    }
    for offset in 0..content.len() {
        let statement = lexed.statement_at(offset);
        assert!(statement.start <= offset && offset < statement.end && statement.end <= content.len());
    }
}

#[test]
fn every_closer_escape_and_hole_ends_a_run_of_text() {
    let closers =
        LANGUAGES.iter().flat_map(|(_, language)| syntax::of(*language).quotes).map(|quote| quote.close);
    for sign in
        closers.chain(["\\", "\n", "$", "#", "{", "(", ")", "[", "]", "}", "<", ">", "|", "!", "/", "^"])
    {
        assert!(text::SIGNS.contains(sign.as_bytes()[0]), "{sign}");
    }
}

/// The lexer without its jumps over bytes that begin nothing.
fn byte_by_byte(language: Language, content: &[u8]) -> Lexed {
    let mut lexer = Lexer::new(language, content);
    let every = ByteSet::new(&(0..=255).collect::<Vec<u8>>());
    lexer.classes = Classes { openers: every.clone(), signs: every };
    lexer.run();
    Lexed::new(language, content, lexer.strings, lexer.comments)
}

fn steps(language: Language, content: &[u8]) -> usize {
    let mut lexer = Lexer::new(language, content);
    lexer.run();
    lexer.steps
}

proptest! {
    #[test]
    fn views_and_spans_fit_whatever_the_bytes(text in nasty(), idx in 0..LANGUAGES.len()) {
        holds_together(LANGUAGES[idx].1, text.as_bytes());
    }

    #[test]
    fn jumps_over_plain_bytes_change_nothing(text in nasty(), idx in 0..LANGUAGES.len()) {
        let language = LANGUAGES[idx].1;
        let (fast, slow) = (lex(language, text.as_bytes()), byte_by_byte(language, text.as_bytes()));
        prop_assert_eq!(&fast.strings, &slow.strings);
        prop_assert_eq!(&fast.comments, &slow.comments);
        prop_assert_eq!(&fast.code, &slow.code);
    }

    #[test]
    fn any_bytes_do(bytes in prop::collection::vec(any::<u8>(), 0..200), idx in 0..LANGUAGES.len()) {
        holds_together(LANGUAGES[idx].1, &bytes);
    }

    #[test]
    fn work_grows_with_the_length_and_no_faster(text in nasty(), idx in 0..LANGUAGES.len()) {
        let language = LANGUAGES[idx].1;
        let long = text.repeat(64);
        let bound = 16 * (long.len() + 16);
        let steps = steps(language, long.as_bytes());
        prop_assert!(steps <= bound, "{steps} steps for {} bytes of {language:?}", long.len());
    }
}
