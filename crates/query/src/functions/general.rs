//! Functions of any value.

use super::{Function, FunctionKind, Type, optional, repeated, required};

pub(super) const ALL: &[Function] = &[
    Function {
        name: "ispresent",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("field", Type::Any)],
        returns: Type::Boolean,
        doc: "Whether the field is in the event.",
        example: "ispresent(errorCode)",
    },
    Function {
        name: "coalesce",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("value", Type::Any), repeated("value", Type::Any)],
        returns: Type::Any,
        doc: "The first value that is present.",
        example: "coalesce(errorCode, \"none\")",
    },
    Function {
        name: "case",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[
            required("condition", Type::Boolean),
            required("value", Type::Any),
            repeated("more", Type::Any),
        ],
        returns: Type::Any,
        doc: "The value behind the first true condition; a last value alone is the default.",
        example: "case(status >= 500, \"server\", status >= 400, \"client\", \"fine\")",
    },
    Function {
        name: "if",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[
            required("condition", Type::Boolean),
            required("value", Type::Any),
            required("other", Type::Any),
        ],
        returns: Type::Any,
        doc: "One of two values.",
        example: "if(bytes > 1000, \"large\", \"small\")",
    },
    Function {
        name: "isNumeric",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("value", Type::Any)],
        returns: Type::Boolean,
        doc: "Whether the value is a number or shows one.",
        example: "isNumeric(status)",
    },
    Function {
        name: "messageSize",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[optional("field", Type::Any)],
        returns: Type::Number,
        doc: "The size of the event, or of a field, in bytes.",
        example: "messageSize(@message)",
    },
    Function {
        name: "unmask",
        aliases: &[],
        kind: FunctionKind::Scalar,
        parameters: &[required("field", Type::Any)],
        returns: Type::Any,
        doc: "The field with masked data shown, to those who may see it.",
        example: "unmask(@message)",
    },
];
