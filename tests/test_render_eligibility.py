"""Verdicts in the conversation: cards, facts, the next question; all of it escaped."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from assistant.schema import Status, Turn
from assistant.truth import Truth
from assistant.ui import render
from assistant.ui.chat import Chat
from assistant.ui.render_eligibility import eligibility
from assistant.ui.session import HISTORY_EXCHANGES, Exchange, Ledger, turns_of
from assistant.ui.verdict_cards import Showing, card, label_of
from assistant.verdicts import Finding, Outcome, Question, Source, Verdict
from tests.seen_markup import HOSTILE, Seen

DAY = date(2026, 11, 25)
FIRM = "我们是罗店的医疗器械公司，86人，高企在有效期，能拿什么补贴？"
NOWHERE = Showing(lambda _: "", lambda _: None)


@pytest.fixture(scope="module")
def answer(assistant_on_rules):
    return assistant_on_rules.ask(FIRM, as_of=DAY)


@pytest.fixture(scope="module")
def shown(answer, assistant_on_rules) -> str:
    return render.exchange(Exchange(FIRM, answer), assistant_on_rules.documents)


def verdict(outcome: Outcome, **changes) -> Verdict:
    source = Source("d__art_1", "不少于20人")
    finding = Finding("staff", "人数", Truth.UNKNOWN, "staff_count", None, "不少于 20 人", source)
    return replace(Verdict("b", "某奖励", outcome, (finding,)), **changes)


def test_an_answer_of_another_kind_has_none_of_it(assistant_on_rules):
    plain = assistant_on_rules.ask("到2026年培育多少家高企？", as_of=DAY)

    assert eligibility(plain, assistant_on_rules.documents) is None


def test_cards_facts_and_the_next_question_stand_in_the_answer(shown, answer):
    words = Seen(shown).words

    assert "高新技术企业所得税优惠（15%）" in words
    assert "职工人数 86 人读自“86人”" in words
    assert answer.ask_next.question in words
    assert shown.count('class="pv-card') >= 4
    assert "您的情况：在有效期内" in words


def test_each_option_says_which_question_it_answers(shown, answer):
    asked = [unescape(one) for one in re.findall('data-ask="([^"]+)"', shown)]

    assert asked == [f"{answer.ask_next.label}：{one}" for one in answer.ask_next.options]


def test_what_is_sent_to_the_check_page_is_the_facts_and_not_in_the_address(shown, answer):
    state = json.loads(unescape(re.search('name="state" value="([^"]+)"', shown)[1]))

    assert {one["fact"] for one in state["facts"]} == {one["fact"] for one in answer.facts}
    assert 'action="/check" method="post"' in shown


def test_quotations_lead_to_the_document(shown):
    links = re.findall(r'<cite>.*?href="(/ui/document\?[^"]+)"', shown)

    assert links
    assert all("clause=" in one for one in links)


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_in_a_verdict_is_markup(words):
    finding = Finding("c", words, Truth.FALSE, "f", words, words, Source(words, words))
    one = Verdict(words, words, Outcome.INELIGIBLE, (finding,), near_miss=words, notices=(words,))
    page = Seen(card(one, NOWHERE))

    assert page.tags <= {"article", "h4", "span", "p", "details", "summary", "ul", "li", "strong",
                         "blockquote"}  # fmt: skip
    assert not {name for name in page.attributes if name.startswith("on")}


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_in_facts_and_questions_is_markup(answer, words):
    row = {"fact": "f", "label": words, "words": words, "read_from": words, "value": words}
    hostile = replace(
        answer, facts=(row,), unsure=(words,), verdicts=(), combination=None,
        ask_next=Question("f", words, (words, "不清楚"), words),
    )  # fmt: skip
    page = Seen(eligibility(hostile, {}))

    assert page.tags <= {"section", "p", "strong", "div", "button", "form", "ul", "li", "span",
                         "small", "input"}  # fmt: skip
    assert not {name for name in page.attributes if name.startswith("on")}


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (verdict(Outcome.ELIGIBLE), "符合"),
        (verdict(Outcome.UNDETERMINED), "还缺信息"),
        (verdict(Outcome.INELIGIBLE), "不符合"),
        (verdict(Outcome.UNDETERMINED, kind="direction"), "方案方向，不构成承诺"),
    ],
)
def test_what_is_unknown_is_never_a_yes_or_a_no(one, words):
    assert label_of(one).words == words


def test_an_expired_benefit_says_so(assistant_on_rules):
    asked = assistant_on_rules.ask("我们能评专精特新吗？", as_of=DAY)
    over = next(one for one in asked.verdicts if one.benefit == "srdi_sme_2022")

    assert label_of(over).words == "已失效"


def test_a_question_with_many_options_or_none_is_typed(answer):
    many = Question("f", "在哪里？", (*map(str, range(30)), "不清楚"), "地方")
    none = Question("f", "多少人？", ("不清楚",), "人数")
    shown = [eligibility(replace(answer, ask_next=one, verdicts=()), {}) for one in (many, none)]

    assert shown[0].count("data-ask") == shown[1].count("data-ask") == 1
    assert all("请在下面输入" in one for one in shown)


def test_what_an_enterprise_told_counts_to_the_end_of_the_conversation(assistant_on_rules, answer):
    plain = assistant_on_rules.ask("到2026年培育多少家高企？", as_of=DAY)
    later = [Exchange("到2026年培育多少家高企？", plain)] * (HISTORY_EXCHANGES + 3)
    turns = turns_of([Exchange(FIRM, answer), *later])

    assert turns[0] == Turn("user", FIRM)
    assert len(turns) == 1 + 2 * HISTORY_EXCHANGES


def test_many_questions_are_answered_one_by_one_in_the_conversation(assistant_on_rules):
    chat = Chat(assistant_on_rules, Ledger())
    exchanges = ()
    question = FIRM
    for _ in range(9):
        *_, view = chat.respond(question, exchanges)
        exchanges = view.exchanges
        last = exchanges[-1].answer
        question = f"{last.ask_next.label}：{last.ask_next.options[-1]}"

    assert len(last.unsure) == 8
    assert {one["fact"] for one in last.facts} >= {"region", "staff_count", "hightech"}
    assert last.status in (Status.PARTIAL, Status.NEEDS_INFO)
