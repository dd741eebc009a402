//! The cluster's hour: nodes and controllers at work, deployments, people with `kubectl`, health
//! checks, and strangers who are turned away.

use serde_json::json;

use super::World;
use crate::{
    cluster::{self, Ask, Asker, Audit, anonymous, ask, ask_path, component, known_to_aws},
    identity::{self, Session},
    ids,
    moment::{HOUR, Moment},
    organisation::{CLUSTER_NODES, SHOP},
    people::PEOPLE,
    random::Random,
    rhythm::{self, Rhythm},
};

const CONTROL_PLANE: &str = "10.1.31.201";
const KUBELET: &str = "kubelet/v1.33.3 (linux/amd64) kubernetes/ee2d1d9";
const MANAGER: &str = "kube-controller-manager/v1.33.3 (linux/amd64) kubernetes/ee2d1d9";
const SCHEDULER: &str = "kube-scheduler/v1.33.3 (linux/amd64) kubernetes/ee2d1d9/scheduler";
const KUBECTL: &str = "kubectl/v1.33.2 (darwin/arm64) kubernetes/a57b6f7";
const CI_KUBECTL: &str = "kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0";
const APPS: &[&str] = &["web", "worker", "cart", "search"];
/// Names of what runs, as a replica set makes them.
const PODS: &[&str] = &["web-7d9c6b5f4-x2x8k", "worker-5b8f7c9d6-tq4zn", "cart-66f5d4c8b-9m2lp"];

/// Adds an hour of the cluster.
pub(super) fn run(world: World<'_>, hour: Moment, audits: &mut Vec<Audit>) {
    let mut random = Random::stream(world.seed, "cluster", hour.0);
    let parts: [(u64, Rhythm, Part); 6] = [
        (30, Rhythm::Steady, nodes),
        (24, Rhythm::Steady, controllers),
        (20, Rhythm::Steady, additions),
        (12, Rhythm::Steady, health),
        (3, Rhythm::Steady, strangers),
        (4, Rhythm::Office(1), deployment),
    ];
    for (per_hour, rhythm, part) in parts {
        for _ in 0..rhythm::times(per_hour, rhythm, hour, world.scale, &mut random) {
            let time = hour.plus(random.between(0, HOUR - 30));
            part(world, time, &mut random, audits);
        }
    }
    people(world, hour, &mut random, audits);
    if hour.hour_of_day() == 2 {
        night(hour, &mut random, audits);
    }
}

type Part = fn(World<'_>, Moment, &mut Random, &mut Vec<Audit>);

fn node(random: &mut Random) -> (String, &'static str) {
    let address = random.pick(CLUSTER_NODES);
    (format!("ip-{}.ec2.internal", address.replace('.', "-")), address)
}

/// Kubelets say that they live, report, and fetch what their pods need.
fn nodes(_: World<'_>, time: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    let (name, address) = node(random);
    let kubelet = component(&format!("system:node:{name}"), address, KUBELET);
    let app = random.pick(APPS);
    let asks = [
        (40, Ask { name: &name, ..ask("update", "leases", "kube-node-lease") }),
        (20, Ask { name: &name, ..ask("patch", "nodes/status", "") }),
        (15, Ask { name: random.pick(PODS), ..ask("patch", "pods/status", "shop") }),
        (10, Ask { name: app, ..ask("create", "serviceaccounts/token", "shop") }),
        (10, Ask { name: app, ..ask("get", "secrets", "shop") }),
        (5, Ask { name: app, ..ask("watch", "configmaps", "shop") }),
    ];
    audits.push(cluster::record(&kubelet, &one_of(&asks, random), time, random));
}

/// The control plane keeps itself and what was asked of it going.
fn controllers(_: World<'_>, time: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    let controller = |name: &str| {
        let name = format!("system:serviceaccount:kube-system:{name}");
        component(&name, CONTROL_PLANE, MANAGER)
    };
    let leader = Ask { name: "kube-scheduler", ..ask("update", "leases", "kube-system") };
    let app = random.pick(APPS);
    let (who, asked) = random_pair(
        random,
        vec![
            (component("system:kube-scheduler", CONTROL_PLANE, SCHEDULER), leader),
            (
                controller("endpointslice-controller"),
                Ask { name: app, ..ask("update", "endpointslices", "shop") },
            ),
            (
                controller("horizontal-pod-autoscaler"),
                Ask { name: app, ..ask("get", "deployments/scale", "shop") },
            ),
            (controller("generic-garbage-collector"), ask("list", "pods", "")),
            (
                component("system:apiserver", "::1", "kube-apiserver/v1.33.3"),
                ask("list", "services", ""),
            ),
        ],
    );
    audits.push(cluster::record(&who, &asked, time, random));
}

