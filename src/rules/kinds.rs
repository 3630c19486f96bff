//! The closed sets of words that a rule may use; what they do lives in `engine`.

use std::borrow::Cow;

/// What may not stand right before and right after the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// `[0-9A-Za-z_-]`.
    Token,
    /// `[0-9A-Za-z_]`.
    Word,
    /// `[0-9A-Za-z+/=_-]`; `=` only behind.
    Base64,
    /// Anything may stand there.
    None,
}

/// Where a match must begin, and what the pattern sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// The bytes as they are, without lexing.
    Raw,
    /// Code: comments and the insides of strings are blanked.
    Code,
    /// The insides of strings.
    String,
    /// Comments.
    Comment,
    /// Everything but comments.
    Any,
    /// Code to begin in, and everything to see: comments and strings as they are.
    Source,
    /// The commands of a workflow.
    Command,
}

impl ScopeKind {
    /// Whether something else may stand in the content where the pattern sees a blank.
    pub fn hides(self) -> bool {
        match self {
            ScopeKind::Raw | ScopeKind::Source => false,
            ScopeKind::Code
            | ScopeKind::String
            | ScopeKind::Comment
            | ScopeKind::Any
            | ScopeKind::Command => true,
        }
    }
}

/// Which rules look at a text: fewer the less there is around it. A rule that looks at the last looks at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// All of them, at what the repository holds.
    All,
    /// The secret ones, at a file of an archive.
    Secrets,
    /// Those that know the secret by its own shape, at a piece of text without surroundings.
    Shapes,
}

/// How much the pattern sees at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A bounded window around the keyword.
    Window,
    /// The line of the keyword.
    Line,
    /// The statement around the keyword, with its continuation lines.
    Statement,
    /// A header with its body: a function, a loop, a handler.
    Block,
    /// The whole file.
    File,
}

/// What the expression behind the pattern's group `arg` must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Nothing but literals and constants.
    Constant,
    /// Something that may have any value; no list, object or function.
    Dynamic,
    /// A text into which something is put that may have any value.
    Built,
    /// A name or a call, whatever its value is made of: dynamic and not built.
    Value,
}

impl Argument {
    /// Every kind with its name in rule files.
    pub const NAMES: [(&'static str, Argument); 4] = [
        ("constant", Argument::Constant),
        ("dynamic", Argument::Dynamic),
        ("built", Argument::Built),
        ("value", Argument::Value),
    ];
}

/// Checksums that tell a real token from a made-up one; the algorithms are in `engine::validate::checksum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// CRC-32 of the body in base62, six digits at the end: GitHub's classic tokens, npm, Vercel.
    Crc32Base62,
    /// SHA-256 in base32, eight digits inside: GitHub's fine-grained tokens.
    GithubFineGrained,
    /// CRC-32 of everything before in upper-case hexadecimal, eight digits at the end: Atlassian, Bitbucket, Trello.
    Crc32HexUpperSuffix,
    /// CRC-32 of everything before, bytes reversed, in lower-case hexadecimal: Grafana service accounts.
    Grafana,
    /// CRC-32 of the body without prefix in lower-case hexadecimal, eight digits at the end: Cloudflare, Zuplo.
    Cloudflare,
    /// CRC-32 of the body in base64, bytes reversed, six digits at the end: Confluent.
    Confluent,
    /// CRC-32 of everything before in base36, seven digits at the end: GitLab's routable tokens.
    GitlabRoutable,
    /// The BCH code of bech32: age.
    Bech32,
    /// CRC-16 of the bytes before, at the end of base32: seeds of Stellar and NATS.
    Base32Crc16,
    /// The first bytes of a double SHA-256, at the end of base58: Bitcoin's keys.
    Base58Check,
    /// Marvin32 of the bytes before, in base64: the keys that Azure's services share. It only proves.
    AzureCask,
    /// A header and claims that decode as JSON.
    Jwt,
    /// A base32 body that decodes to an account of twelve digits.
    AwsAccessKeyId,
    /// The first part decodes to the digits of an id: Discord's bots. It only refutes.
    DiscordBot,
    /// The last bits of the words are a hash of the others: recovery phrases of BIP-39.
    Bip39,
    /// Fields with their lengths and a signature at the end: PyPI. It only proves.
    Macaroon,
    /// The outline of DER, or OpenSSH's two equal numbers: private keys in PEM. It only refutes.
    PemKey,
    /// The sum of digits, every second one doubled: numbers of payment cards. It only refutes.
    Luhn,
}

