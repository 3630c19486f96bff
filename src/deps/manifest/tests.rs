//! One line per declaration, so that the tests of every format are tables.

use super::{Format, Manifest, Note, read};
use crate::deps::origin::Origin;
use crate::text::Lines;

/// Compares everything the reader found: `LINE:COLUMN NAME(KEY) =REQUIREMENT SCOPE SOURCE`, then includes and notes.
#[track_caller]
pub fn check(format: Format, content: impl AsRef<[u8]>, expected: &[&str]) {
    let content = content.as_ref();
    let shown = match read(format, content) {
        Ok(manifest) => show(&manifest, &Lines::new(content)),
        Err(error) => vec![format!("refused: {error}")],
    };
    assert_eq!(shown, expected, "{}", String::from_utf8_lossy(content));
}

/// Compares the reason for which a reader gives no answer: `LINE:COLUMN PROBLEM`.
#[track_caller]
pub fn check_refused(format: Format, content: impl AsRef<[u8]>, expected: &str) {
    let content = content.as_ref();
    let shown = match read(format, content) {
        Ok(manifest) => format!("read: {:?}", show(&manifest, &Lines::new(content))),
        Err(error) => format!("{}:{} {}", error.position.line, error.position.column, error.problem),
    };
    assert_eq!(shown, expected, "{}", String::from_utf8_lossy(content));
}

fn show(manifest: &Manifest, lines: &Lines<'_>) -> Vec<String> {
    let at = |offset: usize| {
        let position = lines.position(offset);
        format!("{}:{}", position.line, position.column)
    };
    let dependencies = manifest.dependencies.iter().map(|dependency| {
        let key = dependency.key.as_ref().map(|key| format!("({key})")).unwrap_or_default();
        let scope = dependency.scope;
        let origin = Origin::of(&dependency.source);
        let place = at(dependency.span.start);
        format!("{place} {}{key} ={} {scope} {origin}", dependency.name, dependency.requirement)
    });
    let commands = manifest.commands.iter().map(|command| {
        let (ecosystem, name, requirement) = (command.ecosystem, &command.name, &command.requirement);
        format!("{} installs {ecosystem}:{name} ={requirement}", at(command.span.start))
    });
    let includes = manifest.includes.iter().map(|include| {
        let kind = if include.constraint { "constrained by" } else { "includes" };
        format!("{} {kind} {}", at(include.span.start), include.target)
    });
    let notes = manifest.notes.iter().map(|note| match note {
        Note::CommandRegistry { ecosystem, source, span } => {
            format!("{} looks for {ecosystem} in {}", at(span.start), Origin::of(source))
        }
        Note::Registry { source, span } => format!("{} looks in {}", at(span.start), Origin::of(source)),
        Note::Computed { what, span } => format!("{} computes {what}", at(span.start)),
        Note::UnknownList { file, span } => format!("{} installs what {file} lists", at(span.start)),
        Note::InstallCode { what, span, .. } => format!("{} runs {what}", at(span.start)),
    });
    dependencies.chain(commands).chain(includes).chain(notes).collect()
}

/// How somebody would smuggle a package past a reader; each was tried, and each has its answer.
mod attacks {
    use super::super::Format;
    use super::{check, check_refused};

    /// Every format that is text of its own, with a declaration of `evil` in it.
    const DECLARING: [(Format, &str); 12] = [
        (Format::Cargo, "[dependencies]\nevil = '1'\n"),
        (Format::Npm, "{\"dependencies\": {\n\"evil\": \"1\"}}\n"),
        (Format::Requirements, "evil\n"),
        (
            Format::Maven,
            "<project><dependencies><dependency>\n<groupId>evil</groupId><artifactId>evil</artifactId></dependency></dependencies></project>\n",
        ),
        (Format::Gradle, "dependencies {\n  api 'evil:evil:1'\n}\n"),
        (Format::Gemfile, "gem 'evil'\n"),
        (Format::SetupPy, "setup(install_requires=['evil'])\n"),
        (Format::Actions, "jobs: {a: {steps: [{uses: evil/evil@v1}]}}\n"),
        (Format::Dockerfile, "FROM evil\n"),
        (Format::Mix, "defp deps do\n  [{:evil, \"1\"}]\nend\n"),
        (Format::Swift, ".package(url: \"https://evil.example/evil\", from: \"1\")\n"),
        (Format::Terraform, "module \"m\" {\n  source = \"evil/evil/evil\"\n}\n"),
    ];

