//! Reads Terraform, OpenTofu, Terragrunt and TFLint files: providers, modules and plugins. Evaluates nothing.

use super::syntax::{Code, Kind, Quote, Syntax};
use super::{Manifest, Misread, Note};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Scope, Source};

const SYNTAX: Syntax = Syntax {
    line_comments: &["#", "//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote { mark: "\"", computes: "${", lines: false }],
    // Heredocs are written as in Ruby.
    ruby: true,
};

/// Registries that are meant when none is named.
const HOSTS: [&str; 2] = ["registry.terraform.io/", "registry.opentofu.org/"];

/// Reads one file of a module.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut reader = Reader { code: &code, declared: Vec::new(), manifest: Manifest::default() };
    for at in 0..code.tokens.len() {
        if code.is(at, "required_providers") {
            reader.required_providers(at);
        }
    }
    for at in 0..code.tokens.len() {
        let labelled = code.text(at + 1).filter(|_| code.is(at + 2, "{"));
        match (code.word(at), labelled) {
            (Some("provider"), Some(name)) => reader.provider(at, name),
            (Some("module" | "plugin"), Some(_)) => reader.module(at, at + 2),
            (Some("terraform"), None) if code.is(at + 1, "{") => reader.module(at, at + 1),
            _ => {}
        }
    }
    Ok(reader.manifest)
}

struct Reader<'c> {
    code: &'c Code,
    /// Local names of providers.
    declared: Vec<String>,
    manifest: Manifest,
}

impl Reader<'_> {
    /// `name = { source = "ns/x", version = "1" }` and, before 0.13, `name = "1"`.
    fn required_providers(&mut self, at: usize) {
        let code = self.code;
        let open = at + 1 + usize::from(code.is(at + 1, "="));
        let mut at = open + 1;
        while at < code.close(open) {
            let Some(name) = code.word(at).or(code.text(at)).filter(|_| code.is(at + 1, "=")) else {
                at += 1;
                continue;
            };
            self.declared.push(name.to_owned());
            let value = at + 2;
            let end = code.close(value) + 1;
            let span = code.span(at, end);
            let source = self.attribute(value, "source").and_then(|at| code.text(at));
            let version = self.attribute(value, "version").and_then(|at| code.text(at)).or(code.text(value));
            let full = source.map_or_else(|| format!("hashicorp/{name}"), provider);
            let dependency = Dependency::new(Ecosystem::Terraform, full, span);
            let requirement = version.unwrap_or_default().to_owned();
            self.manifest.dependencies.push(Dependency { requirement, ..dependency });
            at = end;
        }
    }

    /// A provider that no file declares is one of HashiCorp's; which file declares it, this one does not know.
    fn provider(&mut self, at: usize, name: &str) {
        if self.declared.iter().any(|known| known == name) {
            return;
        }
        let close = self.code.close(at + 2);
        let version = self.attribute(at + 2, "version").and_then(|at| self.code.text(at));
        let scope = if version.is_some() { Scope::Runtime } else { Scope::Indirect };
        let full = format!("hashicorp/{name}");
        let dependency = Dependency::new(Ecosystem::Terraform, full, self.code.span(at, close + 1));
        self.manifest.dependencies.push(Dependency {
            scope,
            requirement: version.unwrap_or_default().to_owned(),
            ..dependency
        });
    }

    fn module(&mut self, at: usize, open: usize) {
        let code = self.code;
        let Some(source) = self.attribute(open, "source") else { return };
        let span = code.span(at, code.close(open) + 1);
        let Some(token) = code.string(source) else {
            self.manifest.notes.push(Note::Computed { what: "source of a module".to_owned(), span });
            return;
        };
        let place = token.text.split('?').next().unwrap_or_default();
        if token.kind == Kind::Computed && place.contains("${") {
            self.manifest.notes.push(Note::Computed { what: token.text.clone(), span });
            return;
        }
        let version = self.attribute(open, "version").and_then(|at| code.text(at)).map(str::to_owned);
        let query = token.text.split_once('?').map_or("", |(_, query)| query);
        let pin = |setting: &str| {
            setting.strip_prefix("ref=").or(setting.strip_prefix("version=")).map(str::to_owned)
        };
        let pinned = query.split('&').find_map(pin);
        let (name, source) = module(place);
        let Some(name) = name else { return };
        let requirement = version.or(pinned).unwrap_or_default();
        self.manifest.dependencies.push(Dependency {
            requirement,
            source,
            ..Dependency::new(Ecosystem::Terraform, name, span)
        });
    }

    /// Where the value of an attribute stands, right inside of the block at `open`.
    fn attribute(&self, open: usize, name: &str) -> Option<usize> {
        if !self.code.is(open, "{") {
            return None;
        }
        let mut at = open + 1;
        while at < self.code.close(open) {
            if self.code.is(at, name) && (self.code.is(at + 1, "=") || self.code.is(at + 1, ":")) {
                return Some(at + 2);
            }
            at = self.code.close(at) + 1;
        }
        None
    }
}

