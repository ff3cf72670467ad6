"""Does a sentence say what the quoted clause says? Words only: no model decides here.

The bar for free wording, on top of `verify`: enough of the sentence's words are the clause's own,
no negation is gained or lost, no bound of a number (以上, 不超过) changes, and no word that
promises, orders or forbids is new. It would rather drop a true paraphrase than show a false one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.answering.attachment import misattached
from assistant.answering.citations import without_marks
from assistant.text import find_numbers, normalize

MIN_OVERLAP = 0.65
"""Least share of the sentence's words that the quotes must contain; see the table of the tests."""

LOST_NEGATION_OVERLAP = 0.6
"""From this share on, a sentence is taken to retell a negated part of a quote."""

_META = """
根据 依据 按照 行动方案 方案 文件 该文 条款 原文 提出 提到 明确 规定 写明 指出 要求 强调
计划 其中 此外 同时 另外 以及 并且 包括 包含 主要 具体 分别 例如 如下 即 等 将 会 拟 应 需
要 可 宝山区 宝山 我区 本区 全区 该区 区内 目标 方面 内容 相关 有关 通过 进行 到 在 对 为 与
和 及 的 了 是 也 还 这 该 其 有 并 或 由 从 向 把 让 使 于 以 所 之 达到 实现 预计 力争
年底 年
"""
"""Words that say where or that something is written; they neither support nor contradict."""

_META_PATTERN = re.compile("|".join(sorted(_META.split(), key=len, reverse=True)))
_RUN = re.compile(r"[a-z]+(?:[-/+][a-z]+)*|[\u3400-\u9fff\U00020000-\U0002ebef]+")

_CLAIMS = """
补贴 奖励 奖金 资助 补助 贴息 减免 免税 退税 免费 补偿 拨款 报销 返还 必须 应当 强制 一律
禁止 限制 允许 取消 终止 暂停 保证 确保 承诺 截止 申请 申报 受理 减少 降低 处罚 罚款 资格
全额 一次性 每年 每月 每家 每人 优先 仅限
"""
"""Words that promise, order or forbid; each must be the clause's own."""

_NEGATION = re.compile("禁止|严禁|除外|[不未无没非勿莫免].?")
_HARMLESS = frozenset(("未来", "不仅", "不断", "不同", "无论", "非常", "不但", "避免"))
_SAME_NEGATION = (
    frozenset(("不得", "不可", "不能", "禁止", "严禁", "不准", "不许")),
    frozenset(("无须", "无需", "不需", "不必", "免于")),
    frozenset(("未按", "没按", "未能", "没能", "没有", "未有")),
)

_LOWER_BEFORE = "不少于|不低于|不小于|至少|超过|突破|大于|高于|最低|超|逾|满"
_UPPER_BEFORE = "不超过|不高于|不多于|不大于|至多|最多|最高|少于|低于|小于|未满|不满|上限"
_NEGATIVE_BOUND = re.compile("不(?:少于|低于|小于|超过|高于|多于|大于)|[未不]满")
_BEFORE = re.compile(
    rf"(?:(?P<upper>{_UPPER_BEFORE})|(?P<lower>{_LOWER_BEFORE}))(?:为|达|到|是|约|人民币)?$"
    r"|(?:(?P<most>至多|最多|最高)|(?P<least>至少|最少|最低))[^，。；：、！？,;:!?\d]{0,8}$"
)
_AFTER = re.compile(r"[^，。；：、！？,;:!?\d]{0,6}?(?:(?P<lower>以上)|(?P<upper>以下|以内|之内))")

_ABSENCE = re.compile(
    r"[，,；]?(?:但是|但)?(?:该条|方案|原文|文件|条款)?(?:中|里)?(?:也|均|并|尚)?(?:未|没有)(?:具体|明确)?"
    r"(?:规定|写明|提及|提到|明确|给出|列出|说明|公布)(?:具体|明确)?的?"
    r"(?P<what>(?:金额|数额|标准|比例|条件|期限|流程|程序|电话|材料|具体|和|与|及|或|、)+)"
)
_MONEY = re.compile(r"[\d万亿千百十]元|[%％‰]|百分之")


