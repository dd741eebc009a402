//! Puts what the asker says into a question's query, so that it can only be a value there.

use std::collections::BTreeMap;
use std::net::IpAddr;

use haechi_model::Window;

use super::{Parameter, ParameterKind, Question, QuestionQuery};
use crate::limits::VALUE_CHARACTERS_MAX;

/// What stands for the window in SQL, besides the parameters.
pub(super) const SINCE: &str = "since";
pub(super) const UNTIL: &str = "until";

/// Stand for a window without a beginning or an end: SQL knows no moments without bounds.
const EARLIEST: &str = "1970-01-01T00:00:00Z";
const LATEST: &str = "2200-01-01T00:00:00Z";

/// Why a question cannot be asked like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// A parameter without a default was not said.
    #[error("`{question}` must be told `{parameter}`: {about}")]
    Missing {
        /// The question.
        question: String,
        /// The parameter.
        parameter: String,
        /// What it is.
        about: String,
    },
    /// The question has no such parameter.
    #[error("`{question}` has no parameter `{parameter}`")]
    Unknown {
        /// The question.
        question: String,
        /// What was said.
        parameter: String,
        /// The parameters that there are.
        known: Vec<String>,
    },
    /// The value is not of the parameter's kind.
    #[error("`{parameter}` is {expected}, and `{value}` is none")]
    Value {
        /// The parameter.
        parameter: String,
        /// What it must be.
        expected: &'static str,
        /// What was said.
        value: String,
    },
}

impl Question {
    /// Returns the query with values for its parameters.
    ///
    /// The window is put into SQL; a query of Logs Insights has it beside its text.
    ///
    /// # Errors
    /// A parameter is missing, unknown or of another kind.
    pub fn ask(&self, said: &BTreeMap<String, String>, window: Window) -> Result<String, AskError> {
        if let Some(name) = said.keys().find(|name| !self.has_parameter(name)) {
            return Err(AskError::Unknown {
                question: self.name.clone(),
                parameter: name.clone(),
                known: self.parameters.iter().map(|it| it.name.clone()).collect(),
            });
        }
        let mut values = BTreeMap::from([
            (SINCE, window.from.map_or(EARLIEST.to_owned(), |it| it.to_string())),
            (UNTIL, window.until.map_or(LATEST.to_owned(), |it| it.to_string())),
        ]);
        for parameter in &self.parameters {
            let value = said.get(&parameter.name).or(parameter.default.as_ref());
            let Some(value) = value else {
                return Err(AskError::Missing {
                    question: self.name.clone(),
                    parameter: parameter.name.clone(),
                    about: parameter.about.clone(),
                });
            };
            parameter.check(value)?;
            values.insert(parameter.name.as_str(), self.query.quoted(value));
        }
        Ok(filled(self.query.text(), &values))
    }

    fn has_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|it| it.name == name)
    }
}

impl Parameter {
    fn check(&self, value: &str) -> Result<(), AskError> {
        let is_short = value.chars().count() <= VALUE_CHARACTERS_MAX;
        let (is_right, expected) = match self.kind {
            ParameterKind::Text => (!value.contains(char::is_control), "a text on one line"),
            ParameterKind::Number => (value.parse::<i64>().is_ok(), "a whole number"),
            ParameterKind::Ip => (value.parse::<IpAddr>().is_ok(), "an address"),
            ParameterKind::Network => (is_network(value), "a network such as 10.0.0.0/8"),
        };
        if is_right && is_short {
            return Ok(());
        }
        let value = value.chars().take(VALUE_CHARACTERS_MAX).collect();
        Err(AskError::Value { parameter: self.name.clone(), expected, value })
    }
}

fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let longest = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|it| it <= longest)
}

impl QuestionQuery {
    /// Returns the value as it stands between the quotes of the language.
    fn quoted(&self, value: &str) -> String {
        match self {
            Self::Insights(_) => value.replace('\\', "\\\\").replace('"', "\\\""),
            Self::Sql(_) => value.replace('\'', "''"),
        }
    }
}

/// Puts values in the place of `{{name}}`; what a value holds is not looked at again.
fn filled(query: &str, values: &BTreeMap<&str, String>) -> String {
    let mut text = String::new();
    let mut rest = query;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        text.push_str(before);
        text.push_str(values.get(name.trim()).map_or("", String::as_str));
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Page;

    fn question(kind: &str, default: &str, query: &str) -> Question {
        let text = format!(
            "# Q\nAbout.\n```toml\nsources = [\"x\"]\n[[parameters]]\nname = \"it\"\n\
             kind = \"{kind}\"\n{default}about = \"what\"\nko = \"무엇\"\n[ko]\ntitle = \"a\"\n\
             about = \"b\"\nread = \"c\"\nnext = \"d\"\n```\n## Read the answer\nx\n\
             ## Ask next\ny\n## The query\n{query}\n"
        );
        Question::from_page("a/b", Page::parse("questions/a/b.md", &text).unwrap()).unwrap()
    }

    fn ask(question: &Question, value: Option<&str>) -> Result<String, AskError> {
        let said = value.map(|value| ("it".to_owned(), value.to_owned()));
        question.ask(&said.into_iter().collect(), Window::default())
    }

    #[test]
    fn a_value_stays_inside_its_quotes() {
        let query = "```query\nfilter a = \"{{it}}\" and b = \"{{ it }}\"\n```";
        let insights = question("text", "", query);
        let asked = ask(&insights, Some(r#"x" or 1=1 \ {{it}}"#)).unwrap();
        let value = r#""x\" or 1=1 \\ {{it}}""#;
        assert_eq!(asked, format!("filter a = {value} and b = {value}\n"));
        let query =
            "```sql\nselect '{{it}}' from x where time between '{{since}}' and '{{until}}'\n```";
        let asked = ask(&question("text", "", query), Some("x' or '1")).unwrap();
        assert!(
            asked.starts_with("select 'x'' or ''1' from x where time between '1970-"),
            "{asked}"
        );
    }

    #[test]
    fn what_was_not_said_is_the_default_or_missing() {
        let query = "```query\nfilter a = \"{{it}}\"\n```";
        let error = ask(&question("text", "", query), None).unwrap_err().to_string();
        assert_eq!(error, "`a/b` must be told `it`: what");
        let with_default = question("text", "default = \"z\"\n", query);
        assert_eq!(ask(&with_default, None).unwrap(), "filter a = \"z\"\n");
        let said = [("that".to_owned(), "x".to_owned())].into();
        let error = with_default.ask(&said, Window::default()).unwrap_err().to_string();
        assert_eq!(error, "`a/b` has no parameter `that`");
    }

    #[test]
    fn a_value_is_of_its_kind() {
        for (kind, right, wrong) in [
            ("number", "-12", "12 or 1"),
            ("number", "0", "1e3"),
            ("ip", "192.0.2.1", "192.0.2"),
            ("ip", "2001:db8::1", "192.0.2.1/24"),
            ("network", "10.0.0.0/8", "10.0.0.0/33"),
            ("network", "2001:db8::/32", "2001:db8::"),
            ("text", "한글 (x)", "a\nb"),
        ] {
            let question = question(kind, "", "```query\nfilter a = {{it}}\n```");
            assert!(ask(&question, Some(right)).is_ok(), "{kind} {right}");
            assert!(ask(&question, Some(wrong)).is_err(), "{kind} {wrong}");
        }
    }
}
