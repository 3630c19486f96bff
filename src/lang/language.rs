//! Which language a file is written in, by its name, its extension or its first line. Knows nothing of syntax.

use crate::model::{Language, RepoPath};

impl Language {
    /// An extension that files of this language have, for examples that come without a path.
    pub fn extension(self) -> &'static str {
        EXTENSIONS.iter().find(|(_, language)| *language == self).map_or("txt", |(extension, _)| extension)
    }
}

/// Extensions in lower case; the first of a language is its usual one.
const EXTENSIONS: &[(&str, Language)] = &[
    ("py", Language::Python),
    ("pyi", Language::Python),
    ("pyw", Language::Python),
    ("js", Language::JavaScript),
    ("jsx", Language::JavaScript),
    ("mjs", Language::JavaScript),
    ("cjs", Language::JavaScript),
    ("ts", Language::TypeScript),
    ("tsx", Language::TypeScript),
    ("mts", Language::TypeScript),
    ("cts", Language::TypeScript),
    ("go", Language::Go),
    ("java", Language::Java),
    ("kt", Language::Kotlin),
    ("kts", Language::Kotlin),
    ("scala", Language::Scala),
    ("sc", Language::Scala),
    ("sbt", Language::Scala),
    ("groovy", Language::Groovy),
    ("gradle", Language::Groovy),
    ("rb", Language::Ruby),
    ("rake", Language::Ruby),
    ("gemspec", Language::Ruby),
    ("ru", Language::Ruby),
    ("php", Language::Php),
    ("phtml", Language::Php),
    ("inc", Language::Php),
    ("cs", Language::CSharp),
    ("csx", Language::CSharp),
    ("rs", Language::Rust),
    ("c", Language::C),
    ("h", Language::C),
    ("cpp", Language::Cpp),
    ("cc", Language::Cpp),
    ("cxx", Language::Cpp),
    ("hpp", Language::Cpp),
    ("hh", Language::Cpp),
    ("sh", Language::Shell),
    ("bash", Language::Shell),
    ("zsh", Language::Shell),
    ("ksh", Language::Shell),
    ("bats", Language::Shell),
    ("sql", Language::Sql),
    ("pls", Language::Sql),
    ("plsql", Language::Sql),
    ("psql", Language::Sql),
    ("yml", Language::Yaml),
    ("yaml", Language::Yaml),
    ("toml", Language::Toml),
    ("tf", Language::Hcl),
    ("hcl", Language::Hcl),
    ("tfvars", Language::Hcl),
    ("dockerfile", Language::Dockerfile),
    ("html", Language::Html),
    ("htm", Language::Html),
    ("vue", Language::Html),
    ("svelte", Language::Html),
    ("erb", Language::Html),
    ("rhtml", Language::Html),
    ("ejs", Language::Html),
    ("eex", Language::Html),
    ("heex", Language::Html),
    ("leex", Language::Html),
    ("conf", Language::Nginx),
    ("nginx", Language::Nginx),
    ("json", Language::Json),
    ("xml", Language::Xml),
    ("csproj", Language::Xml),
    ("config", Language::Xml),
    ("swift", Language::Swift),
    ("dart", Language::Dart),
    ("lua", Language::Lua),
    ("rockspec", Language::Lua),
    ("pl", Language::Perl),
    ("pm", Language::Perl),
    ("cgi", Language::Perl),
    ("ex", Language::Elixir),
    ("exs", Language::Elixir),
    ("ps1", Language::PowerShell),
    ("psm1", Language::PowerShell),
    ("psd1", Language::PowerShell),
    ("mk", Language::Makefile),
    ("mak", Language::Makefile),
];

