//! Reads `pom.xml` and `.mvn/extensions.xml` as Maven does, with the properties of the same file. Knows one file: what a
//! parent elsewhere says is not known, and a name made of it is told as computed.

use std::collections::BTreeMap;

use super::syntax::{Element, xml};
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Where plugins come from that do not say it.
const PLUGINS: &str = "org.apache.maven.plugins";

/// The repositories that Maven knows by itself.
const CENTRAL: [&str; 2] = ["repo.maven.apache.org/maven2", "repo1.maven.org/maven2"];

/// Reads a `pom.xml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let file = xml(content)?;
    let mut reader = Reader { properties: BTreeMap::new(), manifest: Manifest::default() };
    for project in &file.children {
        reader.properties = properties(project);
        for child in &project.children {
            reader.element(child, None);
        }
    }
    // `.mvn/extensions.xml` has its entries right below the root.
    Ok(reader.manifest)
}

/// What `${..}` stands for, as far as this file says it.
fn properties(project: &Element) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let parent = project.child("parent");
    for key in ["groupId", "artifactId", "version"] {
        let inherited = parent.and_then(|parent| parent.child_text(key));
        let own = project.child_text(key).or(inherited.filter(|_| key != "artifactId"));
        for (prefix, value) in [("project.", own), ("pom.", own), ("", own), ("project.parent.", inherited)] {
            found.extend(value.map(|value| (format!("{prefix}{key}"), value.to_owned())));
        }
    }
    for table in
        project.all(&["properties"]).into_iter().chain(project.all(&["profiles", "profile", "properties"]))
    {
        for property in &table.children {
            found.insert(property.name.clone(), property.text.trim().to_owned());
        }
    }
    found
}

struct Reader {
    properties: BTreeMap<String, String>,
    manifest: Manifest,
}

impl Reader {
    /// Looks for declarations in `element`; `scope` is what it was found in, when that decides.
    fn element(&mut self, element: &Element, scope: Option<Scope>) {
        let inside = match element.name.as_str() {
            // An exclusion brings in nothing, nor does the place where a project is published.
            "exclusions" | "distributionManagement" | "properties" => return,
            "dependencyManagement" => Some(Scope::Indirect),
            "plugins" | "pluginManagement" | "extensions" | "annotationProcessorPaths" => Some(Scope::Build),
            "parent" | "plugin" | "extension" | "path" => {
                self.package(element, scope.or(Some(Scope::Build)));
                scope
            }
            "dependency" => {
                self.package(element, scope);
                scope
            }
            "repository" | "pluginRepository" => return self.repository(element),
            _ => scope,
        };
        element.children.iter().for_each(|child| self.element(child, inside));
    }

    fn package(&mut self, element: &Element, scope: Option<Scope>) {
        let plugin = element.name == "plugin";
        let group = element.child_text("groupId").or(plugin.then_some(PLUGINS));
        let (Some(group), Some(artifact)) = (group, element.child_text("artifactId")) else { return };
        let name = format!("{}:{}", self.resolved(group), self.resolved(artifact));
        if name.contains("${") {
            let note = Note::Computed { what: format!("{group}:{artifact}"), span: element.span() };
            self.manifest.notes.push(note);
            return;
        }
        let requirement = element.child_text("version").map(|version| self.resolved(version));
        let path = element.child_text("systemPath").or(element.child_text("relativePath"));
        let path = path.filter(|path| !path.is_empty());
        self.manifest.dependencies.push(Dependency {
            scope: self.scope(element, scope),
            requirement: requirement.unwrap_or_default(),
            source: path.map_or(Source::Registry, |path| Source::Path(self.resolved(path))),
            ..Dependency::new(Ecosystem::Maven, name, element.span())
        });
    }

    fn scope(&self, element: &Element, outer: Option<Scope>) -> Scope {
        let said = element.child_text("scope").map(|scope| self.resolved(scope));
        match (said.as_deref(), outer) {
            // A bill of materials is fetched, unlike other managed versions.
            (Some("import"), _) => Scope::Build,
            (_, Some(outer)) => outer,
            (Some("test"), None) => Scope::Dev,
            (Some("provided"), None) => Scope::Peer,
            (Some(_) | None, None) if element.child_text("optional") == Some("true") => Scope::Optional,
            (Some(_) | None, None) => Scope::Runtime,
        }
    }

    fn repository(&mut self, element: &Element) {
        let Some(url) = element.child_text("url").map(|url| self.resolved(url)) else { return };
        let place = url.split_once("://").map_or(url.as_str(), |(_, place)| place).trim_end_matches('/');
        if !CENTRAL.contains(&place) && !place.is_empty() {
            self.manifest
                .notes
                .push(Note::Registry { source: Source::OtherRegistry(url), span: element.span() });
        }
    }

