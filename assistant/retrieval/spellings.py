"""What else says the same as a word or a number of a question."""

from __future__ import annotations

from assistant.retrieval.tokenizer import synonyms_in
from assistant.text import NumberSpan, find_numbers


def spellings(norm: str) -> list[tuple[str, tuple[str, ...]]]:
    """Words of a normalised question with their synonyms, numbers with their other spellings:
    二十万 is 20万 and 200000.
    """
    numbers = [
        (span.raw, tuple(one for one in _spelled(span) if one != span.raw))
        for span in find_numbers(norm)
        if len(span.raw) > 1
    ]
    return [*synonyms_in(norm), *numbers]


def _spelled(span: NumberSpan) -> tuple[str, ...]:
    value = span.value
    plain = f"{value.normalize():f}"
    if value != int(value) or value >= 10**12:
        return (plain,)
    chinese = in_chinese(int(value))
    if span.kind == "percent":
        return (f"{plain}%", f"百分之{chinese}")
    short = [
        f"{(value / size).normalize():f}{unit}"
        for unit, size in (("万", 10**4), ("亿", 10**8))
        if value >= size and value % (size // 100) == 0
    ]
    return (plain, chinese, *short)


def in_chinese(value: int) -> str:
    """A whole number below 10**12 as a numeral.

    >>> [in_chinese(one) for one in (0, 10, 205, 200_000, 30_500_000)]
    ['零', '十', '二百零五', '二十万', '三千零五十万']
    """
    made = ""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        part, value = divmod(value, size)
        if part:
            numeral = _below_ten_thousand(part)
            made += f"零{numeral}{unit}" if made and part < 1000 else f"{numeral}{unit}"
    return made.removeprefix("一") if made.startswith("一十") else made or "零"


def _below_ten_thousand(value: int) -> str:
    made = ""
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, value = divmod(value, size)
        if digit:
            made += f"{'零一二三四五六七八九'[digit]}{unit}"
        elif made and value and not made.endswith("零"):
            made += "零"
    return made
