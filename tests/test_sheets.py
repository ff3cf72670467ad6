"""Rows of kept cells give the bytes that rows written cell by cell give."""

from datetime import date
from decimal import Decimal

from assistant.tables.sheets import Book, Column

COLUMNS = tuple(Column(name, 10) for name in "甲乙丙丁戊己")
ROWS = [
    ([7, "企业一"], ["结论", "=1+1", None, Decimal("12.5")]),
    ([7, "企业一"], ["结论", "=1+1", None, Decimal("12.5")]),
    ([8, "@企业二"], ["另一个结论", "", "<&>", None]),
    *(([9, "企业三"], ["很多行", f"第 {at} 行", at, "尾"]) for at in range(40)),
]


def _made(write):
    book = Book(date(2026, 6, 30), "两种写法")
    other = book.sheet("前", COLUMNS)
    other.row(["结论", "先写的"])
    sheet = book.sheet("后", COLUMNS)
    write(sheet)
    sheet.filtered()
    book.sheet("末", COLUMNS).row(["结论", "后写的"])
    return book.save()


def _by_cell(sheet):
    for first, rest in ROWS:
        sheet.row([*first, *rest])


def _by_row(sheet):
    kept = {}
    for first, rest in ROWS:
        key = tuple(rest)
        kept[key] = kept.get(key) or sheet.kept(2, rest)
        sheet.row_of(sheet.kept(0, first), kept[key])


def test_rows_of_kept_cells_are_the_same_bytes():
    assert _made(_by_row) == _made(_by_cell)


def test_what_is_kept_shows_in_the_bytes():
    def without_last(sheet):
        for first, rest in ROWS[:-1]:
            sheet.row_of(sheet.kept(0, first), sheet.kept(2, rest))

    assert _made(without_last) != _made(_by_cell)
