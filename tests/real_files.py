"""Real files of each format, made of one plain text: what the readers must give back."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence

HEADER = "政府公报 2025年第8期"


def page_of(paragraphs: Sequence[str], width: int = 38) -> bytes:
    """Text whose lines are those of a page, each paragraph opened by two spaces of its script."""

    def columns(line):
        return sum(1 if char.isascii() else 2 for char in line)

    lines = []
    for words in paragraphs:
        line = "\u3000\u3000"
        for char in words:
            if columns(line) >= 2 * width and char not in "，。；：、）》”":
                lines.append(line)
                line = ""
            line += char
        lines.append(line)
    return "\n".join(lines).encode()


def docx_of(paragraphs: Sequence[str]) -> bytes:
    """With a header and a page number, as Word writes them."""
    import docx

    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = HEADER
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    for words in paragraphs:
        document.add_paragraph(words)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def html_of(paragraphs: Sequence[str], encoding: str = "utf-8") -> bytes:
    """As a government site publishes it: menu, breadcrumb, share bar and footer around it."""
    title, *body = paragraphs
    inner = "\n".join(
        f'<p style="text-indent:2em">&nbsp;&nbsp;{html.escape(words)}</p>' for words in body
    )
    name = html.escape(title)
    page = f"""<!DOCTYPE html><html><head><meta charset="{encoding}">
<meta name="ArticleTitle" content="{name}"><title>{name}_某区人民政府</title>
<script>var visits = "第一条 不是正文";</script><style>.x{{color:red}}</style></head><body>
<div class="header-nav"><ul><li><a href="/">首页</a></li><li><a href="/zw">公开</a></li></ul></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/zcwj">政策文件</a></div>
<div class="main"><h1>{name}</h1>
<div class="share-box">【字体：大 中 小】 分享到：<a href="#">微信</a></div>
<div id="content-text">{inner}</div></div>
<div class="related-news"><h3>相关链接</h3><ul><li><a href="/1">某通知</a></li></ul></div>
<div class="foot">主办单位：某区人民政府办公室 <a href="#">网站地图</a> 沪ICP备000号</div>
</body></html>"""
    return page.encode(encoding)


def pdf_of(paragraphs: Sequence[str], *, indent_em: float = 2.0) -> bytes:
    """A page as GB/T 9704 sets it: lines broken at the margin, running header, page number.

    Without an indent (0) paragraphs stand apart by space.
    """
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle(
        "body", fontName="STSong-Light", fontSize=12, leading=20, wordWrap="CJK",
        firstLineIndent=12 * indent_em, spaceAfter=0 if indent_em else 12,
    )  # fmt: skip
    heading = ParagraphStyle(
        "heading", body, fontSize=18, leading=28, alignment=TA_CENTER, firstLineIndent=0
    )

    def furniture(canvas, document):
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(72, A4[1] - 40, HEADER)
        canvas.drawCentredString(A4[0] / 2, 40, f"— {document.page} —")

    stream = io.BytesIO()
    made = [
        Paragraph(html.escape(words), heading if at == 0 else body)
        for at, words in enumerate(paragraphs)
    ]
    SimpleDocTemplate(stream, pagesize=A4, leftMargin=72, rightMargin=72).build(
        made, onFirstPage=furniture, onLaterPages=furniture
    )
    return stream.getvalue()
