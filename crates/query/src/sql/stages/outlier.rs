//! `outlier`: values far from the middle half of all values.

use super::filter;
use crate::ast::{Outlier, OutlierAction};
use crate::diagnostic::Outcome;
use crate::sql::kind::{Kind, Term};
use crate::sql::{Lowering, text};

/// Takes outliers out, or sets them to the fence that they passed: the quartile and so many times
/// the distance of the quartiles beyond it.
pub(super) fn outlier(lowering: &mut Lowering<'_, '_>, it: &Outlier) -> Outcome<()> {
    let mut numbers = Vec::new();
    for field in &it.fields {
        numbers.push((field.text(), lowering.field(field)?.as_number()));
    }
    let mut quartiles = Vec::new();
    let mut fences = Vec::new();
    for (_, number) in &numbers {
        let (low, high) = (lowering.relation.fresh("low"), lowering.relation.fresh("high"));
        let (low, high) = (text::name(&low), text::name(&high));
        quartiles.push(format!("percentile({number}, 25.0) AS {low}"));
        quartiles.push(format!("percentile({number}, 75.0) AS {high}"));
        let far = format!("{} * ({high} - {low})", text::number(it.param));
        fences.push((format!("({low} - {far})"), format!("({high} + {far})")));
    }
    let from = lowering.relation.from.clone();
    let select = format!("SELECT {} FROM {from}", quartiles.join(", "));
    let of_all = lowering.script.step(&select);
    lowering.step(&format!("SELECT * FROM {from} CROSS JOIN {of_all}"));
    for ((name, number), (lower, upper)) in numbers.iter().zip(&fences) {
        let is_low = if it.use_lower { format!("{number} < {lower}") } else { "FALSE".to_owned() };
        match it.action {
            OutlierAction::Remove => {
                let is_outlier = format!("coalesce({number} > {upper} OR {is_low}, FALSE)");
                filter::keep(lowering, &format!("NOT {is_outlier}"));
            }
            OutlierAction::Transform => {
                let (kind, high, low, same) = if it.mark {
                    let marked = |fence: &str| format!("concat('000', number_text({fence}))");
                    let same = format!("number_text({number})");
                    (Kind::Text, marked(upper), marked(lower), same)
                } else {
                    (Kind::Number, upper.clone(), lower.clone(), number.clone())
                };
                let sql = format!(
                    "CASE WHEN {number} > {upper} THEN {high} WHEN {is_low} THEN {low} \
                     ELSE {same} END"
                );
                add(lowering, name, Term::new(sql, kind));
            }
        }
    }
    Ok(())
}

fn add(lowering: &mut Lowering<'_, '_>, name: &str, term: Term) {
    let identifier = lowering.relation.add(name, term.kind);
    lowering.extend(&[(term.sql, identifier)]);
    lowering.relation.show(name);
}
