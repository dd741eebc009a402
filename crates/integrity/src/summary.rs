//! The sums of a report, and whether it is good.

use serde::Serialize;

use crate::report::{ChainReport, Report, Verdict};

/// How many files of a sort are valid, unproven and invalid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Proven.
    pub n_valid: usize,
    /// Neither proven nor contradicted.
    pub n_unproven: usize,
    /// Contradicted, missing or unusable.
    pub n_invalid: usize,
}

/// The sums of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Hourly digest files and strays.
    pub digests: Tally,
    /// Backfill digest files.
    pub backfill_digests: Tally,
    /// Log files, once for every digest that names them.
    pub logs: Tally,
    /// [`Report::is_valid`].
    pub is_valid: bool,
}

impl Tally {
    /// Counts verdicts.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut tally = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Valid => tally.n_valid += 1,
                Verdict::Unproven => tally.n_unproven += 1,
                Verdict::Invalid => tally.n_invalid += 1,
            }
        }
        tally
    }

    /// Returns the number of files.
    #[must_use]
    pub fn n_total(&self) -> usize {
        self.n_valid + self.n_unproven + self.n_invalid
    }
}

impl Report {
    /// Returns the sums.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let verdicts_where = |is_backfill: bool| {
            let chains =
                self.chains.iter().filter(move |chain| chain.id.is_backfill == is_backfill);
            chains.flat_map(|chain| &chain.digests).map(|digest| digest.status.verdict())
        };
        let strays = self.strays.iter().map(|stray| stray.status.verdict());
        let logs = self.chains.iter().flat_map(|chain| &chain.logs);
        Summary {
            digests: Tally::of(verdicts_where(false).chain(strays)),
            backfill_digests: Tally::of(verdicts_where(true)),
            logs: Tally::of(logs.map(|log| log.status.verdict())),
            is_valid: self.is_valid(),
        }
    }

    /// Returns whether every file that can be proven is.
    ///
    /// Only the newest digest of a chain, and with it the log files of its hour, may stay
    /// unproven: without metadata its signature is known to nobody else. A report that proves
    /// nothing is not valid. Pauses, the beginning of the files and unlisted log files do not
    /// count; they are for a person to judge.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let proves_something = self.chains.iter().any(|chain| 0 < chain.digest_tally().n_valid);
        proves_something && self.strays.is_empty() && self.chains.iter().all(ChainReport::is_valid)
    }
}

impl ChainReport {
    /// Returns whether every file of the chain that can be proven is.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let digests = self.digest_tally();
        let only_newest_unproven = match self.digests.first().map(|digest| digest.status.verdict())
        {
            Some(Verdict::Unproven) => digests.n_unproven == 1 && 0 < digests.n_valid,
            _ => digests.n_unproven == 0,
        };
        let logs = Tally::of(self.logs.iter().map(|log| log.status.verdict()));
        only_newest_unproven && digests.n_invalid == 0 && logs.n_invalid == 0
    }

    /// Counts the digests.
    #[must_use]
    pub fn digest_tally(&self) -> Tally {
        Tally::of(self.digests.iter().map(|digest| digest.status.verdict()))
    }
}
