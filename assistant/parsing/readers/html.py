"""HTML as government sites publish it: the article, its tables and its attachments' names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.errors import CorpusError
from assistant.parsing.readers.plain import decode
from assistant.parsing.readers.reading import Reading
from assistant.parsing.tables import table_lines

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_SILENT = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "select",
    "button", "input", "textarea", "link", "meta",
)  # fmt: skip
_ALWAYS_FURNITURE = ("nav", "footer")
_OFTEN_FURNITURE = ("header", "form", "aside")
"""Unless the whole page stands in it, as in the form of an ASP.NET page."""
_FURNITURE_NAME = re.compile(
    r"(?:^|[-_ ])(?:nav\w*|menu\w*|bread\w*|crumb\w*|location|position|dqwz|share\w*|bdshare\w*|"
    r"foot\w*|copyright|side(?:bar)?|toolbar|tools?|print\w*|qr\w*|ewm|search\w*|login|related|"
    r"recommend\w*|hot|top-?bar|pagination|pager|banner|logo|back-?top|prev-?next)(?=$|[-_ \d])",
    re.I,
)
_FURNITURE_WORDS = re.compile(
    r"(?:您?(?:当前|现在|所在)的?位置\s*[：:]|首页\s*[>›»＞]|[【\[]?字[体号]\s*[：:]|分享到|"
    r"扫一扫.{0,6}(?:手机|打开|分享)|[上下]一篇\s*[：:]|(?:责任编辑|浏览次数|阅读次数|访问量|点击数)\s*[：:]|"
    r"版权所有|网站标识码|\S*ICP备|[【\[]?\s*(?:打印|关闭|收藏|返回)(?:本页|窗口|顶部)?\s*[】\]]?$)"
)
"""How a line of a page's tools begins; 关闭 alone is one, 关闭落后产能 is none."""
_ARTICLE = (
    "#zoom,#UCAP-CONTENT,.TRS_Editor,.trs_editor_view,.pages_content,.Article_content,"
    ".article-content,.article_content,.news_content,.content_article,#ivs_content,article"
)
_BLOCKS = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "section",
    "article", "main", "table", "tbody", "thead", "tr", "td", "th", "body", "blockquote", "pre",
    "center", "fieldset", "figure", "figcaption", "caption", "hr",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|zip|rar|ofd|pptx?)(?:[?#].*)?$", re.I)
_INFO = re.compile(r"索\s*引\s*号|发文字号|文\s*号|成文日期|发布日期|发文机关|发布机构")
_CJK = "\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’"
_BREAK_IN_CHINESE = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n][ \t\r\n]*(?=[{_CJK}])")
_OWN_TITLE = (
    r"[^，。；：！？\t]{4,76}(?:办法|条例|规定|规则|细则|政策|意见|措施|通知|方案|公告|决定|指南|计划|规划|通告)"
    r"(?:[（(][^（）()]{2,20}[）)])?"
)
MAX_CELL_CHARS = 2000
"""A longer cell is a page's layout, not a table's content."""
MAX_NOTE_CHARS = 60
MAX_TAGS = 200_000
MAX_DEPTH = 200


def read_html(raw: bytes, name: str) -> Reading:
    """The article of a page, a paragraph or a row of a table a line."""
    from bs4 import BeautifulSoup

    decoded = decode(raw, name, _charset(raw))
    soup = BeautifulSoup(decoded.text, "lxml")
    _refuse_monster(soup, name)
    title, is_of_article = _title(soup)
    notes = _drop_furniture(soup)
    facts: list[str] = []
    body = soup.body or soup
    main = _main(body)
    lines = list(_lines(main))
    if main is not body:
        lines += _attachments(body, main)
        facts = [line for table in _info_tables(body, main) for line in table_lines(_grid(table))]
    place = _title_end(lines, re.escape(title))
    if not place and not is_of_article:
        place = _title_end(lines, _OWN_TITLE)
    if title and not place:
        lines.insert(0, title)
        place = 1
    lines[place:place] = facts
    is_cut = "<html" in decoded.text[:4096].lower() and "</html" not in decoded.text.lower()
    certainty, why = (0.95, "网页正文按标签识别，导航、页脚等已去掉。")
    if is_cut:
        certainty, why = (0.7, "网页没有结束标记，可能没有下载完整。")
    return Reading(
        "\n".join(lines),
        f"html, {decoded.encoding}",
        min(certainty, decoded.certainty),
        why if decoded.certainty >= certainty else decoded.why,
        tuple(notes),
        has_tables=True,
    )


def _refuse_monster(soup: BeautifulSoup, name: str) -> None:
    """
    Raises:
        CorpusError: the page has so many tags, or so many within each other, that reading it would
            take hours; no page that people made has.
    """
    depth = {id(soup): 0}
    for tag in soup.find_all(True):
        depth[id(tag)] = depth[id(tag.parent)] + 1
        if len(depth) > MAX_TAGS or depth[id(tag)] > MAX_DEPTH:
            raise CorpusError(
                f"文件 {name} 的标签超过 {MAX_TAGS} 个或嵌套超过 {MAX_DEPTH} 层，不像网页，未读取；"
                "请另存为文本再放入。"
            )


def _charset(raw: bytes) -> str | None:
    found = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", raw[:4096], re.I)
    return found[1].decode("ascii") if found else None


def _title(soup: BeautifulSoup) -> tuple[str, bool]:
    """That of the page's standard meta tag (GB/T: ArticleTitle), its heading, or its title; and
    whether it is the article's: a page's title may be the column's.
    """
    meta = soup.find("meta", attrs={"name": re.compile("^ArticleTitle$", re.I)})
    if meta and str(meta.get("content") or "").strip():
        return _inline(str(meta["content"])), True
    heading = soup.find("h1")
    if heading and heading.get_text(strip=True):
        return _inline(heading.get_text()), True
    words = _inline(soup.title.get_text()) if soup.title else ""
    return re.split(r"\s*[_|–—-]\s*", words)[0] if soup.find("p") else "", False


def _title_end(lines: list[str], title: str) -> int:
    """Behind the lines at the start that are a title of this pattern; 0 where none are."""
    for at in range(min(6, len(lines))):
        for end in range(at + 1, at + 4):
            if re.fullmatch(title, "".join(lines[at:end])):
                return end
    return 0


def _drop_furniture(soup: BeautifulSoup) -> list[str]:
    """Remove what is no part of the article; returns a note for each part that had words."""
    for tag in soup(_SILENT):
        tag.decompose()
    if soup.head:
        soup.head.decompose()
    whole = len(soup.get_text(strip=True))
    notes: list[str] = []
    for tag in soup.find_all(True):
        if tag.decomposed or tag.name in ("html", "body"):
            continue
        is_furniture = tag.name in _ALWAYS_FURNITURE or _is_hidden(tag)
        is_named = tag.name in _OFTEN_FURNITURE or _has_furniture_name(tag)
        if not (is_furniture or _says_furniture(tag) or (is_named and _is_small(tag, whole))):
            continue
        words = _short(tag.get_text(" "))
        if words:
            notes.append(f"页面部件：{words}")
        tag.decompose()
    return notes


def _is_hidden(tag: Tag) -> bool:
    return "hidden" in tag.attrs or bool(_HIDDEN.search(str(tag.get("style") or "")))


def _has_furniture_name(tag: Tag) -> bool:
    """By class, id or role."""
    classes = tag.get("class")
    words = " ".join(classes) if isinstance(classes, list) else str(classes or "")
    named = (words, str(tag.get("id") or ""), str(tag.get("role") or ""))
    return any(_FURNITURE_NAME.search(one) for one in named)


def _is_small(tag: Tag, whole: int) -> bool:
    """Whether it holds little of the page and no article of a law."""
    text = tag.get_text(strip=True)
    return len(text) < 0.3 * whole and not re.search(r"第[一二三四五六七八九十]+条", text)


def _says_furniture(tag: Tag) -> bool:
    """A short block that is a breadcrumb or a line of the page's tools."""
    if tag.name not in _BLOCKS and tag.name not in ("span", "a"):
        return False
    text = tag.get_text(" ", strip=True)
    return 0 < len(text) <= 80 and bool(_FURNITURE_WORDS.match(text))


def _main(body: Tag) -> Tag:
    """The smallest element that holds nearly all sentences of the page."""
    known = [tag for tag in body.select(_ARTICLE) if _prose(tag)]
    whole = _prose(body)
    best = max(known, key=_prose, default=None)
    if best is not None and _prose(best) >= 0.6 * whole:
        return best
    here = body
    while True:
        inner = [tag for tag in here.find_all(True, recursive=False) if tag.name in _BLOCKS]
        inside = next((tag for tag in inner if _prose(tag) >= 0.97 * whole), None)
        if inside is None or not whole or inside.name in ("p", "table", "ul", "ol"):
            return here
        here = inside


def _prose(tag: Tag) -> int:
    """Characters that are not in links."""
    links = sum(len(link.get_text(strip=True)) for link in tag.find_all("a"))
    return len(tag.get_text(strip=True)) - links


def _info_tables(body: Tag, main: Tag) -> Iterator[Tag]:
    """Tables outside the article that give its 文号 and dates."""
    for table in body.find_all("table"):
        is_outside = main not in table.parents and table not in main.parents
        if is_outside and _INFO.search(table.get_text()) and len(table.get_text()) < 600:
            yield table


def _attachments(body: Tag, main: Tag) -> list[str]:
    """Names of attached files that the page lists outside the article."""
    names = [
        _inline(link.get_text())
        for link in body.find_all("a", href=_FILE)
        if main not in link.parents and link.get_text(strip=True)
    ]
    return [one if one.startswith("附件") else f"附件：{one}" for one in dict.fromkeys(names)]


def _lines(tag: Tag) -> Iterator[str]:
    """Blocks in order, one a line."""
    from bs4.element import NavigableString, PreformattedString, Tag

    words: list[str] = []

    def flush() -> Iterator[str]:
        line = _inline("".join(words))
        words.clear()
        if line:
            yield line

    for child in tag.children:
        if isinstance(child, Tag):
            if child.name == "br":
                yield from flush()
            elif child.name == "table" and _is_data_table(child):
                yield from flush()
                yield from table_lines(_grid(child))
            elif child.name in _BLOCKS or child.find(_is_block):
                yield from flush()
                yield from _lines(child)
            else:
                words.append(child.get_text())
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            words.append(str(child))
    yield from flush()


def _is_block(tag: Tag) -> bool:
    return tag.name in _BLOCKS or tag.name == "br"


def _inline(words: str) -> str:
    """White space of the source as a browser shows it; none between Chinese characters."""
    return re.sub(r"[ \t\r\n\f]+", " ", _BREAK_IN_CHINESE.sub("", words)).strip()


def _is_data_table(table: Tag) -> bool:
    if table.find("table"):
        return False
    rows = [row.find_all(["td", "th"]) for row in table.find_all("tr")]
    is_long = any(len(cell.get_text()) > MAX_CELL_CHARS for row in rows for cell in row)
    return any(len(row) > 1 for row in rows) and not is_long


def _grid(table: Tag) -> list[list[str]]:
    """Cells by row; one that spans rows is in each, one that spans columns in its first."""
    taken: dict[tuple[int, int], str] = {}
    rows = table.find_all("tr")
    for at, row in enumerate(rows):
        column = 0
        for cell in row.find_all(["td", "th"]):
            while (at, column) in taken:
                column += 1
            words = " ".join(_lines(cell))
            columns = _span(cell, "colspan")
            for below in range(min(_span(cell, "rowspan"), len(rows) - at)):
                for right in range(columns):
                    taken[at + below, column + right] = "" if right else words
            column += columns
    width = max((column for _, column in taken), default=-1) + 1
    return [[taken.get((at, column), "") for column in range(width)] for at in range(len(rows))]


def _span(cell: Tag, name: str) -> int:
    found = re.match(r"\s*(\d{1,3})", str(cell.get(name) or ""))
    return min(max(int(found[1]), 1), 100) if found else 1


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= MAX_NOTE_CHARS else words[:MAX_NOTE_CHARS] + "…"
