//! A folder as an object store whose small reads are made at once.
//!
//! Handing each read to another thread and waiting for it costs more than reading some kilobytes
//! that are mostly in memory anyway: a query of a tenth of a second makes hundreds of such reads.

use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::limits::READ_AT_ONCE_BYTES_MAX;

/// The folder.
#[derive(Debug)]
pub(crate) struct Near(pub(crate) LocalFileSystem);

impl Near {
    /// Reads the ranges if they are small and can be read; what is wrong is left to the store of
    /// the folder to find out and to say.
    fn read(&self, location: &Path, ranges: &[Range<u64>]) -> Option<Vec<Bytes>> {
        let n_bytes: u64 = ranges.iter().map(|range| range.end.saturating_sub(range.start)).sum();
        if READ_AT_ONCE_BYTES_MAX < n_bytes {
            return None;
        }
        let file = File::open(self.0.path_to_filesystem(location).ok()?).ok()?;
        let read = |range: &Range<u64>| {
            let n_bytes = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
            let mut bytes = vec![0; n_bytes];
            file.read_exact_at(&mut bytes, range.start).ok()?;
            Some(Bytes::from(bytes))
        };
        ranges.iter().map(read).collect()
    }
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait::async_trait]
impl ObjectStore for Near {
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        match self.read(location, ranges) {
            Some(bytes) => Ok(bytes),
            None => self.0.get_ranges(location, ranges).await,
        }
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.0.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }
}
