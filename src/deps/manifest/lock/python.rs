//! Lock files of Python that are TOML: `poetry.lock`, `uv.lock`, `pdm.lock`, `pylock.toml`.

use toml_edit::{Item, TableLike, Value};

use super::super::toml::Toml;
use super::super::{Manifest, Misread};
use super::{answer, facts, locked};
use crate::model::{Dependency, Ecosystem, Source};

/// Reads any of them: packages stand in `package`, or `packages` in `pylock.toml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut found = Vec::new();
    for key in ["package", "packages"] {
        let Some(packages) = toml.get(toml.root(), key) else { continue };
        for table in toml.as_tables(&packages)? {
            let Some(name) = toml.get(table, "name") else { continue };
            let version = toml.get(table, "version").and_then(|version| version.item.as_str());
            let dependency =
                locked(Ecosystem::Pypi, toml.as_str(&name)?, version.unwrap_or_default(), name.span);
            let locked = facts(None, hashes(table));
            found.push(Dependency { source: source(&toml, table), locked, ..dependency });
        }
    }
    Ok(answer(found))
}

/// Every `hash` and `hashes` of the table's files, wherever a tool puts them.
fn hashes(table: &dyn TableLike) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["files", "wheels", "sdist", "archive"] {
        let one = table.get(key).and_then(Item::as_table_like);
        let list =
            table.get(key).and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_inline_table);
        let tables = table.get(key).and_then(Item::as_array_of_tables).into_iter().flatten();
        let files = one
            .into_iter()
            .chain(list.map(|table| table as &dyn TableLike))
            .chain(tables.map(|table| table as &dyn TableLike));
        for file in files {
            found.extend(file.get("hash").and_then(Item::as_str).map(str::to_owned));
            if let Some(kinds) = file.get("hashes").and_then(Item::as_table_like) {
                let sums = kinds.iter().filter_map(|(kind, sum)| Some(format!("{kind}:{}", sum.as_str()?)));
                found.extend(sums);
            }
        }
    }
    found
}

fn source(toml: &Toml, table: &dyn TableLike) -> Source {
    let inner = toml.get(table, "source").and_then(|source| source.item.as_table_like());
    let string = |key| inner.and_then(|table| table.get(key)).and_then(|item| item.as_str());
    let own = |key| toml.get(table, key).and_then(|entry| entry.item.as_str());
    let within = |name, key| toml.get(table, name)?.item.as_table_like()?.get(key)?.as_str();
    let vcs = within("vcs", "url");
    let url = string("url").unwrap_or_default();
    match string("type") {
        Some("git") => return Source::Git(url.to_owned()),
        Some("url") => return Source::Url(url.to_owned()),
        Some("directory" | "file") => return Source::Path(url.to_owned()),
        Some("legacy") => return Source::OtherRegistry(url.to_owned()),
        Some(_) | None => {}
    }
    if let Some(git) = string("git").or(own("git")).or(vcs) {
        Source::Git(git.to_owned())
    } else if let Some(url) = string("url").or(own("url")) {
        Source::Url(url.to_owned())
    } else if let Some(path) =
        ["editable", "virtual", "directory", "path"].into_iter().find_map(string).or(own("path"))
    {
        Source::Path(path.to_owned())
    } else if let Some(url) = within("archive", "url") {
        Source::Url(url.to_owned())
    } else if let Some(path) =
        within("directory", "path").or(within("archive", "path")).or(within("vcs", "path"))
    {
        Source::Path(path.to_owned())
    } else {
        match string("registry").filter(|url| !url.starts_with("https://pypi.org/")) {
            Some(url) => Source::OtherRegistry(url.to_owned()),
            None => Source::Registry,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::PythonLock;
    use crate::deps::manifest::tests::check;

    #[test]
    fn pylock_says_where_each_package_lies() {
        check(
            PythonLock,
            "[[packages]]\nname = \"a\"\ndirectory = { path = \".\" }\n[[packages]]\nname = \"b\"\narchive = { url = \"https://h.example/b.zip\" }\n[[packages]]\nname = \"c\"\nwheels = [{ url = \"https://files.pythonhosted.org/c.whl\" }]\n",
            &[
                "2:1 a = indirect path",
                "5:1 b = indirect url:https://h.example/b.zip",
                "8:1 c = indirect registry",
            ],
        );
    }

    #[test]
    fn packages_of_every_tool_are_read() {
        check(
            PythonLock,
            "[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"b\"\n[package.source]\ntype = \"git\"\nurl = \"https://h.example/b\"\n[[package]]\nname = \"c\"\nsource = { editable = \".\" }\n[[package]]\nname = \"d\"\nsource = { registry = \"https://pypi.org/simple\" }\n[[packages]]\nname = \"e\"\nvcs = { type = \"git\", url = \"https://h.example/e\" }\n",
            &[
                "2:1 a =1 indirect registry",
                "5:1 b = indirect git:h.example/b",
                "10:1 c = indirect path",
                "13:1 d = indirect registry",
                "16:1 e = indirect git:h.example/e",
            ],
        );
    }
}
