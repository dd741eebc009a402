//! Completions and manual pages, made from the definition of the command line.

use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;

pub fn completions(shell: Shell) {
    clap_complete::generate(shell, &mut Args::command(), "haechi", &mut std::io::stdout().lock());
}

pub fn pages(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    Ok(clap_mangen::generate_to(Args::command(), folder)?)
}
