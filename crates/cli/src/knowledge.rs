//! What the user knows and haechi does not: lists of bad addresses, tables of places.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use haechi_catalog::Catalog;
use haechi_detect::{Evidence, FindingStore, Lists, Places, Refused, SavedList, Taken};
use haechi_model::{Finding, Timestamp, Window};
use haechi_origins::Tables;
use haechi_query::Engine;
use haechi_sigma::Rules;

use crate::args::Knowledge;
use crate::{tables, talk};

/// What the user's files say.
pub struct Known {
    /// Lists of addresses, networks and domains.
    pub lists: Lists,
    /// Where addresses are.
    pub places: Arc<Tables>,
    /// Sigma rules.
    pub rules: Rules,
    /// The lists that every scan looks at, as they are now, and the digests they had.
    saved: Vec<(SavedList, String)>,
    /// Everything that was read so far.
    digest: blake3::Hasher,
}

/// A list's file, read.
pub struct ListFile {
    pub name: String,
    pub file: String,
    bytes: Vec<u8>,
}

/// The name of the lists of what is never to be found.
pub const TRUSTED: &str = "trusted";

/// LIMIT: how deep a folder of rules is looked through; links may lead round in circles.
const DEPTH_MAX: usize = 16;

impl Known {
    /// Reads the files that the command line names.
    pub fn read(args: &Knowledge) -> Result<Self> {
        let places = tables::read(&args.places.places)?;
        let mut digest = blake3::Hasher::new();
        digest.update(places.names().as_bytes());
        let (lists, rules, places) = (Lists::default(), rules(&args.rules)?, Arc::new(places));
        let mut known = Self { lists, places, rules, saved: Vec::new(), digest };
        for argument in &args.threat_lists {
            let (name, file) = ListFile::named(argument);
            known.take(&ListFile::read(name, file)?)?;
        }
        Ok(known)
    }

    /// Reads the lists that every scan looks at.
    pub fn add_saved(&mut self, saved: &[SavedList]) -> Result<()> {
        for list in saved {
            let file = ListFile::read(&list.name, &list.file)?;
            self.add_list(file, list.digest.clone())?;
        }
        Ok(())
    }

    /// Adds a list that every scan is to look at, with the digest that it had.
    pub fn add_list(&mut self, file: ListFile, digest_before: String) -> Result<()> {
        let taken = self.take(&file)?;
        let ListFile { name, file, bytes } = file;
        let (format, digest) = (taken.format.to_owned(), blake3::hash(&bytes).to_hex().to_string());
        let (entries, searched) = (taken.accepted, Timestamp(0));
        let saved = SavedList { name, file, format, entries, digest, searched };
        self.saved.push((saved, digest_before));
        Ok(())
    }

    /// Tells whether a list is not what it was when all of history was last searched by it.
    pub fn has_changed_lists(&self) -> bool {
        self.saved.iter().any(|(list, before)| list.digest != *before)
    }

    /// Tells whether something else is trusted than when all of history was last searched.
    pub fn has_changed_trust(&self) -> bool {
        let is_other = |(list, before): &(SavedList, String)| list.digest != *before;
        self.saved.iter().any(|saved| saved.0.name == TRUSTED && is_other(saved))
    }

    /// Notes that all of history has been searched by the lists as they are now.
    pub fn remember(&self, store: &mut FindingStore, now: Timestamp) -> Result<()> {
        for (list, _) in &self.saved {
            store.put_list(&SavedList { searched: now, ..list.clone() })?;
        }
        Ok(())
    }

    /// Returns the catalogue with no detections but those that look into lists.
    pub fn pages_with_lists(catalog: &Catalog) -> Catalog {
        let mut pages = catalog.detections.clone();
        pages.retain(|_, page| page.settings.contains_key("list"));
        Catalog {
            sources: catalog.sources.clone(),
            clients: catalog.clients.clone(),
            detections: pages,
            ..Catalog::default()
        }
    }

    /// Runs the detections of a catalogue and the rules over a window; worst first, oldest first.
    pub async fn run(
        &self,
        engine: &dyn Engine,
        catalog: &Catalog,
        window: Window,
        mut evidence: Option<&mut dyn Evidence>,
    ) -> Result<Vec<Finding>> {
        let of_pages = evidence.as_mut().map(|it| &mut **it as &mut dyn Evidence);
        let mut found = self.run_pages(engine, catalog, window, of_pages).await?;
        found.extend(self.run_rules(engine, window, evidence).await?);
        found.sort_by(|first, after| {
            let worst_first = after.severity.value().total_cmp(&first.severity.value());
            let key = |it: &Finding| (it.first_seen, it.id.clone());
            worst_first.then_with(|| key(first).cmp(&key(after)))
        });
        Ok(found)
    }

