//! Behaviour of the detector: one line per text.

use once_cell::unsync::OnceCell;
use proptest::prelude::*;

use super::super::source::Source;
use super::run;
use crate::lang::{Language, lex};

/// What the detector reports when every keyword of SQL and every call is asked about.
fn reported(language: Language, text: &str) -> Vec<&str> {
    let lexed = lex(language, text.as_bytes());
    let assignments = OnceCell::new();
    let source = Source::new(&lexed, text.as_bytes(), &assignments);
    let mut spans: Vec<_> = (0..text.len()).filter_map(|offset| run(source, offset)).collect();
    spans.sort();
    spans.dedup();
    spans.iter().map(|span| &text[span.start..span.end]).collect()
}

#[track_caller]
fn hit(language: Language, text: &str, expected: &str) {
    assert_eq!(reported(language, text), [expected], "{text}");
}

#[track_caller]
fn miss(language: Language, text: &str) {
    assert_eq!(reported(language, text), [] as [&str; 0], "{text}");
}

#[test]
fn concatenation_is_followed_over_lines() {
    hit(
        Language::Python,
        "q = 'SELECT a ' + \\\n 'FROM t WHERE b=' + b",
        "'SELECT a ' + \\\n 'FROM t WHERE b=' + b",
    );
    hit(Language::Java, "f(\"SELECT a \"\n + \"FROM t \" + b);", "\"SELECT a \"\n + \"FROM t \" + b");
    hit(
        Language::Php,
        "$q = \"SELECT * FROM t WHERE a=\" . $a . \"'\";",
        "\"SELECT * FROM t WHERE a=\" . $a . \"'\"",
    );
    hit(Language::Sql, "EXECUTE IMMEDIATE 'DELETE FROM t WHERE a=' || b;", "'DELETE FROM t WHERE a=' || b");
    hit(Language::Ruby, "x = 'DELETE FROM t WHERE a=' << id", "'DELETE FROM t WHERE a=' << id");
}

#[test]
fn formatting_is_followed() {
    hit(Language::Python, "q = ('SELECT a '\n 'FROM %s') % t", "'SELECT a '\n 'FROM %s') % t");
    hit(Language::Python, "q = 'SELECT * FROM {t}'.format(t=x)", "'SELECT * FROM {t}'.format(t=x)");
    hit(Language::Go, "q := fmt.Sprintf(\"SELECT * FROM %s\", t)", "\"SELECT * FROM %s\", t)");
    hit(Language::CSharp, "string.Format(\"DELETE FROM {0}\", t)", "\"DELETE FROM {0}\", t)");
    hit(Language::Rust, "format!(\"SELECT * FROM {t}\")", "\"SELECT * FROM {t}\")");
    hit(Language::Java, "\"SELECT * FROM %s\".formatted(t)", "\"SELECT * FROM %s\".formatted(t)");
}

#[test]
fn joined_lists_are_followed() {
    hit(
        Language::JavaScript,
        "q = ['SELECT * FROM t WHERE a=', a].join('');",
        "'SELECT * FROM t WHERE a=', a].join('')",
    );
    hit(
        Language::Python,
        "q = ''.join(['SELECT * FROM t WHERE a=', a])",
        "''.join(['SELECT * FROM t WHERE a=', a])",
    );
    hit(Language::Python, "q = 'SELECT ' + ', '.join(c) + ' FROM t'", "'SELECT ' + ', '.join(c) + ' FROM t'");
    miss(Language::Python, "q = ' '.join(['SELECT * FROM t', 'WHERE a=1'])");
    miss(Language::Python, "x = y ['SELECT * FROM t WHERE a=', a]");
}

#[test]
fn constants_and_bound_holes_are_fine() {
    miss(Language::Python, "q = 'SELECT * FROM ' + TABLE");
    miss(Language::Python, "q = 'SELECT * FROM t WHERE a IN (%s)' % ','.join('?' * n)");
    miss(Language::Go, "fmt.Sprintf(\"SELECT * FROM t WHERE a = %d\", a)");
    miss(Language::Php, "$q = \"SELECT * FROM {$wpdb->posts} WHERE id = %d\";");
    miss(Language::JavaScript, "sql`SELECT * FROM t WHERE a = ${a}`");
    miss(Language::Python, "t'SELECT * FROM {t}'");
    miss(Language::Scala, "sql\"SELECT * FROM t WHERE a = $a\"");
    hit(Language::Scala, "sql\"SELECT * FROM #$t\"", "sql\"SELECT * FROM #$t\"");
    miss(Language::CSharp, "db.FromSqlInterpolated($\"SELECT * FROM t WHERE a = {a}\")");
}

#[test]
fn what_is_turned_into_a_number_is_fine() {
    for text in [
        "$db->query(\"SELECT * FROM t WHERE a=\" . (int) $a);",
        "$q = \"SELECT * FROM t WHERE a=\" . (int)$_GET['a'] . \" LIMIT 1\";",
        "$db->query(\"SELECT * FROM t WHERE a=\" . (int)$_GET['a'] . \" LIMIT 1\");",
    ] {
        miss(Language::Php, text);
    }
    miss(Language::Java, "q(\"SELECT * FROM t WHERE a=\" + (long) a);");
    hit(
        Language::Php,
        "$q = \"SELECT * FROM t WHERE a=\" . (string) $a;",
        "\"SELECT * FROM t WHERE a=\" . (string) $a",
    );
}

