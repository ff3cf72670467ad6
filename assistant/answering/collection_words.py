"""What a question on the collection asks for: 2024年以来市级还有效的生物医药政策有哪些."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.abstain import PLACES
from assistant.answering.intents import tiers_asked
from assistant.answering.understand import Query
from assistant.corpus.collection import Act, Wanted
from assistant.corpus.force import Force
from assistant.retrieval.tokenizer import alternatives
from assistant.schema import Document, Tier
from assistant.text import normalize

_KIND = (
    r"(?:(?:政策|规范性)?文件|政策(?:措施)?|方案|办法|条例|规定|规划|通知|意见|法规|细则)"
)
_WHICH = r"(?:哪些|哪几[个份部项件]?|什么|几[份部件]|多少[份部件])"
_ASKS = re.compile(
    rf"{_WHICH}[^,;。?]{{0,24}}{_KIND}(?![^,;。?]{{0,2}}[里中内])|"
    rf"{_KIND}(?:都|一共|总共|总计|目前|现在|现有|分别)*(?:[有是]|包括){{0,2}}"
    rf"(?!什么[^?])(?:{_WHICH}|清单|列表|目录|名单)|"
    rf"{_KIND}[^,;。?]{{0,4}}(?:列一?下|列出来|列一?个|汇总)|"
    rf"(?:列出|列一?下|列举|汇总|清单|盘点|找出|查一?下)[^,;。?]{{0,28}}{_KIND}(?![^,;。?]{{0,2}}[里中内的])|"
    rf"[出发制订]过?(?:哪些|什么|几[份个部]){_KIND}?|"
    rf"(?:有效|失效|过期|到期|废止|作废|替代)的[^,;。?]{{0,12}}{_KIND}[?]?$"
)
_BRACKETED = re.compile(r"[（(][^（()）]*[)）]")
_NUMBERED = re.compile(r"\d号")
_COMPARES = re.compile(r"不同|区别|差别|差异|冲突|不一致|矛盾|对比|相比")
_TO_COME = re.compile(r"(?:会|将|快|要)(?:失效|到期|过期|废止)")
_LIBRARY = re.compile(r"资料库|知识库|收录了?|库里|库中")
_NOT_ENDED = re.compile(r"(?:没有?|未|尚未|不)(?:失效|过期|到期|废止|作废)")
_FORCES = (
    (_NOT_ENDED, frozenset({Force.IN_FORCE, Force.UNKNOWN})),
    (re.compile(r"失效|作废"), frozenset({Force.EXPIRED, Force.REPEALED, Force.SUPERSEDED})),
    (re.compile(r"过期|到期"), frozenset({Force.EXPIRED})),
    (re.compile(r"废止|被?替代|被?取代"), frozenset({Force.REPEALED, Force.SUPERSEDED})),
    (
        re.compile(r"有效|现行|在用|管用|能用|能(?:申请|申报|享受)|生效"),
        frozenset({Force.IN_FORCE, Force.UNKNOWN}),
    ),
    (re.compile(r"送审稿?|征求意见稿?|草案"), frozenset({Force.DRAFT})),
    (re.compile(r"尚未施行|还没施行|未施行"), frozenset({Force.NOT_YET})),
    (re.compile(r"正式"), frozenset(Force) - {Force.DRAFT}),
)
_Y = r"(?:(?:19|20)\d\d|(?<!\d)\d\d(?=年)|今|去|前|明|后)"
_YEARS = re.compile(
    rf"(?P<near>(?:最?近|过去)(?P<n>[一二两三四五六七八九十\d]{{1,2}})年(?:来|内|以来)?)|"
    rf"(?:自|从)?(?P<a>{_Y})年?(?P<range>[-—~至到])(?P<b>{_Y})年|"
    rf"(?:自|从)?(?P<y>{_Y})年(?P<after>以来|以后|之后|后|起|至今|开始)?"
    r"(?P<before>底?(?:以前|之前|前)|底)?"
)
_RELATIVE = {"今": 0, "去": -1, "前": -2, "明": 1, "后": 2}
_ACTS = (
    (Act.ENDED, re.compile(r"(?<!未)(?<!没有)(?<!没)(?:失效|到期|过期|废止|作废)")),
    (Act.BEGUN, re.compile(r"(?:施行|生效|实施|执行)")),
    (Act.ISSUED, re.compile(r"(?:新?出台?|[印颁]?发布?|公布|制定|印发|新)")),
)
_SPECIFIC = re.compile(r"条例|办法|规划|方案|细则|通知|意见")
_ISSUER = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{1,16}?(?:委员会|委|局|办公室|办|厅|部|政府|人大|中心))(?:都|一共|近年来)?"
    r"(?:[制印颁]?发|出台?|公布|制定)"
)
_FILLING = re.compile(
    rf"{_KIND}|{_WHICH}|国家|全国|上海市?|宝山区?|[本全]市|[本我全]区|[市区国]级|[市区]里|层面|方面|领域|相关|有关|"
    r"现在|目前|当前|如今|现有|还在|还有|还是|仍然?|已经?|即将|快要?|请|帮我|麻烦|列出来|列出|列一?[下个]|列举|汇总|"
    r"清单|列表|目录|名单|盘点|找出|查一?下|一共|总共|总计|分别|所有|全部|之间|期间|出台|印发|颁发|发布|公布|制定|"
    rf"{_LIBRARY.pattern}|或者?|和|以及|并且?|而且|会|将|要|发过|出过|[年月日份部件的了吗呢在是有都会]"
)


@dataclass(frozen=True, slots=True)
class _Rest:
    """The question, with blanks for what was read of it."""

    norm: str

    def without(self, pattern: re.Pattern[str]) -> _Rest:
        return _Rest(pattern.sub(lambda found: " " * len(found[0]), self.norm))


def read_wanted(query: Query, documents: Mapping[str, Document], day: date) -> Wanted | None:
    """What documents are asked for; None where no collection is, or none by tier, topic, state,
    issuer or year, or by words that no title or topic has.
    """
    norm = query.norm
    if not _ASKS.search(norm) or _COMPARES.search(norm) or _NUMBERED.search(norm):
        return None
    titles = [normalize(_BRACKETED.sub("", one.title)).text for one in documents.values()]
    if any(place in norm and not any(place in title for title in titles) for place in PLACES):
        return None
    if any(title in norm for title in titles):
        return None  # of one document
    rest = _Rest(norm).without(_YEARS).without(_ISSUER)
    years, act = _years(norm, day)
    forces = frozenset({Force.IN_FORCE}) if _TO_COME.search(norm) else frozenset[Force]()
    if act is not Act.ENDED:
        forces = next((found for asks, found in _FORCES if asks.search(norm)), forces)
    tiers = sorted(tiers_asked(norm))
    tier = tiers[0] if len(tiers) == 1 else None
    issuer, topic = _issuer(norm, documents), _topic(norm, documents)
    if issuer is None:
        return None
    for pattern in (*(asks for asks, _ in _FORCES), *(asks for _, asks in _ACTS), _FILLING):
        rest = rest.without(pattern)
    wanted = Wanted(
        tier=tier,
        issuer=issuer,
        region=_region(norm, documents) if tier is Tier.DISTRICT else "",
        forces=forces,
        since=years[0],
        until=years[1],
        act=act,
        topic=topic,
        words=(*_words(query, topic, documents, rest.norm), *_kinds(norm)),
    )
    is_any = wanted == replace(Wanted(), words=wanted.words)  # 支持政策有哪些 asks what they say
    return wanted if _LIBRARY.search(norm) or not is_any else None


def _topic(norm: str, documents: Mapping[str, Document]) -> str:
    """The longest topic of the register that the question has."""
    topics = {normalize(topic).text for one in documents.values() for topic in one.topics}
    named = [topic for topic in topics if topic in norm]
    return max(named, key=lambda one: (len(one), one), default="")


def _words(
    query: Query, topic: str, documents: Mapping[str, Document], rest: str
) -> Iterator[tuple[str, ...]]:
    """The words that are left, each with those that mean the same. Beside a topic, words that no
    title and no topic has ask for nothing.
    """
    names = {
        normalize(name).text for one in documents.values() for name in (one.title, *one.topics)
    }
    rest = rest.replace(topic, " " * len(topic)) if topic else rest
    for term in query.terms:
        if term.word not in rest or term.word in topic:
            continue
        words = alternatives(term.word)
        if not topic or any(word in name for word in words for name in names):
            yield words


def _kinds(norm: str) -> Iterator[tuple[str, ...]]:
    """The kind of document where one alone is asked for: 有哪些条例."""
    kinds = set(_SPECIFIC.findall(norm))
    if len(kinds) == 1 and not re.search(r"政策|文件", norm):
        yield (kinds.pop(),)


def _region(norm: str, documents: Mapping[str, Document]) -> str:
    regions = {one.region for one in documents.values() if one.region and one.tier is Tier.DISTRICT}
    return next((one for one in sorted(regions) if one.removesuffix("区") in norm), "")


def _issuer(norm: str, documents: Mapping[str, Document]) -> str | None:
    """The issuer that is named before 发 or 出台; None where no document is of it."""
    found = _ISSUER.search(norm)
    if found is None:
        return ""
    who = found["who"]
    issuers = sorted({normalize(name).text for one in documents.values() for name in one.issuers})
    same = [one for one in issuers if one in who] or [one for one in issuers if who in one]
    same = same or [one for one in issuers if _stands_in(who, one) or _stands_in(one, who)]
    return max(same, key=len) if same else None


def _stands_in(short: str, long: str) -> bool:
    """Whether the characters stand in the name in their order: 区经委 in 宝山区经济委员会."""
    left = iter(long)
    return all(char in left for char in short)


def _years(norm: str, day: date) -> tuple[tuple[int | None, int | None], Act]:
    """The first and the last year, and what happened in them."""
    found = _YEARS.search(norm)
    if found is None:
        return (None, None), Act.ISSUED
    act = next((act for act, words in _ACTS if words.search(norm)), Act.ISSUED)
    if _NOT_ENDED.search(norm) and act is Act.ENDED:
        act = Act.ISSUED
    if found["near"]:
        count = _COUNT.get(found["n"]) or int(found["n"])
        return (day.year - count + 1, None), act
    if found["range"]:
        return (_year(found["a"], day), _year(found["b"], day)), act
    year = _year(found["y"], day)
    if found["after"]:
        return (year, None), act
    if found["before"]:
        # 2023年前 leaves 2023 out, 2026年底前 does not
        return (None, year if "底" in found["before"] else year - 1), act
    return (year, year), act


_COUNT = {word: count for count, word in enumerate("零一二三四五六七八九十")} | {"两": 2}


def _year(words: str, day: date) -> int:
    if words in _RELATIVE:
        return day.year + _RELATIVE[words]
    return int(words) if len(words) == 4 else 2000 + int(words)
