//! `regex_replace`: a text with every match of an expression replaced.

use std::sync::Arc;

use arrow::array::StringViewBuilder;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use haechi_query::regular::groups_fit;
use regex::{Regex, RegexBuilder};

use super::texts::Texts;
use super::{Function, Make};
use crate::limits::REGEX_BYTES_MAX;

pub(super) const FUNCTION: Function = Function {
    name: "regex_replace",
    usage: "regex_replace(text, expression, replacement)",
    doc: "Replaces every match; `$1` or `${name}` in the replacement is what a group caught.",
    example: "regex_replace('id 42', '[0-9]+', '#')",
    make: Make::Own(|| {
        ScalarUDF::new_from_impl(RegexReplace {
            signature: Signature::string(3, Volatility::Immutable),
        })
    }),
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct RegexReplace {
    signature: Signature,
}

impl ScalarUDFImpl for RegexReplace {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let [text, expression, replacement] = args.args.as_slice() else {
            return exec_err!("three arguments are needed");
        };
        let Texts::One(expression) = Texts::of(expression)? else {
            return exec_err!("the expression must be the same for every row");
        };
        let (text, replacement) = (Texts::of(text)?, Texts::of(replacement)?);
        let regex = expression.as_deref().map(compiled).transpose()?;
        let mut replaced = StringViewBuilder::with_capacity(args.number_rows);
        for row in 0..args.number_rows {
            let parts = (&regex, text.at(row), replacement.at(row));
            let (Some(regex), Some(text), Some(replacement)) = parts else {
                replaced.append_null();
                continue;
            };
            replaced.append_value(regex.replace_all(text, replacement));
        }
        Ok(ColumnarValue::Array(Arc::new(replaced.finish())))
    }
}

fn compiled(expression: &str) -> Result<Regex, DataFusionError> {
    if !groups_fit(expression, true) {
        return exec_err!("a regular expression has too many groups: `(?:…)` remembers nothing");
    }
    let regex = RegexBuilder::new(expression).size_limit(REGEX_BYTES_MAX).build();
    regex.map_err(|error| exec_datafusion_err!("`{expression}` is no regular expression: {error}"))
}
