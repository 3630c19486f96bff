//! Reads the block in which a single Python script says what it needs (PEP 723): TOML in comments between `# /// script`
//! and `# ///`. Knows nothing of the rest of the script.

use super::pyproject::Reader;
use super::toml::Toml;
use super::{Manifest, Misread, Problem, pep508, text_of};
use crate::model::{Dependency, Ecosystem, Scope, Span};

/// The line that begins the block.
pub const MARK: &[u8] = b"# /// script";

/// Reads the block of a script; a script without one declares nothing.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    if memchr::memmem::find(content, MARK).is_none() {
        return Ok(manifest);
    }
    let (text, mark) = text_of(content)?;
    let blocks = blocks(text, mark);
    // Its specification wants an error for a second one: tools would differ on which counts.
    if let [_, second, ..] = blocks.as_slice() {
        let problem = Problem::DuplicateKey("# /// script".to_owned());
        return Err(Misread::new(problem, Span::new(second.start, second.start + MARK.len())));
    }
    let Some(block) = blocks.first() else { return Ok(manifest) };
    let toml = Toml::parse(block.text.as_bytes())?;
    if let Some(list) = toml.get(toml.root(), "dependencies") {
        for (requirement, span) in toml.as_strings(&list)? {
            let found = pep508::parse(requirement)
                .ok_or_else(|| Misread::new(Problem::Requirement(requirement.to_owned()), span))?;
            let (version, source) = (found.version, found.source);
            let dependency = Dependency::new(Ecosystem::Pypi, found.name, span);
            manifest.dependencies.push(Dependency { requirement: version, source, ..dependency });
        }
    }
    // As in `pyproject.toml`: where uv takes a package from is a declaration of its own.
    let mut uv = Reader::new(&toml);
    uv.registry_tables(toml.root(), &["tool", "uv", "index"])?;
    for entry in toml.entries(toml.root(), &["tool", "uv", "sources"])? {
        uv.package(entry, Scope::Runtime)?;
    }
    manifest.dependencies.extend(uv.manifest.dependencies);
    manifest.notes.extend(uv.manifest.notes);
    Ok(manifest)
}

/// A block as TOML of the same length as the file, so that places stay right.
struct Block {
    start: usize,
    text: String,
}

fn blocks(text: &str, mark: usize) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    let mut at = mark;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        match &mut open {
            None if bare.as_bytes() == MARK => {
                open = Some(Block { start: at, text: " ".repeat(at + line.len()) });
            }
            None => {}
            Some(_) if bare == "# ///" => found.extend(open.take()),
            Some(block) => match line.strip_prefix('#') {
                // A block that nothing ends is none.
                None => open = None,
                Some(rest) => {
                    block.text.push(' ');
                    block.text.push_str(rest);
                }
            },
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Script;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn the_block_of_a_script_is_read_where_it_stands() {
        check(
            Script,
            "#!/usr/bin/env -S uv run\n# /// script\n# requires-python = \">=3.12\"\n# dependencies = [\n#   \"requests<3\",\n#   \"evil @ https://h.example/x.zip\",\n# ]\n# ///\nimport requests\n",
            &["5:5 requests =<3 runtime registry", "6:5 evil = runtime url:https://h.example/x.zip"],
        );
        check(Script, "import x\n# dependencies = ['y']\n", &[]);
        check(Script, "# /// script\n# dependencies = ['y']\nimport x\n", &[]);
        check(Script, "# /// script\r\n# dependencies = ['y']\r\n# ///\r\n", &["2:19 y = runtime registry"]);
        check(
            Script,
            "# /// script\n# [tool.uv.sources]\n# y = { git = 'https://h.example/o/y' }\n# z = { index = 'i' }\n# [[tool.uv.index]]\n# name = 'i'\n# url = 'https://i.example'\n# ///\n",
            &[
                "3:3 y = runtime git:h.example/o/y",
                "4:3 z = runtime registry:i.example",
                "7:3 looks in registry:i.example",
            ],
        );
    }

    #[test]
    fn what_does_not_read_is_refused_with_its_place() {
        check_refused(
            Script,
            "# /// script\n# dependencies = ['a b']\n# ///\n",
            "2:19 not a requirement: \"a b\"",
        );
        check_refused(
            Script,
            "# /// script\n# ///\n# /// script\n# ///\n",
            "3:1 duplicate key \"# /// script\": package managers differ on which one counts",
        );
    }
}
