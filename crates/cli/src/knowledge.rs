//! What the user knows and haechi does not: lists of bad addresses, tables of places.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use haechi_catalog::Catalog;
use haechi_detect::{DetectError, Lists, Places, Taken};
use haechi_model::{Finding, Window};
use haechi_query::Engine;

use crate::args::Knowledge;
use crate::talk;

/// What the user's files say.
pub struct Known {
    /// Lists of addresses, networks and domains.
    pub lists: Lists,
    /// Where addresses are.
    pub places: Arc<Places>,
}

impl Known {
    /// Reads the files that the command line names.
    pub fn read(args: &Knowledge) -> Result<Self> {
        let mut places = Places::default();
        for file in &args.places {
            let bytes = read(file)?;
            places.add(bytes).map_err(|error| match error.line {
                Some(line) => anyhow!("{}:{line}: {error}", file.display()),
                None => anyhow!("{}: {error}", file.display()),
            })?;
        }
        Ok(Self { lists: lists(&args.threat_lists)?, places: Arc::new(places) })
    }

    /// Runs the detections of a catalogue over a window, with what is known.
    pub async fn run(
        &self,
        engine: &dyn Engine,
        catalog: &Catalog,
        window: Window,
    ) -> Result<Vec<Finding>, DetectError> {
        let (lists, places) = (self.lists.clone(), Arc::clone(&self.places));
        haechi_detect::run_with(engine, catalog, window, haechi_detect::Known { lists, places })
            .await
    }
}

/// Reads the user's lists, each `FILE` or `NAME=FILE`.
fn lists(arguments: &[String]) -> Result<Lists> {
    let mut lists = Lists::default();
    for argument in arguments {
        let named = argument.split_once('=').filter(|(name, _)| is_name(name));
        let (name, file) = named.unwrap_or(("threat", argument.as_str()));
        let bytes = read(Path::new(file))?;
        let taken = lists.add(name, &String::from_utf8_lossy(&bytes));
        if taken.accepted == 0 {
            bail!("`{file}` has no address, network or domain");
        }
        if 0 < taken.rejected {
            let Taken { accepted, rejected } = taken;
            talk::note(&format!("`{file}`: {accepted} entries, {rejected} lines are none"));
        }
    }
    Ok(lists)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}
