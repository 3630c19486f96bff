//! Tokens in every wrapping: found, at the right bytes, with the path of decodings.

use std::io::Write;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use crate::engine::{Basis, Engine, builtin};
use crate::model::{Cut, RepoPath};

/// A token of GitLab's form out of 20 letters and digits.
fn token(body: &str) -> String {
    format!("glpat{}{body}", "-")
}

/// Everything found in `content`: the secret, the bytes that are reported for it, and what was undone.
fn found(path: &str, content: &[u8]) -> Vec<(String, String, String)> {
    let engine = Engine::new(&builtin::PACK, None);
    let found = engine.scan(&RepoPath::from(path), content).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let describe = |found: crate::engine::Match| {
        let source = text(found.span.of(content));
        match found.basis {
            Basis::Encoded(encoded) => (text(encoded.value.expose()), source, encoded.steps.join(" > ")),
            Basis::Name(name) => {
                (name.map_or(String::new(), |name| text(name.expose())), source, "name".to_owned())
            }
            Basis::Text => (source.clone(), source, String::new()),
        }
    };
    found.matches.into_iter().map(describe).collect()
}

/// That exactly `secret` is found in `before` + `wrapped` + `after`, at `wrapped`.
#[track_caller]
fn check(secret: &str, (before, wrapped, after): (&str, &str, &str), steps: &str) {
    let content = [before, wrapped, after].concat();
    let expected = vec![(secret.to_owned(), wrapped.to_owned(), steps.to_owned())];
    assert_eq!(found("notes.txt", content.as_bytes()), expected, "{content}");
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut packed);
    for (name, bytes) in files {
        let file = archive.new_file(name).compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(bytes).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    packed
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Every character by `form`.
fn each(text: &str, form: impl Fn(u8) -> String) -> String {
    text.bytes().map(form).collect()
}

#[test]
fn a_token_is_found_in_every_notation() {
    let secret = token("Xa9Kq2LmZr7TbV4Wc8Yd");
    let hex = |byte: u8| format!("{byte:02x}");
    for (wrapped, steps) in [
        (BASE64.encode(secret.as_bytes()), "base64"),
        (HEXLOWER.encode(secret.as_bytes()), "hex"),
        (HEXUPPER.encode(secret.as_bytes()), "hex"),
        (each(&secret, |byte| format!("%{byte:02X}")), "percent-encoding"),
        (each(&secret, |byte| format!("&#{byte};")), "entities"),
        (each(&secret, |byte| format!("&#x{byte:x};")), "entities"),
        (each(&secret, |byte| format!("\\x{}", hex(byte))), "escapes"),
        (each(&secret, |byte| format!("\\u00{}", hex(byte))), "escapes"),
        (each(&secret, |byte| format!("\\\\u00{}", hex(byte))), "escapes"),
        (each(&secret, |byte| format!("\\u{{{}}}", hex(byte))), "escapes"),
        (each(&secret, |byte| format!("\\U000000{}", hex(byte))), "escapes"),
        (each(&secret, |byte| format!("\\{byte:03o}")), "escapes"),
        (secret.replace('-', "%2D"), "percent-encoding"),
        (secret.replace('-', "%252D"), "percent-encoding > percent-encoding"),
        (secret.replace('-', "\\u002d"), "escapes"),
        (secret.replace('-', "&#x2d;"), "entities"),
        (BASE64.encode(&wide(&secret)), "base64"),
        (BASE64.encode(BASE64_NOPAD.encode(secret.as_bytes()).as_bytes()), "base64 > base64"),
        (HEXLOWER.encode(BASE64_NOPAD.encode(secret.as_bytes()).as_bytes()), "hex > base64"),
        (BASE64.encode(secret.replace('-', "\\x2d").as_bytes()), "base64 > escapes"),
    ] {
        let wrapped = wrapped.trim_end_matches('=');
        check(&secret, ("x = \"", wrapped, "\"\n"), steps);
    }
}

#[test]
fn a_literal_in_halves_is_one_literal() {
    let secret = token("Xa9Kq2LmZr7TbV4Wc8Yd");
    for joint in [
        "\" + \"",
        "\"+\"",
        "' + '",
        "\" \"",
        "\"\n    \"",
        "\" \\\n  \"",
        "\" .\n \"",
        "\" +\n    f\"",
        "\" & \"",
        "\"\r\n\t+ \"",
        "\" .. \"",
        "\" ++ \"",
        "\" || \"",
        "\" <> \"",
        "\" ~ '",
    ] {
        for at in [3, 6, 15] {
            let wrapped = [&secret[..at], joint, &secret[at..]].concat();
            check(&secret, ("token = \"", &wrapped, "\"\n"), "joined literals");
        }
    }
    // What a list holds, or what is compared, is two.
    for joint in ["\", \"", "\" == \"", "\"; x = \"", "\": \""] {
        let two = ["token = \"", &secret[..10], joint, &secret[10..], "\"\n"].concat();
        let joined: Vec<_> =
            found("a.txt", two.as_bytes()).into_iter().filter(|one| !one.2.is_empty()).collect();
        assert_eq!(joined, [], "{two}");
    }
}

#[test]
fn wrapped_digits_are_read_as_one() {
    let secret = token("Xa9Kq2LmZr7TbV4Wc8Yd");
    // So that the token lies across the end of a line.
    for before in [40, 45, 50] {
        let text = format!("{} {secret} and so on\n", "word ".repeat(before / 5));
        let digits = BASE64.encode(text.as_bytes());
        for end in ["\n", "\r\n", "\n    ", "\\n", "\\r\\n"] {
            let lines: Vec<&str> =
                digits.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let content = format!("data: |\n    {}\n", lines.join(end));
            let found = found("a.yml", content.as_bytes());
            let [(value, source, steps)] = &found[..] else { panic!("{found:?} in {content}") };
            assert_eq!((value, steps.as_str()), (&secret, "base64"));
            let joined = source.replace(end, "");
            assert!(digits.contains(&joined) && (35..=36).contains(&joined.len()), "{source}");
        }
    }
}

#[test]
fn files_in_archives_are_looked_at_as_files() {
    let secret = token("Xa9Kq2LmZr7TbV4Wc8Yd");
    let line = format!("token: {secret}\n");
    let (zip, tar) =
        (zip(&[("a.txt", b"x"), ("c\u{1b}.yml", line.as_bytes())]), tar(&[("etc/c.yml", line.as_bytes())]));
    for (path, content, steps) in [
        ("c.yml.gz", gzip(line.as_bytes()), "gzip"),
        ("c.zip", zip.clone(), "zip > c\\u{1b}.yml"),
        ("c.tar", tar.clone(), "tar > etc/c.yml"),
        ("c.tgz", gzip(&tar), "gzip > tar > etc/c.yml"),
        ("c.jar", self::zip(&[("in.zip", &zip)]), "zip > in.zip > zip > c\\u{1b}.yml"),
        (
            "c.json",
            format!("{{\"data\": \"{}\"}}", BASE64.encode(&gzip(line.as_bytes()))).into_bytes(),
            "base64 > gzip",
        ),
    ] {
        let found: Vec<_> =
            found(path, &content).into_iter().map(|(value, _, steps)| (value, steps)).collect();
        assert_eq!(found, [(secret.clone(), steps.to_owned())], "{path}");
    }
}

#[test]
fn every_secret_of_an_archive_is_told_and_each_once() {
    let (one, two) = (token("Xa9Kq2LmZr7TbV4Wc8Yd"), token("Qm4Vb8Nx2Wc6Ez1Lr5Tk"));
    let text = format!("{one}\n{two}\n{}\n", BASE64.encode(two.as_bytes()));
    let values: Vec<_> =
        found("x.gz", &gzip(text.as_bytes())).into_iter().map(|(value, _, steps)| (value, steps)).collect();
    let expected = [(one, "gzip"), (two.clone(), "gzip"), (two, "gzip > base64")];
    assert_eq!(values, expected.map(|(value, steps)| (value, steps.to_owned())));
}

/// What is said to be left out of `content`.
#[track_caller]
fn check_cuts(content: &[u8], expected: &[Cut]) {
    let found = Engine::new(&builtin::PACK, None).scan(&"x".into(), content).unwrap();
    assert_eq!(found.cuts.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_not_unpacked_is_told() {
    let text = b"nothing to see here, nothing at all".repeat(50);
    let packed = gzip(&text);
    check_cuts(&packed, &[]);
    check_cuts(&packed[..packed.len() / 2], &[Cut::Damaged]);
    check_cuts(b"PK\x03\x04 and nothing else", &[Cut::Damaged]);
    let mut nested = text;
    for _ in 0..12 {
        nested = BASE64.encode(&nested).into_bytes();
    }
    check_cuts(&nested, &[Cut::TooDeep]);
}

proptest! {
    #[test]
    fn a_token_is_found_wherever_it_begins_in_the_digits(
        body in "[A-Z][0-9][a-z][A-Z][0-9][a-z][A-Za-z0-9]{14}",
        before in "[ -~&&[^A-Za-z0-9_-]]{1,9}",
        after in "[ .,;]{0,9}",
        prefix in "[A-Za-z0-9_/-]{0,5}",
    ) {
        let secret = token(&body);
        let text = [&before, &secret, &after].map(String::as_str).concat();
        for (digits, steps) in [
            (BASE64.encode(text.as_bytes()), "base64"),
            (BASE64URL_NOPAD.encode(text.as_bytes()), "base64"),
            (HEXLOWER.encode(text.as_bytes()), "hex"),
        ] {
            let content = ["x = ", &prefix, &digits].concat();
            let found = found("a.txt", content.as_bytes());
            prop_assert!(found.iter().any(|(value, _, path)| *value == secret && path == steps), "{content}: {found:?}");
        }
    }
}
