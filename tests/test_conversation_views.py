"""A question goes through its stages: what each shows, and what is kept of the conversation."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.ui.chat import Chat, UnforeseenError
from assistant.ui.session import Exchange, Ledger
from tests.fake_assistant import FakeAssistant
from tests.seen_markup import Seen


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    (tmp_path / "manifest.json").touch()  # its day is the day of the index
    return FakeAssistant(Settings(state_dir=tmp_path, index_dir=tmp_path))


def views_of(assistant: FakeAssistant, question: str, *before: Exchange) -> list:
    chat = Chat(assistant, Ledger())
    return list(chat.respond(question, before))


def test_a_question_goes_through_the_stages_and_ends_with_an_answer(assistant):
    views = views_of(assistant, "培育多少家高新技术企业")

    assert [view.asking for view in views[:-1]] == ["培育多少家高新技术企业"] * (len(views) - 1)
    assert "正在找到条款" in views[0].live
    assert any("正在核对" in view.live for view in views)
    assert any("正在答复" in view.live for view in views)
    assert views[-1].asking == ""
    assert 'data-status="answered"' in views[-1].live
    assert len(views[-1].exchanges) == 1


def test_half_a_citation_mark_is_never_shown(assistant):
    assert not any("[1<" in view.live for view in views_of(assistant, "高新技术企业多少家"))


def test_a_follow_up_takes_the_history_along(assistant):
    first = views_of(assistant, "培育多少家高新技术企业")[-1].exchanges
    views_of(assistant, "那瞪羚企业呢", *first)

    assert [turn.role for turn in assistant.histories[-1]] == ["user", "assistant"]


def test_an_unforeseen_error_goes_on_without_the_words_of_the_question(assistant):
    with pytest.raises(UnforeseenError, match="RuntimeError in _check") as caught:
        views_of(assistant, "崩溃")

    assert "崩溃" not in "".join(traceback.format_exception_only(caught.value))
    assert caught.value.__suppress_context__


def test_a_blank_question_changes_nothing(assistant):
    assert views_of(assistant, " \n\u3000") == []


def test_a_question_that_is_too_long_says_so_and_goes_back_into_the_input(assistant):
    question = "长" * (assistant.settings.max_question_chars + 1)
    last = views_of(assistant, question)[-1]

    assert 'data-status="error"' in last.live
    assert "请删减后再问" in last.live
    assert last.typed == question


def test_stopping_and_failing_leave_a_turn_that_can_be_asked_again(assistant):
    chat = Chat(assistant, Ledger())
    stopped, failed = chat.stop("问题", ()), chat.fail("问题", ())

    assert stopped is not None
    assert failed is not None
    for view, words in ((stopped, "已停止"), (failed, "程序内部出错")):
        assert words in view.live
        assert 'data-ask="问题"' in view.live
        assert view.asking == ""
    assert chat.stop("", ()) is None
    assert chat.fail("", ()) is None


def test_the_first_screen_follows_an_index_that_was_swapped_in(assistant):
    chat = Chat(assistant, Ledger())
    before = chat.start().live
    del assistant.documents["rules"]

    assert "1 份文件" in Seen(chat.start().live).words
    assert chat.start().live != before


def test_the_ledger_forgets_the_oldest_first():
    ledger = Ledger(capacity=2)
    exchanges = [Exchange(str(n)) for n in range(3)]
    for one in exchanges:
        ledger.remember(one)

    assert ledger.find(exchanges[0].token) is None
    assert ledger.find(exchanges[2].token) is exchanges[2]
