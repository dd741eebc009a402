//! The parts of a tree that hold expressions and queries, for those who look at all of them.

use super::{Command, Expr, ExprKind, Projection, Query};

impl Expr {
    /// The expressions directly inside this one; not those of a query inside it.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Member { base, .. } => vec![base],
            ExprKind::Unary { operand, .. } => vec![operand],
            ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Like { value, .. } | ExprKind::InQuery { value, .. } => vec![value],
            ExprKind::In { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
            ExprKind::Call(call) => call.arguments.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The same, to change them.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Member { base, .. } => vec![base],
            ExprKind::Unary { operand, .. } => vec![operand],
            ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Like { value, .. } | ExprKind::InQuery { value, .. } => vec![value],
            ExprKind::In { value, list, .. } => std::iter::once(&mut **value).chain(list).collect(),
            ExprKind::Call(call) => call.arguments.iter_mut().collect(),
            _ => Vec::new(),
        }
    }

    /// Calls the function for this expression and all inside it, from the outside in.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}

impl Command {
    /// The expressions of a command, as it is written.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Fields(it) => it.projections.iter().map(|it| &it.expr).collect(),
            Self::Display(it) => it.projections.iter().map(|it| &it.expr).collect(),
            Self::Filter(it) => vec![&it.condition],
            Self::FilterIndex(it) => it.values.iter().collect(),
            Self::Stats(it) => it.aggregates.iter().chain(&it.keys).map(|it| &it.expr).collect(),
            Self::Sort(it) => it.keys.iter().map(|it| &it.expr).collect(),
            Self::RelevantFields(it) => vec![&it.condition],
            Self::FillMissing(it) => it.fills.iter().map(|it| &it.value).collect(),
            _ => Vec::new(),
        }
    }

    /// The same, to change them.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Fields(it) => it.projections.iter_mut().map(|it| &mut it.expr).collect(),
            Self::Display(it) => it.projections.iter_mut().map(|it| &mut it.expr).collect(),
            Self::Filter(it) => vec![&mut it.condition],
            Self::FilterIndex(it) => it.values.iter_mut().collect(),
            Self::Stats(it) => {
                it.aggregates.iter_mut().chain(&mut it.keys).map(|it| &mut it.expr).collect()
            }
            Self::Sort(it) => it.keys.iter_mut().map(|it| &mut it.expr).collect(),
            Self::RelevantFields(it) => vec![&mut it.condition],
            Self::FillMissing(it) => it.fills.iter_mut().map(|it| &mut it.value).collect(),
            _ => Vec::new(),
        }
    }

    /// The query in parentheses behind a command; not those inside its expressions.
    #[must_use]
    pub fn query(&self) -> Option<&Query> {
        match self {
            Self::Join(it) => Some(&it.query),
            Self::AppendCols(it) => Some(&it.query),
            _ => None,
        }
    }

    /// The same, to change it.
    pub fn query_mut(&mut self) -> Option<&mut Query> {
        match self {
            Self::Join(it) => Some(&mut it.query),
            Self::AppendCols(it) => Some(&mut it.query),
            _ => None,
        }
    }
}

impl Query {
    /// The columns of the last `fields` or `display`, unless a `stats` stands behind it: what a
    /// query behind `in` is compared with.
    #[must_use]
    pub fn selected(&self) -> Option<&[Projection]> {
        let mut selected: Option<&[Projection]> = None;
        for stage in &self.stages {
            match &stage.command {
                Command::Fields(it) => selected = Some(&it.projections),
                Command::Display(it) => selected = Some(&it.projections),
                Command::Stats(_) => selected = None,
                _ => {}
            }
        }
        selected
    }
}
