"""Yes-or-no facts by signs: groups of words that stand together, such as 概念验证 with 通过.

A sign is written `概念验证+通过/完成`: of every group one word must stand in one sentence (of a
group with `!` before it, none), within
reach of each other. What denies it (没, 未, 不) makes it a no; a plan or a question, nothing.
A sign with the group `?`, such as `特审+?`, only names the matter: a word beside it must say yes
or no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assistant.eligibility.mentions import folded
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact
from assistant.eligibility.scope import OF_ANOTHER, PLAN_WORD, Clause, Sentence

REACH = 16
"""The widest gap between two words of one sign."""
MOST_CLAUSES = 2
ITEM = 8
"""The longest item of a list under one 不: 不涉及禁止、限制和淘汰类."""
_DENIAL = re.compile(
    r"没有?(?!问题|毛病|争议|疑问|瑕疵|悬念|二话|欠|拖|断|漏|落|少|间断|中断|掉过|跑|话说?|得说|异常|错|停)|谈不上|轮不[到上]|尚缺|未(?!来|满)|尚未|无(?!人|菌|线|锡|尘|论|纺)|非(?!常|凡|织|首次)|从未|零(?=事故|处罚|违法)"
    r"|不(?!到|足|多|少|超|低|高|错|仅|但|光|止|过|断|久|锈|同|良|动|是(?:\S{0,3}首次|头[一次回趟]|第一[次回])|落|漏|欠|拖|含糊|马虎|在话下|含税|清楚|知道|确定|以|当|便|及)"
    r"|别的?公司|否|落选|刷下|沾不上|套不[进上]|[挨够靠排轮搭]不[着上到]|说不上|差[一点着得远几两\d]|泡汤|黄了|[打驳退]回|被[刷拒毙否]"
    r"|落空|落榜|还早|早着|远着|想都别|甭|免谈|作罢|哪有|哪来|哪里有|何来|移[出除]|剔除|踢出|除名"
    r"|[之以]外(?=$|[,，。;])|勿(?!外传|忘|扰)|呒"
    r"|空白|空着|为零|: ?[0零](?![\d.])|[查找够]不到|缺(?=$|[,，。;|着])"
)
_PARTS = re.compile(r"[,，|;]|(?<=[\u4e00-\u9fff]) ")
_DOUBLY_DENIED = re.compile(r"(?:并非|没有|不能说)(?:不|没有?)")
"""没有不交社保的."""
_OF_SOMETHING_ELSE = re.compile(
    r"不是(?!我|咱|自己|那|这|的$|了)[^,，。;|]{2,}|没有?(?:跟|和|与|被|找|让)"
)
"""After what is said: 是独立法人不是分公司, 都是自己的没跟人打过官司."""
_ANSWER = re.compile(
    r"(?:也|都|还|一直|目前|从来|暂时|已经?|现在| )*"
    r"(?:(?:没有?|未)(?:得|领|办|申请|申报|报|填|拿|评|用|装|设|签|搞|弄|认|上|到手|做|批|办|下来|评上|中|进去?|通过|拿到|成|入选|认定)?|无|否|不是|谈不上"
    r"|沾不上|不沾边?|不搭界?|对不上|对得上|未缴|未获|不涉及|跟那个没关系|不是那里出来的?|有|是|齐全?|取得|获评|获支持|完成|符合|属于)"
    r"(?:了|呢|过|的|没有?过?)*(?:\(.*)?"
    r"|.{0,18}(?:不沾边|沾不上|不搭界|对不上|没(?:找到|有|进|轮到)我们.{0,4}|没我们|不在里[头面])"
)
"""追溯系统还在搭，没有; 特审程序：已进入: a clause that answers for the one before."""
_FORM = re.compile(r"(?:/[^:,，。;|]{1,8})?(?:\([^()]*\)|\))?: ?[^,，。;|:(]{1,10}(?=$|[,，。;|(])")
"""严重违法(两年内):无."""
_TICKED = re.compile(
    r"[^,，。;|]{0,6}[\"”]?我?[勾填选打][了的]?[\"“]?(?:(?P<no>否|无|没有)|[是有])"
)
"""“是否失信”勾了否."""
_AFFIRMED = re.compile(
    r"有|[过了](?=$|[,，。;:|?)])|通过|齐|全|下来|入选|认定|备案|已|完成|在做|取得|获|是|算|属|符合"
    r"|[做办搞弄拿领建搭认批评列进入报填交缴给补用支享受持得开](?:了|过|好|下|上|到|齐|成|完)"
    r"|对得上|对得?上号|够得上|对口|吻合|合拍|一致|相符|踩中|挂牌|包含|包括|没问题|没毛病"
    r"|在　*(?:里|内|列|范围)|里头|里面|之列|当中|妥妥|肯定|出自|来自|出来|同步"
)
_UNRELATED = re.compile(
    r"(?:跟|和|与)(?:我们?|咱们?|公司|本公司)(?:公司)?(?:没关系|无关|不沾边|不搭界)"
)
_UNSURE = re.compile(r"也许|可能(?!性)|好像|说不准"
    r"|[闹搞弄拎]不清|不清楚|不知道|不确定|不太清|记不|说不清|不了解|不好说")
_ASKED = re.compile(
    r"有没有|是不是|是否|能不能|可不可以|要不要|会不会|算不算|到底|([一-龥]{1,2})没\1|吗|呢$|(?<![没不])怎么|如何"
)
_PLAN = re.compile(
    rf"打算|{PLAN_WORD}|准备(?!阶段|完|好|工作|期)|想(?!问)|(?<![模虚])拟(?![人合态])|争取|考虑|希望|目标|明年|后年|即将|未来|筹备|预计"
    r"|下一步|申请中|在申请|正在申|申报中|要进|等待|排队|还在审|审评|受理中"
)


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that tell a fact where they stand together."""

    groups: tuple[tuple[str, ...], ...]
    """Of each group one word; all folded."""
    absent: tuple[str, ...] = ()
    """None of these stands in the sentence."""
    is_matter: bool = False
    """Whether it tells only what is spoken of."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sign in a sentence, offsets into its text."""

    start: int
    end: int
    inside: tuple[tuple[int, int], ...]
    """Where the sign's own words stand: a 不 in them denies nothing."""
    is_matter: bool = False

    @property
    def is_in_order(self) -> bool:
        """Whether its first word stands first: 规上，没有高企 is no 没有+规上."""
        return self.inside[0] == min(self.inside)

    @property
    def size(self) -> int:
        """Characters of its own words."""
        return sum(end - start for start, end in self.inside)


