//! Values in a line of JSON, each with its place, read no deeper than is asked for.
//!
//! For files of so many lines that making nodes of each would be most of the work. A [`JsonValue`] is the letters of a
//! value, borrowed from the line and known to be well formed; taking it apart gives the letters of its parts. What is
//! taken apart to its depth pays for each level anew, so that is for what is shallow, or small: [`JsonValue::node`].

mod fault;
mod letters;
mod line;
mod node;
mod value;

pub use fault::JsonFault;
pub use line::JsonLine;
pub use value::{JsonMember, JsonMembers, JsonValue};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    /// What stands at a place in the line, which begins at byte 100.
    fn at(line: &str, span: Span) -> &str {
        &line[span.start as usize - 100..span.end as usize - 100]
    }

    fn read(line: &str) -> JsonLine<'_> {
        JsonLine::new(FileId(0), 100, line)
    }

    #[test]
    fn every_part_has_its_place() {
        let line = " {\"団\" : [ 1.10 ,\"x\\\"y\"], \"\\u0061\\\"\"\t: {\"k\":null } ,\"\\n\":\"\"}\r";
        let members = read(line).members().unwrap().unwrap();
        let keys: Vec<(&str, &str)> = members.iter().map(|member| (&*member.key, at(line, member.key_span))).collect();
        assert_eq!(keys, [("団", "\"団\""), ("a\"", "\"\\u0061\\\"\""), ("\n", "\"\\n\"")]);
        let values: Vec<&str> = members.iter().map(|member| at(line, member.value.span())).collect();
        assert_eq!(values, ["[ 1.10 ,\"x\\\"y\"]", "{\"k\":null }", "\"\""]);
        let elements = members[0].value.elements().unwrap().unwrap();
        let texts: Vec<_> = elements.iter().map(|value| value.text().unwrap().unwrap()).collect();
        assert_eq!(texts, ["1.10", "x\"y"]);
        assert_eq!(at(line, elements[1].span()), "\"x\\\"y\"");
        let inner = members[1].value.members().unwrap().unwrap();
        assert_eq!((at(line, inner[0].key_span), at(line, inner[0].value.span())), ("\"k\"", "null"));
        let node = members[0].value.node().unwrap();
        let scalar = node.sequence().unwrap()[1].scalar().unwrap();
        assert_eq!(at(line, scalar.locate(node.span, 2, 3)), "y");
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        for (line, wanted, place) in [
            ("{\"a\":1,\"b\":2,\"a\":3}", "the key `a` stands twice", "\"a\""),
            ("{\"a\":1,\"\\u0061\":3}", "the key `a` stands twice", "\"\\u0061\""),
            ("{\"a\":\"団 }", "the line ends before its JSON is complete", "}"),
            ("{\"a\":1}}", "this is no well-formed JSON: trailing characters", "}"),
            ("{\"団\" 1}", "this is no well-formed JSON: expected `:`", "1"),
            ("nul", "the line ends before its JSON is complete", "l"),
        ] {
            let fault = read(line).members().unwrap_err().finding();
            assert_eq!((fault.message.as_str(), at(line, fault.span().unwrap())), (wanted, place), "{line}");
        }
        let keys: String = (0..40).map(|key| format!("\"k{key}\":0,")).collect();
        let line = format!("{{{keys}\"k7\":1}}");
        let fault = read(&line).members().unwrap_err().finding();
        assert_eq!(fault.labels.iter().map(|label| label.span.start).collect::<Vec<_>>(), [411, 150]);
        assert!(read("[1]").members().unwrap().is_none());
        assert!(read("{\"a\":\"\\ud800\"}").members().unwrap().unwrap()[0].value.text().is_err());
    }
}
