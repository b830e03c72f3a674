"""The ways in which a pod is killed. Each gives the time of the kill; what it takes back, it takes back itself."""
import os
import signal
import subprocess
import time
from pathlib import Path

NODE = Path(__file__).with_name("node.sh")
PAUSES = (2.0, 4.0)  # s, of a process that goes on
MERGE = "application/strategic-merge-patch+json"


class Killer:
    """`group`: the directory of the node's cgroups in which memory is counted."""

    def __init__(self, kube, pods, folder, group):
        self.kube, self.pods, self.folder, self.group = kube, pods, folder, Path(group)
        self.stopped = {}  # by pod: processes

    def path(self, pod):
        return f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}"

    def node(self, *what):
        subprocess.run([NODE, self.folder, *what], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def processes(self, pod):
        """Of its containers, as the machine numbers them."""
        pids = []
        for container in pod.containers:
            for members in self.group.glob(f"kubepods/**/{container.rpartition('/')[2]}/**/cgroup.procs"):
                try:
                    pids += [int(pid) for pid in members.read_text().split()]
                except OSError:
                    pass  # a group that ends
        if not pids:
            raise OSError(f"no process of {pod.name} is found below {self.group}/kubepods")
        return pids

    def send(self, pod, number):
        """To all that are there: some end by themselves, and all with the first."""
        at = time.time()
        if not sum(sent(pid, number) for pid in self.processes(pod)):
            raise OSError(f"the processes of {pod.name} ended before they got signal {number}")
        return at

    def delete(self, pod, options=None):
        at = time.time()
        status, body = self.kube.ask("DELETE", self.path(pod), {"preconditions": {"uid": pod.uid}, **(options or {})})
        if status not in (200, 202):
            raise OSError(f"{pod.name} was not deleted: {body.get('message', status)}")
        return at

    def remove(self, pod):
        """Its object, if it is still there."""
        self.kube.ask("DELETE", self.path(pod), {"preconditions": {"uid": pod.uid}})

    def force_delete(self, pod):
        return self.delete(pod, {"gracePeriodSeconds": 0})

    def sigkill(self, pod):
        return self.send(pod, signal.SIGKILL)

    def hang(self, pod):
        """Until its kubelet has noticed: what is stopped can be killed."""
        self.stopped[pod.uid] = self.processes(pod)
        return self.send(pod, signal.SIGSTOP)

    def pause(self, pod, seconds):
        at = self.hang(pod)
        time.sleep(seconds)
        self.go_on(pod.uid)
        return at

    def go_on(self, uid):
        for pid in self.stopped.pop(uid, []):
            sent(pid, signal.SIGCONT)

    def request(self, pod, memory):
        self.kube.ask("PATCH", self.path(pod) + "/resize", {"spec": {"containers": [
            {"name": pod.workload, "resources": {"requests": {"memory": memory}}}]}}, MERGE)

    def evict(self, victim, limit):
        """By the kubelet, which takes its memory for short. It chooses by usage above the request, so the others' are
        raised. Gives who was evicted."""
        others = [pod for pod in self.pods.all_ready() if pod.uid != victim.uid]
        for pod in others:
            self.request(pod, pod.memory["limits"])
        before = len(self.pods.evicted)
        try:
            self.node("pressure")
            self.pods.wait(limit, lambda: len(self.pods.evicted) > before)
        finally:
            self.node("relief")
            for pod in others:
                self.request(pod, pod.memory["requests"])
        if len(self.pods.evicted) == before:
            raise OSError(f"the kubelet evicted nothing within {limit} s")
        return self.pods.evicted[before:]


def sent(pid, number):
    """Whether the process was there to get that signal."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
