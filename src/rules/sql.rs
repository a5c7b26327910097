//! The little of SQL that tells what a statement does to which table.

use crate::ir::{Value, ValueKind};

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// `delete`, `update`, `insert`, `call`.
    pub verb: String,
    /// The table, or the procedure that is called.
    pub table: String,
    /// The columns that an update sets.
    pub set: Vec<String>,
}

/// The changing statements in a text value; none if it is no SQL.
pub(super) fn statements(value: &Value) -> Vec<Statement> {
    let text = match &value.kind {
        ValueKind::Text(text) => text.clone(),
        ValueKind::Template(parts) => parts
            .iter()
            .map(|part| match &part.kind {
                ValueKind::Text(text) => text.clone(),
                ValueKind::Name(name) | ValueKind::Member(_, name) => format!(" {name} "),
                _ => " ? ".to_owned(),
            })
            .collect::<String>()
            // A schema in a hole: `{schema}.refresh_tokens`.
            .replace(" .", "."),
        ValueKind::Call(call) => return call.args.iter().flat_map(|argument| statements(&argument.value)).collect(),
        _ => return Vec::new(),
    };
    if text.len() < 10 {
        return Vec::new();
    }
    let words: Vec<String> = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '='))).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let after = |n: usize| words.get(at + n).map_or("", String::as_str);
        let statement = match word.as_str() {
            "delete" if after(1) == "from" => Statement { verb: "delete".to_owned(), table: table(after(2)), set: Vec::new() },
            // JPQL allows `delete Entity e where`, SurrealQL `delete table where`.
            "delete" if at == 0 && [after(2), after(3)].contains(&"where") => Statement { verb: "delete".to_owned(), table: table(after(1)), set: Vec::new() },
            "truncate" => Statement { verb: "delete".to_owned(), table: table(if after(1) == "table" { after(2) } else { after(1) }), set: Vec::new() },
            "update" if words[at..].iter().any(|later| later == "set") => Statement { verb: "update".to_owned(), table: table(after(1)), set: set_columns(&words[at..]) },
            "insert" if after(1) == "into" => Statement { verb: "insert".to_owned(), table: table(after(2)), set: Vec::new() },
            "insert" if matches!(after(1), "or" | "ignore") => {
                let into = words[at..].iter().position(|later| later == "into").map_or("", |n| after(n + 1));
                Statement { verb: "insert".to_owned(), table: table(into), set: Vec::new() }
            }
            "call" | "exec" | "execute" if at == 0 => Statement { verb: "call".to_owned(), table: table(after(1)), set: Vec::new() },
            "select" if at == 0 && words.len() < 12 && !words.iter().any(|later| later == "from") => Statement { verb: "call".to_owned(), table: table(after(1)), set: Vec::new() },
            _ => continue,
        };
        if !statement.table.is_empty() {
            found.push(statement);
        }
    }
    found
}

/// A table's name without its schema.
fn table(word: &str) -> String {
    word.rsplit('.').next().unwrap_or(word).to_owned()
}

/// The columns between `set` and `where`: each word before a `=`.
fn set_columns(words: &[String]) -> Vec<String> {
    let from = words.iter().position(|word| word == "set").map_or(words.len(), |at| at + 1);
    let mut columns = Vec::new();
    for (at, word) in words.iter().enumerate().skip(from) {
        if word == "where" {
            break;
        }
        if let Some((column, value)) = word.split_once('=') {
            let column = if column.is_empty() { words[at - 1].as_str() } else { column };
            let after = |by: usize| words.get(at + by).map_or("", String::as_str);
            let (value, behind, then) = if value.is_empty() { (after(1), after(2), after(3)) } else { (value, after(1), after(2)) };
            // NOTE: signs are no words; what is added to the time stands where the next column or the end would.
            let is_all = matches!(behind, "" | "where" | "returning") || behind.contains('=') || then.starts_with('=');
            let ends = column.contains("expire") && is_now(value) && is_all;
            columns.push(if ends { "expired_at".to_owned() } else { table(column) });
        }
    }
    columns
}

/// Whether a value is the time at which the statement runs: what expires then has expired.
fn is_now(value: &str) -> bool {
    matches!(value, "now" | "current_timestamp" | "utc_timestamp" | "getdate" | "sysdate")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn of(text: &str) -> Vec<(String, String, Vec<String>)> {
        let value = Value::new(ValueKind::Text(text.to_owned()), Span::default());
        statements(&value).into_iter().map(|s| (s.verb, s.table, s.set)).collect()
    }

    #[test]
    fn a_delete_names_its_table() {
        assert_eq!(of("DELETE FROM public.sessions WHERE id = $1"), [("delete".to_owned(), "sessions".to_owned(), vec![])]);
    }

    #[test]
    fn a_delete_may_go_without_from() {
        assert_eq!(of("DELETE refresh_token WHERE value = $value"), [("delete".to_owned(), "refresh_token".to_owned(), vec![])]);
        assert_eq!(of("delete RefreshToken t where t.value = :value"), [("delete".to_owned(), "refreshtoken".to_owned(), vec![])]);
    }

    #[test]
    fn an_update_names_the_columns_it_sets() {
        assert_eq!(
            of("update users set refresh_token = NULL, seen=now() where id=?"),
            [("update".to_owned(), "users".to_owned(), vec!["refresh_token".to_owned(), "seen".to_owned()])]
        );
    }

    #[test]
    fn what_expires_now_has_expired() {
        assert_eq!(of("UPDATE sessions SET expires_at = NOW() WHERE id = $1")[0].2, ["expired_at"]);
        assert_eq!(of("UPDATE sessions SET expires_at = NOW() + interval '1 day' WHERE id = $1")[0].2, ["expires_at"]);
        assert_eq!(of("UPDATE sessions SET seen = 1, expires_at=current_timestamp WHERE id = $1")[0].2, ["seen", "expired_at"]);
    }

    #[test]
    fn a_select_is_no_change() {
        assert_eq!(of("SELECT * FROM sessions WHERE id = 1"), []);
    }

    #[test]
    fn a_stored_procedure_is_a_call() {
        assert_eq!(of("CALL delete_session($1);"), [("call".to_owned(), "delete_session".to_owned(), vec![])]);
    }
}
