//! What a regular expression needs while it runs.

use regex_automata::nfa::thompson::{Config, NFA};
use regex_automata::util::syntax;

use crate::limits::REGEX_GROUP_BYTES_MAX;

/// Tells whether the expression's groups fit into memory: for each state of the expression the
/// engine keeps where each group begins and ends, twice, and allocates that at once.
///
/// An expression that is none is left to whoever compiles it.
#[must_use]
pub fn groups_fit(pattern: &str, is_unicode: bool) -> bool {
    let syntax = syntax::Config::new().unicode(is_unicode).utf8(false);
    let mut compiler = NFA::compiler();
    compiler.syntax(syntax).configure(Config::new().utf8(false));
    let Ok(states) = compiler.build(pattern) else { return true };
    let n_bytes_of_state = 2 * states.group_info().slot_len() * size_of::<usize>();
    states.states().len().saturating_mul(n_bytes_of_state) <= REGEX_GROUP_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_groups_of_many_states_do_not_fit() {
        assert!(groups_fit(r"^(?<ip>\S+) (\S+) (\S+) \[([^\]]+)\]", true));
        assert!(groups_fit(&r"(\w+) ".repeat(50), false));
        assert!(!groups_fit(&"(a*)*".repeat(5_000), true));
        assert!(groups_fit(&"(?:a*)*".repeat(5_000), true));
        assert!(groups_fit("(", true));
    }
}
