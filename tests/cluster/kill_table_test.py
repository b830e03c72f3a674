#!/usr/bin/python3 -B
"""What a kill matrix is said to have come to, of kills, loads and checks that are made up; and in which order it kills."""
import sys
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "kills"))
import plan  # noqa: E402
import table  # noqa: E402

PODS = {"spine", "agent", "node-agent", "events", "loki", "tempo", "mimir", "pyroscope", "collector"}
BEGAN = 1_000_000.0  # 1970-01-12T13:46:40Z


def kill(at, recovery, kind="delete", pod="spine"):
    return {"kind": kind, "pod": pod, "at": BEGAN + at, "recovery": recovery}


def load(failed=(), first=()):
    """A minute at 100 requests a second; `failed`, `first`: how many failed in which second, after retries and at first."""
    failed, first = dict(failed), dict(first)
    series = [{"from_seconds": float(second), "first_failed": first.get(second, 0),
               "ended": {"ok": 100 - failed.get(second, 0), "rejected": 0, "timeout": failed.get(second, 0)}} for second in range(60)]
    return {"started": "1970-01-12T13:46:40.000Z", "interval_seconds": 1.0, "series": series}


def check(**violations):
    return {"whole": True, "acknowledged": 1000, "violations": {"lost": 0, "duplicated": 0, "phantom": 0, "gap": 0, **violations}, "findings": []}


def matrix(**more):
    return {"planned": 200, "kills": 200, "seed": 1, "began": BEGAN, "ended": BEGAN + 60, "marked": 5,
            "missing": {"loki": [], "tempo": [], "mimir": []}, "drops": {}, "alerts": [], **more}


def missed(kills, load_, check_=None, matrix_=None):
    """Exit code and the names of goals that were missed."""
    status, found, _ = table.judge(kills, matrix_ or matrix(), load_, check_ or check())
    return status, [name for name, _, _, met in found if met is False]


class Judged(unittest.TestCase):
    def test_all_is_well(self):
        self.assertEqual(missed([kill(10, 4.2)], load(first={11: 90, 12: 90})), (0, []))

    def test_a_lost_write(self):
        for name in ("lost", "duplicated", "phantom"):
            self.assertEqual(missed([kill(10, 4.2)], load(), check(**{name: 1})), (1, [f"{name} of 1000 acknowledged"]))
        self.assertEqual(missed([kill(10, 4.2)], load(), check(gap=2)), (1, ["other findings of the history check"]))

    def test_requests_that_failed_in_the_end(self):
        self.assertEqual(missed([kill(10, 4.2)], load(failed={12: 6})), (0, []))
        self.assertEqual(missed([kill(10, 4.2)], load(failed={12: 7})), (1, ["answered after retries (hang apart)"]))

    def test_what_fails_while_the_spine_hangs_is_told_only(self):
        self.assertEqual(missed([kill(10, 30, "hang")], load(failed={20: 100, 30: 100})), (0, []))
        self.assertEqual(missed([kill(10, 30, "hang", "loki")], load(failed={20: 100}))[0], 1)

    def test_what_all_at_once_costs_is_judged_of_many(self):
        kills = [kill(10, 12, "all at once")]
        self.assertEqual(missed(kills, load(failed={20: 100}))[0], 1)
        self.assertEqual(missed(kills, load(failed={20: 100}), matrix_=matrix(planned=30, kills=30)), (0, []))

    def test_a_kill_of_another_that_costs_requests(self):
        kills = [kill(10, 5, pod="loki"), kill(30, 5)]
        self.assertEqual(missed(kills, load(first={12: 3, 32: 100})), (1, ["and at their first attempt"]))
        self.assertEqual(missed(kills, load(failed={12: 6}, first={12: 2})), (1, ["the same, while others than the spine were killed"]))

    def test_a_slow_spine(self):
        kills = [kill(1, 4.0) for _ in range(199)] + [kill(1, 5.1)]
        self.assertEqual(missed(kills, load()), (0, []))
        kills += [kill(1, 5.1), kill(1, 5.1)]
        self.assertEqual(missed(kills, load()), (1, ["spine ready again after a delete, p99 of 202"]))
        self.assertEqual(missed(kills, load(), matrix_=matrix(planned=30, kills=30)), (0, []))

    def test_one_that_did_not_come_back(self):
        status, names = missed([kill(10, None, pod="mimir")], load(), matrix_=matrix(kills=17))
        self.assertEqual((status, names), (1, ["kills", "not back"]))

    def test_a_marker_that_is_gone(self):
        gone = matrix(missing={"loki": [], "tempo": ["a"], "mimir": []})
        self.assertEqual(missed([kill(10, 4.2)], load(), matrix_=gone), (1, ["telemetry lost of 5 markers"]))

    def test_a_history_that_shows_nothing(self):
        self.assertEqual(missed([kill(10, 4.2)], load(), {**check(), "whole": False})[0], 4)
        self.assertEqual(missed([kill(10, 4.2)], load(), {**check(), "acknowledged": 0})[0], 4)