/// File names in lower case.
const FILE_NAMES: &[(&str, Language)] = &[
    ("dockerfile", Language::Dockerfile),
    ("containerfile", Language::Dockerfile),
    ("jenkinsfile", Language::Groovy),
    ("rakefile", Language::Ruby),
    ("gemfile", Language::Ruby),
    ("vagrantfile", Language::Ruby),
    ("sconstruct", Language::Python),
    ("makefile", Language::Makefile),
    ("gnumakefile", Language::Makefile),
    (".bashrc", Language::Shell),
    (".profile", Language::Shell),
    (".zshrc", Language::Shell),
];

/// Programs of a `#!` line, without version numbers.
const INTERPRETERS: &[(&str, Language)] = &[
    ("python", Language::Python),
    ("node", Language::JavaScript),
    ("deno", Language::TypeScript),
    ("ts-node", Language::TypeScript),
    ("ruby", Language::Ruby),
    ("php", Language::Php),
    ("groovy", Language::Groovy),
    ("perl", Language::Perl),
    ("lua", Language::Lua),
    ("luajit", Language::Lua),
    ("elixir", Language::Elixir),
    ("pwsh", Language::PowerShell),
    ("sh", Language::Shell),
    ("bash", Language::Shell),
    ("dash", Language::Shell),
    ("zsh", Language::Shell),
    ("ksh", Language::Shell),
];

/// The language of a file: by its name, then its extension, then its `#!` line.
pub fn detect(path: &RepoPath, content: &[u8]) -> Option<Language> {
    let name = path.file_name().to_ascii_lowercase();
    let look_up = |table: &[(&str, Language)], key: &[u8]| {
        table.iter().find(|(known, _)| known.as_bytes() == key).map(|(_, language)| *language)
    };
    if let Some(language) = look_up(FILE_NAMES, &name) {
        return Some(language);
    }
    if name.starts_with(b"dockerfile.") || name.starts_with(b"containerfile.") {
        return Some(Language::Dockerfile);
    }
    path.extension()
        .and_then(|extension| look_up(EXTENSIONS, &extension.to_ascii_lowercase()))
        .or_else(|| look_up(INTERPRETERS, interpreter(content)?))
}

/// The program of a `#!` line: without folders, `env` and its options, and version.
fn interpreter(content: &[u8]) -> Option<&[u8]> {
    let line = content.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut program = base_name(words.next()?);
    if program == b"env" {
        program = base_name(words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='))?);
    }
    let version = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let end = program.iter().rposition(|byte| !version(byte)).map_or(0, |last| last + 1);
    Some(&program[..end])
}

fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{Language, detect};
    use crate::model::RepoPath;

    #[track_caller]
    fn check(path: &str, content: &str, expected: Option<Language>) {
        assert_eq!(detect(&RepoPath::from(path), content.as_bytes()), expected, "{path}");
    }

    #[test]
    fn names_extensions_and_first_lines_tell_the_language() {
        check("a/b.py", "", Some(Language::Python));
        check("SRC/App.TSX", "", Some(Language::TypeScript));
        check("ui/Panel.vue", "", Some(Language::Html));
        check("Dockerfile", "", Some(Language::Dockerfile));
        check("docker/Dockerfile.dev", "", Some(Language::Dockerfile));
        check("Jenkinsfile", "", Some(Language::Groovy));
        check("GNUmakefile", "", Some(Language::Makefile));
        check("bin/run", "#!/usr/bin/perl -w\n", Some(Language::Perl));
        check("bin/run", "#!/usr/bin/env pwsh\n", Some(Language::PowerShell));
        check("bin/run", "#!/usr/bin/env -S python3.12 -u\n", Some(Language::Python));
        check("bin/run", "#!/bin/bash -e\n", Some(Language::Shell));
        check("bin/run", "#!/usr/bin/env\n", None);
        check("README", "eval is evil", None);
    }

    #[test]
    fn every_language_has_a_name_and_an_extension_that_leads_back() {
        for &(name, language) in Language::NAMES {
            assert_eq!(language.to_string(), name);
            check(&format!("x.{}", language.extension()), "", Some(language));
        }
    }
}
