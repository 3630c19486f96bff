//! Scripts in markup, and code between the marks of templates. Reads tags, not pages.

use memchr::memmem;

use super::{Part, Places};
use crate::lang::Language;
use crate::model::Span;

/// The scripts of a page or a component.
pub fn scripts(content: &[u8]) -> Vec<Part> {
    let mut found: Vec<(Language, Vec<Span>)> = Vec::new();
    let mut at = 0;
    while let Some(open) = find(&content[at..], b"<script").map(|ahead| at + ahead) {
        let Some(start) = memchr::memchr(b'>', &content[open..]).map(|ahead| open + ahead + 1) else { break };
        let end = find(&content[start..], b"</script").map_or(content.len(), |ahead| start + ahead);
        if let Some(language) = language_of(&content[open..start]) {
            match found.iter_mut().find(|(known, _)| *known == language) {
                Some((_, spans)) => spans.push(Span::new(start, end)),
                None => found.push((language, vec![Span::new(start, end)])),
            }
        }
        at = end;
    }
    found.into_iter().map(|(language, spans)| only(language, content, &spans)).collect()
}

/// The language of a script by its opening tag; none for data and templates.
fn language_of(tag: &[u8]) -> Option<Language> {
    let tag = tag.to_ascii_lowercase();
    let says = |word: &[u8]| memmem::find(&tag, word).is_some();
    let typed = says(b"type=");
    if says(b"lang=\"ts") || says(b"lang='ts") || says(b"typescript") {
        Some(Language::TypeScript)
    } else if !typed || says(b"javascript") || says(b"ecmascript") || says(b"module") || says(b"babel") {
        Some(Language::JavaScript)
    } else {
        None
    }
}

/// The code of a template between `<%` and `%>`.
pub fn template(content: &[u8], language: Language) -> Vec<Part> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(open) = memmem::find(&content[at..], b"<%").map(|ahead| at + ahead + 2) {
        let end = memmem::find(&content[open..], b"%>").map_or(content.len(), |ahead| open + ahead);
        let code = &content[open..end];
        at = match code.first() {
            // `<%%` stands for itself, `<%#` begins a comment.
            Some(b'%') => open + 1,
            Some(b'#') => end,
            Some(_) | None => {
                let signs = code.iter().take_while(|byte| matches!(byte, b'=' | b'-' | b'_')).count();
                let tail = usize::from(code.len() > signs && matches!(code.last(), Some(b'-' | b'_')));
                spans.push(Span::new(open + signs, end - tail));
                end
            }
        };
    }
    if spans.is_empty() { Vec::new() } else { vec![only(language, content, &spans)] }
}

/// `content` with everything blank outside of `spans`, each of which is a statement of its own.
fn only(language: Language, content: &[u8], spans: &[Span]) -> Part {
    let mut text: Vec<u8> =
        content.iter().map(|&byte| if matches!(byte, b'\n' | b'\r') { byte } else { b' ' }).collect();
    for span in spans {
        text[span.start..span.end].copy_from_slice(span.of(content));
        if let Some(behind @ b' ') = text.get_mut(span.end) {
            *behind = b';';
        }
    }
    Part { language, text, places: Places::Same }
}

/// Where `word`, in lower case, first stands in any case.
fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memchr_iter(word[0], text)
        .find(|&at| text.get(at..at + word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::super::parts;
    use crate::lang::Language;

    /// The text of the parts with runs of blanks as one.
    #[track_caller]
    fn check(path: &str, content: &str, expected: &[(Language, &str)]) {
        let parts = parts(&path.into(), content.as_bytes()).unwrap();
        for part in &parts {
            assert_eq!(part.text.len(), content.len());
        }
        let words = |text: &[u8]| {
            String::from_utf8_lossy(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        let told: Vec<_> = parts.iter().map(|part| (part.language, words(&part.text))).collect();
        let told: Vec<_> = told.iter().map(|(language, text)| (*language, text.as_str())).collect();
        assert_eq!(told, expected, "{content}");
    }

    #[test]
    fn scripts_are_what_stands_in_script_elements() {
        use Language::{JavaScript, TypeScript};
        check(
            "a.vue",
            "<p>don't</p>\n<script>\na(b)\n</script>\n<style>c</style>",
            &[(JavaScript, "a(b) ;")],
        );
        check("a.vue", "<script setup lang=\"ts\">a</script>", &[(TypeScript, "a;")]);
        check("a.svelte", "<SCRIPT>a</SCRIPT><p>b</p><script>c</script>", &[(JavaScript, "a; c;")]);
        check(
            "a.html",
            "<script type=\"application/json\">{}</script><script src=x></script>",
            &[(JavaScript, ";")],
        );
        check("a.html", "<script>a", &[(JavaScript, "a")]);
        check("a.html", "<p>a</p>", &[]);
        check("a.js", "<script>a</script>", &[]);
    }

    #[test]
    fn code_of_templates_is_what_stands_between_the_marks() {
        use Language::{Elixir, JavaScript, Ruby};
        check("a.html.erb", "<p><%= a -%></p>\n<% b do %>x<% end %>", &[(Ruby, "a ; b do ; end ;")]);
        check("a.erb", "<%# a %><%% b %><%- c %>", &[(Ruby, "c ;")]);
        check("a.ejs", "<%- a %>", &[(JavaScript, "a ;")]);
        check("a.heex", "<%= a %>", &[(Elixir, "a ;")]);
        check("a.erb", "<%= a", &[(Ruby, "a")]);
        check("a.erb", "<p>a</p>", &[]);
    }
}
