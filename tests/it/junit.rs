//! Reports of tests held against the schema that CI servers read JUnit reports by (`junit-10.xsd`): which elements stand in
//! which, in which order, with which attributes, of which form; and that what is counted is there.

use std::collections::BTreeMap;

/// An element of a report.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    text: String,
}

/// A form that the value of an attribute has.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Number,
    Seconds,
}

use Form::{Number, Seconds, Text};

/// The attributes that an element may have, and whether it must.
type Attributes = &'static [(&'static str, Form, bool)];

/// What the schema says of an element: its attributes, and what stands in it, in groups that follow each other.
fn declared(name: &str) -> Option<(Attributes, &'static [&'static [&'static str]])> {
    Some(match name {
        "testsuites" => (
            &[
                ("name", Text, false),
                ("time", Seconds, false),
                ("tests", Number, false),
                ("failures", Number, false),
                ("disabled", Number, false),
                ("errors", Number, false),
            ],
            &[&["testsuite"]],
        ),
        "testsuite" => (
            &[
                ("name", Text, true),
                ("tests", Number, true),
                ("failures", Number, false),
                ("errors", Number, false),
                ("disabled", Number, false),
                ("skipped", Number, false),
                ("time", Seconds, false),
                ("timestamp", Text, false),
                ("hostname", Text, false),
                ("id", Text, false),
                ("package", Text, false),
            ],
            &[&["properties"], &["testcase"], &["system-out"], &["system-err"]],
        ),
        "properties" => (&[], &[&["property"]]),
        "property" => (&[("name", Text, true), ("value", Text, true)], &[]),
        "testcase" => (
            &[
                ("name", Text, true),
                ("classname", Text, false),
                ("assertions", Number, false),
                ("time", Seconds, false),
                ("status", Text, false),
            ],
            &[&["skipped"], &["error", "failure"], &["system-out"], &["system-err"]],
        ),
        "error" | "failure" => (&[("type", Text, false), ("message", Text, false)], &[]),
        "skipped" => (&[("message", Text, false)], &[]),
        "system-out" | "system-err" => (&[], &[]),
        _ => return None,
    })
}

/// Panics where a report is not what the schema asks for.
pub(crate) fn check(report: &str) {
    let root = read(report).unwrap_or_else(|fault| panic!("{fault}\n{report}"));
    assert_eq!(root.name, "testsuites");
    if let Err(fault) = holds(&root) {
        panic!("{fault}\n{report}");
    }
    let count = |element: &Element, name: &str| element.attributes[name].parse::<usize>().expect("a number");
    let mut all = [0; 3];
    for suite in &root.children {
        let cases = || suite.children.iter().filter(|child| child.name == "testcase");
        let with = |name: &str| cases().filter(|case| case.children.iter().any(|child| child.name == name)).count();
        let there = [cases().count(), with("failure"), with("error")];
        assert_eq!(["tests", "failures", "errors"].map(|name| count(suite, name)), there, "{suite:?}");
        all = [all[0] + there[0], all[1] + there[1], all[2] + there[2]];
    }
    assert_eq!(["tests", "failures", "errors"].map(|name| count(&root, name)), all);
}

/// Whether an element and all in it is as declared.
fn holds(element: &Element) -> Result<(), String> {
    let name = &element.name;
    let (attributes, groups) = declared(name).ok_or_else(|| format!("there is no element `{name}`"))?;
    for (key, value) in &element.attributes {
        let Some((_, form, _)) = attributes.iter().find(|(known, ..)| known == key) else {
            return Err(format!("`{name}` has no attribute `{key}`"));
        };
        let fits = match form {
            Text => true,
            Number => value.parse::<u32>().is_ok(),
            Seconds => value.parse::<f64>().is_ok_and(|seconds| seconds.is_finite() && seconds >= 0.0),
        };
        if !fits {
            return Err(format!("`{key}` of `{name}` cannot be `{value}`"));
        }
    }
    if let Some((key, ..)) = attributes.iter().find(|(key, _, must)| *must && !element.attributes.contains_key(*key)) {
        return Err(format!("`{name}` lacks `{key}`"));
    }
    let mut group = 0;
    for child in &element.children {
        while !groups
            .get(group)
            .ok_or_else(|| format!("`{}` cannot stand there in `{name}`", child.name))?
            .contains(&child.name.as_str())
        {
            group += 1;
        }
        holds(child)?;
    }
    let holds_text = matches!(name.as_str(), "error" | "failure" | "system-out" | "system-err");
    if !holds_text && !element.text.trim().is_empty() {
        return Err(format!("`{name}` holds text: {}", element.text));
    }
    Ok(())
}

/// Reads what is well formed: one element around all others, each closed where it was opened.
fn read(report: &str) -> Result<Element, String> {
    let body =
        report.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").ok_or("it does not say that it is XML")?;
    let mut open: Vec<Element> = vec![Element::default()];
    let mut rest = body;
    while let Some((text, after)) = rest.split_once('<') {
        open.last_mut().ok_or("nothing is open")?.text.push_str(&plain(text)?);
        let (tag, after) = after.split_once('>').ok_or("a tag has no end")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().filter(|element| element.name == name).ok_or(format!("`{name}` is not open"))?;
            open.last_mut().ok_or("nothing is open")?.children.push(element);
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut element = Element { name: name.to_owned(), ..Element::default() };
        while let Some((key, after)) = attributes.trim_start().split_once("=\"") {
            let (value, after) = after.split_once('"').ok_or("a value has no end")?;
            if element.attributes.insert(key.to_owned(), plain(value)?).is_some() {
                return Err(format!("`{key}` stands twice in `{name}`"));
            }
            attributes = after;
        }
        if !attributes.trim().is_empty() {
            return Err(format!("`{attributes}` is no attribute"));
        }
        if closed { open.last_mut().ok_or("nothing is open")?.children.push(element) } else { open.push(element) }
    }
    let mut outside = open.pop().filter(|_| open.is_empty()).ok_or("something is not closed")?;
    if outside.children.len() != 1 || !outside.text.trim().is_empty() || !rest.trim().is_empty() {
        return Err(String::from("there is more than one element"));
    }
    Ok(outside.children.remove(0))
}

/// A text without its escapes; there may be no other `&`, and nothing that XML has no place for.
fn plain(text: &str) -> Result<String, String> {
    if text.chars().any(|one| one.is_control() && !matches!(one, '\t' | '\n' | '\r')) {
        return Err(format!("{text:?} holds what XML has no place for"));
    }
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escape, rest) = part.split_once(';').ok_or_else(|| format!("`&{part}` is no escape"))?;
        plain.push(match escape {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            "#10" | "#xA" => '\n',
            "#13" | "#xD" => '\r',
            "#9" | "#x9" => '\t',
            _ => return Err(format!("`&{escape};` is no escape")),
        });
        plain.push_str(rest);
    }
    Ok(plain)
}

