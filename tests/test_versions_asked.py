"""Which version of a document an answer is from, and what is told of a document's own life."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.day_asked import DayAsked, find_day, without_day
from assistant.answering.verify import check_answer
from assistant.pipeline import Assistant
from assistant.schema import DocStatus, Status
from tests.added_corpus import open_with

DAY = date(2026, 6, 30)
OLD = """测试区灯塔工厂资助办法
测经规〔2021〕8号
第一条　为了资助灯塔工厂，制定本办法。
第二条　对新认定的灯塔工厂，一次性资助88万元。
第三条　灯塔工厂的资助申报期为每年3月1日至4月15日。
第四条　本办法自2021年3月1日起施行，有效期5年。
2021年1月20日
"""
NEW = (
    OLD.replace("2021〕8号", "2026〕3号")
    .replace("88万元", "66万元")
    .replace("3月1日至4月15日", "5月6日至6月10日")
    .replace("自2021年3月1日起施行，有效期5年。", "自2026年3月1日起施行，有效期至2030年12月31日。"
             "《测试区灯塔工厂资助办法》（测经规〔2021〕8号）同时废止。")
    .replace("2021年1月20日", "2026年2月10日")
)  # fmt: skip
TEXTS = {
    "灯塔2021.txt": OLD,
    "灯塔2026.txt": NEW,
    "灯塔配套.txt": """测试区灯塔工厂配套细则
测经规〔2026〕9号
第一条　灯塔工厂的配套资金，按照核定投资的10%给予，最高不超过500万元。
第二条　本细则自2027年1月1日起施行。
2026年5月1日
""",
    "夜间经济.txt": """测试区夜间经济奖励办法（征求意见稿）
第一条　对夜间经济街区，一次性奖励77万元。
""",
    "驿站.txt": """测试区人才驿站管理办法（试行）
测人规〔2022〕2号
第一条　人才驿站按照市场租金的70%收取，住期不超过三年。
第二条　本办法自2022年6月1日起施行，试行期2年。
2022年5月10日
""",
    "水务条例.txt": """测试市水务条例
2001年5月10日 测试市人民代表大会常务委员会第二次会议通过
2019年9月27日 测试市人民代表大会常务委员会《关于修改〈测试市水务条例〉的决定》修正
第一条　为了保护水务设施，制定本条例。
第二条　本条例自2001年8月1日起施行。
""",
    "令.txt": """城市灯光条例
