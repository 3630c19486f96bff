//! What kind of file an assignment stands in, by its name: where values have no quotes, a word is a value. Knows no
//! syntax.

use crate::model::RepoPath;

/// What a word without quotes behind a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soil {
    /// A value: the file configures something, line by line.
    Lines,
    /// A value: the file configures something, or runs commands.
    Words,
    /// Perhaps a value: prose, logs, files of no known kind.
    Prose,
    /// A name: source code.
    Code,
    /// A vector of a test: cryptography prints keys beside what they produce.
    Vectors,
    /// A label: the file holds what a program says to people, in their language.
    Labels,
}

const LINES: [&str; 39] = [
    "env",
    "ini",
    "cfg",
    "conf",
    "cnf",
    "properties",
    "props",
    "yml",
    "yaml",
    "toml",
    "tfvars",
    "npmrc",
    "pypirc",
    "netrc",
    "pgpass",
    "service",
    "desktop",
    "reg",
    "rdp",
    "ovpn",
    "my",
    "inf",
    "credentials",
    "s3cfg",
    "boto",
    "cred",
    "curlrc",
    "gitconfig",
    "ldif",
    "nmconnection",
    "repo",
    "smbcredentials",
    "wgetrc",
    "yarnrc",
    "fetchmailrc",
    "mbsyncrc",
    "msmtprc",
    "muttrc",
    "offlineimaprc",
];
const WORDS: [&str; 11] =
    ["sh", "bash", "zsh", "ksh", "bat", "cmd", "dockerfile", "config", "plist", "tf", "hcl"];
const PROSE: [&str; 11] = ["txt", "md", "markdown", "rst", "adoc", "log", "csv", "tsv", "http", "eml", "org"];
/// Formats that translations are kept in, besides those that hold nothing else.
const LABEL_FORMATS: [&str; 11] =
    ["html", "java", "js", "json", "php", "properties", "toml", "ts", "xml", "yaml", "yml"];
/// Folders and formats of translations.
const LABEL_DIRS: [&str; 11] = [
    "i18n",
    "l10n",
    "lang",
    "langs",
    "languages",
    "locale",
    "locales",
    "localization",
    "nls",
    "translation",
    "translations",
];
const LABELS: [&str; 7] = ["arb", "po", "pot", "resx", "strings", "xlf", "xliff"];
/// What the names of files begin with that configure something in a format that data has too.
const SETTINGS: [&str; 10] = [
    "config",
    "settings",
    "appsettings",
    "local.settings",
    "secrets",
    "credentials",
    "context",
    "web",
    "server",
    "docker-compose",
];

impl Soil {
    /// By the name and its extension.
    pub fn of(path: &RepoPath) -> Soil {
        let whole = path.as_bytes().to_ascii_lowercase();
        let mut folders = whole.rsplit(|byte| *byte == b'/');
        let lower = folders.next().unwrap_or_default();
        let mut parts = lower.rsplit(|byte| *byte == b'.');
        let extension = parts.next().unwrap_or_default();
        let is = |list: &[&str]| list.iter().any(|one| extension == one.as_bytes());
        // A folder of that name can hold code as well.
        let labels = is(&LABEL_FORMATS)
            && (folders.any(|folder| LABEL_DIRS.iter().any(|one| folder == one.as_bytes()))
                || is_translation(lower));
        let begins = |word: &str| lower.starts_with(word.as_bytes());
        let holds = |word: &str| memchr::memmem::find(lower, word.as_bytes()).is_some();
        if holds("vectors") || holds("testvec") {
            Soil::Vectors
        } else if labels || is(&LABELS) || begins("messages") && extension == b"properties" {
            Soil::Labels
        } else if is(&LINES) || begins(".env") || begins("env.") {
            Soil::Lines
        } else if is(&WORDS)
            || begins("dockerfile")
            || begins("containerfile")
            || matches!(extension, b"json" | b"xml") && SETTINGS.iter().any(|word| begins(word))
        {
            Soil::Words
        } else if is(&PROSE) || extension.len() == lower.len() {
            Soil::Prose
        } else {
            Soil::Code
        }
    }

    /// By the content as well: a few lines of names and words are settings, whatever language the file is called by.
    pub fn within(self, content: &[u8]) -> Soil {
        let noted = self == Soil::Code && content.len() <= NOTE && is_list_of_settings(content);
        if noted { Soil::Prose } else { self }
    }

