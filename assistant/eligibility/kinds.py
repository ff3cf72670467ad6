"""Choices, sets and yes-or-no facts, read by the words of their definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.eligibility.mentions import Finder, Mention, option_finder
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact, Value
from assistant.eligibility.scope import NEAR, PLAN_WORD, Clause, Sentence
from assistant.eligibility.signs import is_affirmed

READ_ELSEWHERE = frozenset(
    (
        "region", "tax_place", "hightech", "hightech_kind", "tech_sme", "srdi",
        "device_first_certificate", "drug_stage", "trials_completed", "cro_services",
    )
)
_NOT = re.compile(
    r"(?:不做|不是|不算|没有做|没做|并非|不涉及|不搞|没有|没|无|不属于|不再做|非|未|不在|不存在|从未"
    r"|从来没有?|不曾|没出过|没发生过?|没被|未被|未进|没进|没纳入"
    r"|未纳入|还没|尚未|不|未曾|零|杜绝|没申请过|没报过|没申过|没填)"
    r"(?:有|过|[一-龥]{1,4}(?:和|、|及|与|或|跟|也没有?)|任何|发生|出现|被|列入|纳入|进入|上|拿"
    r"|申请|申报|出|重大|严重|环保|安全|质量|什么|的|和|或|、|及|与|一件|一项|一个|自己|自主|在"
    r"|做|填"
    r"|报|受|受到|相关|记录|行政|违法|处罚|事故|环境|以及|我们|也|属于|进|走|是|核心|实行|采用"
    r"|用|享受|拿到|取得|\d年|近[三一两]年|失信|经营异常)*$"
)
_NOT_AFTER = re.compile(
    r"^(?:方面|这块|的|记录|报表|情况|资金|项目|名单|也|都|还|我们|一直|均|专项|程序|通道|资格"
    r"|一件|一项|事故|范围内?|:| |处罚|或|和|及|等"
    r"|今年|目前|暂时|也没|上|证书|技术|审批|审查|企业|区|里|这些|了|这事|的事|证"
    r"|一个|一次|一样|一家|牌子|称号|资质|那些|这种|那种|那块|那个|倒|从来|肯定|自然|各档|尚)*"
    r"(?:没有|没(?!问题|毛病|跑|话说|得说|异常)|未|无(?!锡|纠纷|争议|侵权|权属|人)|否|不是(?=$|[,，。;、的了我咱自那])|还没|暂无|从未|为零|为0"
    r"|不在|不涉及|零|谈不上|轮不到|[挨够靠排轮搭]不[着上到]|说不上|泡汤|[打驳退]回|被[刷拒毙否]|落空|刷下|落选|还早|早着|远着|缺(?=$|[,，。;、])|不沾|沾不上|不搭|无缘|没份)"
    r"|^[?,，] ?(?:也|都|还|一直|目前|从来|我们)*(?:没有|没|未|无|否|不是|从未|还没)"
    r"(?:过|得过|拿过|有|评上|批下?|通过|拿到|中|进去?|被列入?|发生|有过|申请过|做过|报过|填过?|进|了)?(?=$|[,，。;、])"
)
"""规上，没有高企 denies 高企."""
_PLAN = re.compile(
    rf"打算|{PLAN_WORD}|准备|想(?!问)|(?<![模虚])拟|争取|考虑|希望|目标|明年|后年|将(?!近)|未来|布局|规划|探索|有意"
    r"|预计|研究方向|下一步|还在申|申请中|在申请|正在申请|在申报"
    r"|申报中|正在走|在走|等批|预备|等待|筹备|要进|将进"
)
_FOR_OTHERS = re.compile(
    r"(?:给|(?<![业司所])为|帮|替|承接|服务于?|面向|供应|卖给|供给|客户是|客户有|代理|投资了?|配套)[^,，。]{0,14}$"
)
_CLIENTS = re.compile(r"^[^,，。]{0,3}(?:企业|公司|客户|厂|行业|厂商|领域的客户|工厂|开发商|巨头)")
_QUESTION = re.compile(
    r"给不给|有没有|是不是|是否|算不算|能不能|要不要|可不可以|会不会|怎么|多少钱|什么条件|哪些|补贴"
    r"|奖励|政策"
)
_DOUBTED = re.compile(
    r"(?:是不是|算不算|是否|有没有|能不能|不再|转型前|以前|曾经?|原来)[^,，]{0,6}$"
)
_TRADE_AFTER = re.compile(r"企业|公司|行业|业|类|商|连锁|$|[ ,，、;)]")
_SELLS = re.compile(r"(?:^|是|做|搞|主要)$")
_SOLD = re.compile(r"[一-龥]{1,4}(?:的|为主|$)")
_SOFTWARE_TRADE = re.compile("行业|业|[和与](?:信息|服务)|服务(?:合同|业)")
_OF_CRUISES = re.compile("邮轮|航次|母港|船")
_AI_OF_DRUGS = re.compile(
    r"(?:[+做用于搞来筛找]{0,2}|帮\S{1,3}筛)(?:分子|药物|新药|基因|蛋白|抗体|细胞|制药|医药)"
)
_NO_DEVICE = re.compile(r"(?:雷达|光伏|相机|手机)\||\|(?:注册)?证")
_NO_TRADE_AFTER = re.compile(
    r"著作权|布图|(?:企业)?清单|(?:服务)?[这那]?[块类]?的?收入(?!为主)|(?:行业|企业|产业|领域)?(?:的)?(?:政策|补贴|奖励|专项|有什么|支持|扶持|若干|措施"
    r"|产业园|园区|产业园区|园|医院|展|基金|大会|协会|学会)"
)
_NO_TRADE_BEFORE = re.compile("先进$|年前[^,，]{0,3}$|另一?家$|走$|数字化上$")
_OTHER_TRADE = re.compile(
    "设计|视觉|软件|系统|互联网|相机|起家(?!的|如今)|的时候|公司(?:进来|来做|帮)"
)
"""先进制造业项目, 十年前开饭店的时候, 工业设计."""
_PERSON = re.compile("人才|层次|顶尖")
"""爱人算高层次人才: of a person, who need not be the firm."""
_HIRED = re.compile(
    r"(?:委托|外包给?|交给)[^,，]{0,6}$|(?:委托|找|请|外包给|通过|由|合作的)(?:了|个|一家|外面的?|外部的?|几家)*$"
)
_WITH = re.compile(
    r"(?:跟|和|与|同|向|给|(?<![业营品司所])为|替|帮)(?:一家|某|几家|这家|那家)?$|(?<!做)(?<!搞)、$"
)
"""跟咨询公司签的合同; 摊位、运输、机票: another's trade, or what is paid for."""
_SOLD_TO = re.compile(r"(?:客户(?!做|提供)|配套|供应|卖给|供给)[^,，。]{0,8}$")
_OWNER = re.compile(r"[^,，。;]{0,8}(?:子公司|孙公司|旗下|控股|参股|投资的|股东)")
"""上市公司的控股子公司 is not listed itself."""
_HAPPENED = re.compile(r"发生|出过|有过|被罚|受过|处罚了|出了")
_NOT_HELD = re.compile(
    r"侵犯|别人|他人|申请|受理|在审|实审|公示|撰写|布局|准备|打算|(?<!统)计划|独占许可|被许可|用的|许可给?我|专利许可|使用|侵权|纠纷"
)
_OF_A_KIND = re.compile(r"(?:[一二i12]{1,2}类|中国|国内|国外|美国|德国|日本)的?$")
"""I类专利没有 and 中国知识产权没有 are facts of their own."""
_AGED = re.compile(
    r"(?:也|都|拿|授权|登记|取得|下证)?(?:到手|下来)?的?(?:最早的?|那批)*(?:都|也|是)*(?:有|了|满)?[\d一二两三四五六七八九十半]+(?:年|个月)"
)
"""软著3年 tells an age."""
_NO_COUNT = re.compile(r" ?:? ?[0零](?![\d.])")
_HELD = re.compile(r"有|拥有|授权|拿了?|取得|获|手里|\d|[一二三四五六七八九十几两]")
_PENDING = re.compile(
    r"还没|没拿|没有|未(?!来)|没下来|审评中|在审|受理|检测中|型检|报证|在注册|注册中|注册申报|申报"
    r"|递交|还在|等着|没获批|未获批|有望|即将|马上|等证|排队|冲刺|在办|办理中|在跑|在弄"
)
_NEW_CERTIFICATE = re.compile(
    r"证(?!券|监|明)|注册证|拿证|获证|首证|获批|批下来"
)
_DOES = re.compile("(?:做|搞|从事|干|经营|开)[^,，。]{0,6}$")
_DOUBTFUL = re.compile("也许|可能(?!性)|好像|不(?:确定|好说|清楚|知道)|说不准|大概是|[闹搞弄]不清")
_ALL_IN_CHINA = re.compile(
    r"(?:全部|全都|都|均|全)(?:是|发生|花|做|开展)?在(?:国内|境内|中国)(?:花|发生|做|开展)?"
    r"|(?:全部|都)(?:是|为)境内"
)
"""研发投入全部发生在境内 is a number: 100%."""
_RESEARCH = re.compile("研发(?:投入|支出|费|花|经费|开支|的钱)")
_UNRELATED = re.compile(
    r"^[^,，。;]{0,10}(?:跟|和|与)(?:我们?|咱们?|公司|本公司)?(?:公司)?(?:没关系|无关|不沾边|不搭界|不相干)"
)
"""失信名单这种事跟我们没关系."""
_DOUBLY_DENIED = re.compile(r"(?:并非|不是|没有|不能说)(?:不|没有?)[^,，。;]{0,2}$")
_FIRST = re.compile(r"首次|第一[次张回趟]|从未拿过|首张|头一[张次回趟]|第一个证|首个|首证")
_NOT_FIRST = re.compile(
    r"(?:不是|并非|不算|非)(?:首次|首证|第一[次张回趟]|首张|头一[张回次趟])|第[二三四五六]张|又拿|再拿"
    r"|延续(?:注册|来|$)|老证|之前(?:已有|拿过|就有)|以前就有|早有了"
    r"|之前已经有|已经有过|第[二三四]个"
)


