"""Is it still in force, since when, until when, what took its place: the state of a day from the
register, the words for it from the document's own sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.draft import Draft, Statement, line_of
from assistant.answering.sentences import Sentence, sentences_of
from assistant.answering.terms import Term
from assistant.answering.understand import Query
from assistant.corpus.force import Force, Standing, newer_versions, standing_on
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Document, Evidence, Kind, Level
from assistant.text import normalize

MAX_TOLD = 3
_LEADS: dict[Force, str] = {
    Force.NOT_YET: "尚未施行，",
    Force.IN_FORCE: "现行有效，",
    Force.EXPIRED: "已失效，",
    Force.SUPERSEDED: "已被替代，",
    Force.REPEALED: "已废止，",
    Force.DRAFT: "不是正式印发的文件，",
}


@dataclass(frozen=True, slots=True)
class _Aspect:
    """What of a document's life is asked, and the words that tell it."""

    asks: re.Pattern[str]
    tells: re.Pattern[str]
    is_state: bool = False
    """Whether the state of the day answers it too."""
    is_number: bool = False
    """Whether only the document's own number tells it."""
    is_history: bool = False
    """Whether the lines below the title tell it: passed, amended."""


_STATE = _Aspect(
    re.compile(
        r"失效|到期|废止|过期|截止|有效|作废|管到|还能用|管用|现行|还在执行|还算数|什么状态|为止|"
        r"哪[年天].{0,2}到|[能可](?:不能|否)?.{0,3}作为|还能"
    ),
    re.compile(r"有效期|失效|废止|到期|期满|过期|终止|继续有效|未设截止|(?:执行|政策|试行|施行|实施)期"),
    is_state=True,
)
_USE = re.compile(
    r"(?:现在|目前|如今|今年|还|已经?)?(?:能不能|可不可以|能否|可否|能|可以)(?:再|继续)?"
    r"(?:申请|申报|办理?|报|用|领|享受|执行|适用)了?[吗么不嘛?]|(?:开始|启动)(?:申请|申报|受理|执行)了?[吗没]"
)
_BEGIN = _Aspect(
    re.compile(r"施行|生效|实施|执行|起算|哪天开始|从哪天"),
    re.compile(r"起(?:施行|生效|实施|执行)|[年月日].{0,6}(?:施行|生效|实施)|(?:施行|生效|实施)日"),
)
_ASPECTS = (
    _Aspect(
        re.compile(r"(?:最[近后]一?次)?修[正订改]|哪一?[个份]?版|版本|旧版|最[近后]一?次"),
        re.compile(r"修[正订]"),
        is_state=True,
        is_history=True,
    ),
    _Aspect(
        re.compile(r"替[代掉换]|取代|代替|接替|接过|换成|新版|哪[个份]新|后来|后续|改成|修订|新的"),
        re.compile(r"替代|取代|代替|接替|修订为|废止|后续|新方案|新办法"),
        is_state=True,
    ),
    _STATE,
    _Aspect(_USE, _STATE.tells, is_state=True),
    _BEGIN,
    _Aspect(re.compile(r"文号|字号|几号文"), re.compile(r"〔\d{4}〕"), is_number=True),
    _Aspect(
        re.compile(r"谁|哪[个几些](?:部门|单位|机关|局|委|家)|几家|发文(?:单位|机关)|发布机关|牵头|起草"),
        re.compile(r"(?:由|市|区|部|委|局|厅|办公室|政府).{0,30}(?:印发|发布|公布|出台|制定|起草|管理)"),
    ),
    _Aspect(
        re.compile(r"印发|发布|公布|出台|发文|哪天|哪年|什么时候|何时|日期"),
        re.compile(r"\d[年月日]?.{0,6}(?:印发|发布|公布|出台|签发)|日期"),
        is_history=True,
    ),
)
ENDED = frozenset({Force.EXPIRED, Force.SUPERSEDED, Force.REPEALED})
_NOT_CURRENT = ENDED | {Force.NOT_YET}
_HISTORY = re.compile(r"\d{4}年.*(?:通过|公布|发布|修[正订])")
_OF_OTHERS = re.compile(r"《[^。]*?(?:同时|即行|予以)废止")
"""What the document repeals tells nothing of its own life."""
_PAST = re.compile(
    r"(?:失效|废止|作废|过期|到期)(?:的|了(?!吗))|被(?:什么|哪|谁).{0,6}(?:替|取代|接替|废止)|"
    r"(?:替代|取代|代替)了(?!吗)"
)
_WHEN_ENDED = re.compile(
    r"(?:什么时候|何时|哪一?[年天]|几时|几号).{0,6}(?:失效|废|作废|到期|过期)|"
    r"(?:失效|废止|到期|过期).{0,4}(?:日期|时间|是哪)"
)
_OWN = re.compile(
    r"本(?:办法|条例|规定|政策|方案|通知|意见|细则|标准|指南|措施|文件|公告|要点)|自.{2,14}起"
)


