//! What machines do by the clock, whatever the day: they ask for the time, they are asked whether
//! they are well, and one fetches rates every hour.

use super::World;
use crate::{
    flows::{self, End, Exchange, Flow},
    moment::{HOUR, MINUTE, Moment},
    organisation::{Host, Network},
    random::Random,
    rhythm::{self, Rhythm},
};

/// Servers that tell the time, of which each host keeps to one.
const CLOCKS: [&str; 2] = ["198.51.100.123", "198.51.100.124"];
/// The longest pause of a client that is content with its clock.
const CLOCK_PAUSE: i64 = 2048;
const NTP: u16 = 123;
const UDP: u8 = 17;
const TCP: u8 = 6;
/// Whom the shop asks for rates of exchange.
const RATES: &str = "198.51.100.74";

/// Adds an hour of it.
pub(super) fn run(world: World<'_>, hour: Moment, flows: &mut Vec<Flow>) {
    for network in &world.organisation.networks {
        let label = format!("machines/{}", network.vpc);
        let mut random = Random::stream(world.seed, &label, hour.0);
        for host in network.hosts.iter().filter(|host| host.name != "spare") {
            ask_for_the_time(network, host, hour, &mut random, flows);
        }
        checks(world, network, hour, &mut random, flows);
    }
    let shop = world.organisation.main_network();
    if let Some(app) = shop.host("app-1") {
        let mut random = Random::stream(world.seed, "machines/rates", hour.0);
        let start = hour.plus(4 * MINUTE + random.between(0, 20));
        let talk = ((11, 1_900), (14, 9_400));
        let exchange = exchange((&app.private, RATES, 443), TCP, (start, 2), talk, &mut random);
        flows.extend(flows::lines(shop, &exchange));
    }
}

fn ask_for_the_time(
    network: &Network,
    host: &Host,
    hour: Moment,
    random: &mut Random,
    flows: &mut Vec<Flow>,
) {
    // A client's clock starts with its server.
    let sum: i64 = host.private.bytes().map(i64::from).sum();
    let [even, odd] = CLOCKS;
    let clock = if sum % 2 == 0 { even } else { odd };
    let mut time = hour.plus((sum * 37 - hour.0).rem_euclid(CLOCK_PAUSE));
    while time <= hour.last_second() {
        let way = (host.private.as_str(), clock, NTP);
        let exchange = exchange(way, UDP, (time, 0), ((1, 76), (1, 76)), random);
        flows.extend(flows::lines(network, &exchange));
        time = time.plus(CLOCK_PAUSE);
    }
}

/// The load balancer asks every web server, and the web server its application, for their health.
fn checks(
    world: World<'_>,
    network: &Network,
    hour: Moment,
    random: &mut Random,
    flows: &mut Vec<Flow>,
) {
    let balancer = network.hosts.first().map(|host| node_beside(&host.private));
    let Some(balancer) = balancer else { return };
    for web in network.hosts.iter().filter(|host| host.name.starts_with("web-")) {
        let n_checks = rhythm::times(12, Rhythm::Steady, hour, world.scale, random);
        let pause = HOUR / i64::try_from(n_checks.max(1)).unwrap_or(HOUR);
        for number in 0..i64::try_from(n_checks).unwrap_or_default() {
            let start = hour.plus(number * pause + 11);
            let way = (balancer.as_str(), web.private.as_str(), 80);
            let exchange = exchange(way, TCP, (start, 1), ((6, 372), (5, 640)), random);
            flows.extend(flows::lines(network, &exchange));
        }
    }
}

/// The address of a load balancer in the subnet of a host.
fn node_beside(address: &str) -> String {
    let subnet = address.rsplit_once('.').map_or(address, |(subnet, _)| subnet);
    format!("{subnet}.200")
}

fn exchange(
    (client, server, port): (&str, &str, u16),
    protocol: u8,
    (start, seconds): (Moment, i64),
    (sent, received): ((i64, i64), (i64, i64)),
    random: &mut Random,
) -> Exchange {
    Exchange {
        client: End { address: client.to_owned(), port: super::traffic::high_port(random) },
        server: End { address: server.to_owned(), port },
        protocol,
        start,
        seconds,
        sent,
        received,
        is_accepted: true,
    }
}
