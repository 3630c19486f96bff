//! Reads `dotnet-tools.json` and `global.json` of .NET.

use super::syntax::{COMMENTS, json};
use super::{Manifest, Misread};
use crate::model::{Dependency, Ecosystem, Scope};

/// Reads either: tools that are run, and SDKs that projects are built with.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &COMMENTS)?;
    let mut manifest = Manifest::default();
    for (table, scope) in [("tools", Scope::Tool), ("msbuild-sdks", Scope::Build)] {
        for entry in root.table(&[table])? {
            let version = entry.node.str("version").or(entry.node.text()).unwrap_or_default().to_owned();
            let dependency = Dependency::new(Ecosystem::Nuget, &entry.key, entry.span);
            manifest.dependencies.push(Dependency { scope, requirement: version, ..dependency });
        }
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::DotnetJson;
    use crate::deps::manifest::tests::check;

    #[test]
    fn tools_and_sdks_are_read() {
        check(
            DotnetJson,
            "{\"tools\": {\n\"a\": {\"version\": \"1\", \"commands\": [\"x\"]}}}",
            &["2:1 a =1 tool registry"],
        );
        check(
            DotnetJson,
            "{\"sdk\": {\"version\": \"8\"}, // x\n\"msbuild-sdks\": {\"b\": \"2\"}}",
            &["2:18 b =2 build registry"],
        );
    }
}
