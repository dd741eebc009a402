//! What one worker has gathered and not yet written.

use haechi_sources::{Mapping, Reject, Row, RowBuilder, Rows, Sink, SinkError};

use crate::LakeError;
use crate::encode::Memory;
use crate::limits::{REPEATED_BYTES, ROW_OVERHEAD_BYTES};
use crate::objects::Piece;
use crate::writer::Writer;

/// A worker's batch: a sink that writes itself out when it is full.
pub(crate) struct Batch<'a> {
    writer: &'a Writer<'a>,
    bytes_max: usize,
    builders: Vec<Option<RowBuilder>>,
    pieces: Vec<Piece>,
    rejects: Vec<(usize, Reject)>,
    n_bytes: usize,
    /// Records of the current object up to this position were stored by an earlier run.
    resume_behind: Option<u64>,
    /// How often the batch was written out.
    n_sequence: u64,
    name: String,
    memory: Memory,
}

/// A batch, ready to be written.
pub(crate) struct Gathered<'a> {
    /// The rows by source.
    pub tables: Vec<(&'a Mapping, Rows)>,
    /// What it has of each object.
    pub pieces: Vec<Piece>,
    /// The rejects, each with the number of its piece.
    pub rejects: Vec<(usize, Reject)>,
}

impl<'a> Batch<'a> {
    /// Returns an empty batch; `name` begins the names of its files.
    pub(crate) fn new(writer: &'a Writer<'a>, name: String, bytes_max: usize) -> Self {
        Self {
            writer,
            bytes_max,
            builders: Vec::new(),
            pieces: Vec::new(),
            rejects: Vec::new(),
            n_bytes: 0,
            resume_behind: None,
            n_sequence: 0,
            name,
            memory: Memory::default(),
        }
    }

    /// Begins an object, of which records up to a position are stored already.
    pub(crate) fn begin(&mut self, piece: Piece, resume_behind: Option<u64>) {
        self.resume_behind = resume_behind;
        self.pieces.push(piece);
    }

    /// Ends the current object; one that was known to be no log is not written down again.
    pub(crate) fn end(&mut self, bytes: u64, skipped: Option<String>, was_skipped: bool) {
        if was_skipped && skipped.is_some() {
            self.pieces.pop();
        } else if let Some(piece) = self.pieces.last_mut() {
            piece.bytes = bytes;
            piece.is_complete = true;
            piece.skipped = skipped;
        }
    }

    /// Writes out what is there.
    pub(crate) fn flush(&mut self) -> Result<(), LakeError> {
        let Some(current) = self.pieces.last() else { return Ok(()) };
        let next = (!current.is_complete).then(|| Piece {
            name: current.name.clone(),
            identity: current.identity,
            bytes_stored: current.bytes_stored,
            ..Piece::default()
        });
        let gathered = self.gathered()?;
        self.n_sequence += 1;
        let name = format!("{}-{:05}", self.name, self.n_sequence);
        for (mapping, rows) in self.writer.write(gathered, &name, &mut self.memory)? {
            if let Some(builder) = self.builders.get_mut(mapping.index) {
                *builder = Some(RowBuilder::again(mapping, rows));
            }
        }
        self.pieces.extend(next);
        Ok(())
    }

    fn gathered(&mut self) -> Result<Gathered<'a>, LakeError> {
        let pieces = std::mem::take(&mut self.pieces);
        let names: Vec<String> = pieces.iter().map(|it| it.name.clone()).collect();
        let mut tables = Vec::new();
        for (mapping, builder) in self.writer.mappings.all.iter().zip(&mut self.builders) {
            if let Some(builder) = builder.take()
                && 0 < builder.n_rows()
            {
                tables.push((mapping, builder.finish(mapping, &names)?));
            }
        }
        self.n_bytes = 0;
        Ok(Gathered { tables, pieces, rejects: std::mem::take(&mut self.rejects) })
    }

    /// Returns the builder of the mapping's source.
    fn builder(&mut self, mapping: &Mapping) -> Option<&mut RowBuilder> {
        if self.builders.len() <= mapping.index {
            self.builders.resize_with(mapping.index + 1, || None);
        }
        if self.builders.get(mapping.index).is_some_and(Option::is_none) {
            // Memory kept for sources that may not come again would add up.
            let idle = self.builders.iter_mut().filter(|it| it.as_ref().is_some_and(is_empty));
            idle.for_each(|builder| *builder = None);
        }
        let builder = self.builders.get_mut(mapping.index)?;
        Some(builder.get_or_insert_with(|| RowBuilder::without_copies(mapping)))
    }

    /// Moves on to a record; tells whether no earlier run stored it.
    fn reach(&mut self, position: u64) -> bool {
        let Some(piece) = self.pieces.last_mut() else { return false };
        if self.resume_behind.is_some_and(|stored| position <= stored) {
            return false;
        }
        piece.reached = Some(position);
        true
    }
}

impl Sink for Batch<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        if !self.reach(row.position) {
            return Ok(());
        }
        let file = i32::try_from(self.pieces.len()).unwrap_or(i32::MAX) - 1;
        let is_row = self.builder(row.mapping).is_some_and(|builder| builder.push(row, file));
        self.n_bytes += if is_row { row.record.len() + ROW_OVERHEAD_BYTES } else { REPEATED_BYTES };
        if self.bytes_max <= self.n_bytes {
            self.flush()?;
        }
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        if !self.reach(reject.position) {
            return Ok(());
        }
        let Some(piece) = self.pieces.last() else { return Ok(()) };
        self.n_bytes += reject.first_bytes.len() + piece.name.len() + ROW_OVERHEAD_BYTES;
        self.rejects.push((self.pieces.len() - 1, reject));
        if self.bytes_max <= self.n_bytes {
            self.flush()?;
        }
        Ok(())
    }
}

fn is_empty(builder: &RowBuilder) -> bool {
    builder.n_rows() == 0
}
