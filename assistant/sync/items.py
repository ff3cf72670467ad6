"""What became of each page of a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum
from typing import Any


class Outcome(str, Enum):
    """Of one page."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    """Done by the run of the same day that was interrupted."""
    QUARANTINED = "quarantined"
    """It came and cannot be kept; set aside with the reason."""
    FAILED = "failed"


FAULTS = frozenset({Outcome.QUARANTINED, Outcome.FAILED})


@dataclass(frozen=True, slots=True)
class Item:
    """`doc_id` and `file` are those of the version in the corpus, where there is one."""

    source: str
    url: str
    outcome: Outcome
    doc_id: str | None = None
    file: str | None = None
    modified_on: date | None = None
    """As the site dates the page."""
    message: str = ""


def item_record(item: Item) -> dict[str, Any]:
    """As JSON."""
    day = item.modified_on.isoformat() if item.modified_on else None
    return asdict(item) | {"outcome": item.outcome.value, "modified_on": day}
