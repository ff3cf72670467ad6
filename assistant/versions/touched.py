"""Which clauses that others rely on are touched by a new version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.errors import NotFoundError
from assistant.versions.changes import Change, Diff, Kind
from assistant.versions.units import local_id

_SAME_WORDS = frozenset({Kind.UNCHANGED, Kind.MOVED})
_Changes = dict[str, Change]


@dataclass(frozen=True, slots=True)
class Touched:
    """A clause of the old version whose words or id are not those of the new."""

    clause_id: str
    kind: Kind
    new_ids: tuple[str, ...]
    """Where its words are now; empty for a dropped clause."""


def touched(diff: Diff, clause_ids: Iterable[str]) -> tuple[Touched, ...]:
    """Those of `clause_ids` that the new version touches, each once, in the order given.

    A clause counts with all below it. One of the same words whose id is another, because its
    chapter has another number, is `moved`. Ids of other documents are passed over.

    Raises:
        NotFoundError: an id of the old document that it does not have.
    """
    to_new = {old.clause_id: change for change in diff.walk() for old in change.old}
    to_old = {new.clause_id: change for change in diff.walk() for new in change.new}
    own = diff.old.doc_id
    found: list[Touched] = []
    for clause_id in dict.fromkeys(clause_ids):
        if clause_id != own and not clause_id.startswith(f"{own}__"):
            continue
        if clause_id not in to_new:
            raise NotFoundError(
                f"旧版 {own} 里没有条款 {clause_id}；请用 assistant outline 查正确的编号。"
            )
        change = to_new[clause_id]
        new_ids = tuple(one.clause_id for one in change.new)
        kind = change.kind
        if kind in _SAME_WORDS and not _same_below(clause_id, new_ids, to_new, to_old):
            kind = Kind.CHANGED
        if kind is Kind.UNCHANGED and not _same_local_id(change):
            kind = Kind.MOVED
        if kind is not Kind.UNCHANGED:
            found.append(Touched(clause_id, kind, new_ids))
    return tuple(found)


def _same_below(
    clause_id: str, new_ids: tuple[str, ...], to_new: _Changes, to_old: _Changes
) -> bool:
    """Whether all below the clause kept its words and is below its counterpart, and no more is."""
    below_old = {one for one in to_new if one.startswith(f"{clause_id}__")}
    below_new = {one for one in to_old if one.startswith(tuple(f"{new}__" for new in new_ids))}
    changes = [*(to_new[one] for one in below_old), *(to_old[one] for one in below_new)]
    return all(
        change.kind in _SAME_WORDS
        and {one.clause_id for one in change.old} <= below_old | {clause_id}
        and {one.clause_id for one in change.new} <= below_new | set(new_ids)
        for change in changes
    )


def _same_local_id(change: Change) -> bool:
    return [local_id(one) for one in change.old] == [local_id(one) for one in change.new]
