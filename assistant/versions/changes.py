"""The records of a comparison: Diff -> Change (a provision) -> Change (a clause inside) -> Mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from assistant.schema import Clause, Document, Level


class Kind(str, Enum):
    """What became of a clause."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    """Other words; the number may differ too."""
    MOVED = "moved"
    """The same words under another number or in another place."""
    SPLIT = "split"
    MERGED = "merged"
    ADDED = "added"
    DROPPED = "dropped"


class Op(str, Enum):
    """What a mark says of its words."""

    SAME = "same"
    ADDED = "added"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of words: `[old_start, old_end)` of the old canonical text, the same of the new.

    Of an added run the old span is empty, of a dropped run the new one.
    """

    op: Op
    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class Change:
    """What became of `old`; several clauses on a side where they were split or merged.

    A side also names the paragraph whose words are those of an undivided article on the other.
    """

    kind: Kind
    old: tuple[Clause, ...]
    new: tuple[Clause, ...]
    marks: tuple[Mark, ...] = ()
    """Of the clauses' own words, where they differ; those of clauses inside are in `parts`."""
    parts: tuple[Change, ...] = ()
    """The clauses inside an article, in reading order; empty for any other provision."""

    def walk(self) -> Iterator[Change]:
        """This change and all inside it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of changes by kind, all kinds present: of provisions, and of all clauses' changes."""

    provisions: dict[Kind, int]
    """Articles, headings and what stands outside articles; without the document and its title."""
    changes: dict[Kind, int]
    old_clauses: int
    new_clauses: int


@dataclass(frozen=True, slots=True)
class Diff:
    """Two versions aligned: over `walk()`, every clause of both sides is named exactly once."""

    old: Document
    new: Document
    changes: tuple[Change, ...]
    """One for each provision or group of provisions, in the order of the new version."""

    def walk(self) -> Iterator[Change]:
        for change in self.changes:
            yield from change.walk()

    @property
    def summary(self) -> Summary:
        every = list(self.walk())
        provisions = [change for change in self.changes if not _is_frame(change)]
        return Summary(
            {kind: sum(one.kind is kind for one in provisions) for kind in Kind},
            {kind: sum(one.kind is kind for one in every) for kind in Kind},
            sum(len(one.old) for one in every),
            sum(len(one.new) for one in every),
        )


def _is_frame(change: Change) -> bool:
    first = (*change.old, *change.new)[0]
    return first.level in (Level.DOCUMENT, Level.TITLE)
