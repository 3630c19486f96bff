//! Lock files in the notation of a language: `mix.lock` and `.terraform.lock.hcl`.

use super::super::mix::SYNTAX;
use super::super::syntax::{Code, Kind};
use super::super::{Manifest, Misread};
use super::{answer, locked};
use crate::model::{Dependency, Ecosystem, Source};

/// Reads a `mix.lock`: `"key": {:hex, :name, "version", ..}` or `{:git, "url", "commit", ..}`.
pub fn mix(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut found = Vec::new();
    for at in 0..code.tokens.len() {
        let Some(key) = code.text(at).filter(|_| code.is(at + 1, ":") && code.is(at + 2, "{")) else {
            continue;
        };
        let parts = code.parts(at + 3, code.close(at + 2));
        let text = |part: usize| {
            let (start, _) = parts.get(part)?;
            code.text(*start).or_else(|| code.word(start + 1).filter(|_| code.is(*start, ":")))
        };
        let span = code.span(at, code.close(at + 2) + 1);
        let dependency = if text(0) == Some("git") {
            let source = Source::Git(text(1).unwrap_or_default().to_owned());
            Dependency { source, ..locked(Ecosystem::Hex, key, text(2).unwrap_or_default(), span) }
        } else {
            let name = text(1).unwrap_or(key);
            let alias = (name != key).then(|| key.to_owned());
            Dependency { key: alias, ..locked(Ecosystem::Hex, name, text(2).unwrap_or_default(), span) }
        };
        found.push(dependency);
    }
    Ok(answer(found))
}

/// Reads a `.terraform.lock.hcl`: `provider "host/namespace/name" { version = ".." }`.
pub fn terraform(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut found = Vec::new();
    for at in 0..code.tokens.len() {
        let Some(name) = code.text(at + 1).filter(|_| code.is(at, "provider") && code.is(at + 2, "{")) else {
            continue;
        };
        let close = code.close(at + 2);
        let version = (at..close).find(|at| code.is(*at, "version") && code.is(at + 1, "="));
        let version = version.and_then(|at| code.tokens.get(at + 2)).filter(|token| token.kind == Kind::Text);
        let short =
            name.strip_prefix("registry.terraform.io/").or(name.strip_prefix("registry.opentofu.org/"));
        let version = version.map_or("", |token| token.text.as_str());
        found.push(locked(Ecosystem::Terraform, short.unwrap_or(name), version, code.span(at, close + 1)));
    }
    Ok(answer(found))
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{MixLock, TerraformLock};
    use crate::deps::manifest::tests::check;

    #[test]
    fn entries_are_read() {
        check(
            MixLock,
            "%{\n  \"a\": {:hex, :a, \"1.0\", \"x\", [:mix], [{:b, \"~> 1\", [hex: :b]}], \"hexpm\", \"y\"},\n  \"c\": {:git, \"https://h.example/c\", \"abc\", []},\n}\n",
            &["2:3 a =1.0 indirect registry", "3:3 c =abc indirect git:h.example/c"],
        );
        check(
            TerraformLock,
            "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"5\"\n}\n",
            &["1:1 hashicorp/aws =5 indirect registry"],
        );
    }
}
