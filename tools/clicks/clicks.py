#!/usr/bin/python3 -B
"""Clicks through the links between signals in a Grafana that runs, and keeps what it saw.

  clicks.py --grafana URL --started-from TEXT --subject FILE --out DIR --commit COMMIT

FILE says which: {"trace": {"id", "span", "line", "series"}, "profiled": {"id", "span", "span_id"}}: `span` is the name of
a span of that trace, `line` a log line of it, `series` what the metrics' selector holds for it. TEXT and COMMIT are kept.
DIR gets a picture of each step and clicks.json. Exit codes: 0 each step led there, 1 one did not, 3 no browser, no Grafana.
"""
import argparse
import json
import os
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

import grafana_page
from grafana_page import GrafanaPage

STEP_LIMIT = 60  # seconds that each thing on the page has to appear


def browser(home):
    """Headless Chromium that reaches this machine only; what it writes goes to `home`."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.add_argument("--headless=new")
    options.add_argument("--window-size=1920,2000")
    options.add_argument(f"--user-data-dir={home}/profile")
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    options.add_argument("--disable-background-networking")
    options.add_argument("--disable-dev-shm-usage")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium has none for root
    environment = {**os.environ, "HOME": home, "TMPDIR": home}
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver", env=environment))


class Record:
    """The steps, each with its picture and address, written to DIR/clicks.json as they are taken."""

    def __init__(self, driver, out, about):
        self.driver, self.out = driver, Path(out)
        self.content = {**about, "ok": False, "steps": []}
        self.out.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def step(self, name):
        taken = {"step": name, "ok": False}
        self.content["steps"].append(taken)
        try:
            yield
            taken["ok"] = True
        except WebDriverException as error:
            taken["missing"] = error.msg
            raise
        finally:
            taken["screenshot"] = f"{len(self.content['steps'])}-{name}.png"
            taken["address"] = self.driver.current_url
            self.driver.save_screenshot(str(self.out / taken["screenshot"]))
            self.write()

    def write(self):
        (self.out / "clicks.json").write_text(json.dumps(self.content, indent=2) + "\n")


def click_through(page, record, subject):
    """Trace -> logs -> metrics -> exemplar -> the same trace; span -> profile. Raises at the first step that fails."""
    trace, profiled = subject["trace"], subject["profiled"]

    with record.step("trace"):
        page.open_trace(trace["id"])
        page.sees(f"the span {trace['span']}", grafana_page.span(trace["span"]), panes=1)
    with record.step("trace-to-logs"):
        page.click(f"the span {trace['span']}", grafana_page.span(trace["span"]), pane=0)
        page.follow_from_span("Logs for this span")
        page.leads_to("loki", trace["id"])
        page.sees(f"the line '{trace['line']}'", grafana_page.line(trace["line"]), panes=2)
    with record.step("line"):
        page.click(f"the line '{trace['line']}'", grafana_page.line(trace["line"]), pane=-1)
        page.sees(f"the line's trace_id {trace['id']}", grafana_page.field("trace_id", trace["id"]), panes=2)
    with record.step("log-to-metrics"):
        page.click("the line's link to metrics", "." + grafana_page.link("Latency of this operation on this shard"), pane=-1)
        page.leads_to("mimir", *trace["series"])
        page.sees("an exemplar", grafana_page.EXEMPLAR, panes=2)
    with record.step("exemplar"):
        page.pin_exemplar(trace["id"])
    with record.step("exemplar-to-trace"):
        page.click("the exemplar's link 'Trace'", grafana_page.tooltip_link("Trace"))
        page.leads_to("tempo", trace["id"])
        page.sees(f"the span {trace['span']}", grafana_page.span(trace["span"]), panes=2)

    with record.step("profiled-trace"):
        page.open_trace(profiled["id"])
        page.sees(f"the span {profiled['span']}", grafana_page.span(profiled["span"]), panes=1)
    with record.step("span-to-profile"):
        page.click(f"the span {profiled['span']}", grafana_page.span(profiled["span"]), pane=0)
        page.follow_from_span("Profiles for this span")
        page.leads_to("pyroscope", profiled["span_id"])
        page.sees("a flame graph", grafana_page.FLAME_GRAPH, panes=2)


def run(driver, address, subject, out, about, limit=STEP_LIMIT):
    """What was recorded."""
    record = Record(driver, out, {**about, "subject": subject})
    try:
        click_through(GrafanaPage(driver, address, limit), record, subject)
        record.content["ok"] = True
    except WebDriverException:
        pass  # the last step says what
    record.write()
    return record.content


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--grafana", "--started-from", "--subject", "--out", "--commit"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    subject = json.loads(Path(options.subject).read_text())
    try:
        with urllib.request.urlopen(f"{options.grafana}/api/health", timeout=10) as answer:
            version = json.load(answer)["version"]
    except (OSError, ValueError, KeyError) as error:
        print(f"clicks: no Grafana at {options.grafana}: {error}", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        try:
            driver = browser(home)
        except WebDriverException as error:
            print(f"clicks: Chromium does not start: {error.msg}", file=sys.stderr)
            return 3
        with driver:
            about = {
                "commit": options.commit,
                "grafana": version,
                "started_from": options.started_from,
                "browser": driver.capabilities["browserVersion"],
            }
            seen = run(driver, options.grafana, subject, options.out, about)
    for step in seen["steps"]:
        print(f"{'ok    ' if step['ok'] else 'FAILED'}  {step['step']}  {step.get('missing', step['screenshot'])}")
    return 0 if seen["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
