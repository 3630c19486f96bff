//! What is inherited is what is found anew; and what is clean, the engine finds nothing in.

use once_cell::sync::Lazy;
use proptest::prelude::*;

use super::{Note, Older, Sieve};
use crate::engine::validate::samples::{BASE62, token};
use crate::engine::{Engine, Found, Sight, Views, builtin};
use crate::model::{RepoPath, Shared};

static ENGINE: Lazy<Engine> = Lazy::new(|| Engine::new(&builtin::PACK, None));

/// An edit of a content that is made of parts.
#[derive(Debug, Clone)]
enum Edit {
    Insert(usize),
    Delete(usize, usize),
    Copy(usize, usize, usize),
    Truncate(usize),
}

/// Texts that are secrets together or alone, and what stands around.
fn parts() -> Vec<Vec<u8>> {
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let pat = format!("ghp_{}", String::from_utf8_lossy(&token(BASE62, 36, 7)));
    let password = format!("pass{} = \"{}\"", "word", String::from_utf8_lossy(&token(BASE62, 20, 3)));
    let encoded = base64(&format!("export const x = '{pat}'"));
    let wide: Vec<u8> = "key = 1\n".bytes().flat_map(|byte| [byte, 0]).collect();
    let texts = [
        pat.clone(),
        password.clone(),
        encoded.clone(),
        encoded[..40].to_owned(),
        format!("{}\n{}", &encoded[..44], &encoded[44..]),
        format!("\"{}\" +\n  \"{}\"", &pat[..20], &pat[20..]),
        pat.replace('_', "%5F"),
        pat[..20].to_owned(),
        "password".into(),
        "pass".into(),
        "token: ".into(),
        "\"".into(),
        "'".into(),
        " = ".into(),
        "=".into(),
        ": ".into(),
        "\n".into(),
        "\n".into(),
        "\r\n".into(),
        "\n\n".into(),
        "    ".into(),
        ";".into(),
        ",".into(),
        "(".into(),
        "some words of prose ".into(),
        "let value = other(thing);\n".into(),
        "// comment\n".into(),
        "subprocess.run(command, shell=True)\n".into(),
        "eval(request.args['x'])\n".into(),
        "<script>\ndocument.write(location.hash)\n".into(),
        "</script>\n".into(),
        "`\n".into(),
        "password: hunter2x\n".into(),
        "https://user:".into(),
        "hunter2secretpw".into(),
        "@host/path".into(),
        "AKIA".into(),
        "x".repeat(300),
        " ".repeat(200),
        "line of text\n".repeat(40),
        "0123456789abcdef".repeat(10),
        "-----BEGIN RSA PRIV{|}ATE KEY-----\n".replace("{|}", ""),
        format!("{}\n", "MIIB".repeat(16)).repeat(12),
        "-----END RSA PRIV{|}ATE KEY-----\n".replace("{|}", ""),
        "kind: Secret\n".into(),
        "data:\n  a: ".into(),
        "\u{e9}\u{1f600}".into(),
        "+".into(),
        "\\n".into(),
        "api_key".into(),
        "client_secret".into(),
    ];
    texts
        .into_iter()
        .map(String::into_bytes)
        .chain([vec![0; 40], vec![0xff, 0xfe], wide, b"PK\x03\x04".to_vec()])
        .collect()
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(parts()), 0..25).prop_map(|parts| parts.concat())
}

fn edits() -> impl Strategy<Value = Vec<(Edit, Vec<u8>)>> {
    let at = 0usize..4000;
    let edit = prop_oneof![
        4 => at.clone().prop_map(Edit::Insert),
        2 => (at.clone(), 0usize..60).prop_map(|(at, len)| Edit::Delete(at, len)),
        2 => (at.clone(), 0usize..900, at.clone()).prop_map(|(at, len, to)| Edit::Copy(at, len, to)),
        1 => at.prop_map(Edit::Truncate),
    ];
    let new = prop::sample::select(parts());
    prop::collection::vec((edit, new), 1..5)
}

/// A byte of a content under construction: one of the base, or a new one.
type Byte = Result<usize, u8>;

