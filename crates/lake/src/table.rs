//! The lake's Delta table: where it is, what is in it, and how it changes.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::Schema;
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, StructType};
use deltalake_core::logstore::{StorageConfig, default_logstore};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTable, DeltaTableError};
use haechi_catalog::Catalog;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use url::Url;

use crate::files::LakeFile;
use crate::near::Near;
use crate::schema::{self, PARTITIONS};
use crate::{LakeError, limits};

/// Where a lake is.
#[derive(Clone)]
pub enum Location {
    /// A folder.
    Folder(PathBuf),
    /// A place in an object store: the store's root, and the URL of the lake in it.
    Remote {
        /// The store, whose root is the bucket.
        store: Arc<dyn ObjectStore>,
        /// The lake's URL, such as `s3://bucket/lake`.
        url: Url,
    },
}

/// A lake, opened: a Delta table and the files it had when it was last looked at.
pub struct Lake {
    url: Url,
    store: Arc<dyn ObjectStore>,
    pub(crate) table: DeltaTable,
}

/// How a commit ended.
pub(crate) enum Commit {
    /// It is in the log.
    Done,
    /// Another writer was faster; the lake is refreshed.
    Lost,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Remote { url, .. } => write!(f, "{url}"),
        }
    }
}

impl Lake {
    /// Opens a lake.
    ///
    /// # Errors
    /// There is none, or its log cannot be read.
    pub async fn open(location: &Location) -> Result<Self, LakeError> {
        let mut lake = Self::at(location, false)?;
        match lake.table.load().await {
            Ok(()) => Ok(lake),
            Err(DeltaTableError::NotATable(_)) => {
                Err(LakeError::Missing { location: location.to_string() })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a lake, makes it if there is none, and gives it the columns that the catalogue has
    /// and it has not.
    ///
    /// # Errors
    /// The place cannot hold a lake, or its log cannot be read or written.
    pub async fn open_or_create(location: &Location, catalog: &Catalog) -> Result<Self, LakeError> {
        let mut lake = Self::at(location, true)?;
        let wanted = delta_schema(&schema::lake(catalog))?;
        match lake.table.load().await {
            Ok(()) => lake.add_columns(&wanted).await?,
            Err(DeltaTableError::NotATable(_)) => lake.create(&wanted).await?,
            Err(error) => return Err(error.into()),
        }
        Ok(lake)
    }

    fn at(location: &Location, create: bool) -> Result<Self, LakeError> {
        let fail = |reason: String| LakeError::Location { location: location.to_string(), reason };
        let (root, url): (Arc<dyn ObjectStore>, Url) = match location {
            Location::Folder(path) => {
                if !create && !path.is_dir() {
                    return Err(LakeError::Missing { location: location.to_string() });
                }
                if create {
                    std::fs::create_dir_all(path).map_err(|error| fail(error.to_string()))?;
                }
                let path = std::path::absolute(path).map_err(|error| fail(error.to_string()))?;
                let url = Url::from_directory_path(&path)
                    .map_err(|()| fail("it is not an absolute path".to_owned()))?;
                (Arc::new(Near(LocalFileSystem::new())), url)
            }
            Location::Remote { store, url } => (Arc::clone(store), url.clone()),
        };
        let prefix = object_store::path::Path::from_url_path(url.path())
            .map_err(|error| fail(error.to_string()))?;
        let store: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(Arc::clone(&root), prefix));
        let log = default_logstore(Arc::clone(&store), root, &url, &StorageConfig::default());
        Ok(Self { url, store, table: DeltaTable::new(log) })
    }

    async fn create(&mut self, wanted: &StructType) -> Result<(), LakeError> {
        let created = CreateBuilder::new()
            .with_log_store(self.table.log_store())
            .with_table_name("haechi")
            .with_comment("Log records by source, account and day; haechi's lake")
            .with_columns(wanted.fields().cloned())
            .with_partition_columns(PARTITIONS)
            // Only what queries prune by has statistics in the log: the event time.
            .with_configuration_property(
                deltalake_core::TableProperty::DataSkippingStatsColumns,
                Some(haechi_sources::schema::TIME),
            )
            .await;
        match created {
            Ok(table) => self.table = table,
            // Another process made it just now.
            Err(_) if self.table.load().await.is_ok() => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn add_columns(&mut self, wanted: &StructType) -> Result<(), LakeError> {
        let known = self.table.snapshot()?.schema();
        let new: Vec<_> =
            wanted.fields().filter(|it| known.field(it.name()).is_none()).cloned().collect();
        if !new.is_empty() {
            self.table = self.table.clone().add_columns().with_fields(new).await?;
        }
        Ok(())
    }

    /// Returns the store whose root is the lake.
    #[must_use]
    pub fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// Returns the lake's URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the lake's version: how many commits it has had.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.table.version().unwrap_or_default()
    }

    /// Returns the files that are in the lake, in the order of their paths.
    ///
    /// # Errors
    /// The log was not read.
    pub fn files(&self) -> Result<Vec<LakeFile>, LakeError> {
        let log = self.table.snapshot()?.log_data();
        let mut files: Vec<_> = log.iter().map(|view| LakeFile::of(&view)).collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(files)
    }

    /// Looks again at what is in the lake.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn refresh(&mut self) -> Result<(), LakeError> {
        Ok(self.table.update_state().await?)
    }

    /// Writes a commit onto the state last seen; loses if that is no longer the newest.
    ///
    /// A store may take a commit and fail to say so: what counts is what is in the log. When the
    /// commit is there, the lake stands at it and not behind it: what another writer did since
    /// then is found out by the next commit, which loses.
    pub(crate) async fn commit(&mut self, actions: Vec<Action>) -> Result<Commit, LakeError> {
        let added: Vec<String> = actions.iter().filter_map(path_added).collect();
        for _ in 0..limits::COMMIT_ATTEMPTS_MAX {
            let seen = self.version();
            let error = match self.commit_once(actions.clone()).await {
                Ok(()) => return Ok(Commit::Done),
                Err(error) => error,
            };
            // An error here says that there is no such version, or comes again just below.
            let next = self.table.update_incremental(Some(seen + 1)).await;
            if next.is_ok() && self.has_all(&added)? {
                return Ok(Commit::Done);
            }
            match self.refresh().await {
                Ok(()) if self.version() != seen => return Ok(Commit::Lost),
                _ if !is_loss(&error) => return Err(error.into()),
                // The winner's commit can be in the way before it can be seen.
                refreshed => refreshed?,
            }
        }
        Err(LakeError::Contention { attempts: limits::COMMIT_ATTEMPTS_MAX })
    }

    async fn commit_once(&mut self, actions: Vec<Action>) -> Result<(), DeltaTableError> {
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: Some(PARTITIONS.map(str::to_owned).to_vec()),
            predicate: None,
        };
        let properties = CommitProperties::default().with_max_retries(0);
        let state = self.table.snapshot()?.clone();
        let done = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(state.snapshot()), self.table.log_store(), operation)
            .await?;
        self.table.state = Some(done.snapshot());
        Ok(())
    }

    /// Tells whether the lake has all of some files; no files are none of ours.
    fn has_all(&self, paths: &[String]) -> Result<bool, LakeError> {
        let files = self.files()?;
        let has = |path: &String| files.binary_search_by(|it| it.path.cmp(path)).is_ok();
        Ok(!paths.is_empty() && paths.iter().all(has))
    }
}

/// Returns the path of the file that the action adds.
fn path_added(action: &Action) -> Option<String> {
    match action {
        Action::Add(add) => Some(add.path.clone()),
        _ => None,
    }
}

/// Tells whether the commit lost against another.
fn is_loss(error: &DeltaTableError) -> bool {
    matches!(error, DeltaTableError::Transaction { .. } | DeltaTableError::VersionAlreadyExists(_))
}

fn delta_schema(schema: &Schema) -> Result<StructType, LakeError> {
    Ok(schema.try_into_kernel()?)
}
