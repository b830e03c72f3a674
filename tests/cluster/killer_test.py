#!/usr/bin/python3 -B
"""Signals to the processes of a pod, which come and go: all that are there get it, and a pod without any is told."""
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from collections import namedtuple
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools/kills"))
from kinds import Killer  # noqa: E402

Pod = namedtuple("Pod", "name uid containers")
POD = Pod("spine-0", "1", ("containerd://abc",))


class Signals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.members = Path(folder.name, "kubepods/pod1/abc/cgroup.procs")
        self.members.parent.mkdir(parents=True)
        self.killer = Killer(None, None, None, folder.name)

    def process(self):
        child = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def has(self, *children):
        self.members.write_text("".join(f"{child.pid}\n" for child in children), encoding="ascii")

    def ended(self):
        child = self.process()
        child.kill()
        child.wait()
        return child

    def test_one_that_has_just_ended_keeps_no_other_alive(self):
        child = self.process()
        self.has(self.ended(), child)
        self.killer.sigkill(POD)
        self.assertEqual(child.wait(), -signal.SIGKILL)

    def test_what_is_stopped_goes_on_beside_one_that_ended_meanwhile(self):
        child, other = self.process(), self.process()
        self.has(child, other)
        self.killer.hang(POD)
        for each in (child, other):
            self.assertTrue(os.WIFSTOPPED(os.waitpid(each.pid, os.WUNTRACED)[1]))
        other.kill()
        other.wait()
        self.killer.go_on(POD.uid)
        self.assertTrue(os.WIFCONTINUED(os.waitpid(child.pid, os.WCONTINUED)[1]))

    def test_a_pod_whose_processes_have_all_ended_is_told(self):
        self.has(self.ended())
        with self.assertRaisesRegex(OSError, "ended before"):
            self.killer.sigkill(POD)

    def test_a_pod_without_processes_is_told(self):
        self.has()
        with self.assertRaisesRegex(OSError, "no process of spine-0"):
            self.killer.sigkill(POD)


if __name__ == "__main__":
    unittest.main()
