//! The languages that rules can name.

use std::fmt;

/// A programming, markup or configuration language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it; see `Language::NAMES`")]
pub enum Language {
    Python,
    JavaScript,
    TypeScript,
    Go,
    Java,
    Kotlin,
    Scala,
    Groovy,
    CSharp,
    Ruby,
    Php,
    Rust,
    C,
    Cpp,
    Swift,
    Shell,
    Sql,
    Yaml,
    Toml,
    Json,
    Hcl,
    Dockerfile,
    Html,
    Nginx,
}

impl Language {
    /// Every language with its name in rule files.
    pub const NAMES: [(&'static str, Language); 24] = [
        ("python", Language::Python),
        ("javascript", Language::JavaScript),
        ("typescript", Language::TypeScript),
        ("go", Language::Go),
        ("java", Language::Java),
        ("kotlin", Language::Kotlin),
        ("scala", Language::Scala),
        ("groovy", Language::Groovy),
        ("csharp", Language::CSharp),
        ("ruby", Language::Ruby),
        ("php", Language::Php),
        ("rust", Language::Rust),
        ("c", Language::C),
        ("cpp", Language::Cpp),
        ("swift", Language::Swift),
        ("shell", Language::Shell),
        ("sql", Language::Sql),
        ("yaml", Language::Yaml),
        ("toml", Language::Toml),
        ("json", Language::Json),
        ("hcl", Language::Hcl),
        ("dockerfile", Language::Dockerfile),
        ("html", Language::Html),
        ("nginx", Language::Nginx),
    ];
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, language)| language == self).map_or("?", |(name, _)| name);
        f.pad(name)
    }
}
