//! `.portcullis/packs.lock`: which packs, at which commit, with which content. Reads and writes text.

use crate::text::toml_doc::{Document, Outline, Problems, Table};

/// Where it lies.
pub const LOCK: &str = ".portcullis/packs.lock";

const HEADER: &str = "# Shared rule packs; written by `portcullis packs`. See docs/team.md.\nschema = 1\n";

/// A pack as it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// Its name here.
    pub name: String,
    /// Where it comes from.
    pub url: String,
    /// The branch or tag that was asked for; the server's default branch when left out.
    pub wish: Option<String>,
    /// The folder in its repository.
    pub path: Option<String>,
    /// The commit.
    pub commit: String,
    /// `sha256:` over its files.
    pub digest: String,
    /// Whether it takes a signature of somebody in `.portcullis/signers`.
    pub signed: bool,
}

/// Reads the file; `file` names it in problems.
pub fn read(file: &str, text: &str) -> Result<Vec<Locked>, Problems> {
    let doc = Document::parse(file, text);
    let packs = checked(&doc);
    doc.into_result(packs)
}

/// What may stand in the file.
pub fn outline() -> Outline {
    Document::outline(|doc| drop(checked(doc)))
}

fn checked(doc: &Document<'_>) -> Vec<Locked> {
    let root = doc.root();
    root.schema();
    let mut packs: Vec<Locked> = Vec::new();
    for table in root.tables("pack") {
        let Some(pack) = pack(&table) else { continue };
        if packs.iter().any(|known| known.name == pack.name) {
            table.invalid("name", "there is such a pack already");
        }
        packs.push(pack);
    }
    root.finish();
    packs
}

fn pack(table: &Table<'_, '_>) -> Option<Locked> {
    let text = |key| table.required_string(key).map(|text| text.value.to_owned());
    let (name, url, commit, digest) = (text("name"), text("url"), text("commit"), text("digest"));
    let optional = |key| table.string(key).map(|text| text.value.to_owned());
    let (wish, path) = (optional("ref"), optional("path"));
    let signed = table.boolean("signed").unwrap_or(false);
    table.finish();
    let (name, commit, digest) = (name?, commit?, digest?);
    if !is_name(&name) {
        table.invalid("name", "lower-case letters, digits and `-`");
    }
    if !is_hex(&commit, &[40, 64]) {
        table.invalid("commit", "40 or 64 hexadecimal digits");
    }
    if !digest.strip_prefix("sha256:").is_some_and(|digits| is_hex(digits, &[64])) {
        table.invalid("digest", "`sha256:` and 64 hexadecimal digits");
    }
    Some(Locked { name, url: url?, wish, path, commit, digest, signed })
}

/// What `new` may guard less than `old`, one sentence for each pack. Which rules a pack holds does not stand here: whoever
/// reviews the change has to look.
pub fn loosened(old: &[Locked], new: &[Locked]) -> Vec<String> {
    let named = |packs: &'_ [Locked], name: &str| packs.iter().find(|pack| pack.name == name).cloned();
    let mut told = Vec::new();
    for pack in old {
        let name = &pack.name;
        match named(new, name) {
            None => told.push(format!("the shared pack `{name}` is gone, with its rules")),
            Some(now) => {
                if now.url != pack.url {
                    told.push(format!("the shared pack `{name}` comes from somewhere else"));
                } else if now.digest != pack.digest {
                    told.push(format!("the shared pack `{name}` holds something else than before"));
                }
                if pack.signed && !now.signed {
                    told.push(format!("the shared pack `{name}` takes no signature any more"));
                }
            }
        }
    }
    let fresh = new.iter().filter(|pack| named(old, &pack.name).is_none());
    told.extend(fresh.map(|pack| format!("the shared pack `{}` is new, and its settings count", pack.name)));
    told
}

