"""What clause texts refer to and define; real texts were read by hand, only numbers are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.parsing import Origin, ParsedDocument, make_doc_id, parse_file, parse_source
from assistant.references import links_of

CHECKED = Path(__file__).parent / "references_checked.jsonl"
LAWS = Path(__file__).parents[2] / "shared" / "bench" / "law_texts"

RULES = """甲市奖励办法
第一章 总则
第一条 依照《乙市人才条例》（以下简称人才条例）第二条和《丙法》第八条，制定本办法。
第二条 本办法所称企业，是指依法设立的企业（以下统称单位）。
除前款规定外，除本办法另有规定外，单位应当符合第四条第（一）项、第（二）项的条件。
前两款规定的单位，适用本章规定和人才条例第一条。
第二章 奖金
第三条 违反本办法第二条第一款、第二款或者第四条规定的，依照本条例外的规定处理。
第四条 有下列情形的，给予奖金：
（一）甲类；
（二）前项规定以外的乙类，第九十九条规定的除外。
第五条 符合第二条至第四条规定的，给予奖金。
"""
TALENT = "乙市人才条例\n第一条 为了人才。\n第二条 支持人才。\n"


class Shelf:
    def __init__(self, *parsed: ParsedDocument) -> None:
        self.documents = {one.document.doc_id: one.document for one in parsed}
        self._clauses = {one.document.doc_id: one.clauses for one in parsed}

    def clauses_of(self, doc_id: str):
        return self._clauses[doc_id]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(
        parse_source(RULES, Origin("a", "a.txt", "0")),
        parse_source(TALENT, Origin("b", "b.txt", "0")),
    )


def test_references_lead_to_clauses_by_number_by_place_and_by_title(shelf):
    references = links_of(shelf, "a").references
    found = [(one.words, one.clause_id, one.is_exception) for one in references]

    assert found == [
        ("《乙市人才条例》（以下简称人才条例）第二条", "b__art_2", False),
        ("《丙法》第八条", None, False),
        ("前款", "a__ch_1__art_2__para_1", True),
        ("本办法另有规定", "a", True),
        ("第四条第（一）项", "a__ch_2__art_4__item_1", False),
        ("第（二）项", "a__ch_2__art_4__item_2", False),
        ("前两款", "a__ch_1__art_2__para_1", False),
        ("前两款", "a__ch_1__art_2__para_2", False),
        ("本章", "a__ch_1", False),
        ("人才条例第一条", "b__art_1", False),
        ("本办法第二条第一款", "a__ch_1__art_2__para_1", False),
        ("第二款", "a__ch_1__art_2__para_2", False),
        ("第四条", "a__ch_2__art_4", False),
        ("前项", "a__ch_2__art_4__item_1", False),
        ("第九十九条", None, False),
        ("第二条", "a__ch_1__art_2", False),
        ("第二条至第四条", "a__ch_2__art_3", False),
        ("第四条", "a__ch_2__art_4", False),
    ]


def test_the_words_stand_where_the_offsets_say(shelf):
    text = shelf.documents["a"].text
    links = links_of(shelf, "a")

    assert all(text[one.start : one.end] == one.words for one in links.references)
    assert all(text[one.start : one.end] == one.term for one in links.terms)


def test_terms_are_found_where_they_are_defined_and_shown_where_they_are_used(shelf):
    links = links_of(shelf, "a")
    clauses = {one.clause_id: one for one in shelf.clauses_of("a")}

    assert {one.term: one.clause_id for one in links.terms} == {
        "人才条例": "a__ch_1__art_1",
        "企业": "a__ch_1__art_2__para_1",
        "单位": "a__ch_1__art_2__para_1",
    }
    assert [one.term for one in links.terms_in(clauses["a__ch_1__art_2__para_3"])] == [
        "人才条例", "单位",
    ]  # fmt: skip
    assert links.terms_in(clauses["a__ch_2__art_4"]) == ()


def test_a_document_without_references_has_none(shelf):
    assert links_of(shelf, "b").references == ()
    assert links_of(shelf, "b").terms == ()


def test_references_of_real_texts_are_those_that_were_read_by_hand():
    if not LAWS.is_dir():
        pytest.skip("the public law texts are not on this machine")
    rows = [json.loads(line) for line in CHECKED.read_text("utf-8").splitlines()]
    wanted_docs = {row["clause"].split("__")[0] for row in rows}
    shelf = Shelf(*(parse_file(path, corpus_dir=LAWS) for path in sorted(LAWS.glob("*.md"))
                    if make_doc_id(path.stem) in wanted_docs))  # fmt: skip
    wanted: set[tuple[str, int, str | None]] = set()
    got: set[tuple[str, int, str | None]] = set()
    for row in rows:
        doc_id = row["clause"].split("__")[0]
        clause = next(c for c in shelf.clauses_of(doc_id) if c.clause_id == row["clause"])
        wanted |= {(row["clause"], start, target) for start, _, target in row["references"]}
        got |= {
            (row["clause"], one.start - clause.start, one.clause_id)
            for one in links_of(shelf, doc_id).references
            if clause.start <= one.start < clause.own_end
        }

    right = len(wanted & got)
    assert len(wanted) >= 60
    assert right >= 0.98 * len(got), "precision"
    assert right >= 0.98 * len(wanted), "recall"
