"""Which units and provisions of two versions belong together, whatever their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.versions.pairing import MOVED, pair_texts
from assistant.versions.similarity import Similarity, copied_share, without_common
from assistant.versions.units import Provision, Unit

MIN_MOVED_CHARS = 10
"""A unit that left its article is found again from this length; shorter ones stand in many."""
MIN_COPIED = 0.6
"""The share of a piece that must be copied from what its source lost to be a part of it."""
MIN_SHARE = 0.5
"""The share of a provision that must come from another to be a part of that one."""


@dataclass(slots=True)
class Group:
    """Places of units, or of provisions, that share their words."""

    old: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Side:
    """One version: its provisions, all their units in order, and the provision of each."""

    provisions: Sequence[Provision]
    units: Sequence[Unit]
    home: Sequence[int]

    def is_own(self, unit: int) -> bool:
        """Whether the unit is a provision's own words, and no clause inside an article."""
        return self.units[unit].clause is self.provisions[self.home[unit]].clause

    def can_leave(self, unit: int) -> bool:
        """Whether its counterpart may be in another provision: no title or heading of a chapter,
        and no lead-in, which stays with the items that it leads in.
        """
        home = self.provisions[self.home[unit]]
        return home.kin == "words" and (not self.is_own(unit) or len(home.units) == 1)

    def members(self, provision: int) -> list[int]:
        return [unit for unit, home in enumerate(self.home) if home == provision]


@dataclass(frozen=True, slots=True)
class Alignment:
    """`groups` of units and `links` of provisions, by their places in the two sides.

    A group has one unit on each side, or several on one of them; never several on both.
    """

    old: Side
    new: Side
    groups: list[Group]
    links: list[tuple[int, int]]


def side_of(provisions: Sequence[Provision]) -> Side:
    places = [(unit, home) for home, one in enumerate(provisions) for unit in one.units]
    return Side(provisions, [unit for unit, _ in places], [home for _, home in places])


def align(old: Side, new: Side) -> Alignment:
    """Provisions first, the units inside each pair next, then what moved, split or merged."""
    similarity = Similarity(unit.text for unit in (*old.units, *new.units))
    pairs = _pair_provisions(old, new, similarity)
    groups: list[Group] = []
    for i, j in pairs:
        groups += _pair_units(old, new, (i, j), similarity)
    groups += _pair_moved(old, new, groups, similarity)
    _attach_pieces(old, new, groups, similarity)
    return Alignment(old, new, groups, pairs + _parts_of_others(old, new, groups, pairs))


def _pair_provisions(old: Side, new: Side, similarity: Similarity) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    kins = {one.kin for one in (*old.provisions, *new.provisions)}
    for kin in sorted(kins):
        olds = [i for i, one in enumerate(old.provisions) if one.kin == kin]
        news = [j for j, one in enumerate(new.provisions) if one.kin == kin]
        if kin in ("document", "title") and olds and news:
            pairs.append((olds[0], news[0]))
            continue
        found = pair_texts(
            [old.provisions[i].text for i in olds],
            [new.provisions[j].text for j in news],
            similarity,
        )
        pairs += [(olds[i], news[j]) for i, j in found.items()]
    return sorted(pairs)


def _pair_units(
    old: Side, new: Side, pair: tuple[int, int], similarity: Similarity
) -> list[Group]:
    """A pair of provisions shares at least one unit, the first two where none are alike."""
    olds, news = old.members(pair[0]), new.members(pair[1])
    found = pair_texts(
        [old.units[i].text for i in olds], [new.units[j].text for j in news], similarity
    )
    if not found and olds and news:
        scores = [
            (-similarity(old.units[i].text, new.units[j].text), a, b)
            for a, i in enumerate(olds)
            for b, j in enumerate(news)
        ]
        _, a, b = min(scores)
        found = {a: b}
    return [Group([olds[a]], [news[b]]) for a, b in found.items()]


def _left_over(old: Side, new: Side, groups: Sequence[Group]) -> tuple[list[int], list[int]]:
    taken_old = {i for group in groups for i in group.old}
    taken_new = {j for group in groups for j in group.new}
    return (
        [i for i in range(len(old.units)) if i not in taken_old],
        [j for j in range(len(new.units)) if j not in taken_new],
    )


def _pair_moved(
    old: Side, new: Side, groups: Sequence[Group], similarity: Similarity
) -> list[Group]:
    """Units that went to another provision, closest first; on equal scores the earlier ones."""
    olds, news = _left_over(old, new, groups)
    scores = sorted(
        (-score, i, j)
        for i in olds
        for j in news
        if old.can_leave(i) and new.can_leave(j)
        and min(len(old.units[i].text), len(new.units[j].text)) >= MIN_MOVED_CHARS
        and (score := similarity(old.units[i].text, new.units[j].text)) >= MOVED
    )
    made: list[Group] = []
    used_old: set[int] = set()
    used_new: set[int] = set()
    for _, i, j in scores:
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            made.append(Group([i], [j]))
    return made


def _attach_pieces(
    old: Side, new: Side, groups: Sequence[Group], similarity: Similarity
) -> None:
    """Give each left-over unit to the group whose other side lost just these words."""
    olds, news = _left_over(old, new, groups)
    for j in news:
        wholes = [(group.old[0], group.new) for group in groups if len(group.old) == 1]
        _attach((new, j), old, wholes, similarity)
    for i in olds:
        wholes = [(group.new[0], group.old) for group in groups if len(group.new) == 1]
        _attach((old, i), new, wholes, similarity)
    for group in groups:
        group.old.sort()
        group.new.sort()


def _attach(
    piece: tuple[Side, int],
    other: Side,
    wholes: Sequence[tuple[int, list[int]]],
    similarity: Similarity,
) -> None:
    """Add a unit to the pieces of the whole it was cut from, of (whole, pieces known so far)."""
    side, unit = piece
    if not side.can_leave(unit):
        return
    text = side.units[unit].text
    best, source = 0.0, None
    for whole, pieces in wholes:
        lost = other.units[whole].text
        is_words = other.provisions[other.home[whole]].kin == "words"
        if not is_words or similarity.contained(text, lost) < MIN_COPIED:
            continue
        for known in pieces:
            lost = without_common(lost, side.units[known].text)
        share = copied_share(text, lost)
        if share >= MIN_COPIED and share > best:
            best, source = share, pieces
    if source is not None:
        source.append(unit)


def _parts_of_others(
    old: Side, new: Side, groups: Sequence[Group], pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Links of provisions without a counterpart to the one that most of their words went to."""
    to_new: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    to_old: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for group in groups:
        for i in group.old:
            for j in group.new:
                to_new[old.home[i]][new.home[j]] += len(old.units[i].text)
                to_old[new.home[j]][old.home[i]] += len(new.units[j].text)
    paired_old, paired_new = {i for i, _ in pairs}, {j for _, j in pairs}
    links: list[tuple[int, int]] = []
    for i, shares in sorted(to_new.items()):
        target = _most(shares)
        if i not in paired_old and shares[target] >= MIN_SHARE * len(old.provisions[i].text):
            links.append((i, target))
    for j, shares in sorted(to_old.items()):
        target = _most(shares)
        if j not in paired_new and shares[target] >= MIN_SHARE * len(new.provisions[j].text):
            links.append((target, j))
    return sorted(set(links))


def _most(shares: dict[int, int]) -> int:
    return min(shares, key=lambda place: (-shares[place], place))
