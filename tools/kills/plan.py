"""Which pod is killed how, and in what order: the same of the same seed, number and pods."""
import random

ONE_POD = ("delete", "force delete", "SIGKILL", "pause")
WHOLE_NODE = ("eviction", "kubelet restart", "containerd restart", "all at once")
FEW = 20  # kills, from which on there are all kinds
LONG = 100  # kills, from which on each pod hangs once until its kubelet notices
SPINE = "spine"
# Whom a spine that ends has last telemetry for: one that is away holds its end up by a time-out.
OUTLETS = ("agent", "gateway", "pyroscope")
TIME_OUT = 5.0  # s, the longest; so it goes on when they are back
HANGS = 3  # how many times the spine's kills of another round have time beside what hangs
WAY = ("agent", "gateway")  # of telemetry: while one hangs, no other pod can be prepared for its kill


def lanes_of(workloads):
    """Each is killed one after the other, beside the other lanes: the spine by itself."""
    rest = sorted(workloads - {SPINE})
    lanes = [[SPINE] if SPINE in workloads else [], rest[0::2], rest[1::2]]
    return [lane for lane in lanes if lane]


def kills_of(lane, count, kinds, dice):
    """`count` pairs of kind and workload, each workload and each of its kinds in turn, shuffled."""
    turns = {workload: dice.sample(kinds, len(kinds)) for workload in lane}
    kills = []
    for number in range(count):
        workload = lane[number % len(lane)]
        kills.append((turns[workload][number // len(lane) % len(kinds)], workload))
    dice.shuffle(kills)
    return kills


def shares_of(count, lanes):
    """The spine gets nearly half: its lane is one pod's, and it is whom the load meets."""
    if len(lanes) == 1:
        return [count]
    shares = [round(count * 0.45)] + [0] * (len(lanes) - 1)
    for number in range(count - shares[0]):
        shares[1 + number % (len(lanes) - 1)] += 1
    return shares


def plan(count, seed, workloads, lively, whole_node=True, kinds=ONE_POD):
    """Rounds: each has kills by lane, and then perhaps one of the whole node. `lively`: workloads that have a liveness probe.
    What hangs does so for minutes: in the first rounds, all at the same time, beside the spine's kills."""
    dice = random.Random(seed)
    of_node = []
    if whole_node:
        of_node = list(WHOLE_NODE) * max(1, count // 40) if count >= FEW else [WHOLE_NODE[-1]]
        dice.shuffle(of_node)
    hangs = sorted(lively) if count >= LONG else []
    lanes = lanes_of(workloads)
    shares = shares_of(max(0, count - len(of_node) - len(hangs)), lanes)
    spine, *others = [kills_of(lane, share, kinds, dice) for lane, share in zip(lanes, shares)]
    if SPINE in hangs:
        spine.insert(dice.randrange(len(spine) + 1), ("hang", SPINE))
    rest = [workload for workload in hangs if workload != SPINE]
    hanging = [[[("hang", workload)] for workload in rest if workload not in WAY]] + [[[("hang", workload)]] for workload in rest if workload in WAY]
    hanging = [lanes for lanes in hanging if lanes]
    turns = max(1, len(of_node))
    rounds = [(lanes, None, HANGS) for lanes in hanging]
    rounds += [([part(kills, turn, 1, turns) for kills in others], of_node[turn] if of_node else None, 1) for turn in range(turns)]
    planned, at, of = [], 0, sum(weight for *_, weight in rounds)
    for lanes, kind, weight in rounds:
        of_spine = part(spine, at, weight, of)
        if weight == HANGS:  # what has to wait for the end of that goes last
            of_spine.sort(key=lambda kill: kill[0] == "delete")
        planned.append(([of_spine, *lanes], kind))
        at += weight
    return planned


def part(kills, at, weight, of):
    return kills[len(kills) * at // of:len(kills) * (at + weight) // of]
