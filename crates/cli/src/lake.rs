//! Where the lake and its state are, and the engine over it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use haechi_catalog::Catalog;
use haechi_detect::FindingStore;
use haechi_engine::{Embedded, Options, Table, TableFile};
use haechi_lake::{Lake, LakeFile, Location, schema};
use haechi_sources::schema::{in_record, joined_columns};
use haechi_sources::{S3Options, open_bucket};
use object_store::ObjectStore;
use url::Url;

use crate::args::LakeArgs;
use crate::session::Session;

/// Columns of a table whose values stand in the folders.
const IN_FOLDERS: [&str; 2] = [haechi_sources::schema::ACCOUNT, haechi_sources::schema::DATE];

/// Returns where the lake is.
pub fn location(args: &LakeArgs) -> Result<Location> {
    match &args.lake {
        Some(text) => named(text),
        None => Ok(Location::Folder(data_folder()?.join("lake"))),
    }
}

/// Returns the place that a text names.
pub fn named(text: &str) -> Result<Location> {
    if !text.starts_with("s3://") {
        return Ok(Location::Folder(PathBuf::from(text)));
    }
    let url = Url::parse(text).with_context(|| format!("`{text}` is not a URL"))?;
    Ok(Location::Remote { store: s3(&url)?, url })
}

/// Returns the bucket of an `s3://` URL, with the credentials of the environment.
fn s3(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    let bucket = url.host_str().ok_or_else(|| anyhow!("`{url}` names no bucket"))?;
    open_bucket(bucket, &s3_options()?).context("S3 cannot be used")
}

/// Returns the S3 settings of the environment, under the names that AWS's own tools use.
pub fn s3_options() -> Result<S3Options> {
    let var = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
    let endpoint = var("AWS_ENDPOINT_URL_S3").or_else(|| var("AWS_ENDPOINT_URL"));
    let seconds = var("HAECHI_S3_TIMEOUT").map(|text| {
        text.parse().map_err(|_| anyhow!("HAECHI_S3_TIMEOUT is `{text}`: use whole seconds"))
    });
    Ok(S3Options {
        allow_http: endpoint.as_deref().is_some_and(|it| it.starts_with("http://")),
        path_style: endpoint.is_some(),
        endpoint,
        region: var("AWS_REGION").or_else(|| var("AWS_DEFAULT_REGION")),
        access_key_id: var("AWS_ACCESS_KEY_ID"),
        secret_access_key: var("AWS_SECRET_ACCESS_KEY"),
        session_token: var("AWS_SESSION_TOKEN"),
        anonymous: var("AWS_SKIP_SIGNATURE").is_some_and(|it| it != "false"),
        request_seconds_max: seconds.transpose()?,
    })
}

/// Opens the store of findings that belongs to the lake.
pub fn findings(location: &Location) -> Result<FindingStore> {
    Ok(FindingStore::open(&state_folder(location)?.join("state.db"))?)
}

/// Returns the folder of what is remembered of the lake, made new if need be.
pub fn state_folder(location: &Location) -> Result<PathBuf> {
    let folder = match location {
        Location::Folder(path) => path.join("_haechi"),
        Location::Remote { url, .. } => {
            let name: String = url
                .as_str()
                .chars()
                .map(|it| if it.is_alphanumeric() { it } else { '_' })
                .collect();
            data_folder()?.join("state").join(name)
        }
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    Ok(folder)
}

/// Opens a lake that is there.
pub fn open(session: &Session, args: &LakeArgs) -> Result<Lake> {
    Ok(session.runtime.block_on(Lake::open(&location(args)?))?)
}

/// Returns the engine over a lake, with a table for each source.
pub fn engine(lake: &Lake, catalog: &Catalog, args: &LakeArgs) -> Result<Embedded> {
    engine_over(lake, &lake.files()?, catalog, args)
}

/// The most memory that the queries of detection use, in MiB. They read all rows in the order of
/// time: more takes off little of the sorting, and stands beside what detection remembers.
const DETECTION_MEMORY_MAX: usize = 96;

/// Returns the engine over a lake for detection.
pub fn detection_engine(lake: &Lake, catalog: &Catalog, args: &LakeArgs) -> Result<Embedded> {
    let memory = args.memory.min(DETECTION_MEMORY_MAX);
    engine(lake, catalog, &LakeArgs { memory, ..args.clone() })
}

/// Returns the engine over some of a lake's files.
pub fn engine_over(
    lake: &Lake,
    files: &[LakeFile],
    catalog: &Catalog,
    args: &LakeArgs,
) -> Result<Embedded> {
    let mut tables = Vec::new();
    for (name, schema) in schema::tables(catalog) {
        let file = |file: &LakeFile| TableFile {
            path: file.path.clone(),
            size: file.size,
            partition_values: vec![file.partition.account.clone(), file.partition.date.clone()],
            rows: Some(file.rows),
            time: file.times,
        };
        let files = files.iter().filter(|file| file.partition.source == name).map(file).collect();
        let partition_columns = IN_FOLDERS.map(str::to_owned).to_vec();
        let joined = catalog.sources.get(&name).map(joined_columns).unwrap_or_default();
        tables.push(Table {
            in_record: catalog.sources.get(&name).map(in_record).unwrap_or_default(),
            name,
            schema,
            partition_columns,
            files,
            is_in_time_order: true,
            joined,
        });
    }
    let views = crate::commands::views(catalog);
    Ok(Embedded::open(lake.store(), lake.url().clone(), tables, views, &options(args))?)
}

/// Returns what queries may use.
pub fn options(args: &LakeArgs) -> Options {
    Options {
        memory_bytes: args.memory << 20,
        // Below it each engine has a folder of its own, which goes with the engine.
        spill_folder: std::env::temp_dir(),
        threads: threads(args),
    }
}

/// Returns how many threads to use.
pub fn threads(args: &LakeArgs) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    args.threads.unwrap_or_else(processors).max(1)
}

/// Returns the folder for what haechi keeps.
pub fn data_folder() -> Result<PathBuf> {
    let Some(folder) = dirs::data_dir() else { bail!("there is no data folder: use --lake DIR") };
    Ok(folder.join("haechi"))
}
