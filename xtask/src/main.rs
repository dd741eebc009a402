//! `cargo xtask`: the project's own commands, each with all of its set-up.
//!
//! Nothing here needs more than a Rust toolchain to start; what else a command
//! needs, it installs below cargo's target folder or explains.

mod bench;
mod check;
mod demo;
mod places;
mod run;
mod steps;
mod talk;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::talk::say;

const HELP: &str = "\
cargo xtask <command>

  demo              watch haechi find an intruder in logs that it makes itself
  test [--fast]     every test; with --fast only those that need this checkout alone
  check [--install] format, lints, spelling, dependencies, structure;
                    with --install the optional cargo tools are built first
  tidy              only the structure checks of `check`
  bench [ARGS…]     haechi beside its peers, from an optimised build";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["demo"] => demo::demo(),
        ["test"] => test::test(test::Scope::Everything),
        ["test", "--fast"] => test::test(test::Scope::ThisCheckout),
        ["check"] => check::check(check::OptionalTools::UseInstalled),
        ["check", "--install"] => check::check(check::OptionalTools::Install),
        ["tidy"] => tidy::report(&places::checkout()?),
        ["bench", rest @ ..] => bench::bench(rest),
        [] | ["help" | "--help" | "-h"] => {
            say(HELP);
            Ok(())
        }
        other => bail!("unknown command `{}`\n\n{HELP}", other.join(" ")),
    }
}