    /// `text` with the properties of this file filled in; what it does not know stays as written.
    fn resolved(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // Properties may hold properties; a circle ends here.
        for _ in 0..8 {
            let Some(start) = text.find("${") else { break };
            let known = text[start..].find('}').and_then(|end| {
                let value = self.properties.get(&text[start + 2..start + end])?;
                Some((start..start + end + 1, value.clone()))
            });
            let Some((range, value)) = known else { break };
            text.replace_range(range, &value);
            if text.len() > 1000 {
                break;
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Maven;
    use crate::deps::manifest::tests::{check, check_refused};

    fn dependency(inner: &str) -> String {
        format!("<project>\n<dependencies><dependency>{inner}</dependency></dependencies></project>")
    }

    #[test]
    fn dependencies_are_read_with_scope_and_version() {
        let named = "<groupId> g </groupId><artifactId>a<!-- x --></artifactId>";
        for (inner, expected) in [
            ("<version>1</version>", "=1 runtime registry"),
            ("<scope>test</scope>", "= dev registry"),
            ("<scope>provided</scope>", "= peer registry"),
            ("<optional>true</optional>", "= optional registry"),
            ("<scope>system</scope><systemPath>lib/a.jar</systemPath>", "= runtime path"),
            (
                "<exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>",
                "= runtime registry",
            ),
        ] {
            check(Maven, dependency(&format!("{named}{inner}")), &[&format!("2:15 g:a {expected}")]);
        }
    }

    #[test]
    fn everything_else_that_maven_fetches_is_read() {
        check(
            Maven,
            "<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>\n\
             <build><plugins><plugin><artifactId>x</artifactId>\n\
             <dependencies><dependency><groupId>g</groupId><artifactId>d</artifactId></dependency></dependencies></plugin></plugins>\n\
             <extensions><extension><groupId>g</groupId><artifactId>e</artifactId></extension></extensions></build>\n\
             <dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>m</artifactId></dependency>\n\
             <dependency><groupId>g</groupId><artifactId>bom</artifactId><scope>import</scope></dependency></dependencies></dependencyManagement>\n\
             <profiles><profile><dependencies><dependency><groupId>g</groupId><artifactId>q</artifactId></dependency></dependencies></profile></profiles>\n\
             <repositories><repository><url>https://repo1.maven.org/maven2/</url></repository><repository><url>https://h.example/m</url></repository></repositories>\n\
             <distributionManagement><repository><url>https://d.example</url></repository></distributionManagement></project>",
            &[
                "1:10 g:p =1 build registry",
                "2:17 org.apache.maven.plugins:x = build registry",
                "3:15 g:d = build registry",
                "4:13 g:e = build registry",
                "5:37 g:m = indirect registry",
                "6:1 g:bom = build registry",
                "7:34 g:q = runtime registry",
                "8:82 looks in registry:h.example/m",
            ],
        );
        check(
            Maven,
            "<extensions><extension><groupId>g</groupId><artifactId>e</artifactId></extension></extensions>",
            &["1:13 g:e = build registry"],
        );
    }

    #[test]
    fn properties_of_the_file_are_filled_in_and_others_told() {
        check(
            Maven,
            "<project><groupId>own</groupId><properties><v>1</v><g>${project.groupId}</g></properties>\n\
             <dependencies><dependency><groupId>${g}</groupId><artifactId>a</artifactId><version>${v}</version></dependency>\n\
             <dependency><groupId>${other}</groupId><artifactId>b</artifactId></dependency></dependencies></project>",
            &["2:15 own:a =1 runtime registry", "3:1 computes ${other}:b"],
        );
        check(
            Maven,
            "<project><properties><a>${b}${b}</a><b>${a}${a}</b></properties><dependencies><dependency><groupId>${a}</groupId><artifactId>x</artifactId></dependency></dependencies></project>",
            &["1:79 computes ${a}:x"],
        );
    }

    #[test]
    fn names_are_what_the_parser_makes_of_them() {
        check(
            Maven,
            dependency("<groupId>&#103;</groupId><artifactId><![CDATA[a]]></artifactId>"),
            &["2:15 g:a = runtime registry"],
        );
        check(
            Maven,
            "\u{feff}<?xml version='1.0'?><m:project xmlns:m='x'><m:dependencies><m:dependency><m:groupId>g</m:groupId><m:artifactId>a</m:artifactId></m:dependency></m:dependencies></m:project>",
            &["1:62 g:a = runtime registry"],
        );
        check(
            Maven,
            "<project><!-- <dependency><groupId>g</groupId><artifactId>a</artifactId></dependency> --></project>",
            &[],
        );
    }

    #[test]
    fn what_is_no_xml_or_defines_entities_is_refused() {
        check_refused(
            Maven,
            "<!DOCTYPE x [<!ENTITY e \"evil\">]><project/>",
            "1:1 the file defines entities of its own",
        );
        check_refused(
            Maven,
            "<project>\n<dependencies></project>",
            "2:15 ill-formed document: expected `</dependencies>`, but `</project>` was found",
        );
        check_refused(Maven, "<project>", "1:1 an element is not closed");
        check_refused(Maven, "project", "1:1 no XML");
    }
}
