"""Titles of a firm and whether they hold today: 高企, 科技型中小企业, 专精特新.

A plan gives no status; 曾经是 is expired; a certificate holds for three years from its issue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from assistant.eligibility.certificates import CertificateReader
from assistant.eligibility.founding import day_fact, find_days, valid_until
from assistant.eligibility.mentions import Finder, Mention
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact, Value
from assistant.eligibility.scope import NEAR, OF_ANOTHER, Clause, Sentence
from assistant.eligibility.standing_words import (
    AGAIN,
    APPLYING,
    AT_FIRST,
    DATED,
    DOUBTED,
    ENDS,
    EXPIRED,
    FIRST,
    HAS,
    IN_LIBRARY,
    LAPSED,
    LAST_YEARS,
    LASTS_UNTIL,
    LISTED_NOT,
    MOVED,
    NEGATED,
    NEGATED_AFTER,
    NEGATED_FIRST,
    NO_TITLE,
    NOT_AGAIN,
    NOT_RENEWED,
    ONCE,
    OTHER_DAY,
    OTHER_NOUN,
    OTHER_TITLES,
    PLAN,
    POINTS,
    POLICY,
    REFUSED,
    RENEWED,
    STARTS_ANEW,
    STILL,
    UNEXPIRED,
)
from assistant.eligibility.titles import TitleFinder


class StandingReader:
    """Reads `hightech` and its date and kind, `tech_sme` and `srdi`, as far as they are defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike], day: date) -> None:
        self.definitions, self.day = definitions, day
        self._text = ""
        self.facts: list[ReadFact] = []
        self._statuses: list[tuple[ReadFact, ReadFact | None]] = []
        """Each status of hightech with the certificate that was named beside it."""
        words = {
            name: (definitions[name].name, *definitions[name].synonyms)
            for name in ("hightech", "tech_sme")
            if name in definitions
        }
        self._titles = TitleFinder(words)
        srdi = definitions.get("srdi")
        self._order = [one.value for one in srdi.options] if srdi else []
        levels = [one for one in srdi.options if one.value != "none"] if srdi else []
        self._levels = Finder({one.value: (one.name, *one.synonyms) for one in levels})

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`."""
        self._text = text
        levels: list[tuple[str, tuple[int, int]]] = []
        for sentence in sentences:
            for at, clause in enumerate(sentence.clauses):
                if not clause.is_ours:
                    continue
                for mention in self._titles.find(clause.text):
                    context = _context(sentence, at, self._titles)
                    if DOUBTED.search(context):
                        continue
                    if "hightech" in mention.keys:
                        self._hightech(text, clause, mention, context)
                    else:
                        self._tech_sme(text, clause, mention, context)
                levels += self._srdi(sentence, at)
                self._in_library(text, clause)
                if found := NO_TITLE.search(clause.text) if self._levels.find(text) else None:
                    span = (clause.start + found.start(), clause.start + found.end())
                    levels.append(("not srdi_city", span))
        self._add_level(text, levels)
        self._keep_last_certificate()
        beside = CertificateReader(self.day, self._titles)
        for one in beside.read(text, sentences):
            if one.fact in self.definitions and self._last(one.fact) is None:
                self.facts.append(one)

    def _hightech(self, text: str, clause: Clause, mention: Mention, context: str) -> None:
        status = self._status(clause, mention, context)
        is_positive = status == "valid" or (
            status == "expired" and not re.search(r"没|未|不", context)
        )
        is_issued = status == "applying" and re.search("发的|发证|颁发", clause.text)
        if is_positive or is_issued:
            own = clause.text.replace("发的", "发证")  # of the same length
            self._certified(text, clause, own if is_issued else context)
            certified = self._last("hightech_certified_on")
            if is_positive:
                status = self._by_certificate(certified, clause, context, status)
        if status is None:
            return
        start = clause.start + mention.start
        end = clause.start + mention.end
        self._add("hightech", status, text, (start, end))
        certified = self._last("hightech_certified_on")
        is_mine = certified is not None and certified.start >= clause.start
        self._statuses.append((self.facts[-1], certified if is_mine else None))
        if "hightech_kind" in self.definitions and is_positive:
            self._kind(text, clause, context)

    def _status(self, clause: Clause, mention: Mention, context: str) -> str | None:
        """None where the words give no status."""
        head = self._head(clause, mention)
        after = clause.text[mention.end :] + context[len(clause.text) :]
        tail = clause.text[mention.end :]
        renewed, lapsed = RENEWED.search(context), EXPIRED.search(context)
        is_last = renewed and not (lapsed and lapsed.start() > renewed.end())
        if is_last and not NOT_RENEWED.search(context):
            return "valid"
        if REFUSED.search(context):
            return None
        until = _expiry(context, self.day)
        if until is not None and until >= self.day:
            return "valid"
        if until is not None:
            return "applying" if APPLYING.search(context) else "expired"
        if ONCE.search(context) and not re.search("现在(?:也|还|仍)是|还在有效", context):
            return "expired"
        if STILL.search(context) and not LAPSED.search(context):
            return "valid"
        if EXPIRED.search(context) and not UNEXPIRED.search(context):
            return "applying" if APPLYING.search(context) else "expired"
        if POLICY.match(tail):
            return None
        if re.search(r"在有效期|有效期内|还在有效|仍在有效|有效期到|有效期至", context):
            return "valid"
        if NEGATED.search(head[-NEAR:]) or NEGATED_AFTER.match(after[:NEAR]):
            is_pending = APPLYING.search(context)
            return "applying" if is_pending else "never"
        if APPLYING.search(context):
            return "applying"
        if PLAN.search(clause.text) or (clause.is_planned and not tail):
            return None
        if clause.is_asked and not re.search(r"(?:我们|公司|已经|也)是|是高企|有高企", clause.text):
            return None
        alone = clause.text[: mention.start].strip(" ,，、和及与"), tail.strip(" ,企业资质认定")
        bare = not any(alone)
        return "valid" if bare or HAS.search(head + context[mention.start :]) or not tail else None

    def _certified(self, text: str, clause: Clause, context: str) -> None:
        """The day on the certificate; of several the last."""
        if "hightech_certified_on" not in self.definitions or not DATED.search(context):
            return
        if re.search(r"到期|过期|有效期[到至]|失效", context) and not re.search(
            r"拿|发证|认定的|取得|获|评|新证", context
        ):
            return
        is_here = DATED.search(clause.text) and find_days(clause.text, self.day)
        if is_here and not RENEWED.search(context):
            context = clause.text
        days = [one for one in find_days(context, self.day) if one.first and one.first <= self.day]
        dated = [
            one
            for one in days
            if not OTHER_DAY.match(context[one.end :])
            and not AT_FIRST.search(context[: one.start])
            and not re.search(r"(?:到期|有效期|成立|注册)\S{0,5}$", context[: one.start])
        ]
        if dated:
            made = day_fact("hightech_certified_on", dated[-1], self.day, text, clause.start)
            self.facts.append(made)

    def _by_certificate(
        self, certified: ReadFact | None, clause: Clause, context: str, status: str | None
    ) -> str | None:
        """What the day of issue says, where the words do not say more."""
        if certified is None or certified.start < clause.start:
            return status
        if status == "expired" or re.search(r"有效|到期", context):
            return status
        first = certified.value
        last = certified.upper or first
        if isinstance(first, date) and isinstance(last, date):
            if valid_until(last) < self.day:
                return "expired"
            if valid_until(first) < self.day:
                return None
        return status

    def _kind(self, text: str, clause: Clause, context: str) -> None:
        kinds = ((AGAIN, "again"), (FIRST, "first"), (MOVED, "moved_in"))
        if NOT_AGAIN.search(context) or NEGATED_FIRST.search(context):
            return
        for pattern, kind in kinds:
            if found := pattern.search(context):
                start = clause.start + found.start()
                self._add("hightech_kind", kind, text, (start, clause.start + found.end()))
                return

    def _tech_sme(self, text: str, clause: Clause, mention: Mention, context: str) -> None:
        head, tail = self._head(clause, mention), clause.text[mention.end :]
        if POINTS.match(tail):
            return
        span = (clause.start + mention.start, clause.start + mention.end)
        after = tail + context[len(clause.text) :]
        if NEGATED.search(head[-NEAR:]) or NEGATED_AFTER.match(after[:NEAR]) or re.search(
            r"(?:没|未|还没|没有|尚未)(?:入库|评价|登记|进库|入|办|申报|评|填|在库)"
            r"|名单里没|忘了报|编号:?无",
            context,
        ):
            self._add("tech_sme", False, text, span)
            return
        is_in = re.search("(?<![未没])(?:已|经|了)入库|入库了", context)
        is_policy = POLICY.match(tail) and not is_in
        if PLAN.search(context) or APPLYING.search(context) or is_policy:
            return
        if clause.is_planned or (clause.is_asked and not re.search("我们是|公司是", clause.text)):
            return
        old = LAST_YEARS.search(context)
        if old and not re.search(rf"今年|本年度|{self.day.year}", context):
            return
        self._add("tech_sme", True, text, span)

    def _in_library(self, text: str, clause: Clause) -> None:
        """今年库已经入了: told beside the points of 科小."""
        found = IN_LIBRARY.search(clause.text)
        if found and not clause.is_planned and not clause.is_asked and self._titles.find(text):
            span = (clause.start + found.start(), clause.start + found.end())
            self._add("tech_sme", not (found["no"] or found["never"]), text, span)

    def _srdi(self, sentence: Sentence, at: int) -> list[tuple[str, tuple[int, int]]]:
        clause = sentence.clauses[at]
        found: list[tuple[str, tuple[int, int]]] = []
        for mention in self._levels.find(clause.text):
            level = mention.keys[0]
            head, tail = self._head(clause, mention), clause.text[mention.end :]
            words = clause.text[mention.start : mention.end]
            if words == "小巨人" and OTHER_TITLES.search(head):
                continue
            if words == "创新型" and OTHER_NOUN.match(tail):
                continue
            context = _context(sentence, at, self._levels)
            if DOUBTED.search(context) or OF_ANOTHER.match(tail):
                continue
            after = tail + context[len(clause.text) :]
            span = (clause.start + mention.start, clause.start + mention.end)
            listed = LISTED_NOT.match(sentence.text[span[1] - sentence.start :])
            if NEGATED.search(head[-NEAR:]) or NEGATED_AFTER.match(after[:NEAR]) or listed:
                found.append((f"not {level}", span))
                continue
            if POINTS.match(tail):
                continue
            if REFUSED.search(tail):
                found.append((f"not {level}", span))
                continue
            is_planned = PLAN.search(STILL.sub("", context))
            if is_planned or APPLYING.search(context) or POLICY.match(tail):
                continue
            until = _expiry(context, self.day)
            is_over = until < self.day if until else bool(EXPIRED.search(context))
            if clause.is_planned or is_over:
                continue
            if clause.is_asked and not re.search(r"(?:我们|公司|已经|也)是", clause.text):
                continue
            found.append((level, span))
        return found

    def _add_level(self, text: str, levels: list[tuple[str, tuple[int, int]]]) -> None:
        """The highest level that is held; none where 专精特新 itself is denied."""
        held = [one for one in levels if not one[0].startswith("not ")]
        if held:
            level, span = max(held, key=lambda one: self._order.index(one[0]))
            self._add("srdi", level, text, span)
            return
        denied = [one for one in levels if one[0] in ("not srdi_city", "not innovative")]
        if denied and "none" in self._order:
            self._add("srdi", "none", text, denied[0][1])

    def _head(self, clause: Clause, mention: Mention) -> str:
        """What stands before, over 、 too: 没有高企、专精特新."""
        before = self._text[: clause.start + mention.start]
        return re.split("[,，;。?!]", before[-2 * NEAR :])[-1]

    def _keep_last_certificate(self) -> None:
        """2021年拿到高企，2024年12月复审通过 is a history and no contradiction."""
        dated = [one for one in self._statuses if one[1] is not None]
        if not dated or len(self._statuses) < 2:
            return
        last = max(dated, key=lambda one: str(one[1].value) if one[1] else "")
        dropped = [fact for pair in dated if pair is not last for fact in pair if fact]
        undated = [status for status, certified in self._statuses if certified is None]
        dropped += [one for one in undated if one.value == "expired"]
        self.facts = [one for one in self.facts if not any(one is other for other in dropped)]

    def _last(self, fact: str) -> ReadFact | None:
        return next((one for one in reversed(self.facts) if one.fact == fact), None)

    def _add(self, fact: str, value: Value, text: str, span: tuple[int, int]) -> None:
        start, end = span
        if fact in self.definitions:
            words = text[start:end]
            self.facts.append(ReadFact(fact, value, None, Bound.EXACT, words, start, end))


def _expiry(context: str, day: date) -> date | None:
    """The last day that is said of a certificate: 2025年11月到期, 有效期至2027年11月."""
    for one in find_days(context, day):
        if ENDS.match(context[one.end :]) or LASTS_UNTIL.search(context[: one.start]):
            return one.last
    return None


def _context(sentence: Sentence, at: int, finder: Finder) -> str:
    """The clause, and those after it that go on about the same: 高企，去年到期了."""
    clause = sentence.clauses[at]
    parts = [sentence.text[clause.start - sentence.start : clause.end - sentence.start]]
    for one in sentence.clauses[at + 1 : at + 3]:
        words = one.text.strip()
        if not one.is_ours or STARTS_ANEW.search(words) or finder.find(words):
            break
        parts.append(sentence.text[one.start - sentence.start : one.end - sentence.start])
    if len(parts) == 1 and at + 1 == len(sentence.clauses):
        return clause.text
    return "".join(parts)
