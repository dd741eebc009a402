//! The network's hour: customers, servers among themselves, scanners, lookups, a crawler.

use super::World;
use crate::{
    access::{self, Request},
    dns::{self, Question},
    flows::{self, End, Exchange},
    lambda,
    moment::{HOUR, MINUTE, Moment},
    organisation::{ASSETS, Host, Network, SHOP},
    random::Random,
    rhythm::{self, Rhythm},
    traces::Traces,
};

/// Names that servers look up all day, with their addresses.
const NAMES: &[(&str, Option<&str>)] = &[
    ("s3.us-east-1.amazonaws.com", Some("198.51.100.240")),
    ("dynamodb.us-east-1.amazonaws.com", Some("198.51.100.241")),
    ("sts.us-east-1.amazonaws.com", Some("198.51.100.242")),
    ("secretsmanager.us-east-1.amazonaws.com", Some("198.51.100.242")),
    ("ssm.us-east-1.amazonaws.com", Some("198.51.100.242")),
    ("api.payments.example.com", Some("198.51.100.71")),
    ("mail.relay.example.net", Some("198.51.100.72")),
    ("packages.mirror.example.org", Some("198.51.100.73")),
    ("rates.exchange.example.com", Some("198.51.100.74")),
    ("instance-data.ec2.internal", None),
    ("does-not-exist.example.com", None),
    ("example.invalid", None),
    ("database.shop.internal.ec2.internal", None),
];

/// What scanners knock at.
const DOORS: &[u16] = &[22, 23, 445, 1433, 2375, 3306, 3389, 5432, 5900, 6379, 8080, 9200, 27017];

const CRAWLER: &str = "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example.org/about)";
const BROWSER: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15";

/// Adds an hour of traffic.
pub(super) fn flow(world: World<'_>, hour: Moment, traces: &mut Traces) {
    for network in &world.organisation.networks {
        let mut random = Random::stream(world.seed, &format!("traffic/{}", network.vpc), hour.0);
        customers(world, network, hour, &mut random, traces);
        scanners(world, network, hour, &mut random, traces);
        gaps(network, hour, &mut random, traces);
        if network.logs_queries {
            lookups(world, network, hour, &mut random, traces);
        }
    }
    let mut random = Random::stream(world.seed, "visitors", hour.0);
    visitors(world, hour, &mut random, traces);
    let n_calls = rhythm::times(6, Rhythm::Shop, hour, world.scale, &mut random);
    lambda::invoke(n_calls, hour, &mut random, &mut traces.lines);
}

/// A customer reaches a web server, which asks an application server, which asks the database.
fn customers(
    world: World<'_>,
    network: &Network,
    hour: Moment,
    random: &mut Random,
    traces: &mut Traces,
) {
    let per_hour = if network.account == SHOP { 8 } else { 5 };
    let path = ["web-1", "app-1", "database"].map(|name| network.host(name));
    let [Some(web), Some(app), Some(database)] = path else { return };
    for _ in 0..rhythm::times(per_hour, Rhythm::Shop, hour, world.scale, random) {
        let start = hour.plus(random.between(0, HOUR - MINUTE));
        let customer = format!("203.0.113.{}", random.between(100, 199));
        for (from, to, port) in [
            (customer.as_str(), web.private.as_str(), 443),
            (&web.private, &app.private, 8080),
            (&app.private, &database.private, 5432),
            (&app.private, "198.51.100.240", 443),
        ] {
            let exchange = conversation((from, to, port), start, random);
            traces.flows.extend(flows::lines(network, &exchange));
        }
    }
    for _ in 0..rhythm::times(10, Rhythm::Steady, hour, world.scale, random) {
        let start = hour.plus(random.between(0, HOUR - MINUTE));
        let balancer = format!("10.{}.1.{}", random.pick(&[200, 201]), 7);
        let exchange = conversation((&balancer, &web.private, 80), start, random);
        traces.flows.extend(flows::lines(network, &exchange));
    }
}

