"""Questions about the collection: 2024年以来市级还有效的生物医药政策有哪些."""

from __future__ import annotations

import re
from datetime import date

from assistant.answering.draft import Draft, Statement
from assistant.answering.intents import tiers_asked
from assistant.answering.understand import Query
from assistant.corpus.collection import Listed, Wanted, list_documents
from assistant.corpus.force import Force
from assistant.corpus.notices import LABELS
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Evidence, Level
from assistant.text import normalize

MAX_LISTED = 12
_KIND = r"(?:政策|文件|方案|办法|条例|规定|规划|通知|意见)"
_ASKS = re.compile(
    rf"(?:哪些|哪几[个份部项]|有什么|列出|列一?下|清单|都有).{{0,14}}{_KIND}(?!.{{0,2}}[里中内的])|"
    rf"{_KIND}(?:都|一共|总共|目前|现在)?(?:有哪些|有哪几|有几[份个部]|有多少[份个部]|清单|列表|都有什么)|"
    rf"[出发]过(?:哪些|什么|几[份个部]){_KIND}?"
)
_FORCES = (
    (re.compile(r"失效|过期|到期|作废"), frozenset({Force.EXPIRED})),
    (re.compile(r"废止|被替代|被取代"), frozenset({Force.REPEALED, Force.SUPERSEDED})),
    (re.compile(r"有效|现行|在用|还能用|生效"), frozenset({Force.IN_FORCE, Force.UNKNOWN})),
    (re.compile(r"送审|征求意见|草案"), frozenset({Force.DRAFT})),
    (re.compile(r"正式"), frozenset(Force) - {Force.DRAFT}),
)
_SINCE = re.compile(r"(?P<y>(?:19|20)\d\d)年?(?:以来|以后|之后|起|至今)")
_IN = re.compile(r"(?P<y>(?:19|20)\d\d)年(?:出|发|印发|发布|公布|出台|的)")
_ORDER = (Force.IN_FORCE, Force.NOT_YET, Force.DRAFT, Force.UNKNOWN)


def write_collection(query: Query, index: PolicyIndex, day: date) -> Draft | None:
    """The documents that fit, each with its state on the day; None if no collection is asked for,
    or none of it by tier, topic, state or year, or one of something that the corpus lacks.
    """
    norm = query.norm
    if len(index.documents) == 1 or not _ASKS.search(norm):
        return None
    if any(not term.is_known and term.weight > 1 for term in query.terms):
        return None
    wanted = _wanted(norm, index)
    if wanted == Wanted():
        return None
    listed = sorted(list_documents(index.documents, day, wanted), key=_rank)
    statements = [
        Statement(f"- {LABELS[one.standing.force]}：", evidence)
        for one in listed[:MAX_LISTED]
        if (evidence := _title(one, index)) is not None
    ]
    return Draft(tuple(statements), is_sure=True) if statements else None


def _wanted(norm: str, index: PolicyIndex) -> Wanted:
    since, within = _SINCE.search(norm), _IN.search(norm)
    year = int(within["y"]) if within else None
    topics = {topic for one in index.documents.values() for topic in one.topics}
    named = [topic for topic in topics if normalize(topic).text in norm]
    tiers = sorted(tiers_asked(norm))
    return Wanted(
        tier=tiers[0] if len(tiers) == 1 else None,
        topic=max(named, key=lambda topic: (len(topic), topic), default=""),
        forces=next((forces for asks, forces in _FORCES if asks.search(norm)), frozenset()),
        since=int(since["y"]) if since else year,
        until=None if since else year,
    )


def _rank(listed: Listed) -> int:
    force = listed.standing.force
    return _ORDER.index(force) if force in _ORDER else len(_ORDER)


def _title(listed: Listed, index: PolicyIndex) -> Evidence | None:
    document = listed.document
    for clause in index.clauses_of(document.doc_id):
        if clause.level is Level.TITLE:
            text = document.text[clause.start : clause.end]
            line = text.lstrip().splitlines()[0]
            start = clause.start + text.index(line)
            return Evidence(clause, document, start, start + len(line.rstrip()))
    return None
