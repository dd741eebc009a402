//! Objects in S3, or in anything that speaks its protocol.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, RetryConfig};

use super::found::{Found, Store};
use super::pattern::Pattern;
use super::{DiscoverError, DiscoverOptions, LAKE_MEMBERS};
use crate::limits::{S3_RETRIES_MAX, S3_RETRY_SECONDS_MAX};

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

/// Adds the objects that an address behind `s3://` names: one key, all below a prefix, or a glob.
pub(super) fn find(
    input: &str,
    address: &str,
    options: &DiscoverOptions,
    found: &mut Found,
) -> Result<(), DiscoverError> {
    let (bucket, key) = address.split_once('/').unwrap_or((address, ""));
    let error = |source| DiscoverError::Bucket { input: input.to_owned(), source };
    let store = open_bucket(bucket, &options.s3).map_err(error)?;
    let store = Store { address: format!("s3://{bucket}/"), store };
    let pattern = Pattern::new(key)?;
    let gathered = options.runtime.block_on(gather(store, key, pattern.as_ref(), found));
    let is_there = match gathered {
        // The only word by which a bucket that is missing differs from one that is refused.
        Err(source) if source.to_string().contains("NoSuchBucket") => false,
        other => other.map_err(error)?,
    };
    match pattern {
        _ if is_there => Ok(()),
        None => Err(DiscoverError::Missing { input: input.to_owned() }),
        Some(_) => Err(DiscoverError::NoMatch { input: input.to_owned() }),
    }
}

/// Opens a bucket, without asking yet whether it is there.
///
/// # Errors
/// The options do not make sense together.
pub fn open_bucket(
    bucket: &str,
    options: &S3Options,
) -> object_store::Result<Arc<dyn ObjectStore>> {
    let retry = RetryConfig {
        max_retries: S3_RETRIES_MAX,
        retry_timeout: Duration::from_secs(S3_RETRY_SECONDS_MAX),
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_allow_http(options.allow_http)
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
    Ok(Arc::new(builder.build()?))
}

/// Adds the objects under a key; tells whether there are any.
pub(super) async fn gather(
    store: Store,
    key: &str,
    pattern: Option<&Pattern>,
    found: &mut Found,
) -> object_store::Result<bool> {
    let bucket = Arc::clone(&store.store);
    let number = found.store(store);
    let prefix = match pattern {
        Some(pattern) => pattern.before.as_str(),
        None => key,
    };
    let prefix = Path::parse(prefix)?;
    if pattern.is_none() && !key.is_empty() && !key.ends_with('/') {
        // A refusal here may still allow listing, which then tells.
        if let Ok(object) = bucket.head(&prefix).await {
            found.key(number, object.location.as_ref(), object.size);
            return Ok(true);
        }
    }
    let mut objects = bucket.list(Some(&prefix));
    let mut lakes = BTreeSet::new();
    let mut any = false;
    while !found.is_full()
        && let Some(object) = objects.try_next().await?
    {
        let key = object.location.as_ref();
        if let Some(lake) = lake_of(key) {
            lakes.insert(lake.to_owned());
        } else if pattern.is_none_or(|it| it.takes(key.as_ref())) {
            found.key(number, key, object.size);
            any = true;
        }
    }
    for lake in &lakes {
        found.skip_below(number, lake, "it is a lake");
    }
    Ok(any || !lakes.is_empty())
}

/// Returns the lake whose log the key belongs to, with its last slash.
fn lake_of(key: &str) -> Option<&str> {
    let logs = LAKE_MEMBERS.iter().flat_map(|member| key.match_indices(member));
    logs.filter(|(at, member)| key.get(at + member.len()..).is_some_and(|it| it.starts_with('/')))
        .filter_map(|(at, _)| key.get(..at))
        .find(|lake| lake.is_empty() || lake.ends_with('/'))
}
