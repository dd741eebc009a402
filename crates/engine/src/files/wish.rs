//! Filters that the reader of files can help with.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use haechi_model::{Timestamp, Window};
use haechi_sources::Only;

use crate::table::TIME;

/// What a filter wishes for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Records of a stretch of time, and nothing else.
    Time(Side),
    /// Records with one of some texts in a column. Those of other records need not be gathered.
    Texts(Only),
}

impl Wish {
    /// Reads a filter, if it is one that helps.
    pub(super) fn read(filter: &Expr) -> Option<Self> {
        bound(filter).map(Self::Time).or_else(|| only(filter).map(Self::Texts))
    }
}

/// Reads `column = 'text'`, `column in ('text', …)`, and several of them for one column joined by
/// `or`, which is how a short list arrives.
fn only(filter: &Expr) -> Option<Only> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let (mut either, other) = (only(left)?, only(right)?);
            either.texts.extend(other.texts);
            (either.column == other.column).then_some(either)
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            Some(Only { column: column(left)?, texts: vec![text(right)?] })
        }
        Expr::InList(InList { expr, list, negated: false }) => {
            let texts = list.iter().map(text).collect::<Option<_>>()?;
            Some(Only { column: column(expr)?, texts })
        }
        _ => None,
    }
}

fn column(side: &Expr) -> Option<String> {
    let Expr::Column(column) = side else { return None };
    Some(column.name.clone())
}

fn text(side: &Expr) -> Option<String> {
    let Expr::Literal(value, _) = side else { return None };
    match value {
        ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text) => {
            text.clone()
        }
        _ => None,
    }
}

/// One side of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    From(Timestamp),
    Until(Timestamp),
}

impl Side {
    /// Narrows the window by this side.
    pub(super) fn narrow(self, window: &mut Window) {
        match self {
            Self::From(from) => window.from = Some(window.from.map_or(from, |it| it.max(from))),
            Self::Until(until) => {
                window.until = Some(window.until.map_or(until, |it| it.min(until)));
            }
        }
    }
}

/// Reads a filter that says when records happened, and nothing else.
fn bound(filter: &Expr) -> Option<Side> {
    let Expr::BinaryExpr(comparison) = filter else { return None };
    let Expr::Column(column) = comparison.left.as_ref() else { return None };
    let Expr::Literal(ScalarValue::TimestampMicrosecond(Some(moment), _), _) =
        comparison.right.as_ref()
    else {
        return None;
    };
    if column.name != TIME {
        return None;
    }
    match comparison.op {
        Operator::GtEq => Some(Side::From(Timestamp(*moment))),
        Operator::Gt => Some(Side::From(Timestamp(moment.checked_add(1)?))),
        Operator::Lt => Some(Side::Until(Timestamp(*moment))),
        Operator::LtEq => Some(Side::Until(Timestamp(moment.checked_add(1)?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{col, lit};

    use super::*;

    fn texts(column: &str, texts: &[&str]) -> Wish {
        let texts = texts.iter().map(|&text| text.to_owned()).collect();
        Wish::Texts(Only { column: column.to_owned(), texts })
    }

    #[test]
    fn equal_texts_are_a_wish() {
        assert_eq!(Wish::read(&col("a").eq(lit("x"))), Some(texts("a", &["x"])));
        let either = col("a").eq(lit("x")).or(col("a").eq(lit("y")));
        assert_eq!(Wish::read(&either), Some(texts("a", &["x", "y"])));
        let listed = col("a").in_list(vec![lit("x"), lit("y")], false);
        assert_eq!(Wish::read(&listed), Some(texts("a", &["x", "y"])));
    }

    #[test]
    fn what_other_rows_might_pass_is_none() {
        for filter in [
            col("a").eq(lit("x")).or(col("b").eq(lit("y"))),
            col("a").eq(lit("x")).or(col("a").is_null()),
            col("a").in_list(vec![lit("x")], true),
            col("a").in_list(vec![lit("x"), col("b")], false),
            col("a").not_eq(lit("x")),
            col("a").eq(col("b")),
            col("a").eq(lit(1)),
            col("a").eq(lit(ScalarValue::Utf8(None))),
        ] {
            assert_eq!(Wish::read(&filter), None, "{filter}");
        }
    }
}
