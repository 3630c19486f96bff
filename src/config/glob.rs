//! A glob over whole paths that costs nothing until a path could match it. Knows no files.

use globset::{GlobBuilder, GlobMatcher};
use once_cell::sync::OnceCell;

/// What a path has to look like.
///
/// Compiling one takes a tenth of a millisecond, and most globs of a team are about other folders than a commit: the text
/// before the first and behind the last special character rules them out.
#[derive(Debug, Clone)]
pub struct Glob {
    glob: globset::Glob,
    start: usize,
    end: usize,
    compiled: OnceCell<GlobMatcher>,
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.glob == other.glob
    }
}

impl Eq for Glob {}

impl Glob {
    /// Reads a glob: `*` and `?` stay inside a folder, `**` crosses folders.
    pub fn new(written: &str) -> Result<Glob, globset::Error> {
        let glob = GlobBuilder::new(written).literal_separator(true).build()?;
        let is_special = |char: char| "*?[]{}\\!,".contains(char);
        let start = written.find(is_special).unwrap_or(written.len());
        // `a/**` also matches `a/`, and what stands behind `{` or `[` need not be the end.
        let start = if written[start..].starts_with("**") {
            written[..start].trim_end_matches('/').len()
        } else {
            start
        };
        let end = written.rfind(is_special).map_or(0, |at| at + 1);
        // The slash of `**/` may stand for nothing.
        let end = end + (written.len() - end - written[end..].trim_start_matches('/').len());
        Ok(Glob { glob, start, end: end.max(start), compiled: OnceCell::new() })
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.glob.glob()
    }

    /// Whether a path is meant; what is not UTF-8 in it is matched by `?` and `*` only.
    pub fn is_match(&self, path: &str) -> bool {
        let written = self.as_str();
        path.starts_with(&written[..self.start])
            && path.ends_with(&written[self.end..])
            && self.compiled.get_or_init(|| self.glob.compile_matcher()).is_match(path)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;
    use globset::GlobBuilder;

    #[test]
    fn the_quick_look_rules_out_nothing_that_matches() {
        let parts = ["a", "b", "/", "**", "*", "?", "[ab]", "{a,b}", ".x", "\\*", "**/", "/**"];
        let paths =
            ["a", "b", "ab", "a/b", "a/b.x", "b/a/b", ".x", "a/.x", "*", "a*", "aa/bb/ab.x", "b/b", "a/", ""];
        let mut globs = 0;
        for one in parts {
            for two in parts {
                for three in parts {
                    let written = [one, two, three].concat();
                    let Ok(glob) = Glob::new(&written) else { continue };
                    globs += 1;
                    let plain =
                        GlobBuilder::new(&written).literal_separator(true).build().unwrap().compile_matcher();
                    for path in paths {
                        assert_eq!(glob.is_match(path), plain.is_match(path), "{written} {path}");
                    }
                }
            }
        }
        assert!(globs > 1000, "{globs}");
        assert!(Glob::new("[a").is_err());
    }

    #[test]
    fn a_glob_about_another_folder_is_not_compiled() {
        for (written, path) in
            [("third_party/**", "src/a.py"), ("**/*.svg", "src/a.py"), ("a/*.py", "a/b.rs")]
        {
            let glob = Glob::new(written).unwrap();
            assert!(!glob.is_match(path) && glob.compiled.get().is_none(), "{written}");
        }
    }
}
