"""What is stored before a kill, to be found afterwards: a log line, a span and a sample of one name."""
import json
import math
import secrets
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

# What belongs to which back end; the agent and the Collector of cluster B keep none.
STORES = ("loki", "tempo", "mimir")
DROPS = ("pim_spans_dropped_total", "pim_log_records_dropped_total", "pim_profiles_dropped_total",
         *(f"otelcol_exporter_{how}_failed_{what}" for how in ("enqueue", "send") for what in ("spans", "log_records", "metric_points")))


def fetch(url, body=None, limit=5):
    """JSON of an answer, or None where there is none."""
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=limit) as answer:
            text = answer.read()
            return json.loads(text) if text.strip() else {}
    except (OSError, ValueError):
        return None


class Markers:
    """`urls`: of the agent (OTLP), loki, tempo, mimir. Thread-safe."""

    def __init__(self, urls):
        self.urls = urls
        self.began = time.time()
        self.lock = threading.Lock()
        self.names = []

    def put(self, stop_at):
        """The name of a marker that the agent has taken; None where it took none until `stop_at`."""
        name = secrets.token_hex(16)
        source = {"attributes": [attribute("service.name", "kills"), attribute("service.namespace", "pim")]}
        now = str(time.time_ns())
        marked = [attribute("marker", name)]
        bodies = {
            "logs": {"resourceLogs": [{"resource": source, "scopeLogs": [{"logRecords": [
                {"timeUnixNano": now, "severityText": "INFO", "body": {"stringValue": f"marker {name}"}}]}]}]},
            "traces": {"resourceSpans": [{"resource": source, "scopeSpans": [{"spans": [
                {"traceId": name, "spanId": name[:16], "name": "marker", "kind": 1, "startTimeUnixNano": now,
                 "endTimeUnixNano": now, "attributes": marked}]}]}]},
            "metrics": {"resourceMetrics": [{"resource": source, "scopeMetrics": [{"metrics": [
                {"name": "pim_kill_marker", "gauge": {"dataPoints": [{"timeUnixNano": now, "asInt": "1", "attributes": marked}]}}]}]}]},
        }
        for signal, body in bodies.items():
            while fetch(f"{self.urls['agent']}/v1/{signal}", body) is None:
                if time.time() > stop_at:
                    return None
                time.sleep(0.1)
        with self.lock:
            self.names.append(name)
        return name

    def stored(self, name, workload, limit):
        """Waits until the marker is where a kill of that workload must not lose it; whether it is."""
        deadline = time.monotonic() + limit
        while workload in STORES and name not in self.found(workload):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def found(self, store):
        """The names that this back end shows."""
        span = {"start": int(self.began) - 5, "end": int(time.time()) + 5}
        if store == "loki":
            answer = fetch(f"{self.urls['loki']}/loki/api/v1/query_range?" + urlencode({"query": '{service_name="kills"}', "limit": 5000, **span}))
            return {line.removeprefix("marker ") for stream in in_(answer, "data", "result") for _, line, *_ in stream["values"]}
        if store == "tempo":  # a search: what it finds is in the write-ahead log, and no longer only in memory
            answer = fetch(f"{self.urls['tempo']}/api/search?" + urlencode({"q": '{ resource.service.name = "kills" }', "limit": 5000, **span}))
            return {each["traceID"].rjust(32, "0") for each in in_(answer, "traces")}
        query = f"count by (marker) (last_over_time(pim_kill_marker[{span['end'] - span['start']}s]))"
        return {each["metric"]["marker"] for each in self.promql(query)}

    def promql(self, query):
        return in_(fetch(f"{self.urls['mimir']}/prometheus/api/v1/query?" + urlencode({"query": query})), "data", "result")

    def missing(self, limit):
        """By back end, the names that it does not show although all is well again, for as long as that takes."""
        deadline = time.monotonic() + limit
        wanted = set(self.names)
        while True:
            gone = {store: sorted(wanted - self.found(store)) for store in STORES}
            if not any(gone.values()) or time.monotonic() > deadline:
                return gone
            time.sleep(1)

    def drops(self):
        """What the spine and the Collectors counted as lost since these markers began, as far as they were scraped before a kill."""
        seconds = int(time.time() - self.began) + 15
        counts = {}
        for name in DROPS:
            for each in self.promql(f"sum by (job, exporter) (increase({name}[{seconds}s]))"):
                of = (each["metric"].get(label) for label in ("job", "exporter"))
                counts[" ".join(filter(None, (name, *of)))] = math.ceil(float(each["value"][1]))
        return counts

    def alerts(self):
        """Name, objective and view of each that fired since."""
        seconds = int(time.time() - self.began)
        found = self.promql(f'group by (alertname, slo, view, severity) (max_over_time(ALERTS{{alertstate="firing", severity!="none"}}[{seconds}s]))')
        return sorted({" ".join(filter(None, (each["metric"].get(key) for key in ("alertname", "slo", "view")))) for each in found})


def attribute(key, value):
    return {"key": key, "value": {"stringValue": value}}


def in_(answer, *path):
    for key in path:
        answer = (answer or {}).get(key)
    return answer or []
