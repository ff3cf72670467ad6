"""Tables stay tables: a row of any format is a clause that can be found, quoted and cited."""

import io

import pytest

from assistant.chunking import passages_of
from assistant.parsing import Origin, parse_file, parse_source
from assistant.parsing.tables import RowKind, is_row, row_kinds, table_lines
from assistant.schema import Level

HEADER = ["序号", "支持方向", "支持对象", "支持标准"]
ROWS = [
    ["1", "研发投入", "年度研发费用500万元以上的企业", "最高200万元"],
    ["2", "研发投入", "首次认定的高新技术企业", "10万元"],
    ["3", "载体建设", "市级孵化器", "最高100万元"],
]


def docx_table(rows):
    """The second column's first two cells merged downwards, a group row across the table."""
    import docx

    document = docx.Document()
    document.add_paragraph("甲区项目指南")
    document.add_paragraph("一、支持内容")
    table = document.add_table(rows=0, cols=4)
    for words in rows:
        cells = table.add_row().cells
        for cell, one in zip(cells, words, strict=True):
            cell.text = one
    table.cell(1, 1).merge(table.cell(2, 1)).text = "研发投入"
    document.add_paragraph("二、申报时间")
    document.add_paragraph("另行通知。")
    return saved(document)


def html_table(rows):
    head = "".join(f"<th>{one}</th>" for one in rows[0])
    body = ""
    for at, row in enumerate(rows[1:]):
        span = ' rowspan="2"' if at == 0 else ""
        second = "" if at == 1 else f"<td{span}>{row[1]}</td>"
        third = row[2][:4] + "<br/>" + row[2][4:]
        body += f"<tr><td>{row[0]}</td>{second}<td>{third}</td><td><p>{row[3]}</p></td></tr>"
    return (
        f"<html><body><h1>甲区项目指南</h1><p>一、支持内容</p><table><tr>{head}</tr>{body}</table>"
        "<p>二、申报时间</p><p>另行通知。</p></body></html>"
    ).encode()


def xlsx_table(rows):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["甲区项目指南"])
    sheet.merge_cells("A1:D1")
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("B3:B4")
    sheet.append(["二、申报时间"])
    sheet.append(["另行通知。"])
    return saved(book)


def pdf_table(rows):
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("x", fontName="STSong-Light", fontSize=12, leading=18, wordWrap="CJK")
    cells = [[Paragraph(one, style) for one in row] for row in rows]
    table = Table(cells, colWidths=[40, 80, 120, 90])
    table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("SPAN", (1, 1), (1, 2))])
    flow = [Paragraph(one, style) for one in ("甲区项目指南", "一、支持内容")]
    flow += [table, Paragraph("二、申报时间", style), Paragraph("另行通知。", style)]
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A4).build(flow)
    return stream.getvalue()


def markdown_table(rows):
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    table = "\n".join(lines)
    return f"# 甲区项目指南\n\n一、支持内容\n\n{table}\n\n二、申报时间\n\n另行通知。\n".encode()


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


MAKERS = {
    "docx": docx_table,
    "html": html_table,
    "xlsx": xlsx_table,
    "pdf": pdf_table,
    "md": markdown_table,
}


@pytest.fixture(params=MAKERS)
def guide(request, tmp_path):
    path = tmp_path / f"指南.{request.param}"
    path.write_bytes(MAKERS[request.param]([HEADER, *ROWS]))
    return parse_file(path, corpus_dir=tmp_path)


def rows_of(parsed):
    text = parsed.document.text
    return [
        (one, text[one.start : one.own_end].strip().split("\t"))
        for one in parsed.clauses
        if one.level is Level.ROW
    ]


def test_each_support_item_is_a_row_with_its_merged_cell(guide):
    (header, names), *items = rows_of(guide)

    assert names == HEADER
    assert [["".join(cell.split()) for cell in cells] for _, cells in items] == ROWS
    assert {one.parent_id for one, _ in items} == {header.clause_id}


def test_the_names_of_the_columns_are_in_the_path_of_a_row(guide):
    item = rows_of(guide)[2][0]

    assert item.path[-1] == "序号｜支持方向｜支持对象｜支持标准"
    assert item.clause_id.endswith("__row_1__row_2")


def test_no_character_is_lost_and_what_follows_the_table_is_no_row(guide):
    text = guide.document.text

    assert "".join(text[one.start : one.own_end] for one in guide.clauses) == text
    assert guide.document.title == "甲区项目指南"
    assert [one.number for one in guide.clauses if one.level is Level.H1][-1] == "二、"
    assert text[guide.clauses[-1].start :].strip() == "另行通知。"


def test_a_row_is_in_a_passage_that_has_the_names_of_its_columns(guide):
    wanted = rows_of(guide)[2][0].clause_id

    (passage,) = (one for one in passages_of(guide) if wanted in one.clause_ids)

    assert "首次认定" in passage.text
    assert "支持标准" in " ".join([*passage.path, passage.text])


def test_rows_of_a_long_table_are_passages_of_their_own(tmp_path):
    path = tmp_path / "指南.xlsx"
    long = [[str(at), "研发", f"第{at}类企业" + "条件" * 40, f"{at}万元"] for at in range(1, 30)]
    path.write_bytes(xlsx_table([HEADER, *long]))

    passages = passages_of(parse_file(path, corpus_dir=tmp_path))

    (found,) = (one for one in passages if "第17类企业" in one.text)
    assert "第18类企业" not in found.text
    assert found.path[-1] == "序号｜支持方向｜支持对象｜支持标准"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("企业\t90家", True),
        ("\t资金类", True),
        ("第一条\t为了发展，制定本办法。", False),
        ("1、\t企业", False),
        ("1、\t企业\t90家", True),
        ("企业 90家", False),
        ("", False),
    ],
)
def test_what_a_row_is(line, expected):
    assert is_row(line) is expected


def test_lone_cells_are_titles_notes_or_the_names_of_groups():
    lines = table_lines([["附表", ""], ["方向", "标准"], ["资金类", ""], ["研发", "10万元"],
                         ["", ""], ["注：以当年通知为准", ""]])  # fmt: skip

    assert lines == ["附表", "方向\t标准", "\t资金类", "研发\t10万元", "注：以当年通知为准"]
    assert row_kinds(lines) == [None, RowKind.HEADER, RowKind.GROUP, RowKind.DATA, None]


def test_a_second_row_of_names_is_a_header_too():
    lines = ["方向\t标准\t标准", "方向\t市级\t区级", "研发\t10万元\t5万元"]

    assert row_kinds(lines) == [RowKind.HEADER, RowKind.SUBHEADER, RowKind.DATA]


def test_a_table_without_names_has_plain_rows():
    assert row_kinds(["企业\t90家", "园区\t3个"]) == [RowKind.PLAIN, RowKind.PLAIN]
    assert row_kinds(["联系人\t张三"]) == [RowKind.PLAIN]
    assert row_kinds([]) == []


def test_a_table_stays_within_its_article():
    text = "某办法\n第一条 标准如下：\n级别\t金额\n市级\t10万元\n第二条 自发布之日起施行。\n"

    parsed = parse_source(text, Origin("文", "文.jsonl", "0", kind=".jsonl"))

    assert [one.clause_id.removeprefix("文__") for one in parsed.clauses[2:]] == [
        "art_1",
        "art_1__row_1",
        "art_1__row_1__row_1",
        "art_2",
    ]
