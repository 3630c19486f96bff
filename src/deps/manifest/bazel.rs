//! Reads `MODULE.bazel`, `WORKSPACE` and `*.bzl` as far as they say what they want. Runs nothing.

use super::python::SYNTAX;
use super::syntax::{Code, Kind};
use super::{Manifest, Misread, Note, image};
use crate::model::{Dependency, Ecosystem, Scope, Source, Span};

/// Reads a file in Starlark.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut manifest = Manifest::default();
    for at in 0..code.tokens.len() {
        let defined = at > 0 && code.is(at - 1, "def");
        if let Some(name) = code.word(at).filter(|_| code.is(at + 1, "(") && !defined) {
            call(&Call { code: &code, name, open: at + 1 }, &mut manifest);
        }
    }
    Ok(manifest)
}

struct Call<'c> {
    code: &'c Code,
    name: &'c str,
    open: usize,
}

impl Call<'_> {
    fn span(&self) -> Span {
        self.code.span(self.open - 1, self.code.close(self.open) + 1)
    }

    /// Where the value of a keyword argument stands.
    fn value(&self, key: &str) -> Option<(usize, usize)> {
        let parts = self.code.parts(self.open + 1, self.code.close(self.open));
        let named = |(start, _): &(usize, usize)| self.code.is(*start, key) && self.code.is(start + 1, "=");
        parts.into_iter().find(named).map(|(start, end)| (start + 2, end))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(|(at, _)| self.code.text(at))
    }

    /// The first string of a value, also of a list.
    fn first(&self, keys: &[&str]) -> Option<&str> {
        let values = keys.iter().filter_map(|key| self.value(key));
        values.flat_map(|(start, end)| start..end).find_map(|at| self.code.text(at))
    }
}

fn call(call: &Call<'_>, acc: &mut Manifest) {
    let bazel = |name: &str| Dependency::new(Ecosystem::Bazel, name, call.span());
    let pin = ["version", "tag", "commit", "branch"].into_iter().find_map(|key| call.text(key));
    let requirement = pin.unwrap_or_default().to_owned();
    let remote = call.first(&["remote"]).map(|url| Source::Git(url.to_owned()));
    let urls = call.first(&["url", "urls"]).map(|url| Source::Url(url.to_owned()));
    let path = call.text("path").map(|path| Source::Path(path.to_owned()));
    match call.name {
        "bazel_dep" => match call.text("name") {
            Some(name) => {
                let development =
                    call.value("dev_dependency").is_some_and(|(at, _)| call.code.is(at, "True"));
                let scope = if development { Scope::Dev } else { Scope::Runtime };
                acc.dependencies.push(Dependency { scope, requirement, ..bazel(name) });
            }
            None => acc.notes.push(Note::Computed { what: call.name.to_owned(), span: call.span() }),
        },
        "git_override" | "archive_override" | "local_path_override" => {
            let source = remote.or(urls).or(path).unwrap_or(Source::Registry);
            acc.dependencies.extend(call.text("module_name").map(|name| Dependency {
                requirement,
                source,
                ..bazel(name)
            }));
        }
        "single_version_override" | "multiple_version_override" => {
            let registry =
                call.text("registry").map_or(Source::Registry, |url| Source::OtherRegistry(url.to_owned()));
            let scope = Scope::Indirect;
            acc.dependencies.extend(call.text("module_name").map(|name| Dependency {
                scope,
                requirement,
                source: registry,
                ..bazel(name)
            }));
        }
        "http_archive" | "http_file" | "http_jar" | "git_repository" | "new_git_repository" => {
            let source = remote.or(urls).unwrap_or(Source::Registry);
            acc.dependencies.extend(call.text("name").map(|name| Dependency {
                requirement,
                source,
                ..bazel(name)
            }));
        }
        "go_repository" => {
            let path = call.text("importpath");
            acc.dependencies.extend(path.map(|path| Dependency {
                requirement,
                ..Dependency::new(Ecosystem::Golang, path, call.span())
            }));
        }
        "maven_install" | "install" | "maven_artifact" => artifacts(call, acc),
        // `go_deps.module(path = "m", version = "v1")`; a file's own `module()` has no path.
        "module" => {
            acc.dependencies.extend(call.text("path").map(|path| Dependency {
                requirement,
                ..Dependency::new(Ecosystem::Golang, path, call.span())
            }))
        }
        // `crate.spec(package = "serde", version = "1")`.
        "spec" => {
            let source = call.text("git").map_or(Source::Registry, |url| Source::Git(url.to_owned()));
            acc.dependencies.extend(call.text("package").map(|name| Dependency {
                requirement,
                source: path.unwrap_or(source),
                ..Dependency::new(Ecosystem::Cargo, name, call.span())
            }))
        }
        "artifact" => acc.dependencies.extend(artifact(call)),
        "container_pull" | "oci_pull" | "pull" => {
            let registry = call.text("registry").map(|registry| format!("{registry}/")).unwrap_or_default();
            let name = call.text("image").or(call.text("repository"));
            let tag = ["digest", "tag"].into_iter().find_map(|key| call.text(key)).unwrap_or_default();
            let found = name.and_then(|name| image::read(&format!("{registry}{name}"), call.span()));
            acc.dependencies.extend(found.map(|found| Dependency { requirement: tag.to_owned(), ..found }));
        }
        _ => {}
    }
}

