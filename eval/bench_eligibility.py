"""How long decisions take: every benefit for one firm, and for many. Prints figures with their n.

    python eval/bench_eligibility.py [--rules corpus] [--firms 1000]
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from assistant.eligibility.benefits import Benefit, BenefitKind
from assistant.eligibility.checks import Described, check, check_record
from assistant.eligibility.conditions import leaves_of
from assistant.eligibility.decide import decide_all
from assistant.eligibility.facts import Definitions, FactType
from assistant.eligibility.judging import missing_for
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.loading import Rules, load_rules
from assistant.eligibility.next_question import next_question
from assistant.eligibility.values import Choice, FactValue, Members, Series, exactly, on_day

DAY = date(2026, 6, 30)
KNOWN = 0.7
"""The share of facts that a firm tells."""


def firm(definitions: Definitions, chance: random.Random, share: float = KNOWN) -> Profile:
    """Random facts, each told with a chance of `share`."""
    profile = Profile(definitions)
    for one in definitions:
        if one.derive is not None or chance.random() > share:
            continue
        options = sorted(one.option_ids)
        value: FactValue = chance.random() < 0.5
        if one.type is FactType.NUMBER:
            value = exactly(chance.randrange(0, 3000))
        elif one.type is FactType.DATE:
            value = on_day(DAY - timedelta(days=chance.randrange(9000)))
        elif one.type is FactType.SERIES:
            value = Series({year: exactly(chance.randrange(9000)) for year in (2023, 2024, 2025)})
        elif one.type is FactType.CHOICE:
            value = Choice(frozenset({chance.choice(options)}))
        elif one.type is FactType.SET:
            value = Members(frozenset(chance.sample(options, min(2, len(options)))))
        profile = profile.with_fact(one.fact, value)
    return profile


def asked_by(benefit: Benefit, rules: Rules) -> set[str]:
    """The facts a form would ask for, for this benefit alone."""
    known = Known(Profile(rules.definitions), DAY)
    leaves = [one for one in leaves_of(benefit.conditions) if not one.is_expert]
    if benefit.kind is BenefitKind.DIRECTION:
        return set()
    return {fact for leaf in leaves for fact in missing_for(leaf, known)}


def questions(rules: Rules, whole: Profile) -> int:
    """How many questions until nothing is left to ask, each answered from the whole profile."""
    profile = Profile(rules.definitions)
    for count in range(len(whole.told) + 1):
        question = next_question(rules.benefits, Known(profile, DAY))
        if question is None:
            return count
        told = whole.told.get(question.fact)
        if told is None:
            profile = replace(profile, unsure=profile.unsure | {question.fact})
        else:
            profile = profile.with_fact(question.fact, told.value)
    raise AssertionError(f"{len(whole.told)} answers and still a question")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=Path, default=Path("corpus"))
    parser.add_argument("--firms", type=int, default=1000)
    parser.add_argument("--asked", type=int, default=20, help="firms that answer every question")
    options = parser.parse_args()
    begin = time.perf_counter()
    rules = load_rules(options.rules)
    lines = [f"load {len(rules.benefits)} benefits: {time.perf_counter() - begin:.2f} s"]
    chance = random.Random(1)
    firms = [firm(rules.definitions, chance) for _ in range(options.firms)]
    decisions, checks = [], []
    for one in firms:
        begin = time.perf_counter()
        decide_all(rules.benefits, one, DAY)
        decisions.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        check_record(check(rules, Described(one), DAY))
        checks.append(time.perf_counter() - begin)
    for name, spent in (("decide all", decisions), ("whole check", checks)):
        median, worst = statistics.median(spent) * 1000, max(spent) * 1000
        lines.append(
            f"{name}: median {median:.2f} ms, worst {worst:.2f} ms, "
            f"{sum(spent):.1f} s for {len(spent)} firms"
        )
    whole = [firm(rules.definitions, chance, 1.0) for _ in range(options.asked)]
    counts = [questions(rules, one) for one in whole]
    everything = len({fact for one in rules.benefits for fact in asked_by(one, rules)})
    lines.append(
        f"questions to a full decision: median {statistics.median(counts):.0f} of {everything}, "
        f"n = {len(counts)}"
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
