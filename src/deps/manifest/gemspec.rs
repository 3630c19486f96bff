//! Reads `*.gemspec` as far as it says what it wants. Runs nothing.

use super::ruby;
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope};

/// Reads a gemspec.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = ruby::parse(content)?;
    let mut manifest = Manifest::default();
    for at in 1..code.tokens.len() {
        let scope = match code.word(at) {
            Some("add_dependency" | "add_runtime_dependency") => Scope::Runtime,
            Some("add_development_dependency") => Scope::Dev,
            Some(_) | None => continue,
        };
        let Some(call) = ruby::call(&code, at).filter(|_| code.is(at - 1, ".")) else { continue };
        let Some(name) = call.package.filter(|_| !call.computed) else {
            manifest.notes.push(Note::Computed { what: call.name.to_owned(), span: call.span });
            continue;
        };
        let requirement = call.versions.join(", ");
        let dependency = Dependency::new(Ecosystem::Gem, name, call.span);
        manifest.dependencies.push(Dependency { scope, requirement, ..dependency });
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Gemspec;
    use crate::deps::manifest::tests::check;

    #[test]
    fn every_way_to_add_a_dependency_is_read() {
        check(
            Gemspec,
            "Gem::Specification.new do |s|\n  s.description = \"it's\n  x\"\n  s.add_dependency 'a', '>= 1', '< 2'\n  s.add_runtime_dependency(%q<b>.freeze, [\"~> 1\".freeze])\n  spec.add_development_dependency \"c\"\n  s.add_dependency NAME\nend\n",
            &[
                "4:5 a =>= 1, < 2 runtime registry",
                "5:5 b =~> 1 runtime registry",
                "6:8 c = dev registry",
                "7:5 computes add_dependency",
            ],
        );
    }
}
