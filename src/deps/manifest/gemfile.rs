//! Reads `Gemfile` and `gems.rb` as far as they say what they want. Runs nothing; what the file computes is told.

use super::ruby::{self, Call};
use super::syntax::Code;
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Words that open a block which `end` closes when they begin a statement.
const OPENERS: [&str; 8] = ["if", "unless", "case", "while", "begin", "def", "class", "module"];

/// Calls whose braces hold gems.
const BLOCKS: [&str; 7] = ["group", "git", "github", "path", "source", "platforms", "install_if"];

/// Reads a `Gemfile`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = ruby::parse(content)?;
    let mut reader = Reader {
        code: &code,
        open: Vec::new(),
        braces: Vec::new(),
        list: Vec::new(),
        sources: sources(&code),
        manifest: Manifest::default(),
    };
    let mut statement = true;
    for at in 0..code.tokens.len() {
        reader.token(at, statement);
        statement = code.tokens[at].text == "\n" || code.is(at, ";") || code.is(at, "|") || code.is(at, "{");
    }
    Ok(reader.manifest)
}

/// A block that is open, and what it says about the gems inside.
enum Block {
    Group(Scope),
    From(Source),
    Other,
}

struct Reader<'c> {
    code: &'c Code,
    open: Vec<Block>,
    /// Where those of them end that braces hold.
    braces: Vec<usize>,
    /// Strings of the latest list literal: `%w[a b].each { |name| gem name }`.
    list: Vec<usize>,
    /// Options that the file gives a meaning to, with the address that they stand for.
    sources: Vec<(String, String)>,
    manifest: Manifest,
}

/// `git_source(:x) { |name| "https://h.example/#{name}.git" }`.
fn sources(code: &Code) -> Vec<(String, String)> {
    let source = |at: usize| {
        let name = code.word(at + 3).filter(|_| code.is(at, "git_source") && code.is(at + 1, "("))?;
        let from = code.close(at + 1);
        let address = (from..code.tokens.len()).find_map(|at| code.text(at))?;
        Some((name.to_owned(), address.to_owned()))
    };
    (0..code.tokens.len()).filter_map(source).collect()
}

