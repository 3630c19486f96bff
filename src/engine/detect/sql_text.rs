//! Whether a text reads like SQL or like a piece of it, and not like prose. Knows no code.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexSet};

/// What a text reads like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A statement: verb and structure.
    Statement,
    /// A piece that only a statement could take: `WHERE …`, `ORDER BY …`.
    Fragment,
    /// Neither.
    Other,
}

/// Reads a text with a chain's marks where expressions stand.
pub(super) fn read(text: &[u8]) -> Reading {
    // A statement shows in its head; this also bounds the work.
    let head = start_of_statement(&text[..text.len().min(4096)]);
    if STATEMENTS.is_match(head) && !is_prose(head) {
        Reading::Statement
    } else if FRAGMENT.as_ref().is_some_and(|fragment| fragment.is_match(head)) {
        Reading::Fragment
    } else {
        Reading::Other
    }
}

/// True for `… WHERE a = '`: what stands in the quotes comes later.
pub(super) fn ends_in_text(text: &[u8]) -> bool {
    let Some(before) = text.strip_suffix(b"'").or_else(|| text.strip_suffix(b"'%")) else { return false };
    let before = before.trim_ascii_end();
    let likens = before.len() > 5 && before[before.len() - 5..].eq_ignore_ascii_case(b" like");
    let compares = likens || before.ends_with(b"=");
    compares && text.iter().filter(|byte| **byte == b'\'').count() % 2 == 1
}

/// Skips blanks, opening brackets and SQL comments.
fn start_of_statement(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        let skipped = if rest.starts_with(b"--") {
            memchr::memchr(b'\n', rest)
        } else if rest.starts_with(b"/*") {
            memchr::memmem::find(rest, b"*/").map(|at| at + 2)
        } else if rest.first().is_some_and(|byte| matches!(byte, b'(' | b';')) {
            Some(1)
        } else {
            None
        };
        let Some(skipped) = skipped else { return rest };
        rest = &rest[skipped..];
    }
}

fn is_prose(head: &[u8]) -> bool {
    PROSE.as_ref().is_some_and(|prose| prose.is_match(head))
        && !CLAUSE.as_ref().is_some_and(|clause| clause.is_match(head))
}

/// A name of a table or column, with quotes and holes.
const NAME: &str = r#"[\w.$@#"`\[\]\x01\x02\x80-\xff-]+"#;
/// What may be selected, one of a list.
const ITEM: &str = r#"(?:\*|[\w.$@"`\[\]\x01\x02*]+(?:\s*\([^()]*(?:\([^()]*\)[^()]*)*\))?(?:\s+(?i:as)\s+[\w"`]+|\s+[\w"`]+)?)"#;
/// What follows the name of a table.
const BEHIND_TABLE: &str = r"(?:\s*$|\s*[;,()]|\s*\x01|\s*\x02|\s+(?:(?i:as)\s+)?(?:\w+\s+)?(?i:where|join|inner|left|right|cross|full|natural|order|group|limit|having|union|except|intersect|for|offset|using|tablesample|fetch|window|final|on)\b|\s+\w+\s*$|\s+\w+\s*,)";

fn set(patterns: &[String]) -> RegexSet {
    RegexSet::new(patterns.iter().map(|pattern| format!("(?s-u){pattern}")))
        .unwrap_or_else(|_| RegexSet::empty())
}

