//! Reads scripts of a shell and makefiles for the packages that their commands install. They declare nothing.

use super::{Manifest, Misread, commands};

/// Reads a script. One that is no UTF-8 installs what its ASCII says; bytes of other letters are no names.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    // Every other byte keeps its length, so that places stay right.
    let text: String = match std::str::from_utf8(content) {
        Ok(text) => text.to_owned(),
        Err(_) => content.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect(),
    };
    commands::script(&text, 0, &mut manifest);
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Shell;
    use crate::deps::manifest::tests::check;

    #[test]
    fn what_a_script_installs_is_told_with_its_place() {
        check(
            Shell,
            "#!/bin/sh\nset -e\npip install flask # web\nall: x\n\t@npm i -g left-pad\n",
            &["3:13 installs pypi:flask =", "5:12 installs npm:left-pad ="],
        );
        check(Shell, b"echo \xff\npip install x\n", &["2:13 installs pypi:x ="]);
        check(Shell, "<<<<<<< a\n", &[]);
    }
}
