#!/usr/bin/python3
"""Asks what the boards in a folder ask, of the back ends in a file of addresses: boards.py FOLDER STACK.JSON.

Variables stand for everything. Ends with 1 where a query is refused, or a board stays without any answer for two minutes.
"""
import json
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

LIMIT = 120  # s
BUILT_IN = {"__rate_interval": "1m", "__range": "15m", "__interval": "15s", "__auto": "1m"}
PATHS = {
    "mimir": ("/prometheus/api/v1/query", "query"),
    "loki": ("/loki/api/v1/query_range", "query"),
    "tempo": ("/api/search", "q"),
}


def filled_in(text):
    return re.sub(r"\$\{?(\w+)(?::\w+)?\}?", lambda each: BUILT_IN.get(each[1], ".*"), text)


def queries_of(board):
    """(back end, query) of each panel, those in rows too."""
    panels = [inner for panel in board["panels"] for inner in (panel, *panel.get("panels", []))]
    for panel in panels:
        for target in panel.get("targets", []):
            source = (target.get("datasource") or panel.get("datasource") or {}).get("uid")
            text = target.get("expr") or target.get("query")
            if source in PATHS and text:
                yield source, filled_in(text)


def ask(url, source, query, quiet=False):
    """How many results there are; None if it is refused, which is said."""
    path, parameter = PATHS[source]
    try:
        with urllib.request.urlopen(f"{url}{path}?{urllib.parse.urlencode({parameter: query})}", timeout=30) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            return 0  # not able to at the moment
        if not quiet:
            print(f"{source} refuses {query}: {error.read().decode(errors='replace').strip()[:200]}")
        return None
    results = found.get("traces", []) if source == "tempo" else found["data"]["result"]
    return len(results)


def main():
    urls = json.loads(pathlib.Path(sys.argv[2]).read_text())
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    boards = {path.stem: sorted(set(queries_of(json.loads(path.read_text())))) for path in pathlib.Path(sys.argv[1]).glob("*.json")}
    if not boards or not all(boards.values()):
        sys.exit("there is a board without a query")
    if ask(urls["mimir"], "mimir", "sum(", quiet=True) is not None:  # negative control
        sys.exit("a query that is none is not refused")
    deadline = time.monotonic() + LIMIT
    while True:
        counts = {name: [ask(urls[source], source, query) for source, query in queries] for name, queries in boards.items()}
        empty = [name for name, results in counts.items() if not any(results)]
        if not empty or time.monotonic() > deadline:
            break
        time.sleep(2)
    every = [each for results in counts.values() for each in results]
    for name, results in sorted(counts.items()):
        print(f"{name:<14} {len(results):>3} queries, {sum(bool(each) for each in results):>3} with an answer")
    if empty:
        sys.exit(f"without any answer: {', '.join(empty)}")
    if None in every:
        sys.exit(f"{every.count(None)} queries were refused")
    print(f"{len(every)} queries of {len(boards)} boards: none refused, {sum(bool(each) for each in every)} with an answer")


if __name__ == "__main__":
    main()
