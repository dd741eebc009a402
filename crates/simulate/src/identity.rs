//! `userIdentity` in its variants, and the caller it belongs to.

use serde_json::{Value, json};

use crate::{
    ids,
    moment::{HOUR, Moment},
    people::{Access, Person},
    random::Random,
};

/// Who calls, from where, with what program.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: &'static str,
    pub(crate) identity: Value,
    pub(crate) arn: String,
    /// The access key, or nothing for services and sign-ins.
    pub(crate) key: String,
    pub(crate) address: String,
    pub(crate) agent: String,
    /// When the session was opened; long before everything for those who have none.
    pub(crate) since: Moment,
    /// Whether the session was opened in the web console.
    pub(crate) is_console: bool,
}

/// A role that somebody has assumed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session<'a> {
    pub(crate) account: &'static str,
    /// The path of the role, with slashes at both ends.
    pub(crate) path: &'a str,
    pub(crate) role: &'a str,
    pub(crate) name: &'a str,
    pub(crate) created: Moment,
    pub(crate) has_mfa: bool,
}

/// How long a session's credentials are used before new ones are fetched.
pub(crate) const SESSION: i64 = 4 * HOUR;

/// How late, after the mark of a session's clock, somebody may get to opening it.
const LATE_MAX: u64 = 1500;

/// When somebody opened the session that covers a moment.
pub(crate) fn opened(seed: u64, who: &str, moment: Moment) -> Moment {
    let mark = Moment(moment.0.div_euclid(SESSION) * SESSION);
    let at = |mark: Moment| {
        let late = Random::stream(seed, &format!("opened/{who}"), mark.0).below(LATE_MAX);
        mark.plus(i64::try_from(late).unwrap_or_default())
    };
    if at(mark) <= moment { at(mark) } else { at(mark.plus(-SESSION)) }
}

/// An IAM user with an access key, calling from somewhere.
pub(crate) fn user(seed: u64, account: &'static str, name: &str, key: &str) -> Caller {
    let arn = format!("arn:aws:iam::{account}:user/{name}");
    let identity = json!({
        "type": "IAMUser",
        "principalId": ids::principal(seed, "AIDA", account, name),
        "arn": arn,
        "accountId": account,
        "accessKeyId": key,
        "userName": name,
    });
    Caller { arn, key: key.to_owned(), identity, ..nobody(account) }
}

/// An IAM user in the web console: temporary keys, marked by the second factor.
pub(crate) fn console_user(
    seed: u64,
    account: &'static str,
    name: &str,
    created: Moment,
    has_mfa: bool,
) -> Caller {
    let mut random = Random::stream(seed, &format!("console/{account}/{name}"), created.0);
    let mut caller = user(seed, account, name, &ids::access_key(&mut random, "ASIA"));
    if let Some(identity) = caller.identity.as_object_mut() {
        identity
            .insert("sessionContext".into(), json!({ "attributes": attributes(created, has_mfa) }));
    }
    Caller { since: created, is_console: true, ..caller }
}

/// The owner of an account, in the web console.
pub(crate) fn root(seed: u64, account: &'static str, created: Moment, has_mfa: bool) -> Caller {
    let mut random = Random::stream(seed, &format!("root/{account}"), created.0);
    let arn = format!("arn:aws:iam::{account}:root");
    let key = ids::access_key(&mut random, "ASIA");
    let identity = json!({
        "type": "Root",
        "principalId": account,
        "arn": arn,
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": { "attributes": attributes(created, has_mfa) },
    });
    Caller { identity, arn, key, since: created, is_console: true, ..nobody(account) }
}

/// A role session; the same session always has the same key.
pub(crate) fn role(seed: u64, session: &Session<'_>) -> Caller {
    let Session { account, path, role, name, created, has_mfa } = *session;
    let mut random = Random::stream(seed, &format!("session/{account}/{role}/{name}"), created.0);
    let key = ids::access_key(&mut random, "ASIA");
    let role_id = ids::principal(seed, "AROA", account, role);
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{name}");
    let identity = json!({
        "type": "AssumedRole",
        "principalId": format!("{role_id}:{name}"),
        "arn": arn,
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role_id,
                "arn": format!("arn:aws:iam::{account}:role{path}{role}"),
                "accountId": account,
                "userName": role,
            },
            "attributes": attributes(created, has_mfa),
        },
    });
    Caller { identity, arn, key, since: created, ..nobody(account) }
}

