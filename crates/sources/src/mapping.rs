//! A source's definition, made ready for the hot path: paths become a tree that a record is
//! walked along, and every path that anything asks for becomes a slot.

mod tree;

use haechi_catalog::{ColumnKind, Format, Source, TimeUnit};
use haechi_model::EntityKind;

use crate::scan::{Shape, Value};
use crate::text::Form;
pub(crate) use tree::{Node, Target};
use tree::{Tree, steps};

/// A source, ready to take records apart.
#[derive(Debug)]
pub struct Mapping {
    /// The source's place among all mappings.
    pub index: usize,
    /// The source.
    pub source: Source,
    /// The tree of paths; node 0 is the record itself.
    pub(crate) nodes: Vec<Node>,
    /// The slot of each column.
    pub(crate) columns: Vec<(usize, ColumnKind)>,
    /// Slots that must be filled for the record to be of this source.
    pub(crate) required: Vec<usize>,
    /// For each source of JSON before this one in the catalogue, the slots that it requires.
    pub(crate) rivals: Vec<Vec<usize>>,
    /// Where the event time stands, best first.
    pub(crate) times: Vec<TimeSlot>,
    /// Slots of the account, best first.
    pub(crate) accounts: Vec<usize>,
    /// Slots of the Region, best first.
    pub(crate) regions: Vec<usize>,
    /// The slot of the record's own id.
    pub(crate) id: Option<usize>,
    /// How many slots there are.
    pub(crate) n_slots: usize,
    /// Where goes what surroundings say about a record, in the order of [`CONTEXT_PATHS`].
    pub(crate) context: [Target; 7],
    /// How its lines are recognised and taken apart.
    pub(crate) form: Form,
}

/// Paths of what an envelope or an object's name says about the records inside.
pub(crate) const CONTEXT_PATHS: [&str; 7] =
    ["@account", "@region", "@owner", "@logGroup", "@logStream", "@timestamp", "@function"];

/// Where an event time stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeSlot {
    /// The slot of the time, or of the day alone.
    pub slot: usize,
    /// The slot of the time of day, when it stands apart.
    pub clock: Option<usize>,
    /// How it is written.
    pub unit: TimeUnit,
}

/// The fields of one record.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    pub(crate) slots: Vec<Option<Value<'a>>>,
    pub(crate) entities: Vec<(EntityKind, Value<'a>)>,
    /// How many fields the last line had.
    pub(crate) n_of_line: usize,
}

/// Every source's mapping, in the order of the catalogue.
#[derive(Debug)]
pub struct Mappings {
    /// The mappings; each one's `index` is its place.
    pub all: Vec<Mapping>,
}

impl Mappings {
    /// Prepares the sources.
    #[must_use]
    pub fn new<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Self {
        let mut all: Vec<Mapping> = Vec::new();
        for source in sources {
            all.push(Mapping::new(source.clone(), &all));
        }
        Self { all }
    }

    /// Returns the mapping of a source.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Mapping> {
        self.all.iter().find(|mapping| mapping.source.name == name)
    }

    /// Returns the source of whatever has a time, if there is one.
    pub(crate) fn of_the_rest(&self) -> Option<&Mapping> {
        self.all.iter().find(|it| it.source.fallback && matches!(it.source.format, Format::Json))
    }

    /// Returns the source of messages that no other takes, if there is one.
    pub(crate) fn of_messages(&self) -> Option<&Mapping> {
        let mut all = self.all.iter();
        all.find(|it| it.source.fallback && matches!(it.source.format, Format::Lines { .. }))
    }
}

impl Mapping {
    fn new(source: Source, earlier: &[Self]) -> Self {
        let index = earlier.len();
        let mut tree = Tree::default();
        let mut columns = Vec::new();
        for column in &source.columns {
            columns.push((tree.slot(&column.path), column.kind));
            if let Some(kind) = column.entity {
                tree.mark(&column.path, kind);
            }
        }
        for (path, kind) in &source.entities {
            tree.mark(path, *kind);
        }
        let required = source.required.iter().map(|path| tree.slot(path)).collect();
        let mut times = Vec::new();
        for time in &source.times {
            let slot = tree.slot(&time.path);
            let clock = time.clock.as_ref().map(|path| tree.slot(path));
            times.push(TimeSlot { slot, clock, unit: time.unit });
        }
        let accounts = source.accounts.iter().map(|path| tree.slot(path)).collect();
        let regions = source.regions.iter().map(|path| tree.slot(path)).collect();
        let id = source.id.as_ref().map(|path| tree.slot(path));
        let rivals = rivals(&source, earlier, &mut tree);
        let (context, form) = Default::default();
        let Tree { nodes, n_slots } = tree;
        #[rustfmt::skip]
        let mut mapping = Self {
            index, source, nodes, columns, required, rivals, times, accounts, regions, id, n_slots,
            context, form,
        };
        mapping.context = CONTEXT_PATHS.map(|path| mapping.target(path));
        mapping.form = Form::new(&mapping);
        mapping
    }

