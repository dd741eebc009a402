//! A cluster is opened to everybody by mistake; somebody finds it, reads its secrets, starts a pod
//! that owns its node, and makes themselves at home.

use serde_json::{Value, json};

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    cluster::{Ask, Asker, anonymous, ask, ask_path, component, known_to_aws},
    identity::{self, Session},
    ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::SHOP,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "open-cluster",
    attack: Words {
        en: "A cluster is opened to everybody by mistake; somebody without a name reads its secrets, starts a privileged pod with the node's disk, gives the default account all rights and deletes the traces",
        ko: "클러스터가 실수로 모두에게 열리고, 이름 없는 누군가가 비밀을 읽고 노드 디스크를 마운트한 특권 파드를 시작한 뒤 기본 계정에 모든 권한을 주고 흔적을 지웁니다",
    },
    twin: Words {
        en: "A cluster is upgraded every week, a log collector with folders of the nodes is rolled out, a new administrator is given rights and looks around, and a monitor without a name asks whether the cluster is well",
        ko: "클러스터가 매주 업그레이드되고, 노드의 폴더를 보는 로그 수집기가 배포되며, 새 관리자가 권한을 받아 둘러보고, 이름 없는 모니터가 클러스터의 상태를 확인합니다",
    },
    part: (13, 20),
    offset: 16 * HOUR + 10 * MINUTE,
    tell,
    live,
};

const INTRUDER: &str = "203.0.113.166";
const INTRUDER_AGENT: &str = "kubectl/v1.29.0 (linux/amd64) kubernetes/3f7a50f";
const KUBECTL: &str = "kubectl/v1.33.2 (darwin/arm64) kubernetes/a57b6f7";
const HELM: &str = "Helm/3.18.4";
const MONITOR: &str = "198.51.100.90";
const SECRETS: [&str; 6] = ["database", "payments", "mail", "session-key", "registry", "backup"];

fn named<'a>(verb: &'a str, resource: &'a str, namespace: &'a str, name: &'a str) -> Ask<'a> {
    Ask { name, ..ask(verb, resource, namespace) }
}

fn made<'a>(resource: &'a str, namespace: &'a str, name: &'a str, body: Value) -> Ask<'a> {
    Ask { body, ..named("create", resource, namespace, name) }
}

/// Somebody is given a role in the whole cluster.
fn binding(name: &str, role: &str, subject: &Value) -> Value {
    json!({
        "kind": "ClusterRoleBinding",
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": { "name": name },
        "subjects": [subject],
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role },
    })
}

fn tell(script: &mut Script<'_>, start: Moment) {
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        addresses: vec![INTRUDER.to_owned()],
        resources: vec![format!("arn:aws:eks:us-east-1:{SHOP}:cluster/harbour-shop")],
        expected: vec![
            "a cluster is opened to everybody",
            "somebody without a name explores a cluster and reads its secrets",
            "a privileged container with the node's disk",
            "the default service account becomes an administrator",
            "a cluster is taken over",
        ],
        ..StoryTruth::default()
    });
    let Some(engineer) = scenes::staff(script, "sofia", start) else { return };
    let engineer = known_to_aws(&engineer, KUBECTL);
    script.step_of("opens the cluster to everybody", &["T1098.006"]);
    let everybody = json!({ "kind": "Group", "name": "system:unauthenticated" });
    let body = binding("debug-ci", "cluster-admin", &everybody);
    script.audit(&engineer, &made("clusterrolebindings", "", "debug-ci", body), start);

    let intruder = anonymous(INTRUDER, INTRUDER_AGENT);
    let found = start.plus(3 * HOUR);
    script.step_of("finds the open cluster and looks around", &["T1613"]);
    for (number, path) in (0..).zip(["/version", "/api", "/apis", "/openapi/v2"]) {
        script.audit(&intruder, &ask_path(path), found.plus(number));
    }
    for (number, kind) in (0..).zip(["namespaces", "nodes", "pods", "clusterroles"]) {
        script.audit(&intruder, &ask("list", kind, ""), found.plus(20 + number * 9));
    }
    script.step_of("reads every secret", &["T1552.007"]);
    script.audit(&intruder, &ask("list", "secrets", ""), found.plus(2 * MINUTE));
    for (number, name) in (0..).zip(SECRETS) {
        let time = found.plus(3 * MINUTE + number * 4);
        script.audit(&intruder, &named("get", "secrets", "shop", name), time);
    }
    take_a_node(script, &intruder, found.plus(8 * MINUTE));
}

