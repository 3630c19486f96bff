//! Draws one finding: title, place, the line with its mark, notes. Knows nothing of the rest of the report.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use super::notes::Note;
use super::prose;
use super::shown::Shown;
use crate::model::{Category, Excerpt, Finding, Provenance};

/// The word "error".
pub const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
/// The word "warning".
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// Other words that open a line, and the frame itself.
pub const NOTICE: Style = AnsiColor::BrightBlue.on_default().bold();

/// A finding with its line of code.
pub fn error(finding: &Finding, notes: &[Note], shown: &Shown, width: usize) -> String {
    let digits = finding.start.line.to_string().len();
    let what = what(finding, shown);
    let label = label(finding, what.as_ref(), width);
    let what = what.filter(|(_, detail)| label.as_ref() != Some(detail));
    let mut group = Group::with_level(Level::ERROR);
    if !finding.excerpt.text.is_empty() {
        group = group.element(snippet(finding, label, shown));
    }
    for (name, text) in what.iter().chain(notes) {
        group = group.element(message(name, text, width.saturating_sub(digits)));
    }
    let head = head(ERROR, "error", finding, shown, digits);
    format!("{head}\n{}", draw(group, width))
}

/// A finding without its line.
pub fn warning(finding: &Finding, notes: &[Note], shown: &Shown, width: usize) -> String {
    let head = head(WARNING, "warning", finding, shown, 1);
    format!("{head}\n{}", brief(finding, notes, shown, width))
}

/// The same for one that asks nothing of anybody.
pub fn note(finding: &Finding, notes: &[Note], shown: &Shown, width: usize) -> String {
    let head = head(NOTICE, "note", finding, shown, 1);
    format!("{head}\n{}", brief(finding, notes, shown, width))
}

fn brief(finding: &Finding, notes: &[Note], shown: &Shown, width: usize) -> String {
    let mut group = Group::with_level(Level::WARNING);
    for (name, text) in what(finding, shown).iter().chain(notes) {
        group = group.element(message(name, text, width.saturating_sub(1)));
    }
    draw(group, width)
}

/// Title and place. The drawer could do it, but takes the column from the excerpt, which may be a window of the line.
fn head(style: Style, level: &str, finding: &Finding, shown: &Shown, digits: usize) -> String {
    let Finding { rule, start, path, .. } = finding;
    let (id, title, path) = (&rule.id, prose::one_line(&rule.title), shown.path(path));
    let bold = Style::new().bold();
    let arrow = format!("{:digits$}{NOTICE}-->{NOTICE:#}", "");
    format!(
        "{style}{level}[{id}]{style:#}{bold}: {title}{bold:#}\n{arrow} {path}:{}:{}",
        start.line, start.column
    )
}

/// The drawer's arithmetic overflows for absurd widths.
const WIDEST: usize = 10_000;

fn draw(group: Group<'_>, width: usize) -> String {
    Renderer::styled().term_width(width.min(WIDEST)).render(&[group])
}

fn snippet<'f>(finding: &Finding, label: Option<String>, shown: &Shown) -> Snippet<'f, Annotation<'f>> {
    let Excerpt { text, mark } = shown.excerpt(&finding.excerpt);
    Snippet::source(text)
        .line_start(finding.start.line)
        .annotation(AnnotationKind::Primary.span(mark.start..mark.end).label(label))
}

/// The finding's own detail as a note.
fn what(finding: &Finding, shown: &Shown) -> Option<Note> {
    finding.detail.as_deref().map(|detail| ("what", prose::one_line(&shown.prose(detail))))
}

/// What stands beside the mark: the finding's own detail, or what would happen, when there is room.
fn label(finding: &Finding, what: Option<&Note>, width: usize) -> Option<String> {
    let Excerpt { text, mark } = &finding.excerpt;
    let consequence = match (finding.rule.category, &finding.provenance) {
        (Category::Secret, Provenance::Index) => Some("would become part of the history".to_owned()),
        _ => None,
    };
    let label = what.map(|(_, detail)| detail.clone()).or(consequence)?;
    let marked = text.get(..mark.end)?.chars().count();
    let gutter = finding.start.line.to_string().len() + " | ".len();
    (gutter + marked + 1 + label.chars().count() <= width).then_some(label)
}

/// A note whose lines end at `width`; the drawer indents them behind ` = name: `.
fn message<'n>(name: &'static str, text: &str, width: usize) -> annotate_snippets::Message<'n> {
    let room = width.saturating_sub(" = : ".len() + name.len());
    Level::NOTE.with_name(name).message(prose::wrap(text, room))
}
