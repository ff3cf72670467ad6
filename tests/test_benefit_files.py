"""The rules as files, without the engine: grammar, facts, clauses, quotes, figures, days, cases."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.parsing import parse_file
from assistant.text import find_dates, find_numbers

ROOT = Path(__file__).parents[1]
CORPUS, CASES = ROOT / "corpus", ROOT / "tests" / "benefits"
FILES = sorted((CORPUS / "benefits").glob("*.yaml"))
KINDS = {"recognition", "award", "subsidy", "tax", "loan", "voucher", "direction"}
NUMERIC = {"at_least", "at_most", "above", "below", "between"}
TESTS = NUMERIC | {"is", "equals", "one_of", "includes", "within"}
LEAF_KEYS = TESTS | {
    "id", "fact", "expert", "name", "each_of_last", "sum_of_last", "tiers_by", "tiers", "unit",
    "clause", "quote", "value_in_quote", "reason",
}  # fmt: skip
BENEFIT_KEYS = {
    "benefit", "name", "document", "kind", "tier", "per", "certainty", "period", "window", "route",
    "materials", "department", "frequency", "conditions", "amount", "excludes", "unknown",
}  # fmt: skip
TYPES = {
    "is": {"yes_no"}, "equals": {"choice"}, "one_of": {"choice"}, "includes": {"set"},
    "within": {"set", "choice"},
}  # fmt: skip
SCALES = {"万元": 10_000, "亿元": 100_000_000}
ENDED = {"已失效", "已过期", "已废止", "历史文件"}
OTHER_RULES = {
    "gaozhuan_funding", "rd_deduction_2018", "rd_deduction_manufacturing_2021",
    "rd_deduction_tech_sme_2022",
}  # fmt: skip
"""Told of in the digest of another rule, whose days in the manifest are not theirs."""
CERTAINTY = re.compile(r"可信度：([ABC])）")


@cache
def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


@cache
def clauses() -> dict[str, str]:
    """The text of every clause of the digests and the plan."""
    found: dict[str, str] = {}
    for path in [*(CORPUS / "digests").glob("*.md"), *(CORPUS / "raw").iterdir()]:
        parsed = parse_file(path, corpus_dir=CORPUS)
        text = parsed.document.text
        found |= {one.clause_id: text[one.start : one.end] for one in parsed.clauses}
    return found


FACTS = {row["fact"]: row for row in read(CORPUS / "facts.yaml")}
MANIFEST = {
    row["doc_id"]: row
    for row in map(json.loads, (CORPUS / "manifest.jsonl").read_text("utf-8").splitlines())
}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def benefit(request) -> dict[str, Any]:
    return read(request.param)


def fact_of(name: str) -> dict[str, Any]:
    base = name.removesuffix("_last")
    return FACTS[name] if name in FACTS else {**FACTS[base], "type": "number"}


def leaves(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, list):
        for one in tree:
            yield from leaves(one)
    elif "id" in tree:
        yield tree
    else:
        assert set(tree) <= {"all", "any", "not", "at_least", "of"}, tree
        for key in set(tree) - {"at_least"}:
            yield from leaves(tree[key])


def quoted(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping that names a clause."""
    if isinstance(value, dict):
        if "clause" in value:
            yield value
        for one in value.values():
            yield from quoted(one)
    elif isinstance(value, list):
        for one in value:
            yield from quoted(one)


def figures(row: dict[str, Any]) -> list[Decimal]:
    """The numbers of a leaf, tier, part or cap as the quote writes them."""
    found = [row[key] for key in NUMERIC | {"value", "percent"} if key in row]
    flat = [one for value in found for one in (value if isinstance(value, list) else [value])]
    scale = SCALES.get(row.get("unit", ""), 1)
    plain = [Decimal(str(one)) * scale for one in flat if not isinstance(one, date | bool)]
    sizes = [Decimal(row["up_to"]) * SCALES["万元"]] if "up_to" in row else []
    years = [row[key] for key in ("each_of_last", "sum_of_last") if row.get(key, 1) > 1]
    return [*plain, *sizes, *(Decimal(one) for one in years)]


def numbers(quote: str) -> set[Decimal]:
    ranks = {"前三": Decimal(3)}
    found = {one.value for one in find_numbers(quote)}
    return found | {value for words, value in ranks.items() if words in quote}


def has_day(day: date, text: str) -> bool:
    """The day itself, the eve of a day that something begins on, a year's first or last day."""
    spans = [(one.year, one.month, one.day) for one in find_dates(text)]
    months = [(int(year), int(month)) for year, month in re.findall(r"(\d{4})年(\d+)月", text)]
    if (day.year, day.month, day.day) in spans:
        return True
    eve = day + timedelta(days=1)
    if (eve.year, eve.month, eve.day) in spans:
        return True
    if (day.month, day.day) in ((1, 1), (12, 31)) and str(day.year) in text:
        return True
    return (day.year, day.month) in months and (day.day == 1 or f"或{day.day}日" in text)


