//! Reads `pyproject.toml`: the standard tables and those of poetry, pdm, uv, hatch, pixi, rye and flit. What a build
//! backend computes is told, not guessed.

use std::collections::BTreeMap;

use toml_edit::TableLike;

use super::toml::{Entry, Toml};
use super::{Include, Manifest, Misread, Note, Problem, pep508, pixi};
use crate::deps::CanonicalName;
use crate::model::{Dependency, Ecosystem, Scope, Source, Span};

/// Arrays of requirements.
const LISTS: [(&[&str], Scope); 9] = [
    (&["project", "dependencies"], Scope::Runtime),
    (&["build-system", "requires"], Scope::Build),
    (&["tool", "uv", "dev-dependencies"], Scope::Dev),
    (&["tool", "uv", "constraint-dependencies"], Scope::Indirect),
    (&["tool", "uv", "build-constraint-dependencies"], Scope::Indirect),
    (&["tool", "uv", "override-dependencies"], Scope::Indirect),
    (&["tool", "rye", "dev-dependencies"], Scope::Dev),
    (&["tool", "flit", "metadata", "requires"], Scope::Runtime),
    (&["tool", "flit", "metadata", "dev-requires"], Scope::Dev),
];

/// Tables of arrays of requirements.
const GROUPS: [(&[&str], Scope); 3] = [
    (&["project", "optional-dependencies"], Scope::Optional),
    (&["dependency-groups"], Scope::Dev),
    (&["tool", "flit", "metadata", "requires-extra"], Scope::Optional),
];

/// Tables whose values hold arrays of requirements, or tables of packages, under these keys.
const NESTED: [(&[&str], &str, Scope); 5] = [
    (&["tool", "hatch", "envs"], "dependencies", Scope::Dev),
    (&["tool", "hatch", "envs"], "extra-dependencies", Scope::Dev),
    (&["tool", "hatch", "build", "hooks"], "dependencies", Scope::Build),
    (&["tool", "hatch", "build", "targets"], "dependencies", Scope::Build),
    (&["tool", "poetry", "group"], "dependencies", Scope::Dev),
];

/// Tables from package to version or details.
const TABLES: [(&[&str], Scope); 4] = [
    (&["tool", "poetry", "requires-plugins"], Scope::Tool),
    (&["tool", "poetry", "dependencies"], Scope::Runtime),
    (&["tool", "poetry", "dev-dependencies"], Scope::Dev),
    (&["tool", "uv", "sources"], Scope::Runtime),
];

/// Registries: arrays of tables with a `url`.
const REGISTRIES: [&[&str]; 3] =
    [&["tool", "poetry", "source"], &["tool", "pdm", "source"], &["tool", "uv", "index"]];

/// Reads a `pyproject.toml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let root = toml.root();
    let mut reader = Reader::new(&toml);
    reader.registries(root)?;
    for (path, scope) in LISTS {
        for (text, span) in toml.strings(root, path)? {
            reader.requirement(text, scope, span)?;
        }
    }
    for (path, scope) in GROUPS {
        for group in toml.entries(root, path)? {
            reader.group(&group, scope)?;
        }
    }
    for group in toml.entries(root, &["tool", "pdm", "dev-dependencies"])? {
        for (text, span) in toml.as_strings(&group)? {
            reader.of_pdm(text, span)?;
        }
    }
    for (path, key, scope) in NESTED {
        for parent in toml.entries(root, path)? {
            if let Some(entry) = toml.get(toml.as_table(&parent)?, key) {
                reader.list_or_table(&entry, scope)?;
            }
        }
    }
    for target in toml.entries(root, &["tool", "hatch", "build", "targets"])? {
        for hook in toml.entries(toml.as_table(&target)?, &["hooks"])? {
            if let Some(list) = toml.get(toml.as_table(&hook)?, "dependencies") {
                reader.group(&list, Scope::Build)?;
            }
        }
    }
    for (path, scope) in TABLES {
        for entry in toml.entries(root, path)? {
            reader.package(entry, scope)?;
        }
    }
    if let Some(table) = toml.table(root, &["tool", "pixi"])? {
        pixi::read_table(&toml, table, &mut reader.manifest)?;
    }
    reader.computed(root)?;
    let own_name = toml.table(root, &["project"])?.and_then(|project| toml.get(project, "name"));
    let mut manifest = reader.manifest;
    if let Some(name) = own_name.and_then(|name| name.item.as_str()) {
        manifest.dependencies.iter_mut().for_each(|dependency| own_extra(name, dependency));
    }
    Ok(manifest)
}