/// Lines of a file of signers that were not there before, one sentence each.
pub fn more_signers(old: &[u8], new: &[u8]) -> Vec<String> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let known: Vec<&str> = old.lines().map(str::trim).collect();
    let lines = new.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let fresh = lines.filter(|line| !known.contains(line));
    fresh
        .map(|line| format!("packs signed by {:?} are taken", line.split(' ').next().unwrap_or(line)))
        .collect()
}

/// A name that is a folder's as well.
pub fn is_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= 60 && name.bytes().all(inner) && !name.starts_with('-')
}

fn is_hex(text: &str, lens: &[usize]) -> bool {
    lens.contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The file, sorted by name.
pub fn write(packs: &[Locked]) -> String {
    let mut packs: Vec<&Locked> = packs.iter().collect();
    packs.sort_by(|a, b| a.name.cmp(&b.name));
    let block = |pack: &&Locked| {
        let line = |key: &str, value: &str| format!("{key} = {}\n", toml_edit::Value::from(value));
        let optional =
            |key, value: &Option<String>| value.as_ref().map_or_else(String::new, |it| line(key, it));
        let Locked { name, url, wish, path, commit, digest, signed } = pack;
        [
            "\n[[pack]]\n".to_owned(),
            line("name", name),
            line("url", url),
            optional("ref", wish),
            optional("path", path),
            line("commit", commit),
            line("digest", digest),
            if *signed { "signed = true\n".to_owned() } else { String::new() },
        ]
        .concat()
    };
    format!("{HEADER}{}", packs.iter().map(block).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{Locked, read, write};

    fn locked(name: &str) -> Locked {
        Locked {
            name: name.to_owned(),
            url: "https://git.example/rules.git".to_owned(),
            wish: Some("v3".to_owned()),
            path: None,
            commit: "c0ffee12".repeat(5),
            digest: format!("sha256:{}", "0a".repeat(32)),
            signed: name == "a",
        }
    }

    #[test]
    fn every_change_of_a_pack_is_told() {
        let digest = format!("sha256:{}", "0b".repeat(32));
        let (a, b) = (locked("a"), locked("b"));
        for (old, new, expected) in [
            (vec![a.clone()], vec![a.clone()], ""),
            (vec![a.clone(), b.clone()], vec![b.clone()], "the shared pack `a` is gone, with its rules"),
            (
                vec![b.clone()],
                vec![Locked { digest, ..b.clone() }],
                "the shared pack `b` holds something else than before",
            ),
            (
                vec![b.clone()],
                vec![Locked { url: "x".to_owned(), ..b.clone() }],
                "the shared pack `b` comes from somewhere else",
            ),
            (
                vec![a.clone()],
                vec![Locked { signed: false, ..a }],
                "the shared pack `a` takes no signature any more",
            ),
            (vec![], vec![b], "the shared pack `b` is new, and its settings count"),
        ] {
            assert_eq!(super::loosened(&old, &new).join("; "), expected);
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        let packs =
            vec![locked("a"), Locked { path: Some("x \"y\"".to_owned()), wish: None, ..locked("b-2") }];
        let text = write(&[packs[1].clone(), packs[0].clone()]);
        assert_eq!(read("l", &text).unwrap(), packs);
        let problems = |text: &str| read("l", text).unwrap_err().to_string();
        let twice = [text.as_str(), text.split_once("\n\n").unwrap().1].join("\n");
        assert!(problems(&twice).contains("`name`: there is such a pack already"));
        assert!(
            problems(&text.replacen("c0ffee", "C0FFEE", 1))
                .ends_with("`commit`: 40 or 64 hexadecimal digits")
        );
        assert!(
            problems(&text.replacen("\"a\"", "\"../a\"", 1))
                .ends_with("`name`: lower-case letters, digits and `-`")
        );
        let conflict = problems(&text.replacen("[[pack]]", "<<<<<<< HEAD\n[[pack]]", 1));
        assert!(conflict.contains("l:4:1: an unresolved merge conflict"), "{conflict}");
    }
}
