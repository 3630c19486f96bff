//! What joins a name to its value: a sign, a call, a tag, white space. Knows neither names nor values.

mod typed;

use crate::model::Span;
use typed::{accessors, picture, typed};

/// How a value follows its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// `=`, `:`, `=>`, `==` and their like.
    Sign,
    /// An argument or an alternative: `set("name", `, `name ||`.
    Argument,
    /// The only argument of the named function: `name(`.
    Call,
    /// The next item of a list, `x, "name", `: far less sure than the others.
    Listed,
    /// White space, or a word such as `is`.
    Blank,
    /// The text of an element: `<name>`, `name="name">`.
    Element,
    /// The default in an expansion: `${NAME:-`.
    Fallback,
}

/// Signs that close what a name stands in.
const CLOSERS: [&[u8]; 9] = [b"\\\"", b"\\'", b"&quot;", b"\"", b"'", b"`", b"]", b")", b"*"];
/// Signs of assignment and comparison, the longer ones first.
const SIGNS: [&[u8]; 14] = [
    b"===", b"!==", b"||=", b"==", b"!=", b"=>", b":=", b"?=", b"->", b"=", b":**", b":", b"%3D", FULL_COLON,
];
/// The colon of Chinese and Japanese.
pub const FULL_COLON: &[u8] = "\u{ff1a}".as_bytes();
/// What looks like one of the signs and is none.
const NO_SIGNS: [&[u8]; 4] = [b"::", b"://", b"=~", b":/"];
/// Methods that give a named thing its value, or compare it.
const METHODS: [&str; 14] = [
    "val",
    "value",
    "sendkeys",
    "send_keys",
    "fill",
    "type",
    "setvalue",
    "set_value",
    "settext",
    "set",
    "equals",
    "eq",
    "eql",
    "is",
];
/// The names that a value has beside its name: `name: X, value: Y`.
const VALUES: [&str; 5] = ["value", "val", "stringvalue", "defaultvalue", "default"];

/// The element around a value, inside of the one with its name.
const VALUE: &[u8] = b"<value>";

/// Words between a name and its value in prose.
const WORDS: [&[u8]; 5] = [b"is: ", b"is ", b"was ", b"to ", b"by "];

/// Words behind which prose says whose a secret is.
const OWNED: [&[u8]; 2] = [b"for ", b"of "];

/// How far a type or a tag may reach.
const NEAR: usize = 160;

/// How a value follows the name `key`, and where the value begins or blanks before it.
pub fn behind(text: &[u8], key: Span) -> Option<(Joint, usize)> {
    if opens_tag(&text[..key.start]) {
        return tag(text, key.end).map(|at| (Joint::Element, at + inner(&text[at..])));
    }
    let (closed, at) = closers(text, key.end);
    let quoted = text[key.end..closed].iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    if quoted && text[closed..].starts_with(b">") {
        return Some((Joint::Element, closed + 1));
    }
    // `<setting name="password" serializeAs="String"><value>`
    let opened = if quoted && text[closed..].starts_with(b" ") { tag(text, closed) } else { None };
    if let Some(opened) = opened.filter(|opened| inner(&text[*opened..]) > 0) {
        return Some((Joint::Element, opened + inner(&text[opened..])));
    }
    if text[..key.start].ends_with(b"${") {
        return fallback(text, closed).map(|at| (Joint::Fallback, at));
    }
    if let Some(found) = beside(text, closed) {
        return Some(found);
    }
    let rest = &text[at..];
    let in_call = text[key.end..closed].contains(&b')');
    if let Some(len) = sign(rest).or_else(|| typed(rest)).or_else(|| picture(rest)).filter(|_| !in_call) {
        let more = object(&rest[len..]).unwrap_or_else(|| condition(&rest[len..]));
        return Some((Joint::Sign, at + len + more));
    }
    let argument = match rest {
        [b',', ..] if quoted && first_argument(&text[..key.start]) => Some(1),
        // `"--password", "v"` in a list of arguments, `set :password, "v"`
        [b',', ..] if quoted && key.of(text).starts_with(b"--") => Some(1),
        [b',', ..] if text[..key.start].ends_with(b"set :") => Some(1),
        [b',', ..] if quoted => return Some((Joint::Listed, at + 1)),
        [b'(', ..] if !quoted && at == key.end => return Some((Joint::Call, at + 1)),
        // `let(:password) { "v" }` of a test in Ruby
        [b'{', ..] if in_call && text[..key.start].ends_with(b"(:") => Some(1),
        [b'|', b'|', ..] | [b'?', b'?', ..] => Some(2),
        [b'o', b'r', b' ', ..] if at > closed => Some(3),
        [b'.', method @ ..] if quoted => called(method).map(|len| len + 1),
        _ => None,
    };
    if let Some(len) = argument {
        return Some((Joint::Argument, at + len));
    }
    if quoted || at == closed {
        return None;
    }
    let at = at + owner(rest);
    let word = WORDS.iter().find(|word| text[at..].starts_with(word));
    Some((Joint::Blank, at + word.map_or(0, |word| word.len())))
}

