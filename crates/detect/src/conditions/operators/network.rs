//! `in_network` and `is_address`: addresses and the networks they lie in.

use toml::Value as Toml;

use super::{Operator, only_true, texts};
use crate::conditions::Test;
use crate::network::Network;
use crate::rows::Row;
use crate::setup::Setup;
use crate::value::Value;

pub(super) const IN_NETWORK: Operator = Operator {
    name: "in_network",
    doc: "The address, or the whole network, lies in this CIDR range, or in one of these.",
    read: in_network,
};

pub(super) const IS_ADDRESS: Operator = Operator {
    name: "is_address",
    doc: "The text is an IPv4 or IPv6 address, not the name of a service.",
    read: is_address,
};

struct InNetwork(Vec<Network>);

struct IsAddress;

fn in_network(argument: &Toml, _: &mut Setup<'_>) -> Result<Box<dyn Test>, String> {
    let mut networks = Vec::new();
    for text in texts(argument)? {
        let network = Network::parse(&text);
        networks.push(network.ok_or_else(|| format!("`{text}` is not a CIDR range"))?);
    }
    Ok(Box::new(InNetwork(networks)))
}

impl Test for InNetwork {
    fn holds(&self, value: &Value<'_>, _: &Row<'_>) -> bool {
        let inner = value.scalar().and_then(Network::parse);
        inner.is_some_and(|inner| self.0.iter().any(|outer| outer.contains(&inner)))
    }
}

fn is_address(argument: &Toml, _: &mut Setup<'_>) -> Result<Box<dyn Test>, String> {
    only_true(argument)?;
    Ok(Box::new(IsAddress))
}

impl Test for IsAddress {
    fn holds(&self, value: &Value<'_>, _: &Row<'_>) -> bool {
        value.scalar().is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok())
    }
}
