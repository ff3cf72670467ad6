"""Which clauses that others rely on are touched by a new version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.errors import NotFoundError
from assistant.versions.changes import Diff, Kind
from assistant.versions.units import local_id


@dataclass(frozen=True, slots=True)
class Touched:
    """A clause of the old version whose words or id are not those of the new."""

    clause_id: str
    kind: Kind
    new_ids: tuple[str, ...]
    """Where its words are now; empty for a dropped clause."""


def touched(diff: Diff, clause_ids: Iterable[str]) -> tuple[Touched, ...]:
    """Those of `clause_ids` that the new version touches, each once, in the order given.

    A clause of unchanged words whose id is another, because its chapter has another number, is
    `moved`. Ids of other documents are passed over.

    Raises:
        NotFoundError: an id of the old document that it does not have.
    """
    changes = {old.clause_id: change for change in diff.walk() for old in change.old}
    clauses = {old.clause_id: old for change in changes.values() for old in change.old}
    prefix = diff.old.doc_id
    found: list[Touched] = []
    for clause_id in dict.fromkeys(clause_ids):
        if clause_id != prefix and not clause_id.startswith(f"{prefix}__"):
            continue
        if clause_id not in changes:
            raise NotFoundError(
                f"旧版 {prefix} 里没有条款 {clause_id}；请用 assistant outline 查正确的编号。"
            )
        change = changes[clause_id]
        new_ids = tuple(one.clause_id for one in change.new)
        kind = change.kind
        if kind is Kind.UNCHANGED:
            if [local_id(one) for one in change.new] == [local_id(clauses[clause_id])]:
                continue
            kind = Kind.MOVED
        found.append(Touched(clause_id, kind, new_ids))
    return tuple(found)
