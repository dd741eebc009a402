//! Messages that came in an envelope, one at a time.

use super::delimited::Delimited;
use super::plan::{of_line, put_groups};
use crate::json::{self, Context};
use crate::mapping::{Fields, Mappings};
use crate::read::Output;
use crate::scan::Scanner;
use crate::{Reject, Row, SinkError};

/// Reads a message that came in an envelope and that no source of JSON recognises.
pub(crate) fn message(
    message: &str,
    context: &Context<'_>,
    position: u64,
    mappings: &Mappings,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    let record = message.trim_end_matches(['\r', '\n']);
    let mut fields = Fields::default();
    if let Some((mapping, form)) = of_line(record, "", mappings).filter(|_| !record.contains('\n'))
    {
        fields.reset(mapping);
        context.put(mapping, &mut fields);
        let lines = Delimited::in_order(mapping, form);
        if let Ok(layout) = lines.fill(record, &mut fields) {
            return output.row(&Row { mapping, fields: &fields, record, position, layout });
        }
    }
    let Some(mapping) = mappings.of_messages() else {
        let reason = "no log source recognises this message";
        return output.strange(Reject::new(position, reason, record.as_bytes()));
    };
    fields.reset(mapping);
    fields.put_text(mapping.field("message").unwrap_or_default(), record);
    if record.starts_with('{') {
        // What is not JSON is a message like any other.
        let _ = json::walk(&mut Scanner::new(record, 0), mapping, &mut fields);
    }
    put_groups(mapping, record, &mut fields);
    context.put(mapping, &mut fields);
    output.row(&Row { mapping, fields: &fields, record, position, layout: None })
}