def beyond_force(query: Query, terms: Iterable[Term]) -> list[Term]:
    """The words that ask for something else than a document's own life."""
    spans = [found.span() for one in _ASPECTS for found in one.asks.finditer(query.norm)]
    asked = frozenset(at for start, end in spans for at in range(start, end))
    return [one for one in terms if not _is_within(one.word, query.norm, asked)]


def _is_within(word: str, norm: str, places: frozenset[int]) -> bool:
    at = norm.find(word)
    return at >= 0 and places.issuperset(range(at, at + len(word)))


def asks_use(norm: str) -> bool:
    """Whether it is asked if one can still, or already, use what a document grants."""
    return bool(_USE.search(norm))


def asks_past(norm: str) -> bool:
    """Whether the document is taken to have ended: of its versions an earlier one is meant."""
    return bool(_PAST.search(norm))


def write_force(
    query: Query, index: PolicyIndex, document: Document, day: date, first: Sequence[Sentence]
) -> Draft | None:
    """The sentences that tell what is asked, led by the state on the day; None where none does.

    `first` is what the search found to fit best, if it is of this document. The draft is sure
    where nothing but the state is asked, or it ended: whatever else is asked, that decides.
    """
    newer = newer_versions(index.documents).get(document.doc_id, ())
    standing = standing_on(document, newer, day)
    is_current = standing.force not in _NOT_CURRENT
    has_topic = any(one.weight > 1 for one in beyond_force(query, query.terms))
    asked = [one for one in _ASPECTS if one.asks.search(query.norm)]
    asked = asked or ([] if is_current or has_topic else [_STATE])
    asks_state = any(one.is_state for one in asked)
    own = _own_sentences(index, document)
    sought = asked if standing.force is not Force.NOT_YET else [_BEGIN, *asked]
    kept = [one for one in first if has_topic or _tells_any(sought, one, document)]
    told = _telling(sought, kept, own, document)
    if asks_state and not told:
        told = _telling([_BEGIN], (), own, document)
    lead = _LEADS.get(standing.force, "") if asks_state else ""
    if line := _history_line(index, document, asked, told):
        statements = [Statement(f"《{document.title}》{lead}题名下写明：", line)]
    else:
        statements = [
            Statement(f"{lead}文件写明：" if place == 0 else "另写明：", one.evidence())
            for place, one in enumerate((told or list(first))[:MAX_TOLD])
        ]
    begun = [one for one in newer if standing_on(one, (), day).force is not Force.NOT_YET]
    if asks_state and standing.force in ENDED and begun:
        lead = "" if statements else lead
        statements.append(_successor(index, document, standing.newer or begun[-1], lead))
    if not statements:
        return None
    is_told = asks_state and (not is_current or (bool(lead) and not has_topic))
    if _WHEN_ENDED.search(query.norm) and not _knows_end(document, standing):
        is_told = False
    return Draft(tuple(statements), is_sure=is_told)


def _knows_end(document: Document, standing: Standing) -> bool:
    """Whether the day of its end is known; a digest's successor does not date the text's end."""
    dated = document.expires_on or document.repealed_on
    return bool(dated or (document.kind is Kind.OFFICIAL and standing.since))


