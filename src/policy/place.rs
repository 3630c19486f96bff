//! What kind of place a path is: shipped code, tests, documentation, somebody else's code.

use crate::model::{Category, RepoPath, RuleInfo, Span};

/// The kind of place a file stands in; everything but `Shipped` lowers confidence by one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathClass {
    /// What runs, or configures what runs.
    Shipped,
    /// Tests and their data.
    Test,
    /// Documentation and examples.
    Docs,
    /// Copies of other projects' code.
    Vendored,
    /// Written by a program: minified, bundled, generated, lock files.
    Generated,
}

impl PathClass {
    /// The class in one word, as fingerprints hold it: it never changes.
    pub fn name(self) -> &'static str {
        match self {
            PathClass::Shipped => "shipped",
            PathClass::Test => "test",
            PathClass::Docs => "docs",
            PathClass::Vendored => "vendored",
            PathClass::Generated => "generated",
        }
    }
}

const TEST_DIRS: [&[u8]; 22] = [
    b"_test",
    b"test",
    b"tests",
    b"testing",
    b"testdata",
    b"test-data",
    b"test_data",
    b"__tests__",
    b"__mocks__",
    b"spec",
    b"specs",
    b"fixtures",
    b"fixture",
    b"mocks",
    b"molecule",
    b"e2e",
    b"snapshots",
    b"cypress",
    b"integration-tests",
    b"test-vectors",
    b"testutil",
    b"testutils",
];
const DOCS_DIRS: [&[u8]; 13] = [
    b"man",
    b"man3",
    b"demos",
    b"tutorial",
    b"tutorials",
    b"doc",
    b"docs",
    b"documentation",
    b"example",
    b"examples",
    b"sample",
    b"samples",
    b"demo",
];
const VENDOR_DIRS: [&[u8]; 8] = [
    b"vendor",
    b"vendors",
    b"vendored",
    b"_vendor",
    b"third_party",
    b"third-party",
    b"node_modules",
    b"bower_components",
];
const GENERATED_DIRS: [&[u8]; 3] = [b"__generated__", b"generated", b"dist"];
const DOCS_EXTENSIONS: [&[u8]; 4] = [b"md", b"markdown", b"rst", b"adoc"];
/// A text without a format is prose when its name says so; people keep passwords in the others.
const DOCS_TEXTS: [&[u8]; 13] = [
    b"readme",
    b"changes",
    b"changelog",
    b"history",
    b"news",
    b"license",
    b"licence",
    b"copying",
    b"notice",
    b"authors",
    b"install",
    b"todo",
    b"faq",
];
const LOCK_FILES: [&[u8]; 12] = [
    b"cargo.lock",
    b"package-lock.json",
    b"npm-shrinkwrap.json",
    b"yarn.lock",
    b"pnpm-lock.yaml",
    b"poetry.lock",
    b"uv.lock",
    b"pdm.lock",
    b"pipfile.lock",
    b"composer.lock",
    b"gemfile.lock",
    b"go.sum",
];

/// Endings of what compilers, designers and project editors write.
const WRITTEN: [&[u8]; 13] = [
    b".designer.cs",
    b".designer.vb",
    b".g.cs",
    b".g.dart",
    b".freezed.dart",
    b".pb.go",
    b".pb.cc",
    b".pb.h",
    b"_pb2.py",
    b"_pb2_grpc.py",
    b"_pb.js",
    b".pbxproj",
    b".vdproj",
];
/// Scripts that the build tools of C put into a project.
const TOOL_FILES: [&[u8]; 8] = [
    b"aclocal.m4",
    b"config.guess",
    b"config.sub",
    b"configure",
    b"depcomp",
    b"install-sh",
    b"libtool.m4",
    b"ltmain.sh",
];

/// A line with more bytes was written by a program: minified, bundled, generated.
const LONGEST_WRITTEN: usize = 1000;

/// The class of the place at which `info` was found: of its path, but no code on an endless line is shipped as written.
pub fn class_of(info: &RuleInfo, path: &RepoPath, line: Span) -> PathClass {
    let written_by_program = info.category == Category::Code && line.len() > LONGEST_WRITTEN;
    match classify(path) {
        PathClass::Shipped if written_by_program => PathClass::Generated,
        class => class,
    }
}

/// The class of a path, from its folders and its name; the case of letters does not matter.
pub fn classify(path: &RepoPath) -> PathClass {
    let lower = path.as_bytes().to_ascii_lowercase();
    let mut parts: Vec<&[u8]> = lower.split(|byte| *byte == b'/').collect();
    let name = parts.pop().unwrap_or_default();
    let in_one_of = |dirs: &[&[u8]]| parts.iter().any(|part| dirs.contains(part));
    if in_one_of(&VENDOR_DIRS) {
        PathClass::Vendored
    } else if in_one_of(&GENERATED_DIRS) || is_generated(name) {
        PathClass::Generated
    } else if in_one_of(&TEST_DIRS) || is_test(name) {
        PathClass::Test
    } else if in_one_of(&DOCS_DIRS) || is_docs(name) {
        PathClass::Docs
    } else {
        PathClass::Shipped
    }
}

