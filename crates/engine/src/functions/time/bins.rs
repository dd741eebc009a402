//! `time_bins`: every period from the one that one time lies in to the one of another.

use std::sync::Arc;

use arrow::array::{Array, AsArray, ListBuilder, TimestampMicrosecondBuilder};
use arrow::datatypes::{DataType, Field, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{DataFusionError, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::super::{Function, Make};
use super::period;
use crate::limits::BINS_MAX;

pub(super) const FUNCTION: Function = Function {
    name: "time_bins",
    usage: "time_bins(first, last, count, unit)",
    doc: "Gives the starts of the periods from the one of the first time to the one of the last.",
    example: "time_bins(to_timestamp_micros(1717200000000000), to_timestamp_micros(1717200600000000), 5, 'minute')",
    make: Make::Own(|| {
        let signature = Signature::user_defined(Volatility::Immutable);
        ScalarUDF::new_from_impl(TimeBins { signature })
    }),
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct TimeBins {
    signature: Signature,
}

fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

impl ScalarUDFImpl for TimeBins {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::List(Arc::new(Field::new_list_field(time(), true))))
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>, DataFusionError> {
        if given.len() != 4 {
            return plan_err!("`{}` takes four arguments", FUNCTION.name);
        }
        Ok(vec![time(), time(), DataType::Int64, DataType::Utf8])
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let [first, last, count, unit] = columns.as_slice() else {
            return exec_err!("four arguments are needed");
        };
        let (first, last) = (
            first.as_primitive::<TimestampMicrosecondType>(),
            last.as_primitive::<TimestampMicrosecondType>(),
        );
        let (count, unit) = (count.as_primitive::<Int64Type>(), unit.as_string::<i32>());
        let times = TimestampMicrosecondBuilder::new().with_timezone("UTC");
        let mut lists = ListBuilder::new(times);
        for row in 0..first.len() {
            let is_missing =
                first.is_null(row) || last.is_null(row) || count.is_null(row) || unit.is_null(row);
            if is_missing {
                lists.append_null();
                continue;
            }
            for start in
                starts(first.value(row), last.value(row), count.value(row), unit.value(row))?
            {
                lists.values().append_value(start);
            }
            lists.append(true);
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish())))
    }
}

fn starts(first: i64, last: i64, count: i64, unit: &str) -> Result<Vec<i64>, DataFusionError> {
    let mut starts = Vec::new();
    let mut next = period::floor(first, count, unit);
    // Ends because every turn adds a start, and there are only so many.
    while let Some(start) = next.filter(|start| *start <= last) {
        if BINS_MAX <= starts.len() {
            return exec_err!("there are more than {BINS_MAX} periods between the two times");
        }
        starts.push(start);
        next = period::ceil(start.saturating_add(1), count, unit).filter(|next| start < *next);
    }
    Ok(starts)
}
