//! `ip_in_cidr`: whether an address lies in a network.

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::BooleanArray;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::texts::Texts;
use super::{Function, Make};

pub(super) const ALL: &[&Function] = &[&FUNCTION, &FUNCTION_OF_IPV4, &FUNCTION_OF_IPV6];

const FUNCTION: Function = Function {
    name: "ip_in_cidr",
    usage: "ip_in_cidr(ip, cidr)",
    doc: "Tells whether the address lies in the network; a text that is no address lies in none.",
    example: "ip_in_cidr(sourceIPAddress, '203.0.113.0/24')",
    make: Make::Own(|| udf(FUNCTION.name, Takes::Both)),
};

const FUNCTION_OF_IPV4: Function = Function {
    name: "ipv4_in_cidr",
    usage: "ipv4_in_cidr(ip, cidr)",
    doc: "Tells whether the address is written as one of IPv4 and lies in the network.",
    example: "ipv4_in_cidr(srcaddr, '10.0.0.0/8')",
    make: Make::Own(|| udf(FUNCTION_OF_IPV4.name, Takes::V4)),
};

const FUNCTION_OF_IPV6: Function = Function {
    name: "ipv6_in_cidr",
    usage: "ipv6_in_cidr(ip, cidr)",
    doc: "Tells whether the address is written as one of IPv6 and lies in the network.",
    example: "ipv6_in_cidr(srcaddr, '2001:db8::/32')",
    make: Make::Own(|| udf(FUNCTION_OF_IPV6.name, Takes::V6)),
};

fn udf(name: &'static str, takes: Takes) -> ScalarUDF {
    let signature = Signature::string(2, Volatility::Immutable);
    ScalarUDF::new_from_impl(IpInCidr { name, takes, signature })
}

/// Which addresses may lie in a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Takes {
    Both,
    V4,
    V6,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct IpInCidr {
    name: &'static str,
    takes: Takes,
    signature: Signature,
}

impl ScalarUDFImpl for IpInCidr {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let [ip, cidr] = args.args.as_slice() else {
            return exec_err!("two arguments are needed: an address and a network");
        };
        let (ip, cidr) = (Texts::of(ip)?, Texts::of(cidr)?);
        let rows = 0..args.number_rows;
        let has = |network: &Network, ip| self.takes.read(ip).is_some_and(|ip| network.has(ip));
        let inside: BooleanArray = match &cidr {
            Texts::One(None) => rows.map(|_| None::<bool>).collect(),
            Texts::One(Some(text)) => {
                let network = Network::parse(text).ok_or_else(|| {
                    exec_datafusion_err!("`{text}` is not a network such as `203.0.113.0/24`")
                })?;
                rows.map(|row| ip.at(row).map(|ip| has(&network, ip))).collect()
            }
            // A network that comes from a log and cannot be read is unknown, not an error.
            Texts::Each(_) => {
                rows.map(|row| Some(has(&Network::parse(cidr.at(row)?)?, ip.at(row)?))).collect()
            }
        };
        Ok(ColumnarValue::Array(Arc::new(inside)))
    }
}

impl Takes {
    /// Reads an address; the other version is none.
    fn read(self, text: &str) -> Option<IpAddr> {
        match self {
            Self::Both => text.parse().ok(),
            Self::V4 => text.parse().ok().map(IpAddr::V4),
            Self::V6 => text.parse().ok().map(IpAddr::V6),
        }
    }
}

/// A network: the bits that its addresses share.
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Reads `address/prefix`, or a plain address as the network of itself.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.trim().parse().ok().filter(|prefix| *prefix <= bits)?,
            None => bits,
        };
        Some(Self { address, prefix })
    }

    fn has(&self, ip: IpAddr) -> bool {
        let ip = if self.address.is_ipv4() { ip.to_canonical() } else { ip };
        match (self.address, ip) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let differing = u32::from(network) ^ u32::from(ip);
                differing.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let differing = u128::from(network) ^ u128::from(ip);
                differing.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}
