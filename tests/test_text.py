"""One spelling with its way back; numbers, dates, 文号 and clause numbers where they stand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import (
    find_clause_refs,
    find_dates,
    find_doc_nos,
    find_numbers,
    normalize,
    read_number,
    strip_controls,
)


def test_normalize_makes_one_spelling_and_every_character_leads_back():
    original = "政策（Ａ） \u3000發展㎡①\u200b“X”"

    norm = normalize(original)

    assert norm.text == '政策(a)发展m2①"x"'
    assert [original[slice(*norm.span(i, i + 1))] for i in range(len(norm.text))] == [
        *"政策（Ａ）發展㎡㎡①“X”"
    ]
    assert original[slice(*norm.span(5, 9))] == "發展㎡"
    assert norm.offsets[-1] == len(original)


def test_normalize_keeps_space_when_told():
    assert normalize("A\u3000b\tC", keep_space=True).text == "a b c"


@given(st.text(max_size=60))
def test_offsets_of_any_text_rise_and_normalizing_twice_changes_nothing(text):
    norm = normalize(text)

    assert len(norm.offsets) == len(norm.text) + 1
    assert list(norm.offsets) == sorted(norm.offsets)
    assert not any(char.isspace() for char in norm.text)


def test_strip_controls_leaves_words_and_line_breaks():
    assert strip_controls("a\u200b\x00\ud800b\n\tc\u202e") == "ab\n\tc"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("200万方载体", [("200万", "2000000", "plain")]),
        ("九十家企业", [("九十", "90", "plain")]),
        ("1.2亿元", [("1.2亿", "120000000", "plain")]),
        ("三千万元", [("三千万", "30000000", "plain")]),
        ("1,200 家和１２００家", [("1,200", "1200", "plain"), ("１２００", "1200", "plain")]),
        ("二〇二六年", [("二〇二六", "2026", "plain")]),
        ("两家", [("两", "2", "plain")]),
        ("百分之三点五", [("百分之三点五", "3.5", "percent")]),
        ("15%或５０ ％", [("15%", "15", "percent"), ("５０ ％", "50", "percent")]),
        ("统一进一步第一时间一批", []),
        ("到 2026 年，90 家", [("2026", "2026", "plain"), ("90", "90", "plain")]),
    ],
)
def test_numbers_with_their_values(text, found):
    spans = find_numbers(text)

    assert [(one.raw, one.value, one.kind) for one in spans] == [
        (raw, Decimal(value), kind) for raw, value, kind in found
    ]
    assert all(text[one.start : one.end] == one.raw for one in spans)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("九十", 90), ("一千零一", 1001), ("十", 10), ("二十万", 200000), ("1万亿", 10**12)],
)
def test_a_numeral_in_any_spelling(numeral, value):
    assert read_number(numeral) == value


@pytest.mark.parametrize("words", ["", "若干", "3家", "一人"])
def test_words_are_no_numeral(words):
    assert read_number(words) is None


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("自2024年5月1日起", [(2024, 5, 1)]),
        ("二〇二六年", [(2026, None, None)]),
        ("5月1日前", [(None, 5, 1)]),
        ("２０２４ 年 ５ 月", [(2024, 5, None)]),
        ("26年5月", [(2026, 5, None)]),
        ("十年", []),
    ],
)
def test_dates(text, dates):
    assert [(one.year, one.month, one.day) for one in find_dates(text)] == dates


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("根据宝府规〔2021〕1号执行", ["宝府规〔2021〕1号"]),
        ("沪府办[2020]12号", ["沪府办[2020]12号"]),
        ("沪经信生〔2023〕 1032 号", ["沪经信生〔2023〕 1032 号"]),
        ("（2021）5号", []),
        ("已被宝科规〔2023〕1号替代", ["宝科规〔2023〕1号"]),
        ("取代宝府规〔2020〕2号和沪府规〔2021〕3号", ["宝府规〔2020〕2号", "沪府规〔2021〕3号"]),
        ("根据上海市商务委沪商规〔2021〕4号", ["沪商规〔2021〕4号"]),
        ("各区要对照财政部财税〔2018〕76号落实", ["财税〔2018〕76号"]),
        ("由工信部企业〔2022〕63号", ["工信部企业〔2022〕63号"]),
        ("见工信部联企业〔2011〕300号", ["工信部联企业〔2011〕300号"]),
        ("按照天津市卫健委津卫医政【2020】100号", ["津卫医政【2020】100号"]),
        ("认真落实银发〔2020〕29号", ["银发〔2020〕29号"]),
        ("从省政府川办发[2020]10号", ["川办发[2020]10号"]),
        ("还发布了[2020]6号", []),
        ("附件沪科合〔2025〕第17号", ["沪科合〔2025〕第17号"]),
        ("肺炎机制发〔2020〕23号", ["肺炎机制发〔2020〕23号"]),
        ("印发测科规〔2020〕3号", ["测科规〔2020〕3号"]),
        ("执行测府规〔2021〕4号", ["测府规〔2021〕4号"]),
        ("为我省[2020]10号", []),
        ("中华人民共和国国务院令第491号公布", ["中华人民共和国国务院令第491号"]),
        ("根据上海市人民政府令第 70 号", ["上海市人民政府令第 70 号"]),
        ("税务总局公告2023年第7号", ["税务总局公告2023年第7号"]),
        ("第491号", []),
    ],
)
def test_document_numbers(text, found):
    assert [text[one.start : one.end] for one in find_doc_nos(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依照第十二条第二款", ["第十二条第二款"]),
        ("第12项和第四章", ["第12项", "第四章"]),
        ("第二部分", ["第二部分"]),
        ("第十七条之一", ["第十七条之一"]),
        ("第（三）项、第 8 项", ["第（三）项", "第 8 项"]),
        ("第一时间", []),
    ],
)
def test_clause_references(text, found):
    assert [text[one.start : one.end] for one in find_clause_refs(text)] == found
