"""Many firms decided together are decided as each alone; nothing that was kept is another's."""

from __future__ import annotations

import random
import sys
from datetime import date

import pytest

from assistant.eligibility.decide import decide_all
from assistant.eligibility.decider import Decider, facts_used
from assistant.eligibility.facts import Definitions
from assistant.eligibility.known import Profile
from assistant.eligibility.loading import load_rules
from assistant.eligibility.values import Series, exactly
from assistant.settings import PACKAGE_DIR

ROOT = PACKAGE_DIR.parent
DAY = date(2026, 6, 30)

sys.path.insert(0, str(ROOT / "eval"))
from bench_eligibility import firm  # noqa: E402


@pytest.fixture(scope="module")
def rules():
    return load_rules(ROOT / "corpus")


@pytest.mark.parametrize("day", [DAY, date(2023, 5, 1), date(2020, 6, 30)])
def test_every_verdict_is_that_of_the_firm_alone(rules, day):
    chance = random.Random(5)
    decider = Decider(rules.benefits, rules.definitions, day)
    firms = [firm(rules.definitions, chance, share) for share in (0.1, 0.3, 0.7, 1.0) * 10]

    for one in [*firms, *firms]:
        facts = one.definitions
        fresh = Profile(Definitions(facts.by_id, facts.parents, facts.trades), one.told)
        assert decider.decide(one) == decide_all(rules.benefits, fresh, day)


def test_firms_that_agree_in_what_a_benefit_looks_at_share_its_verdict(rules):
    decider = Decider(rules.benefits, rules.definitions, DAY)
    one = Profile(rules.definitions).with_fact("intern_in_baoshan", True)
    other = one.with_fact("staff_count", exactly(86))
    at = [benefit.benefit for benefit in rules.benefits].index("intern_2023")

    assert decider.decide(one)[at] is decider.decide(other)[at]


def test_a_series_and_the_day_of_founding_are_looked_at(rules):
    decider = Decider(rules.benefits, rules.definitions, DAY)
    one = Profile(rules.definitions).with_fact("revenue", Series({2025: exactly(25_000)}))
    other = Profile(rules.definitions).with_fact("revenue", Series({2025: exactly(15_000)}))
    at = [benefit.benefit for benefit in rules.benefits].index("tech_sme_recognition")

    assert decider.decide(one)[at].outcome is not decider.decide(other)[at].outcome
    assert "registered_on" in facts_used(rules.by_id["srdi_sme_2026"], rules.definitions)
    assert "rd_expense" in facts_used(rules.by_id["hightech_recognition"], rules.definitions)
