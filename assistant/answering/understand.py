"""Question and history to `Query`: intent, content words, figures, clause address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.address import Address, find_address
from assistant.answering.spelling import Sounds, repair, sound_index
from assistant.answering.terms import Term, content_terms
from assistant.retrieval.store import PolicyIndex
from assistant.retrieval.tokenizer import word_frequency
from assistant.schema import Intent, Turn
from assistant.text import NumberSpan, find_numbers, normalize

MAX_SPELLING_PASSAGES = 2000
MAX_CLAUSE_NUMBER = 60
ASKS_NUMBER = re.compile(
    r"多少|(?<![哪第这])几(?=家|个|条|项|名|人|张|套|亩|平|方(?!面)|亿|万|强|成|年)|前几|数量|数目|目标数|下限|规模多大|多大(?:规模|面积)|"
    r"面积|几名|总规模|三个数|那.{0,3}个数|指标.{0,4}(?:表|数)|有关的数|总数|目标(?:是)?$"
)
_ASKS_LIST = re.compile(
    r"哪些|哪几|有什么|有啥|分别是|列一|逐个|名单|几种|几类|哪两|哪四|都有|包括什么|什么内容|清单|有哪|是哪[两三四五六七几]"
    r"|点了?名|玩法|哪几个|方向.{0,4}列|有那几样|具体[包].?[括扩]|列了"
)
_ASKS_WORDING = re.compile(
    r"原文|原话|全文|逐字|一字|抄|表述|怎么写|咋写|怎么说的|说了?啥|讲了?啥|讲什么|讲的|写的啥|写的什么|念一?遍|贴一?下|原句|整句|"
    r"前后文|怎么讲|怎么规定|完整贴|是什么$|说什么|讲的什么|原文给我|内容是"
)
_ASKS_DEFINITION = re.compile(
    r"(?:是什么意思|什么意思|指(?:的是)?(?:什么|啥)|是指|全称|中文(?:名|怎么|是)|定义|什么是|何为|哪一?.哪[一两三]|啥意思|到底指|"
    r"怎么解释|解释(?:一下|没有)|叫什么$|说的是什么|是什么(?:东西)?[?]?$|含义)"
)
_ASKS_PREMISE = re.compile(
    r"写的是|确有|列在|里面的[?]?$|是不是|对吗|对不对|对吧|对伐|属实|没错吧|没错|是吗|是这样吗|有没有写错|数对吗|没记[反错]|没看错|真的|吧[?]?$|"
    r"不是.{1,20}吗|核对:|核实:|核实,|一致吗|记得|听说|是.{1,30}的?吗[?]?$|理解可以吗|年份核|印象里|是否(?:要|为|是|写)|说的对"
)
_ASKS_EXISTENCE = re.compile(
    r"有没有(?:提|写|说|讲)|提(?:到|过)了?(?:吗|没|我们)|是否提|有提|写没|写到(?:吗|没)|提没提|有没有.{0,12}(?:说法|内容|规定|安排)|确有|这几个字"
)
_ASKS_WHO_WHERE = re.compile(
    r"谁|哪个(?:园|院|局|部门|单位|机构|区|品牌|镇)|哪里|哪儿|在哪|什么机构|哪一?条|哪一?项|第几|哪家|什么角色|定位|哪个字|哪块|哪一部分|"
    r"还是(?:高新|罗店)|放哪|地位|靠哪"
)
_ASKS_LOCATION = re.compile(
    r"(?:写在|在|是|出自|出现|提).{0,8}(?:第几|哪一?[条项章节部]|哪里)|第几[条项]|哪一?[条项](?:写|提|说|出现|里)"
)
_ASKS_SUPPORT = re.compile(
    r"支持|扶持|补贴|优惠|帮不帮|帮忙吗|怎么办|咋办|有没有路子|鼓励|能享受|能拿|能申请|沾.{0,2}边|对我|我们公司|我司|让不让|政策"
)
_ASKS_VALIDITY = re.compile(
    r"(?:现在|目前|还|正式|已经?|什么时候|何时|哪天|几时)?(?:生效|有效|施行|实施日期|印发|出台|废止|失效|到期|过期|作废|发布|公布|通过)|"
    r"什么稿|征求意见|终稿|正式(?:文件|版|稿)|版本状态|送审稿|管(?:到|哪)|覆盖哪|哪几年|规划期|期限|时间范围|文号|发文(?:单位|机关)|谁(?:发|印)的|"
    r"能?(?:不能)?(?:当|作为).{0,8}(?:依据|生效)"
)
_FOLLOW_UP = re.compile(
    r"^(?:那|还|它|这|另|再|不是|为啥|为什么|下一|上一|原文|把这|其|该|后|前|第二个|谁负责|平台|.{1,12}呢[?]?$|.{1,8}的(?:也|呢))"
)
_NEIGHBOUR = re.compile(
    r"(?P<next>下一?面?一?[条项]|后一?[条项])|(?P<before>上一?面?一?[条项]|前一?[条项])"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready. Texts are normalised."""

    text: str
    norm: str
    intent: Intent
    terms: tuple[Term, ...]
    context: tuple[Term, ...]
    """Words of earlier turns that a follow-up leans on; they rank, and are not required."""
    search: str
    """What is searched: the question, with the last turn before it for a follow-up."""
    numbers: tuple[NumberSpan, ...]
    address: Address | None
    asks_location: bool
    asks_existence: bool
    step: int
    """-1 or 1 where the clause before or after the last one is asked for."""
    previous: str
    """The last turns, normalised; empty unless this is a follow-up."""


