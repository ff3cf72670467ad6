"""How long decisions take: every benefit for one firm, and for many. Prints figures with their n.

Processor time, which does not depend on what else runs; of the table the real time as well.

    python eval/bench_eligibility.py [--rules corpus] [--firms 1000]
"""

from __future__ import annotations

import argparse
import io
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
from assistant.eligibility.facts import Definitions, FactDefinition, FactType
from assistant.eligibility.judging import missing_for
from assistant.eligibility.known import Known, Profile
from assistant.eligibility.loading import Rules, load_rules
from assistant.eligibility.next_question import next_question
from assistant.eligibility.values import Choice, FactValue, Members, Series, exactly, on_day
from assistant.tables.firms import decide_firms
from assistant.tables.reading import read_table
from assistant.tables.workbook import write_firms

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


COLUMNS = (
    "region", "tax_place", "industry", "staff_count", "rd_staff_count", "science_staff_count",
    "revenue", "rd_expense", "total_assets", "debt_ratio", "main_business_share", "market_share",
    "hightech", "hightech_kind", "tech_sme", "srdi", "ip_class1_count", "registered_on", "listed",
    "above_scale", "first_above_scale", "project_investment", "fixed_investment",
    "equipment_investment", "special_review", "device_first_certificate", "segment_years",
    "hightech_income_share", "srdi_score", "good_tax_credit",
)  # fmt: skip
"""What a park knows of its firms; of the two series two years each."""


def workbook(rules: Rules, count: int, chance: random.Random) -> bytes:
    """A table of `count` firms, of whose cells one in seven is empty."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    columns = [
        (one, year)
        for one in map(rules.definitions.by_id.__getitem__, COLUMNS)
        for year in ((2025, 2024) if one.type is FactType.SERIES else (None,))
    ]
    sheet.append(["企业名称"] + [
        f"{f'{year}年' if year else ''}{one.name}{f'（{one.unit}）' if one.unit else ''}"
        for one, year in columns
    ])  # fmt: skip
    for number in range(count):
        cells = [_cell(one, chance) if chance.random() > 0.15 else None for one, _ in columns]
        sheet.append([f"企业{number:04d}", *cells])
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def _cell(one: FactDefinition, chance: random.Random) -> object:
    if one.options:
        return chance.choice(one.options).name
    if one.type is FactType.YES_NO:
        return chance.choice(("是", "否"))
    if one.type is FactType.DATE:
        return DAY - timedelta(days=chance.randrange(9000))
    return chance.randrange(100 if one.unit in ("%", "分") else 9000)


def table(rules: Rules, count: int) -> str:
    """Reading a table, deciding every firm and writing the workbook, in processor and real time."""
    raw = workbook(rules, count, random.Random(2))
    begin, real = time.process_time(), time.perf_counter()
    read = read_table(raw, "firms.xlsx", rules.definitions, DAY)
    made, _ = write_firms(rules, read, decide_firms(rules, read, DAY), DAY)
    spent, waited = time.process_time() - begin, time.perf_counter() - real
    return (
        f"table of {count} firms: {spent:.1f} s of one processor, {waited:.1f} s in all, "
        f"{len(made) / 1e6:.1f} MB written"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=Path, default=Path("corpus"))
    parser.add_argument("--firms", type=int, default=1000)
    parser.add_argument("--asked", type=int, default=20, help="firms that answer every question")
    options = parser.parse_args()
    begin = time.process_time()
    rules = load_rules(options.rules)
    lines = [f"load {len(rules.benefits)} benefits: {time.process_time() - begin:.2f} s"]
    chance = random.Random(1)
    firms = [firm(rules.definitions, chance) for _ in range(options.firms)]
    decisions, checks = [], []
    for one in firms:
        begin = time.process_time()
        decide_all(rules.benefits, one, DAY)
        decisions.append(time.process_time() - begin)
        begin = time.process_time()
        check_record(check(rules, Described(one), DAY))
        checks.append(time.process_time() - begin)
    for name, spent in (("decide all", decisions), ("whole check", checks)):
        median, worst = statistics.median(spent) * 1000, max(spent) * 1000
        lines.append(
            f"{name}: median {median:.2f} ms, worst {worst:.2f} ms, "
            f"{sum(spent):.1f} s for {len(spent)} firms"
        )
    lines.append(table(rules, options.firms))
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
