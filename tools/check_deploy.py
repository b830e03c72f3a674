#!/usr/bin/python3
"""What every rendered overlay of deploy/ must hold. Reads FILE...: `kubectl kustomize` of one overlay each.

--memory PART=MIB,... is what ./lab stack allows; --missed NAME|... are the containers of which an alert says that they are
gone; --versions COMPOSE.YAML are the images that k3s must have. With --break each rule is broken once in a copy, and has to
be found.
"""
import argparse
import copy
import re
import sys

import yaml

WORKLOADS = ("StatefulSet", "Deployment", "DaemonSet", "CronJob")
MAY_HAVE_TOKEN = {("pim-node-agent", "node-agent"), ("pim-node-agent", "events")}
MAY_BE_ROOT = {("pim-node-agent", "node-agent")}
NEEDS_NO_BUDGET = {"grafana", "events"}  # nothing is lost while they are away
NEEDS_NO_PROBE = {"events", "load"}  # they end when they cannot go on
SECRETS = {"keys", "grafana", "agent-tls", "gateway-tls", "spine-tls"}  # made at `up`
DEFAULTS_ARE_RIGHT = re.compile(r"_PORT$|^GRAFANA_URL$|^MIMIR_PUBLIC_HOST$")
NOT_OF_A_CONFIGURATION = {"GOMEMLIMIT"}
IMAGES = re.compile(
    r"(lab\.local/(pim|collector|loki|tempo|mimir|pyroscope|kubectl|gateway)|grafana/(loki|tempo|mimir|pyroscope|grafana)"
    r"|otel/opentelemetry-collector-contrib|registry\.k8s\.io/kubectl|nginxinc/nginx-unprivileged):(local|v?\d+\.\d+\.\d+)"
)


def pod_of(workload):
    spec = workload["spec"]
    if workload["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"]["spec"], spec["template"]["metadata"]["labels"]


def merged(under, over):
    """As the Collector lays one configuration over another."""
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    return {key: merged(under[key], over[key]) if key in under and key in over else under.get(key, over.get(key))
            for key in under.keys() | over.keys()}


