//! Rules about languages in files that hold several.

use super::super::{Engine, builtin};
use crate::model::Cut;

/// What the built-in rules about code find: the rule, the bytes it reports, and where a person finds them.
#[track_caller]
fn check(path: &str, content: &str, expected: &[(&str, &str, &str)]) {
    let engine = Engine::new(&builtin::PACK, None);
    let found = engine.scan(&path.into(), content.as_bytes()).unwrap();
    assert_eq!(found.cuts.len(), 0);
    let told: Vec<_> = found
        .matches
        .iter()
        .map(|one| {
            let text = &content[one.span.start..one.span.end];
            (engine.rule(one).info.id.as_str(), text, one.remark.as_deref().unwrap_or_default())
        })
        .collect();
    assert_eq!(told, expected, "{content}");
}

#[test]
fn code_in_cells_is_found_where_it_stands_in_the_notebook() {
    let notebook = r#"{"cells": [
 {"cell_type": "markdown", "source": ["eval(no)"]},
 {"cell_type": "code", "outputs": [{"text": "eval(no)"}], "source": [
  "x = input()\n",
  "eval(\"1\" + x)"]}]}"#;
    check("a.ipynb", notebook, &[("python-eval", "eval", "cell 2, line 2")]);
}

#[test]
fn scripts_of_components_and_code_of_templates_are_found() {
    check(
        "a.vue",
        "<template><p>don't</p></template>\n<script>\neval(this.a)\n</script>\n",
        &[("js-eval", "eval", "")],
    );
    check("a.erb", "<p>it's</p><%= user.bio.html_safe %>", &[("ruby-html-safe", "html_safe", "")]);
    check("a.html", "<p>eval(a)</p>", &[]);
}

#[test]
fn a_notebook_that_is_no_json_is_read_as_text_and_the_receipt_says_so() {
    let engine = Engine::new(&builtin::PACK, None);
    let found = engine.scan(&"a.ipynb".into(), b"{\"cells\": [").unwrap();
    assert_eq!(found.cuts.into_iter().collect::<Vec<_>>(), [Cut::Unparsed]);
}
