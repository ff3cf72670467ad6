"""`assistant check --table` and `--template`: workbooks in and out, hostile ones among them."""

import io
import json
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from assistant.eligibility.checks import Described, check
from assistant.eligibility.loading import load_rules
from assistant.errors import UsageError
from assistant.settings import PACKAGE_DIR
from assistant.tables.firms import decide_firms
from assistant.tables.reading import MAX_COLUMNS, MAX_FIRMS, read_table
from assistant.tables.sheets import MAX_CELL_CHARS, safe
from assistant.tables.template import template_columns, write_template
from assistant.tables.workbook import write_firms
from assistant.verdicts import Outcome
from tests.test_check_command import run
from tests.tiny_rules import DAY, profile, rules

__all__ = ["run"]  # a fixture

HEADER = ["企业名称", "职工人数", "2025年营业收入（万元）", "注册地", "高新技术企业资格", "备注"]
HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "%0A=1"]


def workbook(*rows, **sheets) -> bytes:
    """The rows as a sheet 名单; a further sheet for each keyword."""
    book = openpyxl.Workbook()
    book.active.title = "名单"
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def read(*rows, **sheets):
    return read_table(workbook(*rows, **sheets), "firms.xlsx", rules().definitions, DAY)


def written(*rows):
    """(sheets by name, problems) of the output for a table of these rows."""
    table = read(*rows)
    raw, problems = write_firms(rules(), table, decide_firms(rules(), table, DAY), DAY)
    return openpyxl.load_workbook(io.BytesIO(raw)), problems


def rows_of(sheet) -> list[dict]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_firm_of_a_table_gets_the_verdicts_it_gets_alone():
    table = read(HEADER, ["甲", 86, 12000, "宝山区", "有效", "x"])
    (made,) = decide_firms(rules(), table, DAY)
    facts = {"staff_count": 86, "revenue": {2025: 12000}, "region": ["baoshan"]}
    alone = check(rules(), Described(profile(**facts, hightech="valid")), DAY)

    assert made.verdicts == alone.verdicts
    assert made.combination == alone.combination
    assert (table.ignored, made.problems) == (("备注",), ())


def test_the_summary_counts_and_the_detail_has_a_row_a_firm_and_benefit():
    book, problems = written(HEADER, ["甲", 86, None, "宝山区", "有效"], ["乙", 5, 100, "江苏省"])
    summary, detail = rows_of(book["汇总"]), rows_of(book["明细"])

    assert problems == ()
    assert [one["企业名称"] for one in summary] == ["甲", "乙"]
    assert len(detail) == 2 * len(rules().benefits)
    for firm in summary:
        mine = [one for one in detail if one["行"] == firm["行"]]
        for label in ("符合", "还缺信息", "不符合"):
            assert firm[label] == sum(one["结论"] == label for one in mine)
    equipment = next(one for one in detail if one["待遇编号"] == "equipment")
    names = ("条件（要求与本企业的数）", "条款原文", "条款编号")
    findings, quotes, clauses = (equipment[one].split("\n") for one in names)
    assert len(quotes) == len(clauses) >= len(findings)


def test_the_same_table_gives_the_same_bytes():
    table = read(HEADER, ["甲", 86, 12000, "宝山区", "有效"])
    first, _ = write_firms(rules(), table, decide_firms(rules(), table, DAY), DAY)
    time.sleep(2.1)  # a ZIP counts in steps of two seconds
    again, _ = write_firms(rules(), table, decide_firms(rules(), table, DAY), DAY)

    assert first == again
    assert write_template(rules(), DAY) == write_template(rules(), DAY)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_cell_of_the_output_is_a_formula(hostile):
    # Written as words: openpyxl itself would make a formula of the first one.
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as book:
        sheet = book.add_worksheet()
        for at, words in enumerate(["企业名称", "注册地", "备注"]):
            sheet.write_string(0, at, words)
        for at in range(3):
            sheet.write_string(1, at, hostile)
    table = read_table(raw.getvalue(), "firms.xlsx", rules().definitions, DAY)
    made, problems = write_firms(rules(), table, decide_firms(rules(), table, DAY), DAY)

    book = openpyxl.load_workbook(io.BytesIO(made))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    name = book["汇总"]["B2"]
    assert name.value == hostile.strip()
    assert name.quotePrefix or name.value[0] not in "=+-@"
    assert problems[0].column == "注册地"
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        parts = [archive.read(one) for one in archive.namelist()]
    assert not any(b"<f>" in one or b"<hyperlink" in one for one in parts)


