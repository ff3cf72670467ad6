"""The collection as a whole: which documents there are of a tier, a topic, a status on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.corpus.force import Force, Standing, newer_versions, standing_on
from assistant.schema import Document, Tier
from assistant.text import normalize

_TIERS = {tier: place for place, tier in enumerate(Tier)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None and empty ask for nothing. Words match within words."""

    tier: Tier | None = None
    issuer: str = ""
    region: str = ""
    topic: str = ""
    forces: frozenset[Force] = frozenset()
    since: int | None = None
    """The first year of issue (of effect, where the issue is not known)."""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A document and what it is on the day."""

    document: Document
    standing: Standing

    @property
    def year(self) -> int | None:
        """Of issue, else of effect, else of the first year planned for."""
        document = self.document
        day = document.issued_on or document.effective_on
        if day:
            return day.year
        return document.plan_period[0] if document.plan_period else None


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


def _fits(listed: Listed, wanted: Wanted) -> bool:
    document = listed.document
    year = listed.year
    return (
        (wanted.tier is None or document.tier is wanted.tier)
        and _has(wanted.issuer, *document.issuers)
        and _has(wanted.region, document.region or "")
        and _has(wanted.topic, document.title, *document.topics)
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
