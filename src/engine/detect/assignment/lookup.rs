//! Steps over the lookup of a variable that stands before its default: `ENV["X"] || `, `os.getenv("X", `. Judges nothing.

/// What holds the environment or the configuration, as it is called or indexed.
const HOLDERS: [&str; 18] = [
    "os.environ.get",
    "os.environ",
    "os.getenv",
    "process.env",
    "import.meta.env",
    "Deno.env.get",
    "ENV.fetch",
    "ENV",
    "System.getenv",
    "System.getProperty",
    "System.get_env",
    "Environment.GetEnvironmentVariable",
    "getenv",
    "env.get",
    "env",
    "config.get",
    "config",
    "decouple.config",
];
/// What stands between a lookup and what is taken when it finds nothing.
const ELSE: [&[u8]; 6] = [b"||", b"??", b"?:", b"or ", b".unwrap_or(", b".or("];
/// How far a name reaches.
const NAME: usize = 64;

/// Length of the lookup and what joins the default to it; nothing where there is no default.
pub fn len(text: &[u8]) -> usize {
    lookup(text).unwrap_or(0)
}

fn lookup(text: &[u8]) -> Option<usize> {
    let mut at = blanks(text);
    let holder = HOLDERS.iter().find(|holder| text[at..].starts_with(holder.as_bytes()))?;
    at += holder.len();
    let opening = *text.get(at)?;
    at += 1;
    let name = |from: usize| text[from..].iter().take(NAME).take_while(|byte| in_name(**byte)).count();
    match opening {
        b'.' => at += name(at),
        b'(' | b'[' => {
            at += usize::from(matches!(text.get(at), Some(b':')));
            at += usize::from(matches!(text.get(at), Some(b'"' | b'\'')));
            at += name(at);
            at += usize::from(matches!(text.get(at), Some(b'"' | b'\'')));
            match text.get(at)? {
                b',' => return Some(at + 1 + keyword(&text[at + 1..])),
                b')' | b']' => at += 1,
                _ => return None,
            }
        }
        _ => return None,
    }
    at += blanks(&text[at..]);
    ELSE.iter().find(|sign| text[at..].starts_with(sign)).map(|sign| at + sign.len())
}

/// Length of ` default=` before the second argument.
fn keyword(text: &[u8]) -> usize {
    let start = blanks(text);
    let named = [&b"default="[..], b"default: "].into_iter().find(|name| text[start..].starts_with(name));
    named.map_or(start, |name| start + name.len())
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take(NAME).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-:/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::len;

    #[test]
    fn a_default_stands_behind_a_lookup() {
        for (text, expected) in [
            (" ENV[\"X\"] || 'v'", " 'v'"),
            ("ENV.fetch('X', 'v')", "'v')"),
            ("os.getenv(\"X\", 'v')", "'v')"),
            ("os.environ.get('X', default='v')", "'v')"),
            ("os.environ[\"X\"] or 'v'", "'v'"),
            ("process.env.APP_X ?? 'v'", " 'v'"),
            ("getenv('X') ?: 'v'", " 'v'"),
            ("env('X', 'v')", "'v')"),
            ("System.get_env(:X) || 'v'", " 'v'"),
        ] {
            assert_eq!(&text[len(text.as_bytes())..], expected, "{text}");
        }
        for text in ["", "'v'", "os.getenv('X')", "ENV['X']", "process.env.X", "environment", "x || 'v'"] {
            assert_eq!(len(text.as_bytes()), 0, "{text}");
        }
    }
}
