//! `json_get`: the value at a path of a JSON text, as JSON.

use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::{Function, Make, json};

pub(super) const FUNCTION: Function = Function {
    name: "json_get",
    usage: "json_get(json, path)",
    doc: "Gives the value at a path of a JSON text, as JSON.",
    example: "json_get(record, 'requestParameters')",
    make: Make::Own(|| ScalarUDF::new_from_impl(JsonGet { signature: json::signature() })),
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonGet {
    signature: Signature,
}

impl ScalarUDFImpl for JsonGet {
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
        json::invoke(&args, json::as_json)
    }
}