/// A role session of a server: the session's name is the instance, the keys came from its metadata.
pub(crate) fn instance_role(
    seed: u64,
    account: &'static str,
    role_name: &str,
    instance: &str,
    moment: Moment,
) -> Caller {
    let created = opened(seed, instance, moment);
    let session =
        Session { account, path: "/", role: role_name, name: instance, created, has_mfa: false };
    let mut caller = role(seed, &session);
    if let Some(Value::Object(context)) = caller.identity.get_mut("sessionContext") {
        context.insert("ec2RoleDelivery".into(), "2.0".into());
    }
    caller
}

/// An AWS service that acts for itself.
pub(crate) fn service(account: &'static str, name: &str) -> Caller {
    Caller {
        identity: json!({ "type": "AWSService", "invokedBy": name }),
        address: name.to_owned(),
        agent: name.to_owned(),
        ..nobody(account)
    }
}

/// A job of a build service that comes with a signed token of its own.
pub(crate) fn federated(account: &'static str, provider: &str, subject: &str) -> Caller {
    let identity = json!({
        "type": "WebIdentityUser",
        "principalId": format!("arn:aws:iam::{account}:oidc-provider/{provider}:sts.amazonaws.com:{subject}"),
        "userName": subject,
        "identityProvider": format!("arn:aws:iam::{account}:oidc-provider/{provider}"),
    });
    Caller { identity, ..nobody(account) }
}

/// A person of IAM Identity Center before any role is taken.
pub(crate) fn directory_user(seed: u64, account: &'static str, name: &str) -> Caller {
    let mut random = Random::stream(seed, &format!("directory/{name}"), 0);
    let identity = json!({
        "type": "IdentityCenterUser",
        "accountId": account,
        "onBehalfOf": {
            "userId": ids::uuid(&mut random),
            "identityStoreArn": format!("arn:aws:identitystore::{account}:identitystore/d-9067a1b2c3"),
        },
        "credentialId": ids::hex(&mut random, 40),
    });
    Caller { identity, ..nobody(account) }
}

/// The caller that a person is in the session of a moment.
pub(crate) fn person(seed: u64, person: &Person, moment: Moment) -> Caller {
    let caller = match person.access {
        Access::Key => user(seed, person.account, person.name, &long_lived_key(seed, person)),
        Access::Password => {
            console_user(seed, person.account, person.name, opened(seed, person.name, moment), true)
        }
        Access::SingleSignOn(permissions) => {
            let session = Session {
                account: person.account,
                path: "/aws-reserved/sso.amazonaws.com/eu-west-1/",
                role: &reserved_role(seed, permissions),
                name: &format!("{}@harbour.example", person.name),
                created: opened(seed, person.name, moment),
                has_mfa: false,
            };
            let is_console = person.agent.starts_with("Mozilla");
            Caller { is_console, ..role(seed, &session) }
        }
    };
    let address = address_of(seed, person, moment).to_owned();
    Caller { address, agent: person.agent.to_owned(), ..caller }
}

/// The key on a person's laptop.
pub(crate) fn long_lived_key(seed: u64, person: &Person) -> String {
    let label = format!("key/{}/{}", person.account, person.name);
    ids::access_key(&mut Random::stream(seed, &label, 0), "AKIA")
}

/// The role that IAM Identity Center makes for a permission set.
pub(crate) fn reserved_role(seed: u64, permissions: &str) -> String {
    let mut random = Random::stream(seed, &format!("permissions/{permissions}"), 0);
    format!("AWSReservedSSO_{permissions}_{}", ids::hex(&mut random, 16))
}

/// Office on most weekdays, home otherwise; the same all day.
fn address_of(seed: u64, person: &Person, moment: Moment) -> &'static str {
    let local = moment.plus(person.office.offset * HOUR);
    let label = format!("presence/{}", person.name);
    let is_at_home = Random::stream(seed, &label, local.day()).percent(30);
    if is_at_home || local.is_weekend() { person.home } else { person.office.address }
}

fn attributes(created: Moment, has_mfa: bool) -> Value {
    json!({ "creationDate": created.iso(), "mfaAuthenticated": has_mfa.to_string() })
}

fn nobody(account: &'static str) -> Caller {
    Caller {
        account,
        identity: Value::Null,
        arn: String::new(),
        key: String::new(),
        address: String::new(),
        agent: String::new(),
        since: Moment::default(),
        is_console: false,
    }
}