def test_a_formula_is_refused_by_its_cell_and_never_computed():
    table = read(HEADER, ["甲", "=80+6", 12000], ["=A2", 3])
    first, second = decide_firms(rules(), table, DAY)

    assert [(one.cell, "公式" in one.message) for one in first.problems] == [("B2", True)]
    assert first.fact_count == 1
    assert second.firm.name == "第 3 行"
    assert [one.cell for one in table.problems] == ["A3"]


def test_a_formula_over_a_range_is_refused_as_well():
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "职工人数"])
    book.active.append(["甲"])
    book.active["B2"] = ArrayFormula("B2:B3", "=SUM(1,2)")
    raw = io.BytesIO()
    book.save(raw)
    table = read_table(raw.getvalue(), "firms.xlsx", rules().definitions, DAY)

    (made,) = decide_firms(rules(), table, DAY)
    assert (made.fact_count, made.problems[0].cell) == (0, "B2")


@pytest.mark.parametrize("row", ["999999999", "x"])
def test_a_sheet_with_an_impossible_row_number_is_refused(row):
    raw = io.BytesIO()
    sound = io.BytesIO(workbook(HEADER, ["甲", 5]))
    with zipfile.ZipFile(sound) as before, zipfile.ZipFile(raw, "w") as after:
        for name in before.namelist():
            part = before.read(name).replace(b'<row r="2"', f'<row r="{row}"'.encode())
            after.writestr(name, part)

    with pytest.raises(UsageError, match=r"firms\.xlsx"):
        read_table(raw.getvalue(), "firms.xlsx", rules().definitions, DAY)


def test_impossible_values_are_named_by_cell_and_the_rest_goes_on():
    book, problems = written(
        HEADER,
        ["甲", -3, "很多", "火星", "有效"],
        ["乙", 86, "200万美元", "宝山区", "有效"],
        ["丙", 86, 12000, "宝山区", "有效"],
    )

    assert [one.cell for one in problems] == ["B2", "C2", "D2", "C3"]
    assert [one["单元格"] for one in rows_of(book["问题"])] == ["B2", "C2", "D2", "C3"]
    assert [one["问题数"] for one in rows_of(book["汇总"])] == [3, 1, 0]
    assert [one["已知情况数"] for one in rows_of(book["汇总"])] == [1, 3, 4]


def test_a_date_after_the_day_is_refused_and_one_of_the_day_is_not():
    table = read(
        ["企业名称", "注册日期"],
        ["甲", datetime(2026, 6, 30)],
        ["乙", datetime(2026, 7, 1)],
    )
    first, second = decide_firms(rules(), table, DAY)

    assert (first.fact_count, first.problems) == (1, ())
    assert second.problems[0].cell == "B3"


def test_duplicate_firms_are_named_by_name_and_by_code():
    header = ["企业名称", "统一社会信用代码", "职工人数"]
    table = read(header, ["甲 公司", "A1", 5], ["乙", "a1", 6], ["甲公司", "A2", 7])

    assert [(one.cell, one.row) for one in table.problems] == [("B3", 3), ("A4", 4)]
    assert all("第 2 行" in one.message for one in table.problems)
    assert len(list(decide_firms(rules(), table, DAY))) == 3


def test_a_firm_without_facts_is_named_and_nothing_is_guessed():
    (made,) = decide_firms(rules(), read(HEADER, ["甲"]), DAY)

    assert "没有可用的企业情况" in made.problems[0].message
    assert made.count(Outcome.ELIGIBLE) == 0


def test_columns_beyond_the_last_are_refused_by_cell_and_the_rest_goes_on():
    header = ["企业名称", "职工人数", *(f"列{at}" for at in range(MAX_COLUMNS - 2))]
    assert read(header, ["甲", 5]).problems == ()
    wide = [*header, *(f"列{at}" for at in range(MAX_COLUMNS - 2, 1998))]
    table = read(wide, ["甲", 5])

    assert len(wide) == 2000
    assert [one.cell for one in table.problems] == [f"{get_column_letter(MAX_COLUMNS + 1)}1"]
    assert "1800 列" in table.problems[0].message
    assert dict(table.firms[0].cells) == {"职工人数": 5}


def test_a_column_written_twice_is_named_and_read_once():
    table = read(["企业名称", "职工人数", "职工人数"], ["甲", 5, 6])

    assert [one.cell for one in table.problems] == ["C1"]
    assert dict(table.firms[0].cells) == {"职工人数": 5}


def test_the_header_may_stand_below_a_title_and_empty_rows_are_no_firms():
    table = read(["2026年企业名单"], [], HEADER, ["甲", 5], [None, " "], ["乙", 6], 附=[["a"]])

    assert [(one.number, one.name) for one in table.firms] == [(4, "甲"), (6, "乙")]
    assert table.problems[0].message.startswith("只读了工作表“名单”")


