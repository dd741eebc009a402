//! A listing that goes on where an answer broke off.

use std::sync::Arc;

use futures::TryStreamExt;
use futures::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, Result};

use super::error::is_cut;
use crate::limits::S3_RETRIES_MAX;

/// A listing, and how far it is.
pub(super) struct Listing<S> {
    store: Arc<S>,
    prefix: Option<Path>,
    /// The last key that was listed, or the one to begin behind.
    last: Option<Path>,
    rest: BoxStream<'static, Result<ObjectMeta>>,
    /// How often it broke off since the last key.
    n_cuts: usize,
}

impl<S: ObjectStore> Listing<S> {
    pub(super) fn of(store: &Arc<S>, prefix: Option<&Path>, after: Option<&Path>) -> Self {
        let (prefix, last) = (prefix.cloned(), after.cloned());
        let rest = rest_of(store, prefix.as_ref(), last.as_ref());
        Self { store: Arc::clone(store), prefix, last, rest, n_cuts: 0 }
    }

    pub(super) fn objects(
        self,
    ) -> impl TryStreamExt<Ok = ObjectMeta, Error = object_store::Error> + Send {
        stream::try_unfold(self, |mut listing| async move {
            Ok(listing.next().await?.map(|object| (object, listing)))
        })
    }

    async fn next(&mut self) -> Result<Option<ObjectMeta>> {
        loop {
            match self.rest.try_next().await {
                Ok(object) => {
                    self.n_cuts = 0;
                    self.last = object.as_ref().map(|it| it.location.clone());
                    return Ok(object);
                }
                Err(error) if self.n_cuts < S3_RETRIES_MAX && is_cut(&error) => {
                    self.n_cuts += 1;
                    self.rest = rest_of(&self.store, self.prefix.as_ref(), self.last.as_ref());
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn rest_of<S: ObjectStore>(
    store: &Arc<S>,
    prefix: Option<&Path>,
    last: Option<&Path>,
) -> BoxStream<'static, Result<ObjectMeta>> {
    match last {
        Some(last) => store.list_with_offset(prefix, last),
        None => store.list(prefix),
    }
}
