"""Of texts that someone adds: the rules of city and district side by side, and how to apply."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.verify import check_answer
from assistant.pipeline import Assistant
from assistant.schema import Status, Tier
from tests.added_corpus import open_with

DAY = date(2026, 6, 30)
TEXTS = {
    "市.txt": """上海市灯塔工厂补助管理办法
沪测规范〔2024〕7号
第一条　灯塔工厂的建设补助，按照核定投资的10%给予，单个项目最高不超过500万元。
第二条　灯塔工厂的补助由市测试委员会审核。
第三条　本办法自2024年5月1日起施行，有效期至2029年4月30日。
2024年3月28日
""",
    "区.txt": """宝山区灯塔工厂补助办法
宝测规〔2024〕4号
第一条　灯塔工厂的建设补助，按照核定投资的5%给予，单个项目最高不超过200万元。
第二条　申报灯塔工厂补助的，应当提交申请表、营业执照复印件和上一年度审计报告。
第三条　灯塔工厂补助的申报期为每年9月1日至9月30日，咨询电话021-56100000。
第四条　本办法自2024年8月1日起施行，有效期至2029年7月31日。
2024年7月1日
""",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    return open_with(TEXTS, tmp_path_factory.mktemp("sides"))


@pytest.mark.parametrize(
    "question",
    [
        "灯塔工厂的建设补助，市里和区里有什么不同？",
        "上海市和宝山区的灯塔工厂建设补助，哪个高？",
        "宝山的灯塔工厂补助和市里的一致吗",
        "灯塔工厂建设补助市区两级不一致的以哪个为准",
    ],
)
def test_tiers_that_are_compared_are_quoted_side_by_side(assistant, question):
    answer = assistant.ask(question, as_of=DAY)

    assert answer.status is Status.ANSWERED
    tiers = [assistant.documents[one.doc_id].tier for one in answer.citations]
    assert tiers == [Tier.CITY, Tier.DISTRICT]
    assert answer.text.index("市级：") < answer.text.index("区级：")
    assert check_answer(answer, assistant.documents) == []
    is_conflict = any("不一致时" in one for one in answer.notices)
    assert is_conflict == ("为准" in question)


@pytest.mark.parametrize(
    "question", ["宝山区灯塔工厂建设补助多少", "市级高企和区级高企分别是什么"]
)
def test_what_compares_no_tiers_is_answered_as_ever(assistant, question):
    assert "市级：" not in assistant.ask(question, as_of=DAY).text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("申报灯塔工厂补助要交哪些材料？", "营业执照复印件"),
        ("灯塔工厂补助的申报时间", "9月1日至9月30日"),
        ("灯塔工厂补助什么时候申报", "9月1日至9月30日"),
    ],
)
def test_what_a_text_says_of_applying_is_found(assistant, question, words):
    answer = assistant.ask(question, as_of=DAY)

    assert answer.status is Status.ANSWERED
    assert words in answer.text


@pytest.mark.parametrize(
    "question", ["科创30条申报材料有哪些", "孵化器的咨询电话是多少", "概念验证中心什么时候申报"]
)
def test_what_no_text_says_of_applying_is_not_told(assistant, question):
    assert assistant.ask(question, as_of=DAY).status is not Status.ANSWERED


def test_an_official_text_that_no_rule_is_made_of_answers_before_the_rules_of_others(tmp_path):
    text = (
        "上海市企业技术改造补助管理办法\n沪测规范〔2024〕7号\n"
        "第一条　对技术改造项目，按照核定投资的10%给予补助，单个项目最高不超过555万元。\n"
        "第二条　本办法自2024年5月1日起施行，有效期至2029年4月30日。\n2024年3月28日\n"
    )
    assistant = open_with({"技改.txt": text}, tmp_path)

    now = assistant.ask("上海市企业技术改造补助最高多少", as_of=DAY)
    after = assistant.ask("上海市企业技术改造补助最高多少", as_of=date(2030, 1, 1))

    assert "555万元" in now.text
    assert not any("摘编" in one for one in now.notices)
    assert any("摘编" in one for one in after.notices)  # it has ended: the rules of others count