static STATEMENTS: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        // In capitals a verb is hardly prose: little structure is enough.
        r"^SELECT\s(?:.*\b(?i:FROM)\b|.*;|\s*[\x01\x02]\s*(?:,|$)|\s*\w+\()".to_owned(),
        format!(r"^INSERT\s+(?:\w+\s+)?(?i:INTO)(?:\s+{NAME}|\s*$)"),
        r"^UPDATE\s+.*\b(?i:SET)(?:\s|$)".to_owned(),
        r"^DELETE\s+(?i:FROM)(?:\s|$)".to_owned(),
        r"^MERGE\s+(?i:INTO)\s".to_owned(),
        r"^(?:CREATE|ALTER|DROP|TRUNCATE)\s+(?i:(?:OR\s+REPLACE|TEMP|TEMPORARY|UNIQUE|GLOBAL|EXTERNAL|MATERIALIZED|FOREIGN|UNLOGGED)\s+)*(?i:TABLE|VIEW|INDEX|DATABASE|SCHEMA|USER|ROLE|LOGIN|TRIGGER|PROCEDURE|FUNCTION|SEQUENCE|TYPE|EXTENSION|TABLESPACE|POLICY|SERVER|KEYSPACE)\b".to_owned(),
        r"^TRUNCATE\s+[\x01\x02]".to_owned(),
        r"^(?:GRANT|REVOKE)\s.*\b(?:ON|TO|FROM)\s".to_owned(),
        // "EXEC %s" is what a program that logs says of any command.
        format!(r#"^EXEC(?:UTE)?\s+(?:IMMEDIATE\s+{NAME}|[\w.@"`\[](?:{NAME})?)"#),
        r"^(?:EXPLAIN\s+(?:ANALYZE\s+)?(?:SELECT|UPDATE|INSERT|DELETE|WITH)\b|PRAGMA\s+\w|SHOW\s+(?:TABLES|COLUMNS|CREATE|INDEX|DATABASES)\b|REFRESH\s+MATERIALIZED\b|RENAME\s+TABLE\b|LOAD\s+DATA\b|ATTACH\s+DATABASE\b|COPY\s+\S+\s+(?:FROM|TO)\b|LOCK\s+TABLES?\b)".to_owned(),
        // In any case the structure must be there.
        format!(r"^(?i:select)\s+(?:(?i:distinct|all)\s+|(?i:top)\s+\S+\s+)?{ITEM}(?:\s*,\s*{ITEM})*\s+(?i:from)\s+(?:\(|{NAME}{BEHIND_TABLE})"),
        format!(r"^(?i:insert)\s+(?:(?i:ignore|or\s+\w+)\s+)?(?i:into)\s+{NAME}\s*(?:\(|(?i:values|select|set|default|output)\b)"),
        format!(r"^(?i:insert|replace)\s+{NAME}\s*(?:\([^()]*\)\s*)?(?i:values)\s*\("),
        format!(r"^(?i:replace)\s+(?i:into)\s+{NAME}\s*(?:\(|(?i:values|select|set)\b)"),
        format!(r"^(?i:update)\s+(?:(?i:ignore|only|low_priority)\s+)?{NAME}(?:\s+(?:(?i:as)\s+)?\w+)?\s+(?i:set)\s+(?:{NAME}\s*=|[\x01\x02]\s+(?i:where)\b)"),
        format!(r"^(?i:delete)\s+(?i:from)\s+(?:{NAME}(?:\s+\w+)?\s*(?:$|;|\s(?i:where|using|order|limit|returning)\b)|[\x01\x02](?i:where)\b)"),
        format!(r"^(?i:merge)\s+(?i:into)\s+{NAME}\s+(?:(?i:as)\s+)?\w*\s*(?i:using)\b"),
        format!(r"^(?i:with)\s+(?:(?i:recursive)\s+)?{NAME}\s*(?:\([^()]*\)\s*)?(?i:as)\s*(?:(?i:not\s+)?(?i:materialized)\s*)?\("),
        format!(r"^(?:create|alter|drop|truncate)\s+(?:table|view|index|database|schema|sequence|trigger)\s+(?:if\s+(?:not\s+)?exists\s+)?{NAME}\s*(?:$|[(;]|\s(?:cascade|add|drop|rename|modify|as|on|owner|character)\b)"),
        format!(r#"^(?:CALL|\{{\s*(?:\?\s*=\s*)?(?i:call))\s+[\w.$@#"`\[](?:{NAME})?\s*(?:\(|\}})"#),
    ])
});

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(&format!("(?s-u){text}")).ok()
}