def _telling(
    sought: Sequence[_Aspect],
    first: Sequence[Sentence],
    own: Sequence[Sentence],
    document: Document,
) -> list[Sentence]:
    """`first`, and for each aspect that it does not tell the sentence of the document that does."""
    told = list(first)
    for aspect in sought:
        if any(_tells(aspect, one, document) for one in told):
            continue
        best = max(
            own, key=lambda one: (_fits(one, aspect, sought, document), -one.start), default=None
        )
        if best is not None and _tells(aspect, best, document):
            told.append(best)
    return told


def _successor(
    index: PolicyIndex, document: Document, newer: Document, lead: str
) -> Statement:
    """What took the document's place: its words that repeal it, else its title."""
    names = {normalize(one).text for one in (document.title, document.doc_no) if one}
    for one in _sentences(index, newer):
        if "废止" in one.text and any(name in one.text for name in names):
            return Statement(f"{lead}是接替它的文件，写明：", one.evidence())
    title = next(one for one in index.clauses_of(newer.doc_id) if one.level is Level.TITLE)
    lines = _history(title, newer) if newer.title == document.title else []
    named = line_of(title, newer, lines[-1] if lines else newer.title)
    return Statement(f"{lead}接替它的{'版本' if lines else '文件'}是：", named)


def _history_line(
    index: PolicyIndex, document: Document, asked: Sequence[_Aspect], told: Sequence[Sentence]
) -> Evidence | None:
    """The last line below the title that tells what is asked and no sentence does:
    2024年8月22日 …第三次修正.
    """
    asked = [one for one in asked if one.is_history]
    if any(_tells(aspect, one, document) for aspect in asked for one in told):
        return None
    title = next(
        (one for one in index.clauses_of(document.doc_id) if one.level is Level.TITLE), None
    )
    if title is None or not asked:
        return None
    lines = _history(title, document)
    return line_of(title, document, lines[-1]) if lines else None


def _history(title: Clause, document: Document) -> list[str]:
    """The lines below the title that say when it was passed or amended, in order."""
    lines = document.text[title.start : title.end].splitlines()[1:]
    return [one for one in lines if _HISTORY.search(normalize(one).text)]


def _own_sentences(index: PolicyIndex, document: Document) -> list[Sentence]:
    """Sentences on the document itself, in order."""
    return [one for one in _sentences(index, document) if _is_own(one)]


def _sentences(index: PolicyIndex, document: Document) -> Iterator[Sentence]:
    for clause in index.clauses_of(document.doc_id):
        if clause.level not in (Level.DOCUMENT, Level.TITLE):
            yield from sentences_of(clause, document)


def _tells_any(aspects: Sequence[_Aspect], sentence: Sentence, document: Document) -> bool:
    return any(_tells(aspect, sentence, document) for aspect in aspects)


def _tells(aspect: _Aspect, sentence: Sentence, document: Document) -> bool:
    if aspect.is_number:
        return bool(document.doc_no) and normalize(document.doc_no or "").text in sentence.text
    text = _OF_OTHERS.sub("", sentence.text) if aspect.is_state else sentence.text
    return bool(aspect.tells.search(text))


def _fits(
    sentence: Sentence, aspect: _Aspect, asked: Sequence[_Aspect], document: Document
) -> tuple[bool, bool, int]:
    """What is asked first; a sentence on this document, or headed by it; then all that is asked."""
    head = normalize(sentence.clause.heading).text
    is_own = bool(_OWN.search(sentence.text)) or bool(aspect.tells.search(head))
    return (
        _tells(aspect, sentence, document),
        is_own,
        sum(_tells(one, sentence, document) for one in asked),
    )


def _is_own(sentence: Sentence) -> bool:
    """Whether a sentence tells of the document itself: it says so, or stands where that is told."""
    is_told = "基本情况" in sentence.path or "附则" in sentence.path
    return is_told or bool(_OWN.search(sentence.text))
