//! haechi: threat detection, investigation and hunting for AWS, on your own logs.
//!
//! The composition root of the command line: the only place that reads the clock, the environment
//! and the terminal.

#![expect(unreachable_pub, reason = "in a binary, `pub` says what a module is for")]

mod args;
mod commands;
mod details;
mod groups;
mod knowledge;
mod lake;
mod overview;
mod progress;
mod session;
mod summary;
mod tables;
mod talk;
mod trusted;

use std::process::ExitCode;

use clap::Parser;
use tikv_jemallocator::Jemalloc;

use crate::args::Args;

/// Takes up again what a step of a run has let go, where the system's allocator keeps it in pieces.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HAECHI_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("haechi=warn")),
        )
        .init();
    match commands::run(Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            talk::error(&error);
            ExitCode::from(2)
        }
    }
}
