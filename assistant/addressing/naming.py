"""Which documents a text names, by title, 《》, 文号 and version, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.addressing.likeness import STRONG_TYPES, IsWord, core_of, kind_of, with_kind
from assistant.addressing.steps import Walk
from assistant.addressing.titles import Titles, name_key

_Y = r"(?:(?:19|20)[0-9]{2}|[二一][〇零九][〇零一二三四五六七八九]{2})"
_VERSION = re.compile(
    rf"[(〔\[]?(?<![0-9a-z第])(?P<y>{_Y})(?:[-年./](?P<m>[0-9]{{1,2}})[-月./](?P<d>[0-9]{{1,2}})日?)?年?"
    r"(?P<v>新?版本?|修[订正改]版?|通过|施行|发布|公布|印发|实施)?的?(?:版本|那版|那个版本)?[)〕\]]?"
    r"|(?<![0-9])(?P<yy>[0-9]{2})年?版"
)
_AGE = re.compile(
    r"(?P<new>最新版?本?|现行有?效?|新版|新的|修[订正改]后)|(?P<old>旧版|老版|旧的|老的|修[订正改]前|原来的|以前的|上一版)"
)
_FILLERS = re.compile(
    r"请问|麻烦|帮我|帮忙|[查找看念读说讲问给抄贴摘翻发调]|一下|看看|了解|知道|根据|按照?|依据|依照|参照|"
    r"对照|违反|符合|适用|关于|对于|有关|涉及|属于|就是|[是在从把将和与跟或及的里中于到了版想要有用出按请您你]|以及|"
    r"这[个份部项]|那[个份部项]|这|那|本[市区]|[我咱]们?[市区]?|[本该此]|全国|国家|国务院|文件|上海|现行|最新|"
    r"[新旧老原年]|企业|公司|单位|领导|政策|规定|需要|应该|可以|怎么|如何|什么|是否|内容|原文|条款|刚才|上次|"
    r"前面|上面|其中|比如|例如|另外|还有|具体|咨询|学习|引用"
)
_ALL_FILLERS = re.compile(rf"(?:{_FILLERS.pattern})*")
_LEADS_IN = re.compile(
    r"(?:根据|按照?|依据|依照|参照|对照|违反|符合|属于|涉及|了解|知道|引用|执行|遵守|"
    r"[说写讲]的|提到的|一下|里的|中的|这个|那个|这部|那部)$"
)
"""After these a title begins, whatever stands before them."""
_RUN = re.compile(r"[\u4e00-\u9fff0-9a-z\"+·]+(?=[的,:、(]?\s*$)")
_GOES_ON = re.compile(r"(?:实施)?(?:办法|条例|细则|规定|若干)")
_PLACE = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,3}(?:省|市|新区|区|县|自治区))的?$")
_NO_PLACE = re.compile(
    r"(?:园区|地区|小区|社区|城区|特区|辖区|片区|示范区|开发区|市区|[各全][市区]|[我本咱]们?[市区]|城市)的?$"
)
_OPENING_PLACE = re.compile(r"[\u4e00-\u9fff]{2,3}?(?:省|市|自治区|新区|区|县)")
_STATE = re.compile(r"(?:国务院|国家|全国|中央)的?$")
_PRONOUNS = ("", "本", "该", "此", "这个", "那个", "这份", "那份", "这部", "同一")
MAX_CANDIDATES = 6
MIN_UNKNOWN = 2
MIN_UNKNOWN_WEAK = 4


@dataclass(frozen=True, slots=True)
class Name:
    """A document's name in a text; no `docs` where the corpus has none like it, with `problem`."""

    start: int
    end: int
    docs: tuple[str, ...]
    problem: str = ""


def find_names(
    norm: str, walks: Sequence[Walk], titles: Titles, is_word: IsWord
) -> list[Name]:
    """Names in a normalised text, in order; `walks` are the addresses that may follow them."""
    masked = norm
    for step in (step for walk in walks for step in walk.steps):
        masked = _blank(masked, step.start, step.end)
    names: list[Name] = []
    for number in titles.numbers_in(norm):
        start, end = number.start, number.end
        problem = "" if number.docs else f"资料库里没有文号为“{norm[start:end]}”的文件。"
        names.append(Name(start, end, number.docs, problem))
        masked = _blank(masked, start, end)
    for start, end in _quoted(masked):
        if not name_key(masked[start:end]):
            continue
        names.append(_quoted_name(masked, start, end, titles, is_word))
        masked = _blank(masked, start, end)
    for name in _written(masked, titles):
        names.append(name)
        masked = _blank(masked, name.start, name.end)
    for version in _VERSION.finditer(masked):
        masked = _blank(masked, *version.span())
    for age in _AGE.finditer(masked):
        masked = _blank(masked, *age.span())
    for start in [walk.start for walk in walks]:
        if not any(name.end <= start and not masked[name.end : start].strip("的里中第,:、 (")
                   for name in names):  # fmt: skip
            names += _before(masked, start, titles, is_word)
    return sorted(_distinct(names), key=lambda one: one.start)