def sayings(row: dict[str, Any]) -> str:
    """The quote, and the clauses that the reason sends a reader to."""
    named = re.findall(r"[a-z0-9_]+__[a-z0-9_]+", row.get("reason", ""))
    return row["quote"] + "".join(clauses()[one] for one in named)


def test_there_are_enough_benefits_of_each_tier_and_directions():
    tiers = Counter(read(path)["tier"] for path in FILES)
    directions = [path for path in FILES if read(path)["kind"] == "direction"]

    assert len(FILES) >= 45
    assert set(tiers) == {"national", "city", "district"}
    assert len(directions) >= 8


def test_fact_definitions_are_whole_and_unique():
    rows = read(CORPUS / "facts.yaml")
    assert max(Counter(row["fact"] for row in rows).values()) == 1
    assert max(Counter(row["name"] for row in rows).values()) == 1
    for row in rows:
        assert row["type"] in {"number", "date", "yes_no", "choice", "set", "series"}, row["fact"]
        assert ("options" in row) == (row["type"] in {"choice", "set"}), row["fact"]
        assert row["question"].endswith("？"), row["fact"]
        if row["type"] in {"number", "series"}:
            assert row["unit"], row["fact"]


def test_every_fact_is_used_by_a_rule_or_to_derive_one():
    used = set(re.findall(r"\b[a-z0-9_]+\b", "".join(path.read_text("utf-8") for path in FILES)))
    sources = {"registered_on", "staff_count", "science_staff_count", "size_class", "profit"}

    assert sorted(set(FACTS) - used - sources) == []


def test_a_benefit_has_the_keys_and_words_of_the_grammar(benefit):
    assert set(benefit) <= BENEFIT_KEYS
    assert benefit["benefit"] + ".yaml" in {path.name for path in FILES}
    assert benefit["kind"] in KINDS
    assert benefit["document"] in MANIFEST
    assert benefit["tier"] in {"national", "city", "district"}
    assert benefit["per"] in {"enterprise", "project", "product", "person"}
    assert benefit["frequency"] in {None, "one_off", "yearly", "per_project", "per_item"}
    assert benefit.get("unknown"), "nothing is known to the last word; say what is not"


def test_each_condition_has_one_test_that_its_fact_can_be_put_to(benefit):
    found = list(leaves(benefit["conditions"]))
    assert max(Counter(one["id"] for one in found).values()) == 1
    for leaf in found:
        assert {"id", "clause", "quote"} <= set(leaf) <= LEAF_KEYS, leaf
        if leaf.get("expert"):
            assert leaf["name"], leaf
            assert not set(leaf) & (TESTS | {"fact"}), leaf
            continue
        tests = [key for key in TESTS | {"tiers"} if key in leaf]
        assert len(tests) == 1, leaf
        fact = fact_of(leaf["fact"])
        assert fact["type"] in TYPES.get(tests[0], {"number", "series", "date"}), leaf
        assert tests[0] not in NUMERIC or leaf.get("unit") == fact.get("unit"), leaf
        if "each_of_last" in leaf or "sum_of_last" in leaf:
            assert fact["type"] == "series", leaf
        named = leaf.get("equals", leaf.get("one_of", leaf.get("includes", leaf.get("within"))))
        options = {option["value"] for option in fact.get("options", [])}
        assert set([named] if isinstance(named, str) else named or []) <= options, leaf


def test_what_people_decide_is_named_once_in_all_files():
    experts = Counter(
        leaf["id"]
        for path in FILES
        for leaf in leaves(read(path)["conditions"])
        if leaf.get("expert")
    )

    assert [name for name, count in experts.items() if count > 1] == []


def test_each_clause_exists_and_each_quote_stands_in_it(benefit):
    for row in quoted(benefit):
        assert row["clause"] in clauses(), row
        assert row["quote"], row
        assert row["quote"] in clauses()[row["clause"]], row


def test_each_number_stands_in_its_quote(benefit):
    rows = list(quoted([benefit["conditions"], benefit.get("amount")]))
    for row in rows:
        if row.get("value_in_quote", True):
            assert set(figures(row)) <= numbers(row["quote"]), row
        else:
            assert row["reason"], row


