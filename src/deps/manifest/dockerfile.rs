//! Reads Dockerfiles: the images that stages begin with or copy from. Runs nothing; a build argument counts with its
//! default, and a name that needs another value is told as computed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Manifest, Misread, commands, image, text_of};
use crate::model::Span;

/// An instruction over all of its lines.
struct Instruction {
    name: String,
    text: String,
    span: Span,
    /// What stands in its heredocs.
    bodies: Vec<String>,
}

/// Reads a Dockerfile.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let (text, mark) = text_of(content)?;
    let mut manifest = Manifest::default();
    let lines = lines(text, mark);
    let escape = directive(&lines, "escape").map_or('\\', |(value, _)| if value == "`" { '`' } else { '\\' });
    if let Some((frontend, span)) = directive(&lines, "syntax") {
        manifest.dependencies.extend(image::read(frontend, span));
    }
    let mut stages = BTreeSet::new();
    let mut arguments = BTreeMap::new();
    let mut in_stage = false;
    for instruction in instructions(&lines, escape) {
        let words: Vec<&str> = instruction.text.split_whitespace().collect();
        let flags = words.iter().take_while(|word| word.starts_with("--"));
        match instruction.name.as_str() {
            // An argument inside of a stage is not known in `FROM`.
            "ARG" if !in_stage => {
                for word in words {
                    arguments.extend(argument(word, &arguments));
                }
            }
            "FROM" => {
                in_stage = true;
                let rest: Vec<&str> =
                    words.iter().skip_while(|word| word.starts_with("--")).copied().collect();
                let Some(name) = rest.first().map(|name| name.trim_matches(['"', '\''])) else { continue };
                let resolved = image::resolved(name, &arguments).to_ascii_lowercase();
                if !stages.contains(&resolved) {
                    image::push(name, &arguments, instruction.span, &mut manifest);
                }
                if let [_, keyword, stage, ..] = rest.as_slice()
                    && keyword.eq_ignore_ascii_case("as")
                {
                    stages.insert(stage.to_ascii_lowercase());
                }
            }
            "COPY" | "ADD" | "RUN" => {
                for flag in flags {
                    let from = flag.strip_prefix("--from=").or_else(|| mounted(flag));
                    let from = from.map(|from| from.trim_matches(['"', '\'']));
                    let is_stage = |from: &&str| {
                        stages.contains(&from.to_ascii_lowercase()) || from.parse::<u32>().is_ok()
                    };
                    if let Some(from) = from.filter(|from| !is_stage(from)) {
                        image::push(from, &arguments, instruction.span, &mut manifest);
                    }
                }
                if instruction.name == "RUN" {
                    run(&instruction, &mut manifest);
                }
            }
            _ => {}
        }
    }
    Ok(manifest)
}

/// What a command installs: a script, in a heredoc as well, or a list of words.
fn run(instruction: &Instruction, acc: &mut Manifest) {
    let text = instruction.text.trim();
    let flags = text.split_whitespace().take_while(|word| word.starts_with("--")).map(|word| word.len() + 1);
    let script = text.get(flags.sum::<usize>()..).unwrap_or_default().trim();
    let list: Option<Vec<String>> = serde_json::from_str(script).ok();
    match list {
        Some(words) => {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            commands::program(&words, instruction.span, acc);
        }
        None => commands::script_at(script, instruction.span, acc),
    }
    for body in &instruction.bodies {
        commands::script_at(body, instruction.span, acc);
    }
}

/// `--mount=type=bind,from=image,..`.
fn mounted(flag: &str) -> Option<&str> {
    flag.strip_prefix("--mount=")?.split(',').find_map(|part| part.strip_prefix("from="))
}

/// `NAME=value`, the value freed of quotes and filled in.
fn argument(word: &str, known: &BTreeMap<String, String>) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    Some((name.to_owned(), image::resolved(value.trim_matches(['"', '\'']), known)))
}

/// Lines with their offsets.
fn lines(text: &str, mark: usize) -> Vec<(&str, usize)> {
    let mut start = mark;
    let line = |line: &'_ str| {
        let at = start;
        start += line.len();
        at
    };
    let starts: Vec<usize> = text.split_inclusive('\n').map(line).collect();
    text.split_inclusive('\n').map(|line| line.trim_end_matches(['\n', '\r'])).zip(starts).collect()
}

/// `# key=value` at the top of the file, before anything else.
fn directive<'t>(lines: &[(&'t str, usize)], name: &str) -> Option<(&'t str, Span)> {
    let comments =
        lines.iter().map_while(|(line, start)| Some((line.trim().strip_prefix('#')?, line, start)));
    let pairs = comments.map_while(|(comment, line, start)| Some((comment.split_once('=')?, line, start)));
    let mut found = pairs.filter(|((key, _), _, _)| key.trim().eq_ignore_ascii_case(name));
    found.next().map(|((_, value), line, start)| (value.trim(), Span::new(*start, start + line.len())))
}