def _blank(norm: str, start: int, end: int) -> str:
    return norm[:start] + " " * (end - start) + norm[end:]


def _distinct(names: list[Name]) -> list[Name]:
    kept: list[Name] = []
    for name in names:
        if all(name.end <= one.start or one.end <= name.start for one in kept):
            kept.append(name)
    return kept


def _quoted(norm: str) -> Iterator[tuple[int, int]]:
    """Outermost 《》."""
    depth = begin = 0
    for at, char in enumerate(norm):
        if char in "《〈":
            begin = at if depth == 0 else begin
            depth += 1
        elif char in "》〉" and depth:
            depth -= 1
            # 实施《义务教育法》办法 is one title, and not that of the law in it
            if depth == 0 and not _GOES_ON.match(norm, at + 1):
                yield begin, at + 1


def _quoted_name(norm: str, start: int, end: int, titles: Titles, is_word: IsWord) -> Name:
    words = norm[start + 1 : end - 1]
    key = name_key(words)
    bare = name_key(_VERSION.sub("", words))
    docs = titles.titled(key) or titles.titled(bare) or titles.named(key) or titles.named(bare)
    docs = docs or (titles.like(bare, is_word) if len(core_of(bare)) >= MIN_UNKNOWN else ())
    return Name(start, end, docs, "" if docs else _unknown(words, titles))


def _unknown(words: str, titles: Titles) -> str:
    near = titles.nearest(name_key(words))
    hint = f"；最接近的是《{near}》" if near else ""
    return f"资料库里没有《{words}》{hint}。"


def _written(norm: str, titles: Titles) -> list[Name]:
    """Exact names, the longest first; one that ends a longer unknown title is none."""
    letters = [(at, char) for at, char in enumerate(norm) if char.isalnum() or char == " "]
    text = "".join(char for _, char in letters)
    found: list[Name] = []
    taken: set[int] = set()
    for name in titles.longest_first:
        at = text.find(name)
        while at >= 0:
            span = range(at, at + len(name))
            start, end = letters[at][0], letters[at + len(name) - 1][0] + 1
            if taken.isdisjoint(span) and (docs := _fitting(norm[:start], name, titles)):
                found.append(Name(start, end, docs))
                taken.update(span)
            at = text.find(name, at + 1)
    return found


def _fitting(before: str, name: str, titles: Titles) -> tuple[str, ...]:
    """Documents of an exact name, given what stands before it; none where that is part of it."""
    docs = titles.named(name)
    if _STATE.search(before):
        return tuple(one for one in docs if not titles.documents[one].title.startswith("上海"))
    if (place := _place(before)) and place not in name:
        return tuple(one for one in docs if place in titles.documents[one].title)
    if not before or not "\u4e00" <= before[-1] <= "\u9fff":
        return docs
    return docs if is_lead(re.split(r"[^\u4e00-\u9fff]", before)[-1]) else ()


def is_lead(before: str) -> bool:
    """Whether words before a title are no part of it: 请问, 根据, 我想了解一下."""
    return bool(_ALL_FILLERS.fullmatch(before) or _LEADS_IN.search(before))


def _place(before: str) -> str:
    place = _PLACE.search(before)
    if place is None or _NO_PLACE.search(before):
        return ""
    name = place["name"]
    cuts = [one.end() for one in _FILLERS.finditer(name)]
    return name[max(cuts, default=0) :] if len(name) - max(cuts, default=0) >= 3 else name


