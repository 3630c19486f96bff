//! The rules of a `gitleaks.toml` as a rule file of ours. A rule that does not load here stands in it as a comment, with why.

use std::collections::BTreeMap;

use regex_syntax::hir::{Class, Hir, HirKind};

use super::allow::Passes;
use super::expression::{needs_unicode, ours};
use super::globs::globs;
use super::read::{Allowlist, File, Rule, read};
use super::{Effect, Imported, Note};
use crate::model::RuleId;
use crate::rules::check_file;
use crate::text::toml_doc::Problems;

/// Above every file that is made.
const HEAD: &str = "# Rules that came from gitleaks.toml; `portcullis rules test` and `rules lint` tell how good they are.\n\
                    # Placeholders such as xxxx are no findings; `placeholders = false` takes them, as gitleaks does.\n\
                    # An open repetition counts up to 1024 times, and no match is longer than 8192 bytes.\n\
                    schema = 1\npack = \"gitleaks\"\n";

/// Makes rules of ours; `taken` are the ids that there are already.
pub fn gitleaks(file: &str, text: &str, taken: &[&str]) -> Result<Imported, Problems> {
    let file = read(file, text)?;
    let mut import = Import { imported: Imported::default(), taken, ids: BTreeMap::new() };
    import.about_the_file(&file);
    file.rules.iter().for_each(|rule| import.name(rule));
    let mut blocks: Vec<Block> = file.rules.iter().map(|rule| import.rule(rule, &file.allowlists)).collect();
    for (idx, rule) in file.rules.iter().enumerate() {
        if file.rules[idx + 1..].iter().any(|other| other.id == rule.id) {
            blocks[idx].why_not = Some("a rule of the same name stands behind it, and counts".to_owned());
        }
    }
    // What requires a rule that is not there is not there either.
    while let Some(block) = blocks.iter().position(|block| block.misses(&blocks)) {
        blocks[block].why_not = Some("it requires a rule that was not taken over".to_owned());
    }
    let Import { mut imported, .. } = import;
    imported.rules = HEAD.to_owned();
    for (block, rule) in blocks.iter().zip(&file.rules) {
        imported.rules += "\n";
        if let Some(why) = &block.why_not {
            let what = why.clone();
            imported.notes.push(Note {
                line: rule.line,
                rule: Some(rule.id.clone()),
                effect: Effect::Left,
                what,
            });
            imported.rules += &format!("# Not taken over: {why}\n");
            let lines: String = block.text.lines().map(|line| format!("# {line}\n")).collect();
            imported.rules += &lines;
            continue;
        }
        imported.taken += 1;
        imported.rules += &block.text;
        imported.config += &excludes(&block.globs, &toml(&block.id));
    }
    let here: Vec<String> =
        blocks.iter().filter(|block| block.why_not.is_none()).map(|block| toml(&block.id)).collect();
    imported.config += &everywhere(&file.allowlists, &here, &blocks, &file.rules);
    imported.notes.sort_by_key(|note| note.line);
    imported.notes.dedup();
    Ok(imported)
}

/// A rule of ours, or what would have been one.
struct Block {
    id: String,
    text: String,
    why_not: Option<String>,
    /// As they call it, and what they call the rules that it requires.
    their_id: String,
    requires: Vec<String>,
    globs: Vec<String>,
}

impl Block {
    fn misses(&self, blocks: &[Block]) -> bool {
        let is_here =
            |id: &String| blocks.iter().any(|other| other.their_id == *id && other.why_not.is_none());
        self.why_not.is_none() && !self.requires.iter().all(is_here)
    }
}

fn excludes(globs: &[String], rules: &str) -> String {
    let exclude = |glob: &String| {
        format!(
            "\n[[exclude]]\npath = {}\nrules = [{rules}]\nreason = \"allowed in gitleaks.toml\"\n",
            toml(glob)
        )
    };
    globs.iter().map(exclude).collect()
}

