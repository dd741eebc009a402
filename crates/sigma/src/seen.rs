//! An event as rules see it: text conditions on an object are about what stands in it.

use std::borrow::Cow;

use rsigma_eval::{Event, EventValue, JsonEvent};
use serde_json::{Value, json};

/// An event that correlations keep by its id alone.
///
/// `requestParameters|contains: Suspended` means any value below `requestParameters`, as it would
/// where logs are kept as text, and a rule that goes through the members of an array itself wants
/// them as they are.
pub(crate) struct Seen<'a> {
    pub(crate) event: JsonEvent<'a>,
    pub(crate) id: &'a str,
    /// Whether objects are shown as the values in them.
    pub(crate) is_flat: bool,
}

impl Event for Seen<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let value = self.event.get_field(path)?;
        if !self.is_flat || !has_object(&value) {
            return Some(value);
        }
        let mut values = Vec::new();
        flatten(value, &mut values);
        Some(EventValue::Array(values))
    }

    fn any_string_value(&self, test: &dyn Fn(&str) -> bool) -> bool {
        self.event.any_string_value(test)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.event.all_string_values()
    }

    fn to_json(&self) -> Value {
        json!({"id": self.id})
    }
}

// The recursion of both ends with the record, whose depth its parser limits.

fn has_object(value: &EventValue<'_>) -> bool {
    match value {
        EventValue::Map(_) => true,
        EventValue::Array(values) => values.iter().any(has_object),
        _ => false,
    }
}

fn flatten<'a>(value: EventValue<'a>, values: &mut Vec<EventValue<'a>>) {
    match value {
        EventValue::Map(members) => members.into_iter().for_each(|(_, it)| flatten(it, values)),
        EventValue::Array(several) => several.into_iter().for_each(|it| flatten(it, values)),
        plain => values.push(plain),
    }
}
