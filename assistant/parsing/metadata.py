"""What a document says of itself: title, 文号, issuers, region, tier, status, plan period, dates.

Only what stands in the text or its title is read; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.parsing.dates import Event, Life, find_events, read_day, read_life
from assistant.schema import Clause, DocStatus, Level, Tier
from assistant.text import find_doc_nos, normalize

_DRAFT_WORDS = ("送审稿", "征求意见稿", "草案", "讨论稿", "报批稿")
_END_WORDS = r"(?:已(?:经)?(?:失效|废止|过期)|失效|废止)"
_DIGEST = re.compile(r"[（(]摘[编要录][）)]$")
_BANNER = re.compile(rf"[【\[（(]?(?:本文件|此件|本文|该文件)?({_END_WORDS})[】\])）。！]?")
_ENDED_TITLE = re.compile(rf"[（(【\[]({_END_WORDS})[）)】\]]")
_VALIDITY = re.compile(rf"(?:有效性|时效性|文件状态|效力状态)[：:]\s*({_END_WORDS}|(?:现行)?有效)")
_TRIAL = re.compile(r"[（(](试行)[）)]|(试行)(?:办法|规定|条例|方案|意见|细则)$")
_PERIOD = re.compile(r"((?:19|20)\d{2})\s*年?\s*[-—–－至到~～]+\s*((?:19|20)\d{2})\s*年?")
_AUTHORITY = (
    r"[\u4e00-\u9fff]{1,30}?"
    r"(?:人民政府(?:办公[室厅])?|委员会(?:办公室)?|办公[室厅]|国务院|[委局厅部署]|银行)"
)
_SIGNED = re.compile(
    rf"({_AUTHORITY}(?:[ \u3000、]+{_AUTHORITY})*)"
    r"[ \u3000]*(?:(?:[12]\d{3}|二[〇○零]).{4,10}日.{0,4})?"
)
_BY = re.compile(
    r"^(?P<who>[\u4e00-\u9fff、]{2,60}?)(?:公布|发布|印发|颁布|(?:第.{1,3}次)?修[订正]|$)"
)
_CONGRESS = re.compile(r"^([\u4e00-\u9fff]{2,4}[省市区])第.{1,4}届(人民代表大会)(常务委员会)?第")
_FROM_TITLE = re.compile(rf"({_AUTHORITY}(?:[ \u3000、]+{_AUTHORITY})*)关于")
_ISSUER_FIELD = re.compile(r"(?:(?:发文|发布|印发|制发)(?:机关|机构|单位))[：:]\s*(\S{2,40})")
_NO_FIELD = re.compile(r"(?:发文字号|文\s?号|文件编号)(?:[：:]\s*|\t)(\S{5,30})")
_SHORT = re.compile(
    r"《(?P<title>(?:[^《》]|《[^《》]*》)+)》(?:[（(][^（）()]{4,30}[）)])?"
    r"[，,]?[（(]?(?:以下|下)简?称(?:为)?[：:]?[“\"《「]?(?P<short>[^”\"》」，。）)]{2,20})"
)
_NATIONAL = re.compile(
    r"国务院|政务院|^国家|^中华人民共和国|^中共中央|^全国|总局$|总署$|中国人民银行"
    r"|^(?:教育|科学技术|科技|工业和信息化|工信|财政|公安|民政|司法|人力资源和?社会保障|人社|人事|劳动"
    r"|自然资源|国土资源|生态环境|环境保护|住房和?城乡建设|建设|交通运输|交通|水利|农业农村|农业|林业"
    r"|商务|对外经济贸易|文化和旅游|文化|卫生|应急管理|外交|国防|铁道|信息产业)部"
)
_DISTRICT_NAMES = (
    "黄浦|徐汇|长宁|静安|普陀|虹口|杨浦|闵行|宝山|嘉定|浦东新|金山|松江|青浦|奉贤|崇明"
)
_REGION = re.compile(
    rf"(?P<city>上海市|北京市|天津市|重庆市)?(?P<district>(?:{_DISTRICT_NAMES})区)?"
)
_PLACE_OF = re.compile(
    r"(?:[\u4e00-\u9fff]{2,3}(?:省|自治区))?(?P<city>[\u4e00-\u9fff]{2,3}?市)?"
    r"(?P<district>[\u4e00-\u9fff]{1,3}(?:新区|区|县))?"
    r"(?=人民政府|人民代表大会|[\u4e00-\u9fff]{2,12}(?:局|委员会|办公室)$)"
)
MARGIN_LINES = 12
MAX_FRONT_CHARS = 4000


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was read; None or empty where the text does not say."""

    title: str
    short_titles: tuple[str, ...]
    doc_no: str | None
    issuers: tuple[str, ...]
    region: str | None
    tier: Tier | None
    status: DocStatus
    status_words: str | None
    plan_period: tuple[int, int] | None
    life: Life


def read_metadata(text: str, clauses: tuple[Clause, ...], fallback_title: str) -> Metadata:
    """Read the title block, what stands before the body, and the closing lines of `text`."""
    block = next((text[c.start : c.end] for c in clauses if c.level is Level.TITLE), "")
    title = _title(block) or fallback_title
    front = _front(text, clauses)
    margins = "\n".join([*front.splitlines()[:MARGIN_LINES], *_tail(text, front)])
    events = find_events(front)
    issuers = _issuers(title, events, margins)
    region, tier = _place(title, issuers)
    status, words = _status(title, block, margins)
    period = _PERIOD.search(title)
    return Metadata(
        title=title,
        short_titles=_short_titles(title, text),
        doc_no=_doc_no(margins, events),
        issuers=issuers,
        region=region,
        tier=tier,
        status=status,
        status_words=words,
        plan_period=(int(period[1]), int(period[2])) if period else None,
        life=read_life(title, text, events, margins),
    )