/// The paths that are allowed for all rules, or some.
fn everywhere(allowlists: &[Allowlist], here: &[String], blocks: &[Block], rules: &[Rule]) -> String {
    let mut text = String::new();
    for allowlist in allowlists {
        let mut passes = Passes::default();
        passes.add(allowlist, false, &mut |_| {});
        let named = |id: &String| {
            let idx = rules.iter().position(|rule| rule.id == *id)?;
            Some(toml(&blocks[idx].id))
        };
        let ids: Vec<String> = if allowlist.rules.is_empty() {
            here.to_vec()
        } else {
            allowlist.rules.iter().filter_map(named).filter(|id| here.contains(id)).collect()
        };
        if !ids.is_empty() {
            text += &excludes(&passes.globs, &ids.join(", "));
        }
    }
    text
}

struct Import<'i> {
    imported: Imported,
    taken: &'i [&'i str],
    /// What a rule is called here, by what they call it.
    ids: BTreeMap<String, String>,
}

impl Import<'_> {
    fn note(&mut self, line: usize, rule: Option<&str>, effect: Effect, what: impl Into<String>) {
        let (rule, what) = (rule.map(str::to_owned), what.into());
        self.imported.notes.push(Note { line, rule, effect, what });
    }

    fn about_the_file(&mut self, file: &File) {
        if file.extends_default {
            let what = "the rules that gitleaks has: the built-in rules stand in their place";
            self.note(1, None, Effect::Left, what);
        }
        for other in &file.extends {
            self.note(1, None, Effect::Left, format!("what it builds on, {other}: import that file as well"));
        }
        for id in &file.disabled {
            let what = if self.taken.contains(&id.as_str()) {
                "is off there: `enabled = false` with a reason switches the built-in rule off"
            } else {
                "is off there; no built-in rule has its name"
            };
            self.note(1, Some(id), Effect::More, what);
        }
    }

    /// Gives a rule an id that is allowed here and nobody has.
    fn name(&mut self, rule: &Rule) {
        if self.ids.contains_key(&rule.id) {
            return;
        }
        let letter = |char: char| if char.is_ascii_alphanumeric() || char == '.' { char } else { '-' };
        let mut id: String = rule.id.chars().map(letter).collect();
        id = id.trim_matches(['-', '.']).to_owned();
        if RuleId::parse(&id).is_none() || self.taken.contains(&id.as_str()) {
            id = format!("gitleaks-{id}");
        }
        while self.ids.values().any(|known| *known == id) {
            id += "-2";
        }
        if id != rule.id {
            self.note(rule.line, Some(&rule.id), Effect::Same, format!("is called {id}"));
        }
        self.ids.insert(rule.id.clone(), id);
    }

    fn rule(&mut self, rule: &Rule, everywhere: &[Allowlist]) -> Block {
        let id = self.ids.get(&rule.id).cloned().unwrap_or_default();
        let mut block = Block {
            their_id: rule.id.clone(),
            requires: rule.required.iter().map(|other| other.id.clone()).collect(),
            globs: Vec::new(),
            text: head(&id, rule),
            why_not: None,
            id,
        };
        if !rule.tags.is_empty() {
            let what = format!("its tags have no counterpart: {}", rule.tags.join(", "));
            self.note(rule.line, Some(&rule.id), Effect::Same, what);
        }
        let written = match (&rule.regex, &rule.path) {
            (Some(regex), _) => self.pattern(rule, regex, everywhere, &mut block),
            (None, Some(path)) => self.file_names(rule, path, &mut block),
            (None, None) => Err("it has neither an expression nor a path".to_owned()),
        };
        block.why_not = written.and_then(|()| loads(&block.text)).err();
        block
    }

    /// A rule over names of files.
    fn file_names(&mut self, rule: &Rule, path: &str, block: &mut Block) -> Result<(), String> {
        // Names of files count in any case.
        let names = globs(&path.replace("(?i)", ""))
            .and_then(|globs| globs.iter().map(|glob| file_name(glob)).collect::<Option<Vec<_>>>());
        let mut names =
            names.ok_or_else(|| format!("the path {path:?} cannot be said with names of files"))?;
        names.sort();
        names.dedup();
        self.note_allowlists(rule);
        let what = "tells new files that hold something, and no other secret";
        self.note(rule.line, Some(&rule.id), Effect::Less, what);
        block.text += &format!("file_names = {}\n", list(&names));
        Ok(())
    }

    fn note_allowlists(&mut self, rule: &Rule) {
        if !rule.allowlists.is_empty() {
            let what = "exceptions from a rule over names of files have no counterpart";
            self.note(rule.line, Some(&rule.id), Effect::More, what);
        }
    }

    fn pattern(
        &mut self,
        rule: &Rule,
        regex: &str,
        everywhere: &[Allowlist],
        block: &mut Block,
    ) -> Result<(), String> {
        let (line, name) = (rule.line, Some(rule.id.as_str()));
        let ours = ours(regex, rule.secret_group)?;
        if ours.choices > 1 {
            let what = "the secret is its first group, also where that is empty and another one is not";
            self.note(line, name, Effect::Less, what);
        }
        if needs_unicode(regex) {
            self.note(line, name, Effect::More, "classes such as \\w are Unicode's, where Go's are ASCII's");
            block.text += "unicode = true\n";
        }
        block.text += &format!("pattern = {}\nboundary = \"none\"\n", raw(&ours.text));
        if let Some(bits) = rule.entropy.filter(|bits| *bits > 0.0) {
            block.text += &format!("entropy = {bits:?}\n");
        }
        match rule.path.as_deref().map(|path| (path, globs(path))) {
            Some((_, Some(globs))) => block.text += &format!("paths = {}\n", list(&globs)),
            Some((path, None)) => {
                let what = format!("looks everywhere: its path {path:?} cannot be said with globs");
                self.note(line, name, Effect::More, what);
            }
            None => {}
        }
        self.required(rule, block);
        self.passes(rule, &ours.text, everywhere, block);
        self.keywords(rule, block);
        Ok(())
    }

    fn required(&mut self, rule: &Rule, block: &mut Block) {
        if rule.is_helper {
            block.text += "helper = true\n";
        }
        let mut tables = Vec::new();
        for other in &rule.required {
            let lines = other.lines.unwrap_or(100).min(100);
            if other.lines != Some(lines) {
                let what = format!("{} must stand within 100 lines, and within 1024 bytes", other.id);
                self.note(rule.line, Some(&rule.id), Effect::Less, what);
            }
            if other.columns.is_some() {
                let what = format!("in which columns {} stands does not matter", other.id);
                self.note(rule.line, Some(&rule.id), Effect::More, what);
            }
            let id = self.ids.get(&other.id).unwrap_or(&other.id);
            tables.push(format!("{{ rule = {}, within_lines = {lines} }}", toml(id)));
        }
        if !tables.is_empty() {
            block.text += &format!("requires = [{}]\n", tables.join(", "));
        }
    }

    /// Exceptions of the rule, and of all rules.
    fn passes(&mut self, rule: &Rule, pattern: &str, everywhere: &[Allowlist], block: &mut Block) {
        let on_one_line = stays_on_a_line(pattern) && rule.required.is_empty();
        let mut notes = Vec::new();
        let mut passes = Passes::default();
        for allowlist in &rule.allowlists {
            let mut own = |note: Note| notes.push(Note { rule: Some(rule.id.clone()), ..note });
            passes.add(allowlist, on_one_line, &mut own);
        }
        block.globs = std::mem::take(&mut passes.globs);
        let is_meant = |list: &&Allowlist| list.rules.is_empty() || list.rules.contains(&rule.id);
        for allowlist in everywhere.iter().filter(is_meant) {
            passes.add(allowlist, on_one_line, &mut |note| notes.push(note));
        }
        self.imported.notes.append(&mut notes);
        if !passes.stop_words.is_empty() {
            block.text += &format!("stop_words = {}\n", list(&passes.stop_words));
        }
        if !passes.lines.is_empty() {
            let lines: Vec<String> = passes.lines.iter().map(|line| raw(line)).collect();
            block.text += &format!("unit = \"line\"\nnone_of = [{}]\n", lines.join(", "));
        }
    }

    /// Their keywords stand anywhere in the file, ours in every match: where they do not fit they are asked of the file.
    fn keywords(&mut self, rule: &Rule, block: &mut Block) {
        if rule.keywords.is_empty() {
            return;
        }
        let with = format!("{}keywords = {}\n", block.text, list(&rule.keywords));
        if rule.required.is_empty() && loads(&with).is_ok() {
            block.text = with;
            return;
        }
        let any: Vec<String> = rule.keywords.iter().map(|word| regex_syntax::escape(word)).collect();
        block.text += &format!("file_requires = [{}]\n", raw(&format!("(?i){}", any.join("|"))));
    }
}