impl Reader<'_> {
    fn token(&mut self, at: usize, statement: bool) {
        let code = self.code;
        if code.is(at, "{") && self.word_in_front(at).is_some_and(|word| BLOCKS.contains(&word)) {
            let block = self.block(at);
            self.open.push(block);
            self.braces.push(code.close(at));
        } else if self.braces.last() == Some(&at) {
            self.braces.pop();
            self.open.pop();
        }
        if code.is(at, "[") {
            self.list = (at..code.close(at)).filter(|at| code.string(*at).is_some()).collect();
        }
        let Some(word) = code.word(at) else { return };
        match word {
            "do" => {
                let block = self.block(at);
                self.open.push(block);
            }
            "end" => drop(self.open.pop()),
            _ if statement && OPENERS.contains(&word) => self.open.push(Block::Other),
            _ if at > 0 && (code.is(at - 1, ".") || code.is(at - 1, ":")) || code.is(at + 1, ":") => {}
            "gem" | "plugin" | "source" | "eval_gemfile" | "instance_eval" | "eval" | "send"
            | "public_send" | "__send__" => {
                if let Some(call) = ruby::call(code, at) {
                    self.call(&call);
                }
            }
            _ => {}
        }
    }

    fn statement(&self, at: usize) -> usize {
        let ends = |at: &usize| self.code.tokens[*at].text == "\n" || self.code.is(*at, ";");
        (0..at).rev().find(ends).map_or(0, |at| at + 1)
    }

    fn word_in_front(&self, at: usize) -> Option<&str> {
        self.code.word(self.statement(at))
    }

    /// What the block that opens at `at` says about the gems inside.
    fn block(&self, at: usize) -> Block {
        let start = self.statement(at);
        match self.word_in_front(at) {
            Some("group") => Block::Group(group(&ruby::arguments(self.code, start, at))),
            Some(_) | None => ruby::call(self.code, start).map_or(Block::Other, |call| block(&call)),
        }
    }

    fn call(&mut self, call: &Call<'_>) {
        match (call.name, call.package) {
            ("source", Some(url)) => {
                let usual =
                    matches!(url.trim_end_matches('/'), "https://rubygems.org" | "http://rubygems.org");
                let block = self.code.is(call.at + 2, "do");
                if !usual && !block && url.contains("://") {
                    let source = Source::OtherRegistry(url.to_owned());
                    self.manifest.notes.push(Note::Registry { source, span: call.span });
                }
            }
            ("gem" | "plugin", Some(name)) if !call.computed => self.gem(name, call),
            ("gem" | "plugin", None) if !self.list.is_empty() && self.in_loop(call) => {
                for at in self.list.clone() {
                    if let Some(token) = self.code.string(at) {
                        let mut dependency = self.dependency(&token.text, call);
                        dependency.span = token.span;
                        self.manifest.dependencies.push(dependency);
                    }
                }
            }
            ("source", None) => {}
            (name, package) => {
                let what = format!("{name} {}", package.unwrap_or_default()).trim_end().to_owned();
                self.manifest.notes.push(Note::Computed { what, span: call.span });
            }
        }
    }

    /// What an option means that the file itself defines; GitHub's stays GitHub's where it leads there.
    fn own_source(&self, call: &Call<'_>) -> Option<Source> {
        let known = self
            .sources
            .iter()
            .filter(|(name, address)| !(name == "github" && address.starts_with("https://github.com/")));
        let mut given = known.filter_map(|(name, address)| Some((address, call.option(name)?)));
        given.next().map(|(address, value)| Source::Git(filled(address, value)))
    }

    /// `gem name`, with a word in the place of the string.
    fn in_loop(&self, call: &Call<'_>) -> bool {
        let at = call.at + 1 + usize::from(self.code.is(call.at + 1, "("));
        self.code.word(at).is_some()
    }

    fn gem(&mut self, name: &str, call: &Call<'_>) {
        let dependency = self.dependency(name, call);
        self.manifest.dependencies.push(dependency);
    }

    fn dependency(&self, name: &str, call: &Call<'_>) -> Dependency {
        let groups = call.values(&["group", "groups"]);
        let around = self.open.iter().rev();
        let outer_scope = around.clone().find_map(|block| match block {
            Block::Group(scope) => Some(*scope),
            Block::From(_) | Block::Other => None,
        });
        let outer_source = around.clone().find_map(|block| match block {
            Block::From(source) => Some(source.clone()),
            Block::Group(_) | Block::Other => None,
        });
        let scope = match (call.name, groups.is_empty()) {
            ("plugin", _) => Scope::Tool,
            (_, false) => group(&groups),
            (_, true) => outer_scope.unwrap_or(Scope::Runtime),
        };
        let pin = ["ref", "tag", "branch"]
            .iter()
            .find_map(|key| call.option(key).map(|pin| format!("{key} {pin}")));
        Dependency {
            scope,
            requirement: pin.unwrap_or_else(|| call.versions.join(", ")),
            source: self.own_source(call).or(source(call)).or(outer_source).unwrap_or(Source::Registry),
            ..Dependency::new(Ecosystem::Gem, name, call.span)
        }
    }
}

/// The address with the option's value in the place of what is computed in it.
fn filled(address: &str, value: &str) -> String {
    let Some((start, rest)) = address.split_once("#{") else { return address.to_owned() };
    format!("{start}{value}{}", rest.split_once('}').map_or("", |(_, end)| end))
}

fn block(call: &Call<'_>) -> Block {
    let word = call.package.unwrap_or_default();
    match call.name {
        "git" => Block::From(Source::Git(word.to_owned())),
        "github" => Block::From(github(word)),
        "path" => Block::From(Source::Path(word.to_owned())),
        "source" if word.trim_end_matches('/') != "https://rubygems.org" => {
            Block::From(Source::OtherRegistry(word.to_owned()))
        }
        _ => Block::Other,
    }
}

/// Where the options of a gem say that it comes from.
pub fn source(call: &Call<'_>) -> Option<Source> {
    if let Some(url) = call.option("git") {
        return Some(Source::Git(url.to_owned()));
    }
    if let Some(repository) = call.option("github") {
        return Some(github(repository));
    }
    for (key, host) in [("gist", "gist.github.com"), ("bitbucket", "bitbucket.org"), ("gitlab", "gitlab.com")]
    {
        if let Some(repository) = call.option(key) {
            return Some(Source::Git(format!("https://{host}/{repository}")));
        }
    }
    if let Some(path) = call.option("path") {
        return Some(Source::Path(path.to_owned()));
    }
    let source = call.option("source").filter(|url| url.trim_end_matches('/') != "https://rubygems.org");
    source.map(|url| Source::OtherRegistry(url.to_owned()))
}

/// `rails` alone stands for `rails/rails`.
fn github(repository: &str) -> Source {
    let full =
        if repository.contains('/') { repository.to_owned() } else { format!("{repository}/{repository}") };
    Source::Git(format!("https://github.com/{full}"))
}

