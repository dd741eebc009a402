//! Parquet: the answer as a file that other tools read.

use std::io::Write;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::properties::WriterProperties;
use anyhow::{Result, anyhow};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::json::distinct;
use super::limits::{GROUP_BYTES, GROUP_ROWS};
use crate::Rows;

/// Parquet in the making: the writer fills a buffer, which is emptied after every batch.
pub(super) struct Parquet {
    schema: SchemaRef,
    writer: Option<ArrowWriter<Vec<u8>>>,
}

impl Parquet {
    pub(super) fn new(schema: &SchemaRef) -> Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .build();
        let schema = distinct(schema);
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties))?;
        Ok(Self { schema, writer: Some(writer) })
    }
}

impl Rows for Parquet {
    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let writer = self.writer.as_mut().ok_or_else(|| anyhow!("the file is already closed"))?;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec())?;
        writer.write(&batch)?;
        out.write_all(&std::mem::take(writer.inner_mut()))?;
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        let writer = self.writer.take().ok_or_else(|| anyhow!("the file is already closed"))?;
        out.write_all(&writer.into_inner()?)?;
        Ok(())
    }
}