/// The usual registry is left out of a provider's name, and `hashicorp` is meant when nobody is named.
fn provider(source: &str) -> String {
    let source = HOSTS.iter().find_map(|host| source.strip_prefix(host)).unwrap_or(source);
    if source.contains('/') { source.to_owned() } else { format!("hashicorp/{source}") }
}

/// The name and place of a module; no name for one in the same repository.
fn module(place: &str) -> (Option<String>, Source) {
    if place.starts_with("./") || place.starts_with("../") || place.starts_with('/') {
        return (None, Source::Path(place.to_owned()));
    }
    // `//` behind the scheme parts off a folder.
    let bare = place.split_once("://").map_or(place, |(_, rest)| rest);
    let whole = bare.find("//").map_or(place, |at| &place[..place.len() - bare.len() + at]);
    if let Some(url) = whole.strip_prefix("git::").or(whole.starts_with("git@").then_some(whole)) {
        return (Some(repository(url)), Source::Git(url.to_owned()));
    }
    if whole.starts_with("github.com/") || whole.starts_with("bitbucket.org/") {
        let parts: Vec<&str> = whole.splitn(4, '/').take(3).collect();
        return (Some(repository(&parts.join("/"))), Source::Git(format!("https://{}", parts.join("/"))));
    }
    if let Some(address) = whole.strip_prefix("tfr://") {
        let address = address.trim_start_matches('/');
        return (
            Some(HOSTS.iter().find_map(|host| address.strip_prefix(host)).unwrap_or(address).to_owned()),
            Source::Registry,
        );
    }
    if whole.contains("::") || whole.contains("://") {
        let url = whole.rsplit("::").next().unwrap_or(whole);
        return (Some(repository(url)), Source::Url(whole.to_owned()));
    }
    let name = HOSTS.iter().find_map(|host| whole.strip_prefix(host)).unwrap_or(whole);
    (Some(name.to_owned()), Source::Registry)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Terraform;
    use crate::deps::manifest::tests::check;

    #[test]
    fn providers_are_read_with_their_namespace() {
        check(
            Terraform,
            "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\" # x\n      version = \"~> 5\"\n    }\n    dd = { source = \"registry.terraform.io/DataDog/datadog\" }\n    old = \"~> 1\"\n  }\n}\nprovider \"aws\" {}\nprovider \"random\" { version = \"1\" }\nprovider \"other\" {}\n",
            &[
                "3:5 hashicorp/aws =~> 5 runtime registry",
                "7:5 DataDog/datadog = runtime registry",
                "8:5 hashicorp/old =~> 1 runtime registry",
                "12:1 hashicorp/random =1 runtime registry",
                "13:1 hashicorp/other = indirect registry",
            ],
        );
    }

    #[test]
    fn modules_are_read_wherever_they_come_from() {
        for (source, expected) in [
            ("a/b/c", "a/b/c = runtime registry"),
            ("a/b/c//modules/x", "a/b/c = runtime registry"),
            ("app.h.example/a/b/c", "app.h.example/a/b/c = runtime registry"),
            ("git::https://h.example/r.git//x?ref=v1", "h.example/r =v1 runtime git:h.example/r"),
            ("github.com/O/r", "github.com/o/r = runtime git:github.com/o/r"),
            ("git@github.com:o/r.git", "github.com/o/r = runtime git:github.com/o/r"),
            ("https://h.example/m.zip", "h.example/m.zip = runtime url:https://h.example/m.zip"),
        ] {
            check(
                Terraform,
                format!("module \"m\" {{\n  source = \"{source}\"\n}}\n"),
                &[&format!("1:1 {expected}")],
            );
        }
        check(Terraform, "module \"m\" { source = \"./x\" }\n", &[]);
        check(Terraform, "module \"m\" { source = var.x }\n", &["1:1 computes source of a module"]);
        check(
            Terraform,
            "terraform {\n  source = \"git::git@h.example:o/r.git?ref=v1\"\n}\n",
            &["1:1 h.example/o/r =v1 runtime git:h.example/o/r"],
        );
        check(Terraform, "x = <<-EOT\nmodule \"m\" { source = \"a/b/c\" }\nEOT\n", &[]);
    }
}
