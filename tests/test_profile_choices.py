"""Places, sets, choices, days and ages of a description, by the facts of the corpus."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.eligibility.loading import read_rules
from assistant.eligibility.profile import read_profile
from assistant.evaluation.eligibility import noted
from assistant.settings import Settings

RULES, _ = read_rules(Settings().rules_dir)


def facts(text: str) -> dict[str, object]:
    found = read_profile(text, date(2026, 6, 30), RULES.definitions)
    return dict(map(noted, found.facts))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("做模具的，人在外头跑，公司在松南", "songnan"),
        ("搞物流的，庙行那边", "miaohang"),
        ("住所杨行镇，做水泵", "yanghang"),
        ("宝山罗泾的一家小厂", "luojing"),
        ("北上海生物医药园，做试剂", "north_shanghai_biopark"),
        ("我们是苏州的企业", "outside_shanghai"),
    ],
)
def test_where_the_firm_is_needs_no_word_for_registered(text, place):
    assert facts(text)["region"] == [place]


@pytest.mark.parametrize(
    "text",
    [
        "今年头一次在宝山买了层写字楼", "高企是宝山推荐上去的", "和宝山的重点产业对得上",
        "设备从上海研究院买来，上海不生产", "技术来自上大的课题组", "拿过上海市科技进步奖",
        "零件请苏州的厂加工", "跟无锡那家比我们便宜",
    ],
)  # fmt: skip
def test_a_place_of_something_else_is_not_where_the_firm_is(text):
    assert "region" not in facts(text)
