//! `text_pattern` and its companions: what lines have in common, and where they differ.

use datafusion::common::DataFusionError;

use super::super::by_row::{ByRow, Given, Kind, Value};
use super::super::lists::{Lines, Lister, Lists, udf};
use super::super::{Function, Make};
use crate::patterns;

pub(super) const PATTERN: Function = Function {
    name: "text_pattern",
    usage: "text_pattern(text)",
    doc: "Gives the text with times, addresses, ids and numbers replaced by what they are.",
    example: "text_pattern('took 12 ms for 192.0.2.1')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Text, |values| match *values {
        [Value::Text(text)] => Given::Text(patterns::pattern(text).into()),
        _ => Given::Missing,
    })),
};

pub(super) const COARSE: Function =
    Function {
        name: "pattern_coarse",
        usage: "pattern_coarse(pattern, level)",
        doc: "Makes what `text_pattern` gives coarser, in five steps; level 0 leaves it as it is.",
        example: "pattern_coarse('{\"user\": \"eve\", \"eventName\": \"GetObject\"}', 1)",
        make: Make::ByRow(ByRow::new(&[Kind::Text, Kind::Integer], Kind::Text, |values| {
            match *values {
                [Value::Text(pattern), Value::Integer(level)] => {
                    let level = u32::try_from(level).unwrap_or(0);
                    Given::Text(patterns::coarse(pattern, 0, level).into_owned().into())
                }
                _ => Given::Missing,
            }
        })),
    };

pub(in super::super) const VALUES: Function = Function {
    name: "pattern_values",
    usage: "pattern_values(text, pattern)",
    doc: "Gives what stands in the text where the pattern has tokens: each token's number, kind and value as JSON.",
    example: "pattern_values('took 12 ms for 192.0.2.1', 'took <Number-1> ms for <IP-2>')",
    make: Make::Own(|| udf(VALUES.name, 2, &Values)),
};

#[derive(Debug)]
struct Values;

/// A pattern whose tokens are sought in texts.
struct OfPattern(patterns::Tokens);

impl Lister for Values {
    fn with(&self, pattern: &str) -> Result<Box<dyn Lists>, DataFusionError> {
        Ok(Box::new(OfPattern(patterns::Tokens::of(pattern))))
    }
}

impl Lists for OfPattern {
    fn add(&mut self, text: &str, lists: &mut Lines) {
        for value in self.0.values(text) {
            lists.values().append_option(sonic_rs::to_string(&value).ok());
        }
        lists.append(true);
    }
}
