//! What holds for every text: reading ends without a panic, and printing gives the same tree.

#[cfg(test)]
mod properties {
    use std::collections::BTreeMap;

    use haechi_query::check::{Options, check};
    use haechi_query::complete::complete;
    use haechi_query::expand::{Values, expand};
    use haechi_query::parse;
    use haechi_query::print::print;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// Pieces that queries are made of, right and wrong.
    const PIECES: &[&str] = &[
        "fields",
        "filter",
        "stats",
        "sort",
        "limit",
        "parse",
        "json",
        "SOURCE",
        "join",
        "dedup",
        "lookup",
        "outlier",
        "appendcols",
        "sessionize",
        "addtotals",
        "filldown",
        "unnest",
        "relevantfields",
        "pattern",
        "diff",
        "$Saved",
        "by",
        "as",
        "and",
        "or",
        "not",
        "in",
        "like",
        "=~",
        "where",
        "with",
        "for",
        "into",
        "OUTPUT",
        "multi",
        "logfmt",
        "csv",
        "offset",
        "any",
        "desc",
        "@timestamp",
        "a.b[0].c",
        "`a b`",
        "x.`y.z`",
        "count(*)",
        "sum(",
        "bin(5m)",
        "bin(",
        "case(",
        "\"text\"",
        "'it''s'",
        "\"\\\"\"",
        "/re(?<n>x)/",
        "/[/]/i",
        "/",
        "5m",
        "5 min",
        "1.5",
        "1e-6",
        "12",
        "-",
        "+",
        "*",
        "%",
        "^",
        "!",
        "=",
        "!=",
        "<=",
        ">",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "|",
        "|",
        "|",
        "# comment\n",
        "\n",
        "{{p}}",
        "오류",
        "é",
        "type=inner",
        "left=a",
        "right=b",
        "a.k=b.k",
        "logGroups(namePrefix: ['x'])",
        "start=-1d",
    ];

    fn name() -> impl Strategy<Value = String> {
        let known = vec![
            "a",
            "srcAddr",
            "userIdentity.arn",
            "a.0.b",
            "a[1].c",
            "@@x",
            "`a b`",
            "`in`",
            "x.`y.z`",
            "`5m`",
            "`desc`",
            "오류",
            "`a``b`",
            "a.\"b-c\"",
        ];
        select(known).prop_map(str::to_owned)
    }

    fn literal() -> impl Strategy<Value = String> {
        let known = vec![
            "1",
            "1.5",
            "1e300",
            "0.1",
            "9223372036854775808",
            "\"text\"",
            "'a\\'b'",
            "\"\\d\\n\"",
            "true",
            "FALSE",
            "\"오류\"",
        ];
        select(known).prop_map(str::to_owned)
    }

