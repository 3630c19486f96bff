//! Assignments of secrets: finds the value that belongs to the name around a keyword, in any syntax that gives names to
//! values. Does not judge the value; the rule's validators do.

mod bare;
mod insert;
mod joint;
mod key;
mod line;
mod lookup;
mod soil;
mod table;
mod value;
mod words;

use bare::is_flag;
use joint::Joint;
use line::Line;
pub use soil::Soil;

use super::Detected;
use crate::engine::Views;
use crate::model::Span;

/// How far behind its keyword an assignment may reach.
pub const REACH: usize = 1536;
/// How far before its keyword an assignment is looked at: the name, and the line before it.
pub const BACK: usize = key::REACH + line::REACH + 2;

/// Where an assignment is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In every file.
    Anywhere,
    /// In files that configure something.
    Settings,
}

/// The value that is assigned to the name around `keyword`.
pub fn run(views: &Views<'_>, keyword: Span, place: Where) -> Option<Detected> {
    let wanted = match place {
        Where::Anywhere => true,
        Where::Settings => views.soil().is_settings(),
    };
    if !wanted {
        return None;
    }
    views.assignment(keyword, || around(views, keyword))
}

/// Whether a keyword stands in the name of a secret, which depends on the `NAME` bytes around it.
pub fn is_named(content: &[u8], keyword: Span) -> bool {
    name_around(content, keyword).is_some()
}

/// The letters of a keyword, and the name of a secret that they stand in.
fn name_around(content: &[u8], keyword: Span) -> Option<(Span, Span)> {
    let keyword = named(content, keyword);
    Some((keyword, key::around(content, keyword)?))
}

/// How far from its keyword a name is looked at.
pub const NAME: usize = key::REACH + 2;

fn around(views: &Views<'_>, keyword: Span) -> Option<Detected> {
    let content = views.content();
    let (keyword, key) = name_around(content, keyword)?;
    let text = &content[..content.len().min(keyword.end + REACH)];
    if let Some(span) = insert::value(text, key) {
        return Some(Detected { span, extent: Span::new(key.start, span.end) });
    }
    if let Some(span) = value::compared(text, key) {
        return Some(Detected { span, extent: Span::new(span.start, key.end) });
    }
    let soil = views.soil();
    let cell = (soil == Soil::Prose).then(|| table::cell(text, key)).flatten();
    if let Some(span) = cell.filter(|span| soil.takes(span.of(text))) {
        return Some(Detected { span, extent: Span::new(key.start, span.end) });
    }
    let (joint, at) = joint::behind(text, key)?;
    let line = Line::before(text, key);
    // `password Kx8vT2qLm9`, alone on a line: a directive.
    let directs = soil == Soil::Lines && line.begins();
    // `getPasswordOf("x")` takes a name, and to pass 'x' is no assignment.
    let elsewhere = match joint {
        Joint::Call => key.end > keyword.end,
        Joint::Blank => keyword.len() < 5 && !is_flag(text, key) && !line.is_instruction() && !directs,
        Joint::Sign | Joint::Argument | Joint::Listed | Joint::Element | Joint::Fallback => false,
    };
    if elsewhere {
        return None;
    }
    let span = match joint {
        Joint::Element => value::element(text, at),
        Joint::Fallback => value::until(text, at, b'}'),
        Joint::Argument | Joint::Call | Joint::Listed => argument(text, joint, at),
        Joint::Sign => {
            let at = at + lookup::len(&text[at..]);
            let found = in_quotes(text, key, at, line).or_else(|| bare::value(text, key, at, (soil, line)));
            let excerpt = || bare::in_text(text, at, line).filter(|span| views.in_long_text(*span));
            found.or_else(|| (soil == Soil::Code).then(excerpt)?)
        }
        Joint::Blank => {
            // "Pass `x` to", but "the password is `x`"
            let worded = text[key.end..at].iter().any(u8::is_ascii_alphabetic);
            let near = |span: &Span| !text[key.end..span.start].contains(&b'\n');
            let quoted = in_quotes(text, key, at, line).filter(near);
            // "Log in with the password `x1`", in a document
            let shown = |span: &Span| soil == Soil::Prose && soil.takes(span.of(text));
            let told = |span: &Span| worded || text[span.start - 1] != b'`' || shown(span);
            quoted.filter(told).or_else(|| {
                // "your password is x1": what prose says.
                let said = worded && soil == Soil::Prose;
                let takes_word = said || is_flag(text, key) || line.is_environment();
                let word = takes_word.then(|| value::word(text, at)).flatten();
                let directed = || (directs && !worded).then(|| directive(text, at)).flatten();
                word.filter(|span| soil.takes(span.of(text))).or_else(directed)
            })
        }
    }?;
    let value = span.of(text);
    let vector = soil == Soil::Vectors && value.iter().all(u8::is_ascii_hexdigit);
    (!vector && soil.takes_text(value)).then_some(Detected { span, extent: Span::new(key.start, span.end) })
}

