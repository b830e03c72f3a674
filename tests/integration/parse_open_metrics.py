"""Reads a scrape with the strict OpenMetrics parser of prometheus_client; says what was in it, as JSON."""
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

with open(sys.argv[1], encoding="utf-8") as file:
    families = list(text_string_to_metric_families(file.read()))
with_exemplars = sorted(f.name for f in families if any(s.exemplar for s in f.samples))
print(json.dumps({
    "families": str(len(families)),
    "samples": str(sum(len(f.samples) for f in families)),
    "exemplar_families": " ".join(with_exemplars),
}))
