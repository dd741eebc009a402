//! The words of an expression.

use super::MathError;

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Name(String),
    /// An operator, a bracket or a comma.
    Sign(&'static str),
}

/// Signs; those of two characters go first.
const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",",
];

/// Splits an expression into its words.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, MathError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, n_bytes) = if first.is_ascii_digit() || first == '.' {
            number(rest)
        } else if first.is_alphabetic() || first == '_' {
            let name: String =
                rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            let n_bytes = name.len();
            (Some(Token::Name(name)), n_bytes)
        } else if matches!(first, '"' | '\'') {
            text_in(rest, first)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            (sign.map(|sign| Token::Sign(sign)), sign.map_or(0, |sign| sign.len()))
        };
        let Some(token) = token else {
            let at = text.chars().count() - rest.chars().count() + 1;
            return Err(MathError::Character { character: first, at });
        };
        tokens.push(token);
        rest = rest.get(n_bytes..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

fn number(rest: &str) -> (Option<Token>, usize) {
    let is_part = |it: &char| it.is_ascii_digit() || *it == '.';
    let mut n_bytes = rest.chars().take_while(is_part).count();
    let behind = rest.get(n_bytes..).unwrap_or_default();
    if let Some(exponent) = behind.strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let digits = exponent.chars().skip(sign).take_while(char::is_ascii_digit).count();
        n_bytes += if 0 < digits { 1 + sign + digits } else { 0 };
    }
    let number = rest.get(..n_bytes).and_then(|it| it.parse().ok());
    (number.map(Token::Number), n_bytes)
}

fn text_in(rest: &str, quote: char) -> (Option<Token>, usize) {
    let inner = rest.get(1..).unwrap_or_default();
    match inner.find(quote) {
        Some(end) => (inner.get(..end).map(|text| Token::Text(text.to_owned())), end + 2),
        None => (None, 0),
    }
}