/// What was installed into the cluster looks after it.
fn additions(_: World<'_>, time: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    let pod = |name: &str, address: &str, agent: &str| {
        component(&format!("system:serviceaccount:{name}"), address, agent)
    };
    let app = random.pick(APPS);
    let (who, asked) = random_pair(
        random,
        vec![
            (
                pod("kube-system:coredns", "10.1.31.44", "coredns/v1.12"),
                ask("watch", "endpointslices", ""),
            ),
            (
                pod("kube-system:metrics-server", "10.1.31.45", "metrics-server/v0.8"),
                ask("list", "nodes", ""),
            ),
            (
                pod("kube-system:cluster-autoscaler", "10.1.31.46", "cluster-autoscaler/v1.33"),
                Ask {
                    name: "cluster-autoscaler-status",
                    ..ask("update", "configmaps", "kube-system")
                },
            ),
            (
                pod("external-secrets:external-secrets", "10.1.31.47", "external-secrets/v0.19"),
                Ask { name: app, ..ask("update", "secrets", "shop") },
            ),
            (
                pod("monitoring:prometheus", "10.1.31.48", "Prometheus/3.5.0"),
                ask("watch", "pods", ""),
            ),
        ],
    );
    audits.push(cluster::record(&who, &asked, time, random));
}

/// Load balancers and monitors ask whether the API server is well; nobody needs a name for that.
fn health(_: World<'_>, time: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    let agent = random.pick(&["ELB-HealthChecker/2.0", "kube-probe/1.33+", "Go-http-client/2.0"]);
    let address = random.pick(&["10.1.1.201", "10.1.2.201", "10.1.31.201"]);
    let path = random.pick(&["/readyz", "/livez", "/healthz", "/version"]);
    audits.push(cluster::record(&anonymous(address, agent), &ask_path(path), time, random));
}

/// The internet tries every API server, and is turned away.
fn strangers(_: World<'_>, time: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    let stranger = format!("203.0.113.{}", random.between(1, 80));
    let agent = random.pick(&["curl/8.5.0", "python-requests/2.32.3", "Mozilla/5.0 zgrab/0.x"]);
    let asked = random.pick_weighted(&[(50, "/"), (30, "/api"), (10, "pods"), (10, "secrets")]);
    let asked =
        if asked.starts_with('/') { ask_path(asked) } else { ask("list", asked, "default") };
    let refused = Ask { code: 403, ..asked };
    audits.push(cluster::record(&anonymous(&stranger, agent), &refused, time, random));
}

/// The build service rolls a new image out, and the controllers do what follows from it.
fn deployment(world: World<'_>, time: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    let created = identity::opened(world.seed, "deploy", time);
    let (path, role, name) = ("/", "deploy", "GitHubActions");
    let session = Session { account: SHOP, path, role, name, created, has_mfa: false };
    let mut caller = identity::role(world.seed, &session);
    "198.51.100.11".clone_into(&mut caller.address);
    let builder = known_to_aws(&caller, CI_KUBECTL);
    let app = random.pick(APPS);
    let image =
        format!("{SHOP}.dkr.ecr.eu-west-1.amazonaws.com/shop/{app}:{}", ids::hex(random, 8));
    let spec =
        json!({ "containers": [{ "name": app, "image": image }], "serviceAccountName": app });
    let body = json!({ "spec": { "template": { "spec": spec } } });
    let set = format!("{app}-{}", ids::hex(random, 9));
    let pod = format!("{set}-{}", ids::letters(random, 5));
    let pod_body = json!({ "metadata": { "name": pod, "namespace": "shop" }, "spec": spec });
    let of_set = component(
        "system:serviceaccount:kube-system:replicaset-controller",
        CONTROL_PLANE,
        MANAGER,
    );
    let scheduler = component("system:kube-scheduler", CONTROL_PLANE, SCHEDULER);
    let steps = [
        (0, &builder, Ask { name: app, ..ask("get", "deployments", "shop") }),
        (1, &builder, Ask { name: app, body, ..ask("patch", "deployments", "shop") }),
        (3, &of_set, Ask { name: &pod, body: pod_body, ..ask("create", "pods", "shop") }),
        (4, &scheduler, Ask { name: &pod, ..ask("create", "pods/binding", "shop") }),
        (15, &builder, Ask { name: app, ..ask("watch", "deployments", "shop") }),
    ];
    for (after, asker, asked) in steps {
        audits.push(cluster::record(asker, &asked, time.plus(after), random));
    }
}

