//! Names that packages no longer have: `packages/outdated.toml`. Knows who uses one, not which version is declared.

use std::sync::OnceLock;

use super::Import;
use super::cursor::words;
use crate::deps::DepFinding;
use crate::deps::codes::OUTDATED;
use crate::deps::version::Versions;
use crate::model::{Dependency, Ecosystem, Span};
use crate::text::escape;
use crate::text::toml_doc::{Document, Outline, Problems, Table};

const TEXT: &str = include_str!("../../../packages/outdated.toml");

/// Names of one module that ended with one version.
#[derive(Debug)]
struct Ended {
    ecosystem: Ecosystem,
    package: String,
    since: String,
    module: String,
    /// None: the whole module.
    names: Vec<String>,
    instead: String,
}

/// A use of a name that some versions do not have.
pub struct Used {
    ended: &'static Ended,
    name: String,
    span: Span,
}

impl Used {
    /// Whose version decides.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ended.ecosystem
    }

    /// The package whose version decides.
    pub fn package(&self) -> &str {
        &self.ended.package
    }

    /// The use without its place.
    pub fn says(&self) -> String {
        format!("{} until {}", self.name, self.ended.since)
    }

    /// What there is to say where `declared` is everything that is declared about the package; nothing where an older
    /// version may be meant.
    pub fn told(&self, declared: &[&Dependency]) -> Option<DepFinding> {
        let Ended { ecosystem, package, since, instead, .. } = self.ended;
        let ended = Versions::parse(*ecosystem, &format!(">={since}"))?;
        let is_later = |one: &&Dependency| {
            let any = matches!(one.requirement.trim(), "" | "*" | "latest");
            any || Versions::parse(*ecosystem, &one.requirement).is_some_and(|range| range.within(&ended))
        };
        let shown = declared.iter().map(|one| one.requirement.trim()).find(|text| !text.is_empty());
        let shown =
            shown.map_or_else(|| "any version".to_owned(), |text| format!("`{}`", escape(text.as_bytes())));
        let all = !declared.is_empty() && declared.iter().all(is_later);
        all.then(|| {
            let detail = format!("`{}` ended with {package} {since}, and {shown} is declared", self.name);
            DepFinding::new(OUTDATED, self.span, detail, instead.clone())
        })
    }
}

/// Every use of such a name in code that imports the module, in a view without comments and strings.
pub fn used(ecosystem: Ecosystem, imports: &[Import], code: &[u8]) -> Vec<Used> {
    let separator = if ecosystem == Ecosystem::Cargo { "::" } else { "." };
    let mut found = Vec::new();
    for ended in ended().iter().filter(|ended| ended.ecosystem == ecosystem) {
        let full = |name: &str| format!("{}{separator}{name}", ended.module);
        for import in imports.iter().filter(|import| !import.excused) {
            let is_module = import.module == ended.module;
            let rest = import.module.strip_prefix(&ended.module);
            let is_below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.', '/']));
            if ended.names.is_empty() && is_below {
                found.push(Used { ended, name: import.module.clone(), span: import.span });
            }
            for (name, span) in &import.taken {
                let is_path = ecosystem == Ecosystem::Cargo && import.module == full(name);
                if (is_module || is_path) && ended.names.contains(name) {
                    found.push(Used { ended, name: full(name), span: *span });
                }
            }
            let Some(alias) = import.alias.as_ref().filter(|_| is_module) else { continue };
            for name in &ended.names {
                let at = words(code, &format!("{alias}{separator}{name}")).next().map(|at| (at, alias.len()));
                let Some((at, length)) = at.filter(|(at, _)| !code[..*at].ends_with(b".")) else { continue };
                let end = at + length + separator.len() + name.len();
                found.push(Used { ended, name: full(name), span: Span::new(at, end) });
            }
        }
        if ecosystem == Ecosystem::Cargo {
            for name in &ended.names {
                let path = full(name);
                // The name may have been given to something else.
                let is_given = |import: &Import| {
                    import.alias.as_ref() == Some(&ended.module) && import.module != ended.module
                };
                if imports.iter().any(is_given) {
                    continue;
                }
                let at = words(code, &path).find(|at| !code[..*at].ends_with(b"::"));
                found.extend(at.map(|at| Used {
                    ended,
                    span: Span::new(at, at + path.len()),
                    name: path.clone(),
                }));
            }
        }
    }
    found.sort_by_key(|used| used.span);
    found
}

fn ended() -> &'static [Ended] {
    static READ: OnceLock<Vec<Ended>> = OnceLock::new();
    // A test reads the list; a program in which it did not read was never shipped.
    READ.get_or_init(|| read(TEXT).unwrap_or_default())
}

fn read(text: &str) -> Result<Vec<Ended>, Problems> {
    let doc = Document::parse("packages/outdated.toml", text);
    let found = checked(&doc);
    doc.into_result(found)
}

/// What may stand in the list.
pub fn outline_of_outdated() -> Outline {
    Document::outline(|doc| drop(checked(doc)))
}

fn checked(doc: &Document<'_>) -> Vec<Ended> {
    let read = |table: &Table<'_, '_>| {
        let ecosystem = table.required_one_of("ecosystem", &Ecosystem::NAMES);
        let text = |key| table.required_string(key).map(|text| text.value.to_owned());
        let (package, since, module) = (text("package"), text("since"), text("module"));
        let (instead, checked) = (text("instead"), text("checked"));
        let names = table.strings("names").iter().map(|name| name.value.to_owned()).collect();
        table.finish();
        checked?;
        Some(Ended {
            ecosystem: ecosystem?,
            package: package?,
            since: since?,
            module: module?,
            names,
            instead: instead?,
        })
    };
    let root = doc.root();
    root.schema();
    let found = root.tables("outdated").iter().filter_map(read).collect();
    root.finish();
    found
}

#[cfg(test)]
mod tests {
    use super::{TEXT, read};
    use crate::deps::version::Versions;

    #[test]
    fn the_list_reads_and_names_versions() {
        let list = read(TEXT).map_err(|problems| problems.to_string()).expect("a valid list");
        assert!(list.len() > 10);
        for ended in &list {
            let since = Versions::parse(ended.ecosystem, &format!(">={}", ended.since));
            assert!(since.is_some_and(|since| since.is_open()), "{ended:?}");
        }
    }
}
