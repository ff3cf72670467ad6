"""The small rules of `tests/rules` and profiles for them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from assistant.eligibility.form import profile_of
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.loading import Rules, load_rules

FOLDER = Path(__file__).parent / "rules"
DAY = date(2026, 6, 30)


@lru_cache(maxsize=1)
def rules() -> Rules:
    return load_rules(FOLDER)


def profile(**facts: object) -> Profile:
    read, problems = profile_of(facts, rules().definitions, DAY)
    assert not problems, problems
    return read


def known(**facts: object) -> Known:
    return Known(profile(**facts), DAY)