/// Length of ` isLocal ? ` before the first of two values.
fn condition(rest: &[u8]) -> usize {
    let plain = |byte: &&u8| byte.is_ascii_alphanumeric() || b" ._$!=()".contains(byte);
    let len = rest.iter().take(NEAR / 2).take_while(plain).count();
    let asks = rest[..len].ends_with(b" ") && rest[len..].starts_with(b"? ");
    if asks { len + 2 } else { 0 }
}

/// Length of `for the user "ann" ` before `is`.
fn owner(rest: &[u8]) -> usize {
    if !OWNED.iter().any(|word| rest.starts_with(word)) {
        return 0;
    }
    let near = &rest[..rest.len().min(NEAR / 2)];
    let line = near.iter().position(|byte| *byte == b'\n').map_or(near, |end| &near[..end]);
    memchr::memmem::find(line, b" is ").map_or(0, |at| at + 1)
}

/// Behind the signs that close what the name stands in, and behind the blanks after them.
fn closers(text: &[u8], from: usize) -> (usize, usize) {
    let mut at = from;
    for _ in 0..3 {
        at += CLOSERS.iter().find(|closer| text[at..].starts_with(closer)).map_or(0, |closer| closer.len());
    }
    // `char name[] =`, `name[32] =`
    if at == from && text[at..].starts_with(b"[") {
        let inside = text[at + 1..].iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
        at += if text.get(at + 1 + inside) == Some(&b']') { inside + 2 } else { 0 };
    }
    (at, at + blanks(&text[at..]))
}