/// The letters of a keyword: short ones bring a sign with them, as in `"pw"`.
fn named(content: &[u8], keyword: Span) -> Span {
    let sign = |byte: &&u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    let word = keyword.of(content);
    let before = word.iter().take_while(sign).count();
    let behind = word[before..].iter().rev().take_while(sign).count();
    Span::new(keyword.start + before, keyword.end - behind)
}

/// A quoted value, unless its quote closes the text that the name stands in: `"password: " + x + "…"`.
fn in_quotes(text: &[u8], key: Span, at: usize, line: Line<'_>) -> Option<Span> {
    let found = value::quoted(text, at)?;
    let closes = found.quote.len() == 1
        && !text[key.end..at].contains(&found.quote[0])
        && line.is_open(found.quote[0]);
    // `'passwords' => ['users' => `: the name of something below.
    let names = found.next == *b"=>";
    (!closes && !names).then_some(found.span)
}

/// The one word behind a directive's name: not a word of prose, whose lines begin with any word.
fn directive(text: &[u8], at: usize) -> Option<Span> {
    value::line(text, at).filter(|span| Soil::Prose.takes(span.of(text)))
}

/// A quoted argument that is not itself a name: `"name", "other": `.
fn argument(text: &[u8], joint: Joint, at: usize) -> Option<Span> {
    let found = value::quoted(text, at)?;
    let value = found.span.of(text);
    let fits = match joint {
        Joint::Call => found.next[0] == b')',
        Joint::Listed => value.len() >= 16 && value.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2,
        Joint::Argument | Joint::Sign | Joint::Blank | Joint::Element | Joint::Fallback => true,
    };
    let names = found.next[0] == b':' || found.next == *b"=>";
    (fits && !names).then_some(found.span)
}

#[cfg(test)]
mod tests {
    use super::{Where, run};
    use crate::engine::Views;
    use crate::model::Span;

    /// Every form writes the value as `VALUE7`; the keyword stands there once.
    #[track_caller]
    fn check(path: &str, text: &str, place: Where, expected: Option<&str>) {
        let start = text.to_ascii_lowercase().find("passw").unwrap();
        let path = path.into();
        let views = Views::new(&path, text.as_bytes());
        let found = run(&views, Span::new(start, start + "password".len()), place);
        let shown = found.map(|found| String::from_utf8_lossy(found.span.of(text.as_bytes())).into_owned());
        assert_eq!(shown.as_deref(), expected, "{path:?}: {text}");
    }

