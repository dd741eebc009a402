//! `test`: every test, with all that they need.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::run::{cargo, run};
use crate::steps::Steps;
use crate::{places, tools};

/// How much to test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All there is.
    Everything,
    /// What needs nothing but this checkout.
    ThisCheckout,
}

/// Runs the tests: this checkout's own, the examples in documentation, S3, the real logs.
pub(crate) fn test(scope: Scope) -> Result<()> {
    let checkout = places::checkout()?;
    let target = places::target(&checkout)?;
    tools::check_builders()?;
    let mut steps = Steps::start("test");

    steps.step("tests of this checkout", || nextest(&checkout, &target, &[], &[]));
    if scope == Scope::Everything {
        steps.step("examples in the documentation", || {
            run(&mut cargo(&checkout, &["test", "--locked", "--quiet", "--doc", "--workspace"]))
        });
        servers(&mut steps, &checkout, &target);
        corpus(&mut steps, &checkout, &target);
    }
    steps.finish()
}

/// Tests against a server that speaks S3, which comes as Python wheels.
fn servers(steps: &mut Steps, checkout: &Path, target: &Path) {
    const NAME: &str = "tests on S3";
    match tools::python_with(&checkout.join("stories/requirements.txt"), target) {
        Ok(python) => steps.step(NAME, || {
            let variables = [("HAECHI_PYTHON", python)];
            nextest(checkout, target, &["--profile", "servers"], &variables)
        }),
        Err(error) => steps.skip(NAME, &format!("{error:#}")),
    }
}

/// Tests against real logs, which are too large and not ours to keep in this checkout.
fn corpus(steps: &mut Steps, checkout: &Path, target: &Path) {
    const NAME: &str = "tests on real logs";
    let Some(folder) = places::corpus(checkout) else {
        steps.skip(NAME, "no folder `../shared/data`; HAECHI_CORPUS may name another");
        return;
    };
    let mut variables = vec![("HAECHI_CORPUS", folder)];
    let requirements = checkout.join("bench/requirements.txt");
    match tools::python_with(&requirements, target) {
        Ok(python) => variables.push(("HAECHI_PYTHON", python)),
        Err(error) => steps.skip("other engines reading our tables", &format!("{error:#}")),
    }
    steps.step(NAME, || nextest(checkout, target, &["--profile", "corpus"], &variables));
}

fn nextest(
    checkout: &Path,
    target: &Path,
    options: &[&str],
    variables: &[(&str, PathBuf)],
) -> Result<()> {
    let program = tools::installed_or_built(&tools::NEXTEST, checkout, target)?;
    let mut command = std::process::Command::new(program);
    command.current_dir(checkout).args(["nextest", "run", "--locked", "--workspace"]);
    command.args(["--no-tests", "warn"]).args(options);
    command.envs(variables.iter().map(|(name, path)| (name, path)));
    run(&mut command)
}
