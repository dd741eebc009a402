//! Functions that give a list of texts: parts of a text, items of JSON.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ListBuilder, StringBuilder};
use arrow::datatypes::{DataType, Field};
use datafusion::common::{DataFusionError, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::texts::Texts;

mod captures;
mod csv;
mod items;

pub(super) use items::leaf;

use super::Function;

/// Every function that gives a list of texts.
pub(super) const ALL: &[&Function] = &[
    &captures::FIRST,
    &captures::EVERY,
    &csv::FUNCTION,
    &items::FUNCTION,
    &items::KEYS,
    &items::LEAVES,
];

/// Takes a text, and one more that is mostly the same for every row.
pub(super) trait Lister: Send + Sync + std::fmt::Debug + 'static {
    /// Takes the second argument, once for all rows that share it.
    fn with(&self, second: &str) -> Result<Box<dyn Lists>, DataFusionError>;
}

/// Gives the list for one text.
pub(super) trait Lists {
    /// Adds the list to the builder, or a null.
    fn add(&mut self, text: &str, lists: &mut Lines);
}

/// Lists of texts in the making.
pub(super) type Lines = ListBuilder<StringBuilder>;

/// Makes a function of one or two texts.
pub(super) fn udf(name: &'static str, arguments: usize, lister: &'static dyn Lister) -> ScalarUDF {
    let signature = Signature::string(arguments, Volatility::Immutable);
    ScalarUDF::new_from_impl(Udf { name, lister, signature })
}

#[derive(Debug)]
struct Udf {
    name: &'static str,
    lister: &'static dyn Lister,
    signature: Signature,
}

impl PartialEq for Udf {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Udf {}

impl Hash for Udf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Udf {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let (text, second) = match args.args.as_slice() {
            [text] => (Texts::of(text)?, Texts::One(Some(String::new()))),
            [text, second] => (Texts::of(text)?, Texts::of(second)?),
            _ => return exec_err!("one or two arguments are needed"),
        };
        let mut lists = Lines::new(StringBuilder::new());
        let mut same = match &second {
            Texts::One(Some(second)) => Some(self.lister.with(second)?),
            _ => None,
        };
        for row in 0..args.number_rows {
            let Some(text) = text.at(row) else {
                lists.append_null();
                continue;
            };
            match (&mut same, second.at(row)) {
                (Some(same), _) => same.add(text, &mut lists),
                (None, Some(second)) => self.lister.with(second)?.add(text, &mut lists),
                (None, None) => lists.append_null(),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish())))
    }
}
