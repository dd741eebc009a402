//! The function that gives a column of whole rows: its arguments are the column as stored, the
//! layout, and the columns that a layout may name.

use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use haechi_sources::schema::list_of_text;

use super::layouts::{Arguments, Names};
use super::{entities, record};

/// Which column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Record,
    Entities,
}

/// The function for one column of one source.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Rebuilt {
    pub(super) part: Part,
    /// What the columns behind the layout are called, and what they name.
    pub(super) names: Names,
    signature: Signature,
}

impl Rebuilt {
    /// Returns the function.
    pub(super) fn function(part: Part, names: &Names) -> ScalarUDF {
        let signature = Signature::variadic_any(Volatility::Immutable);
        ScalarUDF::new_from_impl(Self { part, names: names.clone(), signature })
    }
}

impl ScalarUDFImpl for Rebuilt {
    fn name(&self) -> &'static str {
        match self.part {
            Part::Record => "record_of",
            Part::Entities => "entities_of",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(match self.part {
            Part::Record => DataType::Utf8View,
            Part::Entities => list_of_text(),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let mut arguments = Arguments::of(&args)?;
        arguments.own = cast(&arguments.own, args.return_type())?;
        if arguments.own.null_count() == 0 {
            return Ok(ColumnarValue::Array(arguments.own));
        }
        let rebuilt: ArrayRef = match self.part {
            Part::Record => record::all(&arguments, &self.names)?,
            Part::Entities => entities::all(&arguments, &self.names)?,
        };
        Ok(ColumnarValue::Array(rebuilt))
    }
}
