//! Reads what MSBuild and NuGet read as XML: project files, `*.props`, `packages.config`, `*.nuspec`, `nuget.config`.
//! Knows no MSBuild property but those of the same file: a name made of others is told as computed.

use std::collections::BTreeMap;

use super::syntax::{Element, xml};
use super::{Manifest, Misread, Note, text_of};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Items that name packages. A central version installs nothing until a project refers to it.
const ITEMS: [(&str, Scope); 6] = [
    ("PackageReference", Scope::Runtime),
    ("GlobalPackageReference", Scope::Build),
    ("PackageDownload", Scope::Tool),
    ("DotNetCliToolReference", Scope::Tool),
    ("PackageVersion", Scope::Indirect),
    ("PackageReferenceEx", Scope::Runtime),
];

/// Reads any of them; which one it is shows in its elements.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let file = xml(content)?;
    let mut reader = Reader { properties: properties(&file), manifest: Manifest::default() };
    file.each(&mut |element| reader.element(element));
    for sources in file.all(&["configuration", "packageSources", "add"]) {
        reader.registry(sources.attribute("value").unwrap_or_default(), sources);
    }
    Ok(reader.manifest)
}

/// Reads a `*.props` or `*.targets` file; other programs give files of their own such names.
pub fn read_shared(content: &[u8]) -> Result<Manifest, Misread> {
    let (text, _) = text_of(content)?;
    if text.trim_start().starts_with('<') { read(content) } else { Ok(Manifest::default()) }
}

fn properties(file: &Element) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    file.each(&mut |element| {
        if element.name == "PropertyGroup" {
            let value =
                |property: &Element| (property.name.to_ascii_lowercase(), property.text.trim().to_owned());
            found.extend(element.children.iter().map(value));
        }
    });
    found
}

struct Reader {
    properties: BTreeMap<String, String>,
    manifest: Manifest,
}

impl Reader {
    fn element(&mut self, element: &Element) {
        let version = element.attribute("version").or(element.child_text("Version")).unwrap_or_default();
        if let Some((_, scope)) = ITEMS.iter().find(|(name, _)| *name == element.name) {
            let overriding = element.attribute("VersionOverride").or(element.child_text("VersionOverride"));
            let names = element.attribute("Include").or(element.attribute("Update")).unwrap_or_default();
            let private = element.attribute("PrivateAssets").or(element.child_text("PrivateAssets"));
            let scope = match scope {
                Scope::Runtime if private.is_some_and(|assets| assets.eq_ignore_ascii_case("all")) => {
                    Scope::Dev
                }
                other => *other,
            };
            for name in names.split(';').map(str::trim).filter(|name| !name.is_empty()) {
                self.package(name, overriding.unwrap_or(version), (scope, element));
            }
            return;
        }
        match element.name.as_str() {
            "package" | "dependency" => {
                let development = element.attribute("developmentDependency") == Some("true");
                let scope = if development { Scope::Dev } else { Scope::Runtime };
                if let Some(id) = element.attribute("id") {
                    self.package(id, version, (scope, element));
                }
            }
            "Sdk" => {
                if let Some(name) = element.attribute("Name") {
                    self.sdk(&format!("{name}/{version}"), element);
                }
            }
            "Project" | "Import" => {
                let sdks = element.attribute("Sdk").unwrap_or_default();
                let pinned = if element.name == "Import" { format!("/{version}") } else { String::new() };
                sdks.split(';').for_each(|sdk| self.sdk(&format!("{sdk}{pinned}"), element));
            }
            "RestoreSources" | "RestoreAdditionalProjectSources" => {
                element.text.split(';').for_each(|source| self.registry(source.trim(), element));
            }
            "ContainerBaseImage" => {
                self.manifest.dependencies.extend(super::image::read(element.text.trim(), element.span()));
            }
            _ => {}
        }
    }

    fn package(&mut self, name: &str, version: &str, (scope, element): (Scope, &Element)) {
        let span = element.span();
        let name = self.resolved(name);
        if name.contains("$(") || name.contains("@(") {
            self.manifest.notes.push(Note::Computed { what: name, span });
            return;
        }
        let requirement = self.resolved(version);
        let dependency = Dependency::new(Ecosystem::Nuget, name, span);
        self.manifest.dependencies.push(Dependency { scope, requirement, ..dependency });
    }

    /// An SDK without a version comes with .NET.
    fn sdk(&mut self, sdk: &str, element: &Element) {
        let pinned = sdk.trim().trim_end_matches('/').split_once('/');
        if let Some((name, version)) = pinned.filter(|(_, version)| !version.is_empty()) {
            self.package(name, version, (Scope::Build, element));
        }
    }

