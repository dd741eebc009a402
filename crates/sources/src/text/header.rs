//! Lines that name the fields of the lines behind them.

use haechi_catalog::Header;

use super::delimited::Delimited;
use super::split::Split;
use crate::mapping::{Mapping, Mappings, Target};

/// Fewer words than this are no header: prose has them too.
const WORDS_MIN: usize = 3;

/// Returns how lines are taken apart behind this line, if it is a known source's header.
pub(super) fn of_names<'m>(
    line: &str,
    name: &str,
    mappings: &'m Mappings,
) -> Option<Delimited<'m>> {
    let byte = separator_of(line)?;
    let words = words_of(line, byte);
    let mapping = of_columns(&words, name, mappings)?;
    let split = if byte == b',' { Split::Csv } else { Split::At(byte) };
    let targets = words.iter().map(|word| mapping.field(word).unwrap_or_default()).collect();
    Some(Delimited::with_header(mapping, targets, split))
}

/// Returns the source whose fields have these names.
pub(crate) fn of_columns<'m>(
    words: &[&str],
    name: &str,
    mappings: &'m Mappings,
) -> Option<&'m Mapping> {
    let fitting = mappings.all.iter().filter(|it| fits(it, words));
    // Where several sources know all the words, one that has what it is told by goes first, then
    // one whose objects have such names, then one that needs nothing in particular.
    fitting.min_by_key(|mapping| {
        let is_told = mapping.is_json() && has_required(mapping, words);
        (!is_told, !mapping.form.is_named(name), mapping.is_json())
    })
}

/// Tells whether the words are the source's: all of them, or nearly all of many, because AWS adds
/// fields in time.
fn fits(mapping: &Mapping, words: &[&str]) -> bool {
    let Some(form) = mapping.form.with_header(Header::Names) else { return false };
    let n_known = words.iter().filter(|word| form.knows(word)).count();
    let knows_all = n_known == words.len() && WORDS_MIN <= n_known;
    let knows_most = 2 * WORDS_MIN <= n_known && words.len() * 3 <= n_known * 4;
    knows_all || knows_most
}

fn has_required(mapping: &Mapping, words: &[&str]) -> bool {
    mapping.source.required.iter().all(|path| words.contains(&path.replace('\\', "").as_str()))
}

/// Returns how lines are taken apart behind `#Fields: …` or `#fields …`.
pub(super) fn of_directive<'m>(line: &str, mappings: &'m Mappings) -> Option<Delimited<'m>> {
    let rest = line.strip_prefix("#Fields:").or_else(|| line.strip_prefix("#fields"))?;
    let has_tabs = rest.starts_with('\t');
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let known = mappings
        .all
        .iter()
        .find(|it| it.form.with_header(Header::Directive).is_some() && has_required(it, &words));
    if let Some((mapping, form)) = known.and_then(|it| Some((it, it.form.fields.as_ref()?))) {
        let targets = words.iter().map(|word| mapping.field(word).unwrap_or_default()).collect();
        return Some(Delimited::with_header(mapping, targets, form.split));
    }
    let split = Split::At(if has_tabs { b'\t' } else { b' ' });
    of_words(&words, line, split, mappings)
}

/// Returns how lines are taken apart behind this line, if one of its words names a time.
pub(super) fn of_time<'m>(line: &str, mappings: &'m Mappings) -> Option<Delimited<'m>> {
    let byte = separator_of(line).filter(|byte| *byte != b' ')?;
    let words = words_of(line, byte);
    let split = if byte == b',' { Split::Csv } else { Split::At(byte) };
    of_words(&words, line, split, mappings)
}

fn of_words<'m>(
    words: &[&str],
    line: &str,
    split: Split,
    mappings: &'m Mappings,
) -> Option<Delimited<'m>> {
    let mapping = mappings.of_the_rest()?;
    let names_time = |word: &&str| mapping.source.times.iter().any(|time| time.path == **word);
    if words.len() < 2 || !words.iter().any(names_time) {
        return None;
    }
    let targets: Vec<Target> =
        words.iter().map(|word| mapping.field(word).unwrap_or_default()).collect();
    let mut delimited = Delimited::with_header(mapping, targets, split);
    delimited.needs_time = true;
    delimited.header = mapping.field("header").map(|target| (line.to_owned(), target));
    Some(delimited)
}

/// Returns what stands between the words of a header.
fn separator_of(line: &str) -> Option<u8> {
    let separators = [b'\t', b',', b' '];
    separators.into_iter().find(|byte| line.as_bytes().contains(byte))
}

fn words_of(line: &str, byte: u8) -> Vec<&str> {
    let words = line.split(char::from(byte)).map(|word| word.trim_matches('"'));
    words.filter(|word| !word.is_empty() || byte != b' ').collect()
}
