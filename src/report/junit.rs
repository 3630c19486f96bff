//! JUnit XML for test reports of CI services: a test case for each rule in each file. What blocks is a failure, what
//! could not be read an error, an exception a skipped case; advice is in the case's output.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::shown::Shown;
use super::{Context, notes, prose, summary};
use crate::model::{Finding, Judged, Receipt, Report, Unread, Verdict};

type Xml<'w> = Writer<&'w mut dyn Write>;

/// What became of a test case; the gravest finding decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Skipped,
    Passed,
    Failed,
}

/// A rule in a file.
struct Case<'r> {
    state: State,
    title: &'r str,
    lines: Vec<String>,
}

/// Writes `report`; a clean one has one case that passed.
pub fn write(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let cases = cases(report, &shown);
    let unread = &report.receipt.unread;
    let count = |state| cases.values().filter(|case| case.state == state).count().to_string();
    let is_clean = cases.is_empty() && unread.is_empty();
    let tests = cases.len() + unread.len() + usize::from(is_clean);
    let counts = [
        ("tests", tests.to_string()),
        ("failures", count(State::Failed)),
        ("errors", unread.len().to_string()),
        ("skipped", count(State::Skipped)),
    ];
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let attributes = || counts.iter().map(|(name, count)| (*name, count.as_str()));
    let suite = format!("portcullis {}", context.action.name());
    let all =
        xml.create_element("testsuites").with_attributes(attributes().filter(|(name, _)| *name != "skipped"));
    all.write_inner_content(|xml| {
        let element = xml.create_element("testsuite").with_attribute(("name", suite.as_str()));
        element.with_attributes(attributes()).write_inner_content(|xml| {
            if is_clean {
                passed(&report.receipt, &shown, xml)?;
            }
            unread.iter().try_for_each(|unread| error(unread, &shown, xml))?;
            cases.iter().try_for_each(|((path, rule), case)| self::case(path, rule, case, xml))
        })?;
        Ok(())
    })?;
    writeln!(xml.get_mut())
}

fn cases<'r>(report: &'r Report, shown: &Shown) -> BTreeMap<(String, &'r str), Case<'r>> {
    let mut cases: BTreeMap<(String, &str), Case<'_>> = BTreeMap::new();
    for Judged { finding, verdict } in &report.findings {
        let (state, why) = match verdict {
            Verdict::Blocking => (State::Failed, None),
            Verdict::Advisory => (State::Passed, None),
            Verdict::Suppressed { reason } => (State::Skipped, Some(prose::one_line(&shown.prose(reason)))),
        };
        let key = (shown.path(&finding.path), finding.rule.id.as_str());
        let case = cases.entry(key).or_insert(Case { state, title: &finding.rule.title, lines: Vec::new() });
        case.state = case.state.max(state);
        case.lines.push(line(finding, why, shown));
    }
    cases
}

fn line(finding: &Finding, why: Option<String>, shown: &Shown) -> String {
    let place = format!("{}:{}", finding.start.line, finding.start.column);
    match why {
        Some(why) => format!("{place}: {}; suppressed: {why}", notes::sentence(finding, shown)),
        None => {
            let fix = prose::one_line(&shown.prose(notes::fix(finding)));
            format!("{place}: {}; fix: {fix}", notes::sentence(finding, shown))
        }
    }
}

fn case(path: &str, rule: &str, case: &Case<'_>, xml: &mut Xml<'_>) -> io::Result<()> {
    let lines = case.lines.join("\n");
    let element = xml.create_element("testcase").with_attributes([("classname", path), ("name", rule)]);
    element.write_inner_content(|xml| {
        let text = BytesText::new(&lines);
        match case.state {
            State::Failed => {
                let failure = xml.create_element("failure");
                failure
                    .with_attributes([("message", case.title), ("type", rule)])
                    .write_text_content(text)?;
            }
            State::Passed => {
                xml.create_element("system-out").write_text_content(text)?;
            }
            State::Skipped => {
                xml.create_element("skipped").with_attribute(("message", lines.as_str())).write_empty()?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn error(unread: &Unread, shown: &Shown, xml: &mut Xml<'_>) -> io::Result<()> {
    let path = shown.path(&unread.path);
    let element = xml.create_element("testcase");
    element.with_attributes([("classname", path.as_str()), ("name", "could-not-tell")]).write_inner_content(
        |xml| {
            let error = xml.create_element("error").with_attribute(("type", "could-not-tell"));
            error.with_attribute(("message", unread.why.as_str())).write_empty()?;
            Ok(())
        },
    )?;
    Ok(())
}

fn passed(receipt: &Receipt, shown: &Shown, xml: &mut Xml<'_>) -> io::Result<()> {
    let element =
        xml.create_element("testcase").with_attributes([("classname", "portcullis"), ("name", "scan")]);
    element.write_inner_content(|xml| {
        let text = summary::receipt(receipt, shown);
        xml.create_element("system-out").write_text_content(BytesText::new(&text))?;
        Ok(())
    })?;
    Ok(())
}
