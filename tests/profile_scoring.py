"""Descriptions with the facts expected, and how many of them are read.

Values: 86, "~30" (estimate), ">=5000", "<=500", "800..900", "2021-05-01..2021-05-31", true, an
option, a list of members; a year of a series is `revenue@2025`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.profile import read_profile
from assistant.eligibility.readings import DefinitionLike
from assistant.evaluation.eligibility import noted

FOLDER = Path(__file__).parent / "profiles"
DAY = date(2026, 6, 30)


@dataclass
class Score:
    """Counts of facts; `slips` says in words what went wrong."""

    stated: int = 0
    right: int = 0
    invented: int = 0
    slips: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.right / self.stated if self.stated else 1.0


def rows(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def score(given: Iterable[dict[str, Any]], definitions: Iterable[DefinitionLike]) -> Score:
    """A contradiction that is expected counts as a stated fact."""
    total = Score()
    definitions = tuple(definitions)
    for row in given:
        profile = read_profile(row["text"], DAY, definitions, PATTERNS_ALONE)
        read = dict(map(noted, profile.facts))
        read |= {
            f"!{one.fact}" if one.year is None else f"!{one.fact}@{one.year}": True
            for one in profile.contradictions
        }
        wanted = {
            key: sorted(value) if isinstance(value, list) else value
            for key, value in row["facts"].items()
        }
        wanted |= {f"!{key}": True for key in row.get("contradictions", ())}
        total.stated += len(wanted)
        for key, value in wanted.items():
            if key in read and read[key] == value and type(read[key]) is type(value):
                total.right += 1
            else:
                total.slips.append(f"{row['text']}\n    {key}: {value!r}, read {read.get(key)!r}")
        for key in sorted(read.keys() - wanted.keys()):
            total.invented += 1
            total.slips.append(f"{row['text']}\n    invented {key}: {read[key]!r}")
    return total
