//! Where a chain is interrupted, and whether a digest should be there.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    chain::{Judgement, Member, Trust},
    digest::{Digest, Location},
    index::{Index, Located},
    names::{branch, digest_name},
    options::Options,
    report::{Gap, GapKind},
};

/// Returns the interruptions of a chain whose members are given newest first.
///
/// A forged digest can point anywhere, so only those that are not contradicted are asked.
pub(crate) fn gaps_in(
    members: &[Member],
    judgements: &[Judgement],
    index: &Index<'_>,
    options: &Options,
) -> Vec<Gap> {
    let sound: Vec<(&Member, &Digest)> = members
        .iter()
        .zip(judgements)
        .filter(|(_, judgement)| judgement.trust != Trust::Broken)
        .filter_map(|(member, _)| Some((member, member.content.as_ref().ok()?)))
        .collect();
    let claimed: BTreeSet<&Location> =
        members.iter().filter_map(|member| Some(&member.content.as_ref().ok()?.location)).collect();
    let newest = sound.first().map(|(_, digest)| digest.end);
    let mut gaps = Vec::from_iter(ending(newest, options));
    for (place, (member, digest)) in sound.iter().enumerate() {
        let older = sound.iter().skip(place + 1).find(|(_, older)| is_same_branch(digest, older));
        let after = older.map(|(_, older)| older.end);
        let kind = match &digest.previous {
            None => after.filter(|_| !member.is_witness).map(|_| GapKind::Paused),
            Some(previous) if claimed.contains(&previous.location) => None,
            Some(previous) => absence(&previous.location, digest, after, (index, options)),
        };
        gaps.extend(kind.map(|kind| Gap { after, before: digest.start, kind }));
    }
    gaps
}

/// Returns the time that was asked for and that no digest reaches.
///
/// Nobody can tell a digest that was deleted from one that is still to come.
fn ending(newest: Option<Timestamp>, options: &Options) -> Option<Gap> {
    let (newest, until) = (newest?, options.until?);
    let ends_early = newest < until;
    ends_early.then_some(Gap { after: Some(newest), before: until, kind: GapKind::Ending })
}

/// Says why a named digest is not among the members, if that is a gap.
fn absence(
    named: &Location,
    digest: &Digest,
    after: Option<Timestamp>,
    (index, options): (&Index<'_>, &Options),
) -> Option<GapKind> {
    if let Located::InPlace(_) = index.locate(named) {
        return None;
    }
    let key = named.object.clone();
    let end = digest_name(&key).map(|name| name.end);
    if end.is_some_and(|end| options.is_early(end) || options.is_late(end)) {
        return None;
    }
    if index.is_foreign(&named.bucket, &digest.location.bucket) {
        return Some(GapKind::OtherBucket { key });
    }
    // Whoever copied the files began somewhere; only a start that was asked for can be missed.
    let begins_here = after.is_none() && options.since.is_none();
    Some(if begins_here { GapKind::Beginning { key } } else { GapKind::Missing { key } })
}

/// Returns whether two digests come from the same trail's folder.
///
/// A trail of the organization and one of the account may share a name.
fn is_same_branch(digest: &Digest, other: &Digest) -> bool {
    branch(&digest.location.object) == branch(&other.location.object)
}