def test_a_share_shown_in_percent_is_read_in_percent():
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "研发费用占比"])
    book.active.append(["甲", 0.052])
    book.active["B2"].number_format = "0.0%"
    raw = io.BytesIO()
    book.save(raw)
    table = read_table(raw.getvalue(), "firms.xlsx", rules().definitions, DAY)

    assert dict(table.firms[0].cells) == {"研发费用占比": "5.2%"}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "XLSX"),
        (b"PK\x03\x04xl/ cut off", "XLSX"),
        (b"%PDF-1.4", "PDF"),
        (workbook(["甲", "乙"]), "没有认出"),
        (workbook(), "没有认出"),
        (workbook(HEADER), "只有表头"),
    ],
    ids=["empty", "cut off", "PDF", "unknown columns", "empty sheet", "header only"],
)
def test_what_is_no_table_of_firms_is_one_sentence(raw, says):
    with pytest.raises(UsageError, match=says):
        read_table(raw, "firms.xlsx", rules().definitions, DAY)


def test_too_many_firms_are_refused_and_one_fewer_are_read():
    rows = [[f"企业{at}", 5] for at in range(MAX_FIRMS)]

    assert len(read(HEADER, *rows).firms) == MAX_FIRMS
    with pytest.raises(UsageError, match=str(MAX_FIRMS)):
        read(HEADER, *rows, ["多", 5])


def test_a_cell_holds_no_more_than_excel_does():
    assert safe("字" * MAX_CELL_CHARS) == "字" * MAX_CELL_CHARS
    assert len(safe("字" * (MAX_CELL_CHARS + 1))) == MAX_CELL_CHARS
    assert safe("甲\x00\ud800\n乙") == "甲  \n乙"


def test_every_column_of_the_template_is_read_back_as_its_fact():
    full = load_rules(PACKAGE_DIR.parent / "corpus")
    for made, day in ((full, DAY), (rules(), DAY), (full, date(2027, 1, 1))):
        columns = template_columns(made, day)
        table = read_table(_filled(made, day), "firms.xlsx", made.definitions, day)
        (firm,) = decide_firms(made, table, day)

        assert (table.problems, table.ignored, firm.problems) == ((), (), ())
        assert list(table.letters) == [one.header for one in columns]
        assert firm.fact_count == len({one.definition.fact for one in columns})


def _filled(made, day) -> bytes:
    """The template with a possible value in every column of its first row."""
    book = openpyxl.load_workbook(io.BytesIO(write_template(made, day)))
    sheet = book["企业"]
    sheet["A2"] = "甲"
    for at, column in enumerate(template_columns(made, day), start=3):
        definition = column.definition
        values = {"date": datetime(2020, 3, 5), "yes_no": "是"}
        options = [one.name for one in definition.options]
        plain = max(1, definition.min or 1)
        sheet.cell(2, at).value = options[0] if options else values.get(definition.type, plain)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_check_table_writes_the_workbook_and_lists_what_was_not_taken(run, tmp_path):
    (tmp_path / "firms.xlsx").write_bytes(workbook(HEADER, ["甲", -3], ["乙", 5]))
    code, out, err = run("check", "--table", "firms.xlsx", "--as-of", "2026-06-30")

    assert code == 0
    assert "2 家企业" in out
    assert "B2（职工人数：-3）" in err
    assert openpyxl.load_workbook(tmp_path / "firms_结论.xlsx").sheetnames[0] == "汇总"

    code, out, _ = run("check", "--table", "firms.xlsx", "--output", "o.xlsx", "--json")
    record = json.loads(out)
    assert (code, record["firms"], record["problems"][0]["cell"]) == (0, 2, "B2")
    assert (tmp_path / "o.xlsx").is_file()


def test_check_template_writes_a_table_that_check_table_takes(run, tmp_path):
    assert run("check", "--template", "t.xlsx", "--as-of", "2026-06-30")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    book["企业"]["A2"] = "甲"
    book.save(tmp_path / "t.xlsx")

    assert run("check", "--table", "t.xlsx", "--as-of", "2026-06-30")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--table", "nothing.xlsx"),
        ("--table", "firms.xlsx", "--output", "firms.xlsx"),
        ("--table", "firms.xlsx", "--output", "o.csv"),
        ("--table", "firms.xlsx", "--output", "nowhere/o.xlsx"),
        ("--table", "firms.xlsx", "--profile", "我们86人"),
        ("--table", "firms.xlsx", "--pack", "p.docx"),
        ("--template", "t.csv"),
    ],
)
def test_a_mistake_with_a_table_is_one_line_and_exit_2(run, tmp_path, arguments):
    raw = workbook(HEADER, ["甲", 5])
    (tmp_path / "firms.xlsx").write_bytes(raw)
    code, out, err = run("check", *arguments)

    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert (tmp_path / "firms.xlsx").read_bytes() == raw
