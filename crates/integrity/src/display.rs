//! A report for people: every chain, what is wrong with it, and the sums.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::{
    report::{
        ChainReport, DigestOutcome, DigestStatus, Gap, GapKind, LogOutcome, LogStatus, Proof,
        Report, Unlisted, Verdict,
    },
    summary::Tally,
};

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for chain in &self.chains {
            write!(f, "{chain}")?;
        }
        for stray in &self.strays {
            writeln!(f, "{stray}")?;
        }
        let summary = self.summary();
        if summary.digests.n_total() + summary.backfill_digests.n_total() == 0 {
            writeln!(f, "no digest files: nothing can be proven")?;
        }
        write_tally(f, "digest", summary.digests)?;
        write_tally(f, "backfill digest", summary.backfill_digests)?;
        write_tally(f, "log", summary.logs)?;
        write!(f, "{}", self.unlisted)
    }
}

impl Display for ChainReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let id = &self.id;
        write!(f, "{} {} trail {}", Shown(&id.account), Shown(&id.region), Shown(&id.trail))?;
        if id.is_backfill {
            write!(f, ", backfill")?;
        }
        if let (Some(start), Some(end)) = (self.start, self.end) {
            write!(f, ": {start} to {end}")?;
        }
        writeln!(f)?;
        let is_odd = |verdict: Verdict| verdict != Verdict::Valid;
        for digest in self.digests.iter().filter(|digest| is_odd(digest.status.verdict())) {
            writeln!(f, "  {digest}")?;
        }
        for log in self.logs.iter().filter(|log| is_odd(log.status.verdict())) {
            writeln!(f, "  {log}")?;
        }
        self.gaps.iter().try_for_each(|gap| writeln!(f, "  {gap}"))
    }
}

impl Display for DigestOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "digest {} {}: {}", word(self.status.verdict()), Shown(&self.key), self.status)
    }
}

impl Display for LogOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "log {} {}: {}", word(self.status.verdict()), Shown(&self.key), self.status)
    }
}

impl Display for DigestStatus {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid { proof: Proof::Metadata } => write!(f, "signed by CloudTrail"),
            Self::Valid { proof: Proof::Successor } => {
                write!(f, "signed by CloudTrail, as the next digest records")
            }
            Self::Valid { proof: Proof::Hash } => write!(f, "the next digest records its hash"),
            Self::SignatureUnknown => {
                write!(f, "its signature was not kept and no later digest carries it")
            }
            Self::Missing => write!(f, "a later digest names it, and it is not there"),
            Self::Moved { from } => write!(f, "genuine, but it belongs at {}", Shown(from)),
            Self::BadFormat { reason } => write!(f, "not a digest file: {}", Shown(reason)),
            Self::KeyUnknown { fingerprint } => {
                write!(f, "no public key with fingerprint {}", Shown(fingerprint))
            }
            Self::KeyOutOfTime { fingerprint } => {
                write!(f, "the public key {} was not in use then", Shown(fingerprint))
            }
            Self::SignatureInvalid => write!(f, "its signature does not fit its content"),
            Self::HashMismatch => write!(f, "changed since the next digest recorded its hash"),
            Self::Unreadable { reason } => write!(f, "cannot be read: {}", Shown(reason)),
        }
    }
}

impl Display for LogStatus {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => write!(f, "as CloudTrail delivered it"),
            Self::Unproven => write!(f, "as its digest says, which is not proven itself"),
            Self::Missing => write!(f, "its digest names it, and it is not there"),
            Self::Modified => write!(f, "changed since CloudTrail delivered it"),
            Self::Moved { to } => write!(f, "genuine, but it stands at {}", Shown(to)),
            Self::Unreadable { reason } => write!(f, "cannot be read: {}", Shown(reason)),
        }
    }
}

impl Display for Gap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.after {
            Some(after) => write!(f, "gap from {after} to {}: ", self.before)?,
            None => write!(f, "gap before {}: ", self.before)?,
        }
        match &self.kind {
            GapKind::Paused => write!(f, "logging or validation was off"),
            GapKind::Missing { .. } => write!(f, "nothing vouches for this time"),
            GapKind::OtherBucket { .. } => write!(f, "the chain goes on in another bucket"),
            GapKind::Ending => write!(f, "the digests end here"),
            GapKind::Beginning { .. } => write!(f, "the files begin here"),
        }
    }
}

impl Display for Unlisted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.n_files == 0 {
            return Ok(());
        }
        let (n_files, n_covered) = (self.n_files, self.n_in_covered_time);
        writeln!(
            f,
            "log files without a digest: {n_files}, {n_covered} of them in a time digests cover"
        )
    }
}

fn write_tally(f: &mut Formatter<'_>, sort: &str, tally: Tally) -> fmt::Result {
    let n_total = tally.n_total();
    if n_total == 0 {
        return Ok(());
    }
    write!(f, "{}/{n_total} {sort} files valid", tally.n_valid)?;
    if 0 < tally.n_unproven {
        write!(f, ", {} unproven", tally.n_unproven)?;
    }
    if 0 < tally.n_invalid {
        write!(f, ", {} INVALID", tally.n_invalid)?;
    }
    writeln!(f)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Unproven => "unproven",
        Verdict::Invalid => "INVALID",
    }
}

/// Text from files, which may try to steer a terminal or turn a line around.
struct Shown<'a>(&'a str);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if letter.is_control() || turns {
                write!(f, "{}", letter.escape_unicode())?;
            } else {
                f.write_char(letter)?;
            }
        }
        Ok(())
    }
}
