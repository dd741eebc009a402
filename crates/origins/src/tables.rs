//! The tables at hand: those that the user brings, and those that set-up has made.

#[cfg(test)]
mod tests;

use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::aws;
use crate::compact::{Compact, Kind};
use crate::limits::TABLE_BYTES_MAX;
use crate::maxmind::MaxMind;
use crate::ranges::{BadTable, Ranges, is_csv};

/// The tables; the first that knows an address speaks for it.
#[derive(Default)]
pub struct Tables {
    tables: Vec<Table>,
    files: Vec<(String, String)>,
}

/// A service of AWS and the Region that an address of it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aws {
    /// The service as AWS lists it, such as `EC2`; `AMAZON` where it names none.
    pub service: String,
    /// The Region, or `GLOBAL`.
    pub region: String,
}

/// Why a table's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its content is no table.
    #[error("{}{}: {bad}", path.display(), line_of(bad))]
    Bad {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        bad: BadTable,
    },
    /// It is not the file that was named.
    #[error("`{path}` is not the table that it was when the query was planned")]
    Changed {
        /// The file.
        path: String,
    },
    /// The text names no files.
    #[error("`{names}` names no tables")]
    Names {
        /// The text.
        names: String,
    },
}

enum Table {
    MaxMind(Box<MaxMind>),
    Compact(Box<Compact>),
}

impl Tables {
    /// Reads tables from files.
    ///
    /// # Errors
    /// A file cannot be read, or is no table.
    pub fn of_files(paths: &[PathBuf]) -> Result<Self, TableError> {
        let mut tables = Self::default();
        for path in paths {
            let bytes = read(path)?;
            let digest = blake3::hash(&bytes).to_hex().to_string();
            let bad = |bad| TableError::Bad { path: path.clone(), bad };
            tables.add(bytes).map_err(bad)?;
            tables.files.push((path.to_string_lossy().into_owned(), digest));
        }
        Ok(tables)
    }

    /// Reads the tables that [`Tables::names`] has named, wherever that was.
    ///
    /// # Errors
    /// A file cannot be read, or is not the same any more.
    pub fn named(names: &str) -> Result<Self, TableError> {
        let files: Vec<(String, String)> = serde_json::from_str(names)
            .map_err(|_| TableError::Names { names: names.to_owned() })?;
        let paths: Vec<PathBuf> = files.iter().map(|(path, _)| PathBuf::from(path)).collect();
        let tables = Self::of_files(&paths)?;
        let changed = tables.files.iter().zip(&files).find(|(now, then)| now != then);
        match changed {
            Some(((path, _), _)) => Err(TableError::Changed { path: path.clone() }),
            None => Ok(tables),
        }
    }

    /// Names the files and their contents, so that another process reads the same tables.
    #[must_use]
    pub fn names(&self) -> String {
        // Lists of texts can always be written.
        serde_json::to_string(&self.files).unwrap_or_default()
    }

    /// Adds a table: one of haechi's, an `.mmdb` file, AWS's `ip-ranges.json`, or CSV of
    /// `first,last,country` or `first,last,asn,name`.
    ///
    /// # Errors
    /// The bytes are none of these; the error says where.
    pub fn add(&mut self, bytes: Vec<u8>) -> Result<(), BadTable> {
        if Compact::is_written(&bytes) {
            self.tables.push(Table::Compact(Box::new(Compact::read(&bytes)?)));
        } else if aws::is_json(&bytes) {
            self.tables.push(Table::Compact(Box::new(aws::table(&bytes, "ip-ranges.json")?)));
        } else if is_csv(&bytes) {
            let mut ranges = Ranges::default();
            ranges.add("CSV", &bytes)?;
            let tables = ranges.tables().into_iter();
            self.tables.extend(tables.map(|table| Table::Compact(Box::new(table))));
        } else {
            self.tables.push(Table::MaxMind(Box::new(MaxMind::read(bytes)?)));
        }
        Ok(())
    }

    /// Tells whether there is no table.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Tells whether some table may know this; only a look-up says what an `.mmdb` file knows.
    #[must_use]
    pub fn may_know(&self, kind: Kind) -> bool {
        self.tables.iter().any(|table| match table {
            Table::MaxMind(_) => kind != Kind::Aws,
            Table::Compact(table) => table.kind() == kind,
        })
    }

    /// Says of each table what it knows, where it comes from, and how many ranges it has.
    #[must_use]
    pub fn described(&self) -> Vec<(String, String, Option<usize>)> {
        let described = |table: &Table| match table {
            Table::MaxMind(table) => ("mmdb".to_owned(), table.about(), None),
            Table::Compact(table) => {
                let (kind, about) = (table.kind().name(), table.about());
                (kind.to_owned(), about.to_owned(), Some(table.n_starts()))
            }
        };
        self.tables.iter().map(described).collect()
    }

    /// Returns the two letters of the country that the address is in.
    #[must_use]
    pub fn country(&self, address: IpAddr) -> Option<String> {
        self.first(|table| match table {
            Table::MaxMind(table) => table.entry(address)?.country(),
            Table::Compact(table) => {
                value(table, Kind::Countries, address).map(|it| it.1.to_owned())
            }
        })
    }

    /// Returns the number of the autonomous system that announces the address.
    #[must_use]
    pub fn asn(&self, address: IpAddr) -> Option<u32> {
        self.first(|table| match table {
            Table::MaxMind(table) => table.entry(address)?.asn(),
            Table::Compact(table) => value(table, Kind::Networks, address).map(|it| it.0),
        })
    }

    /// Returns the name of the organisation behind the autonomous system.
    #[must_use]
    pub fn organisation(&self, address: IpAddr) -> Option<String> {
        self.first(|table| match table {
            Table::MaxMind(table) => table.entry(address)?.organisation(),
            Table::Compact(table) => {
                let name = value(table, Kind::Networks, address)?.1;
                (!name.is_empty()).then(|| name.to_owned())
            }
        })
    }

    /// Returns latitude and longitude, which only tables of cities have.
    #[must_use]
    pub fn coordinates(&self, address: IpAddr) -> Option<(f64, f64)> {
        self.first(|table| match table {
            Table::MaxMind(table) => table.entry(address)?.coordinates(),
            Table::Compact(_) => None,
        })
    }

    /// Returns the service of AWS that has the address.
    #[must_use]
    pub fn aws(&self, address: IpAddr) -> Option<Aws> {
        self.first(|table| match table {
            Table::MaxMind(_) => None,
            Table::Compact(table) => {
                let (service, region) = value(table, Kind::Aws, address)?.1.split_once(' ')?;
                Some(Aws { service: service.to_owned(), region: region.to_owned() })
            }
        })
    }

    fn first<T>(&self, look: impl Fn(&Table) -> Option<T>) -> Option<T> {
        self.tables.iter().find_map(look)
    }
}

fn value(table: &Compact, kind: Kind, address: IpAddr) -> Option<(u32, &str)> {
    if table.kind() == kind { table.value(address) } else { None }
}

fn read(path: &Path) -> Result<Vec<u8>, TableError> {
    let fault = |source| TableError::Read { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(TABLE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(fault)?;
    if TABLE_BYTES_MAX < bytes.len() as u64 {
        let bad = BadTable { line: None, reason: "it is longer than 1 GiB".to_owned() };
        return Err(TableError::Bad { path: path.to_owned(), bad });
    }
    Ok(bytes)
}

fn line_of(bad: &BadTable) -> String {
    bad.line.map_or(String::new(), |line| format!(":{line}"))
}
