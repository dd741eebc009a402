//! One column of a row group, page by page.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

/// A finished column.
pub(super) type Finished = (Bytes, ColumnCloseResult);

/// A column as it is written.
pub(super) struct Chunk<'c> {
    column: ColumnDescPtr,
    compressor: Option<&'c mut Compressor<'static>>,
    output: TrackedWrite<Vec<u8>>,
    offsets: OffsetIndexBuilder,
    n_rows: u64,
    n_values: i64,
    n_bytes_plain: i64,
    dictionary_at: Option<i64>,
    data_at: Option<i64>,
    encodings: Vec<Encoding>,
}

/// How much a page of data has.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) n_rows: usize,
    /// Values and nulls: what has a level.
    pub(super) n_values: usize,
}

impl<'c> Chunk<'c> {
    /// Begins a column whose pages are compressed, if there is something to do it with.
    pub(super) fn new(
        column: ColumnDescPtr,
        compressor: Option<&'c mut Compressor<'static>>,
    ) -> Self {
        Self {
            column,
            compressor,
            output: TrackedWrite::new(Vec::new()),
            offsets: OffsetIndexBuilder::new(),
            n_rows: 0,
            n_values: 0,
            n_bytes_plain: 0,
            dictionary_at: None,
            data_at: None,
            encodings: vec![Encoding::RLE],
        }
    }

    /// Adds the dictionary, which comes before all data.
    pub(super) fn put_dictionary(&mut self, page: &[u8], n_values: usize) -> Result<()> {
        let buf = self.packed(page)?;
        let num_values = counted(n_values)?;
        let encoding = Encoding::PLAIN;
        let dictionary = Page::DictionaryPage { buf, num_values, encoding, is_sorted: false };
        let (at, _) = self.put(dictionary, page.len())?;
        self.dictionary_at = Some(at);
        self.encodings.push(encoding);
        Ok(())
    }

    /// Adds data: levels, and values in that encoding.
    pub(super) fn put_data(
        &mut self,
        page: &[u8],
        Extent { n_rows, n_values }: Extent,
        encoding: Encoding,
    ) -> Result<()> {
        let data = Page::DataPage {
            buf: self.packed(page)?,
            num_values: counted(n_values)?,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let (at, n_bytes) = self.put(data, page.len())?;
        self.data_at.get_or_insert(at);
        self.n_rows += n_rows as u64;
        self.n_values += i64::from(counted(n_values)?);
        self.offsets.append_offset_and_size(at, n_bytes);
        self.offsets.append_row_count(i64::from(counted(n_rows)?));
        if !self.encodings.contains(&encoding) {
            self.encodings.push(encoding);
        }
        Ok(())
    }

    /// Ends the column.
    pub(super) fn finish(self, statistics: Option<Statistics>) -> Result<Finished> {
        self.finish_with(statistics, None)
    }

    /// Ends the column, of whose pages something is known.
    pub(super) fn finish_with(
        self,
        statistics: Option<Statistics>,
        column_index: Option<ColumnIndexMetaData>,
    ) -> Result<Finished> {
        let compression = match self.compressor {
            Some(_) => Compression::ZSTD(ZstdLevel::default()),
            None => Compression::UNCOMPRESSED,
        };
        let bytes = Bytes::from(self.output.into_inner()?);
        let mut metadata = ColumnChunkMetaData::builder(self.column)
            .set_compression(compression)
            .set_encodings(self.encodings)
            .set_total_compressed_size(i64::try_from(bytes.len())?)
            .set_total_uncompressed_size(self.n_bytes_plain)
            .set_num_values(self.n_values)
            .set_data_page_offset(self.data_at.unwrap_or_default())
            .set_dictionary_page_offset(self.dictionary_at);
        if let Some(statistics) = statistics {
            metadata = metadata.set_statistics(statistics);
        }
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.n_rows,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index,
            offset_index: Some(self.offsets.build()),
        };
        Ok((bytes, close))
    }

    fn packed(&mut self, page: &[u8]) -> Result<Bytes> {
        let external = |error| ParquetError::External(Box::new(error));
        Ok(match &mut self.compressor {
            Some(compressor) => compressor.compress(page).map_err(external)?.into(),
            None => Bytes::copy_from_slice(page),
        })
    }

    /// Writes a page; returns where it begins and how long it is with its header.
    fn put(&mut self, page: Page, n_bytes_plain: usize) -> Result<(i64, i32)> {
        let page = CompressedPage::new(page, n_bytes_plain);
        let written = SerializedPageWriter::new(&mut self.output).write_page(page)?;
        self.n_bytes_plain += i64::try_from(written.uncompressed_size)?;
        Ok((i64::try_from(written.offset)?, i32::try_from(written.compressed_size)?))
    }
}

fn counted(n: usize) -> Result<u32> {
    Ok(u32::try_from(n)?)
}
