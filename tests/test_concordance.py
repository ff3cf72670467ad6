"""Every place of a word or phrase: matched in one spelling, given verbatim, counted exactly."""

from __future__ import annotations

import pytest

from assistant.parsing import Origin, parse_source
from assistant.retrieval.concordance import Concordance, key_words, provisions_of
from tests.desk_corpus import DRAFT_TEXT, NEW_TEXT, OLD_TEXT

TEXTS = {"old": OLD_TEXT, "new": NEW_TEXT, "draft": DRAFT_TEXT}


@pytest.fixture(scope="module")
def parsed():
    return {name: parse_source(text, Origin(name, f"{name}.md", "0", ".md"))
            for name, text in TEXTS.items()}  # fmt: skip


@pytest.fixture(scope="module")
def concordance(parsed):
    documents = {name: one.document for name, one in parsed.items()}
    return Concordance(documents, lambda name: parsed[name].clauses)


def test_a_phrase_is_counted_by_document_and_given_with_its_clause(concordance, parsed):
    found = concordance.phrase("高新技术企业")

    assert [(one.doc_id, one.count) for one in found] == [
        ("draft", 1), ("new", 1), ("old", 1),
    ]  # fmt: skip
    (place,) = found[2].places
    assert place.clause.clause_id.startswith("old__art_3")
    ((start, end),) = place.spans
    assert parsed["old"].document.text[start:end] == "高新技术企业"


@pytest.mark.parametrize("words", ["高新 技术企业", "高新技術企業", "　高新技术企业\n"])
def test_another_spelling_finds_the_same_places(concordance, words):
    assert concordance.phrase(words) == concordance.phrase("高新技术企业")


def test_the_words_of_a_place_are_verbatim_whatever_was_typed(concordance, parsed):
    (found,) = concordance.phrase("建成<B>十")

    start, end = found.places[0].spans[0]
    assert parsed["draft"].document.text[start:end] == "建成<b>十"


def test_a_phrase_may_go_on_in_the_next_clause(concordance, parsed):
    found = concordance.phrase("奖励。同一企业")

    assert [one.count for one in found] == [1, 1]
    start, end = found[0].places[0].spans[0]
    assert parsed[found[0].doc_id].document.text[start:end] == "奖励。\n同一企业"


@pytest.mark.parametrize("words", ["", "  ", "没有这样的话"])
def test_nothing_is_found_for_nothing_or_for_what_is_not_there(concordance, words):
    assert concordance.phrase(words) == ()
    assert concordance.words(words) == ()


def test_words_must_all_stand_in_one_provision_in_any_order(concordance):
    found = concordance.words("市级 奖励")

    assert [(one.doc_id, one.count) for one in found] == [("new", 1), ("old", 1)]
    assert found[0].places[0].clause.clause_id == "new__art_5"
    assert concordance.words("信用 市级") == ()


def test_an_article_counts_as_a_whole_with_its_paragraphs(concordance, parsed):
    (found,) = concordance.words("二十万元 享受一次")

    (place,) = found.places
    text = parsed["new"].document.text
    assert [text[start:end] for start, end in place.spans] == ["二十万元", "享受一次"]


def test_the_search_can_be_kept_to_some_documents_and_some_places(concordance):
    assert [one.doc_id for one in concordance.phrase("企业", {"old"})] == ["old"]
    found = concordance.phrase("企业", {"old"}, most=1)[0]
    assert found.count == OLD_TEXT.count("企业")
    assert len(found.places) == 1


def test_counts_are_those_of_the_plain_text(concordance):
    for words in ("企业", "本办法", "第三条", "。"):
        counts = {one.doc_id: one.count for one in concordance.phrase(words)}
        expected = {name: text.replace("\n", "").count(words) for name, text in TEXTS.items()}
        assert counts == {name: count for name, count in expected.items() if count}


def test_provisions_cover_every_word_once(parsed):
    for one in parsed.values():
        spans = [(clause.start, end) for clause, end in provisions_of(one.clauses)]
        assert "".join(one.document.text[a:b] for a, b in spans) == one.document.text


def test_a_long_run_of_letters_is_cut_into_words():
    assert key_words("高新技术企业奖励标准")[-1] != "高新技术企业奖励标准"
    assert key_words("奖励 奖励") == ("奖励",)
    assert key_words(" ") == ()
