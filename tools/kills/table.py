#!/usr/bin/python3 -B
"""What a kill matrix came to: kills, load and history check in one table, held against the goals.

  table.py --out DIR

DIR has kills.jsonl, matrix.json, load/result.json and check.json; it gets result.json and table.md, which is printed.
Exit codes: 0 every goal was met, 1 one was not, 4 nothing was shown.
"""
import argparse
import json
import math
import sys
from datetime import datetime
from pathlib import Path

SPINE = "spine"
WHOLE_NODE = ("eviction", "kubelet restart", "containerd restart", "all at once")
AFTER = 3.0  # s that a kill still counts for after its end: a client's attempt takes 2 s, a second is told as one
LONG = 100  # kills, from which on times are judged, too: fewer, in between other work, are no evidence
DELETE_GOAL = 5.0  # s, p99
AFTER_RETRIES, FIRST = 99.9, 99.95  # percent: docs/slo.md


def percentile(values, share):
    """Of the nearest rank."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def seconds_of(load):
    """When each interval began, how many requests ended in it, failed in it, failed first in it."""
    started = datetime.fromisoformat(load["started"].replace("Z", "+00:00")).timestamp()
    for each in load["series"]:
        ended = each["ended"]
        all_ended = sum(ended.values())
        yield started + each["from_seconds"], all_ended, all_ended - ended["ok"] - ended["rejected"], each["first_failed"]


def of_spine(kill):
    return kill["pod"] == SPINE or kill["kind"] in WHOLE_NODE


def attribute(kills, load, told=("hang",)):
    """Adds to each kill the requests that failed in its time, before and after retries. A second is the spine's if it was down in
    it, and else each one's that was. Gives the counts of seconds in which the spine was not down, and of those in which it was so
    in a way whose length is told and not judged."""
    width = load["interval_seconds"]
    clear = {"ended": 0, "failed": 0, "first_failed": 0}
    apart = {"ended": 0, "failed": 0}
    for kill in kills:
        kill["first_failed"] = kill["failed"] = 0
    for begin, ended, failed, first in seconds_of(load):
        then = [kill for kill in kills if kill["at"] < begin + width and begin < kill["at"] + (kill["recovery"] or math.inf) + AFTER]
        spines = [kill for kill in then if of_spine(kill)]
        if any(kill["kind"] == "all at once" for kill in spines):
            spines = [kill for kill in spines if kill["pod"] == SPINE] or spines[:1]
        for kill in spines or then:
            kill["failed"] += failed
            kill["first_failed"] += first
        if any(kill["kind"] in told for kill in spines):
            apart["ended"] += ended
            apart["failed"] += failed
        if not spines:
            for name, count in (("ended", ended), ("failed", failed), ("first_failed", first)):
                clear[name] += count
    return clear, apart


def percent(good_of, bad):
    return 100 * (good_of - bad) / good_of if good_of else None


def goals(kills, matrix, load, check):
    """Name, what is wanted, what there was, whether it is so (None: told, not judged)."""
    long = matrix["planned"] >= LONG
    # Liveness acts after half a minute, and a client waits for ten seconds. How long two cores take to start everything is
    # theirs to say where they may have other work.
    told = ("hang",) if long else ("hang", "all at once")
    clear, apart = attribute(kills, load, told)
    found = [("kills", matrix["planned"], matrix["kills"], matrix["kills"] >= matrix["planned"])]
    lost_pods = sorted({kill["pod"] for kill in kills if kill["recovery"] is None})
    found.append(("not back", 0, ", ".join(lost_pods) or 0, not lost_pods))
    for name in ("lost", "duplicated", "phantom"):
        found.append((f"{name} of {check['acknowledged']} acknowledged", 0, check["violations"][name], check["violations"][name] == 0))
    others = {name: count for name, count in check["violations"].items() if count and name not in ("lost", "duplicated", "phantom")}
    found.append(("other findings of the history check", 0, json.dumps(others) if others else 0, not others))
    seconds = list(seconds_of(load))
    ended, failed = sum(each[1] for each in seconds), sum(each[2] for each in seconds)
    share = percent(ended - apart["ended"], failed - apart["failed"])
    found.append((f"answered after retries ({' and '.join(told)} apart)", f">= {AFTER_RETRIES} %", share, share is not None and share >= AFTER_RETRIES))
    share = percent(clear["ended"], clear["failed"])
    found.append(("the same, while others than the spine were killed", f">= {AFTER_RETRIES} %", share, share is None or share >= AFTER_RETRIES))
    share = percent(clear["ended"], clear["first_failed"])
    found.append(("and at their first attempt", f">= {FIRST} %", share, (share is None or share >= FIRST) if long else None))
    deletes = [kill["recovery"] for kill in kills if kill["kind"] == "delete" and kill["pod"] == SPINE and kill["recovery"]]
    if deletes:
        p99 = percentile(deletes, 0.99)
        found.append((f"spine ready again after a delete, p99 of {len(deletes)}", f"<= {DELETE_GOAL} s", p99, p99 <= DELETE_GOAL if long else None))
    if "missing" in matrix:
        gone = {store: len(names) for store, names in matrix["missing"].items() if names}
        found.append((f"telemetry lost of {matrix['marked']} markers", 0, json.dumps(gone) if gone else 0, not gone))
    return found


def shown(value):
    return "none" if value is None else f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def table(kills, matrix, load, found):
    lines = ["| kill | pod | count | p50 s | p99 s | max s | failed first | after retries |", "|---|---|---|---|---|---|---|---|"]
    for kind, pod in sorted({(kill["kind"], kill["pod"]) for kill in kills}, key=lambda each: (each[1] != SPINE, each)):
        cell = [kill for kill in kills if (kill["kind"], kill["pod"]) == (kind, pod)]
        times = [kill["recovery"] for kill in cell if kill["recovery"]]
        told = [f"{value:.2f}" for value in (percentile(times, 0.5), percentile(times, 0.99), max(times))] if times else ["-"] * 3
        lines.append("| " + " | ".join([kind, pod, str(len(cell)), *told, str(sum(kill["first_failed"] for kill in cell)),
                                        str(sum(kill["failed"] for kill in cell))]) + " |")
    lines += ["", "| goal | wanted | got | |", "|---|---|---|---|"]
    lines += [f"| {name} | {wanted} | {shown(got)} | {'told' if met is None else 'met' if met else '**missed**'} |" for name, wanted, got, met in found]
    drops = {name: count for name, count in matrix.get("drops", {}).items() if count}
    seconds = sum(each[1] for each in seconds_of(load))
    lines += ["", f"Seed {matrix['seed']}; {seconds} requests in {matrix['ended'] - matrix['began']:.0f} s. " +
              (f"Counted drops: {json.dumps(drops) if drops else 'none'}. Alerts that fired: {', '.join(matrix['alerts']) or 'none'}."
               if "missing" in matrix else "Telemetry was not looked after.")]
    return "\n".join(lines) + "\n"


def judge(kills, matrix, load, check):
    """Exit code, goals, table."""
    found = goals(kills, matrix, load, check)
    status = 1 if any(met is False for *_, met in found) else 0
    if status == 0 and not (check["whole"] and check["acknowledged"] and kills):
        status = 4
    return status, found, table(kills, matrix, load, found)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--out", required=True)
    out = Path(parser.parse_args().out)

    def read(name):
        return json.loads((out / name).read_text(encoding="utf-8"))

    kills = [json.loads(line) for line in (out / "kills.jsonl").read_text(encoding="utf-8").splitlines()]
    matrix, check = read("matrix.json"), read("check.json")
    status, found, text = judge(kills, matrix, read("load/result.json"), check)
    result = {"verdict": {0: "met", 1: "violated", 4: "inconclusive"}[status], "kills": kills, "matrix": matrix, "check": check,
              "goals": [dict(zip(("name", "wanted", "got", "met"), each)) for each in found]}
    (out / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (out / "table.md").write_text(text, encoding="utf-8")
    print(text)
    for finding in check["findings"][:5] if status else []:
        print(finding)
    print(f"{result['verdict']}: {matrix['kills']} kills, seed {matrix['seed']}; of {check['acknowledged']} acknowledged writes " +
          ", ".join(f"{check['violations'][name]} {name}" for name in ("lost", "duplicated", "phantom")))
    return status


if __name__ == "__main__":
    sys.exit(main())
