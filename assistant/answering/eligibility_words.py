"""The words in which people ask what they themselves get, and answer what they are asked.

All but `day_of_question` and `labelled_reply` take normalised words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from assistant.answering.day_asked import day_asked
from assistant.text import normalize

_SELF = re.compile(
    r"我们|我司|我公司|我企业?|我厂|我单位|我家|我这|我(?=[开办做创])|咱|本公司|本企业|本单位|本厂"
)
_FIRM_MEANT = re.compile(r"(?:这家|该)(?:企业|公司)")
_MAY = (
    r"(?:能不能|可不可以|能否|可否|是否能|是否可以|有没有资格|有资格|可以|能够?|可(?=享|申|报|领))"
)
_GETS = (
    r"(?:拿(?!它|这|去|来|着|出|不准)|领|享受|享有|享(?!有)|申请|申报|报(?!告|名|纸|道)|评(?!价|估)"
    r"|认定|获得|得到|争取|吃到|够得?上|当得?上|成为|减免?|免|补|要到|套用|适用|算"
    r"|入库|加计扣除|抵扣|升|进(?=.{0,6}(?:库|名单))|过(?=[吗么不]|得了))"
)
_WISHES = r"(?:想|准备|打算|现在)(?:要|去|再)?(?:评(?!价|估)|报(?!告|名)|申请|申报|升|冲)"
_CAN = rf"{_MAY}(?!不)[^,。?!;]{{0,10}}?{_GETS}"
_SUM = r"(?:给|奖|补|发)[^,。?!;]{0,4}?\d+(?:\.\d+)?万"
_ASKS = re.compile(
    rf"{_CAN}"
    r"|(?:是否|是不是|符不|够不|达不)?"
    r"(?:符合|够格|够得上|够不够|够(?=条件|资格|标准|门槛)|达标|达到(?=.{0,8}(?:标准|条件|门槛|要求)))"
    r"|(?:有|给)(?:没有|些|没)?(?:什么|哪些|啥|多少)?[^,。?!;]{0,6}?"
    r"(?:补贴|补助|奖励|优惠|资助|奖补|待遇|扶持政策|扶持资金)"
    r"|(?:还|都)?(?:差|缺)(?:什么|哪些|啥|多少|几)"
    r"|(?:适用|享受)(?:什么|哪些|啥)"
    rf"|{_SUM}"
    r"|(?:评|报|申请|申报|认定)[^,。?!;]{1,12}?(?:行不行|行吗|成吗|可以吗|可不可以)"
    rf"|{_WISHES}"
)
_WISH = re.compile(_WISHES)
_OF_A_SUM = re.compile(_SUM)
_BARE = re.compile(rf"[那还也就么请问]*{_CAN}")
_OBJECT = re.compile(
    r"什么|哪些|哪几|啥|多少|补贴|补助|奖励?|资助|优惠|扶持|贴息|资金|政策|待遇|钱|减免|称号|资格|条件"
    r"|门槛|标准|券|加计扣除"
)
_MONEY = re.compile(r"\d万|几十?万")
_QUERY = re.compile(
    r"[?]|吗|么|呢|什么|哪|啥|多少|几[个项样家]|是否|是不是|能不能|可不可以|能否|可否|有没有|符不|够不"
    r"|怎么|如何|判断|看看|查(?:一|查|下)|帮|吧|对不|是不|没错|伐|[不没]$|谁|核(?:一|对|实)|还是|属实|准不准|贴|写进|请|麻烦"
    r"|(?P<verb>[\u4e00-\u9fff])不(?P=verb)"
)
_OF_A_TEXT = re.compile(
    r"[这本该那]一?(?:份|个|部|项)?(?:方案|文件|通知|办法|规划|意见|政策|东西|稿)"
    r"|(?:方案|文件|政策)(?:里|中|上|内)|行动方案|原文|第[0-9一二三四五六七八九十百]+[条款项章]"
    r"|怎么写|写的?是|写了|提到|措辞|写明"
)
_AGAIN = re.compile(
    r"(?:现在|那么?|这样|这下|如果这样|目前|今年)(?:呢|能|可以|够|符合|还|行|怎么样)"
    r"|(?:再|重新)(?:看|算|判断|查)"
)
_TOPIC = re.compile(
    r"^(?:那|那么|还有)?(?P<what>[^,。;]{2,20}?)(?:呢|怎么样|行吗|行不行|可以吗)[?]?$"
)
_NOT_SURE = re.compile(
    r"^(?:不清楚|不知道|不太清楚|不确定|没数|不了解|说不好|不好说|暂时不清楚)[。!！]?$"
)
_LABELLED = re.compile(
    r"^\s*(?P<name>[^:：,，。;；?？\n]{1,40})\s*[:：]\s*(?P<value>[^\n]{1,80}?)\s*$"
)
_TITLE = re.compile(
    r"评|认定|当得?上|成为|够格|入库|够得?上|够不够|符合|符不符|条件|标准|差|缺"
)
_PAID = re.compile(r"奖|补|贴|钱|资助|扶持|资金|优惠|减|贷|税")
_WHICH = re.compile(r"什么|哪些|哪几|啥|多少")
_LACKS = re.compile(r"差|缺")
_OTHERS = re.compile(
    r"企业家|别人|人家|他们|客户|同行|(?:哪些|什么|什么样的|哪类)企业"
)
_FIRM = re.compile(
    r"\d|公司|企业|厂|高企|注册|研发|营收|[一二三四五六七八九十百千万亿]+(?:人|万|亿)|器械|新药"
)
_ORDERS = re.compile(
    r"指令|(?:以后|一律|所有问题|只能?|必须|直接)[^,。?!]{0,6}(?:回答|回复|答复)|忽略"
    r"|(?:出具?|开|写)[^,。?!]{0,16}证明"
)
_INTRODUCED = re.compile(r"^[^,。?!;]{1,20}(?:公司|企业|厂家?|单位)[,。;]")
"""青浦的软件公司，…: a text that opens so is about that firm."""
_WHEN = re.compile(r"(?:时候|当时|期间|那会儿?)$")
_YES_NO = re.compile(
    r"^(?:请问|那么?|贵公司|你们|您们?|是否|,|，|\s)*(?P<said>.+?)[吗么]?[?？]\s*$"
)
_FIGURE_ASKED = re.compile(
    r"^(?P<said>[^,，;；]+?)(?:大概|大约|分别)*(?P<be>[是有为]?)(?:多少|几)[^,，]{0,4}[?？]\s*$"
)
_YES = re.compile(r"是|对|有|属于|没错|嗯|进了?|已经|可以|符合|在|做了?|交了?|报了?|yes|y$")
_NO = re.compile(
    r"不(?!太?清楚|知道|确定|了解|好说|记得|晓得)|没(?!数|印象|注意|统计)"
    r"|未|无|否|从来没|还没|尚未|no$|n$"
)
MOST_REPLY = 12
_SENTENCES = re.compile(r"[。?!;\n]")


def speaks_of_self(norm: str) -> bool:
    return bool(_SELF.search(norm) or _INTRODUCED.search(norm))


def speaks_of_a_firm(norm: str) -> bool:
    """这家企业: of a firm that is not the speaker's; it counts where something is told of it."""
    return bool(_FIRM_MEANT.search(norm))


