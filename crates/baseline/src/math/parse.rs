//! The words of an expression to its tree.

use super::MathError;
use super::token::{Token, tokens};
use crate::limits::NESTING_MAX;

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(f64),
    Text(String),
    /// The id of a metric or of another expression, or a word such as `REPEAT`.
    Name(String),
    Negative(Box<Node>),
    Pair(&'static str, Box<Node>, Box<Node>),
    Call(String, Vec<Node>),
    Array(Vec<Node>),
}

/// Operators by how tightly they bind, loosest first.
const LEVELS: &[&[&str]] =
    &[&["||"], &["&&"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"], &["*", "/"], &["^"]];

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Node, MathError> {
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), depth: 0 };
    let node = parser.level(LEVELS)?;
    match parser.tokens.next() {
        None => Ok(node),
        Some(token) => Err(expected("the end of the expression", Some(&token))),
    }
}

impl Parser {
    fn level(&mut self, levels: &[&[&'static str]]) -> Result<Node, MathError> {
        let Some((signs, tighter)) = levels.split_first() else { return self.sign() };
        let mut left = self.level(tighter)?;
        while let Some(sign) = self.take_one_of(signs) {
            let right = self.level(tighter)?;
            left = Node::Pair(sign, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn sign(&mut self) -> Result<Node, MathError> {
        if self.take("-") {
            return self.nested(|it| Ok(Node::Negative(Box::new(it.sign()?))));
        }
        match self.tokens.next() {
            Some(Token::Number(number)) => Ok(Node::Number(number)),
            Some(Token::Text(text)) => Ok(Node::Text(text)),
            Some(Token::Name(name)) if self.take("(") => {
                Ok(Node::Call(name.to_ascii_uppercase(), self.list(")")?))
            }
            Some(Token::Name(name)) => Ok(Node::Name(name)),
            Some(Token::Sign("[")) => Ok(Node::Array(self.list("]")?)),
            Some(Token::Sign("(")) => {
                let inner = self.nested(|it| it.level(LEVELS))?;
                self.need(")", "`)`")?;
                Ok(inner)
            }
            token => Err(expected("a number, a metric or a function", token.as_ref())),
        }
    }

    /// Reads what stands between commas up to a bracket.
    fn list(&mut self, end: &'static str) -> Result<Vec<Node>, MathError> {
        let mut nodes = Vec::new();
        if self.take(end) {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.nested(|it| it.level(LEVELS))?);
            if !self.take(",") {
                self.need(end, if end == ")" { "`,` or `)`" } else { "`,` or `]`" })?;
                return Ok(nodes);
            }
        }
    }

    fn nested(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<Node, MathError>,
    ) -> Result<Node, MathError> {
        if NESTING_MAX <= self.depth {
            return Err(MathError::TooDeep(NESTING_MAX));
        }
        self.depth += 1;
        let node = inner(self);
        self.depth -= 1;
        node
    }

    fn take(&mut self, sign: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Sign(it) if *it == sign)).is_some()
    }

    fn take_one_of(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let words = [("AND", "&&"), ("OR", "||")];
        let sign = match self.tokens.peek()? {
            Token::Sign(sign) => signs.iter().find(|it| *it == sign)?,
            Token::Name(name) => {
                let (_, sign) = words.iter().find(|(word, _)| name.eq_ignore_ascii_case(word))?;
                signs.iter().find(|it| *it == sign)?
            }
            _ => return None,
        };
        self.tokens.next();
        Some(sign)
    }

    fn need(&mut self, sign: &'static str, what: &'static str) -> Result<(), MathError> {
        if self.take(sign) { Ok(()) } else { Err(expected(what, self.tokens.peek())) }
    }
}

fn expected(expected: &'static str, found: Option<&Token>) -> MathError {
    let found = match found {
        None => "the end".to_owned(),
        Some(Token::Number(number)) => format!("`{number}`"),
        Some(Token::Text(text)) => format!("`\"{text}\"`"),
        Some(Token::Name(name)) => format!("`{name}`"),
        Some(Token::Sign(sign)) => format!("`{sign}`"),
    };
    MathError::Expected { expected, found }
}
