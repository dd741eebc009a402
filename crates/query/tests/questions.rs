//! The catalogue's questions: each is a query that makes sense, over fields that its sources have.

#[cfg(test)]
mod questions {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fmt::Write;

    use haechi_catalog::{Catalog, ParameterKind, Question, QuestionQuery, Source};
    use haechi_model::Window;
    use haechi_query::ast::{Command, Expr, ExprKind, ParseKind, Projection, Query};
    use haechi_query::check::{Options, check};
    use haechi_query::parse;

    fn catalog() -> Catalog {
        Catalog::built_in().unwrap()
    }

    /// A value for each parameter, as an asker may say it.
    fn said(question: &Question) -> BTreeMap<String, String> {
        let value = |kind| match kind {
            ParameterKind::Text => "some \"text\" \\",
            ParameterKind::Number => "7",
            ParameterKind::Ip => "192.0.2.1",
            ParameterKind::Network => "192.0.2.0/24",
        };
        question.parameters.iter().map(|it| (it.name.clone(), value(it.kind).to_owned())).collect()
    }

    fn queries() -> Vec<(Question, String)> {
        let questions = catalog().questions.into_values();
        let insights = questions.filter(|it| matches!(it.query, QuestionQuery::Insights(_)));
        insights.map(|it| (it.clone(), it.ask(&said(&it), Window::default()).unwrap())).collect()
    }

    #[test]
    fn there_are_questions_enough() {
        let catalog = catalog();
        assert!(60 <= catalog.questions.len(), "{}", catalog.questions.len());
        for question in catalog.questions.values() {
            let has_example = |it: &haechi_catalog::Example| {
                it.blocks.iter().any(|block| matches!(&*block.language, "jsonl" | "log"))
            };
            assert!(question.page.examples.iter().any(has_example), "{}", question.name);
        }
    }

    #[test]
    fn what_is_asked_next_is_a_question() {
        let catalog = catalog();
        let themes: BTreeSet<&str> = catalog.questions.values().map(|it| &*it.theme).collect();
        for question in catalog.questions.values() {
            let mut n_named = 0;
            for text in [&question.next, &question.ko.next, &question.read, &question.ko.read] {
                let words =
                    text.split(|it: char| !it.is_ascii_alphanumeric() && !"/-".contains(it));
                for word in words {
                    let Some((theme, _)) = word.split_once('/') else { continue };
                    let is_known = !themes.contains(theme) || catalog.questions.contains_key(word);
                    assert!(is_known, "{}: {word}", question.name);
                    n_named += usize::from(themes.contains(theme));
                }
            }
            assert!(n_named % 2 == 0, "{}: the languages name other questions", question.name);
        }
    }

    #[test]
    fn every_question_parses_and_makes_sense() {
        let mut wrong = String::new();
        for (question, text) in queries() {
            let said = match parse(&text) {
                Ok(query) => check(&text, &query, &Options::default()),
                Err(error) => vec![*error],
            };
            for diagnostic in said {
                writeln!(wrong, "{}\n{}", question.name, diagnostic.render(&text)).unwrap();
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn every_field_is_one_of_the_sources() {
        let catalog = catalog();
        let mut wrong = Vec::new();
        for (question, text) in queries() {
            let sources: Vec<&Source> =
                question.sources.iter().map(|name| &catalog.sources[name]).collect();
            for field in fields_of(&parse(&text).unwrap()) {
                if !sources.iter().any(|source| has(source, &field)) {
                    wrong.push(format!("{}: {field}", question.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Returns the fields of the log that a query reads: those that no stage before has made.
    fn fields_of(query: &Query) -> BTreeSet<String> {
        let (mut fields, mut made) = (BTreeSet::new(), BTreeSet::new());
        for stage in &query.stages {
            let command = &stage.command;
            let mut read = |expr: &Expr| {
                expr.walk(&mut |it| {
                    if let ExprKind::Field(path) = &it.kind
                        && !made.contains(&path.text())
                    {
                        fields.insert(path.text());
                    }
                });
            };
            command.expressions().into_iter().for_each(&mut read);
            if let Command::Parse(it) = command
                && let Some(field) = &it.field
            {
                fields.insert(field.text());
            }
            made.extend(made_by(command));
            if matches!(command, Command::Stats(_)) {
                // Behind `stats` there is nothing else, which `check` checks.
                break;
            }
        }
        fields
    }

    fn made_by(command: &Command) -> Vec<String> {
        let alias = |it: &Projection| it.alias.as_ref().map(|name| name.text.clone());
        match command {
            Command::Fields(it) => it.projections.iter().filter_map(alias).collect(),
            Command::Parse(it) => match &it.kind {
                ParseKind::Glob { names, .. } => names.iter().map(|it| it.text.clone()).collect(),
                ParseKind::Regex { regex, .. } => {
                    let groups = regex.pattern.split("(?<").skip(1);
                    groups.filter_map(|it| it.split_once('>')).map(|it| it.0.to_owned()).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Fields of CloudWatch Logs itself, and those that it finds in Lambda's reports.
    const SYSTEM: &[&str] = &["@timestamp", "@message", "@logStream", "@log", "@ingestionTime"];
    const LAMBDA: &[&str] = &[
        "@requestId",
        "@duration",
        "@billedDuration",
        "@initDuration",
        "@type",
        "@maxMemoryUsed",
        "@memorySize",
    ];
    /// Flow logs call two fields otherwise than AWS's discovery does.
    const FLOW: &[(&str, &str)] = &[("startTime", "start"), ("endTime", "end")];

    fn has(source: &Source, field: &str) -> bool {
        let plain = |text: &str| text.replace(['-', '_'], "").to_lowercase();
        let is_column = |name: &str| {
            source.columns.iter().any(|it| it.path == name || it.name == name)
                || (source.name == "vpc_flow"
                    && source.columns.iter().any(|it| plain(&it.path) == plain(name)))
        };
        // Of a JSON record, everything below an object that the page knows is there.
        let is_below = || {
            let Some((first, _)) = field.split_once('.') else { return false };
            let paths = source.columns.iter().map(|it| &it.path);
            paths
                .chain(source.entities.iter().map(|it| &it.0))
                .any(|it| it.split(['.', '[']).next() == Some(first) && it.contains(['.', '[']))
        };
        let renamed = FLOW.iter().find(|it| source.name == "vpc_flow" && it.0 == field);
        SYSTEM.contains(&field)
            || (source.name == "cloudwatch_logs" && LAMBDA.contains(&field))
            || is_column(renamed.map_or(field, |it| it.1))
            || is_below()
    }
}
