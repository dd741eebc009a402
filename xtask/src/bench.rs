//! `bench`: the benchmark programme, from the optimised build that is distributed.

use anyhow::Result;

use crate::run::{cargo, run};
use crate::talk::say;
use crate::{places, tools};

/// Builds `haechi-bench` and hands it the arguments.
pub(crate) fn bench(arguments: &[&str]) -> Result<()> {
    let checkout = places::checkout()?;
    say("── building with every optimisation: the first time this takes many minutes");
    let mut command =
        cargo(&checkout, &["run", "--locked", "--release", "--package", "haechi-bench", "--"]);
    let target = places::target(&checkout)?;
    match tools::python_with(&checkout.join("bench/peers.txt"), &target) {
        Ok(python) => _ = command.env("HAECHI_PYTHON", python),
        Err(error) => say(&format!("   peers are left out: {error:#}")),
    }
    run(command.args(arguments))
}
