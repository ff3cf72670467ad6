"""Where a text names a title of a firm, by its full name or by what people call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.eligibility.mentions import Finder, Mention

_AFTER = re.compile(
    r"(?:那张|这张)?证|牌子|资格|材料|从来|老早|一[次趟]|没|过期|到期|正?在[申有]|已经?|也?还?是|去年|前年|[啊嘛呀]|[跟和与][我咱]"
)
_BEFORE = re.compile(r"(?:评|认|申请|申报|拿)(?:上|过|到|了)?$")


class TitleFinder(Finder):
    """高新 alone is the title where the words around say so: 高新从来没评过, 头一趟评高新."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        more = {"hightech": [*words["hightech"], "高新"]} if "hightech" in words else {}
        super().__init__({**words, **more})

    def find(self, text: str) -> list[Mention]:
        return [
            one
            for one in super().find(text)
            if text[one.start : one.end] != "高新"
            or _AFTER.match(text, one.end)
            or _BEFORE.search(text[: one.start])
        ]
