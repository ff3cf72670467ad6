"""Pair two sequences of texts: equal ones first, then similar ones in order, then moved ones."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import LCSseq

from assistant.versions.similarity import Similarity

IN_ORDER = 0.3
"""Similarity above which two texts in the same order are one text, edited. Chosen on the scores of
three pairs of regulations: unrelated articles stay below, except those that repeat one another,
and these have a clearly better counterpart."""
MOVED = 0.5
"""The same for texts that crossed others: order no longer speaks for them."""
IN_GAP = 0.15
"""The same between the same two counterparts: place speaks for a text that was rewritten, and its
opening, which says what it is about, counts as much as the whole."""
CLEARLY_BETTER = 0.3
OPENING = 60
_STOP = re.compile(r"[。;:]")

Pairs = dict[int, int]


def pair_texts(old: Sequence[str], new: Sequence[str], similarity: Similarity) -> Pairs:
    """Places in `old` to places in `new`, one to one; what has no counterpart is absent."""
    pairs = _equal(old, new)
    rest_old = [i for i in range(len(old)) if i not in pairs]
    taken = set(pairs.values())
    rest_new = [j for j in range(len(new)) if j not in taken]
    scores = {(i, j): similarity(old[i], new[j]) for i in rest_old for j in rest_new}
    admissible = _admissible(scores)
    pairs |= _in_order(admissible, IN_ORDER)
    pairs |= _greedy(_free(scores, pairs), MOVED)
    openings = {
        (i, j): similarity(opening(old[i]), opening(new[j])) for i, j in _free(admissible, pairs)
    }
    gaps = _gaps(pairs, len(old), len(new))
    in_place = {
        (i, j): (scores[i, j] + alike) / 2
        for (i, j), alike in openings.items()
        if gaps[i][0] < j < gaps[i][1]
    }
    pairs |= _in_order(in_place, IN_GAP)
    # Where not even the place speaks for a text, both the whole and its opening have to.
    moved = {pair: min(scores[pair], alike) for pair, alike in openings.items()}
    pairs |= _mutual(_free(moved, pairs), IN_GAP)
    return dict(sorted(pairs.items()))


def opening(text: str) -> str:
    """Up to the first stop, `OPENING` characters at most.

    >>> opening("本市建立投入体系,实现增长。鼓励企业参与。")
    '本市建立投入体系,实现增长'
    """
    return _STOP.split(text, maxsplit=1)[0][:OPENING]


def _equal(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """Equal texts: as many as possible in order, the others by occurrence."""
    pairs: Pairs = {}
    for operation in LCSseq.opcodes(old, new):
        if operation.tag == "equal":
            length = operation.src_end - operation.src_start
            pairs |= {operation.src_start + k: operation.dest_start + k for k in range(length)}
    taken = set(pairs.values())
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j, text in reversed(list(enumerate(new))):
        if j not in taken:
            places[text].append(j)
    for i, text in enumerate(old):
        if i not in pairs and places.get(text):
            pairs[i] = places[text].pop()
    return pairs


def _admissible(scores: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Without pairs of which one side has a clearly better counterpart elsewhere."""
    best_old: defaultdict[int, float] = defaultdict(float)
    best_new: defaultdict[int, float] = defaultdict(float)
    for (i, j), score in scores.items():
        best_old[i] = max(best_old[i], score)
        best_new[j] = max(best_new[j], score)
    return {
        (i, j): score
        for (i, j), score in scores.items()
        if max(best_old[i], best_new[j]) < score + CLEARLY_BETTER
    }


def _in_order(scores: dict[tuple[int, int], float], floor: float) -> Pairs:
    """The pairs that keep the order and have the greatest sum of (score - floor).

    Needleman and Wunsch, J. Mol. Biol. 1970, with gaps that cost nothing; on equal sums the pair
    that comes first is kept.
    """
    olds, news = sorted({i for i, _ in scores}), sorted({j for _, j in scores})
    table = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for a in reversed(range(len(olds))):
        for b in reversed(range(len(news))):
            gain = scores.get((olds[a], news[b]), 0.0) - floor
            table[a][b] = max(table[a + 1][b + 1] + max(gain, 0), table[a + 1][b], table[a][b + 1])
    pairs: Pairs = {}
    a = b = 0
    while a < len(olds) and b < len(news):
        gain = scores.get((olds[a], news[b]), 0.0) - floor
        if gain > 0 and table[a][b] == table[a + 1][b + 1] + gain:
            pairs[olds[a]] = news[b]
            a, b = a + 1, b + 1
        elif table[a][b] == table[a + 1][b]:
            a += 1
        else:
            b += 1
    return pairs


def _greedy(scores: dict[tuple[int, int], float], floor: float) -> Pairs:
    """Best first, whatever the order; equal scores by place."""
    pairs: Pairs = {}
    taken: set[int] = set()
    for (i, j), score in sorted(scores.items(), key=lambda entry: (-entry[1], entry[0])):
        if score < floor:
            break
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _mutual(scores: dict[tuple[int, int], float], floor: float) -> Pairs:
    """Of what is left, each the other's best, both rewritten and moved."""
    best_old: dict[int, tuple[float, int]] = {}
    best_new: dict[int, tuple[float, int]] = {}
    for (i, j), score in scores.items():
        best_old[i] = min(best_old.get(i, (0.0, -1)), (-score, j))
        best_new[j] = min(best_new.get(j, (0.0, -1)), (-score, i))
    return {
        i: j for i, (score, j) in best_old.items() if -score >= floor and best_new[j][1] == i
    }


def _free(scores: dict[tuple[int, int], float], pairs: Pairs) -> dict[tuple[int, int], float]:
    taken = set(pairs.values())
    return {
        (i, j): score for (i, j), score in scores.items() if i not in pairs and j not in taken
    }


def _gaps(pairs: Pairs, old_count: int, new_count: int) -> list[tuple[int, int]]:
    """For each old place: the new places of the kept-order counterparts before and after it."""
    chain = kept_order(sorted(pairs.items()))
    before: list[int] = []
    last = -1
    for i in range(old_count):
        before.append(last)
        last = chain.get(i, last)
    after: list[int] = []
    last = new_count
    for i in reversed(range(old_count)):
        after.append(last)
        last = chain.get(i, last)
    return list(zip(before, reversed(after), strict=True))


def kept_order(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """The longest run of pairs that did not cross each other; `pairs` come in old order."""
    tails: list[int] = []
    chains: list[tuple[tuple[int, int], int]] = []
    ends: list[int] = []
    for i, j in pairs:
        at = bisect_left(tails, j)
        previous = ends[at - 1] if at else -1
        chains.append(((i, j), previous))
        tails[at : at + 1] = [j]
        ends[at : at + 1] = [len(chains) - 1]
    kept: Pairs = {}
    at = ends[-1] if ends else -1
    while at >= 0:
        (i, j), at = chains[at]
        kept[i] = j
    return kept
