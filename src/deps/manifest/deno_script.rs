//! Reads the imports of JavaScript and TypeScript that name a package with its registry, as Deno has them: `npm:a@1`,
//! `jsr:@s/a`, `https://…`. Imports by plain names belong to a manifest beside the file.

use super::{Manifest, Misread, deno};
use crate::deps::usage;
use crate::model::RepoPath;

/// What such a file holds, whatever its name.
pub const MARKS: [&[u8]; 8] = [
    b"\"npm:",
    b"'npm:",
    b"\"jsr:",
    b"'jsr:",
    b"from \"https://",
    b"from 'https://",
    b"import \"https://",
    b"import 'https://",
];

/// Reads the imports of a file.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    // TypeScript is read as JavaScript is, and more.
    let imports = usage::imports_of(&RepoPath::from("x.ts"), content);
    let found = imports.iter().filter_map(|import| deno::package(&import.module, import.span));
    Ok(Manifest { dependencies: found.collect(), ..Manifest::default() })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::DenoScript;
    use crate::deps::manifest::tests::check;

    #[test]
    fn imports_that_name_their_registry_are_declarations() {
        check(
            DenoScript,
            "import a from \"npm:a@1/sub\";\nexport * from 'jsr:@s/b@^2';\nimport \"https://h.example/c.ts\";\nconst d = await import('npm:@s/d');\nimport e from 'e';\n// import f from 'npm:f';\nconst g = 'npm:g';\nimport h from './npm:h';\n",
            &[
                "1:16 a =1 runtime registry",
                "2:16 @s/b =^2 runtime registry:jsr.io",
                "3:9 https://h.example/c.ts = runtime url:https://h.example/c.ts",
                "4:25 @s/d = runtime registry",
            ],
        );
    }
}