/// People look after what they run, and now and then may not.
fn people(world: World<'_>, hour: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    for person in PEOPLE.iter().filter(|it| matches!(it.name, "sofia" | "daniel" | "jihoon")) {
        let caller = identity::person(world.seed, person, hour.last_second());
        let asker = known_to_aws(&caller, KUBECTL);
        let rhythm = Rhythm::Office(person.office.offset);
        for _ in 0..rhythm::times(6, rhythm, hour, world.scale, random) {
            let earliest = hour.max(caller.since.plus(1));
            let time = random.moment_between(earliest, hour.last_second());
            let pod = random.pick(PODS);
            let asks = [
                (40, ask("list", "pods", "shop")),
                (20, Ask { name: pod, ..ask("get", "pods/log", "shop") }),
                (12, ask("list", "deployments", "shop")),
                (10, ask("list", "events", "shop")),
                (6, Ask { name: pod, ..ask("create", "pods/exec", "shop") }),
                (6, ask("create", "selfsubjectaccessreviews", "")),
                (4, ask("list", "nodes", "")),
                (2, Ask { code: 403, ..ask("list", "secrets", "payments") }),
            ];
            audits.push(cluster::record(&asker, &one_of(&asks, random), time, random));
        }
    }
}

/// Every night a node is replaced, on which AWS's own parts start with all rights, and a report
/// is made.
fn night(hour: Moment, random: &mut Random, audits: &mut Vec<Audit>) {
    let of_nodes = "system:serviceaccount:kube-system:daemon-set-controller";
    let controller = component(of_nodes, CONTROL_PLANE, MANAGER);
    for (name, folder) in [("aws-node", "/var/run/aws-node"), ("kube-proxy", "/lib/modules")] {
        let pod = format!("{name}-{}", ids::letters(random, 5));
        let image = format!("602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/{name}:v1.33.0");
        let body = json!({
            "metadata": { "name": pod, "namespace": "kube-system" },
            "spec": {
                "containers": [
                    { "name": name, "image": image, "securityContext": { "privileged": true } },
                ],
                "volumes": [{ "name": "host", "hostPath": { "path": folder } }],
            },
        });
        let asked = Ask { name: &pod, body, ..ask("create", "pods", "kube-system") };
        let time = hour.plus(random.between(600, 900));
        audits.push(cluster::record(&controller, &asked, time, random));
    }
    let of_jobs = "system:serviceaccount:kube-system:job-controller";
    let controller = component(of_jobs, CONTROL_PLANE, MANAGER);
    let pod = format!("report-{}", ids::letters(random, 5));
    let asked = Ask { name: &pod, ..ask("create", "pods", "shop") };
    audits.push(cluster::record(&controller, &asked, hour.plus(30 * 60), random));
}

fn one_of<'a>(asks: &[(u64, Ask<'a>)], random: &mut Random) -> Ask<'a> {
    let numbers: Vec<(u64, usize)> =
        asks.iter().zip(0..).map(|((weight, _), number)| (*weight, number)).collect();
    let number = random.pick_weighted(&numbers);
    asks.get(number).map(|(_, ask)| ask.clone()).unwrap_or_default()
}

fn random_pair<'a>(random: &mut Random, mut pairs: Vec<(Asker, Ask<'a>)>) -> (Asker, Ask<'a>) {
    let bound = u64::try_from(pairs.len()).unwrap_or_default();
    let number = usize::try_from(random.below(bound)).unwrap_or_default();
    pairs.swap_remove(number)
}
