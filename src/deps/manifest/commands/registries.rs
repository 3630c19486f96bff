//! The options of package managers that say where packages are looked for: `--index-url`, `--registry`, `--source`. Knows
//! which places are the usual ones, not which are allowed.

use super::super::settings::is_usual;
use super::words::Word;
use crate::model::Ecosystem;

/// Options of pip, which uv takes as well.
const PIP: [&str; 7] =
    ["-i", "--index-url", "--extra-index-url", "--index", "--default-index", "-f", "--find-links"];

/// What asks a registry without taking a package from it, or brings one there.
const NO_INSTALL: [&str; 16] = [
    "publish",
    "unpublish",
    "login",
    "logout",
    "adduser",
    "whoami",
    "view",
    "info",
    "search",
    "ping",
    "config",
    "owner",
    "token",
    "dist-tag",
    "push",
    "list",
];

/// Adds the registries that a command names.
pub fn read(program: &str, words: &[Word], acc: &mut Vec<(Ecosystem, Word)>) {
    let words = match words {
        [flag, module, rest @ ..] if program.starts_with("python") && flag.text == "-m" => {
            return read(&module.text, rest, acc);
        }
        words => words,
    };
    let pip =
        program.strip_prefix("pip").is_some_and(|rest| !rest.contains(|char: char| char.is_alphabetic()));
    let (ecosystem, options): (_, &[&str]) = match program {
        "uv" | "uvx" | "pipx" => (Ecosystem::Pypi, &PIP),
        _ if pip => (Ecosystem::Pypi, &PIP),
        "npm" | "pnpm" | "yarn" | "bun" | "npx" | "pnpx" | "bunx" => (Ecosystem::Npm, &["--registry"]),
        "gem" | "bundle" => (Ecosystem::Gem, &["-s", "--source"]),
        "dotnet" => (Ecosystem::Nuget, &["-s", "--source", "--add-source"]),
        "cargo" => (Ecosystem::Cargo, &["--index"]),
        _ => return,
    };
    let asks = |word: &&Word| NO_INSTALL.contains(&word.text.as_str());
    if words.iter().filter(|word| !word.text.starts_with('-')).take(2).any(|word| asks(&word)) {
        return;
    }
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let given = match word.text.split_once('=') {
            Some((option, url)) if options.contains(&option) => {
                Some(Word { text: url.to_owned(), span: word.span })
            }
            Some(_) => None,
            None if options.contains(&word.text.as_str()) => rest.next().cloned(),
            None => None,
        };
        // What only the shell knows is nobody's name.
        let is_place = |word: &Word| word.text.contains("://") && !word.text.contains(['$', '{', '`', '%']);
        acc.extend(
            given.filter(|word| is_place(word) && !is_usual(&word.text)).map(|word| (ecosystem, word)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Shell;
    use crate::deps::manifest::tests::check;

    #[test]
    fn a_registry_that_a_command_names_is_told() {
        for (line, expected) in [
            (
                "pip install -r requirements.txt -i https://i.example/simple",
                "1:36 looks for pypi in registry:i.example/simple",
            ),
            (
                "python3 -m pip download --extra-index-url=https://i.example x",
                "looks for pypi in registry:i.example",
            ),
            ("npm ci --registry https://n.example/", "looks for npm in registry:n.example"),
            ("bundle install --source https://g.example", "looks for gem in registry:g.example"),
            (
                "dotnet restore -s https://d.example/v3/index.json",
                "looks for nuget in registry:d.example/v3/index.json",
            ),
        ] {
            let manifest = crate::deps::manifest::read(Shell, line.as_bytes()).expect("read");
            let shown: Vec<String> = manifest
                .notes
                .iter()
                .map(|note| match note {
                    crate::deps::manifest::Note::CommandRegistry { ecosystem, source, span } => format!(
                        "1:{} looks for {ecosystem} in {}",
                        span.start + 1,
                        crate::deps::Origin::of(source)
                    ),
                    other => format!("{other:?}"),
                })
                .collect();
            assert!(shown.len() == 1 && shown[0].ends_with(expected), "{line}: {shown:?}");
        }
        for line in [
            "pip install -i https://pypi.org/simple -r requirements.txt",
            "npm publish --registry https://n.example",
            "npm ci --registry $REGISTRY",
            "pip install -i $X/simple -r requirements.txt",
        ] {
            check(Shell, line, &[]);
        }
    }
}
