"""The collection as a whole: which documents there are of a tier, a topic, a status on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from assistant.corpus.force import (
    Force,
    Standing,
    begin_of,
    newer_versions,
    standing_on,
    statuses_on,
)
from assistant.corpus.notices import LABELS
from assistant.records import Record, document_record
from assistant.schema import Document, Kind, Tier
from assistant.text import normalize

_TIERS = {tier: place for place, tier in enumerate(Tier)}


class Act(str, Enum):
    """What happened in the years that are asked for."""

    ISSUED = "issued"
    BEGUN = "begun"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None and empty ask for nothing. Words match within words."""

    tier: Tier | None = None
    issuer: str = ""
    region: str = ""
    topic: str = ""
    forces: frozenset[Force] = frozenset()
    since: int | None = None
    """The first year of `act`."""
    until: int | None = None
    act: Act = Act.ISSUED
    words: tuple[tuple[str, ...], ...] = ()
    """Of each group, words that mean the same, one stands in the title or is a topic."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document and what it is on the day."""

    document: Document
    standing: Standing

    @property
    def year(self) -> int | None:
        """Of issue, else of effect, else that of the plan or of the 文号."""
        day = self.document.issued_on or self.document.effective_on
        begin = begin_of(self.document)
        return day.year if day else begin.first.year if begin else None

    def year_of(self, act: Act) -> int | None:
        """The year it was issued in, or it came or comes into force, or its force ends."""
        if act is Act.ISSUED:
            return self.year
        if act is Act.BEGUN:
            day = self.document.effective_on
            return day.year if day else None
        force, last = self.standing.force, self.document.expires_on
        if force is Force.DRAFT:
            return None
        if force in (Force.SUPERSEDED, Force.REPEALED):
            last = self.standing.since
        period = self.document.plan_period
        return last.year if last else period[1] if period else None


def list_documents(
    documents: Mapping[str, Document], day: date, wanted: Wanted | None = None
) -> tuple[Listed, ...]:
    """National ones first, then the city's, then districts'; in each the newest first.

    A document of which the tier, region or year is not known is left out where that is asked for.
    """
    newer = newer_versions(documents)
    every = (
        Listed(one, standing_on(one, newer.get(one.doc_id, ()), day)) for one in documents.values()
    )
    return tuple(sorted((one for one in every if _fits(one, wanted or Wanted())), key=_order))


def listed_on(documents: Mapping[str, Document], doc_id: str, day: date) -> Listed:
    """One of the documents, as `list_documents` has it."""
    newer = newer_versions(documents).get(doc_id, ())
    return Listed(documents[doc_id], standing_on(documents[doc_id], newer, day))


def _fits(listed: Listed, wanted: Wanted) -> bool:
    document = listed.document
    year = listed.year_of(wanted.act)
    return (
        (wanted.tier is None or document.tier is wanted.tier)
        and _has(wanted.issuer, *document.issuers)
        and _has(wanted.region, document.region or "")
        and _has(wanted.topic, document.title, *document.topics)
        and all(
            any(_has(word, document.title, *document.topics) for word in group)
            for group in wanted.words
        )
        and (not wanted.forces or listed.standing.force in wanted.forces)
        and (wanted.since is None or (year is not None and year >= wanted.since))
        and (wanted.until is None or (year is not None and year <= wanted.until))
    )


def _has(words: str, *texts: str) -> bool:
    asked = normalize(words).text
    return any(asked in normalize(text).text for text in texts) if asked else True


def _order(listed: Listed) -> tuple[int, int, int, str]:
    document = listed.document
    day = document.issued_on or document.effective_on
    tier = _TIERS[document.tier] if document.tier else len(_TIERS)
    return tier, -(listed.year or 0), -(day.toordinal() if day else 0), document.doc_id


def states_on(
    documents: Mapping[str, Document], ids: Iterable[str], day: date
) -> dict[str, Record]:
    """By doc_id: what stands beside words of the document, so that nobody takes them for law."""
    newer = newer_versions(documents)
    kept = list(dict.fromkeys(ids))
    statuses = statuses_on(documents, kept, day)
    found: dict[str, Record] = {}
    for one in kept:
        standing = standing_on(documents[one], newer.get(one, ()), day)
        label = LABELS[standing.force]
        is_digest = documents[one].kind is Kind.DIGEST
        found[one] = {
            "doc_title": documents[one].title,
            "doc_status": statuses[one][0].value,
            "force": standing.force.value,
            "force_label": f"摘编，原文{label}" if is_digest else label,
        }
    return found


def listed_record(listed: Listed) -> Record:
    """The document's record with what it is on the day."""
    standing = listed.standing
    return document_record(listed.document) | {
        "force": standing.force.value,
        "force_label": LABELS[standing.force],
        "force_since": standing.since.isoformat() if standing.since else None,
        "newer": standing.newer.doc_id if standing.newer else None,
    }
