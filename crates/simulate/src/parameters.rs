//! What goes into a call and what comes back, in each service's own words.

use serde_json::{Value, json};

use crate::{
    acts::bucket_policy,
    calls::{Api, Effect},
    cloudtrail::{self, Call},
    ids,
    organisation::{self, ARTIFACTS, ASSETS, CUSTOMER_DATA, EXPORTS, PLATFORM, SANDBOX, SHOP},
    random::Random,
};

/// The account and region that a call speaks about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub(crate) seed: u64,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
}

impl Site {
    /// The name of a resource in this account and region.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }

    /// A resource id that stays the same for a name.
    pub(crate) fn id(&self, kind: &str, name: &str) -> String {
        ids::resource(self.seed, kind, &format!("{}/{}/{name}", self.account, self.region))
    }
}

const FUNCTIONS: &[&str] = &["checkout-worker", "invoice-mailer", "image-resizer", "stock-sync"];
const TABLES: &[&str] = &["orders", "carts", "sessions", "inventory"];
const ROLES: &[&str] = &["shop-web", "shop-worker", "deploy", "config-recorder", "backup"];
const SECRETS: &[&str] = &["shop/database", "shop/payment-provider", "shop/mail"];
const NUMBERS: &[&str] = &["1", "2", "3", "4", "5", "6"];

/// Fills in a call as everyday work makes it.
pub(crate) fn everyday(api: Api, site: Site, random: &mut Random) -> Call {
    if matches!(api.effect, Effect::ReadsObject | Effect::WritesObject) {
        return everyday_object(api, site, random);
    }
    let (request, response) = match api.service {
        "ec2" => compute(api, site, random),
        "iam" | "sts" => identities(api, site, random),
        "s3" => (storage(api, site, random), Value::Null),
        "lambda" | "logs" | "ecs" | "ecr" | "cloudformation" => deployment(api, site, random),
        _ => data(api, site, random),
    };
    Call { api, request, response, resources: keys_used(api, site), ..Call::default() }
}

/// A call on one object of a bucket.
pub(crate) fn object(api: Api, bucket: &str, key: &str, bytes: i64, random: &mut Random) -> Call {
    let (bytes_in, bytes_out) =
        if api.effect == Effect::ReadsObject { (0, bytes) } else { (bytes, 0) };
    Call {
        api,
        request: json!({
            "bucketName": bucket,
            "Host": format!("{bucket}.s3.amazonaws.com"),
            "key": key,
        }),
        resources: cloudtrail::object_resources(bucket, key),
        region: Some(organisation::home_of(bucket)),
        extra: cloudtrail::transfer(bytes_in, bytes_out, random),
        ..Call::default()
    }
}

/// A key of the customers' data, of which there are so many.
pub(crate) fn customer_key(number: i64) -> String {
    format!("customers/region={:02}/part-{number:05}.parquet", number % 12)
}

fn everyday_object(api: Api, site: Site, random: &mut Random) -> Call {
    let bucket = bucket_of(site.account, random);
    let number = random.between(1, 4000);
    let key = match bucket {
        CUSTOMER_DATA => customer_key(number),
        ASSETS => format!("static/img/product-{number}.webp"),
        EXPORTS => format!("reports/partner-{}/{number}.csv", number % 7),
        _ => format!("builds/{number}/bundle.zip"),
    };
    let bytes = random.between(900, 400_000);
    object(api, bucket, &key, bytes, random)
}

fn storage(api: Api, site: Site, random: &mut Random) -> Value {
    let bucket = bucket_of(site.account, random);
    match api.name {
        "ListBuckets" => Value::Null,
        "PutBucketPolicy" => {
            bucket_policy(bucket, &format!("arn:aws:iam::{PLATFORM}:role/partner-export"))
        }
        _ => json!({ "bucketName": bucket, "Host": format!("{bucket}.s3.amazonaws.com") }),
    }
}

fn bucket_of(account: &str, random: &mut Random) -> &'static str {
    match account {
        SHOP => random.pick(&[CUSTOMER_DATA, ASSETS, ASSETS, EXPORTS]),
        SANDBOX => ARTIFACTS,
        _ => random.pick(&[ARTIFACTS, ASSETS]),
    }
}

fn compute(api: Api, site: Site, random: &mut Random) -> (Value, Value) {
    let instance = site.id("i", random.pick(NUMBERS));
    let instances = json!({ "items": [{ "instanceId": instance }] });
    match api.name {
        "RunInstances" => (
            json!({
                "instancesSet": { "items": [{ "imageId": site.id("ami", "base"), "minCount": 1, "maxCount": 1 }] },
                "instanceType": random.pick(&["t3.medium", "t3.large", "m7g.large"]),
                "subnetId": site.id("subnet", "app"),
            }),
            json!({ "reservationId": site.id("r", "run"), "ownerId": site.account, "instancesSet": instances }),
        ),
        "TerminateInstances" => {
            (json!({ "instancesSet": instances }), json!({ "instancesSet": instances }))
        }
        "CreateTags" => (
            json!({
                "resourcesSet": { "items": [{ "resourceId": instance }] },
                "tagSet": { "items": [{ "key": "team", "value": "shop" }] },
            }),
            json!({ "_return": true }),
        ),
        "AuthorizeSecurityGroupIngress" => (
            json!({
                "groupId": site.id("sg", "app"),
                "ipPermissions": { "items": [{
                    "ipProtocol": "tcp", "fromPort": 8080, "toPort": 8080,
                    "ipRanges": { "items": [{ "cidrIp": "10.1.0.0/16" }] },
                }] },
            }),
            json!({ "_return": true }),
        ),
        "DescribeInstances" | "DescribeInstanceStatus" if random.percent(50) => {
            (json!({ "instancesSet": instances, "filterSet": {} }), Value::Null)
        }
        _ => (json!({ "filterSet": {}, "maxResults": 100 }), Value::Null),
    }
}