pub fn blanks(text: &[u8]) -> usize {
    text.iter().take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Blanks and at most two line ends.
pub fn gap(text: &[u8]) -> usize {
    let mut lines = 0;
    let more = |byte: &&u8| {
        lines += usize::from(**byte == b'\n');
        byte.is_ascii_whitespace() && lines <= 2
    };
    text.iter().take(96).take_while(more).count()
}

/// Length of the sign of assignment that `rest` begins with.
fn sign(rest: &[u8]) -> Option<usize> {
    if let Some(len) = accessors(rest) {
        return Some(len);
    }
    if NO_SIGNS.iter().any(|sign| rest.starts_with(sign)) {
        return None;
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(sign))?;
    // `name: String = `
    let typed = if *sign == b":" { typed(&rest[1..]).map(|len| len + 1) } else { None };
    Some(typed.unwrap_or(sign.len()))
}

/// True behind `<` or `<x:`, but not behind `(?<` or `(?P<`, which name a group of a pattern.
fn opens_tag(before: &[u8]) -> bool {
    let space = before.strip_suffix(b":").map(|before| {
        let name = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        &before[..before.len() - name]
    });
    let before = space.unwrap_or(before);
    before.ends_with(b"<") && !before.ends_with(b"(?<") && !before.ends_with(b"(?P<")
}

/// Length of `<Value>` in front of the text.
fn inner(text: &[u8]) -> usize {
    let start = gap(text);
    let value = text[start..].get(..VALUE.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(VALUE));
    if value { start + VALUE.len() } else { 0 }
}

/// Behind the `>` of the tag that the name opens.
fn tag(text: &[u8], from: usize) -> Option<usize> {
    let rest = &text[from..text.len().min(from + NEAR)];
    let end = rest.iter().position(|byte| matches!(byte, b'>' | b'<' | b'\n'))?;
    (rest[end] == b'>' && !rest[..end].ends_with(b"/")).then_some(from + end + 1)
}

/// `${NAME:-value}`, `${NAME:value}`.
fn fallback(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    let len = [&b":-"[..], b":=", b":", b"-"].iter().find(|sign| rest.starts_with(sign))?.len();
    Some(at + len)
}

/// The value that is given beside the name: `"name": "X", "value": "Y"`, `<name>X</name><value>Y</value>`.
fn beside(text: &[u8], closed: usize) -> Option<(Joint, usize)> {
    let rest = &text[closed..];
    if rest.starts_with(b"</") {
        let end = tag(text, closed + 2)?;
        let next = end + gap(&text[end..]);
        let opens = text[next..].starts_with(b"<") && !text[next..].starts_with(b"</");
        return if opens { tag(text, next + 1).map(|at| (Joint::Element, at)) } else { None };
    }
    let comma = usize::from(rest.first() == Some(&b','));
    let mut at = closed + comma;
    at += gap(&text[at..]);
    if at == closed { None } else { value_name(text, at).map(|at| (Joint::Sign, at)) }
}

/// Behind the name of a value and its sign: `"value": `.
fn value_name(text: &[u8], at: usize) -> Option<usize> {
    let at = at + usize::from(matches!(text.get(at), Some(b'"' | b'\'')));
    let len = text[at..].iter().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let known = VALUES.iter().any(|name| text[at..at + len].eq_ignore_ascii_case(name.as_bytes()));
    let (_, next) = closers(text, at + len);
    sign(&text[next..]).filter(|_| known).map(|sign| next + sign)
}

/// Length of `{"value":`, where a value stands in an object of its own.
fn object(rest: &[u8]) -> Option<usize> {
    let open = gap(rest);
    let inside = rest.get(open).filter(|byte| **byte == b'{').map(|_| open + 1)?;
    value_name(rest, inside + gap(&rest[inside..]))
}

/// True when the quoted name is the first argument of a call.
fn first_argument(before: &[u8]) -> bool {
    // No person puts more blanks there, and what is found may depend on a bounded neighbourhood only.
    let before = &before[before.len().saturating_sub(NEAR)..];
    // `fill("#password", `
    let before = before.strip_suffix(b"#").unwrap_or(before);
    let before = before.strip_suffix(b"\\\"").unwrap_or(before);
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    before.trim_ascii_end().ends_with(b"(")
}

/// Length of the name of a method that gives or compares a value, with its bracket.
fn called(rest: &[u8]) -> Option<usize> {
    let open = rest.iter().take(16).position(|byte| *byte == b'(')?;
    METHODS.iter().any(|name| rest[..open].eq_ignore_ascii_case(name.as_bytes())).then_some(open + 1)
}

#[cfg(test)]
mod tests {
    use super::{Joint, behind};
    use crate::model::Span;

    #[track_caller]
    fn check(text: &str, expected: Option<(Joint, &str)>) {
        let start = text.find("KEY").unwrap();
        let found = behind(text.as_bytes(), Span::new(start, start + 3));
        assert_eq!(found.map(|(joint, at)| (joint, &text[at..])), expected, "{text}");
    }

    #[test]
    fn signs_join_a_name_to_its_value() {
        for text in [
            "KEY=v",
            "KEY: v",
            "KEY := v",
            "\"KEY\": v",
            "\\\"KEY\\\":v",
            "x['KEY'] = v",
            "KEY => v",
            "KEY == v",
            "KEY: String = v",
            "KEY: &'static str = v",
            "var KEY string = v",
            "char KEY[] = v",
            "KEY[32]=v",
            "**KEY**: v",
            "**KEY:** v",
            "name: KEY\n  value: v",
            "{\"name\": \"KEY\", \"value\": v",
            "<add key=\"KEY\" value=v",
            "ENV['KEY'] ||= v",
            "KEY\u{ff1a}v",
            "KEY { get; set; } = v",
            "KEY: &[u8] = v",
            "\"KEY\": {\"value\": v",
            "KEY = {\n  default = v",
            "KEY PIC X(12) VALUE v",
            "KEY   PICTURE IS X(12) VALUE IS v",
        ] {
            let start = text.find("KEY").unwrap();
            let (joint, at) = behind(text.as_bytes(), Span::new(start, start + 3)).expect(text);
            assert_eq!((joint, text[at..].trim()), (Joint::Sign, "v"), "{text}");
        }
    }

    #[test]
    fn calls_tags_and_expansions_do_too() {
        for (text, expected) in [
            ("define(\"KEY\", v", (Joint::Argument, " v")),
            ("setKEY(v", (Joint::Call, "v")),
            ("[\"KEY\", v", (Joint::Listed, " v")),
            ("set :KEY, v", (Joint::Argument, " v")),
            ("fill('#KEY', v", (Joint::Argument, " v")),
            ("env.KEY || v", (Joint::Argument, " v")),
            ("let(:KEY) { v", (Joint::Argument, " v")),
            ("find(\"KEY\").sendKeys(v", (Joint::Argument, "v")),
            ("<KEY>v", (Joint::Element, "v")),
            ("<x:KEY>v", (Joint::Element, "v")),
            ("<KEY xsi:type=\"s\">v", (Joint::Element, "v")),
            ("<entry key=\"KEY\">v", (Joint::Element, "v")),
            ("<setting name=\"KEY\" as=\"s\">\n  <value>v", (Joint::Element, "v")),
            ("<key>KEY</key>\n  <string>v", (Joint::Element, "v")),
            ("${KEY:-v}", (Joint::Fallback, "v}")),
            ("${KEY:v}", (Joint::Fallback, "v}")),
            ("--KEY v", (Joint::Blank, "v")),
            ("the KEY is v", (Joint::Blank, "v")),
        ] {
            check(text, Some(expected));
        }
    }

    #[test]
    fn neighbours_are_no_values() {
        for text in [
            "</KEY>v",
            "get(\"KEY\"): v",
            "KEY::v",
            "KEY://v",
            "type=\"KEY\" name=v",
            "<KEY/>v",
            "<label name=\"KEY\" for=\"x\">v",
            "(?<KEY>v)</KEY>",
            "(?P<KEY>v)</KEY>",
            "${KEY}v",
            "KEY;",
        ] {
            check(text, None);
        }
    }
}
