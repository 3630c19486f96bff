//! What names around a text say: that it goes to a database, to people, or into a variable that holds SQL. Knows names
//! only.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::expression::last_name as last;
use crate::lang::Language;

/// What a function does with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs it as SQL: any text that is built from parts is wrong here.
    Sink,
    /// Hands it on as it is.
    Wrapper,
    /// Adds it to a text that is named like SQL.
    Builder,
    /// Shows it to people, or binds its holes as parameters.
    Harmless,
    /// Something else.
    Unknown,
}

/// What the function does with its argument number `argument`, from 0.
pub(super) fn role(language: Language, callee: &[u8], argument: usize) -> Role {
    let name = last(callee);
    let receiver = &callee[..callee.len() - name.len()];
    if argument == 0 && matches_any(&SINKS, name)
        || argument == 1 && matches_any(&SECOND_ARGUMENT_SINKS, name)
        || argument == 0 && matches_any(&DATABASE_METHODS, name) && matches_any(&DATABASES, receiver)
        || argument == 0 && is_query_builder(language, name, receiver)
    {
        return Role::Sink;
    }
    if language == Language::Python && matches!(name, b"extra" | b"RawSQL") {
        return Role::Sink;
    }
    if matches!(
        name,
        b"text"
            | b"literal_column"
            | b"String"
            | b"StringBuilder"
            | b"StringBuffer"
            | b"dedent"
            | b"HttpQuery"
    ) {
        return Role::Wrapper;
    }
    if matches_any(&BUILDERS, name) && is_sql_name(receiver) {
        return Role::Builder;
    }
    if matches_any(&HARMLESS, name) || matches_any(&LOGS, receiver) {
        return Role::Harmless;
    }
    Role::Unknown
}

/// Methods of query builders that take raw SQL as their first argument.
fn is_query_builder(language: Language, name: &[u8], receiver: &[u8]) -> bool {
    match language {
        Language::Ruby => matches!(
            name,
            b"where"
                | b"order"
                | b"reorder"
                | b"joins"
                | b"group"
                | b"having"
                | b"find_by_sql"
                | b"count_by_sql"
                | b"update_all"
                | b"delete_all"
                | b"pluck"
                | b"exists?"
                | b"exists"
        ),
        Language::Go => {
            matches!(name, b"Raw" | b"Where" | b"Order" | b"Having" | b"Joins") && !receiver.is_empty()
        }
        Language::Python => name == b"raw" && receiver.ends_with(b"objects."),
        Language::JavaScript
        | Language::TypeScript
        | Language::Java
        | Language::Kotlin
        | Language::Scala
        | Language::Groovy
        | Language::Php
        | Language::CSharp
        | Language::Rust
        | Language::C
        | Language::Cpp
        | Language::Shell
        | Language::Sql
        | Language::Yaml
        | Language::Toml
        | Language::Hcl
        | Language::Dockerfile
        | Language::Html
        | Language::Nginx
        | Language::Json
        | Language::Xml
        | Language::Swift
        | Language::Dart
        | Language::Lua
        | Language::Perl
        | Language::Elixir
        | Language::PowerShell
        | Language::Makefile => false,
    }
}

/// True when a name says that its value is SQL or a piece of it.
pub(super) fn is_sql_name(name: &[u8]) -> bool {
    matches_any(&SQL_NAMES, name)
}

/// True for words that begin a statement which shows a text to people.
pub(super) fn is_speaking_word(word: &[u8]) -> bool {
    matches!(
        word,
        b"raise"
            | b"throw"
            | b"echo"
            | b"print"
            | b"puts"
            | b"assert"
            | b"warn"
            | b"die"
            | b"fail"
            | b"panic"
    )
}

/// True when `word` may call a function that a rule's keyword names.
pub(super) fn may_be_sink(word: &[u8]) -> bool {
    matches_any(&SINKS, word)
        || matches_any(&SECOND_ARGUMENT_SINKS, word)
        || matches_any(&DATABASE_METHODS, word)
        || is_query_builder(Language::Ruby, word, b".")
        || is_query_builder(Language::Go, word, b".")
        || matches!(word, b"raw" | b"extra")
}

fn matches_any(pattern: &LazyLock<Option<Regex>>, text: &[u8]) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

macro_rules! names {
    ($($name:ident = $pattern:expr;)+) => {
        $(static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(concat!("(?x-u)", $pattern)).ok());)+
        #[cfg(test)]
        const ALL: &[(&str, &LazyLock<Option<Regex>>)] = &[$((stringify!($name), &$name)),+];
    };
}

