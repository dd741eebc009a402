//! Objects in S3, or in anything that speaks its protocol.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::found::{Found, Store};
use super::pattern::Pattern;
use super::{DiscoverError, DiscoverOptions, LAKE_MEMBERS};
use crate::s3::open_bucket;

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
    match pattern {
        _ if gathered.map_err(error)? => Ok(()),
        None => Err(DiscoverError::Missing { input: input.to_owned() }),
        Some(_) => Err(DiscoverError::NoMatch { input: input.to_owned() }),
    }
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
