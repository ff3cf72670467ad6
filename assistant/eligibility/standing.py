"""Titles of a firm and whether they hold today: 高企, 科技型中小企业, 专精特新.

A plan gives no status; 曾经是 is expired; a certificate holds for three years from its issue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from assistant.eligibility.founding import bounded_days, find_days, valid_until
from assistant.eligibility.mentions import Finder, Mention
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact, Value
from assistant.eligibility.scope import NEAR, Clause, Sentence

_RENEWED = re.compile(
    r"续上|续了|续期成功|重新认定(?:也|又|已|了|通过|成功|过了|下来|完)|(?:又|已经?|刚)(?:通过了?)?重新认定|复审(?:过了?|通过|也过)"
    r"|通过(?:了)?(?:复审|重新认定)|第[二三四]次(?:认定|评上|通过)|换了新证|新证(?:下来|拿)|又认定|又评上|再次(?:认定|通过|评上)"
)
_EXPIRED = re.compile(
    r"(?:已经?|都|早就?|刚刚?|去年|前年|上个?月|上半年|今年初|\d年|\d月|年初|年底|月底?|证书|资质|资格|就)(?:\S{0,5})?(?:过期|到期"
    r"|失效)了?|过期了|过期未|过期没|过期的?$|已过期|失效了|没续|未续|没有续|没再续|没能续|忘了续|没去续|没有重新认定|未重新认定|没重新认定|没再认定|没通过复审"
    r"|复审没过|重新认定没过|没过复审"
    r"|曾经|曾是|以前是|以前有|之前是|原来是|原先是|过去是|不再是|已经不是|现在不是|取消了?资|被取消|被撤|掉了|丢了|早年是|当年是|不是高企了|脱落"
)
_STILL = re.compile(
    r"还没(?:到期|过期|失效)|没(?:到期|过期)|未(?:到期|过期)|没有(?:到期|过期)|(?:今年|明年|后年|快|即将|马上|还有.{1,6}|年底|下半年"
    r"|下个月)(?:\S{0,4})?(?:就|才|要)?到期"
)
_LAPSED = re.compile(r"(?:已经?|都|去年|前年|上个?月|上半年|今年初|年初|刚刚?|早就?)(?:\S{0,5})?(?:过期|到期|失效)")
_APPLYING = re.compile(
    r"正(?:在)?重新(?:申|认定)|重新(?:申请|申报)中|正申[请报]|正在(?:申|走|评|准备材料申|办|审)|在申报|申报中|申请中|在申请|在评审?|评审中|审核中"
    r"|在走流程|已提交|已经提交|已递交|提交了|递交了|递了材料|交了材料|材料(?:已经?)?(?:交|报|递|提)|刚申报|已申报|已经申报|报上去|等结果|在等公示|等公示"
    r"|公示(?:中|期|了|阶段)|在公示|今年申报了|申报了|已申请|已经申请|申请了|在认定|认定中|在报|正在申报|今年在申"
)
_PLAN = re.compile(
    r"打算|计划|准备|想(?!问|知道|咨询)|拟|争取|考虑|希望|目标|明年|后年|将来|未来|培育|辅导|冲刺|冲击|下一?步|下半年再|下半年申|年底前申|能不能(?:申|评"
    r"|认|拿|报)|可以申|可以评|能申|能评|能报|要申|要报|怎么申|如何申|条件|符合.{0,4}条件|够不够|想申|有没有戏|差多少|能拿|申请一下|申报一下|值不值得|要不要"
)
_NEGATED = re.compile(
    r"(?:不是|还不是|不算|没有|还没|没|未|尚未|无|从未|从没|非|没评|没拿|没认定|没申请|不具备|没过|不属于|没做|没报|别说|谈不上|都没)(?:有|过|被|评上?"
    r"|认定|拿到?|申请过?|申报过?|取得|获得|获|报过?|办过?|通过|进|入库?|上|做过?|参加|任何|一个|什么|能|是|成|到|这个|国家级?|市级?|区级|的|评价"
    r"|登记|国家|上海市|以及|和|、|也|通过的|拿|下|级|,)*(?:认定为?|评为|评上|评定为?)?$"
)
_NEGATED_AFTER = re.compile(
    r"^(?:企业|资质|资格|证书|证|称号|认定|这块|的|什么的|也|都|还|是|今年|暂时|目前|我们|:|,|，| |、|企业认定|一直|从来|入库|评价|中小企业|这些|那些"
    r"|小巨人|评定|库)*(?:没有|还没|没|未|不是|尚未|无(?!锡)|否|还不是|从未|不具备|暂无|不算|还差得远|轮不到|没戏|不够格|(?:还)?没评|没资格|还早|不在)"
)
_HAS = re.compile(
    r"有效|是|有|拿|获|评|认定|通过|取得|证书|入选|资质|称号|批|在期|期内|续|认证|上榜|入围|被|为|属于|首次|已经?|编号|入库|登记|备案|进了|:|高企|企业$"
    r"|复审|刚|下来"
)
_POLICY = re.compile(
    r"^(?:企业)?(?:的|认定)?(?:奖励|补贴|政策|补助|资助|申报条件|条件|要求|标准|怎么|如何|能拿|有什么|有哪些|申报指南|办法|申请流程|流程|一年能|能享受"
    r"|税收优惠|优惠|入库奖|认定奖|门槛|培育|和|要|认定办法|认定条件|这块的)"
)
_LAST_YEARS = re.compile(r"去年|前年|往年|以前|曾|之前|上一年|\d{4}年|过期|失效|到期")
_OTHER_TITLES = re.compile(r"(?:科技|上海市?|创新|雏鹰|瞪羚|市级科技)$")
_AGAIN = re.compile(r"重新认定|再次认定|第[二三四]次|复审|又认定|续上|第[二三]轮|再认定|连续[两二三]次|续期")
_FIRST = re.compile(r"首次|第一次|头一次|头一回|首度|第一回|初次")
_MOVED = re.compile(r"(?:整体)?(?:搬迁|迁入|迁移|迁过来|迁来|搬过来|迁到|搬到|带着高企|迁至|转入)")
_DATED = re.compile(r"拿|认定|发证|证书|通过|取得|获|评|下来|批|颁|领|办|新证|换|公告|到手")
_NEGATED_FIRST = re.compile(r"(?:不是|并非|非|不算)(?:首次|第一次)")


class StandingReader:
    """Reads `hightech` and its date and kind, `tech_sme` and `srdi`, as far as they are defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike], day: date) -> None:
        self.definitions, self.day = definitions, day
        self.facts: list[ReadFact] = []
        self._statuses: list[tuple[ReadFact, ReadFact | None]] = []
        """Each status of hightech with the certificate that was named beside it."""
        words = {
            name: (definitions[name].name, *definitions[name].synonyms)
            for name in ("hightech", "tech_sme")
            if name in definitions
        }
        self._titles = Finder(words)
        srdi = definitions.get("srdi")
        self._order = [one.value for one in srdi.options] if srdi else []
        levels = [one for one in srdi.options if one.value != "none"] if srdi else []
        self._levels = Finder({one.value: (one.name, *one.synonyms) for one in levels})

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`."""
        levels: list[tuple[str, tuple[int, int]]] = []
        for sentence in sentences:
            for at, clause in enumerate(sentence.clauses):
                if not clause.is_ours:
                    continue
                for mention in self._titles.find(clause.text):
                    context = _context(sentence, at, mention, self._titles)
                    if "hightech" in mention.keys:
                        self._hightech(text, clause, mention, context)
                    else:
                        self._tech_sme(text, clause, mention, context)
                levels += self._srdi(sentence, at)
        self._add_level(text, levels)
        self._keep_last_certificate()

    def _hightech(self, text: str, clause: Clause, mention: Mention, context: str) -> None:
        status = self._status(clause, mention, context)
        is_positive = status == "valid" or (
            status == "expired" and not re.search(r"没|未|不", context)
        )
        if is_positive:
            self._certified(text, clause, context)
            certified = self._last("hightech_certified_on")
            status = self._by_certificate(certified, clause, context, status)
        if status is None:
            return
        start = clause.start + mention.start
        end = clause.start + mention.end
        self._add("hightech", status, text, (start, end))
        certified = self._last("hightech_certified_on")
        is_mine = certified is not None and certified.start >= clause.start
        self._statuses.append((self.facts[-1], certified if is_mine else None))
        if "hightech_kind" in self.definitions and is_positive:
            self._kind(text, clause, context)

    def _status(self, clause: Clause, mention: Mention, context: str) -> str | None:
        """None where the words give no status."""
        head = clause.text[: mention.start]
        after = clause.text[mention.end :] + context[len(clause.text) :]
        tail = clause.text[mention.end :]
        if _RENEWED.search(context) and not re.search(r"(?:没|未|不)(?:有|能)?(?:重新认定|续上|通过)", context):
            return "valid"
        if re.search(r"退回|没通过|没批|被拒|落选|没评上过?", context):
            return None
        until = _expiry(context, self.day)
        if until is not None and until >= self.day:
            return "valid"
        if until is not None:
            return "applying" if _APPLYING.search(context) else "expired"
        if re.search(r"以前是|曾经|曾是|不再是|已经不是|现在不是|以前有", context) and not re.search(
            r"现在(?:也|还|仍)是|还在有效", context
        ):
            return "expired"
        if _STILL.search(context) and not _LAPSED.search(context):
            return "valid"
        if _EXPIRED.search(context) and not re.search(r"没(?:有)?(?:过期|到期|失效)|未(?:过期|到期)", context):
            return "applying" if _APPLYING.search(context) else "expired"
        if _POLICY.match(tail) and not re.search(r"^(?:企业)?(?:认定)?(?:条件|要求)?(?:不|没)", tail):
            return None
        if re.search(r"在有效期|有效期内|还在有效|仍在有效|有效期到|有效期至", context):
            return "valid"
        if _NEGATED.search(head[-NEAR:]) or _NEGATED_AFTER.match(after[:NEAR]):
            is_pending = _APPLYING.search(context)
            return "applying" if is_pending else "never"
        if _APPLYING.search(context):
            return "applying"
        if _PLAN.search(clause.text) or (clause.is_planned and not tail):
            return None
        if clause.is_asked and not re.search(r"(?:我们|公司|已经|也)是|是高企|有高企", clause.text):
            return None
        bare = not clause.text[: mention.start].strip(" ,，、和及与") and not tail.strip(" ,企业资质认定")
        return "valid" if bare or _HAS.search(head + context[mention.start :]) or not tail else None

    def _certified(self, text: str, clause: Clause, context: str) -> None:
        """The day on the certificate; of several the last."""
        if "hightech_certified_on" not in self.definitions or not _DATED.search(context):
            return
        if re.search(r"到期|过期|有效期[到至]|失效", context) and not re.search(
            r"拿|发证|认定的|取得|获|评", context
        ):
            return
        days = [one for one in find_days(context, self.day) if one.first and one.first <= self.day]
        dated = [
            one
            for one in days
            if not re.match(
                r"以后|之后|以前|起|\S{0,4}(?:到期|过期|失效|注册|成立|营收|研发)", context[one.end :]
            )
            and not re.search(r"(?:到期|有效期|成立|注册)\S{0,5}$", context[: one.start])
        ]
        if not dated:
            return
        one = dated[-1]
        bound, value, upper = bounded_days(one.first, min(one.last or self.day, self.day))
        start, end = clause.start + one.start, clause.start + one.end
        self.facts.append(
            ReadFact(
                "hightech_certified_on", value, None, bound, text[start:end], start, end, upper
            )
        )

    def _by_certificate(
        self, certified: ReadFact | None, clause: Clause, context: str, status: str | None
    ) -> str | None:
        """What the day of issue says, where the words do not say more."""
        if certified is None or certified.start < clause.start:
            return status
        if status == "expired" or re.search(r"有效|到期", context):
            return status
        first = certified.value
        last = certified.upper or first
        if isinstance(first, date) and isinstance(last, date):
            if valid_until(last) < self.day:
                return "expired"
            if valid_until(first) < self.day:
                return None
        return status

    def _kind(self, text: str, clause: Clause, context: str) -> None:
        kinds = ((_AGAIN, "again"), (_FIRST, "first"), (_MOVED, "moved_in"))
        if re.search(r"(?:没|未)\S{0,3}(?:重新认定|复审|续)", context) or _NEGATED_FIRST.search(context):
            return
        for pattern, kind in kinds:
            if found := pattern.search(context):
                start = clause.start + found.start()
                self._add("hightech_kind", kind, text, (start, clause.start + found.end()))
                return

    def _tech_sme(self, text: str, clause: Clause, mention: Mention, context: str) -> None:
        head, tail = clause.text[: mention.start], clause.text[mention.end :]
        span = (clause.start + mention.start, clause.start + mention.end)
        after = tail + context[len(clause.text) :]
        if _NEGATED.search(head[-NEAR:]) or _NEGATED_AFTER.match(after[:NEAR]) or re.search(
            r"(?:没|未|还没|没有|尚未)(?:入库|评价|登记|进库|入|办|申报|评)", context
        ):
            self._add("tech_sme", False, text, span)
            return
        if _PLAN.search(context) or _APPLYING.search(context) or _POLICY.match(tail):
            return
        if clause.is_planned or (clause.is_asked and not re.search("我们是|公司是", clause.text)):
            return
        old = _LAST_YEARS.search(context)
        if old and not re.search(rf"今年|本年度|{self.day.year}", context):
            return
        self._add("tech_sme", True, text, span)

    def _srdi(self, sentence: Sentence, at: int) -> list[tuple[str, tuple[int, int]]]:
        clause = sentence.clauses[at]
        found: list[tuple[str, tuple[int, int]]] = []
        for mention in self._levels.find(clause.text):
            level = mention.keys[0]
            head, tail = clause.text[: mention.start], clause.text[mention.end :]
            words = clause.text[mention.start : mention.end]
            if words == "小巨人" and _OTHER_TITLES.search(head):
                continue
            context = _context(sentence, at, mention, self._levels)
            after = tail + context[len(clause.text) :]
            span = (clause.start + mention.start, clause.start + mention.end)
            if _NEGATED.search(head[-NEAR:]) or _NEGATED_AFTER.match(after[:NEAR]):
                found.append((f"not {level}", span))
                continue
            if _PLAN.search(context) or _APPLYING.search(context) or _POLICY.match(tail):
                continue
            until = _expiry(context, self.day)
            is_over = until < self.day if until else bool(_EXPIRED.search(context))
            if clause.is_planned or is_over:
                continue
            if clause.is_asked and not re.search(r"(?:我们|公司|已经|也)是", clause.text):
                continue
            found.append((level, span))
        return found

    def _add_level(self, text: str, levels: list[tuple[str, tuple[int, int]]]) -> None:
        """The highest level that is held; none where 专精特新 itself is denied."""
        held = [one for one in levels if not one[0].startswith("not ")]
        if held:
            level, span = max(held, key=lambda one: self._order.index(one[0]))
            self._add("srdi", level, text, span)
        elif denied := [one for one in levels if one[0] in ("not srdi_city", "not innovative")]:
            if "none" in self._order:
                self._add("srdi", "none", text, denied[0][1])

    def _keep_last_certificate(self) -> None:
        """2021年拿到高企，2024年12月复审通过 is a history and no contradiction."""
        dated = [one for one in self._statuses if one[1] is not None]
        if not dated or len(self._statuses) < 2:
            return
        last = max(dated, key=lambda one: str(one[1].value) if one[1] else "")
        dropped = [fact for pair in dated if pair is not last for fact in pair if fact]
        dropped += [one[0] for one in self._statuses if one[1] is None and one[0].value == "expired"]
        self.facts = [one for one in self.facts if not any(one is other for other in dropped)]

    def _last(self, fact: str) -> ReadFact | None:
        return next((one for one in reversed(self.facts) if one.fact == fact), None)

    def _add(self, fact: str, value: Value, text: str, span: tuple[int, int]) -> None:
        start, end = span
        if fact in self.definitions:
            words = text[start:end]
            self.facts.append(ReadFact(fact, value, None, Bound.EXACT, words, start, end))


def _expiry(context: str, day: date) -> date | None:
    """The last day that is said of a certificate: 2025年11月到期, 有效期至2027年11月."""
    for one in find_days(context, day):
        is_before = re.match(r"[日号底,，]?(?:就|才|已经?|刚|要|会|便)?(?:到期|过期|失效)", context[one.end :])
        is_behind = re.search(r"(?:有效期?|期限)(?:限)?(?:到|至|截至|截止到?|是到)$", context[: one.start])
        if is_before or is_behind:
            return one.last
    return None


_STARTS_ANEW = re.compile(
    r"营收|收入|研发|员工|人员|专利|注册在|注册地|成立|产品|设备|投资|税|科小|科技型|专精特新|小巨人|创新型|\d+人|位于|在宝山|在罗店|主要|主营|做"
)


def _context(sentence: Sentence, at: int, mention: Mention, finder: Finder) -> str:
    """The clause, and those after it that go on about the same: 高企，去年到期了."""
    clause = sentence.clauses[at]
    del mention
    end = clause.end
    parts = [sentence.text[clause.start - sentence.start : end - sentence.start]]
    for one in sentence.clauses[at + 1 : at + 3]:
        words = one.text.strip()
        if not one.is_ours or _STARTS_ANEW.search(words) or finder.find(words):
            break
        parts.append(sentence.text[one.start - sentence.start : one.end - sentence.start])
    if len(parts) == 1 and at + 1 == len(sentence.clauses):
        return clause.text
    return "".join(parts)
