//! What is known of our own interfaces: their addresses, their hosts, when they saw nothing.

use std::net::IpAddr;
use std::sync::Arc;

use haechi_model::Timestamp;

use super::address::is_public;
use super::{FlowSlots, Owner};
use crate::kept::{Kept, Part, kept};
use crate::limits::INTERFACES_MAX;
use crate::rows::Row;
use crate::schema::{ACCOUNT, REGION};
use crate::state::{Fading, Key};

/// All interfaces that have written records.
#[derive(Debug)]
pub(super) struct Interfaces {
    known: Fading<Interface>,
    /// The addresses that are known to be an interface's.
    own: Fading<()>,
}

/// One interface.
#[derive(Debug, Default)]
pub(super) struct Interface {
    address: Address,
    owner: Option<Arc<Owner>>,
    is_instance: bool,
    /// The end of the last window of which records were lost, in seconds.
    pub(super) blind_until: i64,
}

/// The address that stands in all records of an interface.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Address {
    #[default]
    Unseen,
    OneOf(IpAddr, IpAddr),
    Known(IpAddr),
    /// Records of different interfaces run together here.
    Mixed,
}

impl Default for Interfaces {
    fn default() -> Self {
        Self { known: Fading::new(INTERFACES_MAX), own: Fading::new(INTERFACES_MAX) }
    }
}

impl Interfaces {
    /// Returns what outlives the process.
    pub(super) fn state(&mut self) -> [&mut dyn Part; 2] {
        [&mut self.known, &mut self.own]
    }

    /// Returns the name of the row's interface.
    pub(super) fn key_of(slots: &FlowSlots, row: &Row<'_>) -> Key {
        let interface = slots.interface.and_then(|slot| row.text(slot)).unwrap_or_default();
        Key::of(&[row.text(ACCOUNT).unwrap_or_default(), interface])
    }

    /// Returns what is known of an interface.
    pub(super) fn entry(&mut self, key: Key, now: Timestamp) -> &mut Interface {
        self.known.entry(key, now)
    }

    /// Learns from a record's addresses and its row.
    pub(super) fn learn(&mut self, key: Key, flow: (IpAddr, IpAddr), at: (&FlowSlots, &Row<'_>)) {
        let (slots, row) = at;
        let interface = self.known.entry(key, row.time());
        interface.address = interface.address.narrowed(flow);
        if let Address::Known(address) = interface.address {
            self.own.entry(key_of_address(address), row.time());
        }
        let instance = slots.instance.and_then(|slot| row.text(slot));
        if let Some(instance) = instance.filter(|_| !interface.is_instance) {
            interface.is_instance = true;
            interface.owner = Some(Arc::new(owner_of(instance, row)));
        } else if interface.owner.is_none() {
            interface.owner = Some(Arc::new(owner_of("", row)));
        }
    }

    /// Tells whether an address lies outside of what is ours.
    pub(super) fn is_outside(&mut self, address: IpAddr) -> bool {
        is_public(address) && self.own.get_mut(key_of_address(address)).is_none()
    }
}

impl Interface {
    /// Tells whether the first of two addresses of a flow is the interface's own; nothing when
    /// it cannot be told.
    pub(super) fn owns_first(&self, flow: (IpAddr, IpAddr)) -> Option<bool> {
        if let Address::Known(address) = self.address
            && (address == flow.0 || address == flow.1)
        {
            return Some(address == flow.0);
        }
        match (is_public(flow.0), is_public(flow.1)) {
            (false, true) => Some(true),
            (true, false) => Some(false),
            _ => None,
        }
    }

    /// Returns the host: the instance, or the address.
    pub(super) fn owner(&mut self, address: IpAddr) -> Arc<Owner> {
        let named = self.owner.as_ref().filter(|owner| !owner.host.is_empty());
        if let Some(owner) = named
            && (self.is_instance || owner.host.parse() == Ok(address))
        {
            return Arc::clone(owner);
        }
        let place = self.owner.as_deref();
        let owner = Arc::new(Owner {
            host: address.to_string(),
            account: place.and_then(|owner| owner.account.clone()),
            region: place.and_then(|owner| owner.region.clone()),
        });
        self.owner = Some(Arc::clone(&owner));
        owner
    }
}

impl Address {
    fn narrowed(self, flow: (IpAddr, IpAddr)) -> Self {
        let has = |address| flow.0 == address || flow.1 == address;
        match self {
            Self::Unseen if flow.0 == flow.1 => Self::Unseen,
            Self::Unseen => Self::OneOf(flow.0, flow.1),
            Self::OneOf(one, other) if has(one) && has(other) => self,
            Self::OneOf(one, _) if has(one) => Self::Known(one),
            Self::OneOf(_, other) if has(other) => Self::Known(other),
            Self::Known(address) if has(address) => self,
            _ => Self::Mixed,
        }
    }
}

fn owner_of(host: &str, row: &Row<'_>) -> Owner {
    Owner {
        host: host.to_owned(),
        account: row.text(ACCOUNT).map(str::to_owned),
        region: row.text(REGION).map(str::to_owned),
    }
}

fn key_of_address(address: IpAddr) -> Key {
    Key::hashed(&address)
}

kept!(Interface { address, owner, is_instance, blind_until });

impl Kept for Address {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Unseen => 0_u8.write(out),
            Self::OneOf(one, other) => (1_u8, (*one, *other)).write(out),
            Self::Known(address) => (2_u8, *address).write(out),
            Self::Mixed => 3_u8.write(out),
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        match u8::read(bytes)? {
            0 => Some(Self::Unseen),
            1 => <(IpAddr, IpAddr)>::read(bytes).map(|(one, other)| Self::OneOf(one, other)),
            2 => IpAddr::read(bytes).map(Self::Known),
            3 => Some(Self::Mixed),
            _ => None,
        }
    }
}
