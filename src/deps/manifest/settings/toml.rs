//! Settings in TOML: `bunfig.toml`, `uv.toml`.

use super::super::toml::{Entry, Toml};
use super::super::{Manifest, Misread};
use super::looks_in;

/// Reads a `bunfig.toml`: the registry, and those of scopes.
pub fn bunfig(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut manifest = Manifest::default();
    let Some(install) = toml.table(toml.root(), &["install"])? else { return Ok(manifest) };
    let scopes = toml.entries(install, &["scopes"])?;
    for entry in toml.get(install, "registry").into_iter().chain(scopes) {
        let url = entry.item.as_str().or_else(|| entry.item.as_table_like()?.get("url")?.as_str());
        looks_in(url.unwrap_or_default(), entry.span, &mut manifest);
    }
    Ok(manifest)
}

/// Reads a `uv.toml`: indexes and places to find links in.
pub fn uv(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut manifest = Manifest::default();
    for path in [&[][..], &["pip"]] {
        let Some(table) = toml.table(toml.root(), path)? else { continue };
        for key in ["index-url", "default-index"] {
            if let Some(entry) = toml.get(table, key) {
                looks_in(toml.as_str(&entry)?, entry.span, &mut manifest);
            }
        }
        for key in ["extra-index-url", "find-links"] {
            for (url, span) in toml.get(table, key).map_or(Ok(Vec::new()), |entry| toml.as_strings(&entry))? {
                looks_in(url, span, &mut manifest);
            }
        }
        let tables =
            toml.get(table, "index").map_or(Ok(Vec::new()), |entry: Entry<'_>| toml.as_tables(&entry))?;
        for index in tables {
            if let Some(url) = toml.get(index, "url") {
                looks_in(toml.as_str(&url)?, url.span, &mut manifest);
            }
        }
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{Bunfig, UvToml};
    use crate::deps::manifest::tests::check;

    #[test]
    fn registries_are_read() {
        check(
            Bunfig,
            "[install]\nregistry = 'https://b.example'\n[install.scopes]\na = { url = 'https://a.example/', token = '$T' }\n",
            &["2:1 looks in registry:b.example", "4:1 looks in registry:a.example"],
        );
        check(
            UvToml,
            "index-url = 'https://pypi.org/simple'\n[[index]]\nurl = 'https://u.example/simple'\n[pip]\nextra-index-url = ['https://p.example']\n",
            &["3:1 looks in registry:u.example/simple", "5:20 looks in registry:p.example"],
        );
    }
}
