"""The notices of an eligibility answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.answering.privacy import mask
from assistant.corpus.force import newer_versions
from assistant.corpus.notices import notices_on
from assistant.eligibility.checks import Check
from assistant.eligibility.outlook import DIRECTION
from assistant.schema import Document
from assistant.verdicts import Outcome, Verdict

_OF_A_DOCUMENT = re.compile(r"^所引(?P<title>《.+?》)(?P<rest>[为未].+?)(?:，原文见 \S+)?。?$")


def joined(notices: Sequence[str]) -> Iterator[str]:
    """What is true of several documents is said of them together; links are with the citations."""
    named: dict[str, list[str]] = {}
    for one in notices:
        found = _OF_A_DOCUMENT.match(one)
        titles = named.setdefault(found["rest"] if found else one, [])
        titles.append(found["title"] if found else "")
    for rest, titles in named.items():
        yield f"所引{''.join(titles)}{rest}。" if any(titles) else rest


def with_standing(
    verdicts: Sequence[Verdict], documents: Mapping[str, Document], day: date
) -> tuple[Verdict, ...]:
    """Each with what must be said, on the day, of the documents that its findings quote."""
    newer = newer_versions(documents)
    told: dict[str, tuple[str, ...]] = {}

    def of_documents(verdict: Verdict) -> Iterator[str]:
        for doc_id in dict.fromkeys(
            one.source.clause_id.split("__")[0] for one in verdict.findings
        ):
            if doc_id in documents and doc_id not in told:
                told[doc_id] = notices_on(documents[doc_id], newer.get(doc_id, ()), day)
            yield from told.get(doc_id, ())

    return tuple(replace(one, notices=(*one.notices, *of_documents(one))) for one in verdicts)


def remarks(made: Check, shown: Sequence[Verdict], *, is_all: bool) -> Iterator[str]:
    """What was not taken, what is not known of the rules shown, and what is not shown."""
    yield from (mask(one) for one in made.notices)
    named = {one.benefit for one in shown}
    for verdict in shown:
        if verdict.outcome is Outcome.ELIGIBLE:
            yield from (f"{verdict.name}：{one}" for one in verdict.notices)
    rest = [one for one in made.verdicts if one.benefit not in named and one.kind != DIRECTION]
    words = [
        f"{label} {count} 项"
        for outcome, label in (
            (Outcome.ELIGIBLE, "符合"),
            (Outcome.UNDETERMINED, "还缺信息"),
            (Outcome.INELIGIBLE, "不符合或已失效"),
        )
        if (count := sum(one.outcome is outcome for one in rest))
    ]
    if words and is_all:
        yield f"没有逐项列出的还有：{'，'.join(words)}；全部结论见“资格自查”。"
    yield from made.combination.notices
    yield "结论按所引条款和所说的情况推算，以主管部门审核为准。"

