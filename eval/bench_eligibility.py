"""How long decisions take: every benefit for one firm, and for many. Prints figures with their n.

    python eval/bench_eligibility.py [--rules corpus] [--firms 1000]
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from assistant.checking import check, check_record
from assistant.eligibility.decide import decide_all
from assistant.eligibility.facts import Definitions, FactType
from assistant.eligibility.known import Profile
from assistant.eligibility.loading import load_rules
from assistant.eligibility.values import Choice, FactValue, Members, Series, exactly, on_day

DAY = date(2026, 6, 30)
KNOWN = 0.7
"""The share of facts that a firm tells."""


def firm(definitions: Definitions, chance: random.Random) -> Profile:
    """Random facts, each told with a chance of `KNOWN`."""
    profile = Profile(definitions)
    for one in definitions:
        if one.derive is not None or chance.random() > KNOWN:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=Path, default=Path("corpus"))
    parser.add_argument("--firms", type=int, default=1000)
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
        check_record(check(rules, one, DAY))
        checks.append(time.perf_counter() - begin)
    for name, spent in (("decide all", decisions), ("whole check", checks)):
        median, worst = statistics.median(spent) * 1000, max(spent) * 1000
        lines.append(
            f"{name}: median {median:.2f} ms, worst {worst:.2f} ms, "
            f"{sum(spent):.1f} s for {len(spent)} firms"
        )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
