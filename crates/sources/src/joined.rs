//! Lines of text that their columns give again.

use std::sync::Arc;

use crate::mapping::{Mapping, Target};
use crate::schema;

/// The columns that are a line's fields, in the line's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Their names, with spaces between.
    pub names: Arc<str>,
    /// For each field that has a column of the source's, its place among them and its slot.
    pub(crate) columns: Vec<(usize, usize)>,
    /// How many fields there are.
    pub(crate) n_fields: usize,
    /// The slot of the Region, if the line has one.
    pub(crate) region: Option<usize>,
}

impl Joined {
    /// Returns the columns of lines whose fields go to those targets, if each has one of its own
    /// and no other column has a value.
    pub(crate) fn new(mapping: &Mapping, targets: &[Target]) -> Option<Self> {
        let source = &mapping.source;
        let is_given = source.columns.iter().any(|column| column.path.starts_with('@'));
        if !schema::has_layouts(source) || is_given {
            return None;
        }
        let mut joined = Self {
            names: Arc::default(),
            columns: Vec::new(),
            n_fields: targets.len(),
            region: None,
        };
        let mut slots = Vec::new();
        let mut names = Vec::new();
        for target in targets {
            let slot = target.slot.filter(|slot| !slots.contains(slot))?;
            slots.push(slot);
            let place = mapping.columns.iter().position(|(of_column, _)| *of_column == slot);
            if let Some((place, column)) = place.and_then(|it| Some((it, source.columns.get(it)?)))
            {
                if target.port_slot.is_some() || target.entity != column.entity {
                    return None;
                }
                joined.columns.push((place, slot));
                names.push(column.name.as_str());
            } else if mapping.regions.first() == Some(&slot) && target.entity.is_none() {
                joined.region = Some(slot);
                names.push(schema::REGION);
            } else {
                return None;
            }
        }
        joined.names = names.join(" ").into();
        Some(joined)
    }
}
