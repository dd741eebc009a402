//! `check`: all that can be said about the code without running it.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::run::{cargo, run};
use crate::steps::Steps;
use crate::tools::CargoTool;
use crate::{places, tidy, tools};

/// What to do about optional tools that the machine lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptionalTools {
    /// Leave their checks out.
    UseInstalled,
    /// Build them.
    Install,
}

/// Runs every check, the quick ones first.
pub(crate) fn check(optional: OptionalTools) -> Result<()> {
    let checkout = places::checkout()?;
    let target = places::target(&checkout)?;
    let mut steps = Steps::start("check");

    steps.step("structure", || tidy::report(&checkout));
    steps.step("format", || run(&mut cargo(&checkout, &["fmt", "--all", "--check"])));
    wheels(&mut steps, &checkout, &target);
    for (tool, arguments) in [
        (&tools::MACHETE, ["."].as_slice()),
        (&tools::DENY, ["--locked", "check", "licenses", "bans", "sources"].as_slice()),
    ] {
        optional_tool(&mut steps, optional, &Tool { tool, arguments }, (&checkout, &target));
    }
    steps.step("lints", || run(&mut clippy(&checkout)));
    steps.finish()
}

fn clippy(checkout: &Path) -> Command {
    let arguments = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    cargo(checkout, &arguments)
}

/// Spelling and the format of TOML files: tools that come as Python wheels.
fn wheels(steps: &mut Steps, checkout: &Path, target: &Path) {
    let python = match tools::python_with(&checkout.join("xtask/requirements.txt"), target) {
        Ok(python) => python,
        Err(error) => {
            steps.skip("spelling and TOML format", &format!("{error:#}"));
            return;
        }
    };
    steps.step("spelling", || {
        run(Command::new(tools::beside(&python, "typos")).current_dir(checkout))
    });
    steps.step("TOML format", || {
        let mut taplo = Command::new(tools::beside(&python, "taplo"));
        run(taplo.args(["format", "--check"]).current_dir(checkout))
    });
}

/// A cargo tool and what to ask it.
struct Tool<'a> {
    tool: &'a CargoTool,
    arguments: &'a [&'a str],
}

fn optional_tool(
    steps: &mut Steps,
    optional: OptionalTools,
    wanted: &Tool<'_>,
    (checkout, target): (&Path, &Path),
) {
    let Tool { tool, arguments } = wanted;
    let is_here = tools::installed(tool, target).is_some();
    if optional == OptionalTools::UseInstalled && !is_here {
        steps.skip(tool.name, "not installed; `cargo xtask check --install` builds it");
        return;
    }
    steps.step(tool.name, || {
        let program = tools::installed_or_built(tool, checkout, target)?;
        run(Command::new(program).args(*arguments).current_dir(checkout))
    });
}
