//! The one place where xtask speaks: standard error, so that standard output
//! stays free for what the commands it runs have to give.

use std::time::Duration;

/// Says one thing to the person at the terminal or to the log of a build.
#[expect(clippy::print_stderr, reason = "talking is what this function is for")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// Returns a duration as people write it: `4.2 s`, `3 min 07 s`.
pub(crate) fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", duration.as_secs_f64());
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        assert_eq!(in_words(Duration::from_millis(4_210)), "4.2 s");
        assert_eq!(in_words(Duration::from_secs(187)), "3 min 07 s");
    }
}