fn is_generated(name: &[u8]) -> bool {
    let infix = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
    LOCK_FILES.contains(&name)
        || WRITTEN.iter().any(|end| name.ends_with(end))
        || TOOL_FILES.contains(&name)
        || infix(b".min.")
        || infix(b".bundle.")
        || infix(b".generated.")
        || name.ends_with(b".map")
        || is_bundle(name)
}

/// `main.3f2a9c01d4.js`: the digest of a script's content in its name.
fn is_bundle(name: &[u8]) -> bool {
    let digest = |part: &[u8]| {
        part.len() >= 8 && part.iter().all(u8::is_ascii_hexdigit) && part.iter().any(u8::is_ascii_digit)
    };
    [&b".js"[..], b".mjs", b".css"].iter().any(|end| name.ends_with(end))
        && name.split(|byte| matches!(byte, b'.' | b'-')).any(digest)
}

/// `test_x.py`, `x_test.go`, `x.test.ts`, `x.spec.js`, `XTest.java`, `conftest.py`.
fn is_test(name: &[u8]) -> bool {
    let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    let infix = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
    stem.starts_with(b"test_")
        || [&b"_test"[..], b"_tests", b"_spec", b"-test", b"-spec"].iter().any(|end| stem.ends_with(end))
        || infix(b".test.")
        || infix(b".spec.")
        || stem == b"conftest"
        || ([&b"test"[..], b"tests"].contains(&stem) && name.ends_with(b".rs"))
        || (stem.len() > 4 && stem.ends_with(b"test") && name.ends_with(b".java"))
        || (stem.len() > 5
            && stem.ends_with(b"tests")
            && (name.ends_with(b".java") || name.ends_with(b".cs")))
}

/// Prose by extension, declarations of types, descriptions of interfaces, and templates of configuration (`.env.example`).
fn is_docs(name: &[u8]) -> bool {
    let extension = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let named = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
    (name.contains(&b'.') && DOCS_EXTENSIONS.contains(&extension))
        || (extension == b"txt" && DOCS_TEXTS.iter().any(|start| name.starts_with(start)))
        || [&b".pyi"[..], b".d.ts", b".d.mts", b".d.cts"].iter().any(|end| name.ends_with(end))
        || [&b"metadata"[..], b"pkg-info"].contains(&name)
        || name.starts_with(b"example")
        || name.starts_with(b"openapi.")
        || name.starts_with(b"swagger.")
        || named(b".example")
        || named(b".sample")
        || named(b".template")
}

#[cfg(test)]
mod tests {
    use super::{PathClass, classify};

    #[test]
    fn places_are_told_by_folder_and_name() {
        for (path, expected) in [
            ("src/app.py", PathClass::Shipped),
            ("src/contest/latest.py", PathClass::Shipped),
            (".env", PathClass::Shipped),
            (".env.example", PathClass::Docs),
            ("README.md", PathClass::Docs),
            ("api/swagger.yaml", PathClass::Docs),
            ("usr/share/man/man3/URL.3pm", PathClass::Docs),
            ("roles/x/molecule/default/playbook.yml", PathClass::Test),
            ("requirements.txt", PathClass::Shipped),
            ("notes.txt", PathClass::Shipped),
            ("LICENSE-MIT.txt", PathClass::Docs),
            ("docs/intro.txt", PathClass::Docs),
            ("app/tests/data.json", PathClass::Test),
            ("pkg/x_test.go", PathClass::Test),
            ("cypress/support/commands.js", PathClass::Test),
            ("tutorials/1/main.py", PathClass::Docs),
            ("src/tls/tests.rs", PathClass::Test),
            ("src/test.py", PathClass::Shipped),
            ("typings/index.d.ts", PathClass::Docs),
            ("src/App.test.tsx", PathClass::Test),
            ("src/UserServiceTest.java", PathClass::Test),
            ("node_modules/x/index.js", PathClass::Vendored),
            ("pip/_vendor/rich/style.py", PathClass::Vendored),
            ("static/jquery.min.js", PathClass::Generated),
            ("yarn.lock", PathClass::Generated),
            ("static/5353.23aff5ecd5c9ea9d.js", PathClass::Generated),
            ("src/feedback.js", PathClass::Shipped),
            ("Forms/PrintForm.Designer.cs", PathClass::Generated),
            ("api/v1/types.pb.go", PathClass::Generated),
            ("build/ltmain.sh", PathClass::Generated),
            ("x.dist-info/METADATA", PathClass::Docs),
            ("data/iam/examples-1.json", PathClass::Docs),
        ] {
            assert_eq!(classify(&path.into()), expected, "{path}");
        }
    }
}
