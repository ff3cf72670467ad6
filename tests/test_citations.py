"""Quotes are exact or absent; statements keep their marks."""

from __future__ import annotations

import pytest

from assistant.answering.citations import (
    citation_of,
    cite,
    marks,
    quoted_spans,
    split_statements,
    statement_pieces,
)
from assistant.errors import CitationError
from assistant.schema import Clause, DocStatus, Document, Evidence, Level

TEXT = (
    "高龄津贴办法\n第五条 年满十六周岁的，可以申请。每户补贴20万元。\n"
    "第六条 年满十八周岁的，另行规定。"
)
DOCUMENT = Document(
    doc_id="d1",
    title="高龄津贴办法",
    text=TEXT,
    status=DocStatus.IN_FORCE,
    source="d1.txt",
    sha256="0" * 64,
    doc_no="宝府规〔2021〕1号",
)


def clause(start: int, end: int, number: str, doc_id: str = "d1") -> Clause:
    return Clause(
        clause_id=f"{doc_id}__art_{number}",
        doc_id=doc_id,
        level=Level.ARTICLE,
        number=number,
        heading=number,
        path=(number,),
        start=start,
        own_end=end,
        end=end,
        parent_id=None,
    )


FIFTH = clause(TEXT.index("第五条"), TEXT.index("第六条"), "第五条")
SIXTH = clause(TEXT.index("第六条"), len(TEXT), "第六条")


def test_a_citation_is_the_span_of_the_canonical_text():
    citation = cite(FIFTH, DOCUMENT, "年满十六周岁", 3)

    assert citation.quote == TEXT[citation.start : citation.end] == "年满十六周岁"
    assert (citation.n, citation.clause_id) == (3, "d1__art_第五条")
    assert citation.clause_path == ("第五条",)
    assert (citation.doc_title, citation.doc_no) == ("高龄津贴办法", "宝府规〔2021〕1号")


@pytest.mark.parametrize(
    "quote",
    [
        "年满十八周岁",  # stands in the next article only
        "年满十六岁",
        "每户补贴50万元",
        "每户补贴 20万元",
        "每户补贴２０万元",
        "年满十六周岁的,可以申请",
        "申请。每户补贴20万元。\n第六条",  # reaches beyond the clause
        "",
        " ",
        "\n",
    ],
)
def test_a_near_miss_is_a_miss(quote):
    with pytest.raises(CitationError, match="第五条"):
        cite(FIFTH, DOCUMENT, quote, 1)


def test_a_clause_of_another_document_is_an_error():
    stranger = clause(0, 5, "第一条", doc_id="d2")

    with pytest.raises(CitationError, match="d2"):
        cite(stranger, DOCUMENT, "高龄", 1)
    with pytest.raises(CitationError, match="d2"):
        citation_of(Evidence(stranger, DOCUMENT, 0, 2), 1)


def test_evidence_is_read_again_from_the_canonical_text():
    evidence = Evidence(FIFTH, DOCUMENT, FIFTH.start + 4, FIFTH.start + 10)

    assert citation_of(evidence, 2).quote == "年满十六周岁"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (FIFTH.start - 1, FIFTH.end),
        (FIFTH.start, FIFTH.end + 1),
        (FIFTH.start + 4, FIFTH.start + 4),
        (FIFTH.start + 4, FIFTH.start + 2),
        (FIFTH.start + 3, FIFTH.start + 4),  # the blank between marker and text
        (len(TEXT), len(TEXT) + 5),
    ],
)
def test_evidence_outside_its_clause_is_an_error(start, end):
    with pytest.raises(CitationError):
        citation_of(Evidence(FIFTH, DOCUMENT, start, end), 1)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        (" \n\n ", []),
        ("90 家。[1]", ["90 家。[1]"]),
        ("90 家[1]。50 个[2]。", ["90 家[1]。", "50 个[2]。"]),
        ("90 家。[1][2] 50 个。[3]", ["90 家。[1][2]", "50 个。[3]"]),
        ("90 家。 [1] [2]\n50 个。", ["90 家。 [1] [2]", "50 个。"]),
        ("甲[1]\n乙[2]\n", ["甲[1]", "乙[2]"]),
        ("真的吗？！对。", ["真的吗？！", "对。"]),
        ("写的是“甲。乙。”[1]另有丙。[2]", ["写的是“甲。乙。”[1]", "另有丙。[2]"]),
        ("写的是“甲。”另有丙。", ["写的是“甲。”", "另有丙。"]),
        ("“甲。”和“乙。”都有。[1]", ["“甲。”和“乙。”都有。[1]"]),
        ("见《关于甲。乙的通知》第一条。", ["见《关于甲。乙的通知》第一条。"]),
        ("「甲。乙」丙。丁", ["「甲。乙」丙。", "丁"]),
        ("“外层“内层。”还在外层。”[1]完。", ["“外层“内层。”还在外层。”[1]", "完。"]),
        ("从未闭合的“甲。乙。", ["从未闭合的“甲。", "乙。"]),
        ("第五条：\n“（一）甲；\n（二）乙。”[1]", ["第五条：", "“（一）甲；\n（二）乙。”[1]"]),
        ("（甲。）乙。", ["（甲。）", "乙。"]),
        ("甲；乙。[1]", ["甲；乙。[1]"]),
        ("营收 3.5 亿元。[1]", ["营收 3.5 亿元。[1]"]),
    ],
)
def test_statements_are_sentences_and_lines_with_their_marks(text, statements):
    assert split_statements(text) == statements
    assert "".join(statement_pieces(text)) == text


@pytest.mark.parametrize(
    ("statement", "numbers"),
    [
        ("90 家。[1][12]", [1, 12]),
        ("甲[2]，乙[1]，丙[2]", [2, 1, 2]),
        ("“原文[5]如此”。[1]", [1]),
        ("国发[2021]1号", []),
        ("沪府[99] 8 号", []),
        ("见【1】与［2］", []),
        ("[a] [] [1", []),
        ("没有", []),
    ],
)
def test_marks_are_read_outside_quotes(statement, numbers):
    assert marks(statement) == numbers


def test_quoted_spans_are_outermost_and_closed():
    text = '他说"甲"，“乙‘丙’”，未闭“丁'

    assert [text[start:end] for start, end in quoted_spans(text)] == ['"甲"', "“乙‘丙’”"]