class SignReader:
    """Reads yes-or-no facts whose definitions have signs."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        wanted = {name: one for name, one in definitions.items() if one.type == "yes_no"}
        self._signs = {name: parsed_signs(one.signs) for name, one in wanted.items() if one.signs}
        self._denials = {
            name: parsed_signs(one.denied_by) for name, one in wanted.items() if one.denied_by
        }
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`; of one fact and sentence a denial outweighs a sign."""
        for sentence in sentences:
            denied: set[str] = set()
            for fact, signs in self._denials.items():
                found = [
                    one
                    for one in self._found(signs, sentence)
                    if one.is_in_order and not _PARTS.search(sentence.text, one.start, one.end)
                ]
                if not found or _is_unsure(sentence, found[0]):
                    continue
                if self._truth(sentence, found[0]) is not False:
                    denied.add(fact)
                    self._add(fact, False, text, sentence, found[0])
            for fact, signs in self._signs.items():
                for one in () if fact in denied else self._found(signs, sentence):
                    value = self._truth(sentence, one)
                    if value is not None:
                        self._add(fact, value, text, sentence, one)
                        break

    def _found(self, signs: tuple[Sign, ...], sentence: Sentence) -> list[Found]:
        """Of ours; first those within one clause and with most words of their own."""
        found = [
            one
            for sign in signs
            for one in find_sign(sign, sentence)
            if _is_ours(sentence, one)
            and len(_clauses(sentence, one)) <= MOST_CLAUSES
            and not _is_torn(sentence, one)
        ]
        return sorted(
            found, key=lambda one: (len(_clauses(sentence, one)), -one.size, one.start)
        )

    def _truth(self, sentence: Sentence, found: Found) -> bool | None:
        clauses = _clauses(sentence, found)
        end = clauses[-1].end - sentence.start
        head = sentence.text[: clauses[0].start - sentence.start + 1]
        start = max(head.rfind(one) + 1 for one in ",，;:。 |")
        if any(len(item) > ITEM for item in head[start:].split("、")[:-1]):
            start = len(head) - 1  # statements of their own, and no list under one 不
        words = sentence.text[start:end]
        if ticked := _TICKED.match(sentence.text, found.end):
            return ticked["no"] is None
        if OF_ANOTHER.match(sentence.text, found.end):
            return False
        if _UNSURE.search(words) or _ASKED.search(words) or any(one.is_asked for one in clauses):
            return None
        answered = _answered(sentence, clauses[-1])
        words += sentence.text[end:answered]
        near = answered or found.end + 8
        covered = _covered(words, start, found)
        denials = [
            one
            for one in _DENIAL.finditer(covered)
            if one.start() + start < near
            and not (
                one.start() + start >= found.end
                and _OF_SOMETHING_ELSE.match(words, one.start())
            )
        ]
        if _DOUBLY_DENIED.search(covered):
            return True
        if denials or _UNRELATED.search(words):
            return False
        if _PLAN.search(covered) or (found.is_matter and not _AFFIRMED.search(covered)):
            return None
        return True

    def _add(
        self, fact: str, value: bool, text: str, sentence: Sentence, found: Found
    ) -> None:
        start, end = found.start + sentence.start, found.end + sentence.start
        self.facts.append(ReadFact(fact, value, None, Bound.EXACT, text[start:end], start, end))


