//! The organisation: three accounts, three regions, networks with hosts, buckets.

use crate::ids;

/// Production: the shop, its customers' data, its servers.
pub(crate) const SHOP: &str = "111122223333";
/// Shared services, the log archive and the backups.
pub(crate) const PLATFORM: &str = "444455556666";
/// A playground for developers.
pub(crate) const SANDBOX: &str = "777788889999";
/// An account that belongs to nobody here.
pub(crate) const STRANGER: &str = "999988887777";

pub(crate) const ACCOUNTS: [&str; 3] = [SHOP, PLATFORM, SANDBOX];

pub(crate) const VIRGINIA: &str = "us-east-1";
pub(crate) const IRELAND: &str = "eu-west-1";
pub(crate) const SEOUL: &str = "ap-northeast-2";

pub(crate) const REGIONS: [&str; 3] = [VIRGINIA, IRELAND, SEOUL];

/// Customers' orders and addresses.
pub(crate) const CUSTOMER_DATA: &str = "harbour-shop-customer-data";
/// Reports that go to partners.
pub(crate) const EXPORTS: &str = "harbour-shop-partner-exports";
/// Pictures and scripts of the website.
pub(crate) const ASSETS: &str = "harbour-shop-assets";
/// Where every trail and flow log is delivered.
pub(crate) const LOG_ARCHIVE: &str = "harbour-log-archive";
/// Where developers build.
pub(crate) const ARTIFACTS: &str = "harbour-build-artifacts";

/// The account that a bucket belongs to.
pub(crate) fn owner_of(bucket: &str) -> &'static str {
    if bucket == ARTIFACTS || bucket == LOG_ARCHIVE { PLATFORM } else { SHOP }
}

/// The region that a bucket lies in.
pub(crate) fn home_of(bucket: &str) -> &'static str {
    if bucket == ARTIFACTS || bucket == LOG_ARCHIVE { IRELAND } else { VIRGINIA }
}

/// The shop's EKS cluster, and its nodes.
pub(crate) const CLUSTER: &str = "harbour-shop";
pub(crate) const CLUSTER_NODES: &[&str] = &["10.1.31.11", "10.1.32.12", "10.1.33.13"];

/// The trail of the whole organisation, out of reach of the shop's administrators.
pub(crate) const ORGANISATION_TRAIL: &str = "organization-trail";
/// The shop's own trail.
pub(crate) const SHOP_TRAIL: &str = "shop-management-events";

/// Which fields a network's flow log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlowFormat {
    /// The fourteen fields of version 2.
    Default,
    /// A custom choice, up to version 5.
    Custom,
}

/// A server and its network interface.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) name: &'static str,
    pub(crate) instance: String,
    pub(crate) interface: String,
    pub(crate) subnet: String,
    pub(crate) private: String,
    /// The address that the internet sees, if it sees one.
    pub(crate) public: Option<&'static str>,
}

/// A VPC with its hosts and its flow log.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) vpc: String,
    pub(crate) flow_log: String,
    pub(crate) format: FlowFormat,
    /// Whether the VPC's DNS queries are logged.
    pub(crate) logs_queries: bool,
    pub(crate) hosts: Vec<Host>,
}

impl Network {
    pub(crate) fn host(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == name)
    }
}

/// All that stays the same for a seed.
#[derive(Clone, Debug)]
pub(crate) struct Organisation {
    pub(crate) seed: u64,
    /// The shop in Virginia, the shop in Ireland, the platform in Seoul.
    pub(crate) networks: [Network; 3],
}

const VIRGINIA_HOSTS: &[(&str, &str, Option<&str>)] = &[
    ("web-1", "10.1.1.10", Some("198.51.100.140")),
    ("web-2", "10.1.2.10", Some("198.51.100.141")),
    ("bastion", "10.1.1.5", Some("198.51.100.142")),
    ("app-1", "10.1.11.20", None),
    ("app-2", "10.1.12.20", None),
    ("database", "10.1.21.30", None),
    ("spare", "10.1.11.99", None),
    ("scanner", "10.1.41.8", None),
];
const IRELAND_HOSTS: &[(&str, &str, Option<&str>)] = &[
    ("web-1", "10.2.1.10", Some("198.51.100.150")),
    ("app-1", "10.2.11.20", None),
    ("database", "10.2.21.30", None),
];
const SEOUL_HOSTS: &[(&str, &str, Option<&str>)] = &[
    ("web-1", "10.3.1.10", Some("198.51.100.160")),
    ("app-1", "10.3.11.20", None),
    ("database", "10.3.21.30", None),
    ("spare", "10.3.11.99", None),
];

impl Organisation {
    /// Founds the organisation of a seed.
    pub(crate) fn found(seed: u64) -> Self {
        let network = |account, region, zone, format, hosts| Network {
            account,
            region,
            zone,
            vpc: ids::resource(seed, "vpc", region),
            flow_log: ids::resource(seed, "fl", region),
            format,
            logs_queries: region != IRELAND,
            hosts: hosts_of(seed, region, hosts),
        };
        let networks = [
            network(SHOP, VIRGINIA, "use1-az4", FlowFormat::Default, VIRGINIA_HOSTS),
            network(SHOP, IRELAND, "euw1-az2", FlowFormat::Default, IRELAND_HOSTS),
            network(PLATFORM, SEOUL, "apne2-az1", FlowFormat::Custom, SEOUL_HOSTS),
        ];
        Self { seed, networks }
    }

    /// The shop's main network, where the stories take place.
    pub(crate) fn main_network(&self) -> &Network {
        let [virginia, ..] = &self.networks;
        virginia
    }
}

fn hosts_of(
    seed: u64,
    region: &str,
    hosts: &[(&'static str, &'static str, Option<&'static str>)],
) -> Vec<Host> {
    let host = |(name, private, public): &(&'static str, &'static str, Option<&'static str>)| {
        let label = format!("{region}/{name}");
        Host {
            name,
            instance: ids::resource(seed, "i", &label),
            interface: ids::resource(seed, "eni", &label),
            subnet: ids::resource(seed, "subnet", &label),
            private: (*private).to_owned(),
            public: *public,
        }
    };
    hosts.iter().map(host).collect()
}
