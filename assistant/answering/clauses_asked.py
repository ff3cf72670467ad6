"""Answers that are a clause: one that is named by number or heading, or what a section lists."""

from __future__ import annotations

import re

from assistant.answering.abstain import NO_SUCH_CLAUSE
from assistant.answering.address import neighbour
from assistant.answering.draft import Draft, Statement, heading_of, label, refuse, whole_clause
from assistant.answering.evidence import candidate_sentences
from assistant.answering.sentences import Ranked, children_of
from assistant.answering.terms import Term, coverage, support
from assistant.answering.understand import Query
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Level
from assistant.text import normalize

SPECIFIC_WEIGHT = 1.2
MIN_INNER = 0.6
"""Share of the question's words that a clause below a named section must have to be the one."""
_ASKS_PARTS = re.compile(r"[哪几].{0,2}(?:[条项款]|任务|措施|部分|方面|举措|工作)")
MIN_NAME = 3
SECTION_LEVELS = (Level.H1, Level.H2, Level.PART, Level.CHAPTER, Level.SECTION)


def target_clause(query: Query, ranked: list[Ranked], index: PolicyIndex) -> Clause | None:
    if query.address is not None and query.address.clauses:
        return query.address.clauses[0]
    if not query.step or not query.previous:
        return None
    current = query.spoken or (ranked[0].sentence.clause if ranked else None)
    return neighbour(current, query.step, index) if current else None


def write_clauses(query: Query, clause: Clause, index: PolicyIndex) -> Draft:
    """A clause that was named, and the others named with it."""
    others = query.address.others if query.address is not None else ()
    drafts = [_write_clause(query, one, index) for one in (clause, *others)]
    return Draft(tuple(one for draft in drafts for one in draft.statements))


def _write_clause(query: Query, clause: Clause, index: PolicyIndex) -> Draft:
    """Its children for a section, else its words."""
    document = index.documents[clause.doc_id]
    children = children_of(index, clause)
    if re.search(r"标题|叫什么|什么名", query.norm) and clause.heading:
        return Draft((Statement("名称：", heading_of(clause, document)),))
    if clause.level in SECTION_LEVELS and len(children) > 1:
        inner = inner_clause(query, clause, index)
        if inner is None:
            return write_children(clause, index)
        return Draft((Statement(f"{label(inner)}原文：", whole_clause(inner, document)),))
    return Draft((Statement(f"{label(clause)}原文：", whole_clause(clause, document)),))


def inner_clause(query: Query, section: Clause, index: PolicyIndex) -> Clause | None:
    """The clause below the section whose heading stands in the question or has its other words."""
    below = [
        one
        for one in index.clauses_of(section.doc_id)
        if one.clause_id.startswith(section.clause_id + "__")
    ]
    for one in below:
        name = normalize(one.heading.removeprefix(one.number)).text
        if len(name) >= MIN_NAME and name in query.norm:
            return one
    own = normalize(" ".join(section.path)).text
    others = [term for term in query.terms if term.is_known and not support(term.word, own)]
    fits = [(round(coverage(others, (normalize(one.heading).text, 1.0)), 6), one) for one in below]
    best = max(fits, key=lambda fit: fit[0], default=(0.0, None))
    return best[1] if best[0] >= MIN_INNER else None


def named_section(query: Query, index: PolicyIndex, doc_id: str) -> Clause | None:
    """A section with children whose heading stands in the question."""
    for clause in index.clauses_of(doc_id):
        name = normalize(clause.heading.removeprefix(clause.number)).text
        is_section = clause.level in SECTION_LEVELS and len(children_of(index, clause)) > 1
        rest = query.norm.replace(name, "") if name else query.norm
        if is_section and len(name) >= 3 and name in query.norm:
            others = [
                t
                for t in query.terms
                if t.word in rest and t.is_known and t.weight > SPECIFIC_WEIGHT
            ]
            if not others:
                return clause
    if _ASKS_PARTS.search(query.norm):
        topic = [term for term in query.terms if _is_specific(term)]
        for clause in index.clauses_of(doc_id):
            own = normalize(clause.heading).text
            is_section = clause.level in SECTION_LEVELS and len(children_of(index, clause)) > 1
            if topic and is_section and all(support(term.word, own) >= 0.8 for term in topic):
                return clause
    is_named = any(map(_is_specific, query.terms))
    if not is_named and re.search(
        r"重点发展.{0,6}(?:哪|方向|领域|什么)|发展.{0,3}(?:哪几个|哪些)(?:方向|领域|重点)",
        query.norm,
    ):
        return next(
            (one for one in index.clauses_of(doc_id) if one.heading.endswith("发展重点")), None
        )
    return None


def _is_specific(term: Term) -> bool:
    return term.is_known and term.weight > SPECIFIC_WEIGHT


def write_children(section: Clause, index: PolicyIndex) -> Draft:
    """The headings right below a section, each quoted."""
    document = index.documents[section.doc_id]
    statements = []
    for child in children_of(index, section):
        if child.heading:
            statements.append(Statement("- ", heading_of(child, document)))
        else:
            first = candidate_sentences(child, index)[:1]
            statements += [Statement("- ", one.evidence()) for one in first]
    lead = Statement(f"{label(section)}下列有：\n{statements[0].lead}", statements[0].evidence)
    return Draft((lead, *statements[1:]))


def write_first(section: Clause, index: PolicyIndex) -> Draft:
    """The first sentence below a section's heading."""
    document = index.documents[section.doc_id]
    for one in (section, *children_of(index, section)):
        if sentences := candidate_sentences(one, index):
            return Draft((Statement(f"{label(section)}开头写明：", sentences[0].evidence()),))
    return Draft((Statement("", heading_of(section, document)),))


def write_preamble(index: PolicyIndex, doc_id: str) -> Draft:
    """The paragraphs before the first numbered heading."""
    first = index.documents[doc_id]
    opening = [
        one
        for one in index.clauses_of(first.doc_id)
        if one.level is Level.PARAGRAPH and one.parent_id == first.doc_id
    ]
    if not opening:
        return refuse(NO_SUCH_CLAUSE)
    return Draft((Statement("文件开头部分原文：", whole_clause(opening[0], first)),))


def named_clause(query: Query, index: PolicyIndex, doc_id: str) -> Clause | None:
    """The clause whose heading stands in the question, in the section that is named too."""
    named = []
    for one in index.clauses_of(doc_id):
        name = normalize(one.heading.removeprefix(one.number)).text
        if len(name) >= 4 and name in query.norm:
            named.append((len(name), one))
    sections = [one for _, one in named if children_of(index, one)]
    leaves = [pair for pair in named if not children_of(index, pair[1])]
    inside = [
        pair
        for pair in leaves
        if any(pair[1].clause_id.startswith(s.clause_id + "__") for s in sections)
    ]
    pool = inside or leaves or [(len(one.heading), one) for one in sections]
    return max(pool, key=lambda pair: pair[0])[1] if pool else None
