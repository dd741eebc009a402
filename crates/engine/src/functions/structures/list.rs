//! A list of texts as JSON.

use std::sync::Arc;

use arrow::array::{Array, AsArray, StringViewBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field};
use datafusion::common::{DataFusionError, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::super::{Function, Make};

pub(super) const FUNCTION: Function = Function {
    name: "json_list",
    usage: "json_list(list)",
    doc: "Writes a list of texts as JSON; a list without items gives NULL.",
    example: "json_list(make_array('a', 'b'))",
    make: Make::Own(|| {
        ScalarUDF::new_from_impl(JsonList { signature: Signature::any(1, Volatility::Immutable) })
    }),
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonList {
    signature: Signature,
}

impl ScalarUDFImpl for JsonList {
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
        let [list] = args.args.as_slice() else { return exec_err!("one argument is needed") };
        let texts = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
        let lists = cast(&list.to_array(args.number_rows)?, &texts)?;
        let lists = lists.as_list::<i32>();
        let mut json = StringViewBuilder::with_capacity(args.number_rows);
        for row in 0..lists.len() {
            if lists.is_null(row) {
                json.append_null();
                continue;
            }
            let items = lists.value(row);
            let items: Vec<Option<&str>> = items.as_string::<i32>().iter().collect();
            match sonic_rs::to_string(&items) {
                Ok(text) if !items.is_empty() => json.append_value(text),
                _ => json.append_null(),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(json.finish())))
    }
}
