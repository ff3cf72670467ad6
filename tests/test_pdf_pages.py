"""Pages of a PDF: furniture, columns, paragraphs, scans."""

import io
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.parsing.readers import ocr, read_file
from assistant.parsing.readers.page_lines import PageLine, drop_furniture, join_paragraphs
from tests.real_files import HEADER, pdf_of

LAW = [
    "甲区促进创新若干规定",
    *(
        f"第{number}条 本区支持企业开展第{number}类研发活动，对符合条件的企业按照规定给予资助，"
        "资助标准由区科技部门会同区财政部门拟订，报区人民政府批准后公布。"
        for number in "一二三四五六七八九十"
    ),
]
needs_ocr = pytest.mark.skipif(
    ocr.ocr_program() is None, reason="tesseract with chi_sim is not on this machine"
)


@lru_cache(maxsize=1)
def scan():
    """A page of the law as a picture in a PDF, as a scanner makes it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf_of(LAW))
    image = document[0].render(scale=200 / 72).to_pil().convert("L")
    stream = io.BytesIO()
    image.save(stream, "PDF", resolution=200)
    return stream.getvalue()


def columns_of(paragraphs):
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("x", fontName="STSong-Light", fontSize=10, leading=14, wordWrap="CJK",
                           firstLineIndent=20)  # fmt: skip
    frames = [Frame(left, 500, 230, 250, leftPadding=0, rightPadding=0) for left in (55, 305)]
    stream = io.BytesIO()
    BaseDocTemplate(stream, pagesize=A4, pageTemplates=[PageTemplate("x", frames)]).build(
        [Paragraph(words, style) for words in paragraphs]
    )
    return stream.getvalue()


def solid(lines):
    return ["".join(line.split()) for line in lines]


def test_paragraphs_are_whole_and_furniture_is_named():
    reading = read_file(Path("a.pdf"), pdf_of(LAW * 3))

    assert solid(reading.text.split("\n")) == solid(LAW * 3)
    assert any("政府公报" in note for note in reading.notes)
    assert (reading.how, reading.certainty) == ("text layer", 0.95)
    assert HEADER not in reading.text


def test_two_columns_are_read_one_after_the_other():
    reading = read_file(Path("a.pdf"), columns_of(LAW))

    assert solid(reading.text.split("\n")) == solid(LAW)
    assert (reading.certainty, "分栏" in reading.why) == (0.85, True)


@needs_ocr
@pytest.mark.slow
def test_a_scan_is_read_by_ocr_and_says_how_sure_it_is():
    reading = read_file(Path("a.pdf"), scan())

    lines = solid(reading.text.split("\n"))
    assert [line[:3] for line in lines] == [words[:3] for words in LAW]
    assert SequenceMatcher(None, "".join(lines), "".join(solid(LAW))).ratio() > 0.95
    assert reading.how == "ocr"
    assert 0.7 < reading.certainty <= 0.9
    assert "请核对原件" in reading.why


def test_a_scan_asks_for_tesseract_where_it_is_missing(monkeypatch):
    monkeypatch.setattr(ocr, "ocr_program", lambda: None)

    with pytest.raises(CorpusError, match=r"扫描件.*tesseract"):
        read_file(Path("a.pdf"), scan())


def line(words, top, page=0, left=72.0):
    return PageLine(words, page, 0, left, left + 12.0 * len(words), top, 12.0, 595.0)


def test_page_numbers_go_and_a_number_in_the_text_stays():
    pages = [
        [line(words * 15, 100, page), line("2026", 300 + 40 * page, page),
         line(words * 9, 500, page), line(f"- {page + 1} -", 800, page)]
        for page, words in enumerate("甲乙")
    ]  # fmt: skip

    kept, notes = drop_furniture(pages)

    assert [one.words for one in kept if one.page == 1] == ["乙" * 15, "2026", "乙" * 9]
    assert notes == ["页眉页脚：-…-（2 页）"]


def test_no_lines_are_no_paragraphs():
    assert join_paragraphs([]) == []
    assert drop_furniture([]) == ([], [])
    assert drop_furniture([[], []]) == ([], [])


@pytest.mark.parametrize(
    ("gap_em", "next_words", "paragraphs"),
    [
        (3.0, "mRNA技术攻关。", 1),  # with the space before it, the word had no room
        (3.4, "CAR-T疗法。", 1),
        (0.2, "上楼”模式推广。", 1),
        (6.0, "mRNA技术攻关。", 2),
        (3.0, "技术攻关。", 2),
    ],
)
def test_a_line_broken_before_a_latin_word_goes_on(gap_em, next_words, paragraphs):
    full = [line("支持企业开展研发活动并给予资助每年一次由区里拨付资金企业可以", 72.0 + 20 * n)
            for n in range(4)]  # fmt: skip
    words = "支持企业开展研发活动并给予资助每年一次由区里拨付资金企业可以"
    right = 72.0 + 12.0 * len(words)
    short = PageLine("在本区推进", 0, 0, 72.0, right - 12.0 * gap_em, 152.0, 12.0, 595.0)
    last = line(next_words, 172.0)

    made = join_paragraphs([*full, short, last])

    assert len(made) == paragraphs
