"""What names a person or an enterprise is masked; what a policy question needs is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.privacy import mask

PHONE = "（手机号已隐去）"
CREDIT = "（统一社会信用代码已隐去）"
PERSON = "（身份证号已隐去）"
CARD = "（银行卡号已隐去）"
MAIL = "（邮箱已隐去）"
LANDLINE = "（电话已隐去）"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000。", f"电话{PHONE}。"),
        ("138 0013 8000", PHONE),
        ("138-0013-8000", PHONE),
        ("1 3 8 0 0 1 3 8 0 0 0", PHONE),
        ("+86 138 0013 8000", PHONE),
        ("008613800138000", PHONE),
        ("１３８００１３８０００", PHONE),
        ("一三八零零一三八零零零", PHONE),
        ("幺三八〇〇幺三八〇〇〇", PHONE),
        ("138\u200b0013\u200b8000", PHONE),
        ("两个号13800138000、13900139000", f"两个号{PHONE}、{PHONE}"),
        ("代码91310113MA1GK0000X的企业", f"代码{CREDIT}的企业"),
        ("91310113ma1gk0000x", CREDIT),
        ("９１３１０１１３ＭＡ１ＧＫ００００Ｘ", CREDIT),
        ("9131 0113 MA1G K000 0X", CREDIT),
        ("身份证310113199001011234", f"身份证{PERSON}"),
        ("31011319900101123x", PERSON),
        ("310113 19900101 1234", PERSON),
        ("卡号6222021234567890123", f"卡号{CARD}"),
        ("6222 0212 3456 7890", CARD),
        ("6222-0212-3456-7890-123", CARD),
        ("邮件 zhang.san+a@example.com.cn 谢谢", f"邮件 {MAIL} 谢谢"),
        ("座机021-56780000", f"座机{LANDLINE}"),
        ("（021）56780000", LANDLINE),
        ("02156780000", LANDLINE),
        ("400-820-8820", LANDLINE),
        ("联系电话：56780000", f"联系电话：{LANDLINE}"),
    ],
)
def test_what_identifies_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "到 2026 年培育多少家高新技术企业？",
        "2024-2026年的目标",
        "20240101-20261231",
        "宝府规〔2021〕1号第十二条第二款",
        "营收超10亿元、13800000000元、1380000万元",
        "超 200 万方，400 条管线",
        "全球 500 强、50 强、100 强",
        "二〇二六年",
        "电话是多少？",
        "12345 热线",
        "3.14159265358979323846",
        "CAR-T、mRNA、AI+生物医学、CXO",
        "",
    ],
)
def test_what_a_policy_question_needs_stays(text):
    assert mask(text) == text


@settings(deadline=None)
@given(st.text(alphabet="0123456789一三八 -+.@aXA九\u200b，", max_size=60))
def test_masking_twice_is_masking_once(text):
    assert mask(mask(text)) == mask(text)


@given(st.text(alphabet="甲乙，。 ab", max_size=10), st.text(alphabet="甲乙，。 ab", max_size=10))
def test_a_phone_number_never_survives(before, after):
    assert "13800138000" not in mask(f"{before}13800138000{after}")
