//! What each kind of work calls, by weight.

/// What a call does to the account, which decides several fields of its record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Looks at the account.
    #[default]
    Reads,
    /// Changes the account.
    Writes,
    /// Reads an object in a bucket: a data event.
    ReadsObject,
    /// Changes an object in a bucket: a data event.
    WritesObject,
    /// Signs somebody in.
    SignsIn,
}

/// A name in AWS's interface.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Api {
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) effect: Effect,
}

pub(crate) const fn reads(service: &'static str, name: &'static str) -> Api {
    Api { service, name, effect: Effect::Reads }
}

pub(crate) const fn writes(service: &'static str, name: &'static str) -> Api {
    Api { service, name, effect: Effect::Writes }
}

pub(crate) const GET_OBJECT: Api =
    Api { service: "s3", name: "GetObject", effect: Effect::ReadsObject };
pub(crate) const PUT_OBJECT: Api =
    Api { service: "s3", name: "PutObject", effect: Effect::WritesObject };
pub(crate) const DELETE_OBJECT: Api =
    Api { service: "s3", name: "DeleteObject", effect: Effect::WritesObject };

pub(crate) const DEVELOPING: &[(u64, Api)] = &[
    (6, reads("sts", "GetCallerIdentity")),
    (8, reads("lambda", "GetFunction20150331v2")),
    (8, reads("lambda", "ListFunctions20150331")),
    (5, writes("lambda", "UpdateFunctionCode20150331v2")),
    (2, writes("lambda", "UpdateFunctionConfiguration20150331v2")),
    (9, reads("logs", "DescribeLogGroups")),
    (9, reads("logs", "FilterLogEvents")),
    (6, reads("cloudformation", "DescribeStacks")),
    (3, writes("cloudformation", "CreateChangeSet")),
    (7, reads("dynamodb", "DescribeTable")),
    (5, reads("ecr", "DescribeRepositories")),
    (4, reads("ecr", "GetAuthorizationToken")),
    (6, reads("ec2", "DescribeInstances")),
    (4, reads("ec2", "DescribeSecurityGroups")),
    (4, reads("s3", "ListBuckets")),
    (10, GET_OBJECT),
    (6, PUT_OBJECT),
    (2, reads("secretsmanager", "GetSecretValue")),
];

pub(crate) const OPERATING: &[(u64, Api)] = &[
    (14, reads("ec2", "DescribeInstances")),
    (8, reads("ec2", "DescribeVolumes")),
    (8, reads("ec2", "DescribeSecurityGroups")),
    (6, reads("ec2", "DescribeVpcs")),
    (6, reads("ec2", "DescribeSubnets")),
    (3, writes("ec2", "CreateTags")),
    (2, writes("ec2", "RunInstances")),
    (1, writes("ec2", "TerminateInstances")),
    (1, writes("ec2", "AuthorizeSecurityGroupIngress")),
    (8, reads("iam", "GetRole")),
    (6, reads("iam", "ListRolePolicies")),
    (2, writes("iam", "PutRolePolicy")),
    (1, writes("iam", "CreateRole")),
    (6, reads("s3", "GetBucketPolicy")),
    (5, reads("s3", "GetBucketEncryption")),
    (1, writes("s3", "PutBucketPolicy")),
    (5, reads("elasticloadbalancing", "DescribeTargetHealth")),
    (5, reads("rds", "DescribeDBInstances")),
    (3, writes("ssm", "StartSession")),
    (4, reads("cloudtrail", "DescribeTrails")),
    (4, reads("monitoring", "DescribeAlarms")),
];

pub(crate) const ANALYSING: &[(u64, Api)] = &[
    (40, GET_OBJECT),
    (8, PUT_OBJECT),
    (10, writes("athena", "StartQueryExecution")),
    (14, reads("athena", "GetQueryExecution")),
    (8, reads("glue", "GetTable")),
    (6, reads("glue", "GetPartitions")),
    (4, reads("s3", "ListBuckets")),
    (3, reads("sts", "GetCallerIdentity")),
];

pub(crate) const AUDITING: &[(u64, Api)] = &[
    (8, reads("iam", "ListUsers")),
    (6, reads("iam", "ListAccessKeys")),
    (8, reads("iam", "GetRole")),
    (4, reads("iam", "GetAccountSummary")),
    (8, reads("cloudtrail", "LookupEvents")),
    (4, reads("cloudtrail", "GetTrailStatus")),
    (8, reads("guardduty", "ListFindings")),
    (8, reads("securityhub", "GetFindings")),
    (5, reads("config", "DescribeComplianceByConfigRule")),
    (5, reads("s3", "GetBucketPolicy")),
    (5, reads("ec2", "DescribeSecurityGroups")),
    (4, reads("access-analyzer", "ListFindings")),
];