/// `all = ["self[a,b]"]` in the extras of `self` means the project itself.
fn own_extra(own_name: &str, dependency: &mut Dependency) {
    let canonical = |name: &str| CanonicalName::parse(Ecosystem::Pypi, name).ok();
    let own = canonical(own_name).is_some_and(|own| Some(own) == canonical(&dependency.name));
    if own && dependency.scope == Scope::Optional && dependency.source == Source::Registry {
        dependency.source = Source::Path(".".to_owned());
    }
}

/// Reads packages in the notation that poetry, pdm, uv and Pipenv share.
pub struct Reader<'t> {
    toml: &'t Toml,
    /// URLs of the registries that the file gives names to.
    indexes: BTreeMap<&'t str, &'t str>,
    pub manifest: Manifest,
}

impl<'t> Reader<'t> {
    /// A reader that has seen nothing yet.
    pub fn new(toml: &'t Toml) -> Self {
        Reader { toml, indexes: BTreeMap::new(), manifest: Manifest::default() }
    }

    fn requirement(&mut self, text: &str, scope: Scope, span: Span) -> Result<(), Misread> {
        // Hatch fills in folders of the project.
        let text = text.replace("{root:uri}", "file:.").replace("{root:parent:uri}", "file:..");
        let found = pep508::parse(&text).ok_or_else(|| Misread::new(Problem::Requirement(text), span))?;
        let dependency = blank(&found.name, scope, span);
        self.manifest.dependencies.push(Dependency {
            requirement: found.version,
            source: found.source,
            ..dependency
        });
        Ok(())
    }

    /// Among what is for development, PDM takes `-e` as well, with the project's folder as a variable.
    fn of_pdm(&mut self, text: &str, span: Span) -> Result<(), Misread> {
        let Some(place) = text.strip_prefix("-e ") else { return self.requirement(text, Scope::Dev, span) };
        let place = place.trim().replace("file:///${PROJECT_ROOT}", "file:.");
        let malformed = || Misread::new(Problem::Requirement(text.to_owned()), span);
        let found = pep508::parse_pip(&place).ok_or_else(malformed)?;
        let source = match found.source {
            Source::Path(path) => Source::Path(path.split('#').next().unwrap_or_default().to_owned()),
            other => other,
        };
        self.manifest.dependencies.push(Dependency { source, ..blank(&found.name, Scope::Dev, span) });
        Ok(())
    }

    /// A group holds requirements and `{ include-group = ".." }`.
    fn group(&mut self, group: &Entry<'t>, scope: Scope) -> Result<(), Misread> {
        for (value, span) in self.toml.as_array(group)? {
            match value.as_str() {
                Some(text) => self.requirement(text, scope, span)?,
                None if value.as_inline_table().is_some_and(|table| table.contains_key("include-group")) => {}
                None => return Err(Misread::wrong_type(group.key, "requirements", span)),
            }
        }
        Ok(())
    }

    fn list_or_table(&mut self, entry: &Entry<'t>, scope: Scope) -> Result<(), Misread> {
        if entry.item.is_array() {
            return self.group(entry, scope);
        }
        for entry in self.toml.entries_of(self.toml.as_table(entry)?) {
            self.package(entry, scope)?;
        }
        Ok(())
    }

    /// `name = "^1"`, `name = { git = ".." }`, `name = [{ version = "1" }, ..]`.
    pub fn package(&mut self, entry: Entry<'t>, scope: Scope) -> Result<(), Misread> {
        // Poetry declares the interpreter beside the packages.
        if entry.key == "python" {
            return Ok(());
        }
        let mut dependency = blank(entry.key, scope, entry.span);
        if let Some(version) = entry.item.as_str() {
            dependency.requirement = version.to_owned();
            self.manifest.dependencies.push(dependency);
            return Ok(());
        }
        for table in self.toml.as_tables(&entry)? {
            let mut dependency = dependency.clone();
            self.details(table, &mut dependency)?;
            self.manifest.dependencies.push(dependency);
        }
        Ok(())
    }

    fn details(&self, table: &'t dyn TableLike, acc: &mut Dependency) -> Result<(), Misread> {
        let string = |key| self.toml.get(table, key).map(|entry| self.toml.as_str(&entry)).transpose();
        for pin in ["branch", "tag", "ref", "rev", "version"] {
            if let Some(value) = string(pin)? {
                acc.requirement = if pin == "version" { value.to_owned() } else { format!("{pin} {value}") };
            }
        }
        let workspace = self.toml.get(table, "workspace").and_then(|entry| entry.item.as_bool());
        let path = string("path")?.or(string("file")?);
        acc.source = if let Some(url) = string("git")? {
            Source::Git(url.to_owned())
        } else if let Some(url) = string("url")? {
            pep508::located(url)
        } else if let Some(path) = path {
            Source::Path(path.to_owned())
        } else if let Some(name) = string("source")?.or(string("index")?) {
            Source::OtherRegistry((*self.indexes.get(name).unwrap_or(&name)).to_owned())
        } else if workspace == Some(true) {
            Source::Workspace
        } else {
            Source::Registry
        };
        let optional = self.toml.get(table, "optional").and_then(|entry| entry.item.as_bool());
        if optional == Some(true) {
            acc.scope = Scope::Optional;
        }
        Ok(())
    }

