//! A question: what people ask of their logs, as one query with parameters, and how to read its
//! answer.

mod ask;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::limits::PARAMETERS_MAX;
use crate::{CatalogError, Page};

pub use self::ask::AskError;
use self::ask::{SINCE, UNTIL};

/// A question, read from `questions/<theme>/<name>.md`.
#[derive(Debug, Clone)]
pub struct Question {
    /// The page's name: its path below `questions/`, without `.md`, such as `who/deleted-this`.
    pub name: String,
    /// The folder that it stands in.
    pub theme: String,
    /// The question, in English.
    pub title: String,
    /// How to read the answer.
    pub read: String,
    /// What to ask or to do next.
    pub next: String,
    /// The sources that are asked.
    pub sources: Vec<String>,
    /// What the asker says.
    pub parameters: Vec<Parameter>,
    /// The query, with `{{name}}` for parameters.
    pub query: QuestionQuery,
    /// The Korean words.
    pub ko: KoreanQuestion,
    /// The page, for its prose and examples.
    pub page: Page,
}

/// The query of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionQuery {
    /// In the language of Logs Insights, asked of the question's sources.
    Insights(String),
    /// In SQL, where that language has no words for it.
    Sql(String),
}

/// Something that the asker says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name in the query.
    pub name: String,
    /// What may stand for it.
    pub kind: ParameterKind,
    /// What it is, in English.
    pub about: String,
    /// What it is, in Korean.
    pub ko: String,
    /// What stands for it when the asker says nothing; without one it must be said.
    #[serde(default)]
    pub default: Option<String>,
}

/// What may stand for a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// Any text; it stands between quotes in the query.
    Text,
    /// A whole number; it stands without quotes in the query.
    Number,
    /// An address; it stands between quotes in the query.
    Ip,
    /// A network, such as `10.0.0.0/8`; it stands between quotes in the query.
    Network,
}

/// The words of a question in Korean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KoreanQuestion {
    /// The question.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// How to read the answer.
    pub read: String,
    /// What to ask or to do next.
    pub next: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    sources: Vec<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    ko: KoreanQuestion,
}

impl Question {
    /// Reads a question's page.
    pub(crate) fn from_page(name: &str, page: Page) -> Result<Self, CatalogError> {
        let definition: Definition = page.definition()?;
        let Some((theme, _)) = name.split_once('/') else {
            return Err(page.fault("a question stands in the folder of its theme"));
        };
        if page.about.is_empty() {
            return Err(page.fault("a question says what it is about before its definition"));
        }
        if definition.sources.is_empty() {
            return Err(page.fault("a question names the sources that it asks in `sources`"));
        }
        let query = query_of(&page)?;
        check_parameters(&definition.parameters, &query).map_err(|it| page.fault(it))?;
        Ok(Self {
            name: name.to_owned(),
            theme: theme.to_owned(),
            title: page.title.clone(),
            read: section(&page, "Read the answer")?,
            next: section(&page, "Ask next")?,
            sources: definition.sources,
            parameters: definition.parameters,
            query,
            ko: definition.ko,
            page,
        })
    }
}

impl QuestionQuery {
    /// Returns the text, with `{{name}}` for parameters.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Insights(text) | Self::Sql(text) => text,
        }
    }
}

fn section(page: &Page, heading: &str) -> Result<String, CatalogError> {
    let mut sections = page.prose.iter().filter(|(it, _)| it == heading);
    let (Some((_, prose)), None) = (sections.next(), sections.next()) else {
        return Err(page.fault(format!("a question has one section `## {heading}`")));
    };
    Ok(prose.clone())
}

fn query_of(page: &Page) -> Result<QuestionQuery, CatalogError> {
    let blocks = page.examples.iter().flat_map(|section| &section.blocks);
    let mut queries = blocks.filter(|block| matches!(&*block.language, "query" | "sql"));
    let (Some(block), None) = (queries.next(), queries.next()) else {
        let reason = "a question has one query: a `query` or `sql` block in a section of its own";
        return Err(page.fault(reason));
    };
    let text = block.text.clone();
    Ok(match &*block.language {
        "sql" => QuestionQuery::Sql(text),
        _ => QuestionQuery::Insights(text),
    })
}

/// Checks that the parameters are those of the query, each once.
fn check_parameters(parameters: &[Parameter], query: &QuestionQuery) -> Result<(), String> {
    if PARAMETERS_MAX < parameters.len() {
        return Err(format!("a question has at most {PARAMETERS_MAX} parameters"));
    }
    let mut asked = placeholders(query.text());
    if let QuestionQuery::Sql(_) = query
        && !(asked.remove(SINCE) && asked.remove(UNTIL))
    {
        return Err("a query in SQL holds `time` between `{{since}}` and `{{until}}`".to_owned());
    }
    let mut names = BTreeSet::new();
    for Parameter { name, .. } in parameters {
        if !names.insert(name.as_str()) {
            return Err(format!("the parameter `{name}` stands here twice"));
        }
        if !asked.contains(name.as_str()) {
            return Err(format!("the query does not use the parameter `{name}`"));
        }
    }
    match asked.difference(&names).next() {
        Some(name) => Err(format!("the query uses `{{{{{name}}}}}`, which is no parameter")),
        None => Ok(()),
    }
}

/// Returns the names between doubled braces.
fn placeholders(query: &str) -> BTreeSet<&str> {
    let pieces = query.split("{{").skip(1);
    pieces.filter_map(|piece| piece.split_once("}}")).map(|(name, _)| name.trim()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Who deleted this?\nAbout.\n\n```toml\nsources = [\"cloudtrail\"]\n\n\
        [[parameters]]\nname = \"name\"\nkind = \"text\"\nabout = \"A\"\nko = \"가\"\n\n\
        [ko]\ntitle = \"가\"\nabout = \"나\"\nread = \"다\"\nnext = \"라\"\n```\n\n\
        ## Read the answer\nLook.\n\n## Ask next\nAsk.\n\n\
        ## The query\n```query\nfilter eventName = \"{{name}}\"\n```\n";

    fn read(name: &str, text: &str) -> Result<Question, CatalogError> {
        Question::from_page(name, Page::parse("questions/who/x.md", text)?)
    }

    #[test]
    fn a_question_has_its_parts() {
        let question = read("who/deleted", PAGE).unwrap();
        assert_eq!((question.theme.as_str(), question.read.as_str()), ("who", "Look."));
        assert_eq!(question.parameters[0].kind, ParameterKind::Text);
        let query = "filter eventName = \"{{name}}\"\n".to_owned();
        assert_eq!(question.query, QuestionQuery::Insights(query));
    }

    #[test]
    fn a_page_that_is_no_question_says_why() {
        let check = |from: &str, to: &str, reason: &str| {
            let error = read("who/x", &PAGE.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        };
        check("{{name}}", "{{title}}", "does not use the parameter `name`");
        check("= \"{{name}}\"", "= \"{{name}} {{other}}\"", "uses `{{other}}`");
        check("```query", "```text", "has one query");
        check("## Ask next", "## Next", "one section `## Ask next`");
        check("[\"cloudtrail\"]", "[]", "names the sources");
        check("```query", "```sql", "holds `time`");
        check("kind = \"text\"", "kind = \"colour\"", "unknown variant");
        check("About.\n", "", "says what it is about");
        let error = read("x", PAGE).unwrap_err().to_string();
        assert!(error.contains("folder of its theme"), "{error}");
    }
}
