//! The steps of a scan, for whoever wants to watch it: each keyword of a rule in the content and how far it came.
//! Knows nothing of who watches or why.

use super::Match;
use super::validate::Check;
use crate::model::Span;

/// Watches the engine at work. What is not asked for is not computed: a scan that nobody watches pays nothing.
pub trait Observer {
    /// Whether anybody is told of keywords that no rule looks at in a unit of this kind.
    const SEES_ALL: bool = true;

    /// A keyword took a step.
    fn note(&mut self, site: Site, step: impl FnOnce() -> Step);
    /// A match does not become a finding.
    fn lose(&mut self, found: &Match, why: impl FnOnce() -> Loss);
}

/// Nobody watches.
pub struct Unobserved;

impl Observer for Unobserved {
    const SEES_ALL: bool = false;

    #[inline(always)]
    fn note(&mut self, _: Site, _: impl FnOnce() -> Step) {}
    #[inline(always)]
    fn lose(&mut self, _: &Match, _: impl FnOnce() -> Loss) {}
}

/// A keyword of a rule at a place, or the other half of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The keyword's bytes, or those of what the rule requires.
    pub keyword: Span,
    /// Which of the engine's packs.
    pub pack: usize,
    /// Which of its rules.
    pub rule: usize,
}

/// What happens at a site: it begins, candidates are looked at, and it ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The prefilter stopped here.
    Begin,
    /// The pattern matched, but runs on beyond the longest match of the rule.
    Cut(Span),
    /// The pattern matched, but the reported bytes go on beside the match.
    Boundary(Span),
    /// The pattern matched, but the expression at its group `arg` is not what the rule asks for.
    Argument(Span),
    /// The pattern matched, but its group `name` is none of the names that the rule is about.
    Name(Span),
    /// The pattern matched and the validators were asked about the reported bytes, until one of them decided.
    Value(Span, Vec<Check>),
    /// It is a match.
    Found(Match),
    /// There is no match here.
    Missed(Miss),
    /// Nothing more happens here.
    End,
}

/// Why there is no match at a keyword, in the order of the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    /// The rule is switched off.
    Off,
    /// The letters are not in the keyword's case.
    Case,
    /// What follows the keyword is nothing that the pattern could match.
    Tail,
    /// The text is what something else holds, and the rule does not look there.
    Piece,
    /// The rule is for other languages.
    Language,
    /// The rule is for other paths.
    Path,
    /// The file lacks what `file_requires` asks for at this index.
    FileRequires(usize),
    /// The rule looks at a file once, and has done so.
    Counted,
    /// The keyword is not in the part of the text that the rule sees, such as code or comments.
    Scope,
    /// No block begins at the keyword, or it has no end near by.
    Block,
    /// What stands around the keyword is nothing that the pattern could match.
    Beside,
    /// There is no run of bytes as long as every match has one.
    Run,
    /// The pattern does not match around the keyword; these are the bytes it was shown.
    Pattern(Span),
    /// The detector of the rule says no.
    Detector,
    /// A further pattern matches, the one at this index of `none_of`.
    NoneOf(usize),
    /// A further pattern does not match, the one at this index of `all_of`.
    AllOf(usize),
    /// In the lines around a pattern matches, the one at this index of `near.none_of`.
    NearNoneOf(usize),
    /// In the lines around no pattern of `near.any_of` matches.
    NearAnyOf,
    /// What the rule requires is not near, or belongs to another match that is nearer.
    Alone,
}

/// Why a match does not become a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// A longer match of the same rule is around it.
    Again,
    /// Another rule gives a better account of the same bytes.
    Told {
        /// Which of the engine's packs.
        pack: usize,
        /// Which of its rules.
        rule: usize,
    },
    /// Its rule is a helper: it is only what others require.
    Helper,
    /// It was there before the change.
    Old,
}

#[cfg(test)]
mod tests {
    use super::{Loss, Miss, Observer, Site, Step};
    use crate::engine::{Engine, Match, Views, builtin};
    use crate::rules::{Pack, check_file};