/// Joins continued lines, leaves out comments and the bodies of heredocs.
fn instructions(lines: &[(&str, usize)], escape: char) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut lines = lines.iter();
    while let Some((first, start)) = lines.next() {
        let mut text = String::new();
        let mut end = start + first.len();
        let mut next = Some((first, start));
        while let Some((line, start)) = next {
            let comment = line.trim_start().starts_with('#');
            if !comment && (text.is_empty() || !line.trim().is_empty()) {
                end = start + line.len();
                let Some(open) = line.trim_end().strip_suffix(escape) else {
                    text.push_str(line);
                    break;
                };
                text.push_str(open);
            } else if text.is_empty() {
                break;
            }
            next = lines.next().map(|(line, start)| (line, start));
        }
        let text = text.trim();
        let text = strip_word(text, "ONBUILD").unwrap_or(text);
        let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let name = name.to_ascii_uppercase();
        let mut bodies = Vec::new();
        if matches!(name.as_str(), "RUN" | "COPY" | "ADD") {
            for end in heredocs(rest) {
                // One that nothing ends would hide the rest of the file.
                let body = lines.clone().position(|(line, _)| line.trim_start_matches('\t') == end);
                if let Some(last) = body {
                    let texts: Vec<&str> = lines.by_ref().take(last + 1).map(|(line, _)| *line).collect();
                    bodies.push(texts[..last].join("\n"));
                }
            }
        }
        let indent = first.len() - first.trim_start().len();
        found.push(Instruction { name, text: rest.to_owned(), span: Span::new(start + indent, end), bodies });
    }
    found
}

fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (first, rest) = text.split_once(char::is_whitespace)?;
    first.eq_ignore_ascii_case(word).then(|| rest.trim_start())
}

/// The words that end the heredocs which a line begins: `<<EOF`, `3<<-"EOF"`. In quotes, or behind another word, it is
/// none.
fn heredocs(text: &str) -> Vec<String> {
    let mut quote = None;
    let mut start = 0;
    let mut words = Vec::new();
    for (at, char) in text.char_indices().chain([(text.len(), ' ')]) {
        match quote {
            Some(open) if char == open => quote = None,
            Some(_) => {}
            None if char == '"' || char == '\'' => quote = Some(char),
            None if char.is_whitespace() => {
                words.push(&text[start..at]);
                start = at + char.len_utf8().min(text.len() - at);
            }
            None => {}
        }
    }
    let ends = words.into_iter().filter_map(|word| {
        let end = word.trim_start_matches(|char: char| char.is_ascii_digit()).strip_prefix("<<")?;
        let end = end.strip_prefix('-').unwrap_or(end).trim_matches(['"', '\'']);
        (!end.is_empty() && !end.contains('<')).then(|| end.to_owned())
    });
    ends.collect()
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Dockerfile;
    use crate::deps::manifest::tests::check;

    #[test]
    fn quotes_are_no_part_of_an_image() {
        check(
            Dockerfile,
            "FROM \"a:1\" AS b\nFROM 'c'\n",
            &["1:1 a =1 runtime registry", "2:1 c = runtime registry"],
        );
    }

    #[test]
    fn images_of_stages_are_read_and_stages_are_not_images() {
        check(
            Dockerfile,
            "# a comment\nFROM --platform=linux/amd64 alpine:3 AS Build\nFROM build\nfrom ghcr.io/o/x\nCOPY --from=build /a /b\nCOPY --from=0 /a /b\nCOPY --chown=x --from=busybox:1 /a /b\nRUN --mount=type=bind,from=o/tool,target=/x true\nONBUILD COPY --from=o/y . .\nFROM scratch\n",
            &[
                "2:1 alpine =3 runtime registry",
                "4:1 ghcr.io/o/x = runtime registry",
                "7:1 busybox =1 runtime registry",
                "8:1 o/tool = runtime registry",
                "9:1 o/y = runtime registry",
            ],
        );
    }

    #[test]
    fn what_commands_install_is_told() {
        check(
            Dockerfile,
            "FROM a\nRUN --mount=type=cache,target=/x apt-get update && \\\n  # why\n  pip install flask\nRUN [\"npm\", \"i\", \"-g\", \"x\"]\nRUN <<EOF\npip install y\nEOF\n",
            &[
                "1:1 a = runtime registry",
                "2:1 installs pypi:flask =",
                "5:1 installs npm:x =",
                "6:1 installs pypi:y =",
            ],
        );
    }

    #[test]
    fn arguments_count_with_their_default() {
        check(
            Dockerfile,
            "ARG V=3\nARG BASE=\"alpine:$V\"\nFROM ${BASE}\nARG V=4\nFROM x:${V:-9}\nFROM $NONE\nFROM a:$NONE\n",
            &[
                "3:1 alpine =3 runtime registry",
                "5:1 x =3 runtime registry",
                "7:1 a =$NONE runtime registry",
                "6:1 computes image $NONE",
            ],
        );
    }

    #[test]
    fn lines_are_joined_as_docker_joins_them() {
        check(Dockerfile, "FROM \\\n# why\n\n  alpine\n", &["1:1 alpine = runtime registry"]);
        check(
            Dockerfile,
            "# escape=`\nFROM `\n alpine\nRUN a \\\nFROM b\n",
            &["2:1 alpine = runtime registry", "5:1 b = runtime registry"],
        );
        check(
            Dockerfile,
            "FROM a\nRUN <<EOF\nFROM b\nEOF\nFROM c\n",
            &["1:1 a = runtime registry", "5:1 c = runtime registry"],
        );
        check(
            Dockerfile,
            "# syntax=docker/dockerfile:1\nFROM a\n# syntax=x/y\n",
            &["1:1 docker/dockerfile =1 runtime registry", "2:1 a = runtime registry"],
        );
        check(Dockerfile, "RUN <<EOF\nFROM a\n", &["2:1 a = runtime registry"]);
        check(Dockerfile, "RUN echo \"<<EOF\" x<<EOF\nFROM a\nEOF\n", &["2:1 a = runtime registry"]);
        check(Dockerfile, "RUN echo \\\n  FROM x\nFROM a\r\n", &["3:1 a = runtime registry"]);
    }
}
