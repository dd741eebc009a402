//! The steps of a command: each announced, timed and counted, all of them tried.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::talk::{in_words, say};

/// What has been done so far, and since when.
pub(crate) struct Steps {
    command: &'static str,
    started: Instant,
    passed: Vec<String>,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Steps {
    /// Starts the clock of a command.
    pub(crate) fn start(command: &'static str) -> Self {
        let (passed, failed, skipped) = (Vec::new(), Vec::new(), Vec::new());
        Self { command, started: Instant::now(), passed, failed, skipped }
    }

    /// Does one step; a failure is remembered and the next step still gets its turn.
    pub(crate) fn step(&mut self, name: &str, action: impl FnOnce() -> Result<()>) {
        say(&format!("\n── {name}"));
        let started = Instant::now();
        let result = action();
        let elapsed = in_words(started.elapsed());
        match result {
            Ok(()) => {
                say(&format!("   ok, {elapsed}"));
                self.passed.push(format!("{name} ({elapsed})"));
            }
            Err(error) => {
                say(&format!("   FAILED, {elapsed}: {error:#}"));
                self.failed.push(name.to_owned());
            }
        }
    }

    /// Leaves a step out, loudly: what was not checked is part of the result.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        say(&format!("\n── {name}\n   SKIPPED: {why}"));
        self.skipped.push(format!("{name}: {why}"));
    }

    /// Says how it went, and fails when a step failed.
    pub(crate) fn finish(self) -> Result<()> {
        say(&format!("\n── {}, after {}", self.command, in_words(self.started.elapsed())));
        for (word, names) in
            [("passed", &self.passed), ("skipped", &self.skipped), ("FAILED", &self.failed)]
        {
            for name in names {
                say(&format!("   {word:<8}{name}"));
            }
        }
        say(&format!(
            "steps: {} passed, {} failed, {} skipped",
            self.passed.len(),
            self.failed.len(),
            self.skipped.len()
        ));
        if !self.failed.is_empty() {
            bail!("{} failed: {}", self.command, self.failed.join(", "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_command_after_the_others_had_their_turn() {
        let mut steps = Steps::start("test");
        let mut second_ran = false;
        steps.step("first", || bail!("no"));
        steps.step("second", || {
            second_ran = true;
            Ok(())
        });
        let error = steps.finish().unwrap_err();
        assert_eq!(error.to_string(), "test failed: first");
        assert!(second_ran);
    }

    #[test]
    fn a_skipped_step_fails_nothing() {
        let mut steps = Steps::start("check");
        steps.skip("spelling", "no Python");
        assert!(steps.finish().is_ok());
    }
}
