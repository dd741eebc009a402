//! Logs that are asked as they lie: looked at once to know what they are, then read anew for each
//! table of a query, and of each record only what the query asks for.

mod builder;
mod ids;
mod look;
mod reading;
mod told;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use haechi_catalog::Source;
use haechi_model::Window;

pub use self::reading::Reading;
pub use self::told::Told;
use crate::{Mappings, Object, Objects, Place, ReadError, schema};

/// Objects whose records can be asked for, any number of times.
pub struct Files {
    objects: Box<dyn Objects + Send>,
    /// What each object holds: a number of `contents`.
    holds: Vec<u32>,
    /// Which sources an object may hold, by their places in the catalogue.
    contents: Vec<BTreeSet<usize>>,
    mappings: Mappings,
    told: Mutex<Told>,
    /// Standard input, which gives its bytes only once.
    _kept: Option<tempfile::TempPath>,
}

/// What a query asks of one source's records.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The source.
    pub source: String,
    /// The columns, in the order in which they are handed over.
    pub columns: Vec<AskedColumn>,
    /// When the records happened; those without a time are left out when it has a bound.
    pub window: Window,
    /// The texts that records must have; what is no column of texts is not looked at.
    pub only: Vec<Only>,
    /// Rows of a batch.
    pub batch_rows: usize,
}

/// A column that a query asks for.
#[derive(Debug, Clone)]
pub struct AskedColumn {
    /// What the query calls it.
    pub name: String,
    /// Where its values come from.
    pub values: AskedValues,
}

/// Where a column's values come from.
#[derive(Clone)]
pub enum AskedValues {
    /// A column of the table, by its place.
    Of(usize),
    /// Texts that are made of each record, which itself need not be handed over.
    Made(Arc<Make>),
}

/// Makes a text of a record, and gives it to the function, or does not call it.
pub type Make = dyn Fn(&str, &mut dyn FnMut(&str)) + Send + Sync;

impl AskedColumn {
    /// Asks for the column at a place of the table as it is.
    #[must_use]
    pub fn of(table: &Schema, place: usize) -> Self {
        let name = table.fields().get(place).map(|field| field.name().clone());
        Self { name: name.unwrap_or_default(), values: AskedValues::Of(place) }
    }

    /// Returns the column of the table that it is.
    fn in_table<'t>(&self, table: &'t Schema) -> Option<&'t Field> {
        let AskedValues::Of(place) = self.values else { return None };
        table.fields().get(place).map(AsRef::as_ref)
    }

    /// Returns it as it is handed over.
    fn field(&self, table: &Schema) -> Field {
        let made = || Field::new("", DataType::Utf8View, true);
        self.in_table(table).cloned().unwrap_or_else(made).with_name(&self.name)
    }
}

impl fmt::Debug for AskedValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(place) => write!(formatter, "Of({place})"),
            Self::Made(_) => formatter.write_str("Made"),
        }
    }
}

/// One of some texts, in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Only {
    /// The column's name.
    pub column: String,
    /// The texts.
    pub texts: Vec<String>,
}

impl Files {
    /// Looks at the objects, with so many threads, to know which sources' records they hold.
    ///
    /// `folder` takes what standard input gives, which is asked more than once.
    ///
    /// # Errors
    /// Standard input cannot be kept, or the store that objects are in cannot be reached.
    pub fn look<'s>(
        objects: impl Objects + Send + 'static,
        sources: impl IntoIterator<Item = &'s Source>,
        n_threads: usize,
        folder: &Path,
    ) -> Result<Self, ReadError> {
        let mappings = Mappings::new(sources);
        let (objects, kept) = keeping(Box::new(objects), folder)?;
        let (holds, contents, told) = look::at_all(&*objects, &mappings, n_threads)?;
        Ok(Self { objects, holds, contents, mappings, told: Mutex::new(told), _kept: kept })
    }

    /// Returns the sources that have records here, in the order of the catalogue.
    #[must_use]
    pub fn sources(&self) -> Vec<&Source> {
        let found: BTreeSet<usize> = self.contents.iter().flatten().copied().collect();
        let sources = found.iter().filter_map(|index| self.mappings.all.get(*index));
        sources.map(|mapping| &mapping.source).collect()
    }

    /// Returns the columns of a source's table.
    #[must_use]
    pub fn schema(&self, source: &str) -> Option<SchemaRef> {
        let mapping = self.mappings.of(source)?;
        Some(schema::queried(&schema::stored(&mapping.source)))
    }

    /// Tells whether a source's table has a column of texts of that name.
    #[must_use]
    pub fn has_texts(&self, source: &str, column: &str) -> bool {
        let mapping = self.mappings.of(source);
        mapping.is_some_and(|mapping| mapping.texts(column).is_some())
    }

    /// Begins to read; `may_grow` is asked before so many bytes more are kept to know records that
    /// come twice.
    #[must_use]
    pub fn begin(
        self: &Arc<Self>,
        asked: Asked,
        may_grow: impl Fn(usize) -> bool + Send + Sync + 'static,
    ) -> Reading {
        Reading::new(Arc::clone(self), asked, Box::new(may_grow))
    }

    /// Returns what there is to say about the objects that were read.
    #[must_use]
    pub fn told(&self) -> Told {
        self.told_mut().clone()
    }

    fn told_mut(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whether the object may hold records of the source.
    fn may_hold(&self, object: usize, source: usize) -> bool {
        self.content(object).is_some_and(|content| content.contains(&source))
    }

    fn content(&self, object: usize) -> Option<&BTreeSet<usize>> {
        self.contents.get(*self.holds.get(object)? as usize)
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Files")
            .field("n_objects", &self.holds.len())
            .finish_non_exhaustive()
    }
}

/// Objects of which one is standard input, kept in a file.
struct Kept {
    objects: Box<dyn Objects + Send>,
    path: std::path::PathBuf,
}

impl Objects for Kept {
    fn n_objects(&self) -> usize {
        self.objects.n_objects()
    }

    fn object_at(&self, index: usize) -> Option<Object> {
        let object = self.objects.object_at(index)?;
        Some(match object.place {
            Place::Stdin => Object { place: Place::File(self.path.clone()), ..object },
            _ => object,
        })
    }
}

type Keeping = (Box<dyn Objects + Send>, Option<tempfile::TempPath>);

/// Writes standard input to a file if it is among the objects.
fn keeping(objects: Box<dyn Objects + Send>, folder: &Path) -> Result<Keeping, ReadError> {
    // Standard input is called `-`, which stands before most other names.
    let is_stdin =
        |index| objects.object_at(index).is_some_and(|object| matches!(object.place, Place::Stdin));
    if !(0..objects.n_objects()).any(is_stdin) {
        return Ok((objects, None));
    }
    let failed = |source| ReadError::Object { name: "-".to_owned(), source };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    io::copy(&mut io::stdin().lock(), &mut file).map_err(failed)?;
    let path = file.into_temp_path();
    Ok((Box::new(Kept { objects, path: path.to_path_buf() }), Some(path)))
}
