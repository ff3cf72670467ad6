"""What a term means: only where the text itself glosses or describes it."""

from __future__ import annotations

import re

from assistant.answering.draft import Draft, Statement, heading_of, quote
from assistant.answering.figures_asked import figures_of, is_given
from assistant.answering.sentences import Ranked
from assistant.answering.understand import Query
from assistant.retrieval.store import PolicyIndex
from assistant.retrieval.tokenizer import alternatives

MIN_DESCRIBED = 0.8
MIN_WEIGHT = 2.0


def write_definition(query: Query, ranked: list[Ranked], index: PolicyIndex) -> Draft | None:
    """A gloss in brackets, 合同研究组织（CRO）, or a sentence that says X为…; None without either.

    What a figure counts is the sentence that has the figure.
    """
    counted = [one for one in ranked if any(is_given(query, f) for f in figures_of(one.sentence))]
    if counted:
        return Draft(tuple(quote(one.sentence) for one in counted[:2]))
    asked = [term for term in sorted(query.terms, key=lambda term: -term.weight)[:2]
             if term.weight >= MIN_WEIGHT]  # fmt: skip
    words = [one for term in asked for one in alternatives(term.word)]
    found: list[Statement] = []
    for one in ranked[:12]:
        text, path = one.sentence.text, one.sentence.path
        for word in words:
            gloss = _gloss(word)
            if re.search(gloss, text):
                found.append(quote(one.sentence))
                break
            if re.search(gloss, path):
                clause = one.sentence.clause
                document = index.documents[clause.doc_id]
                if clause.heading:
                    found.append(Statement("文件写作", heading_of(clause, document)))
                    break
    if found:
        unique = {(s.evidence.start, s.evidence.end): s for s in found}
        return Draft(tuple(unique.values())[:2])
    best = ranked[0] if ranked else None
    wants_name = re.search(r"全称|中文|英文|缩写|全名", query.norm)
    if best and not wants_name and best.covered >= MIN_DESCRIBED and _describes(best, words):
        return Draft((quote(best.sentence),))
    return None


def _gloss(word: str) -> str:
    """A pattern: the word with another name for it in brackets, one of the two in Latin letters."""
    name = re.escape(word)
    if re.search(r"[a-z]", word):
        return rf"\b{name}\(|\({name}\)"
    return rf"{name}\([a-z]"


def _describes(one: Ranked, words: list[str]) -> bool:
    """Whether a sentence says what one of the words is: X为…, 作为X, A、B两大X, A+B的X."""
    return any(
        re.search(
            rf"{re.escape(word)}[^,;。]{{0,4}}(?:为(?!更|了)|是|作为|即|指|包括|以.{{2,20}}为特色)|作为.{{0,12}}{re.escape(word)}|"
            rf"(?:、[^,;。]{{1,16}}?(?:等|[两三四五六七八九十]大)|\\+[^,;。]{{1,8}}\")[^,;。]{{0,4}}{re.escape(word)}|"
            rf"{re.escape(word)}[^,;。]{{0,4}},?形成|{re.escape(word)}\"的[^,;。]{{2}}",
            one.sentence.text,
        )
        for word in words
    )
