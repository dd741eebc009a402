//! Files that were written before a table had all its columns: what they lack is read from their
//! records, which hold it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::physical_expr::expressions::{Column, Literal, TryCastExpr};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_expr_adapter::{
    DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory,
};
use haechi_sources::schema::RECORD;

use crate::functions::json_text;

/// Fits expressions to the columns of each file.
#[derive(Debug)]
pub(super) struct Older {
    /// Where in the record the value of a column stands.
    pub(super) in_record: Arc<BTreeMap<String, String>>,
}

impl PhysicalExprAdapterFactory for Older {
    fn create(
        &self,
        of_table: SchemaRef,
        of_file: SchemaRef,
    ) -> Result<Arc<dyn PhysicalExprAdapter>, DataFusionError> {
        let default = DefaultPhysicalExprAdapterFactory
            .create(Arc::clone(&of_table), Arc::clone(&of_file))?;
        let has = |column: &str| of_file.index_of(column).is_ok();
        if !has(RECORD) || self.in_record.keys().all(|column| has(column)) {
            return Ok(default);
        }
        Ok(Arc::new(Reaching {
            in_record: Arc::clone(&self.in_record),
            of_table,
            of_file,
            default,
        }))
    }
}

/// Reaches into the records of one file for the columns that it lacks.
#[derive(Debug)]
struct Reaching {
    in_record: Arc<BTreeMap<String, String>>,
    of_table: SchemaRef,
    of_file: SchemaRef,
    default: Arc<dyn PhysicalExprAdapter>,
}

impl PhysicalExprAdapter for Reaching {
    fn rewrite(
        &self,
        expression: Arc<dyn PhysicalExpr>,
    ) -> Result<Arc<dyn PhysicalExpr>, DataFusionError> {
        let rewritten = expression.transform(|part| {
            let column = part.downcast_ref::<Column>().map(Column::name);
            match column.and_then(|column| Some((column, self.in_record.get(column)?))) {
                Some((column, path)) if self.of_file.index_of(column).is_err() => {
                    Ok(Transformed::yes(self.reached(column, path)?))
                }
                _ => Ok(Transformed::no(part)),
            }
        });
        self.default.rewrite(rewritten.data()?)
    }
}

impl Reaching {
    /// Returns the value at a path of the record, in the type of the column.
    fn reached(&self, column: &str, path: &str) -> Result<Arc<dyn PhysicalExpr>, DataFusionError> {
        let function = Arc::new(json_text());
        let record = Column::new_with_schema(RECORD, &self.of_table)?;
        let path = Literal::new(ScalarValue::Utf8(Some(path.to_owned())));
        let result = Arc::new(Field::new(column, DataType::Utf8View, true));
        let name = function.name().to_owned();
        let text: Arc<dyn PhysicalExpr> = Arc::new(ScalarFunctionExpr::new(
            &name,
            function,
            vec![Arc::new(record), Arc::new(path)],
            result,
            Arc::new(ConfigOptions::default()),
        ));
        let wanted = self.of_table.field_with_name(column)?.data_type().clone();
        // Whole numbers may be written as `307.0`.
        let digits = DataType::Decimal128(38, 0);
        let text = match wanted {
            DataType::Utf8View => return Ok(text),
            DataType::Int64 => Arc::new(TryCastExpr::new(text, digits)),
            _ => text,
        };
        Ok(Arc::new(TryCastExpr::new(text, wanted)))
    }
}