class KindReader:
    """Reads every choice, set and yes-or-no fact that has no reader of its own."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        self.definitions = definitions
        self._options: dict[str, Finder] = {}
        for name, one in definitions.items():
            if one.type in ("choice", "set") and name not in READ_ELSEWHERE:
                self._options[name] = option_finder(one)
        yes_no = {
            name: (one.name, *one.synonyms)
            for name, one in definitions.items()
            if one.type == "yes_no" and name not in READ_ELSEWHERE
        }
        self._yes_no = {name: Finder({name: words}) for name, words in yes_no.items()}
        self._text = ""
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`; a set has one fact a member, joined by the caller."""
        self._text = text
        for sentence in sentences:
            for at, clause in enumerate(sentence.clauses):
                if clause.is_ours or _PERSON.search(clause.text):
                    self._read_options(text, clause)
                if clause.is_ours:
                    self._read_yes_no(text, sentence, at)
                    self._read_first(text, sentence, at)

    def _read_options(self, text: str, clause: Clause) -> None:
        for fact, finder in self._options.items():
            is_set = self.definitions[fact].type == "set"
            for mention in finder.find(clause.text):
                is_meant = clause.is_ours or fact.startswith("talent")
                if not is_meant or not self._is_said(fact, clause, mention):
                    continue
                value = mention.keys[0]
                if value == "ai" and _AI_OF_DRUGS.match(clause.text[mention.end :]):
                    value = "ai_biomed"
                span = (clause.start + mention.start, clause.start + mention.end)
                if not is_set:
                    self._add(fact, value, text, span)
                    continue
                for one in (value, *mention.keys[1:]):  # 手术机器人 is of two fields
                    self._add(fact, (one,), text, span, Bound.AT_LEAST)

    def _is_said(self, fact: str, clause: Clause, mention: Mention) -> bool:
        head, tail = clause.text[: mention.start], clause.text[mention.end :]
        plan = _PLAN.search(head)
        is_planned = plan is not None and "的" not in head[plan.end() :]
        is_rest = clause.text[mention.start : mention.end] == "其他"
        if is_rest and not (re.match("层次|那?档|类", tail) or re.search("[属算是]$", head)):
            return False
        if self._is_elsewise(fact, mention.keys[0], head, tail):
            return False
        is_doubted = _DOUBTED.search(head) or _QUESTION.match(tail)
        if _NOT.search(head[-NEAR:]) or is_doubted or is_planned:
            return False
        if fact == "industry" and re.match(r"(?!里)[一-龥]{0,4}的(?:$|[,，。;])", tail):
            return self._is_our_trade(head, tail)
        is_short = fact == "industry" and mention.end - mention.start <= 2
        before = self._text[clause.start - 1 : clause.start]
        if is_short and before == "、" and len(clause.text.strip()) <= 2:  # 摊位、运输、机票
            return False
        is_sold = clause.text[mention.start : mention.end] in ("批发", "零售")
        if is_sold and _SELLS.search(head) and _SOLD.match(tail):
            return True  # 批发五金的
        if is_short and not _TRADE_AFTER.match(tail):
            return tail[:1] == "的" and bool(_DOES.search(head))
        if fact in ("fields", "industry"):
            return self._is_our_trade(head, tail)
        if fact == "device_class":
            return self._is_held(clause, mention)
        return fact not in ("project_kinds", "cruise_hq") or not _NOT_AFTER.match(tail[:NEAR])

    def _is_elsewise(self, fact: str, value: str, head: str, tail: str) -> bool:
        """Words of an option that here are part of another thing."""
        if fact == "cruise_hq":
            return not _OF_CRUISES.search(self._text)
        if fact == "industry":
            is_other = _OTHER_TRADE.match(tail) and value != "software"
            return bool(_NO_TRADE_BEFORE.search(head) or is_other)
        if value == "service" and fact == "project_kinds":
            is_own = tail.startswith("项目") or re.search(r"(?:^|[属为是报归算在的])$", head)
            return not is_own or tail.startswith("还是")
        return fact == "fields" and bool(
            (value == "software_field" and _SOFTWARE_TRADE.match(tail))
            or (value == "new_material" and head.endswith("首批次"))
            or (value == "ai" and re.match(r"[+、]?5g|[\d一二三四五六七八九十两几]+[人个名]", tail))
            or (value == "medical_device" and _NO_DEVICE.search(f"{head[-2:]}|{tail}"))
            or (value == "cruise" and re.match("总部(?:不|勿|没)|模型", tail))
            or "实习" in tail
        )

    def _is_our_trade(self, head: str, tail: str) -> bool:
        """Not a customer's, a supplier's or a policy's field."""
        if _NO_TRADE_AFTER.match(tail) or _HIRED.search(head) or _WITH.search(head):
            return False
        if _FOR_OTHERS.search(head) and (_CLIENTS.match(tail) or _SOLD_TO.search(head)):
            return False
        return not _NOT_AFTER.match(tail[:NEAR]) or bool(re.match(r"[,，、]", tail))

    def _is_held(self, clause: Clause, mention: Mention) -> bool:
        """A certificate held, not one that is applied for."""
        tail = clause.text[mention.end :]
        if _PLAN.search(clause.text) or _PENDING.search(clause.text):
            return False
        at = clause.start + mention.end  # 二类、三类证: the list has one 证
        listed = re.match(r"(?:[、和及/]?[一二三]类)*", self._text[at:])
        after = self._text[at + listed.end() :] if listed and listed[0] else tail
        before = re.split("[。;；]", self._text[: at])[-1]
        if "证" not in clause.text and _PENDING.search(before[-20:]):
            return False  # 三类证一张都没有，只有二类的
        near = before[-20:] + after[:10]
        return bool(re.search(r"证(?!券|监)|获批|取得注册", near)) and not re.match(
            r"(?:证)?(?:怎么|有什么|能|补|奖|首次拿证有)", tail
        )

    def _read_yes_no(self, text: str, sentence: Sentence, at: int) -> None:
        clause = sentence.clauses[at]
        for fact, finder in self._yes_no.items():
            for mention in finder.find(clause.text):
                value = self._truth(fact, sentence, at, mention)
                if value is not None:
                    span = (clause.start + mention.start, clause.start + mention.end)
                    self._add(fact, value, text, span)
        if "ip_class1_count" in self.definitions:
            self._read_no_patents(text, clause)
        is_part = re.search("%|[一二三四五六七八九]成|临床|试验", clause.text)
        all_here = None if is_part else _ALL_IN_CHINA.search(clause.text)
        if all_here and "rd_in_china_share" in self.definitions and _RESEARCH.search(text):
            span = (clause.start + all_here.start(), clause.start + all_here.end())
            self._add("rd_in_china_share", 100, text, span)
        found = re.search("查账征收", clause.text)
        is_said = found and not _NOT.search(clause.text[: found.start()][-NEAR:])
        if found and is_said and "audit_collection" in self._yes_no:
            span = (clause.start + found.start(), clause.start + found.end())
            self._add("audit_collection", False, text, span)

    def _read_no_patents(self, text: str, clause: Clause) -> None:
        """没有发明专利 is a number: none."""
        for found in re.finditer("发明专利|授权发明", clause.text):
            head, tail = clause.text[: found.start()], clause.text[found.end() :]
            if clause.is_asked or _QUESTION.search(head):
                continue
            if _NOT.search(head[-NEAR:]) or _NOT_AFTER.match(tail[:NEAR]):
                span = (clause.start + found.start(), clause.start + found.end())
                self._add("ip_class1_count", 0, text, span)

    def _truth(self, fact: str, sentence: Sentence, at: int, mention: Mention) -> bool | None:
        clause = sentence.clauses[at]
        before = sentence.text[: clause.start + mention.start - sentence.start]
        head = re.split("[,，;]", before)[-1]
        tail = clause.text[mention.end :]
        after = sentence.text[clause.start + mention.end - sentence.start :]
        if _DOUBTFUL.search(clause.text):
            return None
        if _QUESTION.search(head) or _QUESTION.match(tail) or (
            clause.is_asked and re.search(
                r"吗|呢|是否|有没有|是不是|能不能|几时|何时|什么时候|几月[开报申]", clause.text
            )
        ):
            return None
        if _UNRELATED.match(after[:NEAR]):
            return False
        if _DOUBLY_DENIED.search(head[-NEAR:]):
            return True
        if _NOT.search(head[-NEAR:]) or _NOT_AFTER.match(after[:NEAR]):
            word = clause.text[mention.start : mention.end]
            is_whole = fact != "ip_owned" or (
                word in ("专利", "知识产权", "自主知识产权") and not _OF_A_KIND.search(head)
            )
            return False if is_whole else None
        if fact == "ip_owned":
            return self._owns(clause, head, after)
        if _PLAN.search(clause.text) or clause.is_planned or _OWNER.match(after):
            return None
        if fact == "serious_incident" and not _HAPPENED.search(clause.text):
            return None
        rest = clause.text[: mention.start] + clause.text[mention.end :]
        return True if len(rest.strip()) <= 4 or is_affirmed(rest) else None

    def _owns(self, clause: Clause, head: str, tail: str) -> bool | None:
        """Patents that are held; 申请了 and 在审 are not held yet."""
        if _NOT_HELD.search(clause.text):
            return True if re.search("(?<![没未待有])授权", clause.text) else None
        if _AGED.match(tail) or _NO_COUNT.match(tail):
            return None
        if clause.is_planned or re.match(r"(?:[一二三]等|奖|资助|补贴|导航|费|代理|贯标)", tail):
            return None
        return True if _HELD.search(head + tail[:12]) else None

    def _read_first(self, text: str, sentence: Sentence, at: int) -> None:
        """首次 beside a certificate of a device."""
        clause = sentence.clauses[at]
        before = sentence.clauses[at - 1].text if at else ""
        is_new = _NEW_CERTIFICATE.search(clause.text) or _NEW_CERTIFICATE.search(before)
        if "device_first_certificate" not in self.definitions or not is_new:
            return
        near = f"{before}{clause.text}"
        if re.search(r"高企|高新|专精特新|小巨人|软著|专利|科小", clause.text) or clause.is_planned:
            return
        if not re.search(r"类证|注册证|器械证|类器械|类医疗器械|三类|二类", near):
            return
        if re.search(r"还没|没拿|未取得|没下来|审评|在审|受理|申报|如果|补贴|奖励", clause.text):
            return
        found = _NOT_FIRST.search(clause.text)
        value = False
        if not found:
            found, value = _FIRST.search(clause.text), True
        if found:
            span = (clause.start + found.start(), clause.start + found.end())
            self._add("device_first_certificate", value, text, span)

    def _add(
        self,
        fact: str,
        value: Value,
        text: str,
        span: tuple[int, int],
        bound: Bound = Bound.EXACT,
    ) -> None:
        start, end = span
        self.facts.append(ReadFact(fact, value, None, bound, text[start:end], start, end))
