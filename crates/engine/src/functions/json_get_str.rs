//! `json_get_str`: the value at a path of a JSON text, as text.

use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::{Function, Make, json};

pub(super) const FUNCTION: Function = Function {
    name: "json_get_str",
    usage: "json_get_str(json, path)",
    doc: "Gives the value at a path of a JSON text: strings without quotes, anything else as JSON, null as NULL.",
    example: "json_get_str(record, 'requestParameters.items[0].name')",
    make: Make::Own(|| ScalarUDF::new_from_impl(JsonGetStr { signature: json::signature() })),
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonGetStr {
    signature: Signature,
}

impl ScalarUDFImpl for JsonGetStr {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(json::result_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        json::invoke(&args, json::as_text)
    }
}
