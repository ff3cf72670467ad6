"""What kind of answer a question wants, read by a linear model over its characters."""

from __future__ import annotations

import re

from assistant.linear import LinearModel, grams
from assistant.schema import Intent, Tier

_PART = re.compile(r"[^,;。?!:]+")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SIZES = (1, 2, 3)

_ASKS_LOCATION = re.compile(
    r"[归属划][在入于进到]?[^,;。?]{0,3}哪|(?:写在|在|是|出自|出现|提).{0,8}(?:第几|哪一?[条项章节部]|哪里|哪些(?:地方|条|部分|章节))|第几[条项]|哪一?[条项](?:写|提|说|出现|里)"
)
_ASKS_VALIDITY = re.compile(
    r"(?:现在|目前|还|正式|已经?|什么时候|何时|哪天|几时)?(?:生效|有效|施行|实施日期|印发|出台|废止|失效|到期|过期|作废|发布|公布|通过)|"
    r"什么稿|征求意见|终稿|正式(?:文件|版|稿|$)|版本状态|送审稿|管(?:到|哪)|覆盖哪|哪几年|规划期|期限|时间范围|文号|发文(?:单位|机关)|谁(?:发|印)的|"
    r"能?(?:不能)?(?:当|作为).{0,8}(?:依据|生效)"
)
_ASKS_CHANGE = re.compile(
    r"(?:什么时候|何时|哪一?[年天次]|几时|最近一次|最后一次).{0,6}修[正订改]|"
    r"修[正订改].{0,6}(?:什么时候|何时|哪一?[年天]|几时|几次)|[是有].{0,3}哪一?版|哪一?个?版本?[是有]"
)
_ASKS_PERIOD = re.compile(r"(?:管|用|为期|覆盖|执行|持续|从)[^,]{0,3}[几哪]年")
_ASKS_OPENLY = re.compile(
    r"如何|怎么|怎样|什么|哪[些个几家里儿种类]|多少|几[个家类种项条]|何时|为何|谁"
)
_ASKS_WHETHER = re.compile(
    r"[吗吧嘛么呗不没]\W*$|对不对|[是算]不[是算]|是否|有没有|[能会]不[能会]|可不可以|[需要]不[需要]|没错|属实|真的|准不准|"
    r"正确|哪[个种]说?法?[是才]?对|听说|据说|说是|以为|记得|是伐"
)

_TIERS = {
    Tier.NATIONAL: re.compile("国家|全国|国务院|部委|工信部|科技部|财政部"),
    Tier.CITY: re.compile("上海(?!市?宝山)|本市|全市|市级|市里|市层面|市政府"),
    Tier.DISTRICT: re.compile("宝山|本区|我区|区级|区里"),
}


def intent_features(norm: str) -> dict[str, float]:
    """N-grams of the normalised question and, apart, of its last part; figures become 0."""
    plain = _DIGITS.sub("0", norm)
    features = grams(plain, _SIZES)
    parts = _PART.findall(plain)
    if parts:
        features |= {f"L{gram}": value for gram, value in grams(parts[-1], _SIZES).items()}
    return features


def tiers_asked(norm: str) -> frozenset[Tier]:
    """Whose rules are asked about: the country's, the city's, the district's."""
    return frozenset(tier for tier, words in _TIERS.items() if words.search(norm))


def read_intent(norm: str, model: LinearModel) -> Intent:
    """What kind of answer normalised words ask for; the model's labels are intents.

    An open question claims nothing to be judged: 浙江方案“四个集中”包括哪些.
    """
    is_open = _ASKS_OPENLY.search(norm) and not _ASKS_WHETHER.search(norm)
    barred = (Intent.PREMISE.value,) if is_open else ()
    return Intent(model.best(intent_features(norm), barred))


def asks_location(norm: str) -> bool:
    """Whether the place in the text is asked for: 写在第几条."""
    return bool(_ASKS_LOCATION.search(norm))


def asks_validity(norm: str) -> bool:
    """Whether the words are about the document's own force: 废止, 生效, 20xx年的."""
    return any(
        asks.search(norm) for asks in (_ASKS_VALIDITY, _ASKS_PERIOD, _ASKS_CHANGE)
    )
