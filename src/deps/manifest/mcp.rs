//! Reads the configurations of agents for the programs that they start as servers: `npx -y x`, `uvx x`, an image of
//! Docker. Such a program starts on a developer's machine as soon as the agent does.

use super::syntax::{COMMENTS, Node, json};
use super::{Manifest, Misread, commands, image};

/// Tables of servers, by the tools that read them.
const TABLES: [&[&str]; 4] = [&["mcpServers"], &["servers"], &["mcp", "servers"], &["context_servers"]];

/// Reads a configuration.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &COMMENTS)?;
    let mut manifest = Manifest::default();
    for path in TABLES {
        for server in root.table(path)? {
            let Some(command) = server.node.get("command") else { continue };
            let arguments = server.node.list(&["args"])?.iter().filter_map(Node::text);
            // Some hold the whole line in `command`.
            let words: Vec<&str> =
                command.node.text().unwrap_or_default().split_whitespace().chain(arguments).collect();
            commands::program(&words, command.span, &mut manifest);
            if let Some(name) = docker(&words) {
                manifest.commands.extend(image::read(name, command.span));
            }
        }
    }
    Ok(manifest)
}

/// The image of `docker run … IMAGE`: the first word that is neither an option nor the value of one.
fn docker<'w>(words: &[&'w str]) -> Option<&'w str> {
    let [program, verb, rest @ ..] = words else { return None };
    if !matches!(*program, "docker" | "podman") || *verb != "run" {
        return None;
    }
    let valued = [
        "-e",
        "--env",
        "-v",
        "--volume",
        "--mount",
        "--name",
        "-p",
        "--publish",
        "--network",
        "--env-file",
        "-w",
        "-u",
        "--user",
        "--platform",
        "--entrypoint",
    ];
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if valued.contains(word) {
            rest.next();
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Mcp;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn servers_of_agents_are_read() {
        check(
            Mcp,
            "{\"mcpServers\": {\n\"a\": {\"command\": \"npx\", \"args\": [\"-y\", \"@x/server@1.2\", \"/tmp\"]},\n\"b\": {\"command\": \"uvx\", \"args\": [\"tool\"]},\n\"c\": {\"command\": \"docker\", \"args\": [\"run\", \"-i\", \"--rm\", \"-e\", \"K\", \"ghcr.io/o/x:1\"]},\n\"d\": {\"command\": \"node\", \"args\": [\"x.js\"]},\n\"e\": {\"url\": \"https://h.example\"}}}",
            &[
                "2:7 installs npm:@x/server =1.2",
                "3:7 installs pypi:tool =",
                "4:7 installs docker:ghcr.io/o/x =1",
            ],
        );
        check(Mcp, "{\"servers\": {\"a\": {\"command\": \"cmd /c npx x\"}}} // note\n", &[]);
        check_refused(Mcp, "{\"mcpServers\": 1}", "1:2 mcpServers: expected a table");
    }
}