/// The content after the edits, and what it shares with `base`.
fn edited(base: &[u8], edits: &[(Edit, Vec<u8>)]) -> (Vec<u8>, Vec<Shared>) {
    let mut bytes: Vec<Byte> = (0..base.len()).map(Ok).collect();
    for (edit, new) in edits {
        let place = |at: usize, bytes: &[Byte]| at % (bytes.len() + 1);
        match *edit {
            Edit::Insert(at) => {
                let at = place(at, &bytes);
                bytes.splice(at..at, new.iter().map(|byte| Err(*byte)));
            }
            Edit::Delete(at, len) => {
                let at = place(at, &bytes);
                bytes.drain(at..bytes.len().min(at + len));
            }
            Edit::Copy(at, len, to) => {
                let at = place(at, &bytes);
                let copied = bytes[at..bytes.len().min(at + len)].to_vec();
                let to = place(to, &bytes);
                bytes.splice(to..to, copied);
            }
            Edit::Truncate(at) => bytes.truncate(place(at, &bytes)),
        }
    }
    let mut shared: Vec<Shared> = Vec::new();
    for (to, from) in bytes.iter().enumerate().filter_map(|(to, byte)| Some((to, byte.ok()?))) {
        match shared.last_mut() {
            Some(last) if last.here().end == to && last.there().end == from => last.len += 1,
            Some(_) | None => shared.push(Shared { from, to, len: 1 }),
        }
    }
    // A delta takes short pieces anew.
    shared.retain(|shared| shared.len >= 4);
    (bytes.into_iter().map(|byte| byte.map_or_else(|new| new, |from| base[from])).collect(), shared)
}

/// What must be the same however it was found out.
fn essence(note: &Note) -> impl PartialEq + std::fmt::Debug {
    let mut loud: Vec<String> = note.loud.iter().map(|piece| format!("{piece:?}")).collect();
    loud.sort();
    let mut spots: Vec<String> = note.spots.iter().map(|spot| format!("{spot:?}")).collect();
    spots.sort();
    (note.len, spots, loud, note.plain)
}

/// What the engine finds in a content, as the sieve's twin.
fn found(path: &RepoPath, content: &[u8], sight: Sight) -> Found {
    let text = crate::decode::to_text(content);
    let views = Views::new(path, &text).seen_by(sight);
    ENGINE.observe(&views, &mut crate::engine::trace::Unobserved).unwrap()
}

proptest! {
    #[test]
    fn what_is_inherited_is_what_is_found_anew(
        base in content(),
        rounds in prop::collection::vec(edits(), 1..5),
        path in prop::sample::select(vec!["a.py", "a.yml", "notes", "x.env.sh", "a.html"]),
    ) {
        let (sieve, path) = (Sieve::new(&ENGINE).unwrap(), RepoPath::from(path));
        let (mut content, mut note) = (base.clone(), sieve.sift(&path, &base, None).unwrap());
        for edits in rounds {
            let (next, shared) = edited(&content, &edits);
            let inherited = sieve.sift(&path, &next, Some(Older { note: &note, shared: &shared })).unwrap();
            let anew = sieve.sift(&path, &next, None).unwrap();
            prop_assert_eq!(essence(&inherited), essence(&anew));
            let secrets = found(&path, &next, Sight::Secrets);
            let silent = secrets.matches.is_empty() && secrets.cuts.is_empty();
            prop_assert!(!anew.is_clean() || silent, "{}", String::from_utf8_lossy(&next));
            for (sight, all) in [(Sight::Secrets, secrets), (Sight::All, found(&path, &next, Sight::All))] {
                if let Some(told) = sieve.found(&path, &next, (&inherited, sight)).unwrap() {
                    prop_assert_eq!((told.matches, told.cuts), (all.matches, all.cuts));
                }
            }
            (content, note) = (next, inherited);
        }
    }
}

#[test]
fn a_line_far_away_decides_whether_a_short_file_is_settings() {
    let settings = format!("user = Aladdin\n{}passwd = open_{}\n", "# a comment\n".repeat(35), "sesame");
    let code = format!("import os\n{settings}");
    let (head, len) = (code.len() - settings.len(), settings.len());
    let (sieve, path) = (Sieve::new(&ENGINE).unwrap(), RepoPath::from("a.py"));
    for (base, next, (from, to)) in [(&code, &settings, (head, 0)), (&settings, &code, (0, head))] {
        let note = sieve.sift(&path, base.as_bytes(), None).unwrap();
        let shared = [Shared { from, to, len }];
        let older = Older { note: &note, shared: &shared };
        let inherited = sieve.sift(&path, next.as_bytes(), Some(older)).unwrap();
        let anew = sieve.sift(&path, next.as_bytes(), None).unwrap();
        assert_eq!(essence(&inherited), essence(&anew), "{next}");
        let told = sieve.found(&path, next.as_bytes(), (&inherited, Sight::Secrets)).unwrap().unwrap();
        assert_eq!(told.matches, found(&path, next.as_bytes(), Sight::Secrets).matches, "{next}");
    }
}
