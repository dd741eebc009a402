//! The entities, from the columns that the row's layout names.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListBuilder, StringBuilder};
use arrow::datatypes::{DataType, Field};
use datafusion::common::DataFusionError;
use haechi_model::EntityKind;

use super::layouts::{Arguments, Names, Values};

/// Returns the lists of entities.
pub(super) fn all(arguments: &Arguments, names: &Names) -> Result<ArrayRef, DataFusionError> {
    let own = arguments.own.as_list::<i32>();
    let mut layouts = arguments.layouts(names);
    let element = Field::new("element", DataType::Utf8, true);
    let mut lists = ListBuilder::new(StringBuilder::new()).with_field(Arc::new(element));
    let mut entities: Vec<(EntityKind, &str)> = Vec::new();
    for row in 0..own.len() {
        if own.is_valid(row) {
            put_list(&own.value(row), &mut lists);
            continue;
        }
        let Some(places) = layouts.of(row)? else {
            lists.append_null();
            continue;
        };
        entities.clear();
        for &place in places {
            let Some((_, Some(kind))) = names.get(place) else { continue };
            let Some(Values::Texts(texts)) = arguments.values.get(place) else { continue };
            if texts.is_null(row) {
                continue;
            }
            let entity = (*kind, texts.value(row));
            if !entities.contains(&entity) && kind.accepts(entity.1) {
                entities.push(entity);
            }
        }
        for (kind, name) in &entities {
            let text = lists.values();
            // Writing to a builder cannot fail; it puts both parts into one text.
            let _ = text.write_str(kind.prefix());
            text.append_value(name);
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

fn put_list(list: &ArrayRef, lists: &mut ListBuilder<StringBuilder>) {
    for text in list.as_string::<i32>() {
        lists.values().append_option(text);
    }
    lists.append(true);
}
