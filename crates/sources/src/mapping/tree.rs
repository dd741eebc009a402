//! The paths of a source as a tree that a record is walked along.

use haechi_model::EntityKind;

/// A place in a record.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// Members by the length of their name.
    members: Vec<Vec<(Box<str>, usize)>>,
    /// The node of every item of an array.
    pub items: Option<usize>,
    /// Where its value goes.
    pub target: Target,
}

/// Where a value goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// The slot that takes the value.
    pub slot: Option<usize>,
    /// The slot that takes the port, where the value is an address with a port.
    pub port_slot: Option<usize>,
    /// The kind of entity that the value names.
    pub entity: Option<EntityKind>,
}

impl Node {
    #[inline]
    pub(crate) fn member(&self, name: &str) -> Option<usize> {
        let same_length = self.members.get(name.len())?;
        // Most names of a length begin differently, and comparing the rest is a call.
        let first = name.as_bytes().first();
        let is_it = |known: &str| known.as_bytes().first() == first && known == name;
        same_length.iter().find(|(known, _)| is_it(known)).map(|(_, node)| *node)
    }

    pub(crate) fn has_members(&self) -> bool {
        !self.members.is_empty()
    }

    fn add_member(&mut self, name: &str, node: usize) {
        if self.members.len() <= name.len() {
            self.members.resize_with(name.len() + 1, Vec::new);
        }
        if let Some(same_length) = self.members.get_mut(name.len()) {
            same_length.push((name.into(), node));
        }
    }
}

/// The tree as it grows; node 0 is the record itself.
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) n_slots: usize,
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], n_slots: 0 }
    }
}

impl Tree {
    /// Returns the slot of a path, made if it is new.
    pub(super) fn slot(&mut self, path: &str) -> usize {
        let at = self.node_at(path);
        let next = self.n_slots;
        let Some(node) = self.nodes.get_mut(at) else { return 0 };
        *node.target.slot.get_or_insert_with(|| {
            self.n_slots += 1;
            next
        })
    }

    pub(super) fn mark(&mut self, path: &str, kind: EntityKind) {
        let at = self.node_at(path);
        if let Some(node) = self.nodes.get_mut(at) {
            node.target.entity = Some(kind);
        }
    }

    fn node_at(&mut self, path: &str) -> usize {
        steps(path).iter().fold(0, |at, name| self.child(at, name))
    }

    fn child(&mut self, parent: usize, name: &str) -> usize {
        let new = self.nodes.len();
        let Some(node) = self.nodes.get_mut(parent) else { return 0 };
        let known = if name == "[]" { node.items } else { node.member(name) };
        if let Some(known) = known {
            return known;
        }
        if name == "[]" {
            node.items = Some(new);
        } else {
            node.add_member(name, new);
        }
        // AWS writes `interface-id` in text and `interface_id` in Parquet.
        let in_parquet = name.replace('-', "_");
        if in_parquet != name && node.member(&in_parquet).is_none() {
            node.add_member(&in_parquet, new);
        }
        self.nodes.push(Node::default());
        new
    }
}

/// Splits `resources[].ARN` into `resources`, `[]`, `ARN`; a backslash keeps a point in its name.
pub(super) fn steps(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut name = String::new();
    let mut bytes = path.chars();
    while let Some(char) = bytes.next() {
        match char {
            '\\' => name.extend(bytes.next()),
            '.' => end_step(&mut steps, &mut name),
            _ => name.push(char),
        }
    }
    end_step(&mut steps, &mut name);
    steps
}

fn end_step(steps: &mut Vec<String>, name: &mut String) {
    let name = std::mem::take(name);
    match name.strip_suffix("[]") {
        Some(array) => steps.extend([array.to_owned(), "[]".to_owned()]),
        None => steps.push(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_its_points() {
        assert_eq!(steps("resources[].ARN"), ["resources", "[]", "ARN"]);
        assert_eq!(steps(r"id\.orig_h"), ["id.orig_h"]);
        assert_eq!(steps("sourceIPs[]"), ["sourceIPs", "[]"]);
    }
}
