"""`rules check` refuses a rule that the corpus does not bear out, and says where."""

import copy
import shutil
from datetime import date
from decimal import Decimal

import pytest
import yaml

from assistant.checking import rule_problems
from assistant.corpus.quoted import read_documents
from assistant.eligibility.facts import definitions_of, load_definitions
from assistant.eligibility.grounds import check_grounds, has_day, stands_in
from assistant.eligibility.loading import Rules, read_benefit, read_rules
from assistant.eligibility.reading_tree import Figure
from assistant.eligibility.size_rows import SIZES_FILE
from assistant.errors import RuleError
from assistant.settings import Settings
from tests.tiny_rules import FOLDER, rules

EQUIPMENT = yaml.safe_load((FOLDER / "benefits" / "equipment.yaml").read_text("utf-8"))
PARK = read_documents(FOLDER, {"park"}, 1_000_000)["park"]
CLAUSES = {one.clause_id: one for one in PARK.clauses}
STAFF = 2


def problems(row: dict) -> list[str]:
    """Everything wrong with a benefit, the corpus included."""
    definitions = load_definitions(FOLDER / "facts.yaml")
    benefit, reader = read_benefit(row, "equipment.yaml", definitions)
    read = Rules(definitions, (benefit,) if benefit else (), tuple(reader.claims))
    found = [*reader.problems, *check_grounds(read, CLAUSES, {"park": PARK.document})]
    return [str(one) for one in found]


def changed(key: str, value: object, leaf: int = STAFF) -> dict:
    row = copy.deepcopy(EQUIPMENT)
    row["conditions"]["all"][leaf][key] = value
    return row


def test_a_rule_that_the_corpus_bears_out_passes():
    assert problems(EQUIPMENT) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (changed("clause", "park__h1_2__h3_9"),
         "条件 staff 的 clause：语料里没有条款 park__h1_2__h3_9；最接近的是 park__h1_2__h3_"),
        (changed("quote", "职工不少于30人，且不超过500人"),
         "不在 park__h1_2__h3_2 里；最接近的条款是 park__h1_2__h3_2"),
        (changed("quote", "专家评分高于70分"), "最接近的条款是 park__h1_2__h3_6"),
        (changed("between", [20, 600]), "数字 600人 不在引文"),
        (changed("fact", "staff_cuont"), "没有事实 staff_cuont；最接近的是 staff_count"),
        (changed("unit", "万元"), "单位是 人"),
        (changed("betwen", [1, 2]), "没有这个键"),
        (changed("at_least", 20), "恰好一个检验"),
        (changed("between", [500, 20]), "下限大于上限"),
        (changed("id", "in_city"), "条件 in_city 写了两次"),
        (changed("within", "mars", 0), "没有选项 mars"),
        (changed("each_of_last", 3, 4), "数字 3 不在引文"),
        (changed("tiers", [{"at_least": 3}, {"up_to": 5000, "at_least": 5}], 3), "从小到大"),
        (changed("value_in_quote", False), "要写明 reason"),
        (EQUIPMENT | {"benefit": "other"}, "应与文件名一致"),
        (EQUIPMENT | {"document": "parc"}, "语料里没有文件 parc；最接近的是 park"),
        (EQUIPMENT | {"kind": "direction"}, "direction 只是方向"),
        (EQUIPMENT | {"kind": "direction", "amount": None}, "direction 只能以"),
        (EQUIPMENT | {"conditions": []}, "条件应是 all"),
        (EQUIPMENT | {"conditions": {"of": [], "at_least": 1}}, "at_least"),
        (EQUIPMENT | {"period": EQUIPMENT["period"] | {"to": date(2023, 1, 1)}}, "晚于 to"),
        (EQUIPMENT | {"period": EQUIPMENT["period"] | {"to": date(2026, 12, 30)}},
         "日期 2026-12-30 不在引文"),
        (EQUIPMENT | {"period": {"to": date(2026, 12, 31)}}, "要写 clause 和 quote"),
    ],
)  # fmt: skip
def test_a_rule_that_is_wrong_is_refused(row, words):
    found = problems(row)

    assert any(words in one for one in found), found


def test_a_figure_that_the_clause_does_not_word_needs_a_reason():
    row = changed("between", [20, 600]) | {}
    row["conditions"]["all"][STAFF] |= {"value_in_quote": False, "reason": "原文另有说明"}

    assert problems(row) == []


def test_two_parts_of_one_id_may_follow_each_other_but_not_overlap():
    part = EQUIPMENT["amount"]["parts"][0] | {"id": "rate"}
    first = part | {"to": date(2024, 12, 31)}
    apart = EQUIPMENT | {"amount": {"parts": [first, part | {"from": date(2025, 1, 1)}]}}
    over = EQUIPMENT | {"amount": {"parts": [first, part | {"from": date(2024, 12, 31)}]}}

    assert problems(apart) == []
    assert "重叠" in problems(over)[0]


