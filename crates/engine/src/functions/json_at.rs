//! The value at a path of a JSON text: as text, as JSON, or as Logs Insights shows it.

use std::any::Any;
use std::hash::{Hash, Hasher};

use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use haechi_sources::Make as Values;

use super::json::{self, Render};
use super::{Function, Make};

pub(super) const TEXT: Function = Function {
    name: "json_get_str",
    usage: "json_get_str(json, path)",
    doc: "Gives the value at a path of a JSON text: strings without quotes, anything else as JSON, null as NULL.",
    example: "json_get_str(record, 'requestParameters.items[0].name')",
    make: Make::Own(json_text),
};

pub(super) const JSON: Function = Function {
    name: "json_get",
    usage: "json_get(json, path)",
    doc: "Gives the value at a path of a JSON text, as JSON.",
    example: "json_get(record, 'requestParameters')",
    make: Make::Own(|| udf(JSON.name, json::as_json)),
};

pub(super) const SHOWN: Function = Function {
    name: "json_field",
    usage: "json_field(json, path)",
    doc: "Gives the value at a path of a JSON text: strings without quotes, true and false as 1 and 0, anything else as JSON, null as NULL.",
    example: "json_field(record, 'requestParameters.items[0].name')",
    make: Make::Own(|| udf(SHOWN.name, json::as_shown)),
};

/// Returns what gives the function's value at the path for one JSON text after the other, if it is
/// one of these functions.
pub(crate) fn finder(function: &ScalarUDF, path: &str) -> Option<Box<Values>> {
    let inner: &dyn Any = function.inner().as_ref();
    json::finder(path, inner.downcast_ref::<JsonAt>()?.render).ok()
}

/// Returns `json_get_str`.
pub(crate) fn json_text() -> ScalarUDF {
    udf(TEXT.name, json::as_text)
}

fn udf(name: &'static str, render: Render) -> ScalarUDF {
    ScalarUDF::new_from_impl(JsonAt { name, render, signature: json::signature() })
}

#[derive(Debug)]
struct JsonAt {
    name: &'static str,
    render: Render,
    signature: Signature,
}

impl PartialEq for JsonAt {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for JsonAt {}

impl Hash for JsonAt {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for JsonAt {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(json::result_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        json::invoke(&args, self.render)
    }
}