/// A pod that owns its node, a command in it, rights that stay, and traces that do not.
fn take_a_node(script: &mut Script<'_>, intruder: &Asker, start: Moment) {
    let pod = format!("metrics-agent-{}", ids::letters(&mut script.random, 5));
    let body = json!({
        "metadata": { "name": pod, "namespace": "kube-system" },
        "spec": {
            "hostPID": true,
            "containers": [{
                "name": "agent",
                "image": "docker.io/library/alpine:3.19",
                "command": ["nsenter", "--target", "1", "--mount", "--pid", "--", "sh"],
                "securityContext": { "privileged": true },
                "volumeMounts": [{ "name": "host", "mountPath": "/host" }],
            }],
            "volumes": [{ "name": "host", "hostPath": { "path": "/" } }],
        },
    });
    script.step_of("starts a privileged pod with the node's disk", &["T1610", "T1611"]);
    script.audit(intruder, &made("pods", "kube-system", &pod, body), start);
    script.step_of("runs commands in it", &["T1609"]);
    for number in 0..3 {
        let exec = named("create", "pods/exec", "kube-system", &pod);
        let exec = Ask { code: 101, ..exec };
        script.audit(intruder, &exec, start.plus(MINUTE + number * 40));
    }
    script.step_of("gives the default account all rights", &["T1098.006"]);
    let account =
        json!({ "kind": "ServiceAccount", "name": "default", "namespace": "kube-system" });
    let body = binding("system-metrics", "cluster-admin", &account);
    let bind = made("clusterrolebindings", "", "system-metrics", body);
    script.audit(intruder, &bind, start.plus(6 * MINUTE));
    script.step_of("deletes the traces", &["T1070"]);
    let delete = ask("deletecollection", "events", "kube-system");
    script.audit(intruder, &delete, start.plus(8 * MINUTE));
}

fn live(script: &mut Script<'_>, day: Day) {
    let monitor = anonymous(MONITOR, "Prometheus/3.5.0 (blackbox)");
    for mark in 0..24 * 12 {
        let path = if mark % 2 == 0 { "/readyz" } else { "/version" };
        script.audit(&monitor, &ask_path(path), day.start.plus(mark * 5 * MINUTE + 7));
    }
    match day.number % 7 {
        1 => upgrade(script, day),
        2 => collect_logs(script, day),
        3 => welcome(script, day),
        _ => {}
    }
}

