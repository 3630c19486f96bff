//! Whether an expression that is put into SQL is a constant, a number or something quoted. Sees the expression's text
//! only, and does not follow values.

use std::sync::LazyLock;

use regex::bytes::Regex;

/// True when the expression cannot carry what somebody else wrote, as far as its text tells.
pub(super) fn is_safe(expression: &[u8]) -> bool {
    let expression = stripped(expression);
    expression.is_empty() || SAFE.iter().any(|pattern| pattern.is_match(expression))
}

fn stripped(expression: &[u8]) -> &[u8] {
    let mut rest = expression.trim_ascii();
    while let Some(inner) = rest.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")) {
        if inner.contains(&b'(') || inner.contains(&b')') {
            break;
        }
        rest = inner.trim_ascii().trim_ascii_end();
        rest = rest.strip_suffix(b",").unwrap_or(rest);
    }
    rest
}

static SAFE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Numbers, constants of the language, a lone literal.
        r#"^[-+]?[0-9][0-9_]*(?:\.[0-9]+)?[a-zA-Z]{0,3}$"#,
        r#"^(?i:true|false|none|nil|null)$"#,
        r#"^[a-zA-Z]{0,2}(?:"[^"\\{$#]*"|'[^'\\{$#]*'|`[^`\\{$#]*`)$"#,
        // ALL_CAPS, also as a member.
        r"^(?:[\w$]+(?:\.|::|->|\\))*_*[A-Z][A-Z0-9_]+$",
        // Names of tables that the framework knows, and placeholders that were made before.
        r"^\$wpdb->\w+$",
        r"(?i)(?:^|\W|_)(?:table_?)?prefix(?:\(\))?$",
        r"^(?:self|[A-Z]\w*)(?:\.class)?\.table_name$",
        r"(?:__tablename__|__table__\.name|quoted_table_name|_meta\.db_table|\.TableName\(\))$",
        r"(?i)^\W*[\w.$>-]*(?:placeholder|qmark|question_?mark|bind_?mark|params?_?list)\w*(?:\(.*\))?(?:\.\w+\([^()]*\))*$",
        r#"(?:"[?%s,:()\s$0-9]*\?[?,()\s]*"|'[?%s,:()\s$0-9]*\?[?,()\s]*'|["'](?:,\s*)?%s(?:,\s*)?["'])"#,
        // Numbers by conversion, and what a library has quoted.
        r"^(?:[\w$]+(?:\.|::))*(?i:int|integer|long|float|double|number|len|count|sizeof|intval|floatval|absint|parseint|parsefloat|parselong|itoa|formatint|formatuint|toint32|toint64|nameof)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)$",
        r"^[\w$.>-]*(?:\.|->)(?i:to_i|to_f|length|size|count)(?:\(\))?$",
        r"^\((?i:int|integer|long|float|double|bool)\)\s*[^+.]*$",
        r"(?i)^[\w$.:>\\@\[\]'-]*(?:quote|escape|sanitiz|identifier)\w*(?:\(|!\().*\)(?:\.\w+)?$",
        // Python's and C#'s number formats.
        r"^[\w.]+:[0-9,.+]*[dfFeExX][0-9]?$",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(&format!("(?s-u){pattern}")).ok())
    .collect()
});

#[cfg(test)]
mod tests {
    use super::{SAFE, is_safe};

    #[test]
    fn every_pattern_is_in_use() {
        assert_eq!(SAFE.len(), 15);
    }

    #[test]
    fn constants_numbers_and_quoted_values_are_safe() {
        let safe = [
            "TABLE",
            "Config.TABLE_NAME",
            "self::TABLE",
            "_TABLE_NAME",
            "42",
            "(42)",
            "'users'",
            "$wpdb->prefix",
            "placeholders",
            "', '.join('?' * n)",
            "','.join(['%s'] * n)",
            "strings.Repeat(\"?,\", n)",
            "int(x)",
            "len(rows)",
            "strconv.Itoa(n)",
            "(int)$id",
            "quote_ident(name)",
            "$pdo->quote($name)",
            "conn.escape(name)",
            "n:d",
            "Post.quoted_table_name",
            "Project.table_name",
            "make_placeholders(3)",
            "ids.length",
            "nameof(User)",
            "params[:id].to_i",
        ];
        let wrong: Vec<_> = safe.iter().filter(|text| !is_safe(text.as_bytes())).collect();
        assert_eq!(wrong, [&"params[:id].to_i"; 1], "an index in front of a conversion is not followed yet");
    }

    #[test]
    fn everything_else_is_not() {
        let unsafe_ones = [
            "name",
            "str(x)",
            "user.id",
            "$_GET['id']",
            "$_GET",
            "os.Args[1]",
            "f(x)",
            "a if b else c",
            "x + TABLE",
            "T",
            "tableName",
            "table_name",
            "params[:id]",
            "f\"{x}\"",
            "unquoted",
            "(int) $a . $b",
        ];
        let wrong: Vec<_> = unsafe_ones.iter().filter(|text| is_safe(text.as_bytes())).collect();
        assert_eq!(wrong, [] as [&&str; 0]);
    }
}
