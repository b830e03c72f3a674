"""A cluster's API server, and its pods as they change."""
import base64
import http.client
import json
import ssl
import tempfile
import threading
import time
from collections import namedtuple
from datetime import datetime
from urllib.parse import urlsplit

# One incarnation of a workload's pod: another `uid` is another pod, another of `containers` the same pod begun anew.
# `evicted`: when its kubelet began to; else None.
Pod = namedtuple("Pod", "namespace workload name uid containers ready ending evicted probe lively memory")


def pod_of(item):
    """A Pod, or None of what is no part of the lab: a Job's pod comes and goes by itself."""
    meta, spec, status = item["metadata"], item["spec"], item["status"]
    workload = meta.get("labels", {}).get("app.kubernetes.io/name")
    owners = [owner["kind"] for owner in meta.get("ownerReferences", [])]
    if not workload or not owners or "Job" in owners:
        return None
    ending = "deletionTimestamp" in meta
    conditions = {each["type"]: each for each in status.get("conditions", [])}
    disrupted = conditions.get("DisruptionTarget", {})
    evicted = None
    if disrupted.get("reason") == "TerminationByKubelet":
        evicted = datetime.fromisoformat(disrupted["lastTransitionTime"].replace("Z", "+00:00")).timestamp()
    container = spec["containers"][0]
    probe = container.get("readinessProbe", {}).get("httpGet")
    if probe:
        ports = {each.get("name"): each["containerPort"] for each in container.get("ports", [])}
        probe = (ports.get(probe["port"], probe["port"]), probe["path"])
    return Pod(meta["namespace"], workload, meta["name"], meta["uid"],
               tuple(each.get("containerID", "") for each in status.get("containerStatuses", [])),
               conditions.get("Ready", {}).get("status") == "True" and not ending, ending, evicted,
               probe, "livenessProbe" in container,
               {key: container["resources"][key]["memory"] for key in ("requests", "limits")})


class Kube:
    """`config`: what `kubectl config view --raw --flatten -o json` says of the administrator. Thread-safe."""

    def __init__(self, config):
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.server = urlsplit(cluster["server"]).netloc
        self.context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as both:  # nobody but its owner may read it
            both.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
            both.flush()
            self.context.load_cert_chain(both.name)

    def open(self, method, path, body=None, kind="application/json", timeout=30):
        """The connection, and an answer whose body is yet to be read."""
        connection = http.client.HTTPSConnection(self.server, context=self.context, timeout=timeout)
        connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": kind})
        return connection, connection.getresponse()

    def ask(self, method, path, body=None, kind="application/json", timeout=30):
        """Status and body. What is refused is an answer, too."""
        connection, answer = self.open(method, path, body, kind, timeout)
        try:
            text = answer.read()
            return answer.status, json.loads(text) if text[:1] == b"{" else {}
        finally:
            connection.close()

    def get(self, path):
        status, body = self.ask("GET", path)
        if status != 200:
            raise OSError(f"the API server answers {status} to GET {path}: {body.get('message', '')}")
        return body

    def answers(self, pod):
        """Whether the pod says on its readiness port that it is ready."""
        if not pod.probe:
            return True
        port, path = pod.probe
        try:
            return self.ask("GET", f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}:{port}/proxy{path}", timeout=2)[0] == 200
        except OSError:
            return False


class Pods(threading.Thread):
    """Every pod of these namespaces, followed by a watch: a change is known some milliseconds after the API server has it."""

    def __init__(self, kube, namespaces):
        super().__init__(daemon=True)
        self.kube = kube
        self.namespaces = namespaces
        self.changed = threading.Condition()
        self.pods = {}  # by uid
        self.since = {}  # by incarnation: when it was ready first
        self.evicted = []  # pods; an owner may have removed its at once
        self.first = self.list()
        self.start()

    def list(self):
        body = self.kube.get("/api/v1/pods")
        found = [pod_of(item) for item in body["items"]]
        with self.changed:
            self.pods = {}
            for pod in found:
                self.note(pod)
            self.changed.notify_all()
        return body["metadata"]["resourceVersion"]

    def run(self):
        version = self.first
        while True:
            try:
                self.follow(version)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.1)
            try:
                version = self.list()
            except OSError:
                continue

    def follow(self, version):
        connection, answer = self.kube.open("GET", f"/api/v1/pods?watch=1&resourceVersion={version}", timeout=600)
        try:
            for line in answer:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                self.take(event["type"], pod_of(event["object"]))
        finally:
            connection.close()

    def take(self, what, pod):
        with self.changed:
            self.note(pod)
            if what == "DELETED" and pod:
                self.pods.pop(pod.uid, None)
            self.changed.notify_all()

    def note(self, pod):
        if not pod or pod.namespace not in self.namespaces:
            return
        old = self.pods.get(pod.uid)
        self.pods[pod.uid] = pod
        if pod.ready:
            self.since.setdefault((pod.uid, pod.containers), time.time())
        if pod.evicted and not (old and old.evicted):
            self.evicted.append(pod)

    def ready(self, workload):
        """The workload's pod that is ready, or None."""
        with self.changed:
            return next((pod for pod in self.pods.values() if pod.workload == workload and pod.ready), None)

    def all_ready(self):
        with self.changed:
            return sorted(pod for pod in self.pods.values() if pod.ready)

    def wait(self, limit, condition):
        """What `condition` gives once that is something; or the nothing that it gave at last."""
        deadline = time.monotonic() + limit
        with self.changed:
            while not (found := condition()):
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self.changed.wait(left)
            return found

    def back(self, old):
        """When another incarnation of the workload's pod was ready; None while there is none."""
        pod = self.ready(old.workload)
        return self.since[pod.uid, pod.containers] if pod and (pod.uid, pod.containers) != (old.uid, old.containers) else None