fn head(id: &str, rule: &Rule) -> String {
    let title = rule.description.clone().unwrap_or_else(|| rule.id.clone());
    format!(
        "[[rule]]\nid = {}\ntitle = {}\ncategory = \"secret\"\nseverity = \"high\"\nconfidence = \"medium\"\n\
         message = \"Whoever can read the repository can use it.\"\n\
         remediation = \"Revoke it where it was made, then read the new one from the environment.\"\n",
        toml(id),
        toml(&title),
    )
}

/// What our reader has against a rule.
fn loads(block: &str) -> Result<(), String> {
    let text = format!("schema = 1\npack = \"gitleaks\"\n{block}");
    match check_file("", &text, false) {
        Ok(_) => Ok(()),
        Err(problems) => {
            let problems: Vec<String> = problems.0.iter().map(|problem| problem.fault.to_string()).collect();
            Err(problems.join("; ").replace('\n', " "))
        }
    }
}

/// True when no match holds a line break.
fn stays_on_a_line(pattern: &str) -> bool {
    let parser = || regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    parser().parse(pattern).is_ok_and(|hir| !holds_a_break(&hir))
}

fn holds_a_break(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&b'\n'))
        }
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&'\n'))
        }
        HirKind::Repetition(repetition) => holds_a_break(&repetition.sub),
        HirKind::Capture(capture) => holds_a_break(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(holds_a_break),
    }
}

