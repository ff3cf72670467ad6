"""Questions about a document itself, its force, dates, number or name: which they are, and from
what they are answered.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answering.draft import Draft
from assistant.answering.force_asked import (
    ENDED,
    asks_past,
    asks_use,
    beyond_force,
    write_force,
)
from assistant.answering.intents import asks_validity
from assistant.answering.scope import MEANS_ONE, Scope
from assistant.answering.sentences import Ranked
from assistant.answering.terms import Term
from assistant.answering.understand import Query, blanked
from assistant.answering.validity import write_validity
from assistant.corpus.force import Force
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Intent, Kind

_ABOUT_DOCUMENT = re.compile(
    r"(?:方案|文件|稿子?)[^,;。?]{0,6}(?:期限|管到|管哪|是管|全称|全名|标题|名称)|封面|标题下|标题里"
)
_DOCUMENT = re.compile(r"方案|文件|稿")
SPECIAL_WEIGHT = 3.0


def is_on_document(query: Query, scope: Scope) -> bool:
    """Whether a document itself is asked about: its force, number, dates, issuer or name."""
    if query.address is not None and (query.address.clauses or query.address.problem):
        return False
    if query.intent is Intent.VALIDITY or _is_about_document(query):
        return True
    rest = blanked(query.norm, scope.spans)
    return bool(scope.named) and (
        (asks_validity(rest) and not _has_special(query))
        or _is_use(query, scope)
        or not _has_words(query)
    )


def _is_use(query: Query, scope: Scope) -> bool:
    """Whether it is asked if one can use a document that is not in force: 现在还能申报吗."""
    force = scope.force.get(scope.main)
    if not scope.named or not asks_use(blanked(query.norm, scope.spans)):
        return False
    if force is Force.DRAFT:
        return not any(term.weight > 1 for term in beyond_force(query, query.terms))
    return force in (*ENDED, Force.NOT_YET)


def write_about(
    query: Query, ranked: list[Ranked], index: PolicyIndex, scope: Scope
) -> Draft:
    """On the document itself: a draft by its title, any other by its own words and the day."""
    is_meant = bool(scope.named or MEANS_ONE.search(query.norm)) or not ranked
    is_meant = is_meant or not _has_topic(query)
    main = scope.main if is_meant else ranked[0].sentence.document.doc_id
    if asks_past(query.norm):
        main = next((one for one in scope.named if scope.force[one] in ENDED), main)
    document = index.documents[main]
    if document.kind is not Kind.DRAFT:
        first = [one.sentence for one in ranked[:1] if one.sentence.clause.doc_id == main]
        told = write_force(query, index, document, scope.day, first)
        if told is not None:
            is_sure = (told.is_sure and bool(scope.named)) or not _has_topic(query)
            return replace(told, is_sure=is_sure)
    draft = write_validity(query, index, main)
    return replace(draft, is_sure=not _has_topic(query) or _is_use(query, scope))


def _is_about_document(query: Query) -> bool:
    """Its name or period, or its force without a topic: 是不是已经废止了."""
    words = _topic_words(query)
    if _ABOUT_DOCUMENT.search(query.norm) and not _has_special(query):
        return True
    if any(t.is_known and t.weight > 1 and not asks_validity(t.word) for t in words):
        return False
    if query.intent is Intent.PREMISE and re.search(r"20\d\d", query.norm):
        return True
    return query.intent in (Intent.PREMISE, Intent.NUMBER) and asks_validity(query.norm)


def _has_special(query: Query) -> bool:
    """Whether a rare word says what is asked about."""
    words = beyond_force(query, _topic_words(query))
    return any(term.is_known and term.weight > SPECIAL_WEIGHT for term in words)


def _has_words(query: Query) -> bool:
    """Whether anything is asked about but a document that is named."""
    return bool(query.numbers) or any(term.is_known for term in (*query.terms, *query.context))


def _has_topic(query: Query) -> bool:
    """Whether anything but the document itself is named."""
    return any(term.weight > 1 and not asks_validity(term.word) for term in _topic_words(query))


def _topic_words(query: Query) -> list[Term]:
    """Words for what is asked about; earlier turns count where the document itself is not named."""
    context = () if _DOCUMENT.search(query.norm) else query.context
    return [term for term in (*query.terms, *context) if not _DOCUMENT.search(term.word)]
