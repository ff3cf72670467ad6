"""Questions to the plan, through the one door."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.spelling import repair, sound_index
from assistant.answering.turns import MAX_TURNS, parse_history
from assistant.answering.verify import check_answer
from assistant.errors import NotFoundError, UsageError
from assistant.pipeline import Assistant
from assistant.schema import Intent, Status, Turn
from assistant.settings import Settings

DAY = date(2026, 6, 30)
NUMBER = "到2026年累计培育多少家高新技术企业？"
ITEM_12 = "action_plan_2024_2026_draft__h1_3__h2_3__h3_12"
QUESTIONS = [
    NUMBER,
    "高新技术企业是不是要达到500家？",
    "第12项的原文是什么？",
    "高新技术企业补贴多少钱？",
    "这个方案有效期到什么时候？",
    "产业集群培育有哪些任务？",
    "什么是合成生物？",
    "如何引进高端人才？",
    "你好",
    "今天天气怎么样？",
]


def ask(assistant, question, **options):
    return assistant.ask(question, as_of=DAY, **options)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_keeps_the_contract_and_is_the_same_twice(assistant_on_plan, question):
    answer = ask(assistant_on_plan, question)

    assert check_answer(answer, assistant_on_plan.documents) == []
    again = ask(assistant_on_plan, question)
    assert replace(answer, timings_ms={}) == replace(again, timings_ms={})


def test_a_number_with_its_clause(assistant_on_plan):
    answer = ask(assistant_on_plan, NUMBER)

    assert (answer.status, answer.intent) == (Status.ANSWERED, Intent.NUMBER)
    assert answer.text.startswith("90 家")
    (citation,) = answer.citations
    assert citation.clause_id == ITEM_12
    assert "90 家高新技术企业" in citation.quote
    assert "送审稿" in "".join(answer.notices)


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("高新技术企业是不是要达到500家？", "不对"),
        ("到2026年高新技术企业是不是要达到90家？", "对"),
        ("专精特新企业是不是50家？", "对"),
    ],
)
def test_a_premise_is_judged(assistant_on_plan, question, opening):
    answer = ask(assistant_on_plan, question)

    assert answer.intent is Intent.PREMISE
    assert answer.text.startswith(opening)
    assert [one.clause_id for one in answer.citations] == [ITEM_12]


def test_words_the_corpus_has_are_never_respelt():
    sounds = sound_index(["和同", "和同", "合同"])

    assert repair("合同", sounds, lambda _: False) == "合同"


def test_of_several_figures_the_one_asked_for_is_given(assistant_on_plan):
    answer = ask(assistant_on_plan, "到2026年累计培育多少家专精特新企业？")

    assert answer.text.startswith("50 家")


def test_the_wording_of_item_12_is_the_whole_item(assistant_on_plan):
    answer = ask(assistant_on_plan, "第12项的原文是什么？")

    clause = assistant_on_plan.clauses[ITEM_12]
    text = assistant_on_plan.documents[clause.doc_id].text
    assert text[clause.start : clause.end].strip() in answer.text
    assert {one.clause_id for one in answer.citations} == {ITEM_12}


def test_an_amount_the_plan_does_not_give_is_refused(assistant_on_plan):
    answer = ask(assistant_on_plan, "高新技术企业补贴多少钱？")

    assert (answer.status, answer.reason) == (Status.NOT_IN_CORPUS, "no_amount")
    assert answer.citations == ()
    assert answer.nearest.clause_id in assistant_on_plan.clauses


def test_a_follow_up_takes_its_question_from_the_turn_before(assistant_on_plan):
    answer = ask(assistant_on_plan, "专精特新呢？", history=[Turn("user", NUMBER)])

    assert answer.text.startswith("50 家")
    assert [one.clause_id for one in answer.citations] == [ITEM_12]


def test_the_stages_come_in_order_and_the_answer_with_the_last(assistant_on_plan):
    updates = list(assistant_on_plan.ask_stream(NUMBER, as_of=DAY))

    assert [one.stage for one in updates] == ["find", "check", "write", "done"]
    assert [one.answer is not None for one in updates] == [False, False, False, True]
    assert set(updates[-1].answer.timings_ms) == {"understand", "retrieve", "write", "total"}


@pytest.mark.parametrize("question", ["", " \n\u3000", "\u200b\x00", "问" * 2001])
def test_an_empty_or_too_long_question_is_the_callers_mistake(assistant_on_plan, question):
    with pytest.raises(UsageError):
        assistant_on_plan.ask(question)
    with pytest.raises(UsageError):
        assistant_on_plan.search(question)


@pytest.mark.parametrize("address", [ITEM_12, "第12项", "三（三）12"])
def test_a_clause_by_id_or_address(assistant_on_plan, address):
    assert [one.clause_id for one in assistant_on_plan.find_clauses(address)] == [ITEM_12]


def test_an_address_nobody_has(assistant_on_plan):
    with pytest.raises(NotFoundError, match="第99项"):
        assistant_on_plan.find_clauses("第99项")


def test_history_from_json():
    assert parse_history(None) == ()
    assert parse_history(["甲", {"role": "assistant", "content": "乙"}]) == (
        Turn("user", "甲"),
        Turn("assistant", "乙"),
    )
    assert parse_history([{"question": "甲", "answer": "乙"}]) == (
        Turn("user", "甲"),
        Turn("assistant", "乙"),
    )
    assert len(parse_history(["甲"] * 50)) == MAX_TURNS


@pytest.mark.parametrize(
    "value", ["甲", {"a": 1}, [1], [{"role": "system", "content": "甲"}], [{}]]
)
def test_history_of_another_form_is_refused(value):
    with pytest.raises(UsageError, match="history"):
        parse_history(value)


def test_a_bound_keeps_its_negation(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text(
        "甲区资金办法\n一、支持标准\n1、研发资助。单个项目给予不超过103万元资助。\n"
        "2、设备资助。单个项目给予不低于20万元资助。\n",
        "utf-8",
    )
    assistant = Assistant.open(Settings(corpus_dir=corpus, index_dir=tmp_path / "index"))

    found = {
        question: assistant.draft(question, date(2026, 6, 30)).draft.statements[0].lead
        for question in ("研发资助多少万元", "设备资助多少万元")
    }
    assert found["研发资助多少万元"].startswith("不超过103万元")
    assert found["设备资助多少万元"].startswith("不低于20万元")


def test_the_number_of_a_row_is_not_the_sum_that_is_asked_for(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["示例项目指南"],
        ["序号", "支持方向", "支持内容", "支持标准"],
        [1, "临床试验", "新药进入II期临床", "最高200万元"],
        [2, "器械注册", "首次取得三类医疗器械注册证", "每张证50万元"],
    ):
        book.active.append(row)
    (tmp_path / "corpus").mkdir()
    book.save(tmp_path / "corpus" / "guide.xlsx")
    assistant = Assistant.open(
        Settings(
            corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index", state_dir=tmp_path / "s"
        )
    )

    answer = assistant.ask("首次取得三类医疗器械注册证给多少？", as_of=DAY)

    assert answer.text.startswith("50万元")
    assert answer.citations[0].quote.startswith("2\t器械注册")
