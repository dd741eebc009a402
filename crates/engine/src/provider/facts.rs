//! What is known of files before they are opened.

use arrow::datatypes::{FieldRef, Schema, TimeUnit};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, DataFusionError, ScalarValue, Statistics, plan_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::physical_expr::LexOrdering;
use haechi_model::Timestamp;
use object_store::path::Path;

use crate::table::{TIME, TableFile};

/// Takes the file with its facts; `order` is the one that its rows stand in.
pub(super) fn partitioned_file(
    file: &TableFile,
    layout: &TableSchema,
    order: Option<&LexOrdering>,
) -> Result<PartitionedFile, DataFusionError> {
    let in_path = layout.table_partition_cols();
    if file.partition_values.len() != in_path.len() {
        return plan_err!("`{}` has not one value for each partition column", file.path);
    }
    let values = in_path
        .iter()
        .zip(&file.partition_values)
        .map(|(field, value)| partition_value(field, value.as_deref()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut partitioned = PartitionedFile::new(String::new(), file.size);
    partitioned.object_meta.location = Path::parse(&file.path)?;
    partitioned.statistics = Some(statistics(file, layout, &values).into());
    partitioned.ordering = order.cloned();
    Ok(partitioned.with_partition_values(values))
}

/// Returns the first files that hold as many rows as the limit asks for.
pub(super) fn enough_for(
    limit: Option<usize>,
    files: Vec<PartitionedFile>,
) -> Vec<PartitionedFile> {
    let Some(limit) = limit else { return files };
    let mut n_rows = 0_usize;
    let mut first = Vec::new();
    for file in files {
        if limit <= n_rows {
            break;
        }
        n_rows = n_rows.saturating_add(rows(&file).unwrap_or(0));
        first.push(file);
    }
    first
}

/// Returns what is known of all the files together.
///
/// INVARIANT: only the number of rows is exact. Bounds of time need not be tight, so `min(time)`
/// must be read from the rows and never from here.
pub(super) fn of_all(files: &[PartitionedFile], schema: &Schema) -> Statistics {
    let n_rows = files.iter().map(rows).try_fold(0_usize, |sum, rows| sum.checked_add(rows?));
    let n_bytes = files.iter().map(|file| file.object_meta.size).fold(0, u64::saturating_add);
    let mut statistics = Statistics::new_unknown(schema);
    statistics.num_rows = n_rows.map_or(Precision::Absent, Precision::Exact);
    statistics.total_byte_size = Precision::Inexact(usize::try_from(n_bytes).unwrap_or(usize::MAX));
    statistics
}

fn rows(file: &PartitionedFile) -> Option<usize> {
    match file.statistics.as_ref()?.num_rows {
        Precision::Exact(rows) => Some(rows),
        _ => None,
    }
}

fn partition_value(field: &FieldRef, value: Option<&str>) -> Result<ScalarValue, DataFusionError> {
    match value {
        Some(value) => ScalarValue::try_from_string(value.to_owned(), field.data_type()),
        None => ScalarValue::try_new_null(field.data_type()),
    }
}

/// Returns the file's statistics.
///
/// Bounds of one file are called exact because only exact ones rule files out while a query runs;
/// nothing answers a query from the statistics of a single file.
fn statistics(file: &TableFile, layout: &TableSchema, values: &[ScalarValue]) -> Statistics {
    let mut statistics = Statistics::new_unknown(layout.file_schema());
    let rows = file.rows.and_then(|rows| usize::try_from(rows).ok());
    statistics.num_rows = rows.map_or(Precision::Absent, Precision::Exact);
    for (field, column) in
        layout.file_schema().fields().iter().zip(&mut statistics.column_statistics)
    {
        if field.name() == TIME
            && let Some((first, last)) = file.time
        {
            column.min_value = bound(first, field.data_type());
            column.max_value = bound(last, field.data_type());
        }
    }
    statistics.column_statistics.extend(values.iter().map(|value| constant(value, rows)));
    statistics
}

fn bound(moment: Timestamp, data_type: &DataType) -> Precision<ScalarValue> {
    match data_type {
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            Precision::Exact(ScalarValue::TimestampMicrosecond(Some(moment.0), zone.clone()))
        }
        _ => Precision::Absent,
    }
}

/// Returns the statistics of a column that has this value in every row.
fn constant(value: &ScalarValue, rows: Option<usize>) -> ColumnStatistics {
    if value.is_null() {
        let nulls = rows.map_or(Precision::Absent, Precision::Exact);
        return ColumnStatistics { null_count: nulls, ..ColumnStatistics::new_unknown() };
    }
    ColumnStatistics {
        null_count: Precision::Exact(0),
        min_value: Precision::Exact(value.clone()),
        max_value: Precision::Exact(value.clone()),
        ..ColumnStatistics::new_unknown()
    }
}
