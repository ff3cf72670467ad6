"""Where a firm is registered and pays tax: towns of 宝山 and cities outside are known by name.

An option that is not defined is never guessed: its parent is taken, 上海 for an undefined
district, and nothing for a place outside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.eligibility.mentions import Finder, Mention
from assistant.eligibility.readings import Bound, DefinitionLike, OptionLike, ReadFact
from assistant.eligibility.scope import Clause, Sentence

_TOWNS = {
    "baoshan": (
        "罗店 罗泾 大场 顾村 杨行 月浦 高境 庙行 淞南 友谊路 吴淞 张庙 南大 美兰湖 "
        "北上海生物医药产业园 超能新材料 宝山工业园 宝山城市工业园 宝山高新区 "
        "吴淞创新城 机器人产业园 环上大 张江高新区宝山园 宝山园 张江宝山园 北上海"
    ),
    "pudong": (
        "张江 金桥 外高桥 临港 陆家嘴 周浦 康桥 川沙 祝桥 北蔡 三林 花木 惠南 高桥镇 曹路 唐镇"
    ),
    "minhang": "莘庄 紫竹 颛桥 虹桥商务区 七宝 浦江镇 梅陇 马桥 华漕",
    "xuhui": "漕河泾 枫林 徐家汇 龙华街道",
    "jiading": "安亭 南翔 江桥 马陆 真新",
    "songjiang": "九亭 泗泾 新桥镇 g60 车墩 佘山",
    "yangpu": "五角场 大创智",
    "jingan": "市北高新 大宁",
    "fengxian": "东方美谷 南桥镇",
    "outside_shanghai": (
        "江苏 浙江 苏州 昆山 太仓 南通 无锡 常州 南京 杭州 嘉兴 宁波 合肥 安徽 北京 "
        "天津 深圳 广州 广东 东莞 山东 青岛 济南 河北 武汉 湖北 成都 四川 西安 陕西 "
        "福建 厦门 江西 湖南 长沙 重庆 郑州 河南 海南 外地 外省 启东 海门 "
        "绍兴 湖州 泰州 徐州 盐城 扬州 镇江 泰兴 芜湖 滁州 马鞍山 大连 沈阳"
    ),
    "abroad": "香港 澳门 台湾 新加坡 美国 日本 德国 英国 韩国 开曼 加拿大",
}
"""Names within each place, parted by spaces."""
_OUTSIDE = ("outside_shanghai", "elsewhere_in_china")
"""Options that mean another province, whichever is defined."""
_ALSO_WORDS = (
    r"工厂|厂房|生产|产线|车间|基地|仓库|办公|研发中心|研发在|实验室|分公司|子公司|办事处|客户"
    r"|销售|市场|总部|门店|母公司|项目|医院|大学|学校|高校|老家|毕业"
    r"|人在|住(?!所)|出差|供货|分支|合作(?!社)|团队在|供应链"
    r"|临床|产能|中试|厂(?=在|也|还)|投资方|展会|同行|博士|股东|代工|委托|发货|院士|租(?!户)|评的|时候|拿的"
    r"|推荐|推的|实习|产地|写字间|写字楼|劝|读书|考察|参展|经营|供应商|实际|外协"
)
_OF_RIGHTS = re.compile("知识产权|专利|商标|软著")
_BRACKET_REGISTERED = re.compile(r"[)）](?:注册|登记)")
"""外省(安徽滁州)注册的企业."""
_ALSO = re.compile(_ALSO_WORDS)
_ALSO_THERE = re.compile(
    rf"(?:区|市|镇|省|那边|这边|当地|的|有|设|建|租|另|还|一个|一家|个|了|自己|也|都|做"
    rf"|和\w{{2}}){{0,5}}(?:{_ALSO_WORDS})"
)
_REGISTERED = re.compile(
    r"注册|登记|工商|落户|落在|迁到|迁入|迁至|搬来|迁来|转来|转入|搬到|搬至|搬进|执照|户口|入驻"
    r"|设在|位于|registered|based in|(?<!生产)地址|住所|街镇|照[上是]|坐落"
)
_REGISTERED_THERE = re.compile(
    r"(?!\S{0,4}(?:公司|别人|客户|一件|专利|软著))[^,，证商税]{0,10}(?:注册|登记|落户|(?:营业)?执照)(?!资本|商标|证)"
)
_SITS = re.compile(
    r"^(?:[一-龥]{0,3}(?:啊|哈|呢|吧|哦|嘛|么)?)$|^(?:我们?|咱们?|本公司|公司|阿拉|企业|单位|地点|住所|坐标|属地)$"
    r"|(?:刚|才|我)来$|(?:主体|的|这家|这边|这里)(?:是|为|在)$|(?:^|registered )in ?$"
    r"|(?:在|于|属于?|座落|坐落|入园|到|进|地点|住所|(?:我们?|公司|企业|单位|阿拉|就|也|^)[是系为])$"
)
"""What stands before the place where a firm is, when 注册 and the like are not said."""
_SITS_THERE = re.compile(
    r"(?:区|市|镇|街道|路|港|[一-龥]{0,4}(?:工业?区|园区?|城|路|公园|广场|万达)|新业坊|范围|辖区|境|名下"
    r"|古镇|老街|乡下?|村|片区|\d+号?弄?)*"
    r"(?:那边|这边|那块|那里|这里|里头?|上|内|本地|当地|一带|附近|边上|旁边?|隔壁|那?一?片|那地方|来|场?[东西南北]面?)*"
    r"(?:$|[ |(:)]"
    r"|的(?![^,，]{0,6}(?:产业|导向|重点|主导|人才|大会|成果|推荐))"
    r"|某|这家?|那个(?=搞|做|开|卖|[^,，]{0,6}(?:企业|公司|厂|的$))"
    r"|一[家个]?(?![^,，]{0,6}(?:银行|医院|厂里))|有(?:家|个公司|一家|车队|厂|公司)"
    r"|(?:入驻|规上|规模以上)?(?:工业|制造)?(?:企业|公司|厂)|合作社|农场|果园|自家|[开做搞种养办人跑卖造修带干弄小老\d]|成立|注册|设|经营|创[办立])"
)
_WE_ARE = re.compile(r"(?:我们?|咱们?|公司|企业|单位|阿拉)(?:就|也|都)?(?:是|在)?$")
_A_FIRM = re.compile(r"(?:省|市)?的?(?!客户|供应)[^,，]{0,8}(?:企业|公司)(?:$|[,，])|(?:省|市)?的$")
"""A place outside 上海 is more often that of a plant or a customer."""
_OUR_WORKS = re.compile(
    r"(?:我们?|咱们?|本|这|我们?这)(?:个|家)?(?:小|老)?厂子?在$|我们\S{0,4}公司在$"
)
"""咱这厂在友谊路: the works are the firm."""
_LABEL = re.compile(r"(?:^|[,，;。、 ])(?P<name>[^,，;。、 ]{1,8}(?<!客户.):)$")
_OWN_LABEL = re.compile("注册地址?(?!区)|公司地址")
_SAME = re.compile(
    r"(?:税|纳税)[^,，。;:]{0,8}(?:同上?$|同(?:注册地|前|一)|一样|一致|也在(?:这|那|此|当地))"
)
_PLANT = re.compile(
    r"(?:^|我们?|咱们?|阿拉|本|的|公司|[,，:]|[\d一二三四五六七八九十两几][家个间])(?:老|小|总)?"
    r"(?:厂子?|厂房|工厂|车间|洁净车间|仓库?|办公室?|门店|店|总部|公司|实验室|生产)"
    r"(?:就|都|也|设|开|搬|租)*(?:[在到是于为]|:|$) ?$|都?在$|^\d?$"
)
_PLANT_THERE = re.compile(
    r"(?:区|市|镇|街道|口|[一-龥]{0,3}(?:万达|广场|城|路))*(?:都?有[^,，]{0,4}[家个间]门?店|[^,，]{0,3}家(?:门?店|直营)"
    r"|开了|那家(?!做到|去年)|自己的|自家的?|的?(?:洁净)?车间|办公|租了?|起家|[这那]地方|[一-龥]{0,6}(?:边上|旁边|对面))"
)
"""Where a firm works, sells or has its plant; it counts where nothing says where it is."""
_ELSEWHERE = re.compile(
    r"客户|别人|人家|供应|合作(?!社)|分公司|子公司|代工|委托|母公司|临床|医院|大学|毕业|实习|老家|展|出差|投资方|股东|项目"
)
_MOVED_TO = re.compile(r"(?:搬|迁|引进)(?:到|入|至|进|来)了?[^,，。;]{0,6}$")
_BOTH = re.compile(
    r"(?:注册|执照|户口|工商)[^,，。;]{0,6}税|税[^,，。;]{0,4}(?:注册|执照|户口)"
)
"""注册、纳税都在顾村; a list is cut into clauses."""
_TAX = re.compile(r"税|交金|户管")
_TAX_THERE = re.compile(r"[区市镇]{0,2}(?:履行|申报|交|纳|缴|收\S{0,2})*(?:的)?(?:税|交金)")
_NOT_A_PLACE = re.compile(
    r"^(?:[东西南北中]|[一二三])?(?:路|街|大道|弄)(?!街?道)|^(?:区|市|镇)?(?:的|那个|这个|区里|市里|这边|有"
    r"|对|出)?(?:政策|补贴|奖励|有什么|有哪些|能拿|扶持"
    r"|支持|专项|管委会|(?:科技|科学)\S{0,4}奖|.{0,8}实习|科委|经委|经信|税务局|投促|科技局|政府|市级"
    r"|级|专精特新|科技小巨人|小巨人|高新技术企业|证|药监|医疗器械审评"
    r"|(?!.{0,8}(?:公司|企业|一家|做))[^,，]{0,8}(?:政策|补贴|奖励|扶持|措施|办法)|交通大学|大学"
    r"|交大|人才|标准|市场|资助|补助|那边的补|给"
    r"|高新技术成果|企业技术中心|市企业技术中心|工程技术|重点|首台|创新产品|两区|科创(?!园)|药谷"
    r"|高新区(?!宝山)|团队|银行|ipo|股权|交易所|主板|三类|二类)"
)
_LEFT = re.compile(
    r"(?:原注册地?|原地址|从|自(?![己家有建])|出了|离|那时候?|那会儿?|当时|早年|离开|原来?在|以前在|之前在|不在|没在|不是|原先在"
    r"|原注册在)(?:注册)?在?[^到来至入进,，]{0,4}$"
)
_GONE = re.compile(r"^(?:区|市|镇|那边|过来|工业园|园区)*(?:搬|迁|转|过来)")


class PlaceReader:
    """Reads `region` and `tax_place` where they are defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        self._region = definitions.get("region")
        self._tax = definitions.get("tax_place")
        known = self._region or self._tax
        options = known.options if known else ()
        names = {one.value: [one.name, *one.synonyms] for one in options}
        self._options = set(names)
        self._outside = next((one for one in _OUTSIDE if one in names), None)
        named = {word for words in names.values() for word in words}
        for place, towns in _TOWNS.items():
            words = [town for town in towns.split() if town not in named]
            names.setdefault(place, []).extend(words)
        self._finder = Finder(names)
        self._parents = parents_of(options)
        self.facts: list[ReadFact] = []
        self._weak: list[ReadFact] = []
        """Places named without 注册 and the like: they count where nothing firmer is said."""
        self._plants: list[ReadFact] = []
        self._moved: int | None = None
        """Where the place stands that the firm moved to: what was said before is over."""

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts` from every clause that is ours."""
        if not self._options:
            return
        for sentence in sentences:
            for clause in sentence.clauses:
                is_label = _OWN_LABEL.match(clause.text) and not clause.is_supposed
                if (clause.is_ours or is_label) and not clause.is_planned:
                    self._clause(text, clause)
        if self._moved and all(one.start <= self._moved for one in self.facts):
            kept = [one for one in self.facts if one.fact == "tax_place"]
            there = [one for one in (*self.facts, *self._weak) if one.start == self._moved]
            self.facts = kept + [one for one in there if one.fact == "region"]
            self._weak = [one for one in self._weak if one.fact == "tax_place"]
        firm = {one.fact for one in self.facts}
        self.facts += [one for one in self._weak if one.fact not in firm]
        if self._plants and not any(one.fact == "region" for one in self.facts):
            self.facts += self._only_plant()
        self._tax_alike(text, sentences)

    def named(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and place of each name of a place that is known here."""
        found = [(one, self._known(one.keys[0])) for one in self._finder.find(text)]
        return [(one.start, one.end, place) for one, place in found if place is not None]

    def _only_plant(self) -> list[ReadFact]:
        """厂在月浦: the place where it works, unless it works at two."""
        narrowest = max(self._plants, key=self._depth)
        around = chain(_only(narrowest), self._parents)
        return [narrowest] if all(_only(one) in around for one in self._plants) else []

    def _depth(self, fact: ReadFact) -> int:
        return len(chain(_only(fact), self._parents))

    def _tax_alike(self, text: str, sentences: list[Sentence]) -> None:
        """税务登记地同: where it is registered."""
        regions = [one for one in self.facts if one.fact == "region"]
        region = max(regions, key=self._depth, default=None)
        if region is None or any(one.fact == "tax_place" for one in self.facts):
            return
        for sentence in sentences:
            for clause in sentence.clauses:
                found = _SAME.search(clause.text) if clause.is_ours else None
                if found:
                    span = (clause.start + found.start(), clause.start + found.end())
                    self.facts += _fact(self._tax, _only(region), text, span)

    def place_in(self, address: str) -> str | None:
        """The narrowest place of an address; None where it names none that is defined."""
        return next(iter(self.around(address)), None)

    def around(self, address: str) -> list[str]:
        """The narrowest place of an address and those it lies in, outwards."""
        known = [self._known(one.keys[0]) for one in self._finder.find(address)]
        chains = [chain(one, self._parents) for one in known if one is not None]
        return max(chains, key=len, default=[])

    def _clause(self, text: str, clause: Clause) -> None:
        mentions = self._finder.find(clause.text)
        for mention in mentions:
            place = self._known(mention.keys[0])
            head, tail = clause.text[: mention.start], clause.text[mention.end :]
            if label := _LABEL.search(text[: clause.start]):
                head = label["name"] + head
            if re.search(r"名称:?$", head):  # 上海某某公司 is a name
                continue
            is_tax = bool(_TAX.search(head) or _TAX_THERE.match(tail))
            is_other = _NOT_A_PLACE.match(tail) and not (is_tax and "税务局" in tail[:4])
            if place is None or is_other or _LEFT.search(head) or _GONE.match(tail):
                continue
            start, end = clause.start + mention.start, clause.start + mention.end
            both = _BOTH.search(text, max(0, clause.start - 6), start) or _BOTH.search(clause.text)
            registered = _is_registered(head, tail, text[end : end + 3])
            if _is_plant(head, tail) and place not in (self._outside, "abroad", "china"):
                self._plants += _fact(self._region, place, text, (start, end))
            if _ALSO_THERE.match(tail) and not registered and not is_tax:
                continue
            is_works = _OUR_WORKS.search(head)
            is_here = is_works or is_tax or _last_is_registration(head)
            if _ALSO.search(head) and not is_here:
                continue
            if clause.text[mention.start : mention.end] in ("外地", "外省") and not (
                registered or re.match("企业|公司|厂|搬|迁|来|注册", tail)
            ):
                continue  # 在外地催款
            if place in ("abroad", "china") and not registered:  # 境外在巴西做三期
                continue
            is_firm = bool(both or registered)
            is_firm_of = _A_FIRM.match(tail) and not re.search("(?<![们司业我])是$", head)
            is_near = place != self._outside or _WE_ARE.search(head) or is_firm_of
            is_there = is_near and _sits_there(clause.text, mention, mentions)
            if not (is_firm or is_tax or is_there):
                continue
            if _MOVED_TO.search(head):
                is_wide = place in ("shanghai", "china")
                if clause.is_asked:
                    continue
                if not re.search("办公|仓|研发|生产", head) and not (is_wide and self._moved):
                    self._moved = start
            if is_tax or both:
                self.facts += _fact(self._tax, place, text, (start, end))
            if both or not is_tax or (registered and not re.search("税", head)):
                into = self.facts if is_firm else self._weak
                into += _fact(self._region, place, text, (start, end))

    def _known(self, place: str) -> str | None:
        if place in self._options:
            return place
        if place in _OUTSIDE:
            return self._outside
        return "shanghai" if "shanghai" in self._options else None


def _fact(
    definition: DefinitionLike | None, place: str, text: str, span: tuple[int, int]
) -> list[ReadFact]:
    """The fact that the firm is there; empty where the definition has no such place."""
    if definition is None or place not in {one.value for one in definition.options}:
        return []
    value = (place,) if definition.type == "set" else place
    start, end = span
    return [ReadFact(definition.fact, value, None, Bound.EXACT, text[start:end], start, end)]


def _only(fact: ReadFact) -> str:
    return fact.value[0] if isinstance(fact.value, tuple) else str(fact.value)


def _sits_there(words: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether the firm is at a place and those it adjoins (宝山罗泾): in 在宝山买楼 it is not."""
    start, end = mention.start, mention.end
    for one in reversed(mentions):
        if one.end <= start and words[one.end : start] in ("", "区", "市", "省", "镇"):
            start = one.start
    for one in mentions:
        if one.start >= end and words[end : one.start] in ("", "区", "市", "省", "镇"):
            end = one.end
    is_there = _SITS_THERE.match(words[end:].strip())
    head = words[:start].strip().lstrip("0123456789. ①②③④⑤⑥⑦⑧⑨")
    return bool(is_there and _SITS.search(head))


def _is_registered(head: str, tail: str, after: str) -> bool:
    """Whether 注册 and the like stand beside a place; `after` goes on beyond the clause."""
    said = _REGISTERED.search(head) or _REGISTERED_THERE.match(tail)
    is_firm = said and not _OF_RIGHTS.search(head)
    return bool(is_firm or (not tail and _BRACKET_REGISTERED.match(after)))


def _is_plant(head: str, tail: str) -> bool:
    """厂在月浦 or 月浦自家车间, and not 客户的厂在月浦."""
    if _ELSEWHERE.search(head) or _ELSEWHERE.match(tail[:3]) or _NOT_A_PLACE.match(tail):
        return False
    if re.match("[^,，]{0,12}(?:买|购|头一)|租(?!了)", tail):
        return False  # 办公楼头一趟在宝山租: not where the firm is
    said = _PLANT.search(re.sub("(?:宝山|上海)[区市]?$", "", head))
    is_works = said and re.search("[厂间仓库公店部司室产].{0,2}$", said[0])
    return bool(is_works or (said and _PLANT_THERE.match(tail)))


def _last_is_registration(head: str) -> bool:
    """工厂在南通，注册在宝山 within one clause: what stands last counts."""
    if re.search(r"注册地?(?:和|及|与|、|以及)[^,，]{0,8}$", head):
        return True
    registered = [found.end() for found in _REGISTERED.finditer(head)]
    others = [found.end() for found in _ALSO.finditer(head)]
    return bool(registered) and (not others or registered[-1] >= others[-1])


def parents_of(options: Sequence[OptionLike]) -> dict[str, str]:
    """In which place each place lies, as far as the options say."""
    return {"baoshan": "shanghai", "shanghai": "china"} | {
        one.value: one.within for one in options if one.within
    }


def chain(place: str, parents: Mapping[str, str]) -> list[str]:
    """The place and those it lies in, outwards."""
    found = [place]
    while (up := parents.get(found[-1])) and up not in found:
        found.append(up)
    return found