    /// A right expression.
    fn expression() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![name(), literal()];
        leaf.prop_recursive(6, 64, 4, |inner| {
            let signs = vec!["+", "-", "*", "/", "%", "^", "and", "or", "AND", "oR"];
            let binary = (inner.clone(), select(signs), inner.clone())
                .prop_map(|(left, sign, right)| format!("{left} {sign} {right}"));
            let comparisons = vec!["=", "==", "!=", "<", "<=", ">", ">="];
            let comparison = (inner.clone(), select(comparisons), inner.clone())
                .prop_map(|(left, sign, right)| format!("(({left}) {sign} ({right}))"));
            let patterns = vec![
                "like \"x\"",
                "not like /a\\/[/]b/",
                "=~ /x/i",
                "=~ \"a\\d\"",
                "=~ \"*a\\d\"",
                "=~ \"\"",
                "in [1, \"a\", -2]",
                "NOT IN []",
                "in (SOURCE 'g' | filter a = 1 | fields a)",
            ];
            let test = (inner.clone(), select(patterns))
                .prop_map(|(value, pattern)| format!("(({value}) {pattern})"));
            let calls = prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|arguments| format!("concat({})", arguments.join(", ")));
            let member = inner.clone().prop_map(|it| format!("jsonParse({it}).a[0].`b c`"));
            prop_oneof![
                binary,
                comparison,
                test,
                calls,
                member,
                inner.clone().prop_map(|it| format!("({it})")),
                inner.clone().prop_map(|it| format!("-({it})")),
                inner.clone().prop_map(|it| format!("!({it})")),
                inner.prop_map(|it| format!("(not ({it}))")),
            ]
        })
    }

    /// A right stage of any command.
    fn stage() -> impl Strategy<Value = String> {
        let fixed = vec![
            "SOURCE 'a' 'b' start=-1d end=now",
            "SOURCE /aws/lambda/x-y",
            "SOURCE logGroups(class: ['STANDARD'], namePrefix: ['a', 'b']) dataSource(['a.b'])",
            "SOURCE logGroupTags([{\"key\": \"k\", \"values\": [\"v*\", \"!w\"]}]) start=5",
            "filterIndex a.b in [1, -2, 'x']",
            "filterIndex a = 'b'",
            "limit any 5",
            "HEAD 5",
            "parse @message \"a=* b=*\" as a, `b c`",
            "parse 'x*' as y",
            "parse f logfmt as m",
            "parse logfmt as m",
            "parse csv as a, b",
            "parse /(?<a>x\\/)(y)/ as b multi",
            "json field=a.b \"c.d\" as e, \"f[0]\" as g",
            "pattern @message",
            "diff",
            "diff previousweek",
            "logcompare timeshift 7d",
            "anomaly",
            "dedup a, b.c",
            "unmask",
            "unmask(a)",
            "unnest a.b into c",
            "expand a",
            "estimate",
            "accum a as b",
            "join type=left left=l right=r where r.a.b = l.c and l.d=r.e (SOURCE 'x' | fields a)",
            "lookup t a as b, c OUTPUT d as e, f",
            "cidrlookup t a.b as c OUTPUTNEW d",
            "relevantfields a, b where c > 1",
            "relevantfields where not c",
            "outlier action=remove param=3 uselower=t mark=TRUE a b",
            "outlier a",
            "autoregress a as b p=2-5",
            "autoregress a p=3",
            "filldown",
            "filldown a* *b c",
            "fillmissing",
            "fillmissing with -1 for a, b",
            "fillmissing with \"x\" for a, 0 for `for`, c.d",
            "lookup a-b-1 c OUTPUT d",
            "SOURCE logGroups(namePrefix: [], class: 'STANDARD') START=-60s END=0s",
            "parse /a\n  (?<x>b)/",
            "appendcols override=true max=5 (filter a | stats count(*))",
            "sessionize a, b maxspan 30 min as s",
            "countFrequent a, b",
            "addtotals fieldname=`T x` row=false col=true a b",
            "addtotals",
            "$Saved(a=\"b\", `c d`='e')",
            "$`Saved query`()",
        ];
        let alias = prop::option::of(name())
            .prop_map(|it| it.map_or(String::new(), |it| format!(" as {it}")));
        let one = (expression(), alias).prop_map(|(expr, alias)| format!("{expr}{alias}"));
        let list = prop::collection::vec(one, 1..3).prop_map(|it| it.join(", ")).boxed();
        prop_oneof![
            select(fixed).prop_map(str::to_owned),
            expression().prop_map(|it| format!("filter {it}")),
            list.clone().prop_map(|it| format!("fields {it}")),
            (list.clone(), list).prop_map(|(a, b)| format!("stats {a} by {b} offset 5m")),
            expression().prop_map(|it| format!("sort by {it} DESC, a asc")),
        ]
    }

    fn query() -> impl Strategy<Value = String> {
        prop::collection::vec(stage(), 1..4).prop_map(|it| it.join("\n| "))
    }

    /// A tree without its spans, which differ between two ways to write it.
    fn shape(tree: &haechi_query::ast::Query) -> String {
        let text = format!("{tree:?}");
        let mut shape = String::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once("span: @") {
            shape.push_str(before);
            rest = behind.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
        }
        shape + rest
    }

    /// Reads, checks and shows whatever it is.
    fn read(text: &str) {
        match parse(text) {
            Ok(query) => {
                for diagnostic in check(text, &query, &Options { compat: true }) {
                    assert!(!diagnostic.render(text).is_empty());
                }
                let printed = print(&query);
                let again = parse(&printed).map_err(|error| error.render(&printed));
                assert_eq!(again.as_ref().map(shape), Ok(shape(&query)), "{printed}");
            }
            Err(error) => {
                assert!(error.span.start <= error.span.end && error.span.end <= text.len());
                assert!(text.is_char_boundary(error.span.start));
                assert!(error.render(text).contains('^'));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,80}") {
            read(&text);
        }

        #[test]
        fn any_pieces_are_read_without_a_panic(
            pieces in prop::collection::vec(select(PIECES), 0..24),
            is_tight in any::<bool>(),
        ) {
            read(&pieces.join(if is_tight { "" } else { " " }));
        }

        #[test]
        fn printing_gives_the_same_tree(text in query()) {
            let parsed = parse(&text).map_err(|error| error.render(&text));
            prop_assert!(parsed.is_ok(), "{}", parsed.unwrap_err());
            read(&text);
        }

        #[test]
        fn a_right_query_with_one_change_is_read_without_a_panic(
            text in query(),
            at in any::<prop::sample::Index>(),
            length in 0_usize..4,
            piece in select(PIECES),
        ) {
            let characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len());
            let before: String = characters[..at].iter().collect();
            let after: String = characters.iter().skip(at + length).collect();
            let text = format!("{before}{piece}{after}");
            read(&text);
            let fields = ["srcAddr".to_owned(), "a b".to_owned()];
            let completions = complete(&text, before.len(), &fields);
            assert!(completions.span.end <= text.len());
            let _ = expand(&text, &Values::new(), &BTreeMap::new());
        }
    }

    #[test]
    fn a_query_of_a_megabyte_is_refused() {
        let text = format!("filter a in [{}]", "\"x\",".repeat(300_000));
        let error = parse(&text).unwrap_err();
        assert_eq!(error.message, "the query is longer than 524288 bytes");
        assert!(error.render(&text).len() < 1000);
    }

    #[test]
    fn more_fields_than_can_be_planned_are_refused() {
        let names: Vec<String> = (0..1_001).map(|it| format!("f{it}")).collect();
        let names = names.join(", ");
        let (head, tail) = names.split_at(names.len() / 2);
        let halves = format!("fields {head}0 | fields {}", tail.trim_start_matches(", "));
        let globs = format!("parse @message \"{}\" as {names}", "* ".repeat(1_001));
        for text in
            [format!("display {names}"), format!("stats count(*) by {names}"), halves, globs]
        {
            let query = parse(&text).unwrap();
            let errors = check(&text, &query, &Options::default());
            let expected = "the query has more than 1000 fields up to here";
            assert!(errors.iter().any(|error| error.message == expected), "{errors:?}");
        }
        let text = format!("display {}", names.rsplit_once(',').unwrap().0);
        assert!(check(&text, &parse(&text).unwrap(), &Options::default()).is_empty());
    }

    #[test]
    fn deep_nesting_is_refused() {
        for (open, close) in [("(", ")"), ("abs(", ")"), ("- ", ""), ("not ", ""), ("!", "")] {
            let text = format!("filter {}a{}", open.repeat(10_000), close.repeat(10_000));
            let error = parse(&text).unwrap_err();
            assert_eq!(error.message, "the query nests deeper than 64 levels", "{open}");
        }
        let inner = "filter a in (".repeat(10_000);
        assert_eq!(parse(&inner).unwrap_err().message, "the query nests deeper than 64 levels");
        let powers = format!("filter {}1", "1^".repeat(10_000));
        assert_eq!(parse(&powers).unwrap_err().message, "the query nests deeper than 64 levels");
        let sums = format!("filter {}1", "1+".repeat(10_000));
        let message = "this expression has too many operators inside each other";
        assert_eq!(parse(&sums).unwrap_err().message, message);
    }

    #[test]
    fn nesting_that_is_allowed_fits_the_stack() {
        for (open, close) in [("(", ")"), ("abs(", ")"), ("- ", ""), ("not ", ""), ("!", "")] {
            let text = format!("filter {}a{}", open.repeat(60), close.repeat(60));
            assert_eq!(parse(&text).map_err(|error| error.message).err(), None);
            read(&text);
        }
        let text = format!("{}fields a{}", "filter abs(a) in (".repeat(30), ")".repeat(30));
        assert_eq!(parse(&text).map_err(|error| error.message).err(), None);
        read(&text);
    }

    #[test]
    fn ten_thousand_conditions_are_fine() {
        let text = format!("filter {}", vec!["srcAddr = \"192.0.2.1\""; 10_000].join(" or "));
        read(&text);
    }

    #[test]
    fn long_lists_of_names_are_fine() {
        let names = |prefix: &str| {
            let names: Vec<String> = (0..10_000).map(|i| format!("{prefix}{i}")).collect();
            names.join(", ")
        };
        for text in [
            format!("stats count(*) as n by {} | display {}", names("a"), names("a")),
            format!("stats count(*) as n by {} | display {}", names("a"), names("b")),
            format!("parse \"{}\" as {}", "*,".repeat(10_000), names("a")),
            format!("fields {}", names("a as b")),
        ] {
            read(&text);
        }
    }
}