class Attributed(unittest.TestCase):
    def test_to_the_spine_if_it_was_down_and_else_to_who_was(self):
        kills = [kill(10, 4.0), kill(12, 10.0, pod="loki"), kill(40, 2.0, pod="mimir")]
        clear, _ = table.attribute(kills, load(failed={13: 1, 20: 2}, first={13: 50, 16: 3, 20: 4, 44: 7, 50: 9}))
        self.assertEqual([(each["first_failed"], each["failed"]) for each in kills], [(53, 1), (4, 2), (7, 0)])
        self.assertEqual((clear["failed"], clear["first_failed"], clear["ended"]), (2, 20, 5300))

    def test_of_all_at_once_to_the_spine(self):
        kills = [kill(10, 4.0, "all at once"), kill(10, 9.0, "all at once", "loki")]
        table.attribute(kills, load(first={12: 50}))
        self.assertEqual([each["first_failed"] for each in kills], [50, 0])

    def test_percentiles_are_of_the_nearest_rank(self):
        self.assertEqual(table.percentile(list(range(1, 101)), 0.99), 99)
        self.assertEqual(table.percentile([3, 1, 2], 0.5), 2)
        self.assertEqual(table.percentile([3, 1, 2], 0.99), 3)


class Planned(unittest.TestCase):
    @staticmethod
    def kills(*arguments):
        rounds = plan.plan(*arguments)
        return [each for lanes, _ in rounds for lane in lanes for each in lane] + [(kind, "node") for _, kind in rounds if kind]

    def test_as_many_as_asked_for(self):
        for count in (1, 2, 6, 20, 30, 99, 100, 200, 500):
            self.assertEqual(len(self.kills(count, 1, PODS, PODS - {"events"})), count)

    def test_the_same_of_the_same_seed(self):
        self.assertEqual(self.kills(200, 7, PODS, PODS), self.kills(200, 7, PODS, PODS))
        self.assertNotEqual(self.kills(200, 7, PODS, PODS), self.kills(200, 8, PODS, PODS))

    def test_every_pod_in_every_way(self):
        cells = Counter(self.kills(200, 1, PODS, PODS - {"events"}))
        for pod in PODS:
            for kind in plan.ONE_POD:
                self.assertGreater(cells[kind, pod], 0, (kind, pod))
            self.assertEqual(cells["hang", pod], pod != "events")
        for kind in plan.WHOLE_NODE:
            self.assertEqual(cells[kind, "node"], 5)

    def test_what_is_the_way_of_telemetry_hangs_while_no_other_is_prepared(self):
        for lanes, _ in plan.plan(200, 1, PODS | {"gateway"}, PODS | {"gateway"}):
            hanging = {pod for lane in lanes[1:] for kind, pod in lane if kind == "hang"}
            if hanging & {"agent", "gateway"}:
                self.assertEqual((len(hanging), len(lanes)), (1, 2))

    def test_the_spine_is_deleted_last_beside_what_hangs(self):
        lanes, _ = plan.plan(200, 1, PODS, PODS)[0]
        deleted = [kind == "delete" for kind, _ in lanes[0]]
        self.assertTrue(any(deleted))
        self.assertEqual(deleted, sorted(deleted))

    def test_thirty_meet_every_pod_and_every_kind(self):
        cells = self.kills(30, 1, PODS, PODS)
        self.assertEqual({pod for _, pod in cells}, PODS | {"node"})
        self.assertEqual({kind for kind, _ in cells}, set(plan.ONE_POD + plan.WHOLE_NODE))

    def test_one_spine_alone(self):
        self.assertEqual(self.kills(2, 1, {"spine"}, {"spine"}, False, ("delete",)), [("delete", "spine")] * 2)


if __name__ == "__main__":
    unittest.main()