#[test]
fn what_the_schema_does_not_allow_is_found() {
    let case = "<testcase name=\"one\" time=\"0.001\"><failure type=\"denied\">why</failure></testcase>";
    let suite = format!("<testsuite name=\"s\" tests=\"1\" failures=\"1\" errors=\"0\">{case}</testsuite>");
    let report = |suite: &str| {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        format!("{head}<testsuites name=\"r\" tests=\"1\" failures=\"1\" errors=\"0\">{suite}</testsuites>")
    };
    check(&report(&suite));
    for (from, to) in [
        ("<testcase name=\"one\"", "<testcase"),
        ("time=\"0.001\"", "time=\"soon\""),
        ("time=\"0.001\"", "seconds=\"1\""),
        ("tests=\"1\"", "tests=\"2\""),
        ("failures=\"1\"", "failures=\"0\""),
        ("failure", "broken"),
        ("<failure", "<system-out>o</system-out><failure"),
        ("why", "why & how"),
        ("why", "\u{1}"),
        ("</testsuite>", "<properties></properties></testsuite>"),
        ("<testcase", "text<testcase"),
        ("</testcase>", ""),
    ] {
        let wrong = report(&suite.replace(from, to));
        assert_ne!(wrong, report(&suite), "{from}");
        assert!(std::panic::catch_unwind(|| check(&wrong)).is_err(), "{wrong}");
    }
}