def _is_unsure(sentence: Sentence, found: Found) -> bool:
    """Whether its clauses say that nothing is known: 上没上规闹不清."""
    return any(_UNSURE.search(one.text) for one in _clauses(sentence, found))


def is_affirmed(words: str) -> bool:
    """Whether a word stands in them that says yes."""
    return bool(_AFFIRMED.search(words))


def is_denied(words: str) -> bool:
    """Whether a word of denial stands in them, whatever it denies."""
    return bool(_DENIAL.search(words))


def parsed_signs(signs: Iterable[str]) -> tuple[Sign, ...]:
    """As `facts.yaml` writes them."""
    made = []
    for sign in signs:
        groups = [tuple(map(folded, group.split("/"))) for group in str(sign).split("+")]
        wanted = tuple(one for one in groups if not one[0].startswith("!"))
        absent = [one for one in groups if one[0].startswith("!")]
        words = tuple(word.lstrip("!") for one in absent for word in one)
        told = tuple(one for one in wanted if one != ("?",))
        made.append(Sign(told, words, is_matter=told != wanted))
    return tuple(made)


def find_sign(sign: Sign, sentence: Sentence) -> Iterator[Found]:
    """The words of all groups, each as near to those before as it stands."""
    text = sentence.text
    if any(word in text for word in sign.absent):
        return
    if not all(any(word in text for word in group) for group in sign.groups):
        return
    for first in _places(text, sign.groups[0]):
        spans = [first]
        for group in sign.groups[1:]:
            near = [
                one
                for one in _places(text, group)
                if not any(one[0] < other[1] and other[0] < one[1] for other in spans)
                and min(abs(one[0] - spans[-1][1]), abs(spans[-1][0] - one[1])) <= REACH
            ]
            if not near:
                break
            last = spans[-1]
            gaps = [(_is_parted(text, last, one), abs(one[0] - last[1]), one) for one in near]
            spans.append(min(gaps)[-1])
        else:
            start, end = min(one[0] for one in spans), max(one[1] for one in spans)
            yield Found(start, end, tuple(spans), sign.is_matter)


def _is_parted(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, last = sorted((one, other))
    return bool(_PARTS.search(text[first[1] : last[0]]))


def _places(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    return sorted(
        (at, at + len(word))
        for word in words
        for at in range(len(text))
        if text.startswith(word, at)
    )


def _clauses(sentence: Sentence, found: Found) -> list[Clause]:
    start, end = found.start + sentence.start, found.end + sentence.start
    return [one for one in sentence.clauses if one.start < end and start < one.end]


def _is_ours(sentence: Sentence, found: Found) -> bool:
    return all(one.is_ours for one in _clauses(sentence, found))


def _is_torn(sentence: Sentence, found: Found) -> bool:
    """Words on both sides of a comma that do not belong together: what is denied before it denies
    nothing behind it, 没进前五，国家科技进步奖二等.
    """
    words = sentence.text[found.start : found.end]
    parts = _PARTS.split(words)
    if len(parts) == 1:
        return False
    first, last = (_clauses(sentence, found)[at] for at in (0, -1))
    cut = found.end - len(parts[-1])
    before = sentence.text[first.start - sentence.start : cut]
    behind = sentence.text[cut : last.end - sentence.start]
    return bool(_DENIAL.search(before)) and not _DENIAL.search(behind)


def _answered(sentence: Sentence, clause: Clause) -> int:
    """The end of the clause behind that answers for this one, else 0."""
    if filled := _FORM.match(sentence.text, clause.start + len(clause.text) - sentence.start):
        return filled.end()
    behind = [one for one in sentence.clauses if one.start >= clause.end]
    if not behind or not _ANSWER.fullmatch(behind[0].text.strip()):
        return 0
    return behind[0].end - sentence.start


def _covered(words: str, start: int, found: Found) -> str:
    """`words`, which begin at `start`, without the sign's own: as many characters."""
    kept = list(words)
    for left, right in found.inside:
        kept[left - start : right - start] = "　" * (right - left)
    return "".join(kept)
