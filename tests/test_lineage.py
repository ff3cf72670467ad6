"""A clause through the versions of its document: renumbered, changed, added, dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.lineage import history_of, line_of
from assistant.parsing import Origin, parse_source
from assistant.schema import DocStatus, Tier
from assistant.versions import Kind
from tests.desk_corpus import NEW_TEXT, OLD_TEXT

LAST_TEXT = OLD_TEXT.replace("十万元", "三十万元")


class Texts:
    """Three versions, each in the place of the one before."""

    def __init__(self) -> None:
        made = [
            parse_source(text, Origin(f"v{year}", f"{year}.md", "0", ".md"))
            for year, text in ((2021, OLD_TEXT), (2024, NEW_TEXT), (2026, LAST_TEXT))
        ]
        self.documents = {
            one.document.doc_id: replace(
                one.document, tier=Tier.DISTRICT, status=DocStatus.IN_FORCE,
                effective_on=date(int(one.document.doc_id[1:]), 5, 1),
            )
            for one in made
        }  # fmt: skip
        self._clauses = {one.document.doc_id: one.clauses for one in made}

    def clauses_of(self, doc_id):
        return self._clauses[doc_id]

    def clause(self, clause_id):
        doc_id = clause_id.split("__")[0]
        return next(one for one in self._clauses[doc_id] if one.clause_id == clause_id)


@pytest.fixture(scope="module")
def texts():
    return Texts()


def told(texts, clause_id):
    return [
        ([one.clause_id for one in stage.clauses], stage.kind)
        for stage in history_of(texts, texts.clause(clause_id))
    ]


@pytest.mark.parametrize("version", ["v2021", "v2024", "v2026"])
def test_the_line_is_the_same_from_every_version(texts, version):
    line = line_of(texts.documents[version], texts.documents)

    assert [one.doc_id for one in line] == ["v2021", "v2024", "v2026"]


def test_a_document_alone_has_a_history_of_one_stage():
    alone = Texts()
    alone.documents = {"v2021": alone.documents["v2021"]}
    (stage,) = history_of(alone, alone.clause("v2021__art_1"))
    assert (stage.kind, stage.clauses[0].clause_id) == (None, "v2021__art_1")


@pytest.mark.parametrize("asked", ["v2021__art_5", "v2024__art_6", "v2026__art_5"])
def test_a_renumbered_article_is_followed_both_ways(texts, asked):
    assert told(texts, asked) == [
        (["v2021__art_5"], None), (["v2024__art_6"], Kind.MOVED), (["v2026__art_5"], Kind.MOVED),
    ]  # fmt: skip


def test_a_changed_paragraph_is_followed_to_its_words(texts):
    stages = history_of(texts, texts.clause("v2021__art_3__para_1"))

    assert [one.clauses[0].clause_id for one in stages] == [
        "v2021__art_3__para_1", "v2024__art_4__para_1", "v2026__art_3__para_1",
    ]  # fmt: skip
    assert stages[1].kind is Kind.CHANGED
    assert stages[1].changes[0].marks


def test_an_article_that_came_and_went_has_no_counterpart_before_and_after(texts):
    assert told(texts, "v2024__art_3") == [
        ([], None), (["v2024__art_3"], Kind.ADDED), ([], Kind.DROPPED),
    ]  # fmt: skip