    #[test]
    fn quoted_values_are_found_in_every_file() {
        for text in [
            "password = \"VALUE7\"",
            "password: 'VALUE7',",
            "$password = `VALUE7`;",
            "password=\"VALUE7\"",
            "String dbPassword = \"VALUE7\";",
            "password := \"VALUE7\"",
            "\"password\": \"VALUE7\"",
            "\\\"password\\\": \\\"VALUE7\\\"",
            "&quot;password&quot;:&quot;VALUE7&quot;",
            "x[\"password\"] = b\"VALUE7\"",
            "'password' => 'VALUE7',",
            "if (password === 'VALUE7')",
            "if (\"VALUE7\" == password)",
            "INSERT INTO users (id, password) VALUES (1, 'VALUE7');",
            "if 'VALUE7' != user.password:",
            "if \"VALUE7\".equals(password)",
            "password = isDev ? 'VALUE7' : 'other'",
            "the password for the user \"ann\" is \"VALUE7\"",
            "setPassword(\"VALUE7\")",
            "define(\"PASSWORD\", \"VALUE7\")",
            "env.get('PASSWORD', 'VALUE7')",
            "find(\"password\").sendKeys(\"VALUE7\")",
            "env.PASSWORD || 'VALUE7'",
            "password = ENV[\"X\"] || \"VALUE7\"",
            "password: os.getenv('X', 'VALUE7'),",
            "password = process.env.X ?? 'VALUE7'",
            "ALTER LOGIN x WITH PASSWORD = N'VALUE7'",
            "password = \"\\\"VALUE7\\\"\"",
            "os.getenv(\"PASSWORD\") or \"VALUE7\"",
            "password =\n    \"VALUE7\"",
            "password = \\\n    'VALUE7'",
            "password=(\"VALUE7\")",
            "password = SecretStr(\"VALUE7\")",
            "password: Some(String::from(\"VALUE7\"))",
            "password := []byte(\"VALUE7\")",
            "string Password { get; set; } = \"VALUE7\";",
            "run([\"--password\", \"VALUE7\"])",
            "the password is `VALUE7`",
            "the password is: `VALUE7`",
            "passwords = [\"VALUE7\", \"other\"]",
            "<password>VALUE7</password>",
            "<password><![CDATA[VALUE7]]></password>",
            "<Password>\n  <Value>VALUE7</Value>",
            "<x:password type=\"s\">\n  VALUE7\n</x:password>",
            "<add key=\"Password\" value=\"VALUE7\"/>",
            "<name>password</name>\n<value>VALUE7</value>",
            "ALTER USER x WITH PASSWORD 'VALUE7'",
            "password \"VALUE7\"",
            "# password: VALUE7",
            "\"server=x;password=VALUE7;\"",
            "\"https://h/?password=VALUE7&x=1\"",
            "run --password VALUE7 x",
            "${PASSWORD:-VALUE7}",
            "sh(\"PASSWORD=VALUE7 run\")",
        ] {
            check("a.py", text, Where::Anywhere, Some("VALUE7"));
        }
    }

    #[test]
    fn words_are_values_where_files_configure_something() {
        for (path, text) in [
            (".env", "DB_PASSWORD=VALUE7"),
            (".env", "export DB_PASSWORD=VALUE7 # comment"),
            ("a.yml", "password: VALUE7"),
            ("a.yml", "{password: VALUE7, user: x}"),
            ("a.yml", "password: >-\n  VALUE7\n"),
            ("a.ini", "password = VALUE7\r\n"),
            ("a.properties", "spring.password=VALUE7"),
            ("Dockerfile", "ENV PASSWORD=VALUE7"),
            ("Dockerfile", "ENV PASSWORD VALUE7"),
            ("a.properties", "url=jdbc:sqlserver://h;user=sa;password=VALUE7;"),
            ("a.ldif", "userPassword: VALUE7"),
            ("a.tf", "password = \"VALUE7\""),
            ("msmtprc", "user x\npassword VALUE7\n"),
            ("a.conf", "  auth_password\tVALUE7 # comment"),
        ] {
            check(path, text, Where::Settings, Some("VALUE7"));
        }
        check("notes.txt", "user = ann\npassword = VALUE\n", Where::Anywhere, Some("VALUE"));
        check("notes.txt", "password = VALUE of x\n", Where::Anywhere, None);
        check("notes.txt", "your password is VALUE7.", Where::Anywhere, Some("VALUE7"));
        check("notes.txt", "your password is secret", Where::Anywhere, None);
        check("notes.txt", "password VALUE7", Where::Anywhere, None);
        check("a.yml", "password twice", Where::Anywhere, None);
        check("a.yml", "- password VALUE7", Where::Anywhere, None);
        check("a.conf", "the password VALUE7", Where::Anywhere, None);
        check("a.conf", "password VALUE7 of x", Where::Anywhere, None);
        check("a.ini", "password = VA,L;UE7", Where::Settings, Some("VA,L;UE7"));
        check("a.toml", "\"x;password=VA{|}LUE7;\"", Where::Settings, Some("VA{|}LUE7"));
        check("a.toml", "\"x;password=VA{LUE7|y;\"", Where::Settings, Some("VA{LUE7"));
    }