fn identities(api: Api, site: Site, random: &mut Random) -> (Value, Value) {
    let role = random.pick(ROLES);
    match api.name {
        "GetRole" | "ListRolePolicies" => (json!({ "roleName": role }), Value::Null),
        "PutRolePolicy" => (
            json!({
                "roleName": role,
                "policyName": "read-assets",
                "policyDocument": format!(
                    r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{ASSETS}/*"}}]}}"#
                ),
            }),
            Value::Null,
        ),
        "CreateRole" => {
            let name = format!("shop-task-{}", random.between(100, 999));
            let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
            let arn = format!("arn:aws:iam::{}:role/{name}", site.account);
            (
                json!({ "roleName": name, "assumeRolePolicyDocument": trust }),
                json!({ "role": { "roleName": name, "arn": arn, "path": "/" } }),
            )
        }
        "ListAccessKeys" => (json!({ "userName": random.pick(&["daniel", "priya"]) }), Value::Null),
        _ => (Value::Null, Value::Null),
    }
}

fn deployment(api: Api, site: Site, random: &mut Random) -> (Value, Value) {
    let function = random.pick(FUNCTIONS);
    let function_arn = site.arn("lambda", &format!("function:{function}"));
    match api.name {
        "UpdateFunctionCode20150331v2" => (
            json!({ "functionName": function, "dryRun": false, "publish": false, "s3Bucket": ARTIFACTS }),
            json!({ "functionName": function, "functionArn": function_arn, "runtime": "python3.13" }),
        ),
        "UpdateFunctionConfiguration20150331v2" => (
            json!({ "functionName": function, "timeout": 30, "memorySize": 256 }),
            json!({ "functionName": function, "functionArn": function_arn }),
        ),
        "GetFunction20150331v2" => (json!({ "functionName": function_arn }), Value::Null),
        "CreateLogStream" => (
            json!({
                "logGroupName": format!("/aws/lambda/{function}"),
                "logStreamName": format!("[$LATEST]{}", ids::hex(random, 32)),
            }),
            Value::Null,
        ),
        "FilterLogEvents" => (
            json!({ "logGroupName": format!("/aws/lambda/{function}"), "filterPattern": "ERROR" }),
            Value::Null,
        ),
        "DescribeStacks" | "DescribeStackEvents" | "ExecuteChangeSet" | "CreateChangeSet" => (
            json!({ "stackName": format!("shop-{}", random.pick(&["web", "worker", "data"])) }),
            Value::Null,
        ),
        "UpdateService" | "DescribeServices" => {
            (json!({ "cluster": "shop", "service": random.pick(&["web", "worker"]) }), Value::Null)
        }
        "PutImage" => (
            json!({ "repositoryName": "shop/web", "imageTag": ids::hex(random, 8), "registryId": site.account }),
            Value::Null,
        ),
        _ => (Value::Null, Value::Null),
    }
}

fn data(api: Api, site: Site, random: &mut Random) -> (Value, Value) {
    match api.name {
        "GetSecretValue" => (json!({ "secretId": random.pick(SECRETS) }), Value::Null),
        "GetParameters" => (
            json!({ "names": [format!("/shop/{}", random.pick(TABLES))], "withDecryption": false }),
            Value::Null,
        ),
        "DescribeTable" => (json!({ "tableName": random.pick(TABLES) }), Value::Null),
        "GetTable" | "GetPartitions" => {
            (json!({ "databaseName": "lake", "tableName": random.pick(TABLES) }), Value::Null)
        }
        "StartQueryExecution" => (
            json!({ "queryString": "HIDDEN_DUE_TO_SECURITY_REASONS", "workGroup": "primary" }),
            json!({ "queryExecutionId": ids::uuid(random) }),
        ),
        "GetQueryExecution" => (json!({ "queryExecutionId": ids::uuid(random) }), Value::Null),
        "Decrypt" => (
            json!({
                "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
                "encryptionContext": { "aws:s3:arn": format!("arn:aws:s3:::{}", bucket_of(site.account, random)) },
            }),
            Value::Null,
        ),
        "StartSession" => (
            json!({ "target": site.id("i", random.pick(NUMBERS)) }),
            json!({ "sessionId": ids::hex(random, 17), "tokenValue": "Value hidden due to security reasons." }),
        ),
        "UpdateInstanceInformation" => (
            json!({
                "instanceId": site.id("i", random.pick(NUMBERS)),
                "agentVersion": "3.3.2746.0",
                "agentStatus": "Active",
                "platformType": "Linux",
                "platformName": "Amazon Linux",
                "platformVersion": "2023",
            }),
            Value::Null,
        ),
        "LookupEvents" => (json!({ "maxResults": 50 }), Value::Null),
        "GetCostAndUsage" => {
            (json!({ "granularity": "DAILY", "metrics": ["UnblendedCost"] }), Value::Null)
        }
        _ => (Value::Null, Value::Null),
    }
}

fn keys_used(api: Api, site: Site) -> Vec<Value> {
    if api.service != "kms" {
        return Vec::new();
    }
    let mut random = Random::stream(site.seed, &format!("kms/{}", site.account), 0);
    let arn = site.arn("kms", &format!("key/{}", ids::uuid(&mut random)));
    vec![json!({ "accountId": site.account, "type": "AWS::KMS::Key", "ARN": arn })]
}
