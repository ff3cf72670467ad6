"""A workbook of firms → rows of cells by header; nothing in it is computed or run.

One row a firm. The header is the row, among the first ten, in which most columns are known.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assistant.eligibility.facts import Definitions
from assistant.eligibility.table_rows import read_row
from assistant.errors import CorpusError, UsageError
from assistant.parsing.readers.archive import UNZIP_ERRORS, check_archive
from assistant.parsing.readers.reading import broken
from assistant.parsing.readers.sniff import check_kind

MAX_FILE_BYTES = 10_000_000
"""Of a table that comes over the web; 2,000 firms of 200 columns are a quarter of it."""
MAX_FIRMS = 2000
MAX_COLUMNS = 200
MAX_SHEET_ROWS = 1_048_576
"""Of any workbook; one that claims more is hostile."""
HEADER_ROWS = 10
NAME, CODE = "企业名称", "统一社会信用代码"
HOW = "填写说明"
"""The sheet of the template that is for people."""
_NAMES = {"企业名称", "公司名称", "单位名称", "企业全称", "公司全称", "名称", "企业", "公司",
          "单位", "申报单位", "申报企业", "纳税人名称"}  # fmt: skip
_CODES = {"统一社会信用代码", "社会信用代码", "信用代码", "税号", "纳税人识别号"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
_PERCENT = re.compile(r"^0(?:\.0+)?%$")
_FORMULA = "="


@dataclass(frozen=True, slots=True)
class TableProblem:
    """What could not be taken; `cell` is `C5`, or empty where it is the whole table."""

    cell: str
    firm: str
    column: str
    words: str
    message: str
    row: int = 0
    """Of the firm in the sheet; 0 where it is of none."""

    def __str__(self) -> str:
        words = f"（{self.column}：{self.words}）" if self.words else ""
        return f"{self.cell or '表格'}{words}：{self.message}"


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One firm; `cells` by header, those that are facts only."""

    number: int
    """Of the row in the sheet, from 1."""
    name: str
    code: str
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Table:
    """What a workbook says; `letters` gives each header's column."""

    sheet: str
    letters: Mapping[str, str]
    firms: tuple[FirmRow, ...]
    ignored: tuple[str, ...]
    """Headers that are no fact."""
    problems: tuple[TableProblem, ...]


@dataclass(slots=True)
class _Header:
    number: int
    columns: dict[int, str] = field(default_factory=dict)
    """Column from 0 → header, of facts."""
    name: int | None = None
    code: int | None = None
    ignored: list[str] = field(default_factory=list)
    problems: list[TableProblem] = field(default_factory=list)


def read_table(raw: bytes, file: str, definitions: Definitions, day: date) -> Table:
    """The first visible sheet with a known header; macros are never run, formulas never computed.

    Raises:
        UsageError: no workbook, no known column, no firm, or more than MAX_FIRMS of them.
    """
    import openpyxl
    from lxml.etree import LxmlError
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        check_kind(file, ".xlsx", raw)
        check_archive(raw, file, "XLSX")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are not read
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
            try:
                return _read_book(book, file, definitions, day)
            finally:
                book.close()
    except CorpusError as error:
        raise UsageError(str(error)) from error
    except (*UNZIP_ERRORS, InvalidFileException, LxmlError, SyntaxError, KeyError, ValueError,
            TypeError, AttributeError, OverflowError) as error:  # fmt: skip
        raise UsageError(str(broken(file, "XLSX"))) from error


def _read_book(book: Any, file: str, definitions: Definitions, day: date) -> Table:
    visible = [one for one in book.worksheets if one.sheet_state == "visible"]
    for sheet in visible:
        sheet.reset_dimensions()  # a file may declare a million rows and hold ten
        top = [row for row, _ in zip(sheet.iter_rows(), range(HEADER_ROWS), strict=False)]
        header = _find_header(top, definitions, day)
        if header is None:
            continue
        firms, problems = _firms(sheet, header, file)
        if not firms:
            raise UsageError(f"文件 {file} 的工作表“{sheet.title}”只有表头；请每家企业填一行。")
        others = [one.title for one in visible if one is not sheet and one.title != HOW]
        if others:
            said = f"只读了工作表“{sheet.title}”，没有读：{'、'.join(others)[:200]}。"
            problems.append(TableProblem("", "", "", "", said))
        return Table(
            sheet=sheet.title,
            letters={name: _letter(at) for at, name in header.columns.items()},
            firms=tuple(firms),
            ignored=tuple(header.ignored),
            problems=(*header.problems, *problems, *_duplicates(firms, header)),
        )
    raise UsageError(
        f"文件 {file} 里没有认出任何一列企业情况；请用 assistant check --template 写出的表格填写。"
    )


