"""Days of other events than the founding: a move to 宝山, the recognition of an incubator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from assistant.eligibility.founding import Days, day_fact, find_days
from assistant.eligibility.places import PlaceReader
from assistant.eligibility.readings import DefinitionLike, ReadFact
from assistant.eligibility.scope import Clause, Sentence
from assistant.eligibility.years import find_years

_MOVED = re.compile(r"搬|迁|进的|招来|转进|引进|落户|入驻|转入|招商进来|招进来")
_ARRIVED = re.compile(r"过来|搬来|迁来|进来|转来|引进来|落户")
_FROM = re.compile(r"[从由自](?P<place>[^，,搬迁]{2,8})(?:搬|迁|引进|转)")
_INCUBATOR = re.compile(r"孵化器|众创空间")
_OTHER_TITLE = re.compile("高企|高新|专精|证|专利|执照|注册|成立")
_RECOGNISED = re.compile(r"认|获|评|批|拿|升|备案|下来|公布|给的|发的|挂牌|授牌")


class MoveReader:
    """Reads `introduced_on` and `national_incubator_on` where they are defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike], day: date) -> None:
        self._definitions, self._day = definitions, day
        self._places = PlaceReader(definitions)
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`; what is planned is no event."""
        for sentence in sentences:
            for clause in sentence.clauses:
                if clause.is_ours and not clause.is_planned:
                    self._clause(text, clause, sentence.text[: clause.end - sentence.start])

    def _clause(self, text: str, clause: Clause, so_far: str) -> None:
        if _MOVED.search(clause.text) and self._is_to_baoshan(clause.text):
            self._add("introduced_on", text, clause)
        is_known = any(one.fact == "national_incubator_on" for one in self.facts)
        is_national = "国家" in (clause.text if is_known else so_far) and _INCUBATOR.search(text)
        if is_national and not _OTHER_TITLE.search(clause.text) and _RECOGNISED.search(clause.text):
            self._add("national_incubator_on", text, clause)

    def _is_to_baoshan(self, words: str) -> bool:
        origin = _FROM.search(words)
        rest = words[: origin.start("place")] + words[origin.end("place") :] if origin else words
        around = self._places.around(rest)
        if around:
            return "baoshan" in around
        is_within = origin and "baoshan" in self._places.around(origin["place"])
        return bool(_ARRIVED.search(words)) and not is_within

    def _ago(self, words: str) -> Iterator[Days]:
        """四年前: that calendar year."""
        for one in find_years(words, self._day):
            if words[: one.end].endswith("年前"):
                (year,) = one.years
                yield Days(one.start, one.end, date(year, 1, 1), date(year, 12, 31))

    def _add(self, fact: str, text: str, clause: Clause) -> None:
        days = [
            one
            for one in (*find_days(clause.text, self._day), *self._ago(clause.text))
            if one.first is not None and one.first <= self._day
        ]
        if fact in self._definitions and len(days) == 1:
            self.facts.append(day_fact(fact, days[0], self._day, text, clause.start))
