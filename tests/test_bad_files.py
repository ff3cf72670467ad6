"""A file that cannot be read safely is refused in one Chinese sentence that says what to do."""

import contextlib
import io
import random
import re
import zipfile
from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.parsing.readers import read_file
from tests.real_files import docx_of, html_of, pdf_of

WORDS = ["甲区行动方案", "一、主要目标", "到2026年，培育90家企业，建成200万方载体，支持企业创新。"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def refusal(name, raw):
    with pytest.raises(CorpusError) as caught:
        read_file(Path(name), raw)
    message = str(caught.value)
    assert name in message
    assert message.endswith("。")
    assert message.count("。") == 1
    assert "\n" not in message
    return message


def xlsx_of(rows):
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(raw, part, content):
    """The archive with one part put in or replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for item in old.namelist():
            if item != part:
                new.writestr(item, old.read(item))
        new.writestr(part, content)
    return stream.getvalue()


def locked_pdf():
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(72, 700, "words")
    canvas.save()
    return stream.getvalue()


def pages_of(count):
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream)
    for number in range(count):
        canvas.drawString(72, 700, f"page number {number} of the file")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


BIG_XML = b"<a>" * 20_000_000
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "c">]>'
LOCKED_DOC = (  # the flag fEncrypted is set in the header of the text
    OLE[:512] + b"\xec\xa5" + b"\0" * 9 + b"\x01" + b"\0" * 500 + "WordDocument".encode("utf-16-le")
)
PLAIN = "到2026年，培育90家高新技术企业。"


def docx_with(part, content):
    return with_part(docx_of(WORDS), f"word/{part}", content)


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.pdf", locked_pdf, "设有密码"),
        ("a.pdf", lambda: pdf_of(WORDS)[:-200], "不完整"),
        ("a.pdf", lambda: pages_of(1001), "1000 页"),
        ("a.pdf", lambda: b"%PDF-1.4\n" + b"\0" * 500 + b"%%EOF", "不是完好的 PDF"),
        ("a.docx", lambda: docx_of(WORDS)[:-500], "不是完好的 DOCX"),
        ("a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "设有密码"),
        ("a.docx", lambda: docx_with("x.bin", b"0" * 250_000_000), "压缩炸弹|上限"),
        ("a.docx", lambda: docx_with("x.xml", BIG_XML), "压缩炸弹"),
        ("a.docx", lambda: docx_with("x.xml", ENTITIES), "不是完好的 DOCX"),
        ("a.docx", lambda: docx_with("document.xml", b"<a"), "不是完好的 DOCX"),
        ("a.docx", lambda: pdf_of(WORDS), "扩展名是 .docx，内容却是 PDF"),
        ("a.docx", lambda: xlsx_of([WORDS]), "扩展名是 .docx，内容却是 XLSX"),
        ("a.docx", lambda: b"{\\rtf1 words}", "内容却是 RTF"),
        ("a.xlsx", lambda: xlsx_of([WORDS])[:-300], "不是完好的 XLSX"),
        ("a.xlsx", lambda: with_part(xlsx_of([WORDS]), "xl/x.xml", BIG_XML), "压缩炸弹"),
        ("a.xlsx", lambda: xlsx_of([]), "没有可读的文字"),
        ("a.xlsx", lambda: xlsx_of([["词"]] * 20_001), "20000 行"),
        ("a.pdf", lambda: docx_of(WORDS), "扩展名是 .pdf，内容却是 DOCX"),
        ("a.txt", lambda: pdf_of(WORDS), "内容却是 PDF"),
        ("a.txt", lambda: html_of(WORDS), "内容却是 HTML"),
        ("a.pdf", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "内容却是 PNG 图片"),
        ("a.doc", lambda: docx_of(WORDS), "扩展名是 .doc，内容却是 DOCX"),
        ("a.doc", lambda: OLE + "Workbook".encode("utf-16-le"), "内容却是 XLS"),
        ("a.doc", lambda: LOCKED_DOC, "设有密码"),
        ("a.html", lambda: b"<html><script>x()</script><nav>a</nav></html>", "没有可读"),
    ],
    ids=range(25),
)  # fmt: skip
def test_what_is_refused(name, make, words):
    assert re.search(words, refusal(name, make()))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("培育高新技术企业".encode()[:-1], "编码|截断|不是文本"),
        ((PLAIN * 20).encode()[:-2], "被截断"),
        ((PLAIN * 20).encode("gb18030")[:-1], "被截断"),
        (PLAIN.encode("gb18030").decode("latin-1").encode() * 3, "乱码"),
        ("锟斤拷锟斤拷锟斤拷烫烫烫".encode() * 9, "乱码"),
        (bytes(random.Random(7).randrange(128, 255) for _ in range(500)), "编码"),
    ],
    ids=range(6),
)  # fmt: skip
def test_a_wrong_or_broken_encoding_is_never_shown(raw, words):
    assert re.search(words, refusal("a.txt", raw))


def test_a_pdf_of_a_thousand_pages_is_read():
    reading = read_file(Path("a.pdf"), pages_of(1000))

    assert "page number 999 of the file" in reading.text


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "html"])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(kind):
    made = {"pdf": pdf_of, "docx": docx_of, "html": html_of, "xlsx": lambda words: xlsx_of([words])}
    whole = made[kind](WORDS * 5)
    chance = random.Random(3)
    for _ in range(60):
        raw = bytearray(whole)
        for _ in range(chance.choice([1, 5, 50])):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with contextlib.suppress(CorpusError):
            assert read_file(Path(f"a.{kind}"), bytes(raw)).text
