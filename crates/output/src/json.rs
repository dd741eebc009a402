//! JSON: one array, or one object a line. Every object has every column.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::json::WriterBuilder;
use arrow::json::writer::LineDelimited;
use arrow::record_batch::RecordBatch;

use super::printable::is_harmful;
use crate::Rows;

/// JSON in the making.
pub(super) struct Json {
    schema: SchemaRef,
    is_array: bool,
    n_rows: u64,
}

impl Json {
    /// Makes one array of all rows.
    pub(super) fn array(schema: &SchemaRef) -> Self {
        Self { schema: distinct(schema), is_array: true, n_rows: 0 }
    }

    /// Makes one object a line.
    pub(super) fn lines(schema: &SchemaRef) -> Self {
        Self { is_array: false, ..Self::array(schema) }
    }
}

impl Rows for Json {
    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec())?;
        let builder = WriterBuilder::new().with_explicit_nulls(true);
        let mut writer = builder.build::<_, LineDelimited>(Vec::new());
        writer.write(&batch)?;
        writer.finish()?;
        let lines = String::from_utf8(writer.into_inner())?;
        for line in lines.lines() {
            let before = match (self.is_array, self.n_rows) {
                (false, _) => "",
                (true, 0) => "[\n",
                (true, _) => ",\n",
            };
            let after = if self.is_array { "" } else { "\n" };
            write!(out, "{before}{}{after}", harmless(line))?;
            self.n_rows += 1;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        match (self.is_array, self.n_rows) {
            (false, _) => {}
            (true, 0) => writeln!(out, "[]")?,
            (true, _) => writeln!(out, "\n]")?,
        }
        Ok(())
    }
}

/// Returns the same JSON with everything escaped that a terminal could take as an order.
///
/// Such letters occur in JSON inside of strings only, where `\u001b` means the letter itself.
pub(super) fn harmless(json: &str) -> Cow<'_, str> {
    let is_escaped = |letter: char| letter != '\n' && is_harmful(letter);
    if !json.chars().any(is_escaped) {
        return json.into();
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if !is_escaped(letter) {
            safe.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe.into()
}

/// Returns the columns under names of their own: of two keys that are one, a reader of JSON keeps
/// one.
pub(super) fn distinct(schema: &SchemaRef) -> SchemaRef {
    let mut taken = std::collections::BTreeSet::new();
    let mut fields = Vec::new();
    for field in schema.fields() {
        let mut name = field.name().clone();
        // Ends because every turn tries another name and `taken` is finite.
        for number in 2_u64.. {
            if taken.insert(name.clone()) {
                break;
            }
            name = format!("{}_{number}", field.name());
        }
        fields.push(Field::clone(field).with_name(name));
    }
    Arc::new(Schema::new(fields))
}