def _before(norm: str, start: int, titles: Titles, is_word: IsWord) -> list[Name]:
    """The name that an address follows: 营商环境条例第五条."""
    run = _RUN.search(norm[:start])
    if run is None:
        return []
    words = run[0]
    cuts = sorted({0, *(one.end() for one in _FILLERS.finditer(words))})
    options = [one for one in cuts if len(words) - one >= 2 and is_lead(words[:one])]
    options = options[-MAX_CANDIDATES:]
    for cut in options:
        option = words[cut:].removesuffix("的")
        key = name_key(option)
        if len(key) < 2 or (kind_of(key) and key.removesuffix(kind_of(key)) in _PRONOUNS):
            continue
        docs = titles.like(key, is_word)
        opening = _OPENING_PLACE.match(words.lstrip("的"))
        place = _place(words[:cut]) or (opening[0] if opening and not is_lead(opening[0]) else "")
        if docs and place:
            docs = tuple(one for one in docs if place in titles.documents[one].title)
            if not docs:
                return [Name(run.start(), run.end(), (), _unknown(place + option, titles))]
        if docs:
            return [Name(run.start() + cut, run.start() + cut + len(option), docs)]
    return _strange(words, options, run.start(), titles)


def _strange(words: str, options: list[int], start: int, titles: Titles) -> list[Name]:
    """A title that no document of the corpus has."""
    for cut in reversed(options):
        option = words[cut:].removesuffix("的")
        kind = kind_of(with_kind(option))
        size = len(option) - len(kind)
        is_strong = kind in STRONG_TYPES or kind[:1].isdigit()
        least = MIN_UNKNOWN if is_strong else MIN_UNKNOWN_WEAK
        if kind and size >= least:
            return [Name(start + cut, start + cut + len(option), (), _unknown(option, titles))]
    return []


def generic_kind(norm: str, start: int) -> str:
    """The kind of document that an address follows without its name: 本办法第五条, 方案第8项."""
    run = _RUN.search(norm[:start])
    words = run[0].removesuffix("的") if run else ""
    kind = kind_of(words)
    before = words.removesuffix(kind)
    return kind if is_lead(before) or before in _PRONOUNS else ""


def of_version(
    norm: str, docs: Sequence[str], titles: Titles
) -> tuple[tuple[str, ...], str]:
    """Those of the version that the text asks for, newest first otherwise; or why there is none."""
    text = _NO_DOC_NO.sub("", norm)
    for asked in _VERSION.finditer(text):
        year = _year(asked)
        if year is None:
            continue
        same = tuple(one for one in docs if _is_of(titles, one, year, asked))
        if same:
            return same, ""
        if asked["yy"] or "版" in asked[0] or (asked["v"] or "").startswith("修") or asked["d"]:
            return (), _no_version(docs, titles, f"{year}年")
    age = _AGE.search(text)
    if age is None or not docs:
        return tuple(docs), ""
    newest = {titles.versions_of(one)[0] for one in docs}
    if age["new"]:
        return tuple(one for one in docs if one in newest), ""
    older = tuple(one for one in docs if one not in newest)
    return older, "" if older else _no_version(docs, titles, "更早")


_NO_DOC_NO = re.compile(r"[〔\[(][0-9]{4}[〕\])][0-9]+号")


def _year(asked: re.Match[str]) -> int | None:
    if asked["yy"]:
        return 2000 + int(asked["yy"]) if int(asked["yy"]) < 60 else 1900 + int(asked["yy"])
    digits = asked["y"].translate(str.maketrans("〇零一二三四五六七八九", "00123456789"))
    return int(digits) if digits.isdigit() else None


def _is_of(titles: Titles, doc_id: str, year: int, asked: re.Match[str]) -> bool:
    document, dated = titles.documents[doc_id], titles.dated[doc_id]
    if asked["m"] and asked["d"]:
        try:
            return dated == date(year, int(asked["m"]), int(asked["d"]))
        except ValueError:
            return False
    years = set(titles.years[doc_id])
    if document.plan_period:
        years |= set(range(document.plan_period[0], document.plan_period[1] + 1))
    numbered = re.search(r"(?:19|20)\d\d", document.doc_no or "")
    return year in years | ({int(numbered[0])} if numbered else set())


def _no_version(docs: Sequence[str], titles: Titles, asked: str) -> str:
    known = "、".join(
        f"《{titles.documents[one].title}》"
        + (f"（{titles.dated[one]}）" if titles.dated[one] else "（日期不详）")
        for one in docs[:5]
    )
    return f"资料库里没有{asked}的版本；现有{known}。" if known else f"资料库里没有{asked}的版本。"
