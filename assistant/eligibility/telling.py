"""What was told so far and what is told now: added, put right, taken back, answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.eligibility.checks import Described, told_by
from assistant.eligibility.facts import FactDefinition
from assistant.eligibility.known import Told
from assistant.eligibility.learned import PATTERNS_ALONE
from assistant.eligibility.loading import Rules
from assistant.eligibility.profile import read_profile
from assistant.eligibility.readings import CellError, ReadProfile
from assistant.eligibility.table_rows import read_row
from assistant.eligibility.values import Members, Series

PLACE = "region"
"""A firm that is somewhere else is no longer where it was."""


def merged(before: Described, later: Described) -> Described:
    """What was said later stands; years are added to years, fields of business to fields."""
    told = dict(before.profile.told)
    for fact, one in later.profile.told.items():
        told[fact] = _joined(told.get(fact), one, fact)
    doubted = {one.fact for one in later.doubts}
    told = {fact: one for fact, one in told.items() if fact not in doubted}
    unsure = (before.profile.unsure | later.profile.unsure) - told.keys()
    settled = later.profile.told.keys() | doubted | later.profile.unsure
    doubts = (*(one for one in before.doubts if one.fact not in settled), *later.doubts)
    profile = replace(before.profile, told=told, unsure=unsure)
    return Described(profile, (*before.notices, *later.notices), doubts)


def without(told: Described, fact: str) -> Described:
    """As if the fact had never been told, nor asked for."""
    profile = told.profile
    kept = {name: one for name, one in profile.told.items() if name != fact}
    doubts = tuple(one for one in told.doubts if one.fact != fact)
    return replace(
        told, profile=replace(profile, told=kept, unsure=profile.unsure - {fact}), doubts=doubts
    )


def unsure_of(told: Described, fact: str) -> Described:
    """Asked for, and answered with 不清楚."""
    rest = without(told, fact)
    return replace(rest, profile=replace(rest.profile, unsure=rest.profile.unsure | {fact}))


def answered(
    definition: FactDefinition, words: str, rules: Rules, day: date, year: int | None = None
) -> tuple[Described | None, tuple[CellError, ...]]:
    """The words as an answer about one fact: a cell of a table, a sentence, or what follows its
    name (2023年3000万，2024年4000万 of 营业收入).
    """
    header = f"{year}年{definition.name}" if year else definition.name
    row = read_row({header: words}, rules.definitions, day)
    if row.facts:
        return told_by(ReadProfile(row.facts), rules, day), ()
    for said in (words, f"{definition.name}{words}"):
        spoken = read_profile(said, day, rules.definitions, PATTERNS_ALONE)
        if facts := tuple(one for one in spoken.facts if one.fact == definition.fact):
            return told_by(ReadProfile(facts), rules, day), ()
    return None, row.errors


def _joined(before: Told | None, later: Told, fact: str) -> Told:
    if before is None:
        return later
    old, new = before.value, later.value
    words = "；".join(dict.fromkeys(filter(None, (before.words, later.words))))
    if isinstance(old, Series) and isinstance(new, Series):
        return Told(Series({**old.by_year, **new.by_year}), words)
    if isinstance(old, Members) and isinstance(new, Members) and fact != PLACE:
        return Told(Members(old.options | new.options, old.is_open and new.is_open), words)
    return later