#[test]
fn values_of_columns_are_bound() {
    for text in ["User.where(name: \"#{a} #{b}\")", "User.where(:name => \"#{a}\").to_a"] {
        miss(Language::Ruby, text);
    }
    hit(Language::Ruby, "User.where(\"name = '#{a}'\")", "\"name = '#{a}'\"");
    hit(Language::Ruby, "User.where(x ? '' : \"name = '#{a}'\")", "\"name = '#{a}'\"");
}

#[test]
fn texts_for_people_are_fine() {
    miss(Language::Python, "log.info('SELECT * FROM %s' % t)");
    miss(Language::Python, "raise E(f'SELECT a FROM {t} failed')");
    miss(Language::Ruby, "logger.info \"SELECT a FROM #{t}\"");
    miss(Language::JavaScript, "it(`SELECT * FROM ${t}`, () => {})");
    hit(Language::Php, "echo $db->query(\"SELECT * FROM $t\");", "\"SELECT * FROM $t\"");
}

#[test]
fn fragments_need_a_sign_of_sql() {
    hit(Language::Python, "sql += ' WHERE a = ' + a", "' WHERE a = ' + a");
    miss(Language::Python, "label = 'WHERE ' + a");
    hit(Language::Python, "M.objects.extra(where=['n = %s' % n])", "'n = %s' % n");
    hit(Language::JavaScript, "knex.whereRaw('id = ' + id)", "'id = ' + id");
    hit(Language::Ruby, "User.where(\"name = '#{n}'\")", "\"name = '#{n}'\"");
    miss(Language::Ruby, "User.where(\"name LIKE ?\", \"%#{n}%\")");
    hit(Language::JavaScript, "conn.query('a' + x)", "'a' + x");
    miss(Language::JavaScript, "cache.query('a' + x)");
}

#[test]
fn pieces_of_sql_for_django_are_constants() {
    hit(Language::Python, "M.objects.extra(select={'a': 'b %s' % c})", "'b %s' % c");
    hit(Language::Python, "M.objects.extra(tables=['t'], where=['%s = 1' % 'a'])", "'%s = 1' % 'a'");
    hit(Language::Python, "RawSQL(params=[], sql='{} = 1'.format('a'))", "'{} = 1'.format('a')");
    hit(Language::Python, "M.objects.extra({}, ['a = %s' % b])", "'a = %s' % b");
    hit(Language::Python, "RawSQL('{} = %s'.format(a), [b])", "'{} = %s'.format(a)");
    miss(Language::Python, "M.objects.extra(where=['a = %s'], params=['%' + b + '%'])");
    miss(Language::Python, "RawSQL('a = %s', ['%' + b])");
    miss(Language::Python, "RawSQL('a IN (%s)' % ','.join(['%s'] * n), b)");
    miss(Language::Python, "RawSQL('%s = 1' % COLUMN, [])");
}

#[test]
fn holes_are_read_on_their_own() {
    hit(
        Language::JavaScript,
        "`<p>${db.query('SELECT * FROM t WHERE a=' + a)}</p>`",
        "'SELECT * FROM t WHERE a=' + a",
    );
    hit(Language::Ruby, "f(<<~SQL)\n  SELECT * FROM #{t}\nSQL\n", "<<~SQL");
}

fn scraps() -> impl Strategy<Value = String> {
    let parts = [
        "'SELECT * FROM t WHERE a='",
        "\"INSERT INTO t \"",
        "f\"DELETE FROM {x}\"",
        "`UPDATE t SET a=${b}`",
        "'%s'",
        "x",
        ".join(",
        ".format(",
        ".execute(",
        "sprintf(",
        "String.format(",
        "query",
        "where",
        "+",
        "%",
        ".",
        "||",
        "<<",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        "=",
        "+=",
        "!",
        "new ",
        "\n",
        " ",
        "'",
        "\"",
        "->",
        "<",
        ">",
        "log.info(",
        "$x",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn spans_lie_in_the_text_whatever_it_is(text in scraps(), idx in 0..Language::NAMES.len()) {
        let lexed = lex(Language::NAMES[idx].1, text.as_bytes());
        let assignments = OnceCell::new();
        let source = Source::new(&lexed, text.as_bytes(), &assignments);
        for offset in 0..text.len() {
            if let Some(span) = run(source, offset) {
                prop_assert!(span.start < span.end && span.end <= text.len(), "{span:?}");
            }
        }
    }
}

#[test]
fn a_command_that_is_only_announced_is_no_statement() {
    miss(Language::Python, "display.vvv('EXEC %s' % cmd)");
    miss(Language::Python, "add(f'call {name}({args})')");
    miss(Language::Python, "add(f'call setup({args})')");
    hit(Language::Python, "cursor.execute('EXEC ' + name)", "'EXEC ' + name");
    hit(Language::Python, "sql = 'EXEC ' + name", "'EXEC ' + name");
    hit(Language::Python, "run('EXEC p ' + name)", "'EXEC p ' + name");
    hit(Language::Java, "f(\"{call p(\" + name + \")}\");", "\"{call p(\" + name + \")}\"");
}
