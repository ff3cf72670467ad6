"""What a question is about: its content words, weighted, and how far a text has them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.retrieval.tokenizer import cut, synonyms, word_frequency

UNKNOWN_WEIGHT = 4.0
COMMON_FREQUENCY = 1500
COMMON_WEIGHT = 0.5
"""An everyday word that the corpus lacks says little; a rare one says the corpus lacks the topic."""

_STOP = frozenset(
    ["的", "了", "吗", "呢", "吧", "啊", "呀", "么", "嘛", "哦", "噢", "伐", "是", "在", "有", "和", "与", "及", "或", "也", "都", "就", "还", "又", "再", "要", "会", "能", "可以", "可", "想", "请", "请问", "问", "问下", "想问", "下", "一下", "帮", "帮我", "帮忙", "麻烦", "谢谢", "谢", "您好", "你好", "您", "你", "我", "我们", "咱们", "咱", "俺", "他", "她", "它", "他们", "这", "那", "这个", "那个", "这些", "那些", "这里", "那里", "里", "里面", "里头", "面", "上", "中", "内", "对", "对于", "关于", "把", "被", "让", "给", "从", "到", "向", "为", "为了", "因为", "所以", "但", "但是", "如果", "而", "而且", "以及", "并", "并且", "不", "没", "没有", "有没有", "是不是", "对不对", "能不能", "可不可以", "是否", "什么", "啥", "哪", "哪些", "哪个", "哪几", "几", "几个", "几家", "几条", "几项", "多少", "多", "多大", "怎么", "怎样", "如何", "咋", "咋样", "怎么样", "为什么", "为啥", "谁", "何", "何时", "哪里", "哪儿", "方案", "行动方案", "文件", "政策", "规划", "稿", "稿子", "原稿", "条款", "原文", "原话", "全文", "原句", "内容", "写", "写的", "写明", "提", "提到", "提及", "说", "讲", "说的", "讲的", "规定", "表述", "怎么写", "怎么说", "出自", "引用", "抄", "抄给", "念", "贴", "贴一下", "发", "发我", "看", "看看", "查", "查一下", "核对", "核实", "核", "确认", "记得", "印象", "听说", "据说", "报道", "同事", "老板", "领导", "记者", "属实", "真的", "没错", "记错", "看错", "写错", "有没有错", "准确", "准", "正确", "具体", "到底", "究竟", "目前", "现在", "已经", "主要", "大概", "大约", "一共", "总共", "合计", "分别", "各", "各自", "每", "所有", "全部", "一些", "一个", "一家", "一条", "一段", "一句", "一项", "那段", "那条", "那句", "这条", "这段", "这句", "部分", "段", "条", "句", "项", "第", "个", "家", "名", "位", "点", "遍", "字", "几个字", "字不差", "一字", "不差", "逐字", "别", "概括", "要是", "比如", "例如", "之类", "等", "等等", "方面", "块", "那块", "这块", "相关", "有关", "情况", "问题", "目标", "指标", "数", "数字", "数量", "下限", "上限", "至少", "最少", "最多", "不少于", "以上", "以下", "超", "超过", "打算", "准备", "计划", "希望", "需要", "应该", "算", "算是", "属于", "作为", "成为", "叫", "叫做", "名字", "名称", "名", "称", "指", "指的", "指的是", "意思", "含义", "定义", "是指", "公司", "我司", "企业", "单位", "我家", "区里", "本区", "我区", "宝山", "宝山区", "上海", "上海市", "全区", "市里", "政府", "年", "月", "日", "今年", "明年", "去年", "急", "老", "总", "刚", "刚问", "做", "搞", "弄", "去", "来", "走", "用", "拿", "得", "着", "过", "很", "太", "挺", "更", "最", "比较", "一样", "另外", "此外", "除了", "之外", "还包括", "包括", "包含", "列", "列出", "列一下", "列举", "逐个", "清单", "事", "事情", "东西", "样", "种", "类", "款", "哎", "嗯", "好", "好的", "行", "呗", "嘞", "跟", "同", "及其", "之", "其", "该", "本", "此", "某", "咨询", "了解", "知道", "告诉", "回答", "解释", "解释一下", "帮忙看", "看下", "帮看", "这边", "那边", "地方", "时候", "期间", "三年", "帮查", "支持", "扶持", "政策支持", "补贴", "鼓励", "企业们", "人家", "大家", "自己", "只", "只要", "只问", "一半", "也说说", "说说", "讲讲", "谈谈", "一句话", "一句", "句话", "简单", "简单说", "随便", "直接", "照", "照抄", "版", "版本", "完整", "贴出来", "出来", "起来", "下来", "进去", "呃", "唉", "喂", "在吗", "吗", "?", "！", "，", "。", "、", "：", "；", '"', "'", "（", "）", "(", ")", "-", "~", ".", "…", ",", "!", ":", ";", "<", ">", "/", "\\", "推进", "发展", "加快", "建设", "生物医药", "产业", "数对", "写进", "写着", "写到", "标题", "一行", "我要", "材料", "重点", "任务", "重点任务", "一处", "处", "有用", "对吗", "真", "假", "咱这", "提过", "到时候", "届时", "底", "年底", "截至", "将", "该怎么", "算不算", "沾", "沾上", "边", "抓", "一般", "通常", "方向", "业务", "行业", "领域"]
)
_FILLER = re.compile(r"^[\d.%]+$")


@dataclass(frozen=True, slots=True)
class Term:
    """A content word; `weight` grows with its rarity in the corpus."""

    word: str
    weight: float
    is_known: bool


@lru_cache(maxsize=1)
def _group_by_word() -> dict[str, tuple[str, ...]]:
    return {word: group for group in synonyms() for word in group}


def alternatives(word: str) -> tuple[str, ...]:
    """The word and the words that mean the same."""
    return _group_by_word().get(word, (word,))


def content_terms(
    norm: str, frequency: Callable[[str], int], count: int, *, keep: Iterable[str] = ()
) -> tuple[Term, ...]:
    """Content words of a normalised question in order; `frequency` is the document frequency.

    Words in `keep` count although they are stop words: 支持 in a premise, say.
    """
    kept = frozenset(keep)
    words: dict[str, None] = {}
    for word in cut(norm):
        is_stop = word in _STOP and word not in kept
        if is_stop or _FILLER.match(word) or (len(word) == 1 and not word.isalnum()):
            continue
        if len(word) == 1 and not word.isascii():
            continue
        words[word] = None
    return tuple(_term(word, frequency, count) for word in words)


def _term(word: str, frequency: Callable[[str], int], count: int) -> Term:
    found = max(frequency(one) for one in alternatives(word))
    if found:
        return Term(word, math.log(1 + count / (found + 0.5)), is_known=True)
    if len(word) == 1 or word_frequency(word) >= COMMON_FREQUENCY:
        return Term(word, COMMON_WEIGHT, is_known=False)
    return Term(word, UNKNOWN_WEIGHT, is_known=False)


def support(word: str, text: str) -> float:
    """How far a normalised text has the word: 1 as it is or by a synonym, else by its bigrams."""
    if any(one in text for one in alternatives(word)):
        return 1.0
    if len(word) < 3 or word.isascii():
        return 0.0
    bigrams = [word[i : i + 2] for i in range(len(word) - 1)]
    share = sum(bigram in text for bigram in bigrams) / len(bigrams)
    return 0.8 * share if share >= 0.5 else 0.0


def coverage(terms: Iterable[Term], *fields: tuple[str, float]) -> float:
    """Weighted share of the terms that the fields (text, trust) have, in [0, 1]; 0 if no terms."""
    total = got = 0.0
    for term in terms:
        total += term.weight
        got += term.weight * max(trust * support(term.word, text) for text, trust in fields)
    return got / total if total else 0.0
