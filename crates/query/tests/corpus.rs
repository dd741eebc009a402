//! Real queries, as people wrote them: each parses and checks, or is refused on purpose.

use std::path::PathBuf;

use haechi_query::parse;

#[test]
fn corpus_real_queries_parse_or_are_refused_deliberately() {
    for (id, query) in queries() {
        if let Err(e) = parse(&query) {
            println!("### {id}\n{}", e.render(&query));
        }
    }
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
