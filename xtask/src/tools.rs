//! Tools from outside: cargo's own installer and Python wheels, versions pinned,
//! all of it below the target folder so that nothing else on the machine changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, run, succeeds};
use crate::talk::say;

/// A tool that crates.io offers as source.
pub(crate) struct CargoTool {
    /// The crate and the program, which bear the same name.
    pub(crate) name: &'static str,
    version: &'static str,
    minutes: &'static str,
}

/// Runs the tests.
pub(crate) const NEXTEST: CargoTool =
    CargoTool { name: "cargo-nextest", version: "0.9.151", minutes: "five" };
/// Finds dependencies that nothing uses.
pub(crate) const MACHETE: CargoTool =
    CargoTool { name: "cargo-machete", version: "0.9.2", minutes: "two" };
/// Checks licences and where dependencies come from.
pub(crate) const DENY: CargoTool =
    CargoTool { name: "cargo-deny", version: "0.20.2", minutes: "eight" };

/// Returns the program, from the search path or from an earlier installation of ours.
pub(crate) fn installed(tool: &CargoTool, target: &Path) -> Option<PathBuf> {
    let ours = tools_folder(target).join("bin").join(tool.name);
    [ours, PathBuf::from(tool.name)]
        .into_iter()
        .find(|program| succeeds(Command::new(program).arg("--version")))
}

/// Returns the program, built first when the machine does not have it.
pub(crate) fn installed_or_built(
    tool: &CargoTool,
    checkout: &Path,
    target: &Path,
) -> Result<PathBuf> {
    if let Some(program) = installed(tool, target) {
        return Ok(program);
    }
    let CargoTool { name, version, minutes } = tool;
    say(&format!("   {name} is not here: building it takes about {minutes} minutes, once"));
    let folder = tools_folder(target);
    let mut install =
        cargo(checkout, &["install", "--locked", "--quiet", name, "--version", version, "--root"]);
    run(install.arg(&folder))?;
    Ok(folder.join("bin").join(name))
}

/// Fails early, and says what to do, on a machine that lacks what libraries in C are built with.
pub(crate) fn check_builders() -> Result<()> {
    for program in ["cc", "make"] {
        if !succeeds(Command::new(program).arg("--version")) {
            bail!(
                "`{program}` is not on this machine, and libraries in C are built with it: \
                 install it (Debian, Ubuntu: apt-get install build-essential; \
                 Fedora: dnf install gcc make; macOS: xcode-select --install)"
            );
        }
    }
    Ok(())
}

fn tools_folder(target: &Path) -> PathBuf {
    target.join("tools")
}

/// Returns the Python of our own virtual environment, with a file of requirements installed.
pub(crate) fn python_with(requirements: &Path, target: &Path) -> Result<PathBuf> {
    let environment = target.join("corpus-venv");
    let python = python_in(&environment);
    if !succeeds(Command::new(&python).arg("--version")) {
        let system = system_python().context("there is no Python 3 on this machine")?;
        run(Command::new(system).args(["-m", "venv", "--clear"]).arg(&environment))?;
    }
    let wanted = fs::read_to_string(requirements)
        .with_context(|| format!("cannot read `{}`", requirements.display()))?;
    let note = environment.join(note_name(requirements)?);
    let is_installed = fs::read_to_string(&note).is_ok_and(|text| text == wanted);
    if !is_installed {
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&python).args(pip).arg(requirements))?;
        fs::write(&note, wanted).with_context(|| format!("cannot write `{}`", note.display()))?;
    }
    Ok(python)
}

/// Returns a program of the virtual environment that `python` belongs to.
pub(crate) fn beside(python: &Path, program: &str) -> PathBuf {
    python.with_file_name(program)
}

fn system_python() -> Option<&'static str> {
    ["python3", "python"].into_iter().find(|name| {
        succeeds(
            Command::new(name)
                .args(["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))"]),
        )
    })
}

fn python_in(environment: &Path) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    environment.join(folder).join("python")
}

/// The note beside the environment that says what is installed: one a requirements file.
fn note_name(requirements: &Path) -> Result<String> {
    let folder = requirements.parent().and_then(Path::file_name);
    let Some((folder, file)) = folder.zip(requirements.file_stem()) else {
        bail!("`{}` lies in no folder", requirements.display());
    };
    Ok(format!("installed-{}-{}.txt", folder.to_string_lossy(), file.to_string_lossy()))
}
