//! The entities, from the columns that the row's layout names.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListBuilder, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field};
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use haechi_sources::schema::list_of_text;

use super::layouts::{Arguments, Names, Values};

/// Returns the function: it takes the entities as stored, the layout, and the columns by name.
pub(super) fn function(names: &Names) -> ScalarUDF {
    let signature = Signature::variadic_any(Volatility::Immutable);
    ScalarUDF::new_from_impl(Entities { names: names.clone(), signature })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Entities {
    names: Names,
    signature: Signature,
}

impl ScalarUDFImpl for Entities {
    fn name(&self) -> &'static str {
        "entities_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(list_of_text())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let arguments = Arguments::of(&args)?;
        let own = cast(&arguments.own, &list_of_text())?;
        if own.null_count() == 0 {
            return Ok(ColumnarValue::Array(own));
        }
        let own = own.as_list::<i32>();
        let mut layouts = arguments.layouts(&self.names);
        let element = Field::new("element", DataType::Utf8, true);
        let mut lists = ListBuilder::new(StringBuilder::new()).with_field(Arc::new(element));
        for row in 0..own.len() {
            if own.is_valid(row) {
                put_list(&own.value(row), &mut lists);
                continue;
            }
            let Some(places) = layouts.of(row)? else {
                lists.append_null();
                continue;
            };
            let named = places.iter().map(|&place| {
                let kind = self.names.get(place)?.1?;
                let Some(Values::Texts(texts)) = arguments.values.get(place) else { return None };
                texts.is_valid(row).then(|| (kind, texts.value(row)))
            });
            for (index, (kind, name)) in named.clone().flatten().enumerate() {
                let is_repeated = named.clone().flatten().take(index).any(|it| it == (kind, name));
                if !is_repeated && kind.accepts(name) {
                    let text = lists.values();
                    text.append_value(format!("{}{name}", kind.prefix()));
                }
            }
            lists.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish())))
    }
}

fn put_list(list: &ArrayRef, lists: &mut ListBuilder<StringBuilder>) {
    for text in list.as_string::<i32>() {
        lists.values().append_option(text);
    }
    lists.append(true);
}
