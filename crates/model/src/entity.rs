//! Who and what a record speaks of: the things an investigation pivots on.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// A kind of thing that records speak of, in Detective's and GuardDuty's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A twelve-digit AWS account id.
    Account,
    /// The ARN of a user, role or assumed-role session.
    Principal,
    /// The role behind an assumed-role session: the ARN of the session's issuer.
    Role,
    /// A plain user name.
    User,
    /// A long-lived (`AKIA`) or temporary (`ASIA`) access key id.
    AccessKey,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A domain name.
    Domain,
    /// An EC2 instance id.
    Instance,
    /// An elastic network interface id.
    Interface,
    /// An S3 bucket's name.
    Bucket,
    /// A VPC id.
    Vpc,
    /// A VPC endpoint id.
    Endpoint,
    /// The ARN of any other resource.
    Resource,
    /// A Lambda function's name.
    Function,
    /// A load balancer, distribution or web ACL.
    Service,
}

/// One thing: its kind and its name as AWS writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity {
    /// The kind of thing.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
}

impl EntityKind {
    /// Returns the prefix that stands before the name in the lake's `entities` column.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Account => "account:",
            Self::Principal => "principal:",
            Self::Role => "role:",
            Self::User => "user:",
            Self::AccessKey => "access_key:",
            Self::Ip => "ip:",
            Self::Domain => "domain:",
            Self::Instance => "instance:",
            Self::Interface => "interface:",
            Self::Bucket => "bucket:",
            Self::Vpc => "vpc:",
            Self::Endpoint => "endpoint:",
            Self::Resource => "resource:",
            Self::Function => "function:",
            Self::Service => "service:",
        }
    }

    /// Tells whether the text can be the name of such a thing.
    ///
    /// Kinds whose names have a form are checked, because fields lie: CloudTrail's
    /// `sourceIPAddress` holds service names and flow logs write `-` for nothing.
    #[must_use]
    pub fn accepts(self, name: &str) -> bool {
        match self {
            Self::Ip => name.parse::<std::net::IpAddr>().is_ok(),
            Self::Account => name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()),
            _ => !name.is_empty() && name != "-",
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.kind.prefix(), self.name)
    }
}

impl Serialize for Entity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