    const RULES: &str = r#"
schema = 1
pack = "test"
[[rule]]
id = "token"
entropy = 2.0
pattern = 'tk_(?<secret>[0-9a-f]{8})'
[[rule]]
id = "python"
languages = ["python"]
scope = "code"
boundary = "none"
pattern = 'call\((?<secret>\w+)'
none_of = ['call\(safe']
[[rule]]
id = "wide"
generic = true
pattern = 'key=(?<secret>\w{8,12})'
"#;

    /// Every step behind the keyword as text, with the rule's id.
    struct Log(Vec<(usize, String)>);

    impl Observer for Log {
        fn note(&mut self, site: Site, step: impl FnOnce() -> Step) {
            let text = match step() {
                // The rules that are off have the same keywords.
                Step::Begin | Step::End | Step::Missed(Miss::Off) => return,
                Step::Cut(_) => "cut".to_owned(),
                Step::Boundary(_) => "boundary".to_owned(),
                Step::Argument(_) => "argument".to_owned(),
                Step::Name(_) => "name".to_owned(),
                Step::Value(_, checks) => format!("{:?}", checks.last().map(|check| check.says())),
                Step::Found(_) => "found".to_owned(),
                Step::Missed(miss) => format!("{miss:?}"),
            };
            self.0.push((site.rule, text));
        }

        fn lose(&mut self, found: &Match, why: impl FnOnce() -> Loss) {
            self.0.push((found.rule, format!("{:?}", why())));
        }
    }

    #[track_caller]
    fn check(path: &str, content: &str, expected: &[&str]) {
        let head = "category = \"secret\"\nseverity = \"high\"\nconfidence = \"high\"\ntitle = \"t\"\n\
                    message = \"m\"\nremediation = \"r\"\n";
        let text = RULES.replace("\npattern", &format!("\n{head}pattern"));
        let rules = check_file("test.toml", &text, false).unwrap().rules;
        let mut engine = Engine::new(&builtin::PACK, Some(Pack::new(rules).unwrap()));
        engine.retain(|info| info.pack == "test");
        let mut log = Log(Vec::new());
        let path = path.into();
        let found = engine.observe(&Views::new(&path, content.as_bytes()), &mut log).unwrap().matches;
        let id = |rule: usize| engine.rule_at(1, rule).info.id.as_str();
        let shown: Vec<_> = log.0.iter().map(|(rule, text)| format!("{} {text}", id(*rule))).collect();
        assert_eq!(shown, expected);
        assert_eq!(found, engine.scan(&path, content.as_bytes()).unwrap().matches);
    }

    #[test]
    fn every_step_of_a_keyword_is_told() {
        check("a.txt", "x = tk_3f9c0b7e", &["token Some(Nothing)", "token found"]);
        check("a.txt", "x = TK_3f9c0b7e", &["token Case"]);
        check("a.txt", "x = tk_3f9c0bxe", &["token Tail"]);
        check("a.txt", "x = tk_3f9c0b7e1", &["token boundary", "token Pattern(Span { start: 0, end: 16 })"]);
        check("a.txt", "x = tk_3f3f3f33", &["token Some(Refused)"]);
    }

    #[test]
    fn a_rule_that_does_not_apply_says_what_is_in_the_way() {
        check("a.txt", "call(value)", &["python Language"]);
        check("a.py", "# call(value)", &["python Scope"]);
        check("a.py", "call(safe_value)", &["python Some(Nothing)", "python NoneOf(0)"]);
    }

    #[test]
    fn of_two_rules_the_one_that_yields_names_the_other() {
        check(
            "a.txt",
            "key=tk_3f9c0b7e",
            &[
                "wide Some(Nothing)",
                "wide found",
                "token Some(Nothing)",
                "token found",
                "wide Told { pack: 1, rule: 1 }",
            ],
        );
    }
}
