//! `demo`: the main job on an organisation that haechi invents, with no download
//! and no set-up: logs are made, read and judged below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::places;
use crate::run::{cargo, run};
use crate::talk::{in_words, say};
use crate::tools;

/// Builds haechi, makes logs with an attack in them, and scans them.
pub(crate) fn demo() -> Result<()> {
    let checkout = places::checkout()?;
    let target = places::target(&checkout)?;
    tools::check_builders()?;
    let haechi = build(&checkout, &target)?;
    let folder = fresh_folder(&target)?;
    let (logs, lake) = (folder.join("logs"), folder.join("lake"));

    say("\n── an organisation under attack, in the file formats of AWS");
    run(Command::new(&haechi).arg("simulate").arg("--out").arg(&logs))?;
    say("\n── what haechi makes of it");
    run(Command::new(&haechi).arg("scan").arg(&logs).arg("--lake").arg(&lake))?;
    say(&next_commands(&haechi, &lake));
    Ok(())
}

/// Builds the binary without optimisation: that takes minutes from nothing where an optimised
/// build takes far longer, and the demo's scan ends in seconds all the same.
fn build(checkout: &Path, target: &Path) -> Result<PathBuf> {
    let program = target.join("debug").join(format!("haechi{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        say("── building haechi: the first time this takes about 7 minutes on two cores");
    }
    let started = std::time::Instant::now();
    run(&mut cargo(checkout, &["build", "--locked", "--workspace", "--bins"]))?;
    say(&format!("   built in {}", in_words(started.elapsed())));
    Ok(program)
}

/// An empty folder, whatever an earlier demo left.
fn fresh_folder(target: &Path) -> Result<PathBuf> {
    let folder = target.join("demo-data");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty `{}`", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    Ok(folder)
}

fn next_commands(haechi: &Path, lake: &Path) -> String {
    let (haechi, lake) = (haechi.display(), lake.display());
    format!(
        "
── go on from here
   haechi={haechi}
   lake={lake}
   $haechi findings list --lake $lake
   $haechi coverage --lake $lake
   $haechi sql --lake $lake \\
     'select \"eventName\", count(*) as n from cloudtrail group by 1 order by 2 desc limit 10'
   $haechi scan <your own folder of logs>"
    )
}
