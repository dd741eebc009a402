//! Which digest files make up which chain, and which of them are asked for.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    chain::{Member, read_digest},
    index::Index,
    names::{ChainId, DigestName, digest_name, is_digest},
    objects::Objects,
    options::Options,
    report::{DigestOutcome, DigestStatus},
};

/// A digest file that was listed and not yet read.
pub(crate) struct Listed<'a> {
    key: &'a str,
    end: Timestamp,
}

/// The digest files by chain, and those without one.
#[derive(Default)]
pub(crate) struct Chains<'a> {
    pub(crate) members: BTreeMap<ChainId, Vec<Listed<'a>>>,
    pub(crate) strays: Vec<DigestOutcome>,
}

/// Sorts the digest files that are asked for into chains, newest first.
pub(crate) fn chains<'a>(
    objects: &dyn Objects,
    index: &Index<'a>,
    options: &Options,
) -> Chains<'a> {
    let mut chains = Chains::default();
    for key in index.keys().filter(|key| is_digest(key)) {
        match name_of(objects, key) {
            Ok(DigestName { chain, end }) => {
                if options.wants(&chain.account, &chain.region) && !options.is_early(end) {
                    chains.members.entry(chain).or_default().push(Listed { key, end });
                }
            }
            Err(status) => chains.strays.push(DigestOutcome { key: key.to_owned(), status }),
        }
    }
    for members in chains.members.values_mut() {
        members.sort_by(|a, b| (b.end, b.key).cmp(&(a.end, a.key)));
        leave_one_witness(members, options);
    }
    chains.members.retain(|_, members| members.iter().any(|m| !options.is_late(m.end)));
    chains
}

/// Reads the digest files of a chain.
pub(crate) fn read(
    objects: &dyn Objects,
    chain: &ChainId,
    listed: &[Listed<'_>],
    options: &Options,
) -> Vec<Member> {
    let member = |listed: &Listed<'_>| Member {
        found: listed.key.to_owned(),
        is_backfill: chain.is_backfill,
        is_witness: options.is_late(listed.end),
        content: read_digest(objects, listed.key),
        metadata: objects.metadata(listed.key),
    };
    listed.iter().map(member).collect()
}

/// Keeps only the first digest after the time asked for: it speaks for the last one within.
fn leave_one_witness(members: &mut Vec<Listed<'_>>, options: &Options) {
    let n_late = members.iter().take_while(|member| options.is_late(member.end)).count();
    members.drain(..n_late.saturating_sub(1));
}

/// Returns what the file's name says or, if it was renamed, what its content says.
fn name_of(objects: &dyn Objects, key: &str) -> Result<DigestName, DigestStatus> {
    if let Some(name) = digest_name(key) {
        return Ok(name);
    }
    let digest = read_digest(objects, key)?;
    digest_name(&digest.location.object).ok_or_else(|| DigestStatus::BadFormat {
        reason: "neither its name nor its content says which chain it belongs to".to_owned(),
    })
}
