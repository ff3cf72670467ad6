"""The small rules of `tests/rules` and profiles for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from assistant.eligibility.form import profile_of
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.loading import Rules, load_rules
from assistant.eligibility.size_rows import SIZES_FILE, read_trades

FOLDER = Path(__file__).parent / "rules"
DAY = date(2026, 6, 30)


CORPUS = Path(__file__).parents[1] / "corpus"


@lru_cache(maxsize=1)
def rules() -> Rules:
    """With the limits of enterprise size of the corpus; these rules' own folder has none."""
    found = load_rules(FOLDER)
    trades, problems = read_trades(CORPUS / SIZES_FILE)
    assert not problems
    return replace(found, definitions=replace(found.definitions, trades=trades))


def profile(**facts: object) -> Profile:
    read, problems = profile_of(facts, rules().definitions, DAY)
    assert not problems, problems
    return read


def known(**facts: object) -> Known:
    return Known(profile(**facts), DAY)
