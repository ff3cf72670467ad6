"""Question and history to `Query`: intent, content words, figures, clause address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from assistant.answering.address import Address, find_address
from assistant.answering.day_asked import find_day, without_day
from assistant.answering.intents import asks_location, read_intent
from assistant.answering.spelling import Sounds, repair, sound_index
from assistant.answering.terms import Term, content_terms
from assistant.linear import LinearModel
from assistant.retrieval.store import PolicyIndex
from assistant.retrieval.tokenizer import word_frequency
from assistant.schema import Clause, Intent, Turn
from assistant.text import NumberSpan, find_numbers, normalize

MAX_SPELLING_PASSAGES = 2000
MAX_CLAUSE_NUMBER = 60
MAX_CHAINED = 6
_FOLLOW_UP = re.compile(
    r"^(?:那|还|它|这|另|再|不是|为啥|为什么|下一|上一|原文|把这|其|该|后|前|第二个|谁负责|平台|.{1,12}呢[?]?$|.{1,8}的(?:也|呢))"
)
_NEIGHBOUR = re.compile(
    r"(?P<next>下一?面?一?[条项]|后一?[条项])|(?P<before>上一?面?一?[条项]|前一?[条项])"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready. Texts are normalised."""

    text: str
    norm: str
    intent: Intent
    terms: tuple[Term, ...]
    context: tuple[Term, ...]
    """Words of earlier turns that a follow-up leans on; they rank, and are not required."""
    search: str
    """What is searched: the question, with the last turn before it for a follow-up."""
    numbers: tuple[NumberSpan, ...]
    address: Address | None
    asks_location: bool
    step: int
    """-1 or 1 where the clause before or after the last one is asked for."""
    spoken: Clause | None
    """The clause that the last question named, where this is a follow-up."""
    previous: str
    """The last turns, normalised; empty unless this is a follow-up."""

    @property
    def names_no_clause(self) -> bool:
        """Whether it names a clause that is not there."""
        return self.address is not None and not self.address.clauses


def understand(
    question: str, history: Sequence[Turn], index: PolicyIndex, model: LinearModel
) -> Query:
    """`question` has no control characters; the newest turn of `history` is last.

    `model` reads the intent.
    """
    norm = norm_of(question, index)
    is_follow_up = bool(history) and (bool(_FOLLOW_UP.search(norm)) or len(norm) <= 18)
    last_question = next((t.content for t in reversed(history) if t.role == "user"), "")
    last_answer = next((t.content for t in reversed(history) if t.role == "assistant"), "")
    previous = normalize(f"{last_question} {last_answer}").text if is_follow_up else ""
    numbers = claimed_numbers(norm)
    terms = _terms(_topic(norm), index)
    context = _terms(normalize(last_question).text, index) if is_follow_up else ()
    if is_follow_up and not any(term.is_known for term in terms):
        context = _terms(previous[:200], index)
    neighbour = _NEIGHBOUR.search(norm) if is_follow_up else None
    step = 0 if neighbour is None else (1 if neighbour["next"] else -1)
    spoken = _spoken(history, index) if is_follow_up else None
    intent = read_intent(norm, model)
    if is_follow_up and intent is Intent.EXPLAIN:
        intent = read_intent(normalize(last_question).text, model)
        intent = Intent.EXPLAIN if intent is Intent.PREMISE else intent
    return Query(
        text=question,
        norm=norm,
        intent=intent,
        terms=terms,
        context=context,
        search=f"{question} {last_question}" if is_follow_up else question,
        numbers=numbers,
        address=find_address(norm, index, current=spoken),
        asks_location=asks_location(norm),
        step=step,
        spoken=spoken,
        previous=previous,
    )


def understand_on(
    question: str, history: Sequence[Turn], index: PolicyIndex, model: LinearModel, today: date
) -> tuple[Query, date | None]:
    """The same, with the day that the question names, whose words are then no part of the query:
    they are no content, and no version of a document.
    """
    norm = normalize(question).text
    found = find_day(norm, today)
    if found is None:
        return understand(question, history, index, model), None
    query = understand(without_day(norm, found), history, index, model)
    return replace(query, text=question), found.day


def blanked(norm: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words with blanks in place of the spans."""
    for start, end in spans:
        norm = norm[:start] + " " * (end - start) + norm[end:]
    return norm


def without_names(query: Query, spans: Sequence[tuple[int, int]]) -> Query:
    """The query without the words and numbers that only name documents."""
    rest = blanked(query.norm, spans)
    numbers = tuple(
        one for one in query.numbers if not any(a <= one.start < b for a, b in spans)
    )
    terms = tuple(term for term in query.terms if term.word in rest)
    return replace(query, terms=terms, numbers=numbers)


def _spoken(history: Sequence[Turn], index: PolicyIndex) -> Clause | None:
    """The clause the last question named; 下一条 goes on from the question before it."""
    current: Clause | None = None
    for turn in history[-2 * MAX_CHAINED :]:
        if turn.role == "user":
            found = find_address(norm_of(turn.content, index), index, current=current)
            current = found.clauses[0] if found and found.clauses else None
    return current


def norm_of(question: str, index: PolicyIndex) -> str:
    """The question normalised, slips mended."""
    return _spelt(normalize(question).text, index)


def _spelt(norm: str, index: PolicyIndex) -> str:
    """Slips mended, in a corpus small enough to know every sound of it."""
    if len(index.passages) > MAX_SPELLING_PASSAGES:
        return norm
    return repair(norm, _sounds(index), lambda word: word_frequency(word) > 0)


@lru_cache(maxsize=2)
def _sounds(index: PolicyIndex) -> Sounds:
    return sound_index(
        normalize(" ".join([*passage.path, passage.text])).text for passage in index.passages
    )


def _topic(norm: str) -> str:
    """What stands after a colon, where someone first says why they ask."""
    before, colon, after = norm.rpartition(":")
    return after if colon and len(after) >= 8 and before else norm


def _terms(norm: str, index: PolicyIndex) -> tuple[Term, ...]:
    return content_terms(norm, index.document_frequency, len(index.passages))


def claimed_numbers(norm: str) -> tuple[NumberSpan, ...]:
    """Figures of the question other than clause numbers."""
    return tuple(
        span
        for span in find_numbers(norm)
        if not norm[: span.start].endswith(("第", "("))
        and not re.match(r"大?部分|\(|[款章节]", norm[span.end :])
        and not (span.value <= MAX_CLAUSE_NUMBER and re.match(r"[条项]", norm[span.end :]))
    )