names! {
    SINKS = r"^(?: executemany | executescript | executeMany | executeQuery | executeUpdate | executeLargeUpdate
        | prepareStatement | prepareCall | createNativeQuery | createQuery | createSQLQuery | nativeQuery | RawSQL | rawQuery | execSQL
        | FromSqlRaw | ExecuteSqlRaw(?:Async)? | SqlQueryRaw | ExecuteSqlCommand(?:Async)? | (?:Sql|MySql|Npgsql|Sqlite|OleDb|Odbc|Oracle)Command
        | \$?queryRawUnsafe | \$?executeRawUnsafe | (?:where|orWhere|order(?:By)?|having|orHaving|join|select|groupBy|from)Raw
        | queryForObject | queryForList | queryForMap | queryForRowSet | queryForInt | batchUpdate
        | mysql_query | get_results | get_row | get_var | get_col | find_by_sql | QueryRow | queryStream
        | createNativeMutationQuery | select_all | select_value | select_rows | exec_query | multi_query | sp_executesql )$";
    SECOND_ARGUMENT_SINKS = r"^(?: mysqli_query | mysqli_multi_query | mysqli_prepare | mysqli_real_query | pg_query | pg_send_query | sqlsrv_query
        | oci_parse | sqlite3_exec | sqlite3_prepare(?:_v2)? | (?:Query|Exec|Prepare|QueryRow|Get|Select|NamedExec|Queryx|QueryRowx)Context )$";
    DATABASE_METHODS = r"^(?: execute | query | exec | Query | Exec | Prepare | prepare | raw | sql | Execute | QueryAsync | QueryFirst(?:OrDefault)?(?:Async)?
        | QuerySingle(?:OrDefault)?(?:Async)? | ExecuteAsync | ExecuteScalar(?:Async)? | update | batch | statement | unprepared | literal | createStatement | MustExec | Queryx )$";
    DATABASES = r"(?i)(?: (?:^|[^a-z]) (?: db | conn | cur | cursor | tx | trx | stmt | pool | sql | pdo | em | dbh | jdbc | pg | c | dao | mssql ) [^a-z]*
        | _db | _conn | connection | cursor | database | sqlite | mysql | postgres | mssql | oracle | sequelize | knex | prisma | arel | repo(?:sitory)?
        | jdbctemplate | entitymanager | dbcontext | activerecord | transaction | datasource | request ) (?: \(\s*\) | [^a-zA-Z(])* (?:\.|->|::) $";
    BUILDERS = r"^(?: append | Append | AppendLine | AppendFormat | push | add | concat | WriteString | write | push_str | insert )$";
    HARMLESS = r"^(?: (?i:print(?:f|ln|k|_r)? | eprint(?:ln)? | fprintf | write_?line | echo | puts | warn(?:ing|f|ln)? | error(?:f|ln)? | info(?:f|ln)? | debug(?:f|ln)? | trace(?:f)? | fatal(?:f|ln)?
        | panic(?:f)? | log(?:f|ln|ger)? | notice | exception | alert | confirm | toast | notify | flash | abort | bail | ensure | anyhow | format_err | die | exit | fail(?:f|now|nowf)?
        | n?gettext(?:_lazy)? | translate | trans | i18n | describe | it | test | context | assert\w* | expect\w* | skip\w* | todo | say | help_?text | add_argument | option | comment )
        | _ | __ | _e | _n | _t | t | tr | Errorf | Wrap(?:f)? | New | \w+(?:Error|Exception|Warning|Failure) | raise\w*
        | FromSqlInterpolated | FromSql | ExecuteSql(?:Async)? | ExecuteSqlInterpolated(?:Async)? | SqlQuery )$";
    LOGS = r"(?i)(?:^|[^a-z]) (?: log | logger | logging | slog | klog | zap | console | syslog | tracing | sys\.stderr | system\.(?:out|err) | fmt | logs? | _logger ) (?: \(\s*\) )? (?:\.|->|::) $";
    SQL_NAMES = r"(?i)(?: sql | quer(?:y|ies) | qry | stmt | statement | where | clause | predicate | order_?by | group_?by | having | criteria | command_?text | cmd_?text | (?:^|[^a-z])(?:cond|conditions?|joins|wheres)(?:[^a-z]|$) )";
}

#[cfg(test)]
mod tests {
    use super::{ALL, Role, role};
    use crate::lang::Language;

    #[test]
    fn every_table_is_in_use() {
        let broken: Vec<_> = ALL.iter().filter(|(_, table)| table.is_none()).map(|(name, _)| name).collect();
        assert_eq!(broken, [] as [&&str; 0]);
    }

    #[test]
    fn callees_have_roles() {
        let check = |language, callee: &str, argument, expected| {
            assert_eq!(role(language, callee.as_bytes(), argument), expected, "{callee}");
        };
        check(Language::Python, "self.conn.cursor().execute", 0, Role::Sink);
        check(Language::Python, "pool.execute", 0, Role::Sink);
        check(Language::Python, "executor.execute", 0, Role::Unknown);
        check(Language::JavaScript, "re.exec", 0, Role::Unknown);
        check(Language::JavaScript, "console.log", 0, Role::Harmless);
        check(Language::JavaScript, "db.query", 1, Role::Unknown);
        check(Language::Go, "log.Printf", 0, Role::Harmless);
        check(Language::Go, "tx.QueryContext", 1, Role::Sink);
        check(Language::Ruby, "User.where", 0, Role::Sink);
        check(Language::Java, "IllegalStateException", 0, Role::Harmless);
        check(Language::CSharp, "db.Users.FromSqlInterpolated", 0, Role::Harmless);
        check(Language::Python, "sql.append", 0, Role::Builder);
    }
}
