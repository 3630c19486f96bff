//! Reads what single files of C# and F# ask for: `#:package Name@1.0`, `#:sdk Name@1.0`, `#r "nuget: Name, 1.0"`. Knows
//! nothing of the code.

use super::{Manifest, Misread};
use crate::model::{Dependency, Ecosystem, Scope, Span};

/// What such a file holds, whatever its name.
pub const MARKS: [&[u8]; 3] = [b"#:package", b"#:sdk", b"#r \"nuget:"];

/// Reads the directives of a file.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    let mut start = 0;
    for raw in content.split_inclusive(|byte| *byte == b'\n') {
        let span = Span::new(start, start + raw.trim_ascii_end().len());
        start += raw.len();
        // The compiler reads UTF-8; a name of other bytes is no name.
        let Ok(line) = std::str::from_utf8(raw) else { continue };
        manifest.dependencies.extend(directive(line.trim_start_matches('\u{feff}').trim(), span));
    }
    Ok(manifest)
}

fn directive(line: &str, span: Span) -> Option<Dependency> {
    let (named, scope, separator) = if let Some(named) = line.strip_prefix("#:package ") {
        (named, Scope::Runtime, '@')
    } else if let Some(named) = line.strip_prefix("#:sdk ") {
        (named, Scope::Build, '@')
    } else {
        (line.strip_prefix("#r \"nuget:")?.split('"').next()?, Scope::Runtime, ',')
    };
    let (name, version) = named.split_once(separator).unwrap_or((named, ""));
    let (name, requirement) = (name.trim(), version.trim().to_owned());
    // The SDK of .NET itself comes with the compiler.
    let own = scope == Scope::Build && requirement.is_empty();
    (!name.is_empty() && !own).then(|| Dependency {
        scope,
        requirement,
        ..Dependency::new(Ecosystem::Nuget, name, span)
    })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::NugetScript;
    use crate::deps::manifest::tests::check;

    #[test]
    fn directives_name_packages() {
        check(
            NugetScript,
            "#!/usr/bin/env dotnet\n#:sdk Microsoft.NET.Sdk.Web\n#:sdk Aspire.Sdk@9.0.0\n#:package Humanizer@2.14.*\r\n#:package Spectre\n#:property X=y\n#:project ../x\nConsole.WriteLine(\"#:package no@1\");\n",
            &[
                "3:1 Aspire.Sdk =9.0.0 build registry",
                "4:1 Humanizer =2.14.* runtime registry",
                "5:1 Spectre = runtime registry",
            ],
        );
        check(
            NugetScript,
            "#r \"nuget: FSharp.Data, 6.0\"\n#r \"nuget: A\"\n#r \"x.dll\"\n",
            &["1:1 FSharp.Data =6.0 runtime registry", "2:1 A = runtime registry"],
        );
    }
}
