//! Reads the cells of Jupyter notebooks for the packages that their commands install: `!pip install x`. They declare nothing.

use super::{Manifest, Misread, commands};
use crate::lang::{self, Language};
use crate::model::Dependency;

/// Reads a notebook. Of one that is no JSON the receipt of the scan tells; it installs nothing as it stands.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    let parts = lang::notebook(content).unwrap_or_default();
    for part in parts.iter().filter(|part| part.language == Language::Shell) {
        let mut inner = Manifest::default();
        commands::script(&String::from_utf8_lossy(&part.text), 0, &mut inner);
        let outward = |one: Dependency| Dependency { span: part.source(one.span), ..one };
        manifest.commands.extend(inner.commands.into_iter().map(outward));
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Notebook;
    use crate::deps::manifest::tests::check;

    #[test]
    fn what_a_cell_installs_is_told_with_its_place() {
        let cells = r#"{"cells": [
 {"cell_type": "markdown", "source": ["!pip install no"]},
 {"cell_type": "code", "source": ["import os\n",
  "!pip install flask\n",
  "%pip install 'left_pad'"]},
 {"cell_type": "code", "source": "%%bash\nnpm i -g left-pad"}]}"#;
        check(
            Notebook,
            cells,
            &["4:17 installs pypi:flask =", "5:17 installs pypi:left_pad =", "6:52 installs npm:left-pad ="],
        );
        check(Notebook, "{", &[]);
    }
}