def test_each_day_stands_in_its_quote_or_in_the_clause_its_reason_names(benefit):
    for row in (benefit["period"], benefit.get("window") or {}):
        for day in (row.get("from"), row.get("to")):
            assert day is None or has_day(day, sayings(row)), row
    for leaf in leaves(benefit["conditions"]):
        for day in leaf.get("between", []):
            assert not isinstance(day, date) or has_day(day, leaf["quote"]), leaf


def test_a_period_keeps_to_the_manifest(benefit):
    row, period = MANIFEST[benefit["document"]], benefit["period"]
    if benefit["benefit"] in OTHER_RULES:
        return
    starts = [row[key] for key in ("effective_on", "issued_on") if row[key]]
    if starts and period["from"]:
        assert period["from"] >= min(map(date.fromisoformat, starts))
    ends = [row[key] for key in ("expires_on", "repealed_on") if row[key]]
    if ends:
        assert period["to"]
        assert period["to"] <= max(map(date.fromisoformat, ends))
    if row["status_words"] in ENDED and period["to"] is None:
        unsure = [leaf["id"] for leaf in leaves(benefit["conditions"]) if leaf.get("expert")]
        assert any(name.endswith("_in_force") for name in unsure), "over, but it never ends"
    if row["status_words"] == "征求意见稿":
        assert any(leaf["id"].endswith("_final") for leaf in leaves(benefit["conditions"]))


def test_a_benefit_is_no_more_certain_than_the_clauses_of_its_conditions_and_amount(benefit):
    rows = quoted([benefit["conditions"], benefit.get("amount")])
    tags = [CERTAINTY.findall(clauses()[row["clause"]]) for row in rows]
    single = [tag[0] for tag in tags if len(tag) == 1]
    conditions = [one for one in single if one != "C"] or single

    assert benefit["certainty"] >= max(conditions, default="A")


def test_exclusions_name_benefits_or_a_tier(benefit):
    names = {path.stem for path in FILES}
    for row in benefit.get("excludes", []):
        assert ("benefit" in row) != ("tier" in row), row
        assert row.get("benefit") in names - {benefit["benefit"]} or "tier" in row, row
        assert row["rule"] in {"not_both", "higher_only", "deducted", "unknown"}, row


def test_a_direction_gives_no_money_and_asks_for_place_and_field_alone(benefit):
    facts = {leaf.get("fact") for leaf in leaves(benefit["conditions"])}
    if benefit["document"] == "action_plan_2024_2026_draft":
        assert benefit["kind"] == "direction"
    if benefit["kind"] == "direction":
        assert benefit["amount"] is None
        assert facts <= {"region", "fields"}


def cases_of(benefit: dict[str, Any]) -> list[dict[str, Any]]:
    return read(CASES / f"{benefit['benefit']}.yaml")


def test_every_benefit_has_its_cases_and_there_are_enough():
    assert {path.name for path in CASES.glob("*.yaml")} == {path.name for path in FILES}
    assert sum(len(read(CASES / path.name)) for path in FILES) >= 400


def test_cases_are_of_known_facts_and_conditions(benefit):
    ids = {leaf["id"] for leaf in leaves(benefit["conditions"])} | {"period", "window"}
    rows = cases_of(benefit)
    assert max(Counter(row["name"] for row in rows).values()) == 1
    for row in rows:
        assert set(row) <= {"name", "as_of", "facts", "verdict", "because", "amount"}, row
        assert row["verdict"] in {"eligible", "ineligible", "undetermined"}, row
        assert set(row.get("because", [])) <= ids, row
        assert row["verdict"] != "ineligible" or row["because"], row
        for fact in row["facts"]:
            assert fact in FACTS or fact.removeprefix("expert_") in ids, row


def test_cases_try_the_empty_profile_and_the_days_beside_the_period(benefit):
    rows = cases_of(benefit)
    on = {row["as_of"]: row for row in rows if row["name"] != "什么都不知道"}
    assert any(row["facts"] == {} and row["verdict"] == "undetermined" for row in rows)
    first, last = benefit["period"]["from"], benefit["period"]["to"]
    for day, beyond in ((first, -1), (last, 1)):
        if day:
            assert on[day]["verdict"] != "ineligible"
            assert "period" in on[day + timedelta(days=beyond)]["because"]


def test_each_condition_is_met_in_one_case_and_not_met_in_another(benefit):
    rows = cases_of(benefit)
    failed = {name for row in rows if row["verdict"] == "ineligible" for name in row["because"]}
    doubted = {name for row in rows for name in row.get("because", [])}
    for leaf in leaves(benefit["conditions"]):
        assert leaf["id"] in (doubted if leaf.get("expert") else failed), leaf["id"]
    met = "undetermined" if benefit["kind"] == "direction" else "eligible"
    assert any(row["verdict"] == met and row["facts"] for row in rows)
