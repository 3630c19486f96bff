//! Looks at what a file is called: names of files that nobody should share, and secrets in names. Knows the content only
//! to leave alone what is empty or told already.

use super::trace::Unobserved;
use super::{ActivePack, Basis, Engine, EngineError, Match, Proof, Views, hits, select};
use crate::model::{Category, RepoPath, Secret, Span};
use crate::rules::{Rule, Sight};

/// Adds what the name of a file says, at its first line; `acc` holds what its content says.
pub fn scan(engine: &Engine, views: &Views<'_>, acc: &mut Vec<Match>) -> Result<(), EngineError> {
    let content = views.content();
    let first_line = Span::new(0, memchr::memchr(b'\n', content).unwrap_or(content.len()));
    let name = views.path().as_bytes();
    let in_name = engine.matches(&Views::new(views.path(), name).seen_by(Sight::Shapes), &mut Unobserved)?;
    for found in select::select(engine, in_name, &mut Unobserved) {
        let basis = Basis::Name(Some(Secret::new(found.span.of(name))));
        acc.push(Match {
            span: first_line,
            extent: first_line,
            secret: false,
            basis,
            partners: Vec::new(),
            ..found
        });
    }
    // What is wrong with the file itself says more than its name.
    let told = acc.iter().any(|found| engine.info(found).category == Category::Secret);
    if told || content.trim_ascii().is_empty() {
        return Ok(());
    }
    for (pack, active) in engine.packs.iter().enumerate() {
        for rule in active.pack.named.iter().map(|rule| usize::from(*rule)) {
            let Rule { file_names, stop_words, .. } = &active.pack.rules[rule];
            let named = active.on[rule] && file_names.iter().any(|name| fits(name, views.path()));
            let harmless = || {
                let lower = name.to_ascii_lowercase();
                stop_words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
            };
            if named && !harmless() && hits::shut(active, rule, views)?.is_none() {
                let (span, proof, basis) = (first_line, Proof::Plain, Basis::Name(None));
                acc.push(Match {
                    pack,
                    rule,
                    span,
                    secret: false,
                    extent: span,
                    proof,
                    remark: None,
                    basis,
                    partners: Vec::new(),
                });
            }
        }
    }
    Ok(())
}

/// Whether the name of a file alone may say something, whatever the file holds.
pub fn may_tell(engine: &Engine, path: &RepoPath) -> Result<bool, EngineError> {
    let named = |active: &ActivePack| {
        let mut rules = active.pack.named.iter().map(|rule| usize::from(*rule));
        rules.any(|rule| {
            active.on[rule] && active.pack.rules[rule].file_names.iter().any(|name| fits(name, path))
        })
    };
    if engine.packs.iter().any(named) {
        return Ok(true);
    }
    let in_name = Views::new(path, path.as_bytes()).seen_by(Sight::Shapes);
    Ok(!engine.matches(&in_name, &mut Unobserved)?.is_empty())
}

/// Whether the last components of `path` are as `name` says; `*` stands for any bytes inside a component, and the case
/// of letters does not matter.
fn fits(name: &str, path: &RepoPath) -> bool {
    // There are hundreds of names and every file is asked about each: nearly all end in another letter.
    let [.., last] = name.as_bytes() else { return false };
    if *last != b'*' && !path.as_bytes().last().is_some_and(|end| end.eq_ignore_ascii_case(last)) {
        return false;
    }
    let mut components = path.as_bytes().rsplit(|byte| *byte == b'/');
    name.as_bytes()
        .rsplit(|byte| *byte == b'/')
        .all(|pattern| components.next().is_some_and(|component| is_like(pattern, component)))
}

fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|at| is_like(rest, &text[at..])),
        [byte, rest @ ..] => text
            .split_first()
            .is_some_and(|(first, text)| first.eq_ignore_ascii_case(byte) && is_like(rest, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn names_are_compared_component_by_component_from_the_end() {
        for (name, path, expected) in [
            (".env", ".env", true),
            (".env", "app/.ENV", true),
            (".env", "app/.env.example", false),
            (".env", "app/x.env", false),
            ("*.jks", "keys/release.jks", true),
            ("*.jks", "release.jks/readme", false),
            ("ssh_host_*_key", "etc/ssh/ssh_host_rsa_key", true),
            ("ssh_host_*_key", "etc/ssh/ssh_host_rsa_key.pub", false),
            (".aws/credentials", "home/me/.aws/credentials", true),
            (".aws/credentials", "credentials", false),
            (".aws/credentials", "aws/credentials", false),
        ] {
            assert_eq!(fits(name, &path.into()), expected, "{name} {path}");
        }
    }
}