class Overlay:
    def __init__(self, documents, memory, missed):
        self.documents = documents
        self.memory = memory
        self.missed = missed
        self.problems = []

    def of_kind(self, *kinds):
        return [each for each in self.documents if each["kind"] in kinds]

    def named(self, kind, namespace, name):
        for each in self.of_kind(kind):
            if each["metadata"]["name"] == name and each["metadata"].get("namespace") == namespace:
                return each
        return None

    def data_of(self, namespace, config_map):
        found = self.named("ConfigMap", namespace, config_map)
        return found["data"] if found else {}

    def check(self):
        workloads = self.of_kind(*WORKLOADS)
        if not workloads:
            self.problems.append("there is nothing to run")
        for workload in workloads:
            self.check_workload(workload)
        for namespace in self.of_kind("Namespace"):
            self.check_namespace(namespace)
        for service in self.of_kind("Service"):
            if service["metadata"]["name"] != "gateway" and service["spec"].get("type", "ClusterIP") != "ClusterIP":
                self.problems.append(f"{service['metadata']['name']} is shown outside; only the gateway may be")
        return self.problems

    def check_namespace(self, namespace):
        name, labels = namespace["metadata"]["name"], namespace["metadata"]["labels"]
        wanted = "privileged" if name == "pim-node-agent" else "restricted"
        if labels.get("pod-security.kubernetes.io/enforce") != wanted:
            self.problems.append(f"namespace {name} does not enforce '{wanted}'")
        if wanted == "restricted" and not any(
                each["metadata"]["namespace"] == name and each["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
                for each in self.of_kind("NetworkPolicy")):
            self.problems.append(f"namespace {name} does not deny by default")

    def check_workload(self, workload):
        namespace, name = workload["metadata"]["namespace"], workload["metadata"]["name"]
        pod, labels = pod_of(workload)

        def wants(held, what):
            if not held:
                self.problems.append(f"{namespace}/{workload['kind']}/{name}: {what}")

        security = pod.get("securityContext", {})
        known = (namespace, name)
        wants(pod.get("automountServiceAccountToken") is (known in MAY_HAVE_TOKEN), "its token is not as it should be")
        wants(known in MAY_BE_ROOT or (security.get("runAsNonRoot") is True and security.get("runAsUser", 0) > 0), "may be root")
        wants(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", "has no seccomp profile")
        wants(not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), "shares the host's namespaces")
        account = pod.get("serviceAccountName")
        wants(account and self.named("ServiceAccount", namespace, account), f"its service account {account} is not there")
        wants(len(pod["containers"]) == 1 and not pod.get("initContainers"), "has not one container")
        container = pod["containers"][0]
        wants(workload["kind"] == "CronJob" or container["name"] in self.missed,
              f"pim:container_start:seconds (observability/mimir/rules/kubernetes.yaml) does not name its container {container['name']}")
        self.check_container(name, container, wants)
        self.check_volumes(known, workload, pod, container, wants)
        self.check_environment(namespace, pod, container, wants)
        if workload["kind"] == "StatefulSet":
            kept = workload["spec"].get("persistentVolumeClaimRetentionPolicy", {})
            wants(set(kept.values()) == {"Retain"} and len(kept) == 2, "does not retain its claims")
        if workload["kind"] in ("StatefulSet", "Deployment") and name not in NEEDS_NO_BUDGET:
            wants(any(each["spec"]["selector"]["matchLabels"].items() <= labels.items() for each in self.of_kind("PodDisruptionBudget")
                      if each["metadata"]["namespace"] == namespace), "has no PodDisruptionBudget")
        wants(any(self.denies(policy, labels) for policy in self.of_kind("NetworkPolicy")
                  if policy["metadata"]["namespace"] == namespace), "no policy denies by default what it is not allowed")
        if name == "spine":
            settings = self.data_of(namespace, container["envFrom"][0]["configMapRef"]["name"])
            pre_stop = container["lifecycle"]["preStop"]["sleep"]["seconds"]
            wants(pod["terminationGracePeriodSeconds"] >= pre_stop + int(settings.get("PIM_DRAIN_MS", 60_000)) / 1000 + 10,
                  "its grace period has no room for preStop, drain and what follows")
            wants([container.get(probe, {}).get("httpGet", {}).get("path") for probe in ("startupProbe", "readinessProbe", "livenessProbe")]
                  == ["/startupz", "/readyz", "/livez"], "its probes ask something else")

    @staticmethod
    def denies(policy, labels):
        spec = policy["spec"]
        selected = spec["podSelector"].get("matchLabels", {})
        return (set(spec["policyTypes"]) == {"Ingress", "Egress"} and selected.items() <= labels.items()
                and "matchExpressions" not in spec["podSelector"])

    def check_container(self, name, container, wants):
        security = container.get("securityContext", {})
        wants(security.get("readOnlyRootFilesystem") is True, "may write to its root")
        wants(security.get("allowPrivilegeEscalation") is False, "may gain privileges")
        wants(security.get("capabilities", {}).get("drop") == ["ALL"], "keeps capabilities")
        for kind in ("requests", "limits"):
            wants(set(container.get("resources", {}).get(kind, {})) == {"cpu", "memory"}, f"has no {kind} of cpu and memory")
        ports = {each["name"] for each in container.get("ports", [])}
        if name not in NEEDS_NO_PROBE:
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                wants(container.get(probe, {}).get("httpGet", {}).get("port") in ports, f"has no {probe} on a port of its own")
        wants(IMAGES.fullmatch(container["image"]), f"its image {container['image']} is not one of the lab's, by version")
        if name in self.memory:
            limit = self.memory[name]
            wants(container["resources"]["limits"].get("memory") == f"{limit}Mi", f"may not have {limit} MiB, as ./lab stack gives")
            wants({"name": "GOMEMLIMIT", "value": f"{limit * 85 // 100}MiB"} in container["env"], "GOMEMLIMIT is not 85 % of its limit")

    def check_volumes(self, known, workload, pod, container, wants):
        namespace = known[0]
        claims = {each["metadata"]["name"] for each in workload["spec"].get("volumeClaimTemplates", [])}
        volumes = {each["name"]: each for each in pod.get("volumes", [])}
        mounts = container.get("volumeMounts", [])
        wants({each["name"] for each in mounts} == claims | volumes.keys(), "mounts not what its volumes are")
        for volume in volumes.values():
            if "hostPath" in volume:
                wants(known in MAY_BE_ROOT and all(each.get("readOnly") for each in mounts if each["name"] == volume["name"]),
                      "has a folder of the host")
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            wants(not claim or self.named("PersistentVolumeClaim", namespace, claim), f"the claim {claim} is not there")
            secret = volume.get("secret", {}).get("secretName")
            wants(not secret or secret in SECRETS, f"nobody makes the secret {secret}")
            for config in config_maps(volume):
                wants(self.named("ConfigMap", namespace, config), f"the ConfigMap {config} is not there")
        for source in container.get("envFrom", []):
            config = source["configMapRef"]["name"]
            wants(self.named("ConfigMap", namespace, config), f"the ConfigMap {config} is not there")

    # That each variable of the configuration files is set, and that each that is set is one of theirs.
    def check_environment(self, namespace, pod, container, wants):
        files = re.findall(r"-config(?:\.file)?=(\S+)", " ".join(container.get("args", [])))
        if not files:
            return
        whole = {}
        for file in files:
            folder, _, key = file.rpartition("/")
            volume = next(each["name"] for each in container["volumeMounts"] if each["mountPath"] == folder)
            maps = [self.data_of(namespace, name)
                    for each in pod["volumes"] if each["name"] == volume for name in config_maps(each)]
            text = next((each[key] for each in maps if key in each), None)
            wants(text, f"no ConfigMap has {file}")
            whole = merged(whole, yaml.safe_load(text or "{}"))
        used = set(re.findall(r"\$\{(?:env:)?([A-Z_]+)", yaml.safe_dump(whole)))
        named = {each["name"] for each in container.get("env", [])}
        given = set(named)
        for source in container.get("envFrom", []):
            given |= self.data_of(namespace, source["configMapRef"]["name"]).keys()
        for name in sorted(used - given):
            wants(DEFAULTS_ARE_RIGHT.search(name), f"{name}, which its configuration reads, is not set")
        for name in sorted(named - used - NOT_OF_A_CONFIGURATION):
            wants(False, f"{name} is set, and its configuration does not read it")


def config_maps(volume):
    sources = [volume] + volume.get("projected", {}).get("sources", [])
    return [each["configMap"]["name"] for each in sources if "configMap" in each]


def wrong_versions(documents, compose):
    """Images of others that are not what compose names."""
    wanted = dict(each["image"].rsplit(":", 1) for each in compose["services"].values())
    for workload in documents:
        if workload["kind"] in WORKLOADS:
            name, version = pod_of(workload)[0]["containers"][0]["image"].rsplit(":", 1)
            if wanted.get(name, version) != version:
                yield f"{name}:{version} is {name}:{wanted[name]} in compose"


def breaks():
    """Each breaks one rule in a workload, by name."""
    def pod(change):
        return lambda workload: change(pod_of(workload)[0])

    def container(change):
        return lambda workload: change(pod_of(workload)[0]["containers"][0])

    yield "root", pod(lambda it: it["securityContext"].update(runAsNonRoot=False))
    yield "token", pod(lambda it: it.update(automountServiceAccountToken=True))
    yield "seccomp", pod(lambda it: it["securityContext"].pop("seccompProfile"))
    yield "host network", pod(lambda it: it.update(hostNetwork=True))
    yield "account", pod(lambda it: it.update(serviceAccountName="nobody"))
    yield "host path", pod(lambda it: it["volumes"][0].update(hostPath={"path": "/"}))
    yield "volume", pod(lambda it: it["volumes"].append({"name": "more", "emptyDir": {}}))
    yield "configuration", pod(lambda it: it["volumes"].append({"name": "config", "configMap": {"name": "none"}}))
    yield "labels", lambda workload: workload["metadata"].update(namespace="elsewhere")
    yield "writable root", container(lambda it: it["securityContext"].pop("readOnlyRootFilesystem"))
    yield "privileges", container(lambda it: it["securityContext"].pop("allowPrivilegeEscalation"))
    yield "capabilities", container(lambda it: it["securityContext"].pop("capabilities"))
    yield "requests", container(lambda it: it["resources"].pop("requests"))
    yield "limits", container(lambda it: it["resources"]["limits"].pop("memory"))
    yield "probe", container(lambda it: it.pop("livenessProbe"))
    yield "latest", container(lambda it: it.update(image="grafana/loki:latest"))
    yield "unknown image", container(lambda it: it.update(image="example.org/loki:1.2.3"))
    yield "not missed", container(lambda it: it.update(name="other"))
    yield "second container", pod(lambda it: it["containers"].append(it["containers"][0]))


def one_by_one(documents, *known):
    """What was broken and not found."""
    victims = {"spine": [], "agent": [], "loki": []}
    victims["spine"] += [
        ("probe", lambda it: pod_of(it)[0]["containers"][0]["livenessProbe"]["httpGet"].update(path="/readyz")),
        ("grace", lambda it: pod_of(it)[0].update(terminationGracePeriodSeconds=10)),
        ("retention", lambda it: it["spec"].pop("persistentVolumeClaimRetentionPolicy")),
    ]
    for name in ("agent", "loki"):
        victims[name] += [
            ("variable missing", lambda it: pod_of(it)[0]["containers"][0]["env"].pop(1)),
            ("variable unknown", lambda it: pod_of(it)[0]["containers"][0]["env"].append({"name": "LOKI_BNID", "value": "x"})),
        ]
    for at, document in enumerate(documents):
        name = document["metadata"]["name"]
        if document["kind"] == "StatefulSet" and name in victims:
            for what, change in [*breaks(), *victims[name]]:
                broken = copy.deepcopy(documents)
                change(broken[at])
                if not Overlay(broken, *known).check():
                    yield f"{name}: {what}"
        elif document["kind"] == "Service" and name != "gateway":
            broken = copy.deepcopy(documents)
            broken[at]["spec"]["type"] = "NodePort"
            if not Overlay(broken, *known).check():
                yield f"{name}: shown outside"
        elif (document["kind"] in ("PodDisruptionBudget", "ConfigMap", "PersistentVolumeClaim")
              or (document["kind"], name) == ("NetworkPolicy", "default-deny")):
            if not Overlay(documents[:at] + documents[at + 1:], *known).check():
                yield f"without {document['kind']} {name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--memory", default="")
    parser.add_argument("--missed", default="")
    parser.add_argument("--versions")
    parser.add_argument("--break", dest="breaking", action="store_true")
    options = parser.parse_args()
    memory = {name: int(limit) for name, limit in (each.split("=") for each in options.memory.split(",") if each)}
    known = memory, options.missed.split("|")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    failed = False
    for file in options.files:
        with open(file, encoding="utf-8") as text:
            documents = [each for each in yaml.load_all(text, loader) if each]
        problems = Overlay(documents, *known).check()
        if options.versions:
            with open(options.versions, encoding="utf-8") as text:
                problems += wrong_versions(documents, yaml.load(text, loader))
        if options.breaking:
            problems += [f"broken, and not found: {each}" for each in one_by_one(documents, *known)]
        for problem in problems:
            failed = True
            print(f"{file}: {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