fn conversation(
    (client, server, port): (&str, &str, u16),
    start: Moment,
    random: &mut Random,
) -> Exchange {
    let packets = random.between(6, 40);
    Exchange {
        client: End { address: client.to_owned(), port: high_port(random) },
        server: End { address: server.to_owned(), port },
        protocol: 6,
        start,
        seconds: random.between(1, 58),
        sent: (packets, packets * random.between(60, 180)),
        received: (packets + 2, packets * random.between(200, 1300)),
        is_accepted: true,
    }
}

/// The internet knocks at every public address, all the time, and is turned away.
fn scanners(
    world: World<'_>,
    network: &Network,
    hour: Moment,
    random: &mut Random,
    traces: &mut Traces,
) {
    for host in network.hosts.iter().filter(|host| host.public.is_some()) {
        for _ in 0..rhythm::times(13, Rhythm::Steady, hour, world.scale, random) {
            let exchange = Exchange {
                client: End {
                    address: format!("203.0.113.{}", random.between(1, 80)),
                    port: high_port(random),
                },
                server: End { address: host.private.clone(), port: random.pick(DOORS) },
                protocol: 6,
                start: hour.plus(random.between(0, HOUR - MINUTE)),
                seconds: random.between(0, 3),
                sent: (1, random.pick(&[40, 44, 60])),
                received: (0, 0),
                is_accepted: false,
            };
            traces.flows.extend(flows::lines(network, &exchange));
        }
    }
}

/// A spare server has nothing to say; now and then records are lost.
fn gaps(network: &Network, hour: Moment, random: &mut Random, traces: &mut Traces) {
    if let Some(spare) = network.host("spare") {
        for minute in [5, 15, 25, 35, 45, 55] {
            traces.flows.push(flows::gap(network, spare, hour.plus(minute * MINUTE), "NODATA"));
        }
    }
    if random.permille(15)
        && let Some(web) = network.host("web-1")
    {
        let start = hour.plus(random.between(0, HOUR - MINUTE));
        traces.flows.push(flows::gap(network, web, start, "SKIPDATA"));
    }
}

fn lookups(
    world: World<'_>,
    network: &Network,
    hour: Moment,
    random: &mut Random,
    traces: &mut Traces,
) {
    let hosts: Vec<&Host> =
        network.hosts.iter().filter(|it| !matches!(it.name, "spare" | "scanner")).collect();
    for _ in 0..rhythm::times(30, Rhythm::Shop, hour, world.scale, random) {
        let Some(host) = random.pick(&hosts.iter().copied().map(Some).collect::<Vec<_>>()) else {
            return;
        };
        let (name, answer) = random.pick(NAMES);
        let time = hour.plus(random.between(0, HOUR - 1));
        let kind = if answer.is_none() && random.percent(40) { "AAAA" } else { "A" };
        let question = Question { name, kind, answer };
        let port = i64::from(high_port(random));
        traces.lookups.push(dns::lookup(network, host, time, port, question));
    }
}

/// Customers and a crawler fetch pictures from the bucket of the website.
fn visitors(world: World<'_>, hour: Moment, random: &mut Random, traces: &mut Traces) {
    for _ in 0..rhythm::times(25, Rhythm::Shop, hour, world.scale, random) {
        let is_crawler = random.percent(30);
        let key = format!("static/img/product-{}.webp", random.between(1, 900));
        let address = if is_crawler {
            "203.0.113.90".to_owned()
        } else {
            format!("203.0.113.{}", random.between(100, 199))
        };
        let request = Request {
            bucket: ASSETS,
            time: hour.plus(random.between(0, HOUR - 1)),
            address: &address,
            requester: "-",
            method: if random.percent(90) { "GET" } else { "HEAD" },
            key: &key,
            status: if is_crawler && random.percent(15) { 404 } else { 200 },
            bytes: random.between(4000, 250_000),
            agent: if is_crawler { CRAWLER } else { BROWSER },
        };
        traces.visits.push(access::visit(&request, random));
    }
}

/// A port that a client would open a connection from.
pub(crate) fn high_port(random: &mut Random) -> u16 {
    u16::try_from(random.between(32_768, 60_999)).unwrap_or(40_000)
}
