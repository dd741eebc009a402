//! One chain of digests: which of them are what CloudTrail wrote.
//!
//! Every digest names the one before it and carries its hash and signature. A signature proves
//! a digest wherever it was kept, in the object's metadata or in a successor; the hash proves it
//! as soon as the successor is proven.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    digest::{Digest, Location, SIGNATURE_ALGORITHM},
    index::Index,
    keys::{Lookup, PublicKeys},
    objects::{Objects, ObjectsError},
    report::{DigestStatus, Proof},
    signature,
};

/// The name of the metadata entry that holds the signature, and its companions.
const SIGNATURE: &str = "signature";
const ALGORITHM: &str = "signature-algorithm";
const GENERATED: &str = "backfill-generation-timestamp";

/// A digest file as it was found.
pub(crate) struct Member {
    pub(crate) found: String,
    pub(crate) is_backfill: bool,
    /// Whether it only speaks for its predecessor and is not itself asked for.
    pub(crate) is_witness: bool,
    pub(crate) content: Result<Digest, DigestStatus>,
    pub(crate) metadata: Option<BTreeMap<String, String>>,
}

/// What is known about a digest's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// CloudTrail wrote it.
    Proven,
    /// Nothing speaks for it or against it.
    Unknown,
    /// Somebody else wrote it, or it cannot be read.
    Broken,
}

/// The outcome for a member.
pub(crate) struct Judgement {
    pub(crate) trust: Trust,
    pub(crate) status: DigestStatus,
}

/// Reads the content of a digest file, or says why it cannot be one.
pub(crate) fn read_digest(objects: &dyn Objects, key: &str) -> Result<Digest, DigestStatus> {
    let stored = objects.read(key).map_err(|error| match error {
        ObjectsError::Read { source, .. } => {
            DigestStatus::Unreadable { reason: source.to_string() }
        }
        other => DigestStatus::Unreadable { reason: other.to_string() },
    })?;
    Digest::from_stored(&stored)
        .map_err(|error| DigestStatus::BadFormat { reason: error.to_string() })
}

/// Judges the members of a chain, given newest first.
pub(crate) fn judge(members: &[Member], keys: &PublicKeys, index: &Index<'_>) -> Vec<Judgement> {
    let successors = successors_of(members);
    let mut judgements: Vec<Judgement> = Vec::with_capacity(members.len());
    for member in members {
        let judgement = match &member.content {
            Err(status) => Judgement::new(Trust::Broken, status.clone()),
            Ok(digest) => {
                let claims = claims_about(digest, &successors, &judgements);
                placed(judge_content(member, digest, &claims, keys), member, digest, index)
            }
        };
        judgements.push(judgement);
    }
    judgements
}

/// What a successor says about a digest.
struct Claim<'a> {
    successor: &'a Digest,
    trust: Trust,
}

impl Judgement {
    fn new(trust: Trust, status: DigestStatus) -> Self {
        Self { trust, status }
    }
}

type Successors<'a> = BTreeMap<&'a Location, Vec<(usize, &'a Digest)>>;

fn successors_of(members: &[Member]) -> Successors<'_> {
    let mut successors = Successors::new();
    for (place, member) in members.iter().enumerate() {
        let Ok(digest) = &member.content else { continue };
        let Some(previous) = &digest.previous else { continue };
        successors.entry(&previous.location).or_default().push((place, digest));
    }
    successors
}

fn claims_about<'a>(
    digest: &Digest,
    successors: &Successors<'a>,
    judgements: &[Judgement],
) -> Vec<Claim<'a>> {
    let said = successors.get(&digest.location).into_iter().flatten();
    said.map(|(place, successor)| Claim {
        successor,
        // A successor that is older by its own account is not judged yet.
        trust: judgements.get(*place).map_or(Trust::Unknown, |judgement| judgement.trust),
    })
    .collect()
}

fn judge_content(
    member: &Member,
    digest: &Digest,
    claims: &[Claim<'_>],
    keys: &PublicKeys,
) -> Judgement {
    let recorded = |claim: &Claim<'_>| {
        claim.successor.previous.as_ref().is_some_and(|previous| previous.hash == digest.hash)
    };
    let mut proven_claims = claims.iter().filter(|claim| claim.trust == Trust::Proven).peekable();
    let has_proven_claim = proven_claims.peek().is_some();
    if !proven_claims.all(recorded) {
        return Judgement::new(Trust::Broken, DigestStatus::HashMismatch);
    }
    let fingerprint = digest.fingerprint.clone();
    let judgement = match keys.lookup(&digest.fingerprint, member.signed_at(digest)) {
        Lookup::Keys(keys) => {
            let by =
                |signature: &str| keys.iter().any(|key| signature::agrees(key, digest, signature));
            judge_signature(member, claims, by)
        }
        Lookup::Unknown => Judgement::new(Trust::Unknown, DigestStatus::KeyUnknown { fingerprint }),
        Lookup::OutOfTime => {
            Judgement::new(Trust::Unknown, DigestStatus::KeyOutOfTime { fingerprint })
        }
    };
    // The hash in a proven successor needs no key at all.
    if has_proven_claim && judgement.trust == Trust::Unknown {
        return Judgement::new(Trust::Proven, DigestStatus::Valid { proof: Proof::Hash });
    }
    judgement
}

fn judge_signature(
    member: &Member,
    claims: &[Claim<'_>],
    agrees: impl Fn(&str) -> bool,
) -> Judgement {
    let proven = |proof| Judgement::new(Trust::Proven, DigestStatus::Valid { proof });
    if member.signature().is_some_and(&agrees) {
        return proven(Proof::Metadata);
    }
    let mut carried =
        claims.iter().filter_map(|claim| claim.successor.previous_signature.as_deref());
    if carried.any(&agrees) {
        return proven(Proof::Successor);
    }
    // Where metadata is kept, CloudTrail's own object has a signature that agrees. A forged
    // successor contradicts nothing.
    let is_contradicted = claims.iter().any(|claim| claim.trust != Trust::Broken);
    if member.metadata.is_none() && !is_contradicted {
        return Judgement::new(Trust::Unknown, DigestStatus::SignatureUnknown);
    }
    Judgement::new(Trust::Broken, DigestStatus::SignatureInvalid)
}

/// Turns a good outcome into a bad one when the file stands in the wrong place.
fn placed(judgement: Judgement, member: &Member, digest: &Digest, index: &Index<'_>) -> Judgement {
    let stands_right = index.is_place(&member.found, &digest.location);
    if judgement.trust == Trust::Broken || stands_right {
        return judgement;
    }
    let from = digest.location.object.clone();
    Judgement::new(judgement.trust, DigestStatus::Moved { from })
}

impl Member {
    fn signature(&self) -> Option<&str> {
        let metadata = self.metadata.as_ref()?;
        let is_ours = metadata.get(ALGORITHM).is_none_or(|name| name == SIGNATURE_ALGORITHM);
        metadata.get(SIGNATURE).filter(|_| is_ours).map(String::as_str)
    }

    /// Returns when the digest was signed; a backfill says so in its metadata alone.
    fn signed_at(&self, digest: &Digest) -> Option<Timestamp> {
        if !self.is_backfill {
            return Some(digest.end);
        }
        self.metadata.as_ref()?.get(GENERATED)?.parse().ok()
    }
}
