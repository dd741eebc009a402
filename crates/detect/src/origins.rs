//! What is looked up of a value: where an address belongs, what a client is.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use haechi_origins::Clients;

use crate::places::Places;

/// What of a value is looked up; its name is that of a function on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LookUp {
    Country,
    Asn,
    AsnOrg,
    AwsService,
    AwsRegion,
    UserAgentFamily,
    UserAgentKind,
    UserAgentSystem,
}

/// Every look-up by its name.
pub(crate) const LOOK_UPS: [(&str, LookUp); 8] = [
    ("country", LookUp::Country),
    ("asn", LookUp::Asn),
    ("asn_org", LookUp::AsnOrg),
    ("aws_service", LookUp::AwsService),
    ("aws_region", LookUp::AwsRegion),
    ("user_agent_family", LookUp::UserAgentFamily),
    ("user_agent_kind", LookUp::UserAgentKind),
    ("user_agent_system", LookUp::UserAgentSystem),
];

/// What is known beside the rows.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    /// The accounts that belong to whoever runs haechi.
    pub(crate) own_accounts: &'a BTreeSet<String>,
    /// Where addresses are.
    pub(crate) places: Option<&'a dyn Places>,
    /// What clients are known by.
    pub(crate) clients: &'a Clients,
}

/// What has been looked up for the rows of one batch: each value once.
#[derive(Default)]
pub(crate) struct Told(RefCell<HashMap<LookUp, Answers>>);

type Answers = HashMap<String, Option<String>, ahash::RandomState>;

impl Told {
    /// Looks a value up, unless it has been.
    pub(crate) fn of(&self, what: LookUp, text: &str, beside: &Beside<'_>) -> Option<String> {
        let mut told = self.0.borrow_mut();
        let fixed = || Answers::with_hasher(ahash::RandomState::with_seeds(1, 2, 3, 4));
        let answers = told.entry(what).or_insert_with(fixed);
        if let Some(answer) = answers.get(text) {
            return answer.clone();
        }
        let answer = what.answer(text, beside);
        answers.insert(text.to_owned(), answer.clone());
        answer
    }
}

impl LookUp {
    fn answer(self, text: &str, beside: &Beside<'_>) -> Option<String> {
        let Beside { places, clients, .. } = beside;
        match self {
            Self::UserAgentFamily => return clients.family(text),
            Self::UserAgentKind => return clients.kind(text),
            Self::UserAgentSystem => return clients.system(text),
            _ => {}
        }
        let (address, places) = (text.parse().ok()?, (*places)?);
        match self {
            Self::Country => places.place_of(address).country,
            Self::Asn => places.place_of(address).network,
            Self::AsnOrg => places.organisation_of(address),
            Self::AwsService => places.aws_of(address).map(|aws| aws.service),
            Self::AwsRegion => places.aws_of(address).map(|aws| aws.region),
            Self::UserAgentFamily | Self::UserAgentKind | Self::UserAgentSystem => None,
        }
    }
}
