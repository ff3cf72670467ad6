"""Names of figures without a figure of theirs, 营收很多 or 员工1.2亿: told, and not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.eligibility.mentions import Mention
from assistant.eligibility.readings import DefinitionLike, Unread
from assistant.eligibility.scope import Sentence

_VAGUE = re.compile(
    r"(?:也|还|是|挺|都|比较|非常|有点)*(?:很多|不少|很大|很高|挺多|挺高|很好|保密|不方便说|不便透露|一般般?)(?=$|[,，。;、])"
)
_MONEY_HERE = re.compile(r"(?:是|有|约|大概|:)?\d[\d.,]*(?:万|亿)元?(?!人|名|个)")
_PEOPLE_HERE = re.compile(r"(?:是|有|约|大概|:)?\d[\d.,]*(?:个?人|名|位|平米|平方米)")


def vague_figures(
    text: str,
    sentence: Sentence,
    mentions: Sequence[Mention],
    definitions: Mapping[str, DefinitionLike],
) -> Iterator[Unread]:
    """营收很多 is no figure, 员工1.2亿 one of another kind."""
    for one in mentions:
        clause = sentence.clause_at(one.start)
        if not clause.is_ours or clause.is_asked:
            continue
        names = "、".join(definitions[key].name for key in one.keys[:1])
        if found := _VAGUE.match(text, one.end, sentence.end):
            yield _unread(text, one.start, found.end(), f"{names}没有写出数，请填数值")
            continue
        units = {definitions[key].unit for key in one.keys}
        wrong = _MONEY_HERE if units == {"人"} else _PEOPLE_HERE if units == {"万元"} else None
        if wrong and (found := wrong.match(text, one.end, sentence.end)):
            yield _unread(text, one.start, found.end(), f"单位与{names}不符，请核对")


def _unread(text: str, start: int, end: int, reason: str) -> Unread:
    return Unread(text[start:end], start, end, reason)
