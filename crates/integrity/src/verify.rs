//! The verification: list, judge every chain, check its log files, count what is left.

use std::collections::BTreeSet;

use crate::{
    chain::{self, Judgement, Member, Trust},
    gaps::gaps_in,
    index::Index,
    keys::PublicKeys,
    logs::Logs,
    members::{self, Listed},
    names::ChainId,
    objects::{Objects, ObjectsError},
    options::Options,
    report::{ChainReport, DigestOutcome, DigestStatus, Gap, GapKind, Report},
    unlisted::{Coverage, unlisted},
};

/// Verifies the digest files and, through them, the log files.
///
/// # Errors
/// When the objects cannot be listed. Anything wrong with a single object is an outcome in the
/// report.
pub fn verify(
    objects: &dyn Objects,
    keys: &PublicKeys,
    options: &Options,
) -> Result<Report, ObjectsError> {
    let listed = objects.list()?;
    let index = Index::of(&listed, objects.bucket());
    let found = members::chains(objects, &index, options);
    let mut coverage = Coverage::default();
    let mut logs = Logs::new(objects, &index);
    let mut chains = Vec::with_capacity(found.members.len());
    for (id, listed) in found.members {
        let chain = Chain::judged(objects, &listed, (&id, keys, &index, options));
        chain.cover(&id, &mut coverage);
        chains.push(chain.report(id, &mut logs));
    }
    let unlisted = unlisted(&index, &logs, coverage, options);
    Ok(Report { chains, strays: found.strays, unlisted })
}

struct Chain {
    members: Vec<Member>,
    judgements: Vec<Judgement>,
    gaps: Vec<Gap>,
}

impl Chain {
    fn judged(
        objects: &dyn Objects,
        listed: &[Listed<'_>],
        (id, keys, index, options): (&ChainId, &PublicKeys, &Index<'_>, &Options),
    ) -> Self {
        let members = members::read(objects, id, listed, options);
        let judgements = chain::judge(&members, keys, index);
        let gaps = gaps_in(&members, &judgements, index, options);
        Self { members, judgements, gaps }
    }

    /// Returns the members that were asked for, with their outcomes.
    fn asked_for(&self) -> impl Iterator<Item = (&Member, &Judgement)> {
        self.members.iter().zip(&self.judgements).filter(|(member, _)| !member.is_witness)
    }

    fn cover(&self, id: &ChainId, coverage: &mut Coverage) {
        let proven = self.asked_for().filter(|(_, judgement)| judgement.trust == Trust::Proven);
        for digest in proven.filter_map(|(member, _)| member.content.as_ref().ok()) {
            coverage.add(&id.account, &id.region, digest.start, digest.end);
        }
    }

    fn report(self, id: ChainId, logs: &mut Logs<'_>) -> ChainReport {
        let mut digests = Vec::new();
        let mut log_outcomes = Vec::new();
        let mut times = BTreeSet::new();
        for (member, judgement) in self.asked_for() {
            let (key, status) = (member.found.clone(), judgement.status.clone());
            digests.push(DigestOutcome { key, status });
            let Ok(digest) = &member.content else { continue };
            times.extend([digest.start, digest.end]);
            log_outcomes.extend(logs.named_by(digest, &member.found, judgement.trust));
        }
        digests.extend(missing(&self.gaps));
        let (start, end) = (times.first().copied(), times.last().copied());
        ChainReport { id, start, end, digests, logs: log_outcomes, gaps: self.gaps }
    }
}

/// Returns an outcome for every missing digest, once.
fn missing(gaps: &[Gap]) -> impl Iterator<Item = DigestOutcome> {
    let missing_key = |gap: &Gap| match &gap.kind {
        GapKind::Missing { key } => Some(key.clone()),
        _ => None,
    };
    let keys: BTreeSet<String> = gaps.iter().filter_map(missing_key).collect();
    keys.into_iter().map(|key| DigestOutcome { key, status: DigestStatus::Missing })
}
