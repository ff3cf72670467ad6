"""`assistant check --pack`: one firm's verdicts with every quotation and where it stands."""

import io
import json
import time

import docx
import openpyxl
import pytest

from assistant.corpus.quoted import read_documents
from assistant.eligibility.checks import Described, check
from assistant.tables.pack import Library, pack_sections, sources_of
from assistant.tables.pack_files import pack_docx, pack_xlsx
from tests.test_check_command import run
from tests.tiny_rules import DAY, FOLDER, profile, rules

__all__ = ["run"]  # a fixture

FACTS = {"hightech": "valid", "first_time": True, "newly_settled": True, "staff_count": 30}


def sections(**facts):
    made = check(rules(), Described(profile(**facts), ("“很多”没有采用",)), DAY)
    documents = read_documents(FOLDER, {"park"}, 1_000_000)
    return made, pack_sections(made, Library(documents))


def words_of_xlsx(raw: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return "\n".join(str(one) for one in cells if one is not None)


def words_of_docx(raw: bytes) -> str:
    document = docx.Document(io.BytesIO(raw))
    grids = (cell.text for table in document.tables for cell in table._cells)
    return "\n".join([*(one.text for one in document.paragraphs), *grids])


@pytest.mark.parametrize(
    ("write", "words_of"), [(pack_xlsx, words_of_xlsx), (pack_docx, words_of_docx)]
)
def test_a_pack_has_every_verdict_quotation_and_place(write, words_of):
    made, built = sections(**FACTS)
    words = words_of(write(built, DAY))
    documents = read_documents(FOLDER, {"park"}, 1_000_000)
    title = documents["park"].document.title

    for verdict in made.verdicts:
        assert verdict.name in words
    for source in sources_of(made):
        assert f"“{source.quote}”" in words
        assert f"[{source.clause_id}]" in words
    assert f"《{title}》" in words
    assert made.ask_next.question in words
    assert made.combination.formula in words
    assert "“很多”没有采用" in words
    assert "线上申报" in words
    assert "资料库中没有这个条款" not in words


def test_quotations_of_a_pack_stand_in_their_clauses_to_the_letter():
    made, _ = sections(**FACTS)
    documents = read_documents(FOLDER, {"park"}, 1_000_000)
    clauses = {one.clause_id: one for one in documents["park"].clauses}
    text = documents["park"].document.text

    for source in sources_of(made):
        clause = clauses[source.clause_id]
        assert source.quote in text[clause.start : clause.end]


@pytest.mark.parametrize("write", [pack_xlsx, pack_docx])
def test_the_same_pack_has_the_same_bytes(write):
    _, built = sections(**FACTS)
    first = write(built, DAY)
    time.sleep(2.1)  # a ZIP counts in steps of two seconds

    assert write(built, DAY) == first


def test_a_pack_of_a_firm_of_which_nothing_is_known_says_so():
    made, built = sections()
    words = words_of_docx(pack_docx(built, DAY))

    assert "没有给出任何情况" in words
    assert "目前没有确定符合的待遇" in words
    assert made.ask_next.question in words


def test_a_clause_that_is_not_in_the_collection_is_said_to_be_missing():
    made, _ = sections(**FACTS)
    words = words_of_xlsx(pack_xlsx(pack_sections(made, Library({})), DAY))

    assert "资料库中没有这个条款" in words


@pytest.mark.parametrize("hostile", ["=cmd|' /C calc'!A0", "+1", "-1", "@a"])
def test_words_of_a_firm_never_become_a_formula(hostile):
    made, _ = sections(**FACTS)
    told = made.profile.told["staff_count"]
    spoken = made.profile.with_fact("staff_count", told.value, hostile)
    built = pack_sections(check(rules(), Described(spoken), DAY), Library({}))
    book = openpyxl.load_workbook(io.BytesIO(pack_xlsx(built, DAY)))

    (cell,) = [one for row in book["企业情况"] for one in row if one.value == hostile]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.parametrize("name", ["pack.xlsx", "pack.docx"])
def test_check_writes_a_pack_and_prints_no_report(run, tmp_path, name):
    (tmp_path / "firm.json").write_text(json.dumps(FACTS), "utf-8")
    arguments = ("check", "--profile", "firm.json", "--as-of", "2026-06-30", "--pack", name)
    code, out, err = run(*arguments)

    assert (code, out) == (0, "")
    assert name in err
    assert (tmp_path / name).stat().st_size > 0
    assert json.loads(run(*arguments, "--json")[1])["verdicts"]


def test_a_pack_of_another_kind_is_refused(run, tmp_path):
    (tmp_path / "firm.json").write_text(json.dumps(FACTS), "utf-8")
    code, _, err = run("check", "--profile", "firm.json", "--pack", "pack.pdf")

    assert code == 2
    assert "--pack 应以 .xlsx 或 .docx 结尾" in err