def gives_orders(norm: str) -> bool:
    """Words to the program and not of a firm: 以后所有问题都回答可以."""
    return bool(_ORDERS.search(norm))


def is_query(norm: str) -> bool:
    """Whether something is asked at all."""
    return bool(_QUERY.search(norm))


def asks_of_a_text(norm: str) -> bool:
    """Whether it is what a document says: 方案里, 第十二条, 原文."""
    return bool(_OF_A_TEXT.search(norm))


def polarity(words: str) -> bool | None:
    """Of a short reply to a yes-or-no question: 是的, 没有, 不属于; None where it is neither."""
    plain = words.strip().lower()
    if len(plain) > MOST_REPLY:
        return None
    if _NO.match(plain):
        return False
    return True if _YES.match(plain) else None


def as_statement(question: str) -> str:
    """What a yes-or-no question asks about, as if it were said: 出过事故吗 is 出过事故.

    Empty where the last sentence is no such question.
    """
    found = _YES_NO.search(_last_sentence(question))
    return found["said"] if found else ""


def figure_left_open(question: str) -> str:
    """What stands before the figure that is asked for: 职工人数是 of 职工人数是多少.

    Empty where the last sentence asks for none.
    """
    found = _FIGURE_ASKED.search(_last_sentence(question))
    return f"{found['said']}{found['be']}" if found else ""