/// The end of a path that a glob stands for.
fn file_name(glob: &str) -> Option<String> {
    let name = glob.strip_prefix("*/**/").or_else(|| glob.strip_prefix("**/"))?;
    (!name.contains("**") && !name.contains('[')).then(|| name.to_owned())
}

fn toml(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// A text in which a backslash is one, where TOML can say that.
fn raw(text: &str) -> String {
    if text.contains("'''") || text.ends_with('\'') || text.contains(|char: char| char.is_control()) {
        toml(text)
    } else {
        format!("'''{text}'''")
    }
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| toml(item)).collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::gitleaks;
    use crate::rules::check_file;

    #[test]
    fn what_is_made_loads_and_of_two_rules_with_one_name_the_last_counts() {
        let text = "[[rules]]\nid = 'a_b'\nregex = 'first[0-9]'\n[[rules]]\nid = 'a-b'\nregex = 'second[0-9]'\n\
                    [[rules]]\nid = 'a_b'\nregex = \"third'[0-9]\\u001b\"\n[[rules]]\nid = 'taken'\nregex = 'fourth'\n\
                    [[rules]]\nid = 'x'\npath = '(?i)[.](p12|PFX)$'\n";
        let imported = gitleaks("g", text, &["taken"]).unwrap();
        let rules = check_file("r", &imported.rules, false).unwrap().rules;
        let ids: Vec<&str> = rules.iter().map(|rule| rule.info.id.as_str()).collect();
        assert_eq!(ids, ["a-b-2", "a-b", "gitleaks-taken", "gitleaks-x"]);
        let sources = rules.iter().filter_map(|rule| Some(rule.pattern.as_ref()?.source.as_ref()));
        assert_eq!(sources.collect::<Vec<_>>(), ["second[0-9]", "third'[0-9]\u{1b}", "fourth"]);
        let told: Vec<String> =
            imported.notes.iter().map(|note| format!("{} {}", note.line, note.effect.word())).collect();
        assert_eq!(told, ["1 note", "1 not taken over", "4 note", "10 note", "13 note", "13 finds less"]);
    }
}