    /// Runs the detections of a catalogue alone.
    pub async fn run_pages(
        &self,
        engine: &dyn Engine,
        catalog: &Catalog,
        window: Window,
        evidence: Option<&mut dyn Evidence>,
    ) -> Result<Vec<Finding>> {
        let known = self.of_pages();
        let found = haechi_detect::run_keeping(engine, catalog, window, known, evidence).await?;
        talk::let_go(found.n_let_go);
        Ok(found.findings)
    }

    /// Runs the Sigma rules alone.
    pub async fn run_rules(
        &self,
        engine: &dyn Engine,
        window: Window,
        evidence: Option<&mut dyn Evidence>,
    ) -> Result<Vec<Finding>> {
        let is_trusted = |text: &str| self.lists.trusts(text);
        let rules = &self.rules;
        let Some(evidence) = evidence else {
            return Ok(haechi_sigma::run_without(engine, rules, window, &is_trusted, None).await?);
        };
        let mut keep = |more: &[_]| Ok(evidence.keep(more)?);
        let keep: &mut haechi_sigma::Keep<'_> = &mut keep;
        Ok(haechi_sigma::run_without(engine, rules, window, &is_trusted, Some(keep)).await?)
    }

    /// Returns what pages are told.
    pub fn of_pages(&self) -> haechi_detect::Known {
        let places: Arc<dyn Places> = Arc::<Tables>::clone(&self.places);
        let places = Some(places).filter(|_| !self.places.is_empty());
        haechi_detect::Known { lists: self.lists.clone(), places }
    }

    /// Returns what stands for the lists and tables: the same ones have the same.
    pub fn digest(&self) -> String {
        self.digest.finalize().to_hex().to_string()
    }

    /// Adds the entries of a file, and names the lines that are none.
    fn take(&mut self, list: &ListFile) -> Result<Taken> {
        let ListFile { name, file, bytes } = list;
        self.digest.update(name.as_bytes()).update(blake3::hash(bytes).as_bytes());
        let taken = self.lists.add(name, &String::from_utf8_lossy(bytes));
        for refused in &taken.refused {
            let Refused { line, column, reason } = refused;
            talk::note(&format!("{file}:{line}:{column}: {reason}"));
        }
        if taken.accepted == 0 {
            bail!("`{file}` has no address, network or domain");
        }
        if 0 < taken.rejected {
            let Taken { format, accepted, rejected, .. } = &taken;
            talk::note(&format!(
                "`{file}` ({format}): {accepted} entries, {rejected} lines are none"
            ));
        }
        Ok(taken)
    }
}

impl ListFile {
    /// Parts `FILE` or `NAME=FILE`.
    pub fn named(argument: &str) -> (&str, &str) {
        let named = argument.split_once('=').filter(|(name, _)| is_name(name));
        named.unwrap_or(("threat", argument))
    }

    /// Reads a list's file.
    pub fn read(name: &str, file: &str) -> Result<Self> {
        let bytes = read(Path::new(file))?;
        Ok(Self { name: name.to_owned(), file: file.to_owned(), bytes })
    }
}

/// Returns where a file is, whatever folder a later scan is run in.
pub fn absolute(file: &str) -> Result<String> {
    let path = std::path::absolute(file).with_context(|| format!("`{file}` is no file's name"))?;
    Ok(path.to_string_lossy().into_owned())
}

/// Reads Sigma rules, and names what of them cannot be used.
pub fn rules(paths: &[PathBuf]) -> Result<Rules> {
    let mut files = Vec::new();
    for path in paths {
        rules_below(path, 0, &mut files)?;
    }
    let rules = Rules::read(&files);
    for unusable in &rules.unusable {
        talk::note(&unusable.to_string());
    }
    if rules.is_empty() && !paths.is_empty() {
        bail!("`--rules` names no rule that can be used");
    }
    Ok(rules)
}

fn rules_below(path: &Path, depth: usize, files: &mut Vec<(String, String)>) -> Result<()> {
    let name = path.display().to_string();
    if !path.is_dir() {
        let bytes = read(path)?;
        files.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        return Ok(());
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(path).with_context(|| format!("cannot read `{name}`"))? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        let is_rule = path.extension().is_some_and(|it| it == "yml" || it == "yaml");
        // What repositories keep for other programs, such as `.github`.
        let is_hidden = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with('.'));
        if is_rule || (path.is_dir() && !is_hidden && depth < DEPTH_MAX) {
            rules_below(&path, depth + 1, files)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}
