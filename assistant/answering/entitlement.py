"""The door of the rules: what the asker itself gets, and what a benefit gives to anyone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.benefit_answer import BenefitDraft
from assistant.answering.benefit_asked import asks_of_benefits, benefits_asked
from assistant.answering.cited_lines import Library
from assistant.answering.draft import Draft
from assistant.answering.eligibility_answer import answer_of
from assistant.answering.eligibility_asked import eligibility_asked, may_ask
from assistant.answering.understand import Query
from assistant.corpus.force import statuses_on
from assistant.eligibility.benefits import BenefitKind
from assistant.eligibility.checks import check, open_rules
from assistant.eligibility.loading import FACTS, Rules
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Answer, DocStatus, Kind, Turn
from assistant.settings import Settings

MOST_TOLD = 60
"""Turns that are read for facts: a person may answer many questions one by one."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question with all that it is asked with; `words` have no control characters."""

    words: str
    history: Sequence[Turn]
    profile: object
    day: date


class Entitlements:
    """Rules are read when first needed and then kept. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rules: Rules | None = None
        self._lock = threading.Lock()

    def rules(self) -> Rules:
        """
        Raises:
            UsageError: there are none. RuleError: a rule is malformed.
        """
        with self._lock:
            if self._rules is None:
                self._rules = open_rules(self._settings)
            return self._rules

    def answer(self, asking: Asking, index: PolicyIndex) -> Answer | None:
        """None where the question is another one, or no rule rests on a document that is here.

        Raises:
            UsageError: the profile is none. RuleError: as `rules`.
        """
        is_given = asking.profile is not None
        if not (self._settings.rules_dir / FACTS).is_file():
            return None
        if not may_ask(asking.words, asking.history, has_profile=is_given):
            return None
        rules = self.rules()
        if not is_given and not _rests_on(rules, index):
            return None
        asked = eligibility_asked(
            asking.words, asking.history[-MOST_TOLD:], asking.profile, rules, asking.day
        )
        if asked is None:
            return None
        wanted = Rules(rules.definitions, asked.named) if asked.named else rules
        made = check(wanted, asked.told, asked.day or asking.day)
        return answer_of(asking.words, asked, made, Library(index.documents, index.clauses))

    def is_unruled(self, draft: Draft, index: PolicyIndex, day: date) -> bool:
        """Whether a draft is of an official text in force that no rule has been made of yet: what
        the rules say of older ones then answers for nothing.
        """
        if draft.refusal is not None or not draft.statements:
            return False
        document = draft.statements[0].evidence.document
        if document.kind is not Kind.OFFICIAL:
            return False
        (status, *_) = statuses_on(index.documents, [document.doc_id], day)[document.doc_id]
        if status is not DocStatus.IN_FORCE or not (self._settings.rules_dir / FACTS).is_file():
            return False
        return all(one.document != document.doc_id for one in self.rules().benefits)

    def on_benefits(self, query: Query, index: PolicyIndex, day: date) -> BenefitDraft | None:
        """What benefits give that the question names; None where it names none, or a document.

        Raises:
            RuleError: as `rules`.
        """
        if not asks_of_benefits(query.norm) or query.address is not None:
            return None
        if not (self._settings.rules_dir / FACTS).is_file():
            return None
        rules = self.rules()
        if not _rests_on(rules, index):
            return None
        asked = benefits_asked(query.norm, rules, index, day)
        if asked is None:
            return None
        library = Library(index.documents, index.clauses)
        return BenefitDraft(asked, rules, library, day)


def _rests_on(rules: Rules, index: PolicyIndex) -> bool:
    """Whether a benefit can be cited at all: with the plan alone there are only directions."""
    return any(
        one.document in index.documents
        for one in rules.benefits
        if one.kind is not BenefitKind.DIRECTION
    )
