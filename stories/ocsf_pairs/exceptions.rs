//! Where a pair and a view may differ, and why.

/// Attributes in which the view rightly differs from some events.
pub(crate) struct Exception {
    /// What the paths of those events contain.
    pub(crate) events: &'static str,
    /// The attributes.
    pub(crate) attributes: &'static [&'static str],
    /// Why.
    #[expect(dead_code, reason = "it is for the reader")]
    pub(crate) why: &'static str,
}

pub(crate) const EXCEPTIONS: &[Exception] = &[
    Exception {
        events: "/v1.0.0",
        attributes: &["metadata.version"],
        why: "The view is OCSF 1.5.0.",
    },
    Exception {
        events: "/v1.1.0",
        attributes: &["metadata.version"],
        why: "The view is OCSF 1.5.0.",
    },
    Exception {
        events: "/v1.0.0",
        attributes: &["metadata.profiles"],
        why: "OCSF 1.0 had no `datetime` profile, and its mapping of Route 53 not even `security_control`.",
    },
    Exception {
        events: "v1.0.0-rc.2/CloudTrail",
        attributes: &["category_name"],
        why: "The category had another name before OCSF 1.0.0.",
    },
    Exception {
        events: "v1.0.0-rc.2/CloudTrail/API",
        attributes: &["class_uid", "category_uid", "type_uid"],
        why: "API Activity had another number before OCSF 1.0.0.",
    },
    Exception {
        events: "v1.0.0-rc.2/CloudTrail",
        attributes: &["actor.user.uid", "user.uid"],
        why: "`uid` was the principal's id and `uuid` its ARN; from 1.1.0 on `uid` is the ARN and `uid_alt` the id.",
    },
    Exception {
        events: "/Authentication/",
        attributes: &["api.request.uid"],
        why: "A sign-in has no request id, and the event has an empty text, some in quotes, for it: later events leave it out.",
    },
    Exception {
        events: "bloblang/AWS/CloudTrail",
        attributes: &["category_name"],
        why: "OCSF's name of the category does not end in `Category`.",
    },
    Exception {
        events: "OCSF_api_activity",
        attributes: &["status", "status_id"],
        why: "The mapping asks for the outcome of a console sign-in, which other calls have not; the events under `markdown` say Success.",
    },
    Exception {
        events: "OCSF_api_activity",
        attributes: &["actor.session.created_time"],
        why: "There is no session, so there is no time: not 1970.",
    },
    Exception {
        events: "OCSF_api_activity",
        attributes: &["metadata.product.feature.name"],
        why: "The record has no `eventCategory`; the events under `markdown` say so in words.",
    },
    Exception {
        events: "OCSF_account_change",
        attributes: &["actor.user.credential_uid"],
        why: "The mapping asks for a field below `accessKeyId`, which is a text; the events under `markdown` have the key.",
    },
    Exception {
        events: "OCSF_account_change",
        attributes: &["user.uid"],
        why: "It is the id of the caller, but OCSF wants the user that was made, as the events under `markdown` have it.",
    },
    Exception {
        events: "v1.5.0/CloudTrail/Account Change",
        attributes: &["time_dt", "actor.session.created_time_dt"],
        why: "The offset is wrong: the event's own `time`, and the record, have this hour in UTC.",
    },
    Exception {
        events: "VPC Flowlogs",
        attributes: &[
            "src_endpoint.svc_name",
            "dst_endpoint.svc_name",
            "src_endpoint.instance_uid",
            "connection_info.boundary",
        ],
        why: "What a flow log writes as `-` is NULL in a lake.",
    },
    Exception {
        events: "VPC Flowlogs",
        attributes: &["dst_endpoint.interface_uid"],
        why: "The record's id has two digits less than the event's.",
    },
    Exception {
        events: "v1.0.0-rc.2/Route53",
        attributes: &["activity_id", "activity_name", "type_uid", "type_name"],
        why: "A record holds query and answer, for which 1.1.0 has Traffic.",
    },
    Exception {
        events: "v1.0.0-rc.2/Route53",
        attributes: &["disposition_id", "disposition"],
        why: "Later versions have Alert for a rule that alerts.",
    },
    Exception {
        events: "route53/v1.0.0",
        attributes: &["activity_id", "activity_name"],
        why: "A record holds query and answer, for which 1.1.0 has Traffic.",
    },
    Exception {
        events: "route53/v1.0.0",
        attributes: &["severity_id", "severity"],
        why: "The other events of this record have Informational.",
    },
    Exception {
        events: "route53/v1.0.0",
        attributes: &["rcode", "metadata.product.feature.name"],
        why: "The other events of this record have OCSF's word for the code and the whole name.",
    },
    Exception {
        events: "route53/v1.0.0",
        attributes: &["time", "src_endpoint.port", "answers"],
        why: "The types are not those of OCSF: a time is a number, a port is a number, answers are an array.",
    },
];
