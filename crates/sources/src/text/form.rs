//! How lines of one source are recognised and taken apart, made ready once.

use globset::{Glob, GlobSet, GlobSetBuilder};
use haechi_catalog::{Format, Header, Layout, Separator, Source};
use regex::Regex;

use super::split::Split;
use crate::joined::Joined;
use crate::mapping::{Mapping, Target};

/// How lines of one source are recognised and taken apart.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// The lines' layout, for lines of fields.
    pub(super) fields: Option<FieldForm>,
    /// The expression, for other lines.
    pub(super) pattern: Option<Pattern>,
    /// Under which names its objects are delivered.
    keys: GlobSet,
}

/// How lines of fields are taken apart.
#[derive(Debug)]
pub(super) struct FieldForm {
    /// Where the names come from.
    pub header: Header,
    /// Every field's name.
    pub names: Vec<String>,
    /// What a line without a header looks like.
    pub line: Option<Regex>,
    /// How lines are split.
    pub split: Split,
    /// Where the fields of a line without a header go.
    pub targets: Vec<Target>,
    /// What of a row gives a line of the fewest fields again, if anything does.
    pub layout: Option<Joined>,
    /// The fewest fields of a line without a header.
    pub fewest: usize,
}

/// An expression with named groups.
#[derive(Debug)]
pub(super) struct Pattern {
    pub regex: Regex,
    /// Where each group goes.
    pub groups: Vec<(usize, Target)>,
}

impl Form {
    pub(crate) fn new(mapping: &Mapping) -> Self {
        let Source { format, keys, .. } = &mapping.source;
        let (fields, pattern) = match format {
            Format::Json => (None, None),
            Format::Delimited(layout) => (Some(FieldForm::new(mapping, layout)), None),
            Format::Lines { pattern } => (None, Pattern::new(mapping, pattern)),
        };
        // The catalogue has checked the expressions.
        let mut globs = GlobSetBuilder::new();
        for glob in keys.iter().filter_map(|key| Glob::new(key).ok()) {
            globs.add(glob);
        }
        Self { fields, pattern, keys: globs.build().unwrap_or_default() }
    }

    /// Tells whether the source's objects have such names.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.keys.is_match(name)
    }

    /// Returns the layout if the line is one of this source without a header.
    pub(super) fn of_line(&self, line: &str) -> Option<&FieldForm> {
        let fields = self.fields.as_ref()?;
        fields.line.as_ref()?.is_match(line).then_some(fields)
    }

    /// Returns the layout if the header is of that kind.
    pub(super) fn with_header(&self, header: Header) -> Option<&FieldForm> {
        self.fields.as_ref().filter(|fields| fields.header == header)
    }
}

impl FieldForm {
    fn new(mapping: &Mapping, layout: &Layout) -> Self {
        let names = layout.fields.clone();
        let greedy = layout.greedy.as_ref();
        let greedy = greedy.and_then(|field| names.iter().position(|name| name == field));
        let split = match (layout.separator, layout.header) {
            (Separator::Space, Header::None) => Split::Quoted { greedy },
            (Separator::Space, _) => Split::At(b' '),
            (Separator::Tab, _) => Split::At(b'\t'),
            (Separator::Comma, _) => Split::Csv,
        };
        let targets: Vec<Target> = names.iter().map(|name| target_of(mapping, name)).collect();
        let from = layout.header;
        let line = layout.line.as_ref().and_then(|line| Regex::new(line).ok());
        let fewest = layout.fewest.unwrap_or(names.len());
        let default = targets.get(..fewest).filter(|_| split == Split::At(b' '));
        let layout = default.and_then(|targets| Joined::new(mapping, targets));
        Self { header: from, names, line, split, targets, layout, fewest }
    }

    /// Tells whether a field has that name, in the spelling of text or of Parquet.
    pub(super) fn knows(&self, word: &str) -> bool {
        let same = |name: &String| {
            name.len() == word.len()
                && name.bytes().zip(word.bytes()).all(|(a, b)| a == b || (a, b) == (b'-', b'_'))
        };
        self.names.iter().any(same)
    }
}

/// Returns where a field goes; `client_ip:client_port` is an address with a port.
fn target_of(mapping: &Mapping, name: &str) -> Target {
    let Some((address, port)) = name.split_once(':') else {
        return mapping.field(name).unwrap_or_default();
    };
    let port_slot = mapping.field(port).and_then(|target| target.slot);
    Target { port_slot, ..mapping.field(address).unwrap_or_default() }
}

impl Pattern {
    fn new(mapping: &Mapping, pattern: &str) -> Option<Self> {
        let regex = Regex::new(pattern).ok()?;
        let mut groups = Vec::new();
        for (index, name) in regex.capture_names().enumerate() {
            let Some(name) = name else { continue };
            let column = mapping.source.column(name);
            groups.push((index, mapping.target(column.map_or(name, |column| &column.path))));
        }
        Some(Self { regex, groups })
    }

    /// Tells whether the expression finds anything in the line.
    pub(super) fn is_telling(&self, line: &str) -> bool {
        let Some(captures) = self.regex.captures(line) else { return false };
        self.groups.iter().any(|(index, _)| captures.get(*index).is_some())
    }
}
