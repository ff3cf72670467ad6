"""Of what a number of years is the age: a patent, a certificate of a device, a trade, the firm.

软著3年 and 拿证五年 are no age of the firm; what they are of stands before them, or in one of the
clauses before: 发明两件，授权满三年.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact
from assistant.eligibility.scope import NEAR, Clause, Sentence
from assistant.eligibility.sentence_figures import quantities_in, years_in

_AGED = re.compile(
    r"(?P<utility_model_age>实用新型|实新|软著|软件著作权)"
    r"|(?P<patent_age>布图(?:设计)?|发明(?:专利)?|专利)"
    r"|(?P<device_certificate_age>(?:注册|器械)证|[二三2-3i]{1,3}类证?|[取拿持]证|(?<![一-龥])证(?=下|拿|到)"
    r"|(?:最早|头|第)一?张)"
)
_LINK = re.compile(
    r"(?:登记|取得|授权|[拿领]|到手|下来|下证|获批|获得|持有|保护|最早|最老|那|这|一|[张个项件本]|证书?"
    r"|已经?|有|了|到|现在|今年?|发|届|手|满|也|呢|都|才|刚|快|就|整整|差不多|大概|约|[:是 ])*"
)
"""What may stand between what is aged and the years; alone it is of what was named before."""
_OF_DEVICES = re.compile("器械|[二三2-3i]类|试剂|注册证|植入")
_OTHER_CERTIFICATE = re.compile("高企|高新|许可|专精|执照|iso|体系|科小")
_TRADE = re.compile(
    r"(?:深耕|专注|扎根|闷头|专做|从事|行当|赛道|这一?[行块]|细分|口子|领域)"
    r"[^,，\d]{0,12}$|[^,，\d]{2,8}干了$"
)
_NO_TRADE = re.compile(
    "项目|临床|试验|技改|研发|这个药|课题|统计|公司|企业|工厂|厂子|店|我们?$|贷款|租|合作|监测"
)
_FIRM = re.compile(
    r"(?:^|(?:公司|企业|厂|店|执照|注册|成立|设立|创办|开业|创立|开|办)(?:登记|下来|到手)?)"
    r"(?:至今|也|已经?|届|刚刚?|才)*满$"
    r"|(?:注册|成立|设立|登记)至今(?:也|已经?|有|才)*$|执照(?:下来|拿到手|到手|拿了)(?:也|已经?|有|才|还)*$"
    r"|(?:注册|成立|设立)(?=[不未]满$)"
    r"|(?:公司|企业|厂子?|店)(?:成立|注册|设立|登记|开办|开)了?(?:已经?|也|都|才|有|快|整整|刚刚?)*$"
    r"|^(?:成立|注册|设立|工商登记)了?(?:已经?|也|都|才|有|整整|刚刚?)*$"
)
"""注册满九年, 公司开了十九年."""
_NO_AGE = re.compile("[前内后里来期均报度间就最]|以[前内后来]|平均|累计|合计|一共")
_ENDS = re.compile("[半多]?了?$")
_UNDER = re.compile("[不未]满")
"""Part of the quantity, and a word that tells an age."""
_LABEL = re.compile(
    r"(?P<name>[^,，;|:]{2,14})年限(?:\(年\))?[:| ]+(?P<years>\d{1,2}(?:\.\d)?)(?!\d)"
)
_LABELS = (("从业|细分|深耕", "segment_years"), ("注册证|器械", "device_certificate_age"),
           ("注册|成立", "years_registered"))  # fmt: skip
_CERTIFICATE = "device_certificate_age"


class AgeReader:
    """Reads the facts that are the age of something."""

    def __init__(self, definitions: Mapping[str, DefinitionLike], day: date) -> None:
        self._definitions, self._day = definitions, day
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts` from the clauses that are ours."""
        of_devices = bool(_OF_DEVICES.search(text))
        for sentence in sentences:
            self._labels(text, sentence)
            quantities = quantities_in(text, sentence, years_in(sentence, self._day))
            years = [one for one in quantities if one.kind == "year" and one.value < 100]
            named: str | None = None
            for clause in sentence.clauses:
                here = [one for one in years if clause.start <= one.start < clause.end]
                if clause.is_ours and not clause.is_planned and not clause.is_asked:
                    for fact, one in self._ages(clause, here, named):
                        if fact != _CERTIFICATE or (
                            of_devices and not _OTHER_CERTIFICATE.search(clause.text)
                        ):
                            self._add(fact, text, one)
                last = [found.lastgroup for found in _AGED.finditer(clause.text)]
                named = last[-1] if last else named

    def _labels(self, text: str, sentence: Sentence) -> None:
        """发明专利年限：8."""
        for found in _LABEL.finditer(sentence.text):
            aged = _AGED.search(found["name"])
            named = [fact for words, fact in _LABELS if re.search(words, found["name"])]
            fact = named[0] if named else aged.lastgroup if aged else None
            if fact and fact in self._definitions:
                start, end = (sentence.start + at for at in found.span("years"))
                value = _plain(Decimal(found["years"]))
                self.facts.append(
                    ReadFact(fact, value, "年", Bound.EXACT, text[start:end], start, end)
                )

    def _ages(
        self, clause: Clause, years: list[Quantity], named: str | None
    ) -> Iterator[tuple[str, Quantity]]:
        at = clause.start
        for one in years:
            under = _UNDER.match(clause.text, one.start - clause.start)
            begin = under.end() if under else one.start - clause.start
            head = clause.text[at - clause.start : begin][-NEAR:]
            tail = clause.text[one.end - clause.start :]
            at = one.end
            fact = None if _NO_AGE.match(tail) else _aged(head, tail, named)
            if fact and fact in self._definitions:
                is_young = one.bound is Bound.AT_MOST and not under
                if fact != "years_registered" or not is_young:  # 成立不到两年 tells days
                    yield fact, one

    def _add(self, fact: str, text: str, years: Quantity) -> None:
        start, end = years.start, years.end
        value, upper = years.value, years.upper
        if text[end : end + 1] == "半":
            value, end = value + Decimal("0.5"), end + 1
        bound = years.bound
        if upper is not None and upper < value:
            upper, bound = None, Bound.EXACT
        self.facts.append(
            ReadFact(
                fact, _plain(value), "年", bound, text[start:end], start, end,
                None if upper is None else _plain(upper),
            )
        )  # fmt: skip


def _aged(head: str, tail: str, named: str | None) -> str | None:
    """What the years between two halves of a clause are the age of; `named` stood before it."""
    found = list(_AGED.finditer(head))
    if found:
        return found[-1].lastgroup if _LINK.fullmatch(head, found[-1].end()) else None
    of_firm = _FIRM.search(head)
    if of_firm and tail.startswith("了") and re.search("(?:成立|注册|设立)了?$", head):
        return None  # 成立9年了 tells the days of the founding
    if of_firm and (of_firm[0] != "满" or not named):
        return "years_registered"
    if named and _LINK.fullmatch(head) and _ENDS.match(tail):
        return named
    return "segment_years" if _TRADE.search(head) and not _NO_TRADE.search(head) else None


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
