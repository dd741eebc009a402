//! S3, and anything that speaks its protocol.

mod error;
mod listing;
mod store;

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

pub use error::{S3Error, S3Fault};
use store::Bucket;

use crate::limits::{S3_REQUEST_SECONDS_MAX, S3_RETRIES_MAX};

/// How to reach S3; without keys, the machine's own role is asked for.
#[derive(Clone, Default)]
pub struct S3Options {
    /// The address of an S3-compatible service; AWS without it.
    pub endpoint: Option<String>,
    /// The Region; `us-east-1` without it.
    pub region: Option<String>,
    /// The access key's id.
    pub access_key_id: Option<String>,
    /// The access key's secret.
    pub secret_access_key: Option<String>,
    /// The session token of temporary keys.
    pub session_token: Option<String>,
    /// Plain HTTP may be spoken, which a service on this machine may need.
    pub allow_http: bool,
    /// The bucket stands in the path and not in the host's name.
    pub path_style: bool,
    /// Requests are not signed: the bucket is public.
    pub anonymous: bool,
    /// How long one request may take in seconds; [`S3_REQUEST_SECONDS_MAX`] without it.
    pub request_seconds_max: Option<u64>,
}

impl std::fmt::Debug for S3Options {
    /// Leaves the secrets out: options end up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Options")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("anonymous", &self.anonymous)
            .finish_non_exhaustive()
    }
}

/// Opens a bucket, without asking yet whether it is there.
///
/// What goes wrong later is a [`S3Error`] behind the store's own error.
///
/// # Errors
/// The options do not make sense together.
pub fn open_bucket(
    bucket: &str,
    options: &S3Options,
) -> object_store::Result<Arc<dyn ObjectStore>> {
    let seconds = options.request_seconds_max.unwrap_or(S3_REQUEST_SECONDS_MAX).max(1);
    let timeout = Duration::from_secs(seconds);
    let retry = RetryConfig {
        max_retries: S3_RETRIES_MAX,
        retry_timeout: timeout.saturating_mul(3),
        ..RetryConfig::default()
    };
    let client = ClientOptions::new()
        .with_allow_http(options.allow_http)
        .with_timeout(timeout)
        .with_connect_timeout(timeout.min(Duration::from_secs(5)));
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_client_options(client)
        .with_virtual_hosted_style_request(!options.path_style)
        .with_skip_signature(options.anonymous)
        .with_retry(retry);
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(region) = &options.region {
        builder = builder.with_region(region);
    }
    if let (Some(id), Some(secret)) = (&options.access_key_id, &options.secret_access_key) {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret);
    }
    if let Some(token) = &options.session_token {
        builder = builder.with_token(token);
    }
    Ok(Arc::new(Bucket::new(bucket, builder.build()?)))
}