    /// Whether a word without quotes may be a value: in prose and in code it takes more than letters, and is no call.
    pub fn takes(self, word: &[u8]) -> bool {
        let call = word.iter().any(|byte| matches!(byte, b'(' | b'['));
        self.is_settings()
            || !call && word.iter().any(|byte| byte.is_ascii_digit() || b"!@#$%^&*".contains(byte))
    }

    /// Whether a value in quotes may be one: a label has no digits, and not every language has our letters.
    pub fn takes_text(self, text: &[u8]) -> bool {
        self != Soil::Labels || text.is_ascii() && text.iter().any(u8::is_ascii_digit)
    }

    /// Whether the file configures something.
    pub fn is_settings(self) -> bool {
        match self {
            Soil::Lines | Soil::Words => true,
            Soil::Prose | Soil::Code | Soil::Vectors | Soil::Labels => false,
        }
    }
}

/// The longest content that may be a note of settings.
const NOTE: usize = 512;

/// `user = ann` and `password = x` on lines of their own, and nothing else but comments.
fn is_list_of_settings(content: &[u8]) -> bool {
    let lines = content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let told = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"#") && !line.starts_with(b"//");
    let word = |text: &[u8]| {
        let text = text.trim_ascii();
        !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
    };
    let set = |line: &[u8]| {
        let sign = line.iter().position(|byte| *byte == b'=');
        sign.is_some_and(|at| word(&line[..at]) && word(&line[at + 1..]))
    };
    let names_user = |line: &[u8]| line.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"user"));
    lines.clone().filter(told).all(set) && lines.clone().any(names_user)
}

/// Languages that programs are translated into.
const LANGUAGES: [&str; 36] = [
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "it", "ja", "ko", "lt", "lv", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr",
    "uk", "zh",
];

/// `agent_de.properties`, `Resources_zh_CN.java`.
fn is_translation(name: &[u8]) -> bool {
    let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    let mut parts = stem.split(|byte| *byte == b'_').skip(1).take(2);
    parts.next().is_some_and(|part| LANGUAGES.iter().any(|language| part == language.as_bytes()))
        && parts.next().is_none_or(|country| country.len() == 2)
}

#[cfg(test)]
mod tests {
    use super::Soil;

    #[test]
    fn files_are_told_by_their_names() {
        for (path, expected) in [
            (".env", Soil::Lines),
            ("a/.env.production", Soil::Lines),
            ("src/application.yml", Soil::Lines),
            ("db.INI", Soil::Lines),
            ("deploy.sh", Soil::Words),
            ("Dockerfile.dev", Soil::Words),
            ("appsettings.Development.json", Soil::Words),
            ("data.json", Soil::Code),
            ("src/app.py", Soil::Code),
            ("home/.msmtprc", Soil::Lines),
            ("README.md", Soil::Prose),
            ("Makefile", Soil::Prose),
            ("notes", Soil::Prose),
            ("win_user.ps1", Soil::Code),
            ("config/locales/de.yml", Soil::Labels),
            ("src/i18n/fr.json", Soil::Labels),
            ("res/messages_de.properties", Soil::Labels),
            ("config/languages.yml", Soil::Lines),
            ("agent/agent_de.properties", Soil::Labels),
            ("tools/Resources_zh_CN.java", Soil::Labels),
            ("app_db.properties", Soil::Lines),
            ("deploy_no_cache.sh", Soil::Words),
            ("src/lang/db.py", Soil::Code),
            ("locale/.env", Soil::Lines),
            ("src/test_it.py", Soil::Code),
            ("src/kem/test-vectors-1.json", Soil::Vectors),
        ] {
            assert_eq!(Soil::of(&path.into()), expected, "{path}");
        }
    }

    #[test]
    fn a_few_words_under_names_are_settings_whatever_the_file_is_called() {
        for (text, expected) in [
            ("user = Aladdin\npassword = open_sesame\n", Soil::Prose),
            ("# both\nusername=ann\n\n// and\npassword=x\n", Soil::Prose),
            ("password = x\n", Soil::Code),
            ("user = Aladdin\npassword = \"x\"\n", Soil::Code),
            ("user = env.USER\npassword = x\n", Soil::Code),
            ("import os\nuser = x\npassword = y\n", Soil::Code),
            ("", Soil::Code),
        ] {
            assert_eq!(Soil::Code.within(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(Soil::Lines.within(b"user = x\n"), Soil::Lines);
    }
}
