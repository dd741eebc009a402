//! Who works here, from where, with what rights, on what.

use crate::{
    calls::{self, Api},
    organisation::{IRELAND, PLATFORM, SANDBOX, SEOUL, SHOP, VIRGINIA},
};

/// How a person gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// An IAM user with a long-lived access key on a laptop.
    Key,
    /// An IAM user with a password and a second factor.
    Password,
    /// A permission set of IAM Identity Center.
    SingleSignOn(&'static str),
}

/// A place of work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Office {
    pub(crate) address: &'static str,
    /// Hours east of Greenwich.
    pub(crate) offset: i64,
    pub(crate) region: &'static str,
}

/// One person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) account: &'static str,
    pub(crate) access: Access,
    pub(crate) office: &'static Office,
    pub(crate) home: &'static str,
    pub(crate) work: &'static [(u64, Api)],
    /// Calls in a busy hour.
    pub(crate) per_hour: u64,
    pub(crate) agent: &'static str,
}

const SEOUL_OFFICE: Office = Office { address: "192.0.2.10", offset: 9, region: SEOUL };
const DUBLIN_OFFICE: Office = Office { address: "192.0.2.20", offset: 1, region: IRELAND };
const NEW_YORK_OFFICE: Office = Office { address: "192.0.2.30", offset: -4, region: VIRGINIA };

const CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 \
                      (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0";
const CLI_MAC: &str = "aws-cli/2.28.11 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0 md/arch#arm64 \
                       lang/python#3.13.7 md/pyimpl#CPython cfg/retry-mode#standard";
const CLI_LINUX: &str = "aws-cli/2.27.49 md/awscrt#0.26.1 ua/2.1 os/linux#6.8.0-64-generic \
                         md/arch#x86_64 lang/python#3.13.4 md/pyimpl#CPython";
const PYTHON: &str = "Boto3/1.40.18 md/Botocore#1.40.18 ua/2.1 os/linux#6.8.0-64-generic \
                      md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython Botocore/1.40.18";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.13.1 (+https://www.terraform.io) \
                         terraform-provider-aws/6.10.0 aws-sdk-go-v2/1.38.1 lang/go#1.24.6";

/// The developer whose key leaks in one of the stories.
pub(crate) const DEVELOPER: Person = Person {
    name: "daniel",
    account: SHOP,
    access: Access::Key,
    office: &DUBLIN_OFFICE,
    home: "192.0.2.121",
    work: calls::DEVELOPING,
    per_hour: 30,
    agent: CLI_MAC,
};

const ADMINISTRATOR: Access = Access::SingleSignOn("AdministratorAccess");
const POWER_USER: Access = Access::SingleSignOn("PowerUserAccess");

/// Everybody.
pub(crate) const PEOPLE: [Person; 12] = [
    DEVELOPER,
    Person { name: "sofia", access: POWER_USER, home: "192.0.2.122", agent: CHROME, ..DEVELOPER },
    Person {
        name: "jihoon",
        account: PLATFORM,
        access: ADMINISTRATOR,
        office: &SEOUL_OFFICE,
        home: "192.0.2.111",
        work: calls::OPERATING,
        per_hour: 40,
        agent: TERRAFORM,
    },
    Person {
        name: "yuna",
        account: PLATFORM,
        access: ADMINISTRATOR,
        office: &SEOUL_OFFICE,
        home: "2001:db8:4a1c::112",
        work: calls::OPERATING,
        per_hour: 35,
        agent: CHROME,
    },
    Person {
        name: "liam",
        account: SANDBOX,
        access: POWER_USER,
        office: &NEW_YORK_OFFICE,
        home: "192.0.2.131",
        work: calls::DEVELOPING,
        per_hour: 30,
        agent: CLI_LINUX,
    },
    Person {
        name: "priya",
        account: SHOP,
        access: Access::Key,
        office: &SEOUL_OFFICE,
        home: "192.0.2.113",
        work: calls::ANALYSING,
        per_hour: 45,
        agent: PYTHON,
    },
    Person {
        name: "tomas",
        access: Access::SingleSignOn("DataScientist"),
        home: "192.0.2.123",
        work: calls::ANALYSING,
        per_hour: 40,
        agent: PYTHON,
        ..DEVELOPER
    },
    Person {
        name: "aiko",
        account: SANDBOX,
        access: Access::Key,
        office: &SEOUL_OFFICE,
        home: "192.0.2.114",
        work: calls::DEVELOPING,
        per_hour: 25,
        agent: CLI_LINUX,
    },
    Person {
        name: "nadia",
        account: PLATFORM,
        access: Access::SingleSignOn("SecurityAudit"),
        office: &DUBLIN_OFFICE,
        home: "192.0.2.124",
        work: calls::AUDITING,
        per_hour: 40,
        agent: CLI_MAC,
    },
    Person {
        name: "oscar",
        account: SHOP,
        access: Access::SingleSignOn("Billing"),
        office: &NEW_YORK_OFFICE,
        home: "192.0.2.132",
        work: calls::BILLING,
        per_hour: 12,
        agent: FIREFOX,
    },
    Person {
        name: "chloe",
        access: Access::Password,
        home: "192.0.2.125",
        work: calls::BROWSING,
        per_hour: 30,
        agent: FIREFOX,
        ..DEVELOPER
    },
    Person {
        name: "mina",
        account: PLATFORM,
        access: Access::SingleSignOn("ReadOnlyAccess"),
        office: &SEOUL_OFFICE,
        home: "192.0.2.115",
        work: calls::BROWSING,
        per_hour: 30,
        agent: CHROME,
    },
];