def _find_header(
    top: Sequence[Sequence[Any]], definitions: Definitions, day: date
) -> _Header | None:
    made = [_header(row, number, definitions, day) for number, row in enumerate(top, start=1)]
    known = [one for one in made if one.columns]
    # A title, or a firm's row whose cells happen to be words of facts, knows fewer columns.
    return max(known, key=lambda one: (len(one.columns), -one.number), default=None)


def _header(row: Sequence[Any], number: int, definitions: Definitions, day: date) -> _Header:
    header = _Header(number)
    headed: dict[str, int] = {}
    for at, cell in enumerate(row):
        words = shown(cell.value)
        if not words or cell.data_type == "f":
            continue
        if at >= MAX_COLUMNS:
            rest = sum(one.value is not None for one in row[at:])
            said = f"最多读 {MAX_COLUMNS} 列，从这一列起的 {rest} 列没有读；请删去不用的列。"
            header.problems.append(TableProblem(f"{_letter(at)}{number}", "", words, "", said))
            break
        if words in headed:
            said = f"表头与 {_letter(headed[words])}{number} 相同，这一列没有读；请只留一列。"
            header.problems.append(TableProblem(f"{_letter(at)}{number}", "", words, "", said))
            continue
        headed[words] = at
    unknown = set(read_row(dict.fromkeys(headed), definitions, day).ignored)
    for words, at in headed.items():
        plain = re.sub(r"[\s*:：]", "", unicodedata.normalize("NFKC", words))
        if header.name is None and plain in _NAMES:
            header.name = at
        elif header.code is None and plain in _CODES:
            header.code = at
        elif words in unknown:
            header.ignored.append(words)
        else:
            header.columns[at] = words
    return header


def _firms(sheet: Any, header: _Header, file: str) -> tuple[list[FirmRow], list[TableProblem]]:
    firms: list[FirmRow] = []
    problems: list[TableProblem] = []
    for number, row in _numbered(sheet, file):
        if number <= header.number or all(shown(one.value) == "" for one in row[:MAX_COLUMNS]):
            continue
        if len(firms) == MAX_FIRMS:
            raise UsageError(f"文件 {file} 超过 {MAX_FIRMS} 家企业；请分成几个表格。")
        said = ""
        name = code = ""
        if header.name is not None and header.name < len(row):
            cell = row[header.name]
            name = "" if cell.data_type == "f" else shown(cell.value)
            said = "" if name else "没有企业名称，以行号代替；请填写。"
        if header.code is not None and header.code < len(row):
            code = "" if row[header.code].data_type == "f" else shown(row[header.code].value)
        name = name or f"第 {number} 行"
        if said and header.name is not None:
            place = f"{_letter(header.name)}{number}"
            problems.append(TableProblem(place, name, NAME, "", said, number))
        cells = {
            words: value_of(row[at])
            for at, words in header.columns.items()
            if at < len(row) and row[at].value is not None
        }
        firms.append(FirmRow(number, name, code, cells))
    return firms, problems


def _numbered(sheet: Any, file: str) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_SHEET_ROWS:
            raise UsageError(f"文件 {file} 超过 {MAX_SHEET_ROWS} 行，未读取；请删去空行后再试。")
        if row:
            yield number, row


def _duplicates(firms: Iterable[FirmRow], header: _Header) -> Iterator[TableProblem]:
    """Both rows stay: which of them is right is for a person to say."""
    seen: dict[tuple[str, str], int] = {}
    for firm in firms:
        known = (("name", header.name, firm.name, NAME), ("code", header.code, firm.code, CODE))
        for kind, at, words, column in known:
            if at is None or not words:
                continue
            key = kind, re.sub(r"\s", "", unicodedata.normalize("NFKC", words)).casefold()
            before = seen.setdefault(key, firm.number)
            if before != firm.number:
                said = f"与第 {before} 行是同一家企业，两行都已判断；请核对后只留一行。"
                place = f"{_letter(at)}{firm.number}"
                yield TableProblem(place, firm.name, column, words, said, firm.number)


def value_of(cell: Any) -> object:
    """As `read_row` takes it: a formula as words, so that it is refused; 0.05 shown as 5% as 5%."""
    value = cell.value
    if cell.data_type == "f":
        words = value if isinstance(value, str) else ""
        return words if words.startswith(_FORMULA) else _FORMULA + words
    if isinstance(value, str):
        return _CONTROL.sub(" ", value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and _PERCENT.match(str(cell.number_format or "")):
        return f"{round(value * 100, 8):.10g}%"
    return value


def shown(value: object) -> str:
    """A cell as one line of words; a whole number without its .0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime):
        value = value.date()
    return _CONTROL.sub(" ", str("" if value is None else value)).strip()[:200]


def _letter(at: int) -> str:
    """
    >>> _letter(0), _letter(26)
    ('A', 'AA')
    """
    words = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        words = chr(65 + rest) + words
    return words