    #[test]
    fn a_text_of_several_lines_in_code_is_an_excerpt_of_a_configuration() {
        for (path, text) in [
            ("a.py", "C = \"\"\"\nuser: x\npassword: VALUE7\n\"\"\""),
            ("a.py", "C = '''\n[db]\npassword = VALUE7 # x\n'''"),
            ("a.js", "const c = `\n  db.password=VALUE7\n`;"),
            ("a.go", "var c = `\n- password: VALUE7\n`"),
            ("a.rs", "let c = r#\"\npassword: VALUE7\n\"#;"),
            ("a.cs", "var c = @\"\npassword: VALUE7\n\";"),
            ("a.kt", "val c = \"\"\"\n  password: VALUE7\n\"\"\""),
            ("a.java", "var c = \"\"\"\n  password: VALUE7\n  \"\"\";"),
            ("a.rb", "c = <<~YAML\n  password: VALUE7\nYAML\n"),
            ("a.php", "<?php\n$c = <<<EOT\npassword = VALUE7\nEOT;\n"),
            ("a.pl", "my $c = <<'EOT';\npassword: VALUE7\nEOT\n"),
            ("a.ps1", "$c = @'\npassword: VALUE7\n'@\n"),
        ] {
            check(path, text, Where::Anywhere, Some("VALUE7"));
        }
        for (path, text) in [
            ("a.py", "password = VALUE7\nC = \"\"\"\nx\n\"\"\""),
            ("a.py", "C = \"\"\"\npassword: VALUE\n\"\"\""),
            ("a.py", "C = \"\"\"\nthe password: VALUE7\n\"\"\""),
            ("a.py", "C = \"\"\"\npassword: VALUE7 of x\n\"\"\""),
            ("a.js", "`\n${f({\n  password: VALUE7\n})}\n`"),
            ("a.js", "`\n  password: VALUE7,\n`"),
            ("a.js", "gql`\n  password: VALUE!\n`"),
            ("a.ts", "type T = {\n  password: VALUE7\n}"),
        ] {
            check(path, text, Where::Anywhere, None);
        }
    }

    #[test]
    fn names_prose_and_neighbours_are_no_values() {
        for text in [
            "password = VALUE7",
            "password = x ? VALUE7 : y",
            "x = \"VALUE7\" == passwordless",
            "the password for ann: \"VALUE7\" + x",
            "password: string;",
            "print(\"password: \" + \"VALUE7\")",
            "print(\"password:\", x, \"VALUE7\")",
            "(\"password\", \"VALUE7\": 1)",
            "[\"password\", \"VALUE7\"]",
            "password(\"VALUE7\", x)",
            "password_of(\"VALUE7\")",
            "password = some_sha_256_and_512_8(x)",
            "{\"a\": 1, \"password\": value7}",
            "get(\"password\"): \"VALUE7\"",
            "password = f\"VALUE7{x}\"",
            "# the password: is",
            "// password: Token![1]",
            "// the password `VALUE7`",
            "password = \"VALUE7\" + x",
            "password = getenv(\"VALUE7\")",
            "password = ENV[\"VALUE7\"]",
            "password = \"\"",
            "password = \"VALUE7\n\"",
            "type=\"password\" name=\"VALUE7\"",
            "</password>VALUE7<a>",
            "#define OBJ_password VALUE7,7",
            "x, //-keypassword\n\"VALUE7\"",
            "'passwords' => ['VALUE7' => ['x' => 1]]",
        ] {
            check("a.py", text, Where::Anywhere, None);
        }
        check("ltmain.sh", "if test \"$password\" = dlopen; then", Where::Settings, None);
        check("a.py", "password = \"VALUE7\"", Where::Settings, None);
        check("test_vectors.json", "\"password\": \"00ff\"", Where::Anywhere, None);
        check("i18n/gn.json", "\"password\": \"Ñe'ẽñemiː\"", Where::Anywhere, None);
        check("locales/sl.yml", "password: Geslo", Where::Anywhere, None);
        check("locales/sl.yml", "password: \"VALUE7\"", Where::Anywhere, Some("VALUE7"));
        check("user.ps1", "$password = Get-AnsibleParam -obj $params", Where::Settings, None);
        check("a.yml", "passwordIDStore: Internal", Where::Anywhere, None);
    }
}