pub(crate) const BILLING: &[(u64, Api)] = &[
    (10, reads("ce", "GetCostAndUsage")),
    (5, reads("ce", "GetCostForecast")),
    (4, reads("budgets", "ViewBudget")),
    (2, reads("organizations", "ListAccounts")),
];

pub(crate) const BROWSING: &[(u64, Api)] = &[
    (10, reads("ec2", "DescribeInstances")),
    (8, reads("ec2", "DescribeInstanceStatus")),
    (5, reads("ec2", "DescribeRegions")),
    (8, reads("monitoring", "GetMetricData")),
    (6, reads("monitoring", "DescribeAlarms")),
    (6, reads("logs", "DescribeLogGroups")),
    (5, reads("logs", "GetQueryResults")),
    (5, reads("s3", "ListBuckets")),
    (4, reads("rds", "DescribeDBInstances")),
    (4, reads("lambda", "ListFunctions20150331")),
    (3, reads("health", "DescribeEventAggregates")),
    (3, reads("notifications", "ListNotificationHubs")),
];

pub(crate) const DEPLOYING: &[(u64, Api)] = &[
    (10, reads("cloudformation", "DescribeStacks")),
    (8, reads("cloudformation", "DescribeStackEvents")),
    (4, writes("cloudformation", "CreateChangeSet")),
    (4, writes("cloudformation", "ExecuteChangeSet")),
    (6, writes("lambda", "UpdateFunctionCode20150331v2")),
    (6, reads("lambda", "GetFunction20150331v2")),
    (6, reads("ecr", "GetAuthorizationToken")),
    (6, writes("ecr", "PutImage")),
    (5, writes("ecs", "UpdateService")),
    (8, reads("ecs", "DescribeServices")),
    (12, PUT_OBJECT),
    (4, GET_OBJECT),
    (3, reads("ssm", "GetParameters")),
];

pub(crate) const SERVING: &[(u64, Api)] = &[
    (30, GET_OBJECT),
    (16, PUT_OBJECT),
    (6, reads("secretsmanager", "GetSecretValue")),
    (10, reads("ssm", "GetParameters")),
    (8, writes("ssm", "UpdateInstanceInformation")),
    (6, reads("sts", "GetCallerIdentity")),
    (8, reads("kms", "Decrypt")),
];

pub(crate) const RUNNING: &[(u64, Api)] = &[
    (14, writes("logs", "CreateLogStream")),
    (10, reads("dynamodb", "DescribeTable")),
    (10, reads("kms", "Decrypt")),
    (10, GET_OBJECT),
    (8, PUT_OBJECT),
    (4, reads("secretsmanager", "GetSecretValue")),
];

pub(crate) const RECORDING: &[(u64, Api)] = &[
    (8, reads("ec2", "DescribeInstances")),
    (8, reads("ec2", "DescribeSecurityGroups")),
    (6, reads("ec2", "DescribeVolumes")),
    (6, reads("iam", "GetRole")),
    (6, reads("iam", "ListUsers")),
    (6, reads("s3", "GetBucketPolicy")),
    (6, reads("s3", "GetBucketEncryption")),
    (4, reads("rds", "DescribeDBInstances")),
    (4, reads("lambda", "ListFunctions20150331")),
    (4, reads("kms", "DescribeKey")),
];

/// What a curious intruder asks first; most of it is refused to a developer.
pub(crate) const ENUMERATING: &[Api] = &[
    reads("iam", "ListUsers"),
    reads("iam", "ListRoles"),
    reads("iam", "ListAttachedUserPolicies"),
    reads("iam", "GetAccountAuthorizationDetails"),
    reads("iam", "GetAccountSummary"),
    reads("iam", "ListAccessKeys"),
    reads("iam", "GetAccountPasswordPolicy"),
    reads("organizations", "ListAccounts"),
    reads("organizations", "DescribeOrganization"),
    reads("ec2", "DescribeSnapshots"),
    reads("ec2", "DescribeKeyPairs"),
    reads("ec2", "DescribeVpcs"),
    reads("rds", "DescribeDBInstances"),
    reads("rds", "DescribeDBSnapshots"),
    reads("secretsmanager", "ListSecrets"),
    reads("ssm", "DescribeParameters"),
    reads("kms", "ListKeys"),
    reads("dynamodb", "ListTables"),
    reads("cloudtrail", "DescribeTrails"),
    reads("guardduty", "ListDetectors"),
    reads("config", "DescribeConfigurationRecorders"),
    reads("sns", "ListTopics"),
    reads("sqs", "ListQueues"),
    reads("ses", "GetSendQuota"),
];
