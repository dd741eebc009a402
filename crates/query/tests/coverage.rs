//! The manual is whole: every command, function, operator and error stands on a page.

#[cfg(test)]
mod coverage {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use haechi_query::ast::{BinaryOperator, Command, Expr, ExprKind, LikePattern, Query};
    use haechi_query::{commands, functions, parse};
    use regex::Regex;

    fn folder(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    /// The texts of all files below a folder that end so, in the order of their names.
    fn texts(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                found.extend(texts(&path, ending));
            } else if path.to_string_lossy().ends_with(ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
        found
    }

    /// What the queries that give an answer are made of.
    #[derive(Default)]
    struct Used {
        commands: BTreeSet<&'static str>,
        functions: BTreeSet<&'static str>,
        operators: BTreeSet<String>,
    }

    impl Used {
        fn query(&mut self, query: &Query) {
            for stage in &query.stages {
                self.commands.insert(commands::name_of(&stage.command));
                stage.command.expressions().into_iter().for_each(|it| self.expression(it));
                if let Some(inner) = stage.command.query() {
                    self.query(inner);
                }
            }
        }

        fn expression(&mut self, expr: &Expr) {
            expr.walk(&mut |it| match &it.kind {
                ExprKind::Call(call) => {
                    self.functions.extend(functions::by_name(&call.name.text).map(|it| it.name));
                }
                ExprKind::Binary { operator, .. } => {
                    self.operators.insert(format!("{operator:?}"));
                }
                ExprKind::Unary { operator, .. } => {
                    self.operators.insert(format!("{operator:?}"));
                }
                ExprKind::Like { pattern: LikePattern::Text(_), negated, .. } => {
                    self.operators.insert(format!("like text, negated: {negated}"));
                }
                ExprKind::Like { pattern: LikePattern::Regex(_), .. } => {
                    self.operators.insert("like expression".to_owned());
                }
                ExprKind::In { negated, .. } => {
                    self.operators.insert(format!("in, negated: {negated}"));
                }
                ExprKind::InQuery { query, .. } => {
                    self.operators.insert("in query".to_owned());
                    self.query(query);
                }
                _ => {}
            });
        }
    }

    fn answered() -> Used {
        let mut used = Used::default();
        for (_, page) in texts(&folder("pages/run"), ".md") {
            for block in page.split("```query").skip(1) {
                let (_, block) = block.split_once('\n').unwrap();
                let (query, answer) = block.split_once("\n```").unwrap();
                let answer = answer.trim_start().strip_prefix("```answer\n").unwrap();
                if answer.starts_with('+') {
                    used.query(&parse(query).unwrap());
                }
            }
        }
        used
    }

    /// Commands whose answers are tested elsewhere.
    const ELSEWHERE: &[&str] = &[
        // How many bytes files have: `estimates.rs` among the engine's tests.
        "estimate",
    ];

    #[test]
    fn every_command_has_an_answer() {
        let used = answered().commands;
        let all = commands::ALL.iter().map(|command| command.name);
        let missing: Vec<_> = all.filter(|it| !used.contains(it)).collect();
        assert_eq!(missing, ELSEWHERE);
    }

    /// Functions that look into tables which the user makes: `stories/origins.rs`.
    const OF_TABLES: &[&str] = &["country", "asn", "asnOrg", "awsService", "awsRegion"];

    #[test]
    fn every_function_has_an_answer() {
        let used = answered().functions;
        let all = functions::all().map(|function| function.name);
        let missing: Vec<_> = all.filter(|it| !used.contains(it)).collect();
        assert_eq!(missing, OF_TABLES);
    }

    #[test]
    fn every_operator_has_an_answer() {
        use BinaryOperator as B;
        let binary = [
            B::Or,
            B::And,
            B::Equal,
            B::NotEqual,
            B::Less,
            B::LessOrEqual,
            B::Greater,
            B::GreaterOrEqual,
            B::Add,
            B::Subtract,
            B::Multiply,
            B::Divide,
            B::Remainder,
            B::Power,
        ];
        let others = [
            "Negate",
            "Not",
            "like text, negated: false",
            "like text, negated: true",
            "like expression",
            "in, negated: false",
            "in, negated: true",
            "in query",
        ];
        let used = answered().operators;
        let all = binary.iter().map(|it| format!("{it:?}")).chain(others.map(str::to_owned));
        let missing: Vec<_> = all.filter(|it| !used.contains(it)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_stage_of_the_tree_has_a_name() {
        assert_eq!(commands::name_of(&Command::Anomaly), "anomaly");
    }

    /// Messages that no page can show.
    const WITHOUT_PAGE: &[(&str, &str)] = &[
        (
            "the query is longer than {QUERY_BYTES_MAX} bytes",
            "too long for a page: `properties.rs`",
        ),
        (
            "the query has more than {FIELDS_MAX} fields up to here",
            "too long for a page: `properties.rs`",
        ),
        ("the query has more than {STAGES_MAX} stages", "too long for a page: `properties.rs`"),
        ("the query has more than {REGEXES_MAX} regular expressions", "too long for a page"),
        ("AWS takes queries of {AWS_QUERY_CHARACTERS_MAX} characters", "too long for a page"),
        ("this expression has too many operators inside each other", "too long for a page"),
        ("the query becomes longer than {EXPANDED_BYTES_MAX} bytes", "too long: `expand/tests.rs`"),
        ("the saved query {} has no parameter {}", "needs a saved query: `expand/tests.rs`"),
        ("a saved query cannot call another", "needs a saved query: `expand/tests.rs`"),
        ("the value {} cannot stand outside quotes", "needs a parameter: `expand/tests.rs`"),
        ("no column is called `{name}`", "a warning beside an empty answer: the stories"),
        (
            "two windows are compared, and this query's has no beginning",
            "pages have a window: `sql/tests.rs`",
        ),
        ("the function {} does not run yet", "every function runs: `sql/tests.rs`"),
        ("this is no period", "the check refuses it first"),
        ("a whole number is needed here", "the check refuses it first"),
        ("this is no value", "the check refuses it first"),
        ("this query gives {} columns; `in` needs one", "the check refuses it first"),
        (
            "`topk` stands alone: without other aggregates and without `by`",
            "the check refuses it first",
        ),
        ("there is no condition", "the parser asks for an expression first"),
        ("this is not a regular expression", "said where the parser of expressions says nothing"),
    ];

    /// The messages in the code: the text that an error or a warning is made of.
    fn messages() -> Vec<String> {
        let made = Regex::new(
            r#"(?s)(?:Diagnostic::(?:error|warning)\(|let message =|[. ]error\()([^"{};]{0,80}?)"((?:[^"\\]|\\.)*)""#,
        )
        .unwrap();
        let broken = Regex::new(r"\\\n\s*").unwrap();
        let is_of_queries = |path: &Path| {
            let path = path.to_string_lossy().replace('\\', "/");
            !["/filter_pattern", "/complete", "/diagnostic", "tests.rs"]
                .iter()
                .any(|part| path.contains(part))
        };
        let mut found = Vec::new();
        for (path, text) in texts(&folder("src"), ".rs") {
            for message in made.captures_iter(&text).filter(|_| is_of_queries(&path)) {
                if !message[1].contains("with_") {
                    found.push(broken.replace_all(&message[2], "").replace("\\\"", "\""));
                }
            }
        }
        found
    }

    #[test]
    fn every_error_has_a_page() {
        let line = Regex::new(r"(?m)^(?:error|warning): (.*)$").unwrap();
        let pages = texts(&folder("pages"), ".md");
        let shown: Vec<&str> = pages
            .iter()
            .flat_map(|(_, page)| line.captures_iter(page))
            .map(|found| found.get(1).unwrap().as_str())
            .collect();
        let hole = Regex::new(r"\{[^}]*\}").unwrap();
        let (messages, mut missing) = (messages(), Vec::new());
        assert!(80 < messages.len(), "{} messages are found in the code", messages.len());
        for message in messages {
            let parts: Vec<String> = hole.split(&message).map(regex::escape).collect();
            let written = Regex::new(&format!("^{}$", parts.join(".*"))).unwrap();
            let is_shown = shown.iter().any(|line| written.is_match(line));
            if !is_shown && !WITHOUT_PAGE.iter().any(|it| it.0 == message) {
                missing.push(message);
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
