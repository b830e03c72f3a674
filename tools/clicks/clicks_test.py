#!/usr/bin/python3 -B
"""The clicker, against a page that imitates what it clicks on (imitation.html), in the browser that it uses: it walks the
whole way, and says at which step a broken way ends. And what ./lab prove says where there is no Grafana, or no evidence."""
import json
import os
import subprocess
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import clicks

HERE = Path(__file__).resolve().parent
LAB = HERE.parent.parent
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SUBJECT = {
    "trace": {
        "id": TRACE,
        "span": "POST /v1/patients",
        "line": "request POST /v1/patients 201 ok",
        "series": ['operation="register-patient"', 'shard="3"'],
    },
    "profiled": {"id": TRACE, "span": "POST /v1/patients", "span_id": "00f067aa0ba902b7"},
}
# what is broken: the step that must say so
BROKEN = {
    "no-span": "trace",
    "no-logs-link": "trace-to-logs",
    "logs-of-another-trace": "trace-to-logs",
    "no-line": "trace-to-logs",
    "line-of-another-trace": "line",
    "no-metrics-link": "log-to-metrics",
    "metrics-of-another-shard": "log-to-metrics",
    "metrics-not-rendered": "log-to-metrics",
    "no-exemplar": "log-to-metrics",
    "no-exemplar-of-the-trace": "exemplar",
    "no-trace-link": "exemplar-to-trace",
    "exemplar-to-another-trace": "exemplar-to-trace",
    "no-profile-link": "span-to-profile",
    "profile-of-another-span": "span-to-profile",
    "no-flame-graph": "span-to-profile",
}


class Imitation(BaseHTTPRequestHandler):
    page = (HERE / "imitation.html").read_bytes()

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_):
        pass


class ClickTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.home.cleanup)
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Imitation)
        cls.addClassCleanup(cls.server.server_close)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.shutdown)
        cls.driver = clicks.browser(cls.home.name)
        cls.addClassCleanup(cls.driver.quit)

    def walk(self, kind, limit, subject=SUBJECT):
        address = f"http://127.0.0.1:{self.server.server_port}/{kind}"
        self.out = Path(self.home.name) / kind
        return clicks.run(self.driver, address, subject, self.out, {"commit": "c"}, limit)

    def test_walks_the_whole_way_and_keeps_pictures_and_addresses(self):
        for kind in ("whole", "few-links"):  # few: buttons, and no menu
            seen = self.walk(kind, limit=60)
            self.assertTrue(seen["ok"], seen)
            self.assertEqual([step["step"] for step in seen["steps"]], [
                "trace", "trace-to-logs", "line", "log-to-metrics", "exemplar", "exemplar-to-trace", "profiled-trace", "span-to-profile"])
            self.assertEqual(json.loads((self.out / "clicks.json").read_text()), seen)
            for step in seen["steps"]:
                self.assertEqual((self.out / step["screenshot"]).read_bytes()[:4], b"\x89PNG")
                self.assertIn(TRACE, step["address"])

    # Reached at once where the page is whole; a limit that is too short would fail at an earlier step.
    def test_says_at_which_step_a_broken_way_ends(self):
        for kind, step in BROKEN.items():
            with self.subTest(kind):
                seen = self.walk(kind, limit=8)
                self.assertFalse(seen["ok"])
                self.assertEqual([taken["step"] for taken in seen["steps"] if not taken["ok"]], [step], seen)
                self.assertEqual(seen["steps"][-1]["step"], step)
                self.assertTrue(seen["steps"][-1]["missing"])

    def test_a_line_is_not_taken_for_another(self):
        subject = {**SUBJECT, "trace": {**SUBJECT["trace"], "line": "request GET /v1/patients 200 ok"}}
        self.assertEqual(self.walk("whole", limit=8, subject=subject)["steps"][-1]["step"], "trace-to-logs")


class VerbTest(unittest.TestCase):
    def bash(self, script, *arguments):
        environment = {"PATH": "/usr/bin:/bin", "DOCKER_HOST": "unix:///nowhere", "HOME": os.environ["HOME"]}
        return subprocess.run(["bash", "-c", script, "bash", *arguments], cwd=LAB, env=environment, capture_output=True, text=True)

    def test_without_a_grafana_it_says_so_and_claims_nothing(self):
        done = self.bash("./lab prove --grafana")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("PIM_GRAFANA_HOME", done.stderr)
        self.assertIn("not clicked", done.stderr)

    def test_what_else_it_is_asked_is_usage(self):
        self.assertEqual(self.bash("./lab prove").returncode, 2)
        self.assertEqual(self.bash("./lab prove --all").returncode, 2)

    def test_clicked_is_said_of_the_very_commit_and_of_nothing_else(self):
        with tempfile.TemporaryDirectory() as directory:
            evidence = Path(directory, "clicks.json")

            def claim(commit="abc"):
                script = 'source tools/lab/common.sh; source tools/lab/prove.sh; links_claim "$@"'
                return self.bash(script, directory, commit).stdout.strip()

            def claim_of(**content):
                evidence.write_text(json.dumps({"ok": True, "commit": "abc", "grafana": "12.3.0", **content}))
                return claim()

            self.assertEqual(claim(), "links resolve; not clicked")
            self.assertEqual(claim_of(), "links resolve; clicked in Grafana 12.3.0")
            self.assertEqual(claim_of(ok=False), "links resolve; not clicked")
            self.assertEqual(claim_of(commit="abd"), "links resolve; not clicked")
            self.assertEqual(claim_of(commit="abc-dirty"), "links resolve; not clicked")
            self.assertEqual(claim("abc-dirty"), "links resolve; not clicked")


if __name__ == "__main__":
    unittest.main()
