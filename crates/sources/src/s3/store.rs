//! A bucket whose errors are readable, and which takes large files in parts.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryFutureExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    UploadPart,
};

use super::error::{is_cut, readable};
use super::listing::Listing;
use crate::limits::{S3_PART_BYTES, S3_RETRIES_MAX};

/// A bucket.
#[derive(Debug)]
pub(super) struct Bucket<S> {
    name: Arc<str>,
    store: Arc<S>,
}

impl<S> Bucket<S> {
    pub(super) fn new(name: &str, store: S) -> Self {
        Self { name: name.into(), store: Arc::new(store) }
    }

    /// Returns what makes an error of a request readable, for people: what was to be done and
    /// where.
    fn to(
        &self,
        verb: &'static str,
        key: Option<&Path>,
    ) -> impl Fn(object_store::Error) -> object_store::Error + Clone + Send + 'static {
        let address = format!("s3://{}/{}", self.name, key.map_or("", AsRef::as_ref));
        move |error| readable(error, verb, &address)
    }
}

impl<S> fmt::Display for Bucket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.name)
    }
}

#[async_trait]
impl<S: ObjectStore> ObjectStore for Bucket<S> {
    async fn put_opts(&self, key: &Path, payload: PutPayload, o: PutOptions) -> Result<PutResult> {
        if payload.content_length() <= S3_PART_BYTES || !matches!(o.mode, PutMode::Overwrite) {
            return self.store.put_opts(key, payload, o).await.map_err(self.to("write", Some(key)));
        }
        let options = PutMultipartOptions {
            tags: o.tags,
            attributes: o.attributes,
            extensions: o.extensions,
        };
        let mut upload = self.put_multipart_opts(key, options).await?;
        let sent = in_parts(&mut *upload, payload).await;
        if sent.is_err() {
            // S3 keeps the parts of an upload that is neither completed nor given up.
            let _ = upload.abort().await;
        }
        sent
    }

    async fn put_multipart_opts(
        &self,
        key: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let readable = self.to("write", Some(key));
        let upload = self.store.put_multipart_opts(key, options).await.map_err(&readable)?;
        Ok(Box::new(Upload { upload, readable }))
    }

    async fn get_opts(&self, key: &Path, options: GetOptions) -> Result<GetResult> {
        let readable = self.to("read", Some(key));
        let get = || self.store.get_opts(key, options.clone());
        let mut result = anew_when_cut(get).await.map_err(&readable)?;
        result.payload = match result.payload {
            GetResultPayload::Stream(bytes) => {
                GetResultPayload::Stream(bytes.map_err(readable).boxed())
            }
            file @ GetResultPayload::File(..) => file,
        };
        Ok(result)
    }

    async fn get_ranges(&self, key: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let get = || self.store.get_ranges(key, ranges);
        anew_when_cut(get).await.map_err(self.to("read", Some(key)))
    }

    fn delete_stream(
        &self,
        keys: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.store.delete_stream(keys).map_err(self.to("delete below", None)).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let listing = Listing::of(&self.store, prefix, None);
        listing.objects().map_err(self.to("list", prefix)).boxed()
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let listing = Listing::of(&self.store, prefix, Some(offset));
        listing.objects().map_err(self.to("list", prefix)).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await.map_err(self.to("list", prefix))
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await.map_err(self.to("write", Some(to)))
    }
}

/// Reads, and begins anew when the answer broke off.
async fn anew_when_cut<T, F: Future<Output = Result<T>>>(read: impl Fn() -> F) -> Result<T> {
    let mut n_cuts = 0;
    loop {
        match read().await {
            Err(error) if n_cuts < S3_RETRIES_MAX && is_cut(&error) => n_cuts += 1,
            done => return done,
        }
    }
}

/// Sends a file part by part: each is repeated by itself when it fails.
async fn in_parts(upload: &mut dyn MultipartUpload, payload: PutPayload) -> Result<PutResult> {
    let mut bytes = Bytes::from(payload);
    while !bytes.is_empty() {
        let part = bytes.split_to(bytes.len().min(S3_PART_BYTES));
        upload.put_part(part.into()).await?;
    }
    upload.complete().await
}

/// An upload in parts, whose errors are readable.
struct Upload<F> {
    upload: Box<dyn MultipartUpload>,
    readable: F,
}

impl<F> fmt::Debug for Upload<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.upload.fmt(f)
    }
}

#[async_trait]
impl<F> MultipartUpload for Upload<F>
where
    F: Fn(object_store::Error) -> object_store::Error + Clone + Send + 'static,
{
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        self.upload.put_part(part).map_err(self.readable.clone()).boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.upload.complete().await.map_err(&self.readable)
    }

    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await.map_err(&self.readable)
    }
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt;
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn a_large_file_goes_in_parts_and_comes_back_whole() {
        let bucket = Bucket::new("logs", InMemory::new());
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * S3_PART_BYTES + 1).collect();
        let key = Path::from("large");
        bucket.put(&key, bytes.clone().into()).await.unwrap();
        let back = bucket.get(&key).await.unwrap().bytes().await.unwrap();
        assert!(back == bytes);
    }
}