    #[test]
    fn neither_marks_nor_line_ends_nor_encodings_hide_a_declaration() {
        for (format, text) in DECLARING {
            let found = |content: &[u8]| match super::read(format, content) {
                Ok(manifest) => manifest.dependencies.iter().filter(|one| one.name.contains("evil")).count(),
                Err(_) => usize::MAX,
            };
            assert_eq!(found(text.as_bytes()), 1, "{format:?}");
            assert_eq!(found(format!("\u{feff}{text}").as_bytes()), 1, "{format:?} behind a byte order mark");
            assert_eq!(found(text.replace('\n', "\r\n").as_bytes()), 1, "{format:?} with carriage returns");
            let wide: Vec<u8> =
                std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            assert_eq!(found(&wide), usize::MAX, "{format:?} in UTF-16");
            let both = format!("<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n");
            check_refused(format, both, "1:1 a conflict of a merge is not resolved");
        }
    }

    #[test]
    fn strings_that_look_like_comments_hide_nothing() {
        check(
            Format::Gradle,
            "x = '/*'\ndependencies { api 'g:a:1' }\n// */\n",
            &["2:20 g:a =1 runtime registry"],
        );
        check(
            Format::Gemfile,
            "x = '# '; gem 'a'; gem 'b'\n",
            &["1:11 a = runtime registry", "1:20 b = runtime registry"],
        );
        check(Format::SetupPy, "x = '#'; setup(install_requires=['a'])\n", &["1:34 a = runtime registry"]);
        check(
            Format::Terraform,
            "x = \"//\"\nmodule \"m\" { source = \"a/b/c\" }\n",
            &["2:1 a/b/c = runtime registry"],
        );
        check(
            Format::Swift,
            "let x = \"/*\"\n.package(url: \"https://h.example/a\") // */\n",
            &["2:2 h.example/a = runtime registry"],
        );
    }

    #[test]
    fn characters_by_number_spell_the_same_name() {
        check(
            Format::Maven,
            "<project><parent><groupId>&#x67;</groupId><artifactId>a</artifactId></parent></project>",
            &["1:10 g:a = build registry"],
        );
        check(Format::Gradle, "dependencies { api \"g:\\u0061:1\" }", &["1:20 g:a =1 runtime registry"]);
        check(Format::Gemfile, "gem \"\\x61\"", &["1:1 a = runtime registry"]);
        check(Format::SetupPy, "setup(install_requires=['\\141'])", &["1:25 a = runtime registry"]);
        check(Format::Composer, "{\"require\": {\"a\\/b\": \"1\"}}", &["1:14 a/b =1 runtime registry"]);
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_end_the_program() {
        let deep = |open: &str| open.repeat(100_000);
        for (format, text) in [
            (Format::Composer, deep("{\"a\":")),
            (Format::Compose, deep("[")),
            (Format::Maven, deep("<a>")),
            (Format::Cargo, format!("a = {}", deep("["))),
        ] {
            assert!(super::read(format, text.as_bytes()).is_err(), "{format:?}");
        }
        for format in [Format::Gradle, Format::SetupPy, Format::Terraform, Format::Bazel, Format::Mix] {
            check_refused(format, deep("f("), "1:202 nested too deep");
            check_refused(format, "f ".repeat(100_000), "1:20001 the line is too long to be read");
        }
    }

    #[test]
    fn names_that_lead_to_each_other_are_not_followed_without_end() {
        let many = format!("R = {}\nsetup(install_requires=R)\n", ["R"; 400].join(" + "));
        check(Format::SetupPy, many, &["1:5 computes install_requires", "1:9 computes install_requires"]);
    }
}