def unsupported(statement: str, quotes: Sequence[str], path: Iterable[str] = ()) -> str | None:
    """Why the quotes do not bear the statement out, in Chinese; None when they do.

    `path` holds titles and headings: their words support a statement, but they carry no figures
    or negations of their own.
    """
    source = "\n".join(normalize(quote).text for quote in quotes)
    around = source + "\n" + "\n".join(normalize(heading).text for heading in path)
    said = normalize(_without_absence(without_marks(statement), quotes)).text
    words = _words(said)
    if words and len(words & _words(around)) < MIN_OVERLAP * len(words):
        return "所引原文没有这个意思"
    if new := [claim for claim in _CLAIMS.split() if claim in said and claim not in around]:
        return f"原文没有“{new[0]}”"
    return (
        _changed_negation(said, words, source, around)
        or _changed_bound(said, source)
        or misattached(said, source.split("\n"), around[len(source) :], _words)
    )


def _words(text: str) -> set[str]:
    """Character pairs of Chinese runs and whole Latin words, without the words of `_META`."""
    words: set[str] = set()
    for run in _RUN.findall(_META_PATTERN.sub(" ", text)):
        if run[0].isascii():
            words.add(run)
        else:
            words.update(run[index : index + 2] for index in range(len(run) - 1))
    return words


def _without_absence(statement: str, quotes: Sequence[str]) -> str:
    """The statement less “未规定金额和条件”, where the quotes can be seen to have neither."""

    def judged(found: re.Match[str]) -> str:
        text = "".join(quotes)
        has_money = bool(_MONEY.search(normalize(text).text))
        amounts = re.search("金额|数额|标准|比例", found["what"])
        named = re.findall("条件|期限|流程|程序|电话|材料", found["what"])
        holds = not (amounts and has_money) and not any(word in text for word in named)
        return "" if holds else found.group()

    return _ABSENCE.sub(judged, statement)


def _changed_negation(said: str, words: set[str], source: str, around: str) -> str | None:
    for negation in _negations(said):
        if not _has_negation(around, negation):
            return f"原文没有“{negation}”"
    for part in re.split(r"[，。；：、！？,;:!?\n]", source):
        for negation in _negations(part):
            told = _words(part.replace(negation, " "))
            overlap = len(told & words)
            retells = bool(told) and overlap >= LOST_NEGATION_OVERLAP * len(told)
            if retells and not _has_negation(said, negation):
                return f"漏了原文的“{negation}”"
    return None


def _negations(text: str) -> list[str]:
    """Negating words with the character after them, bounds of numbers left to `_changed_bound`."""
    found = [match.group() for match in _NEGATION.finditer(_NEGATIVE_BOUND.sub("，", text))]
    return [word for word in found if word not in _HARMLESS and word[-1] not in "，。、；,;:"]


def _has_negation(text: str, negation: str) -> bool:
    same = next((group for group in _SAME_NEGATION if negation in group), {negation})
    return any(word in text for word in same)


def _changed_bound(said: str, source: str) -> str | None:
    """A number of the sentence must have the bound it has in the quotes, or none in both."""
    allowed: dict[object, set[str]] = {}
    for number in find_numbers(source):
        bound = bound_of(source, number.start, number.end)
        allowed.setdefault(number.value, set()).add(bound)
    for number in find_numbers(said):
        if number.value in allowed:
            bound = bound_of(said, number.start, number.end)
            if bound not in allowed[number.value]:
                return f"“{number.raw}”与原文的范围（以上、以下、不少于等）不同"
    return None


def bound_of(text: str, start: int, end: int) -> str:
    """`lower` or `upper` for a number at `[start, end)` of a normalised text with 不低于, 以下 …
    beside it, else empty.
    """
    for found in (_BEFORE.search(text[max(0, start - 12) : start]), _AFTER.match(text[end:])):
        if found is not None:
            groups = found.groupdict()
            return "lower" if groups["lower"] or groups.get("least") else "upper"
    return ""
