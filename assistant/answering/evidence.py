"""Query to ranked sentences: hits first, then the sentences of their clauses by content words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answering.sentences import Sentence, sentences_of
from assistant.answering.terms import alternatives, coverage
from assistant.answering.understand import Query
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Hit, Level
from assistant.text import find_numbers, normalize

PATH_TRUST = 0.85
CLAUSE_TRUST = 0.6
CONTEXT_SHARE = 0.35
RETRIEVAL_SHARE = 0.25
FIGURE_BONUS = 0.2
"""For a sentence that has a figure of the question."""
NAMED_BONUS = 0.3
"""For a clause whose heading stands in the question."""
SECTION_BONUS = 0.4
"""More where the question says that the name is that of a part: 合成生物板块, 疫苗那段."""
_PART_OF = re.compile(r"^(?:[这那]?一?(?:板块|部分|段|块|章|节|条|项)|里)")
CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence with how well it fits."""

    sentence: Sentence
    score: float
    covered: float
    """Weighted share of the question's content words that sentence, path and clause have."""
    is_named: bool = False
    """Whether the question has the heading of its clause."""


def find_hits(
    query: Query, index: PolicyIndex, documents: frozenset[str] | None = None
) -> list[Hit]:
    """Hits for the question with the synonyms of its words; of some documents only, if given."""
    words = [one for term in query.terms for one in alternatives(term.word) if one != term.word]
    text = " ".join([query.search, *words])
    return index.search(text, CANDIDATES, documents)


def rank_sentences(
    query: Query, hits: list[Hit], index: PolicyIndex, bonus: Mapping[str, float]
) -> list[Ranked]:
    """Sentences of the hits' clauses, best first, ties by place; `bonus` is by document."""
    ranked: dict[tuple[str, int], Ranked] = {}
    for hit in hits:
        for clause_id in hit.passage.clause_ids:
            clause = index.clauses[clause_id]
            for sentence in candidate_sentences(clause, index):
                made = _rank(query, sentence, hit.score, bonus.get(clause.doc_id, 0.0))
                ranked.setdefault((clause_id, sentence.start), made)
    return sorted(
        ranked.values(),
        key=lambda one: (-round(one.score, 6), one.sentence.clause.doc_id, one.sentence.start),
    )


def candidate_sentences(clause: Clause, index: PolicyIndex) -> tuple[Sentence, ...]:
    if clause.level in (Level.DOCUMENT, Level.TITLE):
        return ()
    return sentences_of(clause, index.documents[clause.doc_id])


def _rank(query: Query, sentence: Sentence, retrieval: float, bonus: float) -> Ranked:
    whole = "".join(one.text for one in sentences_of(sentence.clause, sentence.document))
    covered = coverage(
        query.terms, (sentence.text, 1.0), (sentence.path, PATH_TRUST), (whole, CLAUSE_TRUST)
    )
    score = covered + RETRIEVAL_SHARE * retrieval + bonus
    own = normalize(sentence.clause.heading.removeprefix(sentence.clause.number)).text
    is_named = len(own) >= 3 and own in query.norm
    if is_named:
        score += NAMED_BONUS + SECTION_BONUS * bool(_PART_OF.search(query.norm.split(own)[-1][:4]))
    given = {span.value for span in query.numbers if not 1949 <= span.value <= 2100}
    if given and given & {span.value for span in find_numbers(sentence.text)}:
        score += FIGURE_BONUS
    if query.context:
        score += CONTEXT_SHARE * coverage(
            query.context, (sentence.text, 1.0), (sentence.path, PATH_TRUST), (whole, CLAUSE_TRUST)
        )
    return Ranked(sentence, score, covered, is_named)
