//! The values of a line of comma-separated values.

use datafusion::common::DataFusionError;

use super::{Lines, Lister, Lists, udf};
use crate::functions::{Function, Make};

pub(super) const FUNCTION: Function = Function {
    name: "csv_values",
    usage: "csv_values(text)",
    doc: "Gives the values of a line of comma-separated values, without their quotes.",
    example: "csv_values('a,\"b,c\",d')",
    make: Make::Own(|| udf(FUNCTION.name, 1, &Csv)),
};

#[derive(Debug)]
struct Csv;

impl Lister for Csv {
    fn with(&self, _: &str) -> Result<Box<dyn Lists>, DataFusionError> {
        Ok(Box::new(Self))
    }
}

impl Lists for Csv {
    fn add(&mut self, text: &str, lists: &mut Lines) {
        let mut rest = Some(text);
        // Ends because every turn takes a value and the comma behind it.
        while let Some(line) = rest {
            let (value, after) = value(line);
            lists.values().append_value(value);
            rest = after;
        }
        lists.append(true);
    }
}

/// Takes a value from the front of the line, and gives what follows its comma.
fn value(line: &str) -> (String, Option<&str>) {
    let Some(quoted) = line.trim_start().strip_prefix('"') else {
        return match line.split_once(',') {
            Some((value, after)) => (value.trim().to_owned(), Some(after)),
            None => (line.trim().to_owned(), None),
        };
    };
    let mut value = String::new();
    let mut rest = quoted;
    // Ends because every turn takes the text up to a quote.
    loop {
        let Some((text, after)) = rest.split_once('"') else {
            value.push_str(rest);
            return (value, None);
        };
        value.push_str(text);
        match after.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => return (value, after.split_once(',').map(|(_, after)| after)),
        }
    }
}