/// "Select one from the list", "Update the settings", "delete from the cache".
static PROSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^(?:Select|select|Insert|insert|Update|update|Delete|delete|Replace|Create|Drop)\s+(?:(?:into|from)\s+)?(?i:a|an|the|one|your|any|some|which|this|that|these|multiple|several|between|items?|options?|values?|from)\s|^(?:Select|Insert|Update|Delete|Replace|Merge|With|Create|Drop)\s",
    )
});

/// What prose does not have.
static CLAUSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\*\s+from\s|\bwhere\s+[\w.\x01\x02]+\s*(?:=|<|>|in\b|like\b|is\b|between\b)|\bvalues\s*\(|\bset\s+\w+\s*=|;\s*$|\border\s+by\s|\bgroup\s+by\s",
    )
});

static FRAGMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^[)'\x22`\s]*(?:[\x01\x02][)'\x22`\s]*)?(?:WHERE|AND|OR|ORDER\s+BY|GROUP\s+BY|HAVING|LIMIT|OFFSET|(?:INNER\s+|LEFT\s+|RIGHT\s+|OUTER\s+|FULL\s+|CROSS\s+|NATURAL\s+)*JOIN|SET|VALUES|UNION|FROM|ON|RETURNING|LIKE|IN|SELECT|UPDATE|EXEC(?:UTE)?|CALL|call|where|and|or|order\s+by|group\s+by|having|limit|offset|(?:inner\s+|left\s+|right\s+|outer\s+|full\s+|cross\s+|natural\s+)*join|set|values|union|returning)\s",
    )
});

#[cfg(test)]
mod tests {
    use super::{FRAGMENT, PROSE, Reading, STATEMENTS, read};

    #[track_caller]
    fn check(text: &str, expected: Reading) {
        let text = text.replace("{}", "\u{1}");
        assert_eq!(read(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn the_tables_are_in_use() {
        assert_eq!(STATEMENTS.len(), 20);
        assert!(FRAGMENT.is_some() && PROSE.is_some() && super::CLAUSE.is_some());
    }

    #[test]
    fn statements_need_a_verb_and_structure() {
        for text in [
            "SELECT * FROM {}",
            "select a, b.c as d from t where x = {}",
            " \n (SELECT {}\n FROM x",
            "select {} from t",
            "INSERT INTO t VALUES ({})",
            "insert into {} (a) values (1)",
            "INSERT t VALUES ({})",
            "REPLACE t VALUES ({})",
            "UPDATE {} SET a = 1",
            "update {} set {} = 2",
            "DELETE FROM {}",
            "delete from {}where a = {}",
            "delete from t where a = {}",
            "WITH a AS (SELECT {}) SELECT 1",
            "DROP TABLE {}",
            "{call p({})}",
            "MERGE INTO t USING {}",
            "-- note\nselect count(*) from {} where a = 1",
            "SELECT 1; SELECT {}",
            "Select * from {}",
            "select \"id\" from {}",
        ] {
            check(text, Reading::Statement);
        }
    }

    #[test]
    fn prose_is_no_statement() {
        for text in [
            "Select one from {}",
            "select a value from {}",
            "Please select from {}",
            "Delete {}",
            "Update {} settings",
            "Replace NA values with {}",
            "update {} set failed: {}",
            "Delete from cache: {}",
            "delete from the {} cache",
            "update {} set {}",
            "insert into {} failed",
            "Select {} items from {}",
            "Create user {}",
            "With {} as helper",
            "Update {}",
            "select {} items",
            "xselect * from t",
        ] {
            check(text, Reading::Other);
        }
    }

    #[test]
    fn fragments_begin_with_a_clause() {
        check(" WHERE a = {}", Reading::Fragment);
        check("' AND b = {}", Reading::Fragment);
        check(" order by {}", Reading::Fragment);
        check("{} and b = {}", Reading::Fragment);
        check("{} {} and {} tabs", Reading::Other);
        check("call p({})", Reading::Fragment);
        check("Where {}", Reading::Other);
        check("android {}", Reading::Other);
    }
}
