//! The languages that rules can name.

use std::fmt;

macro_rules! languages {
    ($($variant:ident $name:literal),+ $(,)?) => {
        /// A language that rules can be limited to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Language {
            $(#[doc = concat!("Named `", $name, "` in rules.")] $variant,)+
        }

        impl Language {
            /// Every language with its name in rules.
            pub const NAMES: &'static [(&'static str, Language)] = &[$(($name, Language::$variant)),+];
        }
    };
}

languages! {
    Python "python", JavaScript "javascript", TypeScript "typescript", Go "go", Java "java", Kotlin "kotlin",
    Scala "scala", Groovy "groovy", Ruby "ruby", Php "php", CSharp "csharp", Rust "rust", C "c", Cpp "cpp",
    Shell "shell", Sql "sql", Yaml "yaml", Toml "toml", Hcl "hcl", Dockerfile "dockerfile", Html "html",
    Nginx "nginx", Json "json", Xml "xml", Swift "swift", Dart "dart", Lua "lua", Perl "perl", Elixir "elixir",
    PowerShell "powershell", Makefile "makefile",
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, language)| language == self).map_or("?", |(name, _)| name);
        f.pad(name)
    }
}
