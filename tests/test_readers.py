"""Every format to its text; a file that cannot be read says so in one sentence."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.parsing import make_doc_id, parse_file
from assistant.parsing.readers import read_file
from assistant.records import document_record
from assistant.retrieval.codec import from_row, to_row

TEXT = "甲区行动方案\n一、主要目标\n到2026年，培育90家企业。\n"


def read(name, raw):
    return read_file(Path(name), raw).text


TRADITIONAL = "甲區促進生醫產業發展方案\n一、主要目標\n到2026年，協助90家企業開發新藥。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_plain_text_in_any_encoding(encoding):
    assert read("a.txt", TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16-le"])
def test_traditional_characters_in_any_encoding(encoding):
    assert read("a.txt", TRADITIONAL.encode(encoding)) == TRADITIONAL


def test_a_document_says_how_it_was_read_and_how_sure_that_is(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("gb18030"))

    document = parse_file(path, corpus_dir=tmp_path).document

    assert (document.read_how, document.read_certainty) == ("encoding gb18030", 0.97)
    assert document.read_why == "编码按常用字判断为 gb18030，整个文件按它解码无误。"


def test_how_a_document_was_read_is_kept_in_the_index(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    parsed = parse_file(path, corpus_dir=tmp_path)

    stored = json.loads(json.dumps(to_row(parsed)))

    assert from_row(stored) == parsed
    assert document_record(parsed.document)["read_how"] == "encoding gb18030"


def test_markdown_keeps_words_and_list_numbers_but_no_marks():
    raw = "# 甲区行动方案\n\n<!-- 注 -->\n\n1. 培育**90**家。\n2. 建成[园区](http://a.cn)。\n"

    assert read("a.md", raw.encode()).split("\n") == [
        "甲区行动方案",
        "1. 培育90家。",
        "2. 建成园区。",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_html_keeps_the_article_only(encoding):
    raw = (
        "<html><head><script>x()</script></head><body><nav>首页</nav><h1>甲区行动方案</h1>"
        "<p>一、<b>主要</b>目标</p><table><tr><td>企业</td><td>90家</td></tr></table>"
        "<footer>版权</footer></body></html>"
    )

    lines = read("a.html", raw.encode(encoding)).split("\n")

    assert [line.rstrip() for line in lines] == ["甲区行动方案", "一、主要目标", "企业\t90家"]


def test_docx_paragraphs_and_tables_in_order():
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("一、主要目标")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "企业", "90家"
    document.add_paragraph("二、保障")
    stream = io.BytesIO()
    document.save(stream)

    assert read("a.docx", stream.getvalue()).strip() == "一、主要目标\n企业\t90家\n二、保障"


def pdf_of(lines):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.setFont("STSong-Light", 12)
    for row, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * row, line)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def test_pdf_with_a_chinese_font():
    pytest.importorskip("reportlab")
    lines = TEXT.splitlines()

    assert read("a.pdf", pdf_of(lines)).split("\n") == lines


def zip_of(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("a.txt", b"", "是空的"),
        ("a.txt", b" \n\t", "是空的"),
        ("a.txt", bytes(range(256)) * 4, "不是文本文件"),
        ("a.txt", b"\x00\x01\x02" * 50, "不是文本文件"),
        ("a.md", b"<!-- only -->", "没有可读的文字"),
        ("a.html", b"<script>x()</script>", "没有可读的文字"),
        ("a.docx", b"PK\x03\x04 broken", "不是完好的 DOCX"),
        ("a.docx", zip_of("x.txt", "y"), "不是完好的 DOCX"),
        ("a.pdf", b"%PDF-1.4 broken", "不是完好的 PDF"),
        ("a.pdf", b"words", "不是完好的 PDF"),
        ("a.exe", b"MZ", "格式不支持"),
    ],
    ids=range(11),
)
def test_what_cannot_be_read_is_named(name, raw, words):
    with pytest.raises(CorpusError, match=words) as caught:
        read(name, raw)

    assert name in str(caught.value)


def test_a_pdf_without_words_is_no_text():
    pytest.importorskip("reportlab")
    with pytest.raises(CorpusError, match="扫描件"):
        read("a.pdf", pdf_of([]))


def test_a_file_too_large_or_missing(tmp_path):
    path = tmp_path / "a.txt"
    with pytest.raises(CorpusError, match="无法打开"):
        parse_file(path, corpus_dir=tmp_path)
    path.write_text(TEXT, "utf-8")
    with pytest.raises(CorpusError, match="超过 10 字节"):
        parse_file(path, corpus_dir=tmp_path, max_bytes=10)


@pytest.mark.parametrize(
    ("name", "made"), [("甲 区/方案(1)", "甲_区_方案_1"), ("***", "document"), ("a-b_c", "a-b_c")]
)
def test_ids_hold_plain_characters_only(name, made):
    assert make_doc_id(name) == made
