//! `bench`: the benchmark programme, from the optimised build that is distributed.

use anyhow::Result;

use crate::places;
use crate::run::{cargo, run};
use crate::talk::say;

/// Builds `haechi-bench` and hands it the arguments.
pub(crate) fn bench(arguments: &[&str]) -> Result<()> {
    let checkout = places::checkout()?;
    say("── building with every optimisation: the first time this takes many minutes");
    let mut command =
        cargo(&checkout, &["run", "--locked", "--release", "--package", "haechi-bench", "--"]);
    run(command.args(arguments))
}