def test_two_rules_of_one_name_may_follow_each_other_but_not_overlap(tmp_path):
    (tmp_path / "benefits").mkdir()
    (tmp_path / "facts.yaml").write_text((FOLDER / "facts.yaml").read_text("utf-8"), "utf-8")
    for name in ("old_award", "first_award"):
        text = (FOLDER / "benefits" / f"{name}.yaml").read_text("utf-8")
        text = text.replace("旧认定奖励", "首次认定奖励")
        (tmp_path / "benefits" / f"{name}.yaml").write_text(text, "utf-8")
    assert read_rules(tmp_path)[1] == []

    path = tmp_path / "benefits" / "old_award.yaml"
    path.write_text(path.read_text("utf-8").replace("to: 2023-12-31", "to: 2024-01-01"), "utf-8")
    assert "有效期重叠" in str(read_rules(tmp_path)[1][0])


def test_a_file_that_is_no_yaml_is_named_with_its_line_and_the_rest_is_read(tmp_path):
    (tmp_path / "benefits").mkdir()
    (tmp_path / "facts.yaml").write_text((FOLDER / "facts.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "benefits" / "bad.yaml").write_text("benefit: bad\nname: 甲\nname: 乙\n", "utf-8")
    fair = (FOLDER / "benefits" / "fair.yaml").read_text("utf-8").split("excludes")[0]
    (tmp_path / "benefits" / "fair.yaml").write_text(fair, "utf-8")
    read, found = read_rules(tmp_path)

    assert [one.benefit for one in read.benefits] == ["fair"]
    assert "name 写了两次" in str(found[0])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"fact": "a", "name": "甲", "type": "number", "derive": "magic"}, "没有推算方法 magic"),
        ({"fact": "a", "name": "甲", "type": "choice"}, "要有 options"),
        ({"fact": "a", "name": "甲", "type": "numbr"}, "type"),
        ({"fact": "a", "name": "甲", "type": "number", "min": 2, "max": 1}, "min 大于 max"),
        ({"fact": "a", "name": "甲", "type": "number", "derive": "rd_ratio"}, "rd_expense 没有"),
    ],
)
def test_a_fact_that_is_defined_wrong_is_refused(row, words):
    _, found = definitions_of([row], "facts.yaml")

    assert words in str(found[0])


def test_facts_that_are_no_list_are_refused(tmp_path):
    (tmp_path / "facts.yaml").write_text("a: 1", "utf-8")

    with pytest.raises(RuleError, match="列表"):
        load_definitions(tmp_path / "facts.yaml")


@pytest.mark.parametrize(
    ("value", "unit", "quote", "expected"),
    [
        (20000, "万元", "年销售收入不超过2亿元", True),
        (20000, "万元", "年销售收入不超过2万元", False),
        (1, "年", "注册成立一年（365天）以上", True),
        (3, None, "近三年", True),
        (3, None, "排名前三", True),
        (5, "%", "不低于百分之五", True),
        (60, "%", "不低于6%", False),
    ],
)
def test_a_figure_stands_in_its_quote_in_any_spelling(value, unit, quote, expected):
    assert stands_in(Figure(Decimal(value), unit), quote) is expected


@pytest.mark.parametrize(
    ("day", "quote", "expected"),
    [
        ((2026, 8, 31), "2026年评价时间为6月1日至8月31日", True),
        ((2024, 7, 31), "新意见自2024年8月1日起施行", True),
        ((2024, 7, 31), "2024年8月1日公布", False),
        ((2024, 1, 1), "（2024-2026年）", True),
        ((2026, 12, 31), "（2024-2026年）", True),
        ((2026, 12, 30), "（2024-2026年）", False),
        ((2026, 1, 31), "2026年1月发布", True),
    ],
)
def test_a_day_stands_in_its_quote_or_on_the_eve_of_what_follows(day, quote, expected):
    assert has_day(date(*day), quote) is expected


def test_every_limit_of_a_trade_stands_in_its_quote_in_the_corpus():
    found, wrong = rule_problems(Settings(rules_dir=FOLDER.parent.parent / "corpus"))
    claims = [one for one in found.claims if one.file == SIZES_FILE]

    assert len(found.definitions.trades) == 15
    assert len(claims) == 8 + 7 + 2 * 7
    assert not [one for one in wrong if one.file == SIZES_FILE]


SIZE = {
    "trade": "software",
    "facts": ["staff_count", "revenue"],
    "large": {"limits": [300, 10000], "clause": "a__art_1", "quote": "少于300人或低于10000万元"},
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"facts": ["staff_count", "patents"]}, "facts 只能是"),
        ({"facts": ["staff_count"]}, "limits 要和 facts 一样多"),
        ({"medium": SIZE["large"]}, "要么都写，要么都不写"),
        ({"trade": "circus"}, "industry 没有这个选项"),
        ({"large": {"limits": [300, 10000], "clause": "a__art_1"}}, "quote"),
    ],
)
def test_limits_of_size_that_are_wrong_say_where(tmp_path, change, words):
    shutil.copy(FOLDER / "facts.yaml", tmp_path / "facts.yaml")
    (tmp_path / SIZES_FILE).write_text(yaml.safe_dump([SIZE | change], allow_unicode=True), "utf-8")

    if not words:
        assert load_definitions(tmp_path / "facts.yaml").trades.keys() == {"software"}
        return
    with pytest.raises(RuleError, match=words):
        load_definitions(tmp_path / "facts.yaml")


def test_the_small_rules_are_read_in_the_order_of_their_names():
    names = [one.benefit for one in rules().benefits]

    assert names == sorted(names)
    assert len(names) == 8
