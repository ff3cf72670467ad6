"""An official text takes its digest's place: the mapping that is proposed, and its checks."""

from __future__ import annotations

import pytest

from assistant.errors import UsageError
from assistant.pipeline import Assistant
from assistant.retrieval.store import build_index
from assistant.settings import Settings
from assistant.succession.checking import check_mapping
from assistant.succession.figures import lacking
from assistant.succession.mapping import load_mapping, mapping_text, path_of, read_mapping
from tests.succession_case import (
    DOC,
    EXPECTED,
    decided,
    proposal,
    succession_settings,
    uses_of,
)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return succession_settings(tmp_path)


@pytest.fixture
def texts(settings):
    build_index(settings)
    return Assistant.open(settings).index


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("最高1000万元", "每个项目最高不超过一千万元", ()),
        ("最高1000万元", "每个项目最高不超过一千二百万元", ("1000万",)),
        ("按不超过20%", "按百分之二十以内", ()),
        ("自2024年8月1日起施行", "自二〇二四年八月一日起施行", ()),
        ("有效期至2029年7月31日", "有效期至2029年8月31日", ("2029年7月31日",)),
        ("Ⅱ期最高", "Ⅲ期最高", ("Ⅱ",)),
        ("依据第三条第二款", "依据第五条", ()),  # renumbered, not changed
        ("文号沪府办规〔2024〕9号", "沪府办规[2024]9号", ()),
    ],
)
def test_figures_and_days_are_compared_by_value(old, new, missing):
    assert lacking(old, new) == missing


def test_each_clause_is_found_in_other_words_and_another_order(settings, texts):
    mapping = proposal(settings, texts)
    found = {
        one.clause.removeprefix("park__"): [to.removeprefix(f"{DOC}__") for to in one.to]
        for one in mapping.clauses
    }

    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert read_mapping(mapping_text(mapping), "x") == mapping


def test_what_was_changed_or_is_missing_is_told_and_not_mapped(settings, texts):
    mapping = proposal(settings, texts)
    open_ = {one.quote: one.problem or "" for one in mapping.quotes if one.becomes is None}

    assert "其中没有 30万" in open_["每年最高补贴30万元"]
    assert "没有找到" in open_["参加展会的，每次给予2万元"]
    told = check_mapping(mapping, texts, uses_of(settings)).problems
    assert len(told) == len(open_)


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({"to": f"{DOC}__ch_9__art_99"}, "没有条款"),
        ({"becomes": "首次被认定为高新技术企业"}, None),
        ({"becomes": "首次认定为高新技术企业"}, "不在"),
        ({"becomes": "一次性给予二十五万元"}, None),
        ({"to": f"{DOC}__ch_1__art_3__para_2", "becomes": "新落户的企业给予10万元奖励"},
         "数或日期不同"),
        ({"to": "park__h1_3__h3_2"}, "仍在摘编里"),
        ({"to": None}, "没有对应的引文"),
        ({"withdraw": " "}, "要写明原因"),
    ],
)  # fmt: skip
def test_a_person_s_words_are_checked_as_the_program_s_are(settings, texts, update, words):
    mapping = decided(proposal(settings, texts))
    quote = "一次性给予25万元" if "二十五" in str(update) or words else "首次认定为高新技术企业"
    quotes = tuple(
        one.model_copy(update=update) if one.quote == quote else one for one in mapping.quotes
    )
    assert any(one.quote == quote for one in mapping.quotes)

    found = check_mapping(mapping.model_copy(update={"quotes": quotes}), texts, uses_of(settings))

    assert (not found.problems) if words is None else (words in "".join(found.problems))


def test_nothing_may_be_left_out_or_named_twice(settings, texts):
    mapping = decided(proposal(settings, texts))
    rest = {"quotes": mapping.quotes[1:], "clauses": mapping.clauses[1:]}
    short = mapping.model_copy(update=rest)
    twice = mapping.model_copy(update={"clauses": (*mapping.clauses, mapping.clauses[0])})
    wrong = mapping.model_copy(update={"official": "other"})

    told = check_mapping(short, texts, uses_of(settings)).problems
    assert any("没有交代" in one for one in told)
    assert any("没有写明换成什么" in one for one in told)
    assert any("只能写一次" in one for one in check_mapping(twice, texts, ()).problems)
    assert any("不是正式文件的条款" in one for one in check_mapping(wrong, texts, ()).problems)


def test_a_mapping_that_is_no_mapping_says_where(settings):
    path = path_of(settings.corpus_dir, "park")
    path.parent.mkdir()
    for text, words in (("digest: [", "不是 YAML"), ("digest: park\n", "official")):
        path.write_text(text, "utf-8")
        with pytest.raises(UsageError, match=words):
            load_mapping(settings.corpus_dir, "park")
