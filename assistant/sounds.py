"""How Chinese characters sound, as far as people tell sounds apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    readings: dict[int, str] = pinyin_dict
    return readings


@lru_cache(maxsize=20_000)
def sound(char: str) -> str:
    """The first reading without tone; sounds that people mix up are one: zh z, ing in, l n."""
    reading = _readings().get(ord(char), "").split(",")[0]
    plain = unicodedata.normalize("NFD", reading)
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = re.sub(r"^([zcs])h", r"\1", plain)
    return re.sub(r"([aei])ng$", r"\1n", plain).replace("l", "n")
