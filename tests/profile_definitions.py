"""Definitions for the tests of the profile reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FACTS = Path(__file__).parent / "facts_for_profile.yaml"


@dataclass(frozen=True)
class Option:
    value: str
    name: str
    synonyms: tuple[str, ...] = ()
    within: str | None = None


@dataclass(frozen=True)
class Definition:
    fact: str
    name: str
    type: str
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    synonyms: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    signs: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def load(path: Path = FACTS) -> tuple[Definition, ...]:
    return tuple(map(_definition, yaml.safe_load(path.read_text("utf-8"))))


def _definition(row: dict[str, Any]) -> Definition:
    options = tuple(
        Option(one["value"], one["name"], tuple(one.get("synonyms", ())), one.get("within"))
        for one in row.get("options", ())
    )
    return Definition(
        fact=row["fact"], name=row["name"], type=row["type"], unit=row.get("unit"),
        min=row.get("min"), max=row.get("max"), synonyms=tuple(row.get("synonyms", ())),
        options=options,
    )  # fmt: skip
