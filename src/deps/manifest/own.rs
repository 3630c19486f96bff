//! What a manifest calls the package that it belongs to, and what a compiler is told to take for one. Knows nothing of
//! dependencies.

use super::syntax::{COMMENTS, json};
use super::toml::Toml;
use super::{Misread, text_of};
use crate::model::RepoPath;

/// The names under which code can import what lies in the repository itself, by the file at `path`; a name that ends
/// with `*` is the start of one. Nothing for a file that does not read.
pub fn own_names(path: &RepoPath, content: &[u8]) -> Vec<String> {
    let names = match path.file_name() {
        b"package.json" => package_json(content),
        b"go.mod" => module(content),
        b"Cargo.toml" => crates(content),
        _ => aliases(content),
    };
    names.unwrap_or_default()
}

fn package_json(content: &[u8]) -> Result<Vec<String>, Misread> {
    Ok(json(content, &COMMENTS)?.str("name").map(str::to_owned).into_iter().collect())
}

fn module(content: &[u8]) -> Result<Vec<String>, Misread> {
    let (text, _) = text_of(content)?;
    let name = text.lines().find_map(|line| line.strip_prefix("module ")?.split_whitespace().next());
    Ok(name.map(|name| name.trim_matches(['"', '`']).to_owned()).into_iter().collect())
}

fn crates(content: &[u8]) -> Result<Vec<String>, Misread> {
    let toml = Toml::parse(content)?;
    let named = |table: &str| {
        let name = toml.table(toml.root(), &[table]).ok()??.get("name")?.as_str()?;
        Some(name.to_owned())
    };
    Ok(["package", "lib"].into_iter().filter_map(named).collect())
}

/// `compilerOptions.paths` of TypeScript.
fn aliases(content: &[u8]) -> Result<Vec<String>, Misread> {
    let root = json(content, &COMMENTS)?;
    // A star alone says where packages lie, not that there are none.
    let paths = root.table(&["compilerOptions", "paths"])?.iter().map(|entry| entry.key.clone());
    Ok(paths.filter(|path| path != "*").collect())
}

#[cfg(test)]
mod tests {
    use super::own_names;

    #[test]
    fn packages_are_known_by_their_own_manifests() {
        for (path, content, expected) in [
            ("a/package.json", "{\"name\": \"@s/a\"}", vec!["@s/a"]),
            ("package.json", "{", vec![]),
            ("go.mod", "// x\nmodule a.example/b // why\n", vec!["a.example/b"]),
            ("Cargo.toml", "[package]\nname = 'a-b'\n[lib]\nname = 'c'\n", vec!["a-b", "c"]),
            (
                "tsconfig.base.json",
                "{ // x\n\"compilerOptions\": {\"paths\": {\"@app/*\": [\"src/*\"], \"*\": [\"x/*\"],}}}",
                vec!["@app/*"],
            ),
        ] {
            assert_eq!(own_names(&path.into(), content.as_bytes()), expected, "{path}");
        }
    }
}