/// `maven.artifact(group = "g", artifact = "a", version = "1")`, or the three by their places.
fn artifact(call: &Call<'_>) -> Option<Dependency> {
    let parts = call.code.parts(call.open + 1, call.code.close(call.open));
    let placed = |at: usize| parts.get(at).and_then(|(start, _)| call.code.text(*start));
    let group = call.text("group").or(placed(0))?;
    let name = call.text("artifact").or(placed(1))?;
    let requirement = call.text("version").or(placed(2)).unwrap_or_default().to_owned();
    let dependency = Dependency::new(Ecosystem::Maven, format!("{group}:{name}"), call.span());
    Some(Dependency { requirement, ..dependency })
}

/// `maven_install(artifacts = ["group:name:version", ..])`.
fn artifacts(call: &Call<'_>, acc: &mut Manifest) {
    let Some((start, end)) = call.value("artifacts") else { return };
    let mut at = start;
    while let Some(token) = call.code.tokens.get(at).filter(|_| at < end) {
        // `maven.artifact(..)` is a call of its own.
        if call.code.is(at, "artifact") && call.code.is(at + 1, "(") {
            at = call.code.close(at + 1) + 1;
            continue;
        }
        at += 1;
        let parts: Vec<&str> = token.text.split(':').collect();
        if let (Kind::Text, [group, name, rest @ ..]) = (token.kind, parts.as_slice()) {
            let requirement = rest.last().copied().unwrap_or_default().to_owned();
            let dependency = Dependency::new(Ecosystem::Maven, format!("{group}:{name}"), token.span);
            acc.dependencies.push(Dependency { requirement, ..dependency });
        } else if token.kind == Kind::Computed || token.kind == Kind::Word && !call.code.is(at, ".") {
            acc.notes.push(Note::Computed { what: "artifacts".to_owned(), span: token.span });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Bazel;
    use crate::deps::manifest::tests::check;

    #[test]
    fn crates_of_a_module_are_read() {
        check(
            Bazel,
            "crate.spec(package = \"a\", version = \"1\")\ncrate.spec(package = \"b\", git = \"https://h.example/b\", branch = \"m\")\ncrate.annotation(crate = \"c\")\n",
            &["1:7 a =1 runtime registry", "2:7 b =m runtime git:h.example/b"],
        );
    }

    #[test]
    fn modules_archives_and_artifacts_are_read() {
        check(
            Bazel,
            "bazel_dep(name = \"a\", version = \"1\", dev_dependency = True)\ngit_override(module_name = \"a\", remote = \"https://h.example/a\", commit = \"c\")\nhttp_archive(\n    name = \"b\",\n    urls = [\"https://h.example/b.zip\"],\n)\nmaven.install(artifacts = [\n    \"g:c:1\",\n])\noci.pull(name = \"x\", image = \"index.docker.io/library/alpine\", tag = \"3\")\nlocal_path_override(module_name = \"d\", path = \"../d\")\n# bazel_dep(name = \"e\")\n",
            &[
                "1:1 a =1 dev registry",
                "2:1 a =c runtime git:h.example/a",
                "3:1 b = runtime url:https://h.example/b.zip",
                "8:5 g:c =1 runtime registry",
                "10:5 alpine =3 runtime registry",
                "11:1 d = runtime path",
            ],
        );
    }

    #[test]
    fn extensions_name_modules_and_artifacts_one_by_one() {
        check(
            Bazel,
            "module(name = \"x\")\ngo_deps.module(path = \"h.example/m\", version = \"v1\")\nmaven.artifact(group = \"g\", artifact = \"a\", version = \"1\")\nmaven_install(artifacts = [\"g:b:2\", maven.artifact(\"g\", \"c\", \"3\")])\n",
            &[
                "2:9 h.example/m =v1 runtime registry",
                "3:7 g:a =1 runtime registry",
                "4:28 g:b =2 runtime registry",
                "4:43 g:c =3 runtime registry",
            ],
        );
    }
}
