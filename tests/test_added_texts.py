"""Texts that somebody adds to the corpus answer, though no question was written on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.judge import judge_features
from assistant.pipeline import Assistant
from assistant.schema import Status
from tests.added_corpus import open_with
from tests.added_measures import ANSWERED, DECLINED, TEXTS

DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    return open_with(TEXTS, tmp_path_factory.mktemp("added"))


def test_most_questions_on_added_measures_are_answered_with_the_right_quote(assistant):
    def has(question: str, wanted: str) -> bool:
        answer = assistant.ask(question, as_of=DAY)
        quoted = "".join("".join(one.quote for one in answer.citations).split())
        return answer.status is Status.ANSWERED and wanted in quoted

    missed = [question for question, wanted in ANSWERED if not has(question, wanted)]
    assert len(missed) <= 14, missed


def test_nearly_all_that_added_measures_do_not_say_is_declined(assistant):
    answered = [
        question
        for question in DECLINED
        if assistant.ask(question, as_of=DAY).status is Status.ANSWERED
    ]
    assert len(answered) <= 2, answered


@pytest.mark.parametrize(
    ("question", "borne_out"),
    [("滨江县农贸市场改造补多少", "滨江"), ("滨江县普惠托育机构收几个人", "托")],
)
def test_words_of_a_document_s_names_are_borne_out_by_its_sentences(
    assistant, question, borne_out
):
    features = judge_features(assistant.draft(question, DAY))

    assert not [name for name in features if name.startswith("w") and borne_out in name]


@pytest.mark.parametrize(
    ("said", "is_left"),
    [
        ("诊室面积不少于80平方米，文号为测卫规〔2025〕11号", False),
        ("诊室面积不少于80平方米，文号未见", True),
    ],
)
def test_what_a_text_says_not_to_have_is_not_borne_out(assistant, said, is_left):
    case = assistant.draft("社区中医馆诊室面积的文号", DAY)
    first = case.draft.statements[0]
    quoting = replace(
        first.evidence, document=replace(first.evidence.document, text=said), start=0, end=len(said)
    )
    draft = replace(case.draft, statements=(replace(first, evidence=quoting),))

    assert ("w文号" in judge_features(replace(case, draft=draft))) is is_left
