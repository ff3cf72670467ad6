"""Rules proposed from the patterns of policy language, for a person to review.

对…给予…最高不超过… gives the amount and its cap with their clause and quote. Whom it is for is
left to a person: the condition is one that experts decide, so that no draft ever says yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from assistant.schema import Clause, Document
from assistant.text import NumberSpan, find_numbers

PENDING = "待定"
_GIVES = re.compile(r"给予|奖励|补贴|补助|资助|贴息|支持|最高")
_MOST = re.compile(r"(?:最高|不超过|上限为?|至多)(?:给予|可达|不超过)?$")
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")
_WHOM = re.compile(r"对(?P<whom>[^，。；]{4,60}?)，|(?P<who>[^，。；]{4,60}?)的，")
_BASE = re.compile(r"(?P<base>[\u4e00-\u9fff]{2,12})的$")
_NOT_BASE = re.compile(r"^.*(?:不超过|按照|按|给予|核定)")
_MONEY = re.compile(r"\s*元")
_SOFT = "原则上"


def draft_rules(document: Document, clauses: Iterable[Clause]) -> str:
    """YAML documents, one a sentence with an amount; empty where there is none."""
    found = [
        _benefit(document, clause, quote, parts, number)
        for number, (clause, quote, parts) in enumerate(_offers(document, clauses), start=1)
    ]
    return "---\n".join(
        yaml.safe_dump(one, allow_unicode=True, sort_keys=False, width=100) for one in found
    )


def _offers(
    document: Document, clauses: Iterable[Clause]
) -> Iterator[tuple[Clause, str, list[dict[str, Any]]]]:
    for clause in clauses:
        for match in _SENTENCE.finditer(document.text[clause.start : clause.own_end]):
            quote = match[0].strip().rstrip("。；")
            if _GIVES.search(quote) and (parts := _parts(quote, clause.clause_id)):
                yield clause, quote, parts


def _parts(quote: str, clause_id: str) -> list[dict[str, Any]]:
    """A rate, and what is at most given as its cap; else a maximum, else a fixed amount."""
    numbers = find_numbers(quote)
    rates = [one for one in numbers if one.kind == "percent"]
    sums = [one for one in numbers if _MONEY.match(quote, one.end)]
    source = {"clause": clause_id, "quote": quote}
    maxima = [one for one in sums if _MOST.search(quote[: one.start])]
    if rates and _is_offer(quote, rates[0]):
        percent, base = _plain(rates[0]), _base(quote, rates[0])
        part: dict[str, Any] = {"kind": "rate", "percent": percent, "of": base, **source}
        if maxima:
            part["cap"] = _cap(quote, maxima[0])
        return [part]
    for one in sums:
        kind = "up_to" if one in maxima else "fixed"
        return [{"kind": kind, "value": _wan(one), "unit": "万元", **source}]
    return []


def _is_offer(quote: str, rate: NumberSpan) -> bool:
    """A rate of what is given, and not one that is asked for: 不低于60%."""
    return not re.search(r"(?:不低于|不少于|超过(?<!不超过)|达到|高于)$", quote[: rate.start])


def _base(quote: str, rate: NumberSpan) -> str:
    found = _BASE.search(quote[: rate.start])
    return f"{PENDING}（{_NOT_BASE.sub('', found['base'])}）" if found else PENDING


def _cap(quote: str, number: NumberSpan) -> dict[str, Any]:
    cap: dict[str, Any] = {"value": _wan(number), "unit": "万元"}
    if _SOFT in quote[: number.start]:
        cap["soft"] = True
    return cap


def _plain(number: NumberSpan) -> int | float:
    return int(number.value) if number.value == int(number.value) else float(number.value)


def _wan(number: NumberSpan) -> int | float:
    wan = number.value / 10_000
    return int(wan) if wan == int(wan) else float(wan)


def _benefit(
    document: Document, clause: Clause, quote: str, parts: list[dict[str, Any]], number: int
) -> dict[str, Any]:
    whom = _WHOM.search(quote)
    name = (whom["whom"] or whom["who"]) if whom else quote[:30]
    days = (document.effective_on, document.expires_on)
    return {
        "benefit": f"{document.doc_id}_{number}",
        "name": clause.heading.removeprefix(clause.number) or name,
        "document": document.doc_id,
        "kind": "award" if "奖励" in quote else "subsidy",
        "tier": document.tier.value if document.tier else PENDING,
        "per": "project" if "项目" in quote else "enterprise",
        "certainty": document.certainty,
        "period": {"from": days[0], "to": days[1], "clause": PENDING, "quote": PENDING}
        if any(days)
        else None,
        "conditions": {
            "all": [
                {
                    "id": "whom",
                    "expert": True,
                    "name": f"{name}（请改写为条件）",
                    "clause": clause.clause_id,
                    "quote": quote,
                }
            ]
        },
        "amount": {"parts": parts},
    }