    /// Tells whether JSON objects can be of this source.
    pub(crate) fn is_json(&self) -> bool {
        !self.required.is_empty()
    }

    /// Returns the slot of the column of texts of that name.
    pub(crate) fn texts(&self, column: &str) -> Option<usize> {
        let at = self.source.columns.iter().position(|known| known.name == column)?;
        let (slot, kind) = self.columns.get(at)?;
        (*kind == ColumnKind::String).then_some(*slot)
    }

    pub(crate) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// Returns where the value at a path of the definition goes.
    pub(crate) fn target(&self, path: &str) -> Target {
        let mut at = Some(0);
        for name in steps(path) {
            let node = at.and_then(|at| self.nodes.get(at));
            at = node.and_then(|node| if name == "[]" { node.items } else { node.member(&name) });
        }
        at.and_then(|at| self.nodes.get(at)).map_or(Target::default(), |node| node.target)
    }

    /// Returns where the value of a field of text goes, if the definition knows the field.
    pub(crate) fn field(&self, name: &str) -> Option<Target> {
        let child = self.nodes.first()?.member(name)?;
        self.nodes.get(child).map(|node| node.target)
    }

    /// Tells whether the fields have all that a record of this source has.
    pub(crate) fn recognises(&self, fields: &Fields<'_>) -> bool {
        fields.have(&self.required)
    }

    /// Tells whether a source before this one in the catalogue recognises the same record.
    pub(crate) fn is_forestalled(&self, fields: &Fields<'_>) -> bool {
        self.rivals.iter().any(|required| fields.have(required))
    }
}

/// Returns, for each source of JSON before this one, the slots that it requires.
fn rivals(source: &Source, earlier: &[Mapping], tree: &mut Tree) -> Vec<Vec<usize>> {
    if source.required.is_empty() {
        return Vec::new();
    }
    let required = |it: &Mapping| it.source.required.iter().map(|path| tree.slot(path)).collect();
    earlier.iter().filter(|it| it.is_json()).map(required).collect()
}

impl<'a> Fields<'a> {
    /// Empties the fields for a record of the mapping.
    pub(crate) fn reset(&mut self, mapping: &Mapping) {
        self.entities.clear();
        self.slots.clear();
        self.slots.resize(mapping.n_slots, None);
    }

    #[inline]
    pub(crate) fn get(&self, slot: usize) -> Option<Value<'a>> {
        self.slots.get(slot).copied().flatten()
    }

    fn have(&self, slots: &[usize]) -> bool {
        slots.iter().all(|&slot| self.get(slot).is_some())
    }

    /// Puts a text to its target; `-` and nothing mean that it is absent.
    #[inline]
    pub(crate) fn put_text(&mut self, target: Target, text: &'a str) {
        let text = match target.port_slot {
            None => text,
            Some(slot) => self.put_port(slot, text),
        };
        let is_there = !matches!(text.as_bytes(), b"-" | b"");
        let value = is_there.then_some(Value { text, shape: Shape::Plain });
        if let Some(place) = target.slot.and_then(|slot| self.slots.get_mut(slot)) {
            *place = value;
        }
        if let (Some(kind), Some(value)) = (target.entity, value) {
            self.entities.push((kind, value));
        }
    }

    /// Notes that two quotes stand for one in the text at a target.
    pub(crate) fn halve_quotes(&mut self, target: Target) {
        let place = target.slot.and_then(|slot| self.slots.get_mut(slot));
        if let Some(value) = place.and_then(Option::as_mut) {
            value.shape = Shape::Doubled;
        }
    }

    /// Splits `192.0.2.1:443` and `[2001:db8::1]:443`, puts the port and returns the address.
    fn put_port(&mut self, slot: usize, text: &'a str) -> &'a str {
        let (address, port) = text.rsplit_once(':').unwrap_or((text, ""));
        self.put_text(Target { slot: Some(slot), ..Target::default() }, port);
        address.trim_start_matches('[').trim_end_matches(']')
    }

    /// Puts a value to its target.
    #[inline]
    pub(crate) fn fill(&mut self, target: Target, value: Value<'a>) {
        if let Some(place) = target.slot.and_then(|slot| self.slots.get_mut(slot)) {
            *place = Some(value);
        }
        if let Some(kind) = target.entity {
            self.entities.push((kind, value));
        }
    }
}