def _title(block: str) -> str:
    """The first line, what continues it, and the bracketed lines after it: （送审稿）."""
    title = ""
    for line in block.splitlines():
        if not title and _BANNER.fullmatch(line.strip()):
            continue
        if title and (not line.startswith(("（", "(")) or read_day(line)):
            break
        title += line.strip()
    return title


def _front(text: str, clauses: tuple[Clause, ...]) -> str:
    """What stands before the first numbered clause; of a text without any, its first lines."""
    loose = (Level.DOCUMENT, Level.TITLE, Level.PARAGRAPH, Level.ROW)
    end = next((one.start for one in clauses if one.level not in loose), None)
    if end is None:
        return "\n".join(text.splitlines()[:MARGIN_LINES])
    return text[: min(end, MAX_FRONT_CHARS)]


def _tail(text: str, front: str) -> list[str]:
    return text[len(front) :].splitlines()[-8:]


def _status(title: str, block: str, margins: str) -> tuple[DocStatus, str | None]:
    if _DIGEST.search(title):
        return DocStatus.DIGEST, None
    draft = next((words for words in _DRAFT_WORDS if words in title or words in block), None)
    if draft:
        return DocStatus.DRAFT, draft
    banner = next((_BANNER.fullmatch(line.strip()) for line in margins.splitlines()[:3]), None)
    ended = _ENDED_TITLE.search(title) or banner
    if ended:
        return DocStatus.EXPIRED, ended[1]
    if told := _VALIDITY.search(margins):
        is_over = "有效" not in told[1]
        return DocStatus.EXPIRED if is_over else DocStatus.IN_FORCE, told[1]
    trial = _TRIAL.search(title)
    return DocStatus.IN_FORCE, "试行" if trial else None


def _doc_no(margins: str, events: list[Event]) -> str | None:
    """The 文号 that has a line to itself, or the order by which the text was published."""
    if found := _NO_FIELD.search(margins):
        return found[1]
    for line in margins.splitlines():
        bare = line.strip("（()） \u3000")
        spans = find_doc_nos(bare)
        if spans and (spans[0].start, spans[0].end) == (0, len(bare)):
            return bare
    for order in reversed([one for one in events if one.is_published]):
        if spans := find_doc_nos(order.words):
            return order.words[: spans[0].end].replace("中华人民共和国", "")
    return None


def _issuers(title: str, events: list[Event], margins: str) -> tuple[str, ...]:
    """Of the signature, the title (某局关于…), or the lines that say who published the text."""
    if found := _ISSUER_FIELD.search(margins):
        return _split(found[1])
    if signed := _signatures([line.strip() for line in margins.splitlines()]):
        return signed
    if found := _FROM_TITLE.match(title):
        return _split(found[1])
    for event in reversed(events):
        by = _BY.match(re.sub(r"令\s?第.{1,6}号", "", event.words))
        if event.is_published and by:
            return _split(by["who"])
    for event in events:
        if event.is_adopted and (congress := _CONGRESS.match(event.words)):
            return ("".join(part or "" for part in congress.groups()),)
        if event.is_adopted and event.words.startswith("国务院第"):
            return ("国务院",)
    return ()


def _signatures(lines: list[str]) -> tuple[str, ...]:
    """The last block of lines that are authorities, with its date below or beside it."""
    found: list[str] = []
    for number in range(len(lines) - 1, 0, -1):
        signed = _SIGNED.fullmatch(lines[number])
        near = lines[number : number + 3]
        is_dated = any(len(line) < 40 and read_day(line) for line in near)
        if signed and (found or is_dated or number >= len(lines) - 6):
            found = [*_split(signed[1]), *found]
        elif found:
            break
    return tuple(dict.fromkeys(found))


def _split(names: str) -> tuple[str, ...]:
    parts = (part.removeprefix("中华人民共和国") for part in re.split(r"[、 \u3000]+", names))
    return tuple(dict.fromkeys(filter(None, parts)))


def _place(title: str, issuers: tuple[str, ...]) -> tuple[str | None, Tier | None]:
    """Region and tier, of the issuers where they are known, else of the title's first words."""
    if any(_NATIONAL.search(one) for one in issuers) or title.startswith("中华人民共和国"):
        return "全国", Tier.NATIONAL
    for name, pattern in [*((one, _PLACE_OF) for one in issuers), (title, _REGION)]:
        found = pattern.match(name)
        if found and found["district"]:
            return found["district"], Tier.DISTRICT
        if found and found["city"]:
            return found["city"], Tier.CITY
    return None, None


def _short_titles(title: str, text: str) -> tuple[str, ...]:
    """What the text itself calls the document: 《…》（以下简称《若干政策》）."""
    called = list(_SHORT.finditer(text))
    if not called:
        return ()
    core = re.sub(r"[（(][^（()）]*[）)]$", "", title)
    own = {normalize(name).text for name in (title, core, *re.findall(r"印发《(.+)》", title))}
    found: dict[str, None] = {}
    for match in called:
        if normalize(match["title"]).text in own:
            found[match["short"].strip("《》“”\"")] = None
    return tuple(found)
