"""Which further sentences an answer needs beside its first: the second thing that was asked.

门槛和比例各是多少 needs two clauses; a learned model tells that from a question that one answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.figures_asked import asked_unit, figures_of, is_alike
from assistant.answering.sentences import Ranked
from assistant.answering.terms import support
from assistant.answering.understand import Query
from assistant.linear import LinearModel, probability
from assistant.schema import Intent
from assistant.text import find_numbers, normalize

CANDIDATES = 10
MAX_STATEMENTS = 4
THRESHOLD = 0.3
"""Chosen by folds over authors: more statements answer more, and say more than was asked."""
_SEVERAL = re.compile(r"各[是有给多拿]|分别|两[段种样笔类项]|多少.+(?:多少|几)|几个数|比例|门槛")
_JOINS = re.compile(r"[、和与跟及]|还有|以及|另外|顺便")
_PARTS = re.compile(r"[,;。?、]|以及|还有|和|跟|与|及")
_STOPS = frozenset("的了吗呢是有")


def with_further(query: Query, ranked: Sequence[Ranked], model: LinearModel) -> list[Ranked]:
    """The best sentence and those that answer what it leaves open, in the order found."""
    chosen = list(ranked[:1])
    while chosen and len(chosen) < MAX_STATEMENTS:
        rest = [one for one in ranked[:CANDIDATES] if one not in chosen]
        likely = [
            (probability(model.scores(further_features(query, chosen, one))[0]), one)
            for one in rest
        ]
        best = max(likely, key=lambda pair: pair[0], default=None)
        if best is None or best[0] < THRESHOLD:
            break
        chosen.append(best[1])
    return chosen


def further_features(query: Query, chosen: Sequence[Ranked], one: Ranked) -> dict[str, float]:
    """Figures of about 0 to 1 on what a further sentence adds to the chosen ones."""
    norm, best = query.norm, chosen[0]
    said = "".join(other.sentence.text + other.sentence.path for other in chosen)
    own = one.sentence.text + one.sentence.path
    total = sum(term.weight for term in query.terms if term.is_known) or 1.0
    left = [t for t in query.terms if t.is_known and support(t.word, said) < 0.5]
    gained = sum(t.weight for t in left if support(t.word, own) >= 0.5)
    clause, first = one.sentence.clause, best.sentence.clause
    given = {span.value for span in query.numbers}
    new = given & {s.value for s in find_numbers(own)} - {s.value for s in find_numbers(said)}
    fits = [f for f in figures_of(one.sentence) if is_alike(asked_unit(norm), f.unit)]
    several = bool(_SEVERAL.search(norm))
    values = {
        "score": one.score,
        "near": float(one.fit > best.fit - 1),
        "same_clause": float(clause is first),
        "same_parent": float(clause.parent_id == first.parent_id),
        "same_document": float(clause.doc_id == first.doc_id),
        "gained": gained / total,
        "left": sum(t.weight for t in left) / total,
        "part": _part_gained(norm, said, own),
        "headings": _likeness(clause.heading, first.heading),
        "texts": _likeness(one.sentence.text, best.sentence.text),
        "several": float(several),
        "joins": min(len(_JOINS.findall(norm)), 4) / 4,
        "marks": min(norm.count("?"), 3) / 3,
        "figure": float(bool(fits)),
        "given": float(bool(new)),
        "chosen": (len(chosen) - 1) / 3,
        "covered": one.covered,
        f"intent_{query.intent.value}": 1.0,
    }
    crossed = {
        f"{name}*several": values[name] * several
        for name in ("score", "gained", "part", "headings", "figure", "same_parent")
    }
    crossed |= {
        f"{a}*{b}": values[a] * values[b]
        for a, b in (("score", "gained"), ("score", "part"), ("score", "joins"),
                     ("headings", "part"), ("same_document", "score"), ("gained", "joins"))
    }  # fmt: skip
    if query.intent is Intent.LIST:
        crossed |= {"score*list": one.score, "same_parent*list": values["same_parent"]}
    return {name: value for name, value in (values | crossed).items() if value}


def _part_gained(norm: str, said: str, own: str) -> float:
    """Of the parts of the question, the most that the sentence has and the chosen lack."""
    parts = [part for part in _PARTS.split(norm) if len(part) >= 2]
    return max((_share(part, own) - _share(part, said) for part in parts), default=0.0)


def _share(part: str, text: str) -> float:
    pairs = [part[i : i + 2] for i in range(len(part) - 1) if not _STOPS & set(part[i : i + 2])]
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _likeness(one: str, other: str) -> float:
    """Of two texts, by their pairs of characters."""
    a, b = (
        {text[i : i + 2] for i in range(len(text) - 1)}
        for text in (normalize(one).text, normalize(other).text)
    )
    return len(a & b) / len(a | b) if a | b else 0.0