def understand(question: str, history: Sequence[Turn], index: PolicyIndex) -> Query:
    """`question` has no control characters; the newest turn of `history` is last."""
    norm = _spelt(normalize(question).text, index)
    is_follow_up = bool(history) and (bool(_FOLLOW_UP.search(norm)) or len(norm) <= 18)
    last_question = next((t.content for t in reversed(history) if t.role == "user"), "")
    last_answer = next((t.content for t in reversed(history) if t.role == "assistant"), "")
    previous = normalize(f"{last_question} {last_answer}").text if is_follow_up else ""
    numbers = _claimed_numbers(norm)
    terms = _terms(_topic(norm), index)
    context = _terms(normalize(last_question).text, index) if is_follow_up else ()
    if is_follow_up and not any(term.is_known for term in terms):
        context = _terms(previous[:200], index)
    neighbour = _NEIGHBOUR.search(norm) if is_follow_up else None
    step = 0 if neighbour is None else (1 if neighbour["next"] else -1)
    intent = read_intent(norm, numbers)
    if is_follow_up and intent is Intent.EXPLAIN:
        intent = read_intent(normalize(last_question).text, ())
        intent = Intent.EXPLAIN if intent is Intent.PREMISE else intent
    return Query(
        text=question,
        norm=norm,
        intent=intent,
        terms=terms,
        context=context,
        search=f"{question} {last_question}" if is_follow_up else question,
        numbers=numbers,
        address=None if step else find_address(norm, index),
        asks_location=bool(_ASKS_LOCATION.search(norm)),
        asks_existence=bool(_ASKS_EXISTENCE.search(norm)),
        step=step,
        previous=previous,
    )


def _spelt(norm: str, index: PolicyIndex) -> str:
    """Slips mended, in a corpus small enough to know every sound of it."""
    if len(index.passages) > MAX_SPELLING_PASSAGES:
        return norm
    return repair(norm, _sounds(index), lambda word: word_frequency(word) > 0)


@lru_cache(maxsize=2)
def _sounds(index: PolicyIndex) -> Sounds:
    return sound_index(
        normalize(" ".join([*passage.path, passage.text])).text for passage in index.passages
    )


def _topic(norm: str) -> str:
    """What stands after a colon, where someone first says why they ask."""
    before, colon, after = norm.rpartition(":")
    return after if colon and len(after) >= 8 and before else norm


def _terms(norm: str, index: PolicyIndex) -> tuple[Term, ...]:
    return content_terms(norm, index.document_frequency, len(index.passages))


def _claimed_numbers(norm: str) -> tuple[NumberSpan, ...]:
    """Figures of the question other than clause numbers."""
    return tuple(
        span
        for span in find_numbers(norm)
        if not norm[: span.start].endswith(("第", "("))
        and not re.match(r"大?部分|\(|[款章节]", norm[span.end :])
        and not (span.value <= MAX_CLAUSE_NUMBER and re.match(r"[条项]", norm[span.end :]))
    )


def read_intent(norm: str, numbers: Sequence[NumberSpan] = ()) -> Intent:
    """What kind of answer normalised words ask for."""
    if _ASKS_LOCATION.search(norm):
        return Intent.WHO_WHERE
    if _ASKS_PREMISE.search(norm) and not re.search(r"多少|哪[个些几]|什么|怎么|谁|几家", norm):
        return Intent.PREMISE
    if re.search(
        r"文号|什么稿|正式|生效|有效期|方案(?:期限|管|覆盖)|版本|哪几年|印发|终稿|施行|送审", norm
    ):
        return Intent.VALIDITY
    for pattern, intent in (
        (_ASKS_DEFINITION, Intent.DEFINITION),
        (ASKS_NUMBER, Intent.NUMBER),
        (_ASKS_LIST, Intent.LIST),
        (_ASKS_WORDING, Intent.WORDING),
        (_ASKS_WHO_WHERE, Intent.WHO_WHERE),
        (_ASKS_SUPPORT, Intent.SUPPORT),
        (_ASKS_VALIDITY, Intent.VALIDITY),
    ):
        if pattern.search(norm):
            return intent
    return Intent.PREMISE if numbers and norm.endswith(("吗", "吗?")) else Intent.EXPLAIN
