//! `travel`: one identity in two places, between which nobody moves that fast.

use std::collections::VecDeque;
use std::net::IpAddr;

use super::{Kind, Watch};
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{PLACES_OF_ONE_MAX, SCOPES_MAX};
use crate::network::Network;
use crate::places::{Place, distance_km};
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{DistinctDays, Fading};

pub(super) const KIND: Kind = Kind {
    name: "travel",
    doc: "Raises a subject whose records come, by the field `address`, from two places within \
          `within_seconds` that are `distance_km` apart and further than `speed_kmh` would reach; \
          from two countries, where tables know no more; or, without tables, from \
          `networks_min` different networks (/16 or /32). A network that the subject has used on \
          more than `known_days` different days is its own.",
    facts: &["count", "value", "window", "places"],
    every_row_speaks: false,
    read,
};

struct Travel {
    address: Field,
    within_seconds: u32,
    distance_km: f64,
    speed_kmh: f64,
    networks_min: usize,
    known_days: usize,
    visits: Fading<VecDeque<Visit>>,
    known: Fading<DistinctDays>,
}

/// A network that a subject was in.
struct Visit {
    network: Network,
    place: Place,
    address: IpAddr,
    occurrence: Occurrence,
    is_raised: bool,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    Ok(Box::new(Travel {
        address: setup.require_field("address")?,
        within_seconds: setup.require("within_seconds")?,
        distance_km: setup.require("distance_km")?,
        speed_kmh: setup.require("speed_kmh")?,
        networks_min: setup.require("networks_min")?,
        known_days: setup.require("known_days")?,
        visits: Fading::new(SCOPES_MAX),
        known: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for Travel {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.visits, &mut self.known]
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let Some(address) = self.address.text(row).and_then(|text| text.parse().ok()) else {
            return;
        };
        let network = site_of(address);
        let identity = raised.identity(row);
        let known = self.known.entry(identity.key().with(&network.to_string()), row.time());
        known.note(row.time());
        let is_known = known.exceed(self.known_days);
        let visit = Visit {
            network,
            place: row.places().map(|it| it.place_of(address)).unwrap_or_default(),
            address,
            occurrence: Occurrence::of(row),
            is_raised: false,
        };
        let visits = self.visits.entry(identity.key(), row.time());
        let oldest = row.time().plus_seconds(-i64::from(self.within_seconds));
        visits.retain(|it| oldest <= it.occurrence.time && it.network != network);
        visits.push_back(visit);
        if PLACES_OF_ONE_MAX < visits.len() {
            visits.pop_front();
        }
        if is_known {
            return;
        }
        let rule = Rule::of(self.distance_km, self.speed_kmh, self.networks_min);
        let apart = rule.apart(visits);
        if apart.is_empty() {
            return;
        }
        let Some(draft) = raised.draft(row, &identity) else { return };
        for at in apart {
            let Some(visit) = visits.get_mut(at) else { continue };
            if !std::mem::replace(&mut visit.is_raised, true) {
                draft.occurs(visit.occurrence.clone());
            }
            draft.lists("places", &visit.said());
            draft.meets(&visit.network);
        }
        let n_places = draft.meets(&network);
        draft.at_least("value", n_places);
        draft.fact("window", Fact::Seconds(self.within_seconds.into()));
    }

    fn history_days(&self) -> u32 {
        crate::limits::ROUTINE_HISTORY_DAYS
    }
}

/// Returns what one provider at one place is usually given.
fn site_of(address: IpAddr) -> Network {
    Network::of(address, if address.is_ipv4() { 16 } else { 32 })
}

/// What is too far apart.
struct Rule {
    distance_km: f64,
    speed_kmh: f64,
    networks_min: usize,
}

impl Rule {
    fn of(distance_km: f64, speed_kmh: f64, networks_min: usize) -> Self {
        Self { distance_km, speed_kmh, networks_min }
    }

    /// Returns the visits that cannot be one person's, the newest among them.
    fn apart(&self, visits: &VecDeque<Visit>) -> Vec<usize> {
        let Some(newest) = visits.back() else { return Vec::new() };
        let far = visits.iter().enumerate().filter(|(_, it)| self.is_far(it, newest));
        let mut apart: Vec<usize> = far.map(|(at, _)| at).collect();
        let nobody_knows = visits.iter().all(|it| it.place == Place::default());
        if nobody_knows && self.networks_min <= visits.len() {
            apart = (0..visits.len() - 1).collect();
        }
        if !apart.is_empty() {
            apart.push(visits.len() - 1);
        }
        apart
    }

    fn is_far(&self, one: &Visit, other: &Visit) -> bool {
        if let Some((here, there)) = one.place.coordinates.zip(other.place.coordinates) {
            let way = distance_km(here, there);
            let micros = (other.occurrence.time.0 - one.occurrence.time.0).unsigned_abs();
            let hours = std::time::Duration::from_micros(micros).as_secs_f64() / 3_600.0;
            return self.distance_km <= way && self.speed_kmh * hours < way;
        }
        let countries = one.place.country.as_ref().zip(other.place.country.as_ref());
        countries.is_some_and(|(here, there)| here != there)
    }
}

impl Visit {
    fn said(&self) -> String {
        match &self.place.country {
            Some(country) => format!("{} ({country})", self.address),
            None => self.address.to_string(),
        }
    }
}

kept!(Visit { network, place, address, occurrence, is_raised });
