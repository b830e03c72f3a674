"""Which pod is killed how, and in what order: the same of the same seed, number and pods."""
import random

ONE_POD = ("delete", "force delete", "SIGKILL", "pause")
WHOLE_NODE = ("eviction", "kubelet restart", "containerd restart", "all at once")
FEW = 20  # kills, from which on there are all kinds
LONG = 100  # kills, from which on each pod hangs once until its kubelet notices
SPINE = "spine"


def lanes_of(workloads):
    """Each is killed one after the other, beside the other lanes: the spine by itself."""
    rest = sorted(workloads - {SPINE})
    lanes = [[SPINE] if SPINE in workloads else [], rest[0::2], rest[1::2]]
    return [lane for lane in lanes if lane]


def kills_of(lane, count, hangs, kinds, dice):
    """`count` pairs of kind and workload, each workload and kind in turn, shuffled."""
    turns = {workload: dice.sample(kinds, len(kinds)) for workload in lane}
    kills = [("hang", workload) for workload in lane if workload in hangs][:count]
    for number in range(count - len(kills)):
        workload = lane[number % len(lane)]
        turn = turns[workload]
        kills.append((turn[number // len(lane) % len(turn)], workload))
    dice.shuffle(kills)
    return kills


def plan(count, seed, workloads, lively, whole_node=True, kinds=ONE_POD):
    """Rounds: each has kills by lane, and then perhaps one of the whole node. `lively`: workloads that have a liveness probe."""
    dice = random.Random(seed)
    of_node = []
    if whole_node:
        of_node = list(WHOLE_NODE) * max(1, count // 40) if count >= FEW else [WHOLE_NODE[-1]]
        dice.shuffle(of_node)
    lanes = lanes_of(workloads)
    single = max(0, count - len(of_node))
    hangs = lively if count >= LONG else set()
    # the spine gets nearly half, as its lane is one pod's, and it is whom the load meets
    shares = [round(single * 0.45), 0, 0][:len(lanes)]
    if len(lanes) == 1:
        shares = [single]
    for number in range(single - sum(shares)):
        shares[1 + number % (len(lanes) - 1)] += 1
    of_lanes = [kills_of(lane, share, hangs, kinds, dice) for lane, share in zip(lanes, shares)]
    rounds = []
    number = max(1, len(of_node))
    for index in range(number):
        cut = [kills[len(kills) * index // number:len(kills) * (index + 1) // number] for kills in of_lanes]
        rounds.append((cut, of_node[index] if of_node else None))
    return rounds
