//! Where an address belongs and what a client is: `country(ip)` and its like.
//!
//! What is looked into is an argument: planning adds it, named by file and digest, so that a plan
//! means the same in whichever process it runs (decision 0021). Each value of a batch is looked up
//! once.

mod bound;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringViewBuilder};
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use haechi_origins::{Clients, Tables};

use super::texts::Texts;
use super::{Function, Make};

pub(crate) use bound::{Bind, Names};

/// Every function of origins.
pub(super) const ALL: &[&Function] = &[
    &COUNTRY,
    &ASN,
    &ASN_ORG,
    &AWS_SERVICE,
    &AWS_REGION,
    &USER_AGENT_FAMILY,
    &USER_AGENT_KIND,
    &USER_AGENT_SYSTEM,
];

const COUNTRY: Function = Function {
    name: "country",
    usage: "country(ip)",
    doc: "Gives the two letters of the country that the address is in, by the tables at hand.",
    example: "country(sourceIPAddress)",
    make: Make::Own(|| udf(COUNTRY.name, Look::Address(Tables::country))),
};

const ASN: Function = Function {
    name: "asn",
    usage: "asn(ip)",
    doc: "Gives the number of the autonomous system that announces the address.",
    example: "asn(sourceIPAddress)",
    make: Make::Own(|| udf(ASN.name, Look::Number(|tables, ip| tables.asn(ip).map(i64::from)))),
};

const ASN_ORG: Function = Function {
    name: "asn_org",
    usage: "asn_org(ip)",
    doc: "Gives the name of the organisation that announces the address.",
    example: "asn_org(sourceIPAddress)",
    make: Make::Own(|| udf(ASN_ORG.name, Look::Address(Tables::organisation))),
};

const AWS_SERVICE: Function = Function {
    name: "aws_service",
    usage: "aws_service(ip)",
    doc: "Gives the service of AWS that has the address, such as EC2; AMAZON where AWS names none.",
    example: "aws_service(sourceIPAddress)",
    make: Make::Own(|| {
        let service = |tables: &Tables, ip| tables.aws(ip).map(|aws| aws.service);
        udf(AWS_SERVICE.name, Look::Address(service))
    }),
};

const AWS_REGION: Function = Function {
    name: "aws_region",
    usage: "aws_region(ip)",
    doc: "Gives the Region of AWS that the address is in, or GLOBAL.",
    example: "aws_region(sourceIPAddress)",
    make: Make::Own(|| {
        let region = |tables: &Tables, ip| tables.aws(ip).map(|aws| aws.region);
        udf(AWS_REGION.name, Look::Address(region))
    }),
};

const USER_AGENT_FAMILY: Function = Function {
    name: "user_agent_family",
    usage: "user_agent_family(text)",
    doc: "Gives what the client is called, such as AWS CLI or Terraform; the name that it gives itself where it is unknown.",
    example: "user_agent_family(userAgent)",
    make: Make::Own(|| udf(USER_AGENT_FAMILY.name, Look::Client(Clients::family))),
};

const USER_AGENT_KIND: Function = Function {
    name: "user_agent_kind",
    usage: "user_agent_kind(text)",
    doc: "Gives what the client is for: attack_tool, audit_tool, storage_tool, infrastructure, console, command_line, sdk, service or web.",
    example: "user_agent_kind(userAgent)",
    make: Make::Own(|| udf(USER_AGENT_KIND.name, Look::Client(Clients::kind))),
};

const USER_AGENT_SYSTEM: Function = Function {
    name: "user_agent_system",
    usage: "user_agent_system(text)",
    doc: "Gives the operating system that the client says it runs on.",
    example: "user_agent_system(userAgent)",
    make: Make::Own(|| udf(USER_AGENT_SYSTEM.name, Look::Client(Clients::system))),
};

fn udf(name: &'static str, look: Look) -> ScalarUDF {
    let signature = Signature::user_defined(Volatility::Immutable);
    ScalarUDF::new_from_impl(Origin { name, look, signature })
}

/// What is looked up of one value.
#[derive(Clone, Copy)]
enum Look {
    Address(fn(&Tables, std::net::IpAddr) -> Option<String>),
    Number(fn(&Tables, std::net::IpAddr) -> Option<i64>),
    Client(fn(&Clients, &str) -> Option<String>),
}

struct Origin {
    name: &'static str,
    look: Look,
    signature: Signature,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Origin {}

impl std::hash::Hash for Origin {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Origin {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(match self.look {
            Look::Number(_) => DataType::Int64,
            Look::Address(_) | Look::Client(_) => DataType::Utf8View,
        })
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>, DataFusionError> {
        if given.is_empty() || 2 < given.len() {
            return plan_err!("`{}` takes one argument", self.name);
        }
        let text = |kind: &DataType| match kind {
            DataType::Utf8 => DataType::Utf8,
            _ => DataType::Utf8View,
        };
        Ok(given.iter().map(text).collect())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let [values, names] = args.args.as_slice() else {
            return exec_err!("`{}` has not been told what to look into", self.name);
        };
        let values = Texts::of(values)?;
        let Texts::One(Some(names)) = Texts::of(names)? else {
            return exec_err!("what `{}` looks into is one text", self.name);
        };
        // Constants alone are computed once.
        let n_rows = if matches!(values, Texts::One(_)) { 1 } else { args.number_rows };
        let array = self.computed(&values, &names, n_rows)?;
        if matches!(values, Texts::One(_)) {
            let value = datafusion::common::ScalarValue::try_from_array(&array, 0)?;
            return Ok(ColumnarValue::Scalar(value));
        }
        Ok(ColumnarValue::Array(array))
    }
}

impl Origin {
    fn computed(
        &self,
        values: &Texts,
        names: &str,
        n_rows: usize,
    ) -> Result<ArrayRef, DataFusionError> {
        Ok(match self.look {
            Look::Address(look) => {
                let tables = bound::tables(names)?;
                texts(values, n_rows, |text| look(&tables, text.parse().ok()?))
            }
            Look::Number(look) => {
                let tables = bound::tables(names)?;
                numbers(values, n_rows, |text| look(&tables, text.parse().ok()?))
            }
            Look::Client(look) => {
                let clients = bound::clients(names)?;
                texts(values, n_rows, |text| look(&clients, text))
            }
        })
    }
}

fn texts(values: &Texts, n_rows: usize, look: impl Fn(&str) -> Option<String>) -> ArrayRef {
    let mut told = StringViewBuilder::with_capacity(n_rows);
    let mut known = Known::new();
    for row in 0..n_rows {
        told.append_option(
            values.at(row).and_then(|text| known.of(text, &look).map(String::as_str)),
        );
    }
    Arc::new(told.finish())
}

fn numbers(values: &Texts, n_rows: usize, look: impl Fn(&str) -> Option<i64>) -> ArrayRef {
    let mut known = Known::new();
    let number = |row| values.at(row).and_then(|text| known.of(text, &look).copied());
    Arc::new((0..n_rows).map(number).collect::<Int64Array>())
}

/// What has been looked up for a batch.
struct Known<'a, T>(HashMap<&'a str, Option<T>, ahash::RandomState>);

impl<'a, T> Known<'a, T> {
    fn new() -> Self {
        Self(HashMap::with_hasher(ahash::RandomState::with_seeds(1, 2, 3, 4)))
    }

    fn of(&mut self, text: &'a str, look: &impl Fn(&str) -> Option<T>) -> Option<&T> {
        self.0.entry(text).or_insert_with(|| look(text)).as_ref()
    }
}
