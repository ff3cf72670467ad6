"""From an alignment to the records of a comparison."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.parsing import ParsedDocument
from assistant.schema import Clause, Document, Level
from assistant.text import normalize
from assistant.versions.alignment import Alignment, Group, Side, align, side_of
from assistant.versions.changes import Change, Diff, Kind, Mark
from assistant.versions.marks import Cut, cut_simply, mark_words
from assistant.versions.units import address, provisions_of


def diff_documents(old: ParsedDocument, new: ParsedDocument, cut: Cut = cut_simply) -> Diff:
    """Align two versions; `cut` decides what a word of the marks is.

    >>> from assistant.parsing import Origin, parse_source
    >>> old, new = (
    ...     parse_source(f"办法\\n第一条 为了发展，制定本办法。\\n{rest}", Origin("d", "d", "0"))
    ...     for rest in ("第二条 补贴五万元。", "第二条 企业可以申请。\\n第三条 补贴六万元。")
    ... )
    >>> [one.kind.value for one in diff_documents(old, new).changes[2:]]
    ['unchanged', 'added', 'changed']
    """
    alignment = align(side_of(provisions_of(old)), side_of(provisions_of(new)))
    diff = Diff(old.document, new.document, _Teller(alignment, old, new, cut).changes())
    _check(old.clauses, (one for change in diff.walk() for one in change.old))
    _check(new.clauses, (one for change in diff.walk() for one in change.new))
    return diff


def _check(clauses: Sequence[Clause], told: Iterable[Clause]) -> None:
    if Counter(one.clause_id for one in told) != Counter(one.clause_id for one in clauses):
        raise AssertionError("a comparison does not name every clause exactly once")


@dataclass(frozen=True, slots=True)
class _Teller:
    """Turns groups of units and links of provisions into changes."""

    alignment: Alignment
    old: ParsedDocument
    new: ParsedDocument
    cut: Cut

    def changes(self) -> tuple[Change, ...]:
        """A change for every set of linked provisions, in the order of the new version."""
        components = _components(self.alignment)
        home_of_old = {i: place for place, one in enumerate(components) for i in one.old}
        home_of_new = {j: place for place, one in enumerate(components) for j in one.new}
        groups: defaultdict[int, list[Group]] = defaultdict(list)
        for group in [*self.alignment.groups, *_unpaired(self.alignment)]:
            side, unit = self._teller(group)
            home = home_of_old if side is self.alignment.old else home_of_new
            groups[home[side.home[unit]]].append(group)
        told = [self._change(one, groups[place]) for place, one in enumerate(components)]
        return tuple(told[place] for place in _reading_order(components))

    def _teller(self, group: Group) -> tuple[Side, int]:
        """Of whose provision the group is told: one whose own words it holds, else the new one."""
        units = [(self.alignment.new, j) for j in group.new]
        units += [(self.alignment.old, i) for i in group.old]
        return next((one for one in units if one[0].is_own(one[1])), units[0])

    def _change(self, component: Group, groups: list[Group]) -> Change:
        groups = [groups[place] for place in _reading_order(groups)]
        own = [group for group in groups if self._is_own(group)]
        return Change(
            self._kind(component, groups, own),
            _clauses(self.alignment.old, component.old, [i for group in own for i in group.old]),
            _clauses(self.alignment.new, component.new, [j for group in own for j in group.new]),
            tuple(mark for group in own for mark in self._marks(group)),
            tuple(self._part(group) for group in groups if not self._is_own(group)),
        )

    def _kind(self, component: Group, groups: Sequence[Group], own: Sequence[Group]) -> Kind:
        old, new = self.alignment.old, self.alignment.new
        several = _kind_of_counts(component)
        if several is not None:
            return several
        before, after = old.provisions[component.old[0]], new.provisions[component.new[0]]
        if before.clause.level is Level.DOCUMENT:
            same = _plain(self.old.document) == _plain(self.new.document)
            return Kind.UNCHANGED if same else Kind.CHANGED
        is_same = before.text == after.text
        for group in groups if is_same else own:
            if group.old and group.new and (kind := _kind_of_counts(group)):
                return kind
        return _kind_of_pair(before.clause, after.clause, is_same=is_same)

    def _part(self, group: Group) -> Change:
        olds = [self.alignment.old.units[i] for i in group.old]
        news = [self.alignment.new.units[j] for j in group.new]
        kind = _kind_of_counts(group) or _kind_of_pair(
            olds[0].clause, news[0].clause, is_same=olds[0].text == news[0].text
        )
        return Change(
            kind,
            tuple(one.clause for one in olds),
            tuple(one.clause for one in news),
            self._marks(group),
        )

    def _marks(self, group: Group) -> tuple[Mark, ...]:
        olds = [self.alignment.old.units[i] for i in group.old]
        news = [self.alignment.new.units[j] for j in group.new]
        same = "".join(one.text for one in olds) == "".join(one.text for one in news)
        if same or not olds or not news:
            return ()
        return mark_words(
            (self.old.document.text, [(one.start, one.end) for one in olds]),
            (self.new.document.text, [(one.start, one.end) for one in news]),
            self.cut,
        )

    def _is_own(self, group: Group) -> bool:
        side, unit = self._teller(group)
        return side.is_own(unit)


def _kind_of_counts(group: Group) -> Kind | None:
    """None for one to one."""
    if not group.old or not group.new:
        return Kind.DROPPED if group.old else Kind.ADDED
    if len(group.old) == len(group.new) == 1:
        return None
    return Kind.MERGED if len(group.old) > len(group.new) else Kind.SPLIT


def _kind_of_pair(old: Clause, new: Clause, *, is_same: bool) -> Kind:
    if not is_same:
        return Kind.CHANGED
    return Kind.UNCHANGED if address(old) == address(new) else Kind.MOVED


def _plain(document: Document) -> str:
    return normalize(document.text).text


def _clauses(side: Side, provisions: Sequence[int], units: Sequence[int]) -> tuple[Clause, ...]:
    """Provisions, the units told with them, and the bare markers inside them; each once."""
    clauses = [
        *(side.provisions[place].clause for place in provisions),
        *(side.units[unit].clause for unit in units),
        *(one for place in provisions for one in side.provisions[place].wordless),
    ]
    return tuple({one.clause_id: one for one in clauses}.values())


def _unpaired(alignment: Alignment) -> list[Group]:
    """A group for each unit without a counterpart."""
    taken_old = {i for group in alignment.groups for i in group.old}
    taken_new = {j for group in alignment.groups for j in group.new}
    olds, news = range(len(alignment.old.units)), range(len(alignment.new.units))
    return [
        *(Group([i], []) for i in olds if i not in taken_old),
        *(Group([], [j]) for j in news if j not in taken_new),
    ]


def _components(alignment: Alignment) -> list[Group]:
    """Provisions that are linked, directly or through others, as groups of their places."""
    group_of: dict[tuple[str, int], Group] = {
        **{("old", i): Group([i], []) for i in range(len(alignment.old.provisions))},
        **{("new", j): Group([], [j]) for j in range(len(alignment.new.provisions))},
    }
    for i, j in alignment.links:
        mine, theirs = group_of["old", i], group_of["new", j]
        if mine is theirs:
            continue
        mine.old += theirs.old
        mine.new += theirs.new
        group_of |= {("old", one): mine for one in theirs.old}
        group_of |= {("new", one): mine for one in theirs.new}
    found = list({id(group): group for group in group_of.values()}.values())
    for group in found:
        group.old.sort()
        group.new.sort()
    return found


def _reading_order(groups: Sequence[Group]) -> list[int]:
    """Places of the groups in the order of the new version; a dropped one follows what stood
    before it in the old.
    """
    order = sorted((p for p, one in enumerate(groups) if one.new), key=lambda p: groups[p].new)
    for place in sorted(
        (p for p, one in enumerate(groups) if not one.new), key=lambda p: groups[p].old
    ):
        before = [
            (max(old for old in groups[other].old if old < groups[place].old[0]), at)
            for at, other in enumerate(order)
            if any(old < groups[place].old[0] for old in groups[other].old)
        ]
        order.insert(max(before)[1] + 1 if before else 0, place)
    return order
