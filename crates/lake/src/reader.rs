//! Reads a Parquet file of the lake out of its store.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, RowSelection};
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};

use crate::LakeError;
use crate::files::LakeFile;

/// Reads the rows of a file: all columns, or those named.
pub(crate) async fn read(
    store: &Arc<dyn ObjectStore>,
    file: &LakeFile,
    columns: Option<&[&str]>,
) -> std::result::Result<Vec<RecordBatch>, LakeError> {
    let file = OpenFile::new(store, file).await?;
    file.rows(0..file.n_rows(), columns).await
}

/// A file whose footer has been read.
pub(crate) struct OpenFile {
    reader: Reader,
    metadata: ArrowReaderMetadata,
}

impl OpenFile {
    /// Reads the file's footer.
    pub(crate) async fn new(
        store: &Arc<dyn ObjectStore>,
        file: &LakeFile,
    ) -> std::result::Result<Self, LakeError> {
        let path = Path::from(file.path.as_str());
        let mut reader = Reader { store: Arc::clone(store), path, size: file.size };
        let metadata =
            ArrowReaderMetadata::load_async(&mut reader, ArrowReaderOptions::new()).await;
        let metadata =
            metadata.map_err(|source| LakeError::Parquet { path: file.path.clone(), source })?;
        Ok(Self { reader, metadata })
    }

    /// Returns the columns.
    pub(crate) fn schema(&self) -> &arrow::datatypes::Schema {
        self.metadata.schema()
    }

    /// Returns how many rows there are.
    pub(crate) fn n_rows(&self) -> usize {
        let row_groups = self.metadata.metadata().row_groups().iter();
        row_groups.map(|it| usize::try_from(it.num_rows()).unwrap_or(0)).sum()
    }

    /// Returns how many bytes the rows have, uncompressed.
    pub(crate) fn n_bytes(&self) -> usize {
        let row_groups = self.metadata.metadata().row_groups().iter();
        row_groups.map(|it| usize::try_from(it.total_byte_size()).unwrap_or(0)).sum()
    }

    /// Reads a range of rows: all columns, or those named.
    pub(crate) async fn rows(
        &self,
        range: Range<usize>,
        columns: Option<&[&str]>,
    ) -> std::result::Result<Vec<RecordBatch>, LakeError> {
        let fail =
            |source| LakeError::Parquet { path: self.reader.path.as_ref().to_owned(), source };
        let metadata = self.metadata.clone();
        let n_rows = self.n_rows();
        let mut builder =
            ParquetRecordBatchStreamBuilder::new_with_metadata(self.reader.clone(), metadata);
        if range != (0..n_rows) {
            let ranges = std::iter::once(range);
            let selection = RowSelection::from_consecutive_ranges(ranges, n_rows);
            builder = builder.with_row_selection(selection);
        }
        if let Some(names) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
            builder = builder.with_projection(mask);
        }
        builder.build().map_err(fail)?.try_collect().await.map_err(fail)
    }
}

#[derive(Clone)]
struct Reader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size: u64,
}

impl AsyncFileReader for Reader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes>> {
        self.store.get_range(&self.path, range).map_err(external).boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>>> {
        async move { self.store.get_ranges(&self.path, &ranges).await.map_err(external) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>>> {
        async move {
            let size = self.size;
            // The places of pages, so that a range of rows need not read all of a column.
            let footer =
                ParquetMetaDataReader::new().with_offset_index_policy(PageIndexPolicy::Optional);
            Ok(Arc::new(footer.load_and_finish(self, size).await?))
        }
        .boxed()
    }
}

fn external(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}
