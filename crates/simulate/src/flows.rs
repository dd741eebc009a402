//! VPC flow log lines: the default fields of version 2, or a custom choice up to version 5.

use crate::{
    moment::Moment,
    organisation::{FlowFormat, Host, Network},
    traces::Mark,
};

/// One end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) address: String,
    pub(crate) port: u16,
}

/// A connection as a network interface sees it within one minute.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// Who opened it.
    pub(crate) client: End,
    pub(crate) server: End,
    pub(crate) protocol: u8,
    pub(crate) start: Moment,
    pub(crate) seconds: i64,
    /// Packets and bytes from the client.
    pub(crate) sent: (i64, i64),
    /// Packets and bytes from the server.
    pub(crate) received: (i64, i64),
    /// Whether the security group let it in.
    pub(crate) is_accepted: bool,
}

/// What a line says apart from the place and the time.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Packets(Passage),
    /// `NODATA` or `SKIPDATA`.
    Nothing(&'static str),
}

/// Packets that went one way.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    source: End,
    target: End,
    protocol: u8,
    packets: i64,
    bytes: i64,
    is_accepted: bool,
    is_ingress: bool,
    flags: u8,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// Tells which network's log the line belongs to.
    pub(crate) log: String,
    pub(crate) start: Moment,
    pub(crate) end: Moment,
    pub(crate) text: String,
    /// The step of an attack that left it.
    pub(crate) mark: Option<Mark>,
}

/// The fields of version 2, in AWS's order.
const DEFAULT_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport \
                              protocol packets bytes start end action log-status";

/// Somebody's own choice, in somebody's own order.
const CUSTOM_HEADER: &str = "version vpc-id subnet-id instance-id interface-id account-id type \
                             srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol \
                             bytes packets start end action tcp-flags region az-id \
                             pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path \
                             log-status";

const SYN: u8 = 2;
const SYN_FIN: u8 = 3;
const SYN_ACK_FIN: u8 = 19;
const TCP: u8 = 6;

/// The first line of a file.
pub(crate) fn header(format: FlowFormat) -> &'static str {
    match format {
        FlowFormat::Default => DEFAULT_HEADER,
        FlowFormat::Custom => CUSTOM_HEADER,
    }
}

/// The lines that a connection leaves at every interface of a network that it touches.
pub(crate) fn lines(network: &Network, exchange: &Exchange) -> Vec<Flow> {
    let mut flows = Vec::new();
    for host in &network.hosts {
        if host.private == exchange.server.address {
            flows.extend(at_interface(network, host, exchange, true));
        } else if host.private == exchange.client.address {
            flows.extend(at_interface(network, host, exchange, false));
        }
    }
    flows
}

/// A line that says that there is nothing to say.
pub(crate) fn gap(network: &Network, host: &Host, start: Moment, status: &'static str) -> Flow {
    line(network, host, start, start.plus(58), &Content::Nothing(status))
}

fn at_interface(network: &Network, host: &Host, exchange: &Exchange, is_server: bool) -> Vec<Flow> {
    let is_tcp = exchange.protocol == TCP;
    let asking = Passage {
        source: exchange.client.clone(),
        target: exchange.server.clone(),
        protocol: exchange.protocol,
        packets: exchange.sent.0,
        bytes: exchange.sent.1,
        is_accepted: exchange.is_accepted,
        is_ingress: is_server,
        flags: match (is_tcp, exchange.is_accepted) {
            (true, true) => SYN_FIN,
            (true, false) => SYN,
            (false, _) => 0,
        },
    };
    let answering = Passage {
        source: exchange.server.clone(),
        target: exchange.client.clone(),
        packets: exchange.received.0,
        bytes: exchange.received.1,
        is_ingress: !is_server,
        flags: if is_tcp { SYN_ACK_FIN } else { 0 },
        ..asking.clone()
    };
    let end = exchange.start.plus(exchange.seconds);
    let mut flows = vec![line(network, host, exchange.start, end, &Content::Packets(asking))];
    if exchange.is_accepted {
        flows.push(line(network, host, exchange.start, end, &Content::Packets(answering)));
    }
    flows
}

fn line(network: &Network, host: &Host, start: Moment, end: Moment, content: &Content) -> Flow {
    let text = match network.format {
        FlowFormat::Default => default_line(network, host, (start, end), content),
        FlowFormat::Custom => custom_line(network, host, (start, end), content),
    };
    Flow { log: network.flow_log.clone(), start, end, text, mark: None }
}

fn default_line(
    network: &Network,
    host: &Host,
    (start, end): (Moment, Moment),
    content: &Content,
) -> String {
    let (account, interface) = (network.account, &host.interface);
    let (start, end) = (start.0, end.0);
    match content {
        Content::Nothing(status) => {
            format!("2 {account} {interface} - - - - - - - {start} {end} - {status}")
        }
        Content::Packets(flow) => format!(
            "2 {account} {interface} {} {} {} {} {} {} {} {start} {end} {} OK",
            flow.source.address,
            flow.target.address,
            flow.source.port,
            flow.target.port,
            flow.protocol,
            flow.packets,
            flow.bytes,
            action(flow),
        ),
    }
}

fn custom_line(
    network: &Network,
    host: &Host,
    (start, end): (Moment, Moment),
    content: &Content,
) -> String {
    let place = format!(
        "5 {} {} {} {} {}",
        network.vpc, host.subnet, host.instance, host.interface, network.account
    );
    let (region, zone) = (network.region, network.zone);
    let (start, end) = (start.0, end.0);
    let flow = match content {
        Content::Nothing(status) => {
            let nothing = "- - - - - - - - - -";
            return format!("{place} {nothing} {start} {end} - - {region} {zone} - - - - {status}");
        }
        Content::Packets(flow) => flow,
    };
    let (source, target) = (&flow.source.address, &flow.target.address);
    let direction = if flow.is_ingress { "ingress" } else { "egress" };
    let path = match (flow.is_ingress, target.starts_with("10.")) {
        (true, _) => "-",
        (false, true) => "1",
        (false, false) => "8",
    };
    format!(
        "{place} IPv4 {source} {target} {} {} {source} {target} {} {} {} {start} {end} {} {} \
         {region} {zone} {} {} {direction} {path} OK",
        flow.source.port,
        flow.target.port,
        flow.protocol,
        flow.bytes,
        flow.packets,
        action(flow),
        flow.flags,
        aws_service(source),
        aws_service(target),
    )
}

fn action(flow: &Passage) -> &'static str {
    if flow.is_accepted { "ACCEPT" } else { "REJECT" }
}

/// The addresses that stand for AWS's own in this world.
fn aws_service(address: &str) -> &'static str {
    match address {
        "198.51.100.240" => "S3",
        "198.51.100.241" => "DYNAMODB",
        "198.51.100.242" => "AMAZON",
        _ => "-",
    }
}