fn group(names: &[&str]) -> Scope {
    let is_dev =
        |name: &&str| ["dev", "test", "lint", "doc", "ci"].iter().any(|known| name.starts_with(known));
    if !names.is_empty() && names.iter().all(is_dev) { Scope::Dev } else { Scope::Runtime }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Gemfile;
    use crate::deps::manifest::tests::check;

    #[test]
    fn sources_of_the_file_itself_count_and_what_stands_behind_its_end_does_not() {
        check(
            Gemfile,
            "git_source(:own) { |name| \"https://h.example/#{name}.git\" }\ngit_source(:github) { |n| \"https://evil.example/#{n}\" }\ngem 'a', own: 'o/a'\ngem 'b', github: 'o/b'\n__END__\ngem 'c'\n",
            &["3:1 a = runtime git:h.example/o/a", "4:1 b = runtime git:evil.example/o/b"],
        );
    }

    #[test]
    fn blocks_say_what_the_gems_in_them_are_for() {
        for (text, expected) in [
            (
                "group :development do gem 'a' end\ngem 'b'",
                ["1:23 a = dev registry", "2:1 b = runtime registry"],
            ),
            ("group(:test) { gem 'a' }\ngem 'b'", ["1:16 a = dev registry", "2:1 b = runtime registry"]),
            (
                "group 'test', optional: true do\ngem 'a'\nend\ngem 'b', x: { y: 'z' }",
                ["2:1 a = dev registry", "4:1 b = runtime registry"],
            ),
            (
                "group :production do\ngem 'a'\nend\ngem 'b', ENV['V'] || '~> 1'",
                ["2:1 a = runtime registry", "4:1 b =~> 1 runtime registry"],
            ),
        ] {
            check(Gemfile, text, &expected);
        }
    }

    #[test]
    fn gems_are_read_in_every_notation() {
        for (line, expected) in [
            ("gem 'a'", "a = runtime registry"),
            ("gem \"a\", '~> 1', \">= 1.2\" # x", "a =~> 1, >= 1.2 runtime registry"),
            ("gem('a', '1')", "a =1 runtime registry"),
            ("gem 'a', git: 'https://h.example/a', tag: 'v1'", "a =tag v1 runtime git:h.example/a"),
            ("gem 'a', :github => 'o/a'", "a = runtime git:github.com/o/a"),
            ("gem 'a', github: 'rails'", "a = runtime git:github.com/rails/rails"),
            ("gem 'a', path: 'x'", "a = runtime path"),
            ("gem 'a', source: 'https://h.example'", "a = runtime registry:h.example"),
            ("gem 'a', group: :test", "a = dev registry"),
            ("gem 'a', groups: [:test, :production]", "a = runtime registry"),
            ("gem 'a',\n  '1',\n  require: false", "a =1 runtime registry"),
            ("gem 'a' if ENV['X']", "a = runtime registry"),
            ("gem '\\x61'", "\\x61 = runtime registry"),
            ("plugin 'a'", "a = tool registry"),
        ] {
            let expected = expected.replace("\\x61", "a");
            check(Gemfile, line, &[&format!("1:1 {expected}")]);
        }
    }

    #[test]
    fn blocks_say_where_gems_come_from_and_what_for() {
        check(
            Gemfile,
            "source 'https://rubygems.org'\ngroup :development, :test do\n  gem 'a'\n  if x\n    gem 'b'\n  end\nend\ngit 'https://h.example/r' do\n gem 'c'\nend\nsource 'https://s.example' do\n  gem 'd'\nend\ngem 'e'\n",
            &[
                "3:3 a = dev registry",
                "5:5 b = dev registry",
                "9:2 c = runtime git:h.example/r",
                "12:3 d = runtime registry:s.example",
                "14:1 e = runtime registry",
            ],
        );
        check(Gemfile, "source 'https://h.example'\n", &["1:1 looks in registry:h.example"]);
    }

    #[test]
    fn what_the_file_computes_is_worked_out_or_told() {
        check(
            Gemfile,
            "%w[a b].each { |name| gem name, '1' }\n",
            &["1:4 a =1 runtime registry", "1:6 b =1 runtime registry"],
        );
        check(
            Gemfile,
            "gem \"a-#{x}\"\neval_gemfile 'x'\n",
            &["1:1 computes gem a-#{x}", "2:1 computes eval_gemfile x"],
        );
        check(Gemfile, "gem name\n", &["1:1 computes gem"]);
        check(Gemfile, "send(:gem, 'a')\n", &["1:1 computes send"]);
        check(Gemfile, "# gem 'a'\n=begin\ngem 'b'\n=end\ngemspec\nruby '3.2'\n", &[]);
    }
}
