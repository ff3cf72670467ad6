"""The day and the kind of a recognition as 高企, in the clauses beside the one that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from assistant.eligibility.founding import day_fact, find_days
from assistant.eligibility.mentions import Finder
from assistant.eligibility.readings import Bound, ReadFact
from assistant.eligibility.scope import NEAR, Clause, Sentence
from assistant.eligibility.standing_words import RENEWED

_DATED_FIRST = re.compile("发证|证书日期")
_ISSUED = re.compile(
    r"[日号]?(?:的时候)?(?:高企)?(?:发|下的|签发|颁发?|核发|下发|批|公告)(?:的|证|下来)?(?![^,，]{0,3}(?:补|钱|奖))"
)
_ISSUED_ON = re.compile(
    r"(?:(?:发证|颁证|颁发|签发|证书)(?:日期?|时间)?|本子|落款|证)(?:那栏|那天|上)?"
    r"(?:填的?|写的?|是|为|于|[: ])*$"
)
_OTHER_PAPER = re.compile(
    r"[二三]类|注册|器械|许可|执照|专利|软著|布图|专精|小巨人|创新型|科小|药证|批件|成立"
)
_KINDS = {
    "again": re.compile(
        r"^(?:证书)?(?:属于?|系|是|当时|上回|上次|走的|也|为)*重新认定(?:的|过)?$|第[二三四][次轮]\S{0,2}认|到期\S{0,2}重新?[评认]"
    ),
    "first": re.compile(
        r"^(?:以前没认过的)?(?:属于?|系|是|当时|也|还|为|类型)*(?:首次|第一[次回]|头一[次回趟遭])"
        r"(?:认定?|评上?|拿到?|弄|过)?(?:的|高企|高新|高新技术企业)?$"
    ),
    "moved_in": re.compile(
        r"(?:高企|高新技术企业|资格|资质)\S{0,4}(?:整体|跟着|随)\S{0,3}[迁搬]"
    ),
    "none": re.compile(
        r"^(?:此前|以前|之前|还|压根|一[次趟]也?)*(?:从来没|从未|从没|没)有?"
        r"(?:认定?|评|弄|拿|申)过的?$"
    ),
}


class CertificateReader:
    """Reads `hightech_certified_on` and `hightech_kind` where the status alone is said first."""

    def __init__(self, day: date, titles: Finder) -> None:
        self._day, self._titles = day, titles

    def read(self, text: str, sentences: list[Sentence]) -> Iterator[ReadFact]:
        """In order; a sentence after a semicolon goes on about the same."""
        is_named = False
        for sentence in sentences:
            if text[sentence.start - 1 : sentence.start] != ";":
                is_named = bool(_DATED_FIRST.match(sentence.text)) and self._names(sentence)
            for clause in sentence.clauses:
                is_named = self._names(clause) or (
                    is_named and not _OTHER_PAPER.search(clause.text)
                )
                if is_named and RENEWED.search(sentence.text[clause.end - sentence.start :]):
                    continue  # 2022年发的证，到期后又重新认定了
                if is_named and clause.is_ours and not clause.is_planned:
                    yield from self._issued(text, sentence, clause)
                    yield from self._kind(text, clause)

    def _names(self, words: Clause | Sentence) -> bool:
        return any("hightech" in one.keys for one in self._titles.find(words.text))

    def _issued(self, text: str, sentence: Sentence, clause: Clause) -> Iterator[ReadFact]:
        for one in find_days(clause.text, self._day):
            before = text[sentence.start : clause.start + one.start]
            head = re.sub(r"\([^()]*\)", "", before)[-NEAR:]  # 发证日期（高企）：2025年12月
            head = re.split("[,，;。 ]", head)[-1]
            tail = clause.text[one.end :]
            is_issue = _ISSUED.match(tail) or _ISSUED_ON.search(head)
            if not is_issue or one.first is None or one.first > self._day:
                continue
            if _OTHER_PAPER.search(clause.text) or re.search("到期|过期|有效期", head + tail[:3]):
                continue
            yield day_fact("hightech_certified_on", one, self._day, text, clause.start)

    def _kind(self, text: str, clause: Clause) -> Iterator[ReadFact]:
        words = clause.text.strip()
        for kind, pattern in _KINDS.items():
            if found := pattern.search(words):
                start = clause.start + clause.text.index(words) + found.start()
                end = start + len(found[0])
                fact, said = "hightech_kind", text[start:end]
                yield ReadFact(fact, kind, None, Bound.EXACT, said, start, end)
