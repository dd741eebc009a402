//! The pages: each query is printed as it was understood, or refused with the message shown.
//!
//! `UPDATE_EXPECT=1` writes what the code says; read the difference.

#[cfg(test)]
mod pages {
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};

    use expect_test::expect_file;
    use haechi_query::check::{Options, check};
    use haechi_query::diagnostic::Diagnostic;
    use haechi_query::print::print;
    use haechi_query::{commands, functions, parse};

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")
    }

    /// The pages with their names, in the order of their names.
    fn pages() -> Vec<(PathBuf, String)> {
        let entries = std::fs::read_dir(folder()).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
        // Folders hold the pages of other tests.
        paths.retain(|it| it.is_file());
        paths.sort();
        paths.into_iter().map(|it| (it.clone(), std::fs::read_to_string(it).unwrap())).collect()
    }

    /// The page with the answers that the code gives now.
    fn answered(page: &str) -> String {
        let mut text = String::new();
        let mut lines = page.lines();
        while let Some(line) = lines.next() {
            let language = line.strip_prefix("```");
            match language {
                Some("query" | "query compat") => {
                    let query = block(&mut lines);
                    writeln!(text, "{line}\n{query}```").unwrap();
                    text.push_str(&answer(query.trim_end(), line.ends_with("compat")));
                }
                Some("printed" | "warning" | "error") => {
                    block(&mut lines);
                }
                _ => writeln!(text, "{line}").unwrap(),
            }
        }
        text
    }

    fn block<'a>(lines: &mut impl Iterator<Item = &'a str>) -> String {
        lines.take_while(|it| *it != "```").fold(String::new(), |text, it| text + it + "\n")
    }

    fn answer(query: &str, compat: bool) -> String {
        let parsed = match parse(query) {
            Ok(parsed) => parsed,
            Err(error) => return format!("```error\n{}```\n", error.render(query)),
        };
        let found = check(query, &parsed, &Options { compat });
        let (errors, warnings): (Vec<_>, Vec<_>) = found.iter().partition(|it| it.is_error());
        let shown = |found: &[&Diagnostic]| {
            found.iter().map(|it| it.render(query)).collect::<Vec<_>>().join("\n")
        };
        if !errors.is_empty() {
            return format!("```error\n{}```\n", shown(&errors));
        }
        let mut answer = format!("```printed\n{}\n```\n", print(&parsed));
        if !warnings.is_empty() {
            write!(answer, "```warning\n{}```\n", shown(&warnings)).unwrap();
        }
        answer
    }

    #[test]
    fn every_query_is_understood_as_its_page_says() {
        for (path, page) in pages() {
            expect_file![path].assert_eq(&answered(&page));
        }
    }

    #[test]
    fn every_command_has_a_page() {
        for command in commands::ALL {
            let path = folder().join(format!("{}.md", command.name.to_lowercase()));
            assert!(path.is_file(), "{} is missing", path.display());
            let parsed = parse(command.example).map_err(|error| error.render(command.example));
            let query = parsed.unwrap();
            let found = check(command.example, &query, &Options::default());
            assert!(found.is_empty(), "the example of `{}`: {found:?}", command.name);
            assert!(command.example.to_lowercase().contains(&command.name.to_lowercase()));
        }
    }

    #[test]
    fn the_reference_shows_every_command_and_function() {
        let mut text = "# Commands and functions of the query language\n\n\
            This page is written from the code; the [guide](query-language.md) explains.\n\n\
            ## Commands\n"
            .to_owned();
        for command in commands::ALL {
            write!(text, "\n### {}\n\n{}\n", command.name, command.doc).unwrap();
            if !command.aliases.is_empty() {
                writeln!(text, "Also written `{}`.", command.aliases.join("`, `")).unwrap();
            }
            write!(text, "\n```\n{}\n```\n", command.usage).unwrap();
            write!(text, "\nFor example:\n\n```\n{}\n```\n", command.example).unwrap();
        }
        for (group, functions) in functions::GROUPS {
            write!(
                text,
                "\n## {group}\n\n| Function | Gives | For example |\n| --- | --- | --- |\n"
            )
            .unwrap();
            for it in *functions {
                let cell = |text: &str| text.replace('|', "\\|");
                let also = match it.aliases {
                    [] => String::new(),
                    names => format!(" (also `{}`)", names.join("`, `")),
                };
                writeln!(
                    text,
                    "| `{}`{also} | {} | `{}` |",
                    cell(&it.usage()),
                    it.doc,
                    cell(it.example)
                )
                .unwrap();
            }
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/query-reference.md");
        expect_file![path].assert_eq(&text);
    }
}
