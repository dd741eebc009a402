//! `haechi detect`: tuning, before and after a detection speaks.

mod coverage;
mod explain;
mod trial;

use anyhow::Result;

use crate::args::Detect;
use crate::session::Session;

pub fn run(session: &Session, args: &Detect) -> Result<()> {
    match args {
        Detect::Test { pages, lake, window, knowledge, format } => {
            let trial = trial::Trial { pages, lake, window, knowledge };
            trial::run(session, &trial, *format)
        }
        Detect::Explain { finding, lake } => explain::run(session, finding, lake),
        Detect::Coverage { rules, format } => coverage::run(session, rules, *format),
    }
}
