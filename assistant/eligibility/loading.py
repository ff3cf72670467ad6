"""`benefits/*.yaml` to benefits, with everything that is wrong and everything to be proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.eligibility.benefits import (
    AmountRule,
    Benefit,
    BenefitKind,
    Cap,
    Exclusion,
    Part,
    PartKind,
    Step,
    overlap,
)
from assistant.eligibility.conditions import Condition, Is, Leaf, leaves_of
from assistant.eligibility.facts import MONEY, Definitions, FactType, load_definitions
from assistant.eligibility.reading_tree import Claim, Figure, TreeReader
from assistant.eligibility.rows import BenefitRow, CapRow, DaysRow, PartRow, StatedRow
from assistant.eligibility.size import STAFF
from assistant.eligibility.size_rows import SIZES_FILE
from assistant.eligibility.yaml_files import Problem, problems_of, read_yaml, refuse
from assistant.errors import RuleError
from assistant.text import find_numbers
from assistant.verdicts import Days, Source, Stated

FACTS, BENEFITS = "facts.yaml", "benefits"
WITHDRAWN = "withdrawn.txt"
"""Beside the rules: the names of rules that were put aside, a line each, a tab and the reason."""
_DIRECTION_FACTS = frozenset({"fields", "region", "tax_place", "industry"})
_MAXIMUM = ("不超过", "最高", "至多", "上限", "以内", "以下")
_BEFORE_RATE = 14
"""How far before a rate 不超过 may stand: 按不超过研发投入的40%."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Facts and benefits that fit together; `claims` say what the corpus must bear out."""

    definitions: Definitions
    benefits: tuple[Benefit, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def by_id(self) -> dict[str, Benefit]:
        return {one.benefit: one for one in self.benefits}


def load_rules(folder: Path) -> Rules:
    """The rules of `folder/facts.yaml` and `folder/benefits/*.yaml`, ordered by benefit.

    Raises:
        RuleError: naming each file, condition and key that is wrong.
    """
    rules, problems = read_rules(folder)
    refuse(problems)
    return rules


def read_rules(folder: Path) -> tuple[Rules, list[Problem]]:
    """The same, with what is wrong beside what could be read.

    Raises:
        RuleError: there are no fact definitions to read the benefits by.
    """
    definitions = load_definitions(folder / FACTS)
    benefits: list[Benefit] = []
    claims = list(_claims_of_sizes(definitions))
    problems: list[Problem] = []
    withdrawn = _withdrawn(folder / BENEFITS / WITHDRAWN)
    for path in sorted((folder / BENEFITS).glob("*.yaml")):
        try:
            row = read_yaml(path)
        except RuleError as error:
            problems.append(Problem(path.name, "", "", str(error)))
            continue
        benefit, reader = read_benefit(row, path.name, definitions)
        problems += reader.problems
        claims += reader.claims
        if benefit is not None:
            kept = tuple(one for one in benefit.excludes if one.benefit not in withdrawn)
            benefits.append(replace(benefit, excludes=kept))
    problems += _between(benefits)
    return Rules(definitions, tuple(benefits), tuple(claims)), problems


def _claims_of_sizes(definitions: Definitions) -> Iterator[Claim]:
    for name, trade in definitions.trades.items():
        for bounds in trade.bounds():
            figures = tuple(
                Figure(Decimal(limit), None if fact == STAFF else "万元")
                for fact, limit in zip(trade.facts, bounds.limits, strict=True)
            )
            yield Claim(SIZES_FILE, name, Source(bounds.clause, bounds.quote), figures)


def _withdrawn(path: Path) -> frozenset[str]:
    """Benefits that exclude nobody any more, as nobody can get them."""
    if not path.is_file():
        return frozenset()
    try:
        return frozenset(line.split("\t")[0] for line in path.read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path} 无法读取：{error}。请存为 UTF-8 文本。") from error


def read_benefit(
    row: Any, file: str, definitions: Definitions
) -> tuple[Benefit | None, TreeReader]:
    """One benefit as YAML has it; the reader holds the problems and claims."""
    reader = TreeReader(file, definitions)
    try:
        found = BenefitRow.model_validate(row)
    except ValidationError as error:
        reader.problems += problems_of(error, file, "")
        return None, reader
    if found.benefit != Path(file).stem:
        reader.problem("", "benefit", f"应与文件名一致，写的是 {found.benefit}。")
    conditions = reader.tree(found.conditions, "conditions", set())
    if found.kind is BenefitKind.DIRECTION:
        _check_direction(conditions, reader)
    benefit = Benefit(
        benefit=found.benefit,
        name=found.name,
        document=found.document,
        kind=found.kind,
        tier=found.tier,
        per=found.per,
        conditions=conditions,
        certainty=found.certainty,
        period=_days(found.period, "period", reader),
        window=_days(found.window, "window", reader),
        amount=_amount(found, reader),
        frequency=found.frequency,
        route=_stated(found.route, "route", reader),
        materials=_stated(found.materials, "materials", reader),
        department=_stated(found.department, "department", reader),
        excludes=tuple(_exclusions(found, reader)),
        unknown=tuple(found.unknown),
    )
    return benefit, reader


def _check_direction(conditions: Condition, reader: TreeReader) -> None:
    for leaf in leaves_of(conditions):
        if leaf.fact not in _DIRECTION_FACTS:
            allowed = "、".join(sorted(_DIRECTION_FACTS))
            reader.problem(f"条件 {leaf.id}", "fact", f"direction 只能以 {allowed} 为条件。")


def _days(row: DaysRow | None, where: str, reader: TreeReader) -> Days | None:
    if row is None:
        return None
    source = Source(row.clause, row.quote) if row.clause and row.quote else None
    if source is not None:
        days = tuple(one for one in (row.from_, row.to) if one) if row.value_in_quote else ()
        reader.claims.append(Claim(reader.file, where, source, days=days))
    return Days(row.from_, row.to, source)


def _stated(row: StatedRow | str | None, where: str, reader: TreeReader) -> Stated | None:
    if row is None or isinstance(row, str):
        return Stated(row, None) if row else None
    if row.clause is None:
        return Stated(row.text, None)
    source = Source(row.clause, row.quote or "")
    reader.claims.append(Claim(reader.file, where, source))
    return Stated(row.text, source)


def _exclusions(row: BenefitRow, reader: TreeReader) -> list[Exclusion]:
    found = []
    for number, one in enumerate(row.excludes, start=1):
        source = Source(one.clause, one.quote)
        reader.claims.append(Claim(reader.file, f"excludes[{number}]", source))
        found.append(Exclusion(one.rule, source, one.benefit, one.tier))
    return found


def _amount(row: BenefitRow, reader: TreeReader) -> AmountRule | None:
    if row.amount is None:
        return None
    parts = tuple(
        _part(one, f"amount.parts[{number}]", reader)
        for number, one in enumerate(row.amount.parts, start=1)
    )
    for one, other in combinations(parts, 2):
        if one.id is not None and one.id == other.id and overlap(one.days, other.days):
            reader.problem("amount", "parts", f"{one.id} 的两段日期重叠，请分开。")
    return AmountRule(parts, _caps(row.amount.cap, "amount.cap", parts[-1].source, reader))


def _part(row: PartRow, where: str, reader: TreeReader) -> Part:
    source = Source(row.clause, row.quote)
    scale = _money(row.unit, where, reader)
    figures: list[Figure] = []
    if row.value is not None:
        figures.append(Figure(row.value * scale, "万元"))
    if row.percent is not None:
        figures.append(Figure(row.percent, "%"))
    for step in row.tiers or []:
        figures += [Figure(step.value * scale, "万元")]
        figures += [Figure(step.up_to, _unit(row.by, reader))] if step.up_to is not None else []
    days = tuple(one for one in (row.from_, row.to) if one)
    shown = tuple(figures) if row.value_in_quote else ()
    reader.claims.append(Claim(reader.file, where, source, shown))
    for key, fact in (("of", row.of), ("by", row.by)):
        definition = reader.definition(fact, where, key) if fact else None
        if definition and definition.type not in (FactType.NUMBER, FactType.SERIES):
            reader.problem(where, key, f"事实 {fact} 不是数。")
        elif definition and row.kind is PartKind.RATE and definition.unit not in MONEY:
            reader.problem(where, key, f"事实 {fact} 的单位不是金额，不能按比例计算。")
    when = _when(row, where, reader)
    caps = _caps(row.cap, f"{where}.cap", source, reader)
    if len(caps) > 1:
        reader.problem(where, "cap", "一个部分只能有一个上限。")
    return Part(
        kind=row.kind,
        source=source,
        value=(row.value or Decimal(0)) * scale,
        percent=row.percent or Decimal(0),
        of=row.of or row.by,
        steps=tuple(Step(one.up_to, one.value * scale) for one in row.tiers or []),
        when=when,
        cap=caps[0] if caps else None,
        is_maximum=_is_maximum(row),
        days=Days(row.from_, row.to, source) if days else None,
        id=row.id,
    )


def _when(row: PartRow, where: str, reader: TreeReader) -> Condition | None:
    """A leaf, or a tree whose leaves take the part's clause where they name none."""
    if row.when is None:
        return None
    if set(row.when) & {"all", "any", "not", "of"}:
        return reader.tree(row.when, f"{where}.when", set())
    named = row.when.get("fact") or "when"
    leaf = Leaf(f"when_{named}", "", Is(True), Source(row.clause, row.quote))
    return reader.leaf(row.when, f"{where}.when", leaf)


def _is_maximum(row: PartRow) -> bool:
    """As the row says; else as the quote does, where 不超过 stands before the rate."""
    if row.at_most is not None or row.kind is PartKind.UP_TO:
        return row.at_most is not False
    wanted = row.percent if row.kind is PartKind.RATE else row.value
    for number in find_numbers(row.quote):
        is_it = number.value in (wanted, (wanted or 0) * 10_000)
        before = row.quote[max(0, number.start - _BEFORE_RATE) : number.start]
        clause = before.replace("，", "。").replace("；", "。").split("。")[-1]
        if is_it and any(word in clause for word in _MAXIMUM):
            return True
    return False


def _unit(fact: str | None, reader: TreeReader) -> str | None:
    definition = reader.definitions.get(fact or "")
    return definition.unit if definition else None


def _money(unit: str, where: str, reader: TreeReader) -> Decimal:
    if unit not in MONEY:
        reader.problem(where, "unit", f"金额的单位要是 {'、'.join(MONEY)}，写的是 {unit}。")
    return MONEY.get(unit, Decimal(1))


def _caps(
    rows: CapRow | list[CapRow] | None, where: str, default: Source, reader: TreeReader
) -> tuple[Cap, ...]:
    each = rows if isinstance(rows, list) else [rows] if rows else []
    found = []
    for row in each:
        source = Source(row.clause or default.clause_id, row.quote or default.quote)
        value = row.value * _money(row.unit, where, reader)
        reader.claims.append(Claim(reader.file, where, source, (Figure(value, "万元"),)))
        found.append(Cap(value, source, row.per, row.soft, row.shared))
    return tuple(found)


def _between(benefits: Sequence[Benefit]) -> list[Problem]:
    """What is wrong between files: exclusions of nothing, two rules of one name at one time."""
    ids = {one.benefit for one in benefits}
    problems = [
        Problem(f"{one.benefit}.yaml", "excludes", "benefit", f"没有待遇 {named.benefit}。")
        for one in benefits
        for named in one.excludes
        if named.benefit is not None and named.benefit not in ids
    ]
    for one, other in combinations(benefits, 2):
        if one.name == other.name and overlap(one.period, other.period):
            message = f"与 {other.benefit}.yaml 同名，有效期重叠，请改名或改日期。"
            problems.append(Problem(f"{one.benefit}.yaml", "period", "from", message))
    return problems
