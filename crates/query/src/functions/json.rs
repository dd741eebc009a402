//! Functions of objects and lists.

use super::{Function, FunctionKind, Type, required};

pub(super) const ALL: &[Function] = &[
    Function {
        name: "jsonParse",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("text", Type::Text)],
        returns: Type::Map,
        doc: "The object or list that a text shows.",
        example: "jsonParse(@message)",
    },
    Function {
        name: "jsonStringify",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("value", Type::Any)],
        returns: Type::Text,
        doc: "The value as JSON text.",
        example: "jsonStringify(resources)",
    },
    Function {
        name: "jsonArraySize",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("list", Type::Any)],
        returns: Type::Number,
        doc: "How many items a list has.",
        example: "jsonArraySize(resources)",
    },
    Function {
        name: "jsonArrayContains",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("list", Type::Any), required("value", Type::Any)],
        returns: Type::Boolean,
        doc: "Whether the value is an item of the list.",
        example: "jsonArrayContains(groups, \"admin\")",
    },
];