/// AWS brings its own parts up to date, and every node is replaced by a newer one.
fn upgrade(script: &mut Script<'_>, day: Day) {
    let evening = day.start.plus(20 * HOUR);
    let manager = component("eks:addon-manager", "10.1.31.201", "Go-http-client/1.1");
    let version = 33 + day.number / 7;
    for (number, (name, folder)) in (0..).zip([
        ("aws-node", "/var/run/aws-node"),
        ("kube-proxy", "/run"),
        ("ebs-csi-node", "/"),
    ]) {
        let image =
            format!("602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/{name}:v1.{version}.0");
        let privileged = json!({ "privileged": true });
        let body = json!({ "spec": { "template": { "spec": {
            "containers": [{ "name": name, "image": image, "securityContext": privileged }],
            "volumes": [{ "name": "host", "hostPath": { "path": folder } }],
        } } } });
        let patch = Ask { body, ..named("patch", "daemonsets", "kube-system", name) };
        script.audit(&manager, &patch, evening.plus(number * MINUTE));
    }
    let Some(engineer) = scenes::staff(script, "jihoon", evening) else { return };
    let engineer = known_to_aws(&engineer, KUBECTL);
    for number in 0..3 {
        let start = evening.plus(10 * MINUTE + number * 6 * MINUTE);
        let node = format!("ip-10-1-3{}-1{}.ec2.internal", number + 1, number + 1);
        script.audit(&engineer, &named("patch", "nodes", "", &node), start);
        for pod in 0..8 {
            let name = format!("web-{}", ids::letters(&mut script.random, 5));
            let evict = named("create", "pods/eviction", "shop", &name);
            script.audit(&engineer, &evict, start.plus(10 + pod));
        }
        script.audit(&engineer, &named("delete", "nodes", "", &node), start.plus(4 * MINUTE));
    }
}

/// The build service installs a log collector, which sees folders of the nodes; Helm keeps what it
/// installed in secrets.
fn collect_logs(script: &mut Script<'_>, day: Day) {
    let noon = day.start.plus(11 * HOUR + 20 * MINUTE);
    let seed = script.organisation.seed;
    let created = identity::opened(seed, "deploy", noon);
    let (path, role, name) = ("/", "deploy", "GitHubActions");
    let session = Session { account: SHOP, path, role, name, created, has_mfa: false };
    let caller = scenes::elsewhere(identity::role(seed, &session), "198.51.100.11", HELM);
    let builder = known_to_aws(&caller, HELM);
    let release = format!("sh.helm.release.v1.log-collector.v{}", 1 + day.number / 7);
    let image = format!("public.ecr.aws/example/log-collector:4.{}", day.number / 7);
    let body = json!({ "spec": { "template": { "spec": {
        "containers": [{ "name": "log-collector", "image": image }],
        "volumes": [
            { "name": "logs", "hostPath": { "path": "/var/log" } },
            { "name": "containers", "hostPath": { "path": "/var/lib/docker/containers" } },
        ],
    } } } });
    let account =
        json!({ "kind": "ServiceAccount", "name": "log-collector", "namespace": "logging" });
    let rights = binding("log-collector", "view", &account);
    let asks = [
        ask("list", "secrets", "logging"),
        made("clusterrolebindings", "", "log-collector", rights),
        Ask { body, ..named("patch", "daemonsets", "logging", "log-collector") },
        named("create", "secrets", "logging", &release),
        ask("watch", "pods", "logging"),
    ];
    for (number, asked) in (0..).zip(asks) {
        script.audit(&builder, &asked, noon.plus(number * 3));
    }
}

/// A new administrator gets rights under their own name, and looks at everything.
fn welcome(script: &mut Script<'_>, day: Day) {
    let morning = day.start.plus(9 * HOUR + 5 * MINUTE);
    let (Some(old), Some(new)) =
        (scenes::staff(script, "jihoon", morning), scenes::staff(script, "sofia", morning))
    else {
        return;
    };
    let subject = json!({ "kind": "User", "name": new.arn });
    let body = binding("administrators", "cluster-admin", &subject);
    let give = Ask { body, ..named("update", "clusterrolebindings", "", "administrators") };
    script.audit(&known_to_aws(&old, KUBECTL), &give, morning);
    let new = known_to_aws(&new, KUBECTL);
    let kinds = ["namespaces", "nodes", "pods", "services", "secrets", "clusterrolebindings"];
    for (number, kind) in (0..).zip(kinds) {
        script.audit(&new, &ask("list", kind, ""), morning.plus(600 + number * 40));
    }
    let own = Ask { code: 101, ..named("create", "pods/exec", "shop", "web-7d9c6b5f4-x2x8k") };
    script.audit(&new, &own, morning.plus(HOUR));
}
