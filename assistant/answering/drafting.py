"""Found sentences to a draft, with what it was made of, for the judge."""

from __future__ import annotations

from assistant.answering.evidence import Found, rank
from assistant.answering.extractive import Writers, write
from assistant.answering.judge import Case
from assistant.retrieval.store import PolicyIndex
from assistant.trees import Trees


def draft(found: Found, index: PolicyIndex, fit: Trees, models: Writers) -> Case:
    """`fit` ranks the sentences."""
    ranked = rank(found, fit)
    made = write(found.query, list(ranked), index, found.scope, models)
    return Case(found.query, found.hits, ranked, made)