国务院令第9722号
第一条　国家鼓励城市灯光建设。
第二条　本条例自2020年1月1日起施行。
""",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    """The shipped corpus with invented texts that have versions, ends, and drafts."""
    return open_with(TEXTS, tmp_path_factory.mktemp("versions"))


def told(assistant: Assistant, question: str, day: date = DAY):
    answer = assistant.ask(question, as_of=day)
    assert answer.status is Status.ANSWERED, question
    assert check_answer(answer, assistant.documents) == []
    return answer


@pytest.mark.parametrize("day", [date(2022, 6, 30), date(2026, 2, 28)])
def test_of_versions_with_one_name_the_one_in_force_on_the_day_answers(assistant, day):
    for question in ("测试区灯塔工厂资助办法对灯塔工厂资助多少", "新认定的灯塔工厂一次性资助多少"):
        assert "88万元" in told(assistant, question, day).text
        assert "66万元" in told(assistant, question).text


@pytest.mark.parametrize(
    ("day", "words"), [(date(2022, 6, 30), "4月15日"), (date(2026, 3, 1), "6月10日")]
)
def test_an_address_that_fits_versions_is_that_of_the_one_in_force(assistant, day, words):
    answer = told(assistant, "灯塔工厂资助办法第三条", day)

    assert words in answer.text
    assert answer.citations[0].doc_status is DocStatus.IN_FORCE
    assert any("（2021年3月1日）" in one and "（2026年3月1日）" in one for one in answer.notices)


def test_a_version_that_is_named_itself_answers_whatever_it_is(assistant):
    answer = told(assistant, "测经规〔2021〕8号第三条")

    assert "4月15日" in answer.text
    assert any("已失效" in one for one in answer.notices)


def test_the_day_in_the_question_is_no_part_of_what_is_asked(assistant):
    answer = told(assistant, "2022年的时候测试区灯塔工厂资助办法对灯塔工厂资助多少？")

    assert "88万元" in answer.text
    assert answer.as_of == date(2022, 7, 1)
    assert any("按2022年7月1日的情况作答" in one for one in answer.notices)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("测试区灯塔工厂资助办法现在还有效吗", ["现行有效", "有效期至2030年12月31日"]),
        ("测经规〔2021〕8号什么时候失效的", ["已失效", "有效期5年", "同时废止"]),
        ("测试区灯塔工厂资助办法是什么时候失效的，被什么替代了", ["已失效", "同时废止"]),
        ("测试区灯塔工厂配套细则现在能用吗", ["尚未施行", "2027年1月1日"]),
        ("测试区人才驿站管理办法现在还能用吗", ["已失效", "试行期2年"]),
        ("测试区夜间经济奖励办法能申请了吗", ["征求意见稿"]),
        ("测试市水务条例最近一次修正是哪年", ["2019年9月27日", "修正"]),
        ("测试市水务条例现行有效的是哪一版", ["现行有效", "2019年9月27日"]),
        ("科创30条现在还能申报吗", ["已失效", "2023年12月31日"]),
    ],
)  # fmt: skip
def test_the_life_of_a_document_is_told_from_the_chain_and_its_own_words(
    assistant, question, words
):
    text = told(assistant, question).text
    for one in words:
        assert one in text


def test_a_day_of_the_end_that_is_not_known_is_not_told(assistant):
    answer = assistant.ask("沪府办规〔2021〕5号具体是从哪一天起失效的？", as_of=DAY)
    assert answer.status is Status.NOT_IN_CORPUS


def test_a_decree_is_found_by_its_number_and_no_other_document_answers_for_it(assistant):
    assert "城市灯光建设" in told(assistant, "国务院令第9722号第一条").text
    missing = assistant.ask("国务院令第9723号第一条", as_of=DAY)
    assert missing.status is Status.NOT_IN_CORPUS


def test_where_the_most_is_asked_the_bound_answers_and_no_share(assistant):
    answer = told(assistant, "灯塔工厂的配套资金最高多少", date(2027, 2, 1))

    assert answer.text.startswith("不超过500万元")


@pytest.mark.parametrize(
    ("words", "day", "rest"),
    [
        ("2022年的时候高企奖多少", date(2022, 7, 1), "高企奖多少"),
        ("高企奖2022年那会儿是多少", date(2022, 7, 1), "高企奖是多少"),
        ("2024年还有效吗", date(2024, 7, 1), "还有效吗"),
        ("3号文2024年6月1日有效吗", date(2024, 6, 1), "3号文有效吗"),
        ("截至2023年底还有效的政策", date(2023, 12, 31), "还有效的政策"),
        ("截至2024年2月有效的文件", date(2024, 2, 29), "有效的文件"),
        ("2022年的时候呢", date(2022, 7, 1), "2022年的时候呢"),
    ],
)
def test_the_words_for_the_day_are_taken_out_where_something_else_is_left(words, day, rest):
    found = find_day(words, DAY)

    assert isinstance(found, DayAsked)
    assert found.day == day
    assert without_day(words, found) == rest


@pytest.mark.parametrize(
    "words", ["截至2025年底建成多少家平台", "2022年有效期是几年", "到2026年有效专利多少件"]
)
def test_a_year_that_is_what_is_asked_about_is_no_day(words):
    assert find_day(words, DAY) is None


def test_a_number_of_a_digest_is_said_to_be_no_article_of_the_text(assistant):
    words = "不是原文的条款编号"
    of_digest = told(assistant, "科创30条第三部分第1项")
    of_text = told(assistant, "测经规〔2021〕8号第三条")

    assert any(words in one for one in of_digest.notices)
    assert not any(words in one for one in of_text.notices)


def test_of_a_clause_that_is_not_there_the_nearest_is_named(assistant):
    answer = assistant.ask("测经规〔2021〕8号第九条", as_of=DAY)

    assert answer.reason == "no_such_clause"
    assert answer.notices == ("《测试区灯塔工厂资助办法》没有第9条，最接近的是第4条。",)


@pytest.mark.parametrize("question", ["科创30条第五条第二款", "科创30条第九十九条是什么内容"])
def test_a_clause_of_a_text_that_is_a_digest_here_is_not_called_off_topic(assistant, question):
    answer = assistant.ask(question, as_of=DAY)

    assert answer.reason == "no_official_text"
    assert "摘编" in answer.text