    /// Registries in an array of tables with a `url`.
    pub fn registry_tables(&mut self, root: &'t dyn TableLike, path: &[&str]) -> Result<(), Misread> {
        let Some((key, folders)) = path.split_last() else { return Ok(()) };
        let Some(entry) = self.toml.table(root, folders)?.and_then(|table| self.toml.get(table, key)) else {
            return Ok(());
        };
        for table in self.toml.as_tables(&entry)? {
            let name = self.toml.get(table, "name").and_then(|name| name.item.as_str());
            if let Some(entry) = self.toml.get(table, "url") {
                let url = self.toml.as_str(&entry)?;
                self.indexes.extend(name.map(|name| (name, url)));
                self.registry(url, entry.span);
            }
        }
        Ok(())
    }

    fn registries(&mut self, root: &'t dyn TableLike) -> Result<(), Misread> {
        for path in REGISTRIES {
            self.registry_tables(root, path)?;
        }
        for path in [&["tool", "uv"][..], &["tool", "uv", "pip"]] {
            let Some(uv) = self.toml.table(root, path)? else { continue };
            if let Some(url) = self.toml.get(uv, "index-url") {
                self.registry(self.toml.as_str(&url)?, url.span);
            }
            for key in ["extra-index-url", "find-links"] {
                for (url, span) in self.toml.strings(uv, &[key])? {
                    self.registry(url, span);
                }
            }
        }
        Ok(())
    }

    fn registry(&mut self, url: &str, span: Span) {
        if !matches!(url.trim_end_matches('/'), "https://pypi.org/simple" | "https://pypi.org") {
            self.manifest.notes.push(Note::Registry { source: Source::OtherRegistry(url.to_owned()), span });
        }
    }

    /// What this file does not say as data. `project.dynamic`: setuptools says in which files the requirements stand, other backends run code.
    fn computed(&mut self, root: &'t dyn TableLike) -> Result<(), Misread> {
        for (what, span) in self.toml.strings(root, &["project", "dynamic"])? {
            if !matches!(what, "dependencies" | "optional-dependencies") {
                continue;
            }
            let files = self.dynamic_files(root, what, span)?;
            if files.is_empty() && !self.declares_with_tool(root)? {
                self.manifest.notes.push(Note::Computed { what: format!("project.{what}"), span });
            }
            self.manifest.includes.extend(files);
        }
        Ok(())
    }

    fn dynamic_files(
        &self,
        root: &'t dyn TableLike,
        what: &str,
        span: Span,
    ) -> Result<Vec<Include>, Misread> {
        let Some(table) = self.toml.table(root, &["tool", "setuptools", "dynamic", what])? else {
            return Ok(Vec::new());
        };
        let mut tables = vec![table];
        for entry in self.toml.entries_of(table) {
            tables.extend(entry.item.as_table_like());
        }
        let mut found = Vec::new();
        for entry in tables.into_iter().filter_map(|table| self.toml.get(table, "file")) {
            let names = match entry.item.as_str() {
                Some(name) => vec![(name, span)],
                None => self.toml.as_strings(&entry)?,
            };
            let include =
                |(name, span): (&str, Span)| Include { target: name.to_owned(), constraint: false, span };
            found.extend(names.into_iter().map(include));
        }
        Ok(found)
    }

    /// Poetry calls dependencies "dynamic" that stand in its own table.
    fn declares_with_tool(&self, root: &'t dyn TableLike) -> Result<bool, Misread> {
        Ok(self.toml.table(root, &["tool", "poetry", "dependencies"])?.is_some())
    }
}

