//! Walks an object along the tree of paths that its source asks for.

use crate::mapping::{Fields, Mapping, Node};
use crate::scan::{Fault, Scanner, Shape, Value};

/// Walks an object along the mapping's tree and fills the fields.
pub(crate) fn walk<'t>(
    scanner: &mut Scanner<'t>,
    mapping: &Mapping,
    fields: &mut Fields<'t>,
) -> Result<(), Fault> {
    match mapping.node(0) {
        Some(root) => walk_object(scanner, mapping, root, fields),
        None => scanner.value().map(|_| ()),
    }
}

fn walk_object<'t>(
    scanner: &mut Scanner<'t>,
    mapping: &Mapping,
    node: &Node,
    fields: &mut Fields<'t>,
) -> Result<(), Fault> {
    scanner.take(b'{', "an object")?;
    if scanner.take_if(b'}') {
        return Ok(());
    }
    loop {
        let name = scanner.string()?;
        scanner.take(b':', "`:` behind a member's name")?;
        match node.member(name.text).and_then(|child| mapping.node(child)) {
            Some(child) => walk_value(scanner, mapping, child, fields)?,
            None => {
                scanner.value()?;
            }
        }
        if scanner.take_if(b',') {
            continue;
        }
        return scanner.take(b'}', "`,` or `}`");
    }
}

// The recursion ends because the tree of paths does.
fn walk_value<'t>(
    scanner: &mut Scanner<'t>,
    mapping: &Mapping,
    node: &Node,
    fields: &mut Fields<'t>,
) -> Result<(), Fault> {
    let next = scanner.peek();
    let start = scanner.at;
    match (next, node.items.and_then(|items| mapping.node(items))) {
        (Some(b'{'), _) if node.has_members() => {
            walk_object(scanner, mapping, node, fields)?;
            if node.target.slot.is_some() {
                let text = scanner.since(start);
                fields.fill(node.target, Value { text, shape: Shape::Container });
            }
            Ok(())
        }
        (Some(b'['), Some(items)) => {
            walk_array(scanner, mapping, items, fields)?;
            let text = scanner.since(start);
            fields.fill(node.target, Value { text, shape: Shape::Container });
            Ok(())
        }
        _ => {
            let value = scanner.value()?;
            fields.fill(node.target, value);
            Ok(())
        }
    }
}

fn walk_array<'t>(
    scanner: &mut Scanner<'t>,
    mapping: &Mapping,
    items: &Node,
    fields: &mut Fields<'t>,
) -> Result<(), Fault> {
    scanner.take(b'[', "an array")?;
    if scanner.take_if(b']') {
        return Ok(());
    }
    loop {
        walk_value(scanner, mapping, items, fields)?;
        if scanner.take_if(b',') {
            continue;
        }
        return scanner.take(b']', "`,` or `]`");
    }
}
