//! Reads `conanfile.txt`, and `conanfile.py` as far as it says what it wants. Runs nothing.

use super::python::SYNTAX;
use super::syntax::{Code, Kind};
use super::{Manifest, Misread, Note, ini};
use crate::model::{Dependency, Ecosystem, Scope, Span};

const SECTIONS: [(&str, Scope); 4] = [
    ("requires", Scope::Runtime),
    ("build_requires", Scope::Build),
    ("tool_requires", Scope::Build),
    ("test_requires", Scope::Dev),
];

/// Reads a `conanfile.txt`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    for setting in ini::parse(content, false)? {
        if let Some((_, scope)) = SECTIONS.iter().find(|(name, _)| *name == setting.section) {
            let line = String::from_utf8_lossy(&content[setting.span.start..setting.span.end]).into_owned();
            manifest.dependencies.push(package(&line, *scope, setting.span));
        }
    }
    Ok(manifest)
}

/// Reads a `conanfile.py`.
pub fn read_py(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut manifest = Manifest::default();
    for at in 0..code.tokens.len() {
        let Some((name, scope)) = SECTIONS.iter().find(|(name, _)| code.is(at, name)) else { continue };
        let (from, end) = if code.is(at + 1, "(") && at > 0 && code.is(at - 1, ".") {
            // Only the first argument names the package.
            let close = code.close(at + 1);
            (at + 2, code.parts(at + 2, close).first().map_or(close, |(_, end)| *end))
        } else if code.is(at + 1, "=") {
            (at + 2, code.statement_end(at + 2))
        } else {
            continue;
        };
        let tokens = code.tokens[from.min(end)..end.min(code.tokens.len())].iter();
        let mut computed = true;
        for token in tokens.filter(|token| matches!(token.kind, Kind::Text | Kind::Computed)) {
            computed = false;
            // `("a/1", "override")`.
            if matches!(token.text.as_str(), "override" | "private") {
                continue;
            }
            let name = token.text.split('/').next().unwrap_or_default();
            if name.contains('{') {
                manifest.notes.push(Note::Computed { what: token.text.clone(), span: token.span });
            } else {
                manifest.dependencies.push(package(&token.text, *scope, token.span));
            }
        }
        if computed {
            manifest.notes.push(Note::Computed { what: (*name).to_owned(), span: code.span(at, end) });
        }
    }
    Ok(manifest)
}

/// `name/version@user/channel#revision`.
fn package(text: &str, scope: Scope, span: Span) -> Dependency {
    let text = text.split('#').next().unwrap_or(text).trim();
    let (name, version) = text.split_once('/').unwrap_or((text, ""));
    Dependency { scope, requirement: version.to_owned(), ..Dependency::new(Ecosystem::Conan, name, span) }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{ConanPy, ConanTxt};
    use crate::deps::manifest::tests::check;

    #[test]
    fn sections_of_a_text_file_are_read() {
        check(
            ConanTxt,
            "[requires]\na/1.0 # x\nb/[>1 <2]@u/c\n# c/1\n[tool_requires]\nd/1\n[options]\na:shared=True\n",
            &[
                "2:1 a =1.0 runtime registry",
                "3:1 b =[>1 <2]@u/c runtime registry",
                "6:1 d =1 build registry",
            ],
        );
    }

    #[test]
    fn literals_of_a_recipe_are_read() {
        check(
            ConanPy,
            "class X(ConanFile):\n    requires = \"a/1\", \"b/2\"\n    def requirements(self):\n        self.requires(\"c/3\", override=True)\n        self.requires(f\"d/{v}\")\n        self.test_requires(x)\n",
            &[
                "2:16 a =1 runtime registry",
                "2:23 b =2 runtime registry",
                "4:23 c =3 runtime registry",
                "5:24 d ={v} runtime registry",
                "6:14 computes test_requires",
            ],
        );
    }
}