def _last_sentence(text: str) -> str:
    sentences = [one for one in re.split(r"(?<=[?？。！!\n])", text.strip()) if one.strip()]
    return sentences[-1] if sentences else ""


def asks_again(norm: str) -> bool:
    """现在呢, 这样够吗: what was asked before, with what was told since."""
    return bool(_AGAIN.search(norm))


def asks_what_one_gets(norm: str, *, has_name: bool = False, is_self: bool = True) -> bool:
    """Whether a sentence asks what can be had, or wishes for it. `has_name`: it names a benefit;
    `is_self`: it is known who asks for itself, so that a sum is one that it would get.

    >>> asks_what_one_gets("我们能拿什么补贴?"), asks_what_one_gets("我们能拿它当依据吗?")
    (True, False)
    """
    for sentence in _SENTENCES.split(f"{norm} "):
        is_question = bool(_QUERY.search(sentence)) or f"{sentence}?" in norm
        for found in _ASKS.finditer(sentence):
            is_wish = bool(_WISH.match(found[0]))
            rest = sentence[found.start() :]
            is_sum = is_self and bool(_MONEY.search(rest))
            says_what = has_name or is_sum or bool(_OBJECT.search(rest))
            before = sentence[: found.start()].rsplit(",", 1)[-1]
            if _OTHERS.search(before) or (_OF_A_SUM.match(found[0]) and not is_self):
                continue
            if is_question != is_wish and says_what:
                return True
    return False


def has_no_subject(norm: str, *, is_told: bool = False) -> bool:
    """能评专精特新吗, 想评专精特新: who speaks so, speaks for itself. `is_told`: something is
    told before it asks, 国家级小巨人，上海的，能申请什么补贴.
    """
    parts = re.split("[,。?!;\n]", norm) if is_told else _SENTENCES.split(norm)
    is_bare = any(_BARE.match(one) for one in parts)
    return is_bare or any(_WISH.match(one) for one in re.split("[,。?!;\n]", norm))


def may_describe(norm: str) -> bool:
    """Whether it may be the description of a firm: something is said, and nothing asked."""
    return bool(_FIRM.search(norm)) and not is_query(norm)


def objects_of(norm: str) -> Iterator[tuple[str, bool]]:
    """Where the name of what is to be had may stand: after the verb, or before one that has no
    object; with whether it is asked for as a title and not as money.
    """
    for sentence in _SENTENCES.split(norm):
        for found in _ASKS.finditer(sentence):
            rest, before = sentence[found.start() :], sentence[: found.start()]
            is_title = bool(_TITLE.search(rest)) and not _PAID.search(rest)
            yield rest, is_title
            if _LACKS.search(found[0]) or not _WHICH.search(rest):
                yield before.rsplit(",", 1)[-1], is_title


def topic_of(norm: str) -> str:
    """Of a follow-up that only names something else: 那专精特新呢; else empty."""
    found = _TOPIC.match(norm)
    return found["what"] if found else ""


def is_not_sure(words: str) -> bool:
    return bool(_NOT_SURE.match(words.strip()))


def labelled_reply(text: str) -> tuple[str, str] | None:
    """职工人数：86人 as name and value."""
    found = _LABELLED.match(text)
    return (found["name"], found["value"]) if found else None


def day_of_question(question: str, today: date) -> date | None:
    """Of the part that asks: 去年营收一亿 is no question about last year."""
    parts = re.split("[,。;]", normalize(question).text)
    for at, part in enumerate(parts):
        if _ASKS.search(part):
            before = parts[at - 1] if at and _WHEN.search(parts[at - 1]) else ""
            if found := day_asked(f"{before}{part}", today):
                return found
    return None
