"""What a benefit gives, asked of nobody in particular: answered from the rules."""

from datetime import date

import pytest

from assistant.answering.benefit_asked import asks_of_benefits
from assistant.answering.verify import check_answer
from assistant.schema import Status
from assistant.text import normalize

DAY = date(2026, 6, 30)


@pytest.fixture
def ask(assistant_on_rules):
    """Asks, and holds every answer against the contract."""

    def call(question, day=DAY):
        answer = assistant_on_rules.ask(question, as_of=day)
        assert not check_answer(answer, assistant_on_rules.documents)
        assert not answer.verdicts, "nobody's own entitlement was asked"
        assert not answer.facts
        return answer

    return call


@pytest.mark.parametrize(
    "question", ["三类器械首次拿证有什么补贴？", "三类器械首次拿证能拿多少钱？"]
)
def test_a_benefit_is_told_with_amount_conditions_period_and_what_it_overlaps(ask, question):
    answer = ask(question)
    text = answer.text

    assert answer.status is Status.ANSWERED
    assert text.startswith("创新医疗器械首次拿证并落地生产支持（现行有效）：\n- 金额：不超过 40%")
    assert "每个项目最高 800 万元" in text
    assert "- 条件：" in text
    assert "“在本市落地生产”" in text
    assert "- 期限：“本意见自2024年8月1日起施行，有效期至2029年7月31日”" in text
    assert "“与本市其他政策重叠的，按从优从高、不重复的原则执行”" in text


def test_expired_ones_come_last_and_are_named_as_expired(ask):
    text = ask("三类器械首次拿证有什么补贴？").text

    assert text.index("（现行有效）") < text.index("（已经失效，不能再申请）")
    assert "第三类医疗器械支持（2018年至2020年口径）（已经失效" in text


def test_the_same_benefit_is_current_before_it_ends_and_expired_after(ask):
    question = "工程技术研究中心奖励多少钱"

    assert "（已经失效，不能再申请）" in ask(question).text
    assert "（现行有效）" in ask(question, date(2023, 12, 31)).text
    assert "（已经失效，不能再申请）" in ask(question, date(2024, 1, 1)).text


def test_what_may_not_be_had_together_is_said_first(ask):
    first, *rest = ask("高企一年能拿多少，宝山和张江能一起拿吗？").text.split("\n")

    assert first.startswith("张江示范区高新技术企业支持和高新技术企业奖励：不能同时享受，")
    assert "“张江宝山园内已申报张江专项资金的高新技术企业" in first
    assert any("15 万元 + 10 万元 = 25 万元" in line for line in rest)
    assert any("给予一次性10万元奖励" in line for line in rest)


def test_only_the_part_that_is_asked_for_is_told(ask):
    answer = ask("宝山首次认定高企奖多少，有期限吗？")

    assert answer.status is Status.PARTIAL
    assert "“宝山区企业首次认定为高新技术企业的，给予一次性25万元奖励”" in answer.text
    assert "20万元" not in answer.text
    assert "有效期至2023年12月31日" in answer.text
    assert any("2024年以后的区级奖励" in one for one in answer.notices)


def test_a_digest_is_named_as_one(ask):
    answer = ask("科技创新券一年能用多少")

    assert "每年最高 50 万元" in answer.text
    assert "每年最高 10 万元" in answer.text
    assert any("为摘编，非官方原文" in one for one in answer.notices)
    assert any("没有见到的有：" in one for one in answer.notices)


def test_a_sum_that_no_rule_knows_is_said_to_be_unknown(ask):
    answer = ask("先投后股最多投多少")

    assert answer.status is Status.NOT_IN_CORPUS
    assert answer.reason == "no_amount"
    assert "单个项目上限" in answer.text


def test_a_tax_relief_has_a_rate_and_no_sum(ask):
    answer = ask("研发费用加计扣除比例是多少")

    assert "120%" in answer.text
    assert "100%" in answer.text
    assert "没有见到金额" not in answer.text


def test_what_the_rules_do_not_speak_of_is_left_to_the_documents(assistant_on_rules):
    for question in ("苏州三类器械首次拿证有什么补贴？", "概念验证平台补贴排名前十的企业能拿多少"):
        answer = assistant_on_rules.ask(question, as_of=DAY)
        assert "（现行有效）" not in answer.text
        assert "（没有见到有效期" not in answer.text


@pytest.mark.parametrize(
    ("question", "is_one"),
    [
        ("孵化器奖励多少", True),
        ("技改补贴最高多少", True),
        ("高企奖励和张江的能同时享受吗", True),
        ("我们的孵化器能拿多少奖励", False),
        ("方案里对孵化器奖励多少", False),
        ("创新券额度还剩多少没发完", False),
        ("杭州专精特新小巨人奖多少", False),
        ("孵化器有几家", False),
    ],
)
def test_it_is_known_by_the_words_whether_a_benefit_is_asked_about(question, is_one):
    assert asks_of_benefits(normalize(question).text) is is_one