impl Checksum {
    /// Every check with its name in rule files.
    pub const NAMES: [(&'static str, Checksum); 18] = [
        ("crc32-base62", Checksum::Crc32Base62),
        ("github-fine-grained", Checksum::GithubFineGrained),
        ("crc32-hex-upper-suffix", Checksum::Crc32HexUpperSuffix),
        ("grafana", Checksum::Grafana),
        ("cloudflare", Checksum::Cloudflare),
        ("confluent", Checksum::Confluent),
        ("gitlab-routable", Checksum::GitlabRoutable),
        ("bech32", Checksum::Bech32),
        ("base32-crc16", Checksum::Base32Crc16),
        ("base58check", Checksum::Base58Check),
        ("azure-cask", Checksum::AzureCask),
        ("jwt", Checksum::Jwt),
        ("aws-access-key-id", Checksum::AwsAccessKeyId),
        ("discord-bot", Checksum::DiscordBot),
        ("bip39", Checksum::Bip39),
        ("macaroon", Checksum::Macaroon),
        ("pem-key", Checksum::PemKey),
        ("luhn", Checksum::Luhn),
    ];
}

/// Judgements of a value that are no checksum; they live in `engine::validate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validator {
    /// A literal that a person would use as a password: no placeholder, reference, path, word of code or prose.
    Password,
    /// A value that looks generated.
    Random,
    /// A single word that somebody might use as a password: weaker than `Password`, for places that take only literals.
    Literal,
    /// Anything but a name, a setting or a label: well-known defaults too. Weaker still, for what never blocks.
    Weak,
    /// A user and a password in base64, unless that stands in for one.
    Basic,
    /// A few plain words that tell of nothing: a pass phrase.
    Phrase,
}

impl Validator {
    /// Every validator with its name in rule files.
    pub const NAMES: [(&'static str, Validator); 6] = [
        ("password", Validator::Password),
        ("random", Validator::Random),
        ("literal", Validator::Literal),
        ("weak", Validator::Weak),
        ("basic", Validator::Basic),
        ("phrase", Validator::Phrase),
    ];
}

/// Detectors built into the engine, for what a pattern cannot express; they live in `engine::detect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detector {
    /// The value that is assigned to the name around a keyword.
    Assignment,
    /// The same in files that configure something.
    Setting,
    /// A chain of literals and expressions that builds SQL.
    SqlChain,
    /// A dependency that is not approved: the judgement is `deps::gate`'s.
    Dependency,
    /// A waiver or a configuration: the judgement is `policy`'s.
    Policy,
    /// The value of a local secret file: they are `known`'s.
    KnownValue,
}

impl Detector {
    /// Every detector with its name in rule files.
    pub const NAMES: [(&'static str, Detector); 6] = [
        ("assignment", Detector::Assignment),
        ("setting", Detector::Setting),
        ("sql-chain", Detector::SqlChain),
        ("dependency", Detector::Dependency),
        ("policy", Detector::Policy),
        ("known-value", Detector::KnownValue),
    ];
}

impl Boundary {
    /// Every boundary with its name in rule files.
    pub const NAMES: [(&'static str, Boundary); 4] = [
        ("token", Boundary::Token),
        ("word", Boundary::Word),
        ("base64", Boundary::Base64),
        ("none", Boundary::None),
    ];
}

impl ScopeKind {
    /// Every scope with its name in rule files.
    pub const NAMES: [(&'static str, ScopeKind); 7] = [
        ("raw", ScopeKind::Raw),
        ("code", ScopeKind::Code),
        ("string", ScopeKind::String),
        ("comment", ScopeKind::Comment),
        ("any", ScopeKind::Any),
        ("source", ScopeKind::Source),
        ("command", ScopeKind::Command),
    ];
}

impl Unit {
    /// Every unit with its name in rule files.
    pub const NAMES: [(&'static str, Unit); 5] = [
        ("window", Unit::Window),
        ("line", Unit::Line),
        ("statement", Unit::Statement),
        ("block", Unit::Block),
        ("file", Unit::File),
    ];
}

/// A string of a rule: borrowed from the program for built-in rules, owned for a repository's own.
pub type Text = Cow<'static, str>;
