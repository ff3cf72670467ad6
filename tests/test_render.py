"""Markup of questions, answers and documents."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.schema import Answer, DocStatus, Nearest, Status
from assistant.settings import PACKAGE_DIR, Settings
from assistant.ui import render, render_overview
from assistant.ui.markup import Html, el, is_safe_link, join, text
from assistant.ui.overview import overview_of
from assistant.ui.quotation import clipboard_text, quotation
from assistant.ui.render_document import document_page, document_sheet
from assistant.ui.session import HISTORY_EXCHANGES, Exchange, turns_of
from tests.fake_assistant import PLAN, FakeAssistant
from tests.seen_markup import DAY, HOSTILE, Seen, assert_harmless


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    (tmp_path / "manifest.json").touch()  # its day is the day of the index
    return FakeAssistant(Settings(state_dir=tmp_path, index_dir=tmp_path))


@pytest.mark.parametrize("words", HOSTILE)
def test_a_question_is_shown_as_text_whatever_it_holds(assistant, words):
    shown = assert_harmless(render.pending(words, "find", (words,), words)).words
    failed = assert_harmless(
        render.exchange(Exchange(words, problem=words), assistant.documents)
    ).words

    visible = words.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
    assert visible in shown
    assert visible in failed


@pytest.mark.parametrize("words", HOSTILE)
def test_an_answer_is_shown_as_text_whatever_it_holds(assistant, words):
    answer = assistant.ask("奖励金额不超过多少")
    document = assistant.documents["rules"]
    citation = replace(answer.citations[0], doc_title=words, doc_no=words, clause_path=(words,))
    hostile = replace(answer, text=f"{words} [1]", notices=(words,), citations=(citation,))

    markup = render.exchange(Exchange(words, hostile), assistant.documents)

    seen = assert_harmless(markup)
    assert words.replace("\x00", "\ufffd").replace("\x1b", "\ufffd") in seen.words
    assert document.text[citation.start : citation.end] in seen.words


@pytest.mark.parametrize("words", HOSTILE)
def test_a_document_is_shown_as_text_whatever_it_holds(assistant, words):
    document = replace(assistant.documents["rules"], title=words, issuers=(words,), doc_no=words)

    assert_harmless(document_sheet(document, assistant.clauses_of("rules"), 3, 9))


def test_a_link_of_a_citation_must_be_on_the_web(assistant):
    answer = assistant.ask("培育多少家高新技术企业")
    for url, is_shown in (("https://www.example.gov.cn/1", True), ("javascript:alert(1)", False),
                          ("data:text/html,x", False), ("", False)):  # fmt: skip
        citations = (replace(answer.citations[0], url=url),)
        markup = render.exchange(
            Exchange("问", replace(answer, citations=citations)), assistant.documents
        )
        assert ("发布页" in markup) is is_shown


def test_a_mark_without_a_citation_stays_text(assistant):
    answer = assistant.ask("培育多少家高新技术企业")
    markup = render.exchange(
        Exchange("问", replace(answer, text="甲[1]，乙[9]，国发[2021]1号")), assistant.documents
    )

    assert len(re.findall('class="pa-cite"', markup)) == 1
    assert "乙[9]，国发[2021]1号" in Seen(markup).words


def test_a_quote_that_is_no_longer_the_stored_text_is_not_shown(assistant):
    answer = assistant.ask("培育多少家高新技术企业")
    stale = replace(answer.citations[0], quote="累计培育900家高新技术企业")
    markup = render.exchange(
        Exchange("问", replace(answer, citations=(stale,), text="有。[1]")), assistant.documents
    )

    words = Seen(markup).words
    assert "900家" not in words
    assert "与库中原文不一致" in words
    assert 'class="pa-cite"' not in markup


@pytest.mark.parametrize("status", list(Status))
def test_each_status_has_its_own_words_and_colour(status):
    answer = Answer("问", DAY, status, "答")
    markup = render.exchange(Exchange("问", answer), {})

    assert f'data-status="{status.value}"' in markup
    assert render.STATUS[status].words in Seen(markup).words
    assert len({label.words for label in render.STATUS.values()}) == len(Status)
    assert len({label.tone for label in render.STATUS.values()}) == len(Status)


def test_a_refusal_offers_the_nearest_clause_as_unanswering_and_no_evidence():
    answer = Answer(
        "问", DAY, Status.NOT_IN_CORPUS, "没有。", nearest=Nearest("d", "d__c1", "第一条")
    )
    words = Seen(render.exchange(Exchange("问", answer), {})).words

    assert "相关，但未回答您的问题" in words
    assert "依据（" not in words


def test_every_citation_shows_title_badge_path_number_and_quote(assistant):
    answer = assistant.ask("奖励金额不超过多少")
    words = Seen(render.exchange(Exchange("问", answer), assistant.documents)).words

    for citation in answer.citations:
        assert citation.doc_title in words
        assert citation.quote in words
        assert " › ".join(citation.clause_path) in words
    assert "现行有效" in words
    assert "测府规〔2021〕1号" in words


def test_more_evidence_than_fits_is_folded_and_not_lost(assistant):
    answer = assistant.ask("培育多少家高新技术企业")
    many = tuple(replace(answer.citations[0], n=n) for n in range(1, render.CARDS_SHOWN + 3))
    markup = render.exchange(Exchange("问", replace(answer, citations=many)), assistant.documents)

    assert markup.count('class="pa-card"') == len(many)
    assert "另外 2 处依据" in markup


def test_bullets_become_a_list_and_lines_paragraphs(assistant):
    answer = Answer("问", DAY, Status.ANSWERED, "有三项：\n- 甲\n- 乙\n\n- 丙\n完。")
    markup = render.exchange(Exchange("问", answer), assistant.documents)

    assert "<ul><li>甲</li><li>乙</li><li>丙</li></ul>" in markup
    assert "<p>有三项：</p>" in markup


def test_the_marked_words_are_the_exact_span_also_across_clauses(assistant):
    document = assistant.documents["plan"]
    clauses = assistant.clauses_of("plan")
    for start, end in ((3, 7), (clauses[3].start, clauses[4].end), (0, len(document.text))):
        markup = document_sheet(document, clauses, start, end)
        marked = "".join(
            Seen(piece).words for piece in re.findall(r"<mark[^>]*>(.*?)</mark>", markup, re.S)
        )
        assert marked == document.text[start:end]
        assert markup.count('id="pa-cited"') == 1


def test_nothing_is_marked_without_a_span(assistant):
    markup = document_sheet(assistant.documents["plan"], assistant.clauses_of("plan"), 0, 0)

    assert "<mark" not in markup


def test_the_document_keeps_every_character_and_has_an_outline(assistant):
    document = assistant.documents["plan"]
    markup = document_page(document, assistant.clauses_of("plan"), 3, 9)
    body = "".join(
        Seen(piece).words for piece in re.findall(r'<p id="pa-c\d+".*?</p>', markup, re.S)
    )

    assert body == document.text
    assert markup.startswith("<!doctype html>")
    assert "12、培育多梯次科技企业集群</a>" in markup


def test_the_first_screen_says_what_there_is(assistant):
    words = Seen(render_overview.empty_state(overview_of(assistant))).words

    for expected in ("2 份文件，9 个条款", f"索引更新于 {date.today()}", PLAN, "送审稿", "现行有效",
                     "摘录原文（不用大模型）", "企业常问", "工作人员常问"):  # fmt: skip
        assert expected in words


def test_the_first_screen_of_an_empty_corpus_says_what_to_do(assistant):
    assistant.documents = {}
    words = Seen(render_overview.empty_state(overview_of(assistant))).words

    assert "assistant index" in words
    assert "常问" not in words


def test_what_is_copied_names_title_status_path_and_quote(assistant):
    answer = assistant.ask("培育多少家高新技术企业")
    copied = clipboard_text(answer, assistant.documents)

    assert copied.startswith(answer.text)
    assert (
        f"[1] 《{PLAN}》（送审稿）一、重点任务 › （一）产业集群培育 › 12、培育多梯次科技企业集群："
        f"“{answer.citations[0].quote}”" in copied
    )
    assert "注：本答复依据送审稿" in copied


def test_a_document_number_is_copied_where_known(assistant):
    citation = assistant.ask("奖励金额不超过多少").citations[0]

    assert "（测府规〔2021〕1号，现行有效）" in quotation(citation)
    assert "（测府规〔2021〕1号，已失效）" in quotation(
        replace(citation, doc_status=DocStatus.EXPIRED)
    )


def test_two_pieces_of_markup_added_by_mistake_are_shown_and_not_run():
    forgotten = Html("<b>") + Html("</b>")

    assert join([forgotten]) == "&lt;b&gt;&lt;/b&gt;"
    assert el("p", text("a<b")) == "<p>a&lt;b</p>"
    assert el("br", hidden=True, title=None, data_x=0) == '<br hidden data-x="0">'


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [("https://a.cn", True), ("HTTP://a.cn", True), ("/ui/x", True), ("#a", True),
     ("//evil.example", False), ("/\\evil.example", False), ("javascript:x", False),
     (" javascript:x", False), ("data:text/html,x", False), ("", False)],
)  # fmt: skip
def test_only_web_and_local_links_are_safe(url, is_safe):
    assert is_safe_link(url) is is_safe


def test_history_is_the_last_answered_exchanges_in_order(assistant):
    answer = assistant.ask("培育多少家高新技术企业")
    asked = [Exchange(f"问{n}", answer) for n in range(HISTORY_EXCHANGES + 2)]
    turns = turns_of([*asked, Exchange("停", stopped=True), Exchange("错", problem="错")])

    assert [turn.content for turn in turns if turn.role == "user"] == [
        f"问{n}" for n in range(2, HISTORY_EXCHANGES + 2)
    ]
    assert turns_of(()) == ()


def test_only_one_module_can_make_markup_out_of_a_string():
    makers = {
        path.name
        for path in (PACKAGE_DIR / "ui").glob("*.py")
        if re.search(r"\bHtml\(|\.format\(.*<|[\"']<[a-z/!]", path.read_text("utf-8"))
    }

    assert makers == {"markup.py"}
