//! Passes over what cannot be read, in bounded memory, to where the next record may begin.

use memchr::{memchr, memchr3};

use crate::window::Window;

/// Where to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Behind the bracket that closes the one that comes next.
    Closed,
    /// There, or before the next line that begins with `{` or `[`: the bracket may be missing.
    ClosedOrLineThatOpens,
    /// Before the next line that begins with `{` or `[`.
    LineThatOpens,
}

/// Moves the window forward; without such a place, to the end of the object.
pub(super) fn skip(window: &mut Window, until: Until) {
    let mut state = State::default();
    loop {
        let found = match until {
            Until::Closed => state.closed(window.bytes(), false),
            Until::ClosedOrLineThatOpens => state.closed(window.bytes(), true),
            Until::LineThatOpens => state.line_that_opens(window.bytes()),
        };
        if let Some(n_bytes) = found {
            window.take(n_bytes);
            return;
        }
        window.take(usize::MAX);
        if window.is_last {
            return;
        }
        window.fill();
    }
}

#[derive(Default)]
struct State {
    depth: u64,
    in_string: bool,
    is_escaped: bool,
    behind_newline: bool,
}

impl State {
    fn closed(&mut self, bytes: &[u8], stops_at_line: bool) -> Option<usize> {
        let mut at = 0;
        loop {
            at += self.n_plain(bytes.get(at..)?);
            let byte = *bytes.get(at)?;
            if stops_at_line && self.behind_newline && matches!(byte, b'{' | b'[') {
                return Some(at);
            }
            at += 1;
            self.behind_newline = byte == b'\n';
            if self.takes_last(byte) {
                return Some(at);
            }
        }
    }

    /// Returns how many bytes go by inside a string before one that matters.
    fn n_plain(&mut self, bytes: &[u8]) -> usize {
        if !self.in_string || self.is_escaped || self.behind_newline {
            return 0;
        }
        memchr3(b'"', b'\\', b'\n', bytes).unwrap_or(bytes.len())
    }

    /// Takes a byte; tells whether it closes the first bracket.
    fn takes_last(&mut self, byte: u8) -> bool {
        if self.is_escaped {
            self.is_escaped = false;
            return false;
        }
        match byte {
            b'\\' if self.in_string => self.is_escaped = true,
            b'"' => self.in_string = !self.in_string,
            _ if self.in_string => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }

    fn line_that_opens(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let byte = bytes.get(at)?;
            if self.behind_newline && matches!(byte, b'{' | b'[') {
                return Some(at);
            }
            let newline = memchr(b'\n', bytes.get(at..)?);
            self.behind_newline = newline.is_some();
            at += newline? + 1;
        }
    }
}
