#!/usr/bin/python3 -B
"""Kills the pods of a cluster, one way after another, and keeps when each was back.

  matrix.py --dir DIR --api FILE --group DIR --kills N --seed S --out DIR [--namespace NAME] [--services FILE]

DIR is the node's; FILE what `kubectl config view --raw --flatten -o json` says; `--group` its cgroups in which memory is
counted; `--services` a JSON object with the URLs of agent, loki, tempo and mimir, where telemetry is to be looked after.
OUT gets kills.jsonl and matrix.json (docs/kubernetes.md). Exit codes: 0 all were back, 1 one was not, 3 it could not be done.
"""
import argparse
import json
import random
import signal
import sys
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

import plan as plans
from kinds import PAUSES, Killer
from kube import Kube, Pods
from markers import Markers

NAMESPACES = ("pim", "pim-node-agent", "pim-observability")
BACK = 300  # s, in which whatever was killed has to be back
SETTLE = (3.0, 4.0)  # s between two kills of the spine: a client's attempt takes 2 s at most
NODE_SETTLE = 15.0  # s after one of the whole node, of many kills: a new kubelet looks at every pod and volume first
MARKED = 60  # s, for a marker to be stored or found


class Matrix:
    def __init__(self, arguments, markers):
        self.kube = Kube(json.loads(Path(arguments.api).read_text()))
        self.namespaces = [arguments.namespace] if arguments.namespace else NAMESPACES
        self.pods = Pods(self.kube, self.namespaces)
        self.killer = Killer(self.kube, self.pods, arguments.dir, arguments.group)
        self.markers = markers
        self.total = arguments.kills
        self.lock = threading.Lock()
        self.single = threading.Lock()  # held while the spine is deleted, and while one is away that its end would wait for
        self.outlet_back = 0.0
        self.records = []
        self.done = 0
        self.failure = None
        self.out = open(Path(arguments.out) / "kills.jsonl", "w", encoding="utf-8")

    def record(self, kind, pod, at, back, **more):
        """`back`: when it was back, or None."""
        with self.lock:
            number = self.done + 1
            entry = {"number": number, "kind": kind, "pod": pod.workload if pod else "node", "at": at,
                     "recovery": round(back - at, 3) if back else None, **more}
            self.records.append(entry)
            self.out.write(json.dumps(entry) + "\n")
            self.out.flush()
        what = f"{kind} of {entry['pod']}"
        print(f"{number:4}/{self.total}  {what:32} " + (f"{back - at:6.2f} s" if back else "not back"), file=sys.stderr, flush=True)

    def counted(self):
        with self.lock:
            self.done += 1

    def one(self, kind, workload, dice):
        """One pod, until it is back. Of many kills a delete of the spine is a fault by itself: its time is judged."""
        deleted = workload == plans.SPINE and kind == "delete"
        if self.total < plans.LONG or not (deleted or workload in plans.OUTLETS):
            self.until_back(kind, workload, dice)
        else:
            with self.single:
                if deleted:
                    time.sleep(max(0.0, self.outlet_back + plans.TIME_OUT - time.time()))
                self.until_back(kind, workload, dice)
                if not deleted:
                    self.outlet_back = time.time()
        time.sleep(dice.uniform(*SETTLE) if workload == plans.SPINE else 0)

    def until_back(self, kind, workload, dice):
        old = self.pods.wait(BACK, lambda: self.pods.ready(workload))
        if not old:
            raise OSError(f"there is no ready pod of {workload} to kill")
        marker = self.mark(workload)
        if kind == "pause":
            at = self.killer.pause(old, dice.uniform(*PAUSES))
            back = self.answered(old)
        else:
            act = {"delete": self.killer.delete, "force delete": self.killer.force_delete, "SIGKILL": self.killer.sigkill,
                   "hang": self.killer.hang}[kind]
            at = act(old)
            back = self.back(old)
        self.record(kind, old, at, back, **marker)
        self.counted()
        if not back:
            raise OSError(f"{workload} is not back {BACK} s after {kind}")

    def back(self, old):
        back = self.pods.wait(BACK, lambda: self.pods.back(old))
        self.killer.stopped.pop(old.uid, None)
        return back

    def answered(self, pod):
        """After a pause: the same pod says itself that it is ready, and is so for the cluster, too."""
        deadline = time.monotonic() + BACK
        while not self.kube.answers(pod):
            if time.monotonic() > deadline:
                return None
            time.sleep(0.05)
        found = self.pods.wait(deadline - time.monotonic(), lambda: self.pods.ready(pod.workload))
        return time.time() if found else None

    def mark(self, workload):
        """A marker that the kill of this workload must not lose."""
        if not self.markers or workload in (plans.SPINE, "events", "node-agent"):
            return {}
        name = self.markers.put(time.time() + MARKED)
        if not name:
            raise OSError(f"the agent took no telemetry for {MARKED} s")
        if not self.markers.stored(name, workload, MARKED):
            raise OSError(f"{workload} did not have marker {name} after {MARKED} s, before it was killed")
        return {"marker": name}

    def whole_node(self, kind):
        if kind == "eviction":
            return self.eviction()
        before = self.everyone()
        if kind == "all at once":
            at = time.time()
            for pod in before:
                self.killer.delete(pod)
            for pod in before:
                self.record(kind, pod, at, self.back(pod))
            self.outlet_back = time.time()
        else:
            part, at = kind.split()[0], time.time()
            self.killer.node("restart", part)
            if part == "kubelet":
                self.renewed(datetime.fromtimestamp(at, timezone.utc).isoformat())
            after = {(pod.uid, pod.containers) for pod in self.everyone()}
            self.record(kind, None, at, time.time(), replaced=sum((pod.uid, pod.containers) not in after for pod in before))
        self.counted()

    def eviction(self):
        """Of the spine, if the kubelet chooses it, as it should."""
        victim = next((pod for pod in self.everyone() if pod.workload == plans.SPINE), None) or self.everyone()[0]
        for pod in self.killer.evict(victim, BACK):
            self.record("eviction", pod, pod.evicted, self.back(pod))
            self.killer.remove(pod)  # what a Deployment leaves of it
        self.counted()

    def everyone(self):
        """All pods, once each workload has one that is ready."""
        found = self.pods.wait(BACK, lambda: len({pod.workload for pod in self.pods.all_ready()}) == len(self.workloads) and self.pods.all_ready())
        if not found:
            raise OSError(f"after {BACK} s there is no ready pod of " +
                          ", ".join(sorted(self.workloads - {pod.workload for pod in self.pods.all_ready()})))
        return found

    def renewed(self, after):
        """Until the kubelet has reported since."""
        deadline = time.monotonic() + BACK
        lease = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/lab"
        while self.kube.get(lease)["spec"]["renewTime"] <= after:
            if time.monotonic() > deadline:
                raise OSError(f"the kubelet has not reported for {BACK} s")
            time.sleep(0.05)

    def lane(self, kills, dice):
        try:
            for kind, workload in kills:
                if self.failure:
                    return
                self.one(kind, workload, dice)
        except Exception as problem:  # of a thread: told by the main one
            self.failure = self.failure or problem

    def run(self, seed, whole_node):
        self.workloads = {pod.workload for pod in self.pods.all_ready()}
        lively = {pod.workload for pod in self.pods.all_ready() if pod.lively}
        kinds = plans.ONE_POD if whole_node else ("delete",)
        rounds = plans.plan(self.total, seed, self.workloads, lively, whole_node, kinds)
        for index, (lanes, of_node) in enumerate(rounds):
            threads = [threading.Thread(target=self.lane, args=(kills, random.Random(f"{seed} {index} {number}")), daemon=True)
                       for number, kills in enumerate(lanes)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if self.failure:
                raise self.failure
            self.everyone()
            if of_node:
                self.whole_node(of_node)
                self.everyone()
                time.sleep(NODE_SETTLE if self.total >= plans.LONG else SETTLE[0])


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("dir", "api", "group", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--namespace")
    parser.add_argument("--services")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    markers = Markers(json.loads(Path(arguments.services).read_text())) if arguments.services else None
    began = time.time()
    matrix, status = None, 0
    try:
        matrix = Matrix(arguments, markers)
        matrix.run(arguments.seed, not arguments.namespace)
    except OSError as problem:
        print(f"kills: {problem}", file=sys.stderr)
        status = 1 if matrix and matrix.records else 3
    except KeyboardInterrupt:
        print("kills: interrupted", file=sys.stderr)
        status = 4
    finally:
        if matrix:
            for uid in list(matrix.killer.stopped):
                matrix.killer.go_on(uid)
    if not matrix:
        return status
    result = {"seed": arguments.seed, "kills": matrix.done, "planned": arguments.kills, "began": began, "ended": time.time(),
              "pods": sorted(matrix.workloads)}
    if markers and status != 4:
        result |= {"marked": len(markers.names), "missing": markers.missing(MARKED), "drops": markers.drops(), "alerts": markers.alerts()}
    Path(arguments.out, "matrix.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