fn blank(name: &str, scope: Scope, span: Span) -> Dependency {
    Dependency { scope, ..Dependency::new(Ecosystem::Pypi, name, span) }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Pyproject;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn pdm_installs_for_development_what_can_be_edited() {
        check(
            Pyproject,
            "[tool.pdm.dev-dependencies]\nx = [\n 'a>1',\n '-e file:///${PROJECT_ROOT}/sub#egg=b',\n '-e git+https://h.example/c.git#egg=c',\n]\n",
            &["3:2 a =>1 dev registry", "4:2 b = dev path", "5:2 c = dev git:h.example/c"],
        );
    }

    #[test]
    fn standard_tables_are_read() {
        check(
            Pyproject,
            "[project]\ndependencies = [\n  'a>=1',\n  'b @ https://h.example/b.zip',\n]\n",
            &["3:3 a =>=1 runtime registry", "4:3 b = runtime url:https://h.example/b.zip"],
        );
        check(Pyproject, "[project.optional-dependencies]\nx = ['a']\n", &["2:6 a = optional registry"]);
        check(
            Pyproject,
            "[dependency-groups]\nx = ['a', {include-group = 'y'}]\n",
            &["2:6 a = dev registry"],
        );
        check(Pyproject, "[build-system]\nrequires = ['a']\n", &["2:13 a = build registry"]);
        check(Pyproject, "project.dependencies = ['a']", &["1:25 a = runtime registry"]);
    }

    #[test]
    fn tables_of_tools_are_read() {
        check(
            Pyproject,
            "[tool.poetry.dependencies]\npython = '^3'\na = '^1'\nb = { git = 'https://h.example/b', rev = 'x' }\nc = [{ version = '1' }, { url = 'https://h.example/c.whl' }]\n",
            &[
                "3:1 a =^1 runtime registry",
                "4:1 b =rev x runtime git:h.example/b",
                "5:1 c =1 runtime registry",
                "5:1 c = runtime url:https://h.example/c.whl",
            ],
        );
        check(Pyproject, "[tool.poetry.group.dev.dependencies]\na = '1'\n", &["2:1 a =1 dev registry"]);
        check(Pyproject, "[tool.hatch.envs.x]\nextra-dependencies = ['a']\n", &["2:23 a = dev registry"]);
        check(
            Pyproject,
            "[tool.hatch.build.targets.wheel.hooks.custom]\ndependencies = ['a']\n",
            &["2:17 a = build registry"],
        );
        check(Pyproject, "[tool.poetry.requires-plugins]\na = '>1'\n", &["2:1 a =>1 tool registry"]);
        check(Pyproject, "[tool.flit.metadata]\ndev-requires = ['a']\n", &["2:17 a = dev registry"]);
        check(Pyproject, "[tool.pdm.dev-dependencies]\nx = ['a']\n", &["2:6 a = dev registry"]);
        check(Pyproject, "[[tool.poetry.dependencies.a]]\nversion = '1'\n", &["1:28 a =1 runtime registry"]);
    }

    #[test]
    fn sources_in_another_table_are_declarations_of_their_own() {
        check(
            Pyproject,
            "[project]\ndependencies = ['a']\n[tool.uv.sources]\na = { git = 'https://h.example/evil' }\nb = { workspace = true }\n",
            &["2:17 a = runtime registry", "4:1 a = runtime git:h.example/evil", "5:1 b = runtime workspace"],
        );
        check(
            Pyproject,
            "[[tool.uv.index]]\nname = 'x'\nurl = 'https://u:p@h.example/simple'\n",
            &["3:1 looks in registry:h.example/simple"],
        );
        check(
            Pyproject,
            "[[tool.poetry.source]]\nurl = 'https://h.example/simple'\n",
            &["2:1 looks in registry:h.example/simple"],
        );
    }

    #[test]
    fn names_of_the_file_itself_are_resolved() {
        check(
            Pyproject,
            "[project]\nname = 'My.Self'\n[project.optional-dependencies]\nall = ['my-self[x]', 'a']\n",
            &["4:8 my-self = optional path", "4:22 a = optional registry"],
        );
        check(
            Pyproject,
            "[[tool.uv.index]]\nname = 'x'\nurl = 'https://h.example/simple'\n[tool.uv.sources]\na = { index = 'x' }\n",
            &["5:1 a = runtime registry:h.example/simple", "3:1 looks in registry:h.example/simple"],
        );
        check(
            Pyproject,
            "[tool.uv.pip]\nextra-index-url = ['https://h.example/s']\n",
            &["2:20 looks in registry:h.example/s"],
        );
    }

    #[test]
    fn computed_dependencies_are_told() {
        check(Pyproject, "[tool.pixi.dependencies]\na = '1'\n", &["2:1 a =1 runtime registry"]);
        check(
            Pyproject,
            "[project]\ndynamic = ['dependencies', 'version']\n",
            &["2:12 computes project.dependencies"],
        );
        check(
            Pyproject,
            "[project]\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = {file = ['r.txt']}\n",
            &["4:25 includes r.txt"],
        );
        check(Pyproject, "[project]\ndynamic = ['dependencies']\n[tool.poetry.dependencies]\n", &[]);
    }

    #[test]
    fn what_is_no_requirement_is_refused() {
        check_refused(Pyproject, "[project]\ndependencies = ['a b']\n", "2:17 not a requirement: \"a b\"");
        check_refused(Pyproject, "[project]\ndependencies = 'a'\n", "2:1 dependencies: expected an array");
        check_refused(Pyproject, "[dependency-groups]\nx = [1]\n", "2:6 x: expected requirements");
        check_refused(Pyproject, "project = 1\n", "1:1 project: expected a table");
    }
}
