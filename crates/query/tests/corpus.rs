//! Real queries, as people wrote them: each parses and checks, or is refused on purpose.

#[cfg(test)]
mod corpus {
    use std::path::PathBuf;

    use haechi_query::check::{Options, check};
    use haechi_query::parse;
    use haechi_query::print::print;

    /// What is refused, and why.
    const REFUSED: &[(&str, &str)] = &[
        ("0254b5fc440e", TEMPLATE),
        ("026651613b41", TEMPLATE),
        ("17924886e6c6", TEMPLATE),
        ("23e863de7a82", TEMPLATE),
        ("287dc50a09bb", TEMPLATE),
        ("6380938b2c91", TEMPLATE),
        ("990241c21eb4", TEMPLATE),
        ("c2e5497230f3", TEMPLATE),
        ("615c42fa4974", "doubled quotes of a template for another language"),
        ("17a0e71b6c2a", "ends with the fence of the page it was on"),
        ("625022ac986f", "ends with the source code around it"),
        ("f05c54aa2891", "ends with the source code around it"),
        ("c09060b85e39", "ends with the quote of the shell around it"),
        ("dc01482837f1", "ends with the quote of the shell around it"),
        ("0b1246f2f79a", "the second half of a `join`, cut in two"),
        ("b2f7bfc08827", "the second half of a `join`, cut in two"),
        ("98caa07b8887", "the first half of a `join`, cut in two"),
        ("e424de755dfb", "the first half of a `join`, cut in two"),
        ("9084a1479488", "an address without quotes around it"),
        ("e2970b530160", "its stars became underscores and dots on the way"),
        ("628563f9a2c5", "AWS shows it as wrong: `bin` behind `stats`"),
        ("833e1669ae18", "`\\U` is nothing in a regular expression"),
        ("32660b5fbcd9", "`case when` of SQL"),
        ("5dcf0917cac0", "`case when` of SQL"),
        ("ab98f628afc9", "`count(distinct …)` of SQL"),
        ("de145ba16dcf", "`count(distinct …)` of SQL"),
        ("72b692d1cf07", "`length` of SQL: here it is `strlen`"),
        ("a3c894510424", "`length` of SQL: here it is `strlen`"),
        ("4482a39aa702", "`exists` as an operator: here it is `ispresent(…)`"),
        ("e1104f839e43", "`exists` as an operator: here it is `ispresent(…)`"),
        ("5b15a1b6d565", "`bin` of a field: AWS rounds only `@timestamp` with it"),
    ];

    const TEMPLATE: &str = "a template of another language: `{…}` has no value";

    #[test]
    fn corpus_real_queries_parse_or_are_refused_deliberately() {
        let (mut refused, mut accepted) = (Vec::new(), 0);
        for (id, query) in queries() {
            let errors = errors(&query);
            if let Some((_, reason)) = REFUSED.iter().find(|(known, _)| *known == id) {
                assert!(!errors.is_empty(), "{id} is right although it has {reason}:\n{query}");
                refused.push(id);
            } else {
                assert!(errors.is_empty(), "{id} is refused:\n{}", errors.concat());
                accepted += 1;
            }
        }
        assert_eq!(refused.len(), REFUSED.len(), "only these are there: {refused:?}");
        assert_eq!(accepted, 440);
    }

    #[test]
    fn corpus_real_queries_are_printed_as_they_are_read() {
        for (id, query) in queries() {
            let Ok(parsed) = parse(&query) else { continue };
            let printed = print(&parsed);
            let again =
                parse(&printed).unwrap_or_else(|error| panic!("{}", error.render(&printed)));
            assert_eq!(print(&again), printed, "{id}");
        }
    }

    fn errors(query: &str) -> Vec<String> {
        let parsed = match parse(query) {
            Ok(parsed) => parsed,
            Err(error) => return vec![error.render(query)],
        };
        let diagnostics = check(query, &parsed, &Options::default());
        diagnostics.iter().filter(|it| it.is_error()).map(|it| it.render(query)).collect()
    }

    /// The queries beside the folder of logs, with their ids.
    fn queries() -> Vec<(String, String)> {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
        let logs = std::env::var_os("HAECHI_CORPUS").map_or_else(|| beside.into(), PathBuf::from);
        let file = logs.join("../facts/logs-insights-queries.jsonl");
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}; set HAECHI_CORPUS", file.display()));
        text.lines()
            .map(|line| {
                let record: serde_json::Value = serde_json::from_str(line).unwrap();
                let word = |key: &str| record[key].as_str().unwrap().to_owned();
                (word("id"), word("query"))
            })
            .collect()
    }
}
