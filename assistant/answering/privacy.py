"""Mask what identifies a person or an enterprise, before a text leaves the machine or is logged."""

from __future__ import annotations

import re

_SEP = "[ \t\u3000\u200b\u200c\u200d\u2060\ufeff.·‐‑–—-]?"
"""What people put between groups of digits, invisible characters included."""

_CREDIT = "0-9A-HJ-NP-RTUWXYa-hj-np-rtuwxy"
"""GB 32100-2015: digits and capitals without I, O, S, V, Z; people type small letters too."""

_ALONE = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_UNIT = "[万亿元]"
"""After this, digits are an amount."""

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("邮箱", r"[a-zA-Z0-9_.+-]+@[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)+"),
    (
        "身份证号",
        (
            rf"{_ALONE[0]}[1-9]\d{{5}}{_SEP}(?:18|19|20)\d\d{_SEP}(?:0[1-9]|1[0-2]){_SEP}"
            rf"(?:0[1-9]|[12]\d|3[01]){_SEP}\d{{3}}{_SEP}[\dXx]{_ALONE[1]}"
        ),
    ),
    (
        "统一社会信用代码",
        (
            rf"{_ALONE[0]}(?:[{_CREDIT}]{_SEP}){{2}}(?:\d{_SEP}){{6}}(?:[{_CREDIT}]{_SEP}){{9}}"
            rf"[0-9A-Za-z]{_ALONE[1]}"
        ),
    ),
    (
        "银行卡号",
        rf"(?<![\d.])(?:\d{{16,19}}|\d{{4}}({_SEP[:-1]})\d{{4}}\1\d{{4}}\1\d{{4}}(?:\1\d{{1,3}})?)(?!\d)",
    ),
    (
        "手机号",
        (
            rf"(?<![\d.])(?:\+?(?:00)?86{_SEP})?1{_SEP}[3-9]{_SEP}\d{_SEP}"
            rf"(?:\d{{4}}{_SEP}\d{{4}}|\d{{3}}{_SEP}\d{{5}}|(?:\d{_SEP}){{7}}\d)(?!\d|\.\d|{_UNIT})"
        ),
    ),
    ("证件号", r"(?<![\d.])\d{15,32}(?!\d)"),
    (
        "电话",
        rf"(?<![\d.])(?:[(（]0\d{{2,3}}[)）]|0\d{{2,3}}){_SEP}\d{{3,4}}{_SEP}\d{{4}}(?!\d)",
    ),
    ("电话", rf"(?<![\d.])[48]00{_SEP}\d{{3,4}}{_SEP}\d{{3,4}}(?!\d|{_UNIT})"),
    ("电话", rf"(?:电话|座机|手机|拨打|联系)[^\d\n]{{0,4}}(?P<only>\d{{7,8}})(?!\d|{_UNIT})"),
)
"""In this order: what is longer and surer is taken out before what is shorter."""

_FOLDED = str.maketrans(
    "０１２３４５６７８９"
    "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
    "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
    "＠．－＋〇零一二三四五六七八九幺",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz@.-+001234567891",
)
"""A character for a character, so that what is found here is cut from the original."""


def mask(text: str) -> str:
    """`text` with phone numbers, e-mail addresses, 身份证号, 统一社会信用代码 and card numbers out.

    Full-width and Chinese digits are read as digits. Amounts, dates, 文号 and clause numbers stay.

    >>> mask("我司91310113MA1GK0000X，电话１３８ ００１３ ８０００，到2026年培育多少家？")
    '我司（统一社会信用代码已隐去），电话（手机号已隐去），到2026年培育多少家？'
    """
    for name, pattern in _PATTERNS:
        folded = text.translate(_FOLDED)
        pieces: list[str] = []
        done = 0
        for found in re.finditer(pattern, folded):
            start, end = found.span("only" if "only" in found.groupdict() else 0)
            pieces += [text[done:start], f"（{name}已隐去）"]
            done = end
        text = "".join(pieces) + text[done:]
    return text
