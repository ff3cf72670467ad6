"""The trade of a firm by what people say that they do: 跑冷链的, 开三家火锅店, 做阀门的厂.

Read where the names of the trades do not say it. 厂 that is the firm's own is industry, and
so is who makes goods that leave a plant; who sells, carries, designs or programs them is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact
from assistant.eligibility.scope import Clause, Sentence

_GOODS = (
    "阀门?|轴承|模具|齿轮|泵|电机|马达|弹簧|紧固件|螺丝|螺栓|型材|铸件|锻件|铸造|锻造|冲压件?|钣金|配件"
    "|线束|电缆|注塑件?|塑料件?|塑胶|橡胶件?|搪瓷|机床|机械(?![臂手])|锅炉|压缩机|减速机|执行器|仪器仪表|仪表|五金"
    "|家具|灯具|玩具|纺织|食品|糕点|饮料|包装|纸箱|化妆品|涂料|油漆|切削液|粉末冶金|刀具|刀粒|造粒|结构件|电镀"
    "|热处理|表面处理|轧辊|法兰|管件|钢管|铝材|焊接|焊材|钢构|电梯|导轨|起重机|叉车|变压器|开关柜|配电柜|磨具|砂轮"
    "|密封件|垫圈|洗衣液|日化|肥皂|印刷|印染|服装加工|机加工|精加工|工装|夹具|精密加工|滤芯|换热器"
)
_FIRM_WORKS = re.compile(
    r"(?:我们?|咱们?|俺们?|阿拉|本|敝|(?<!家)老|小|破|家族|传统|[一1]家|一爿|[办开弄](?:了|的)?(?:个|一?家)?)"
    r"的?(?:家族|传统|老|小|破)?厂(?!房|区|址|商|长|里[^做搞]|里$)"
    r"|^(?:我[^,，]{0,4}的)?(?:厂子?|厂里)(?:就|都|也|还)?(?:在(?!建)|是|老|做|搞|开了|叫)|我[^,，]{1,3}的厂$"
)
"""The firm is called 厂: industry where its goods are told too."""
_WORKS = re.compile(
    r"(?:做|搞|生产|造|加工)(?!委托)[^,，]{1,12}的(?:小|老)?厂(?!房|商)(?!.{0,4}(?:实习|合作|供))"
    r"|^(?:本|这"
    r"|那)?[^,，的开托不没建跟和与给为帮替隔外]{2,7}(?<!配套)(?<!代工)(?<!钢)(?<!人工)(?<!标杆)(?<!无人)(?<!打印)厂(?:一家)?$"
    r"|(?:^(?:我们?|咱们?|公司|本公司)是|[经营开办]的)[^,，]{2,10}(?<!配套)(?<!代工)厂$"
    rf"|(?:{_GOODS})厂(?:一家)?$"
    r"|^(?:我们?|咱们?|阿拉|公司|主要|专门|一直|厂里)*(?:做|生产|制造|专做|专门?造|主打|加工)的?"
    rf"[^,，]{{0,6}}(?:{_GOODS})(?:的|加工|为主)?$"
    r"|主业(?:还)?是(?:制造|生产|加工)|工业口"
    r"|^(?:专?做|干|搞)(?:机加工?|铸造|锻造|电镀|热处理|粉末冶金|来料加工)"
)
_MAKES = re.compile(_GOODS)
_TRADES = {
    "software": (
        r"软件外包|小程序开发|app开发|软件定制|系统开发|网站开发|信息系统集成|系统集成|软件实施"
        r"|(?<=写)[^,，给]{0,8}(?:软件|系统|代码|(?<!小)程序|app)|(?:帮|给|替|为)[^,，]{1,8}写(?:系统|软件|代码|程序)"
        r"|写代码|敲代码|嵌入式(?:代码|软件)"
    ),
    "transport": (
        r"跑(?:危化品|冷链|长途|货运|短驳|短途|集卡|专线|物流|运输|干线)|货运|(?:同城|城市|城配|干线|冷链)(?:配送|运输)"
        r"|物流|报关|货代|车队|驳运|水运|拖车|搬家|网约车|出租车|大巴|船舶运输|客运|船代|集装箱运输|危化品"
    ),
    "storage": r"仓储|冷库|堆场|云仓|仓配",
    "catering": (
        r"(?:火锅|奶茶|咖啡|烧烤|烤肉|小吃|快餐|早餐|茶餐|面|饭|粉|串串|麻辣烫|甜品|轻食|汉堡|寿司|酸菜鱼|馄饨|包子)(?:店|馆|厅|铺)"
        r"|(?:湘|川|粤|鲁|本帮|徽|东北|浙|江浙|淮扬|湖南|四川)菜(?:馆|馆子|连锁|店)?|团餐|酒楼|饭庄|餐厅|大排档|烘焙店|面包店|中央厨房"
    ),
    "lodging": r"酒店|招待所|宾馆|民宿|旅馆|旅店|青旅|客栈|公寓酒店",
    "retail": (
        r"(?:药|超市|便利|母婴|文具|鞋|眼镜|花|服装|五金|水果|烟酒|宠物|童装|家电|手机|数码|茶叶|杂货|零食|书)店"
        r"|药房|超市|卖药|小卖部|卖[^,，]{1,8}的?(?:连锁)?(?:门店|店铺|店)|连锁门店|网店|电商零售"
    ),
    "wholesale": (
        r"(?:钢材|钢铁|五金|建材|化工|服装|食品|粮油|医疗器械|药品|煤炭|有色|电子|进出口|国际|大宗|酒水|水产|农产品|(?!一家)[一-龥]{2})?贸易|批发"
    ),
    "construction": (
        r"装修|装饰|建筑施工|施工|市政(?:管网)?(?:工程)?|管网工程|土建|幕墙安装|防水工程|安装工程|园林绿化工程|桩基|脚手架|装潢|钢结构安装"
    ),
    "real_estate": r"楼盘|房地产|房产中介|二手房|开发商",
    "property": r"物业",
    "leasing_business": (
        r"租赁业|(?:出?租)(?:塔吊|设备|车|吊车|脚手架|机械)的?|广告|会计师?事务所|律所|律师事务所|商务咨询|管理咨询|企业咨询|财税"
        r"|(?<=[做开搞])代账|代理记账公司"
        r"|猎头|人力资源|劳务派遣|会展|展台|展会搭建|旅行社|保安公司|保安服务|知识产权代理|专利代理|税务师?事务所"
    ),
    "agriculture": (
        r"种[菜地粮花树果][^,，]{0,4}|养[鸡鸭猪鱼牛羊虾蟹蜂]|合作社|大棚|果园|苗圃(?!在)|农场|水产养殖"
        r"|种[^,，]{1,6}的合作社"
    ),
    "post": r"快递",
    "entertainment": r"ktv|网吧|电竞馆|剧本杀|棋牌室|影院|电影院|游乐场|密室|酒吧|台球",
    "other": r"归(?:到|为)?其他(?:行业)?(?![类层档工])|其他未列明行业",
}
_TRADE = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _TRADES.items()))
_OPENS = re.compile(
    r"(?:^|[做搞开干跑办]了?(?:[一二三四五六七八九十两几\d]+[家个间])?[个家]?|从事|经营|主营|专做|主业"
    r"|归口|属于?|是|本|为(?<=[所司业]为)|行业[是为:]?|接|我们?|咱们?|阿拉|俺们?|公司|这[家个]?|宝山|一家"
    r"|[一二三四五六七八九十两几\d]+家|小|连锁|主要|现在|如今|口径|归|在\w{2,4})"
    r"[^,，给帮替为跟和与向找请从]{0,3}$"
)
_ENDS = re.compile(
    r"(?:的|小|专线|这一?行|行业|业|类|公司|企业|连锁|板块|主业|出身|开发|为主|起家|网点|加盟|承包|一家|经营|代理|服务|生意|门店|店|团队)*"
    r"(?:的|这一?行的?)?(?:$|[ ,，。、;)(]|[坐位做有在开从也和及占]"
    r"|[一二三四五六七八九十两几\d]+[家号个名辆间位人])"
    r"|这一?行"
)
_NOT_OURS = re.compile(
    r"(?:客户|供应商|给|找|请|委托|外包给|跟|和|与|向|替|帮|由|通过|靠|走|另一?家|隔壁|租|买|卖给|面向|服务)[^,，]{0,6}$"
    r"|(?:不是|不做|不搞|没有|没|非|不|以前|原来|之前|曾经?|从前|时候)[^,，]{0,4}$|(?:打算|准备|想|要|计划)[^,，]{0,4}$"
    r"|(?:经销|没|无|上|买|用)$"
)
_NOT_TRADE = re.compile(
    r"(?:[和与及跟][^,，]{1,4}收入|费|收入|成本|合同|许可|证|资质|政策|补贴|专项|奖|系统|平台|软件|设备(?!租)|机器人|自动化|园|市场|客户|需求"
    r"|行业的?客户|模型)"
)


class TradeReader:
    """Reads `industry` where it is defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        defined = definitions.get("industry")
        self._options = {one.value for one in defined.options} if defined else set()
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts` with at most one trade, the one that is told first."""
        if not self._options:
            return
        told: list[ReadFact] = []
        for sentence in sentences:
            for clause in sentence.clauses:
                if clause.is_ours and not clause.is_planned:
                    told += [*self._works(text, clause), *self._trade(text, clause)]
        self.facts = sorted(told, key=lambda one: one.start)[:1]

    def _trade(self, text: str, clause: Clause) -> list[ReadFact]:
        for found in _TRADE.finditer(clause.text):
            head, tail = clause.text[: found.start()].strip(), clause.text[found.end() :]
            if _NOT_OURS.search(head) and found.lastgroup != "other":
                continue
            opens = _OPENS.search(head) or found.lastgroup == "other" or tail.startswith("这行")
            if not _NOT_TRADE.match(tail) and opens and _ENDS.match(tail):
                return self._fact(str(found.lastgroup), text, clause, found)
        return []

    def _works(self, text: str, clause: Clause) -> list[ReadFact]:
        if "转型" in text:  # 机械加工厂转型做机器人
            return []
        found = _WORKS.search(clause.text)
        if found is None and _MAKES.search(text):
            found = _FIRM_WORKS.search(clause.text)
        return self._fact("industry_manufacturing", text, clause, found) if found else []

    def _fact(
        self, trade: str, text: str, clause: Clause, found: re.Match[str]
    ) -> list[ReadFact]:
        if trade not in self._options:
            return []
        start, end = clause.start + found.start(), clause.start + found.end()
        return [ReadFact("industry", trade, None, Bound.EXACT, text[start:end], start, end)]
