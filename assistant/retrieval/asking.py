"""What kind of thing a question asks for, and what a text has to show of each kind."""

from __future__ import annotations

import re
from functools import lru_cache

ASKED = {
    "number": r"多少|几[个家名人项条次倍成天年月日元万亿种类批辆]|比例|占比|数量|总量|多大",
    "money": r"多少钱|补贴|补助|奖励|资助|金额|费用|收费|价格|工资|封顶|最高|额度|减免",
    "time": r"何时|什么时候|时间|哪天|哪年|哪一年|几号|几月|期限|多久|多长|截止|日期|有效期",
    "place": r"哪里|何处|哪儿|地点|什么地方|哪个[省市区县镇]|哪些[省市区县地]|在哪|地址",
    "who": r"谁|哪[个些家](?:部门|单位|公司|企业|机构|人|机关|主体|组织)|哪家|由哪|什么[部单]",
    "list": r"哪些|什么(?:措施|内容|要求|条件|举措|材料|规定|工作|情形|方面)|有何|怎样|如何|怎么",
    "yes_no": r"是否|能否|能不能|可否|可以.*吗|吗[?？]?$|是不是|有没有|会不会|需不需要|算不算",
    "why": r"为什么|为何|原因|目的|理由",
    "contact": r"电话|热线|网址|邮箱|网站|联系方式|号码|渠道|平台|公众号",
    "penalty": r"处罚|责任|犯罪|坐牢|判刑|赔偿|违法|罚款|后果|追究|刑事",
}
"""By kind: how a normalised question asks for it."""
SHOWN = {
    "digit": "0123456789",
    "money": "元%",
    "date": "年月日",
    "list": "、",
    "item": "()①②③④⑤⑥⑦⑧⑨",
    "duty": "可应须得",
    "penalty": "罚刑责赔",
}
"""By kind: characters of texts that have it."""
WANTED = (("number", "digit"), ("time", "date"), ("money", "money"), ("list", "item"),
          ("list", "list"), ("penalty", "penalty"))  # fmt: skip
"""A kind of question and the characters that its answer should have."""

_ASKED = {kind: re.compile(pattern) for kind, pattern in ASKED.items()}
_PLACE = re.compile(r"^.{2,7}?(?:省|市|自治区|自治州|自治县|区|县|州|经济特区)")
_NUMBER = re.compile(r"第[一二三四五六七八九十百千零〇0-9]+条(?:之[一二三四五六七八九十]+)?$")


def kinds_asked(norm: str) -> dict[str, bool]:
    """Of each kind of `ASKED`, whether a normalised question asks for it."""
    return {kind: pattern.search(norm) is not None for kind, pattern in _ASKED.items()}


@lru_cache(maxsize=20_000)
def stem_of(title: str) -> str:
    """The title less an article number: articles that are rows of their own belong together."""
    return _NUMBER.sub("", title)


@lru_cache(maxsize=20_000)
def place_in(title: str) -> str | None:
    """The place that a title begins with: 上海市 in 上海市绿化条例."""
    found = _PLACE.match(title)
    return found[0] if found else None
