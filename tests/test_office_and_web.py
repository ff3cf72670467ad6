"""What Word draws, what government sites wrap around a text, what a guide's cells show."""

import io
from datetime import date
from pathlib import Path

import pytest

from assistant.parsing import parse_file
from assistant.parsing.readers import read_file
from tests.real_files import html_of


def lines_of(name, raw):
    return read_file(Path(name), raw).text.split("\n")


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def add_list(document, levels):
    """A numbered list of Word as (format, text) by level; returns its number."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    numbering = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{words}"/></w:lvl>'
        for at, (form, words) in enumerate(levels)
    )
    abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inner}</w:abstractNum>'
    numbering.insert(0, parse_xml(abstract))
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>')
    )


def numbered(document, words, level):
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph = document.add_paragraph(words)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
        )
    )


def test_numbers_that_word_draws_stand_in_the_text():
    import docx

    document = docx.Document()
    add_list(document, [("chineseCounting", "第%1条"), ("chineseCounting", "（%2）"),
                        ("decimal", "%1.%3"), ("bullet", "·")])  # fmt: skip
    for words, level in [
        ("目的。", 0), ("条件：", 0), ("在本区注册；", 1), ("信用良好。", 1),
        ("附则。", 0), ("只此一项。", 1), ("小数。", 2), ("圆点。", 3),
    ]:  # fmt: skip
        numbered(document, words, level)

    reading = read_file(Path("a.docx"), saved(document))

    assert reading.text.split("\n") == [
        "第一条 目的。", "第二条 条件：", "（一）在本区注册；", "（二）信用良好。",
        "第三条 附则。", "（一）只此一项。", "三.1 小数。", "圆点。",
    ]  # fmt: skip
    assert (reading.certainty, "自动编号" in reading.why) == (0.95, True)


def test_insertions_are_read_and_deletions_and_hidden_words_are_not():
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    paragraph = document.add_paragraph("资助")
    marked = (
        "<w:del><w:r><w:delText>20万元</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>50万元</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        "<w:r><w:tab/><w:t>为限。</w:t></w:r>"
    )
    for part in parse_xml(f"<w:p {nsdecls('w')}>{marked}</w:p>"):
        paragraph._p.append(part)

    assert lines_of("a.docx", saved(document)) == ["资助50万元 为限。"]


def test_a_table_of_contents_headers_and_footers_are_left_out_and_named():
    import docx
    from docx.enum.style import WD_STYLE_TYPE

    document = docx.Document()
    style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.sections[0].header.paragraphs[0].text = "甲区文件"
    document.add_paragraph("甲区办法")
    document.add_paragraph("目 录")
    document.add_paragraph("第一章 总则\t1", style=style)
    document.add_paragraph("第一章 总则")

    reading = read_file(Path("a.docx"), saved(document))

    assert reading.text.split("\n") == ["甲区办法", "第一章 总则"]
    assert reading.notes == ("自动目录：第一章 总则 1", "页眉：甲区文件")


SITE = """<html><head><meta charset="gb2312"><title>通知_甲区</title></head><body>
<div class="top-nav"><a href="/">首页</a><a href="/zw">政务公开</a></div>
<div>您当前的位置：<a href="/">首页</a> &gt; 通知</div>
<table class="info"><tr><td>索引号</td><td>A-1</td><td>发文字号</td>
<td>甲府〔2024〕1号</td></tr></table>
<div id="zoom"><h1>关于支持创新的
通知</h1><p>各有关单位：</p><p>一、给予<b>资助</b>，最高50万
元。</p><div style="display:none">看不见</div>
<p>附件：<a href="/a/1.docx">申报表.docx</a></p></div>
<p><a href="/a/2.pdf">政策解读图.pdf</a></p>
<div class="share">分享到：微信</div><div id="footer">版权所有 甲区</div><script>一、脚本</script>
</body></html>"""


def test_a_page_gives_its_article_its_facts_and_its_attachments():
    reading = read_file(Path("a.html"), SITE.encode("gb18030"))

    assert reading.text.split("\n") == [
        "关于支持创新的通知",
        "索引号\tA-1\t发文字号\t甲府〔2024〕1号",
        "各有关单位：",
        "一、给予资助，最高50万元。",
        "附件：申报表.docx",
        "附件：政策解读图.pdf",
    ]
    assert any("分享到" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("tab", "lines", "title"),
    [
        ("政策_甲区", ("甲区灯塔奖励办法（试行）", "甲府〔2024〕1号"), "甲区灯塔奖励办法（试行）"),
        ("甲区灯塔奖励办法_甲区", ("各有关单位：",), "甲区灯塔奖励办法"),
    ],
)  # fmt: skip
def test_the_name_of_a_tab_is_no_title_where_the_text_has_its_own(tmp_path, tab, lines, title):
    path = tmp_path / "页.html"
    paragraphs = "".join(f"<p>{one}</p>" for one in (*lines, "第一条　奖励10万元。"))
    path.write_text(f"<html><title>{tab}</title><body>{paragraphs}</body></html>", "utf-8")

    assert parse_file(path, corpus_dir=tmp_path).document.title == title


def test_the_number_of_the_document_is_read_from_the_facts_of_the_page(tmp_path):
    path = tmp_path / "通知.html"
    path.write_bytes(SITE.encode("gb18030"))

    document = parse_file(path, corpus_dir=tmp_path).document

    assert (document.title, document.doc_no) == ("关于支持创新的通知", "甲府〔2024〕1号")
    assert (document.read_how, document.read_certainty) == ("html, gb18030", 0.95)


def test_a_page_in_one_form_and_words_like_those_of_its_tools_are_kept():
    raw = (
        '<html><body><form id="aspnetForm"><div class="printArea"><h1>甲区办法</h1>'
        "<p>关闭落后产能的，给予补助。</p><p>登录官网首页 &gt; 企业服务申报。</p>"
        "<p>主办单位：区科委</p></div><div>【打印】</div><p>字体：大 中 小</p></form></body></html>"
    )

    assert lines_of("a.html", raw.encode()) == [
        "甲区办法",
        "关闭落后产能的，给予补助。",
        "登录官网首页 > 企业服务申报。",
        "主办单位：区科委",
    ]


def test_a_page_made_of_tables_is_no_table():
    raw = (
        "<html><body><table><tr><td>菜单</td><td><table><tr><td><p>一、目标</p><p>二、保障</p>"
        "</td></tr></table></td></tr></table></body></html>"
    )

    assert lines_of("a.html", raw.encode()) == ["菜单", "一、目标", "二、保障"]


def test_a_page_without_an_end_is_less_certain():
    whole = html_of(["甲区办法", "第一条 目的。"])

    assert read_file(Path("a.html"), whole).certainty == 0.95
    assert read_file(Path("a.html"), whole[: whole.index(b"</html>")]).certainty == 0.7


def test_cells_are_shown_as_a_person_reads_them():
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "指南"
    for row in (["比例", "日期", "金额", "说明"], [0.5, date(2024, 3, 1), 30.0, "甲\n乙"],
                [0.125, None, 1.5, True]):  # fmt: skip
        sheet.append(row)
    sheet["A2"].number_format = "0%"
    sheet["A3"].number_format = "0.0%"
    book.create_sheet("草稿").sheet_state = "hidden"

    reading = read_file(Path("a.xlsx"), saved(book))

    assert reading.text.split("\n") == [
        "指南", "比例\t日期\t金额\t说明", "50%\t2024-03-01\t30\t甲 乙", "12.5%\t\t1.5\t是",
    ]  # fmt: skip
    assert reading.notes == ("隐藏的工作表：草稿",)


def test_a_formula_is_not_computed_and_its_missing_result_is_said():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["金额", "=1+1", "万元"])

    reading = read_file(Path("a.xlsx"), saved(book))

    assert reading.text == "Sheet\n金额\t\t万元"
    assert (reading.certainty, "1 个公式" in reading.why) == (0.6, True)


@pytest.mark.parametrize("missing", ["soffice_path"])
def test_a_doc_asks_for_libreoffice_where_it_is_missing(monkeypatch, missing):
    from assistant.errors import CorpusError
    from assistant.parsing.readers import legacy_doc

    monkeypatch.setattr(legacy_doc, missing, lambda: None)
    raw = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le")

    with pytest.raises(CorpusError, match="需要 LibreOffice"):
        read_file(Path("a.doc"), raw)