    fn registry(&mut self, place: &str, element: &Element) {
        let usual = ["https://api.nuget.org/v3/index.json", "https://www.nuget.org/api/v2"];
        if place.contains("://") && !usual.contains(&place.trim_end_matches('/')) {
            let source = Source::OtherRegistry(place.to_owned());
            self.manifest.notes.push(Note::Registry { source, span: element.span() });
        }
    }

    /// `$(Name)` filled in from the file; what it does not know stays as written.
    fn resolved(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..8 {
            let Some(start) = text.find("$(") else { break };
            let Some(end) = text[start..].find(')') else { break };
            let name = text[start + 2..start + end].to_ascii_lowercase();
            let Some(value) = self.properties.get(&name).filter(|value| value.len() < 200) else { break };
            text.replace_range(start..start + end + 1, value);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{Nuget, NugetShared};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn items_of_a_project_are_read() {
        for (item, expected) in [
            ("<PackageReference Include='A' Version='1' />", "A =1 runtime registry"),
            (
                "<PackageReference Include='A'><Version>1</Version></PackageReference>",
                "A =1 runtime registry",
            ),
            ("<PackageReference Update=\"A\" />", "A = runtime registry"),
            ("<PackageReference Include='A' PrivateAssets='All' />", "A = dev registry"),
            ("<PackageReference Include='A' Version='1' VersionOverride='2' />", "A =2 runtime registry"),
            ("<PackageVersion Include='A' Version='1' />", "A =1 indirect registry"),
            ("<GlobalPackageReference Include='A' Version='1' />", "A =1 build registry"),
            ("<DotNetCliToolReference Include='A' Version='1' />", "A =1 tool registry"),
            ("<PackageDownload Include='A' Version='[1]' />", "A =[1] tool registry"),
            ("<Sdk Name='A' Version='1' />", "A =1 build registry"),
            ("<Import Project='Sdk.props' Sdk='A' Version='1' />", "A =1 build registry"),
            ("<Import Project='Sdk.props' Sdk='A/1' />", "A =1 build registry"),
        ] {
            check(
                Nuget,
                format!("\u{feff}<Project Sdk='Microsoft.NET.Sdk'>\n<ItemGroup>{item}</ItemGroup></Project>"),
                &[&format!("2:12 {expected}")],
            );
        }
        check(Nuget, "<Project Sdk='Microsoft.NET.Sdk;A/1' />", &["1:1 A =1 build registry"]);
        check(
            Nuget,
            "<Project><ItemGroup><PackageReference Include='A; B' /><PackageReference Remove='C' /></ItemGroup></Project>",
            &["1:21 A = runtime registry", "1:21 B = runtime registry"],
        );
    }

    #[test]
    fn other_files_of_nuget_are_read() {
        check(
            Nuget,
            "<packages>\n<package id='A' version='1' developmentDependency='true' /></packages>",
            &["2:1 A =1 dev registry"],
        );
        check(
            Nuget,
            "<package><metadata><id>own</id><dependencies><group targetFramework='x'>\n<dependency id='A' version='1' /></group></dependencies></metadata></package>",
            &["2:1 A =1 runtime registry"],
        );
        check(
            Nuget,
            "<configuration><packageSources><add key='n' value='https://api.nuget.org/v3/index.json' />\n<add key='x' value='https://h.example/v3' /></packageSources></configuration>",
            &["2:1 looks in registry:h.example/v3"],
        );
    }

    #[test]
    fn files_of_other_programs_are_left_alone() {
        check(NugetShared, "key = value\n", &[]);
        check(
            NugetShared,
            " <Project><ItemGroup>\n<PackageVersion Include='A' Version='1' /></ItemGroup></Project>",
            &["2:1 A =1 indirect registry"],
        );
    }

    #[test]
    fn properties_are_filled_in_or_told() {
        check(
            Nuget,
            "<Project><PropertyGroup><V>1</V></PropertyGroup><ItemGroup><PackageReference Include='A' Version='$(v)' /><PackageReference Include='$(X)' /></ItemGroup></Project>",
            &["1:60 A =1 runtime registry", "1:107 computes $(X)"],
        );
        check_refused(
            Nuget,
            "<Project><PackageReference Include='A' Include='B' /></Project>",
            "1:10 position 29: duplicated attribute, previous declaration at position 17",
        );
    }
}
