"""How far a drug is: phases that are over, the phase it is in, the approval.

Each phase, or list of phases (一二期, Ⅰ至Ⅲ期), has the state that is said in its own clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.eligibility.mentions import each_to_next
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact
from assistant.eligibility.scope import NEAR, Clause, Sentence

_OF_DRUGS = re.compile(
    r"临床|药|疫苗|入组|试验|揭盲|锁库|国内.{0,2}期|car-?t|单抗|双抗|适应症|基因|细胞"
)
_OF_CELLS = re.compile(r"细胞|基因|car-?t|tcr|aav|早期.{0,8}确证")
_OF_DEVICES = re.compile("器械|试剂|[二三]类证|注册证")
_ONE = r"(?:i{1,3}(?![a-z])|[一二三123])"
_PHASES = re.compile(
    rf"(?<![a-z\d第.])(?P<first>{_ONE})(?P<more>(?:期?(?:临床)?[、和及与跟到至/~-]?{_ONE})*)期"
    r"(?!厂|项目|工程|用地|建设|基地|园|投资|款)"
)
_NUMBERS = {"i": 1, "ii": 2, "iii": 3, "一": 1, "二": 2, "三": 3, "1": 1, "2": 2, "3": 3}
_OVER = re.compile(
    "完成|做完|结束|走完|跑完|做好了?|收官|搞完|弄完|全做下来|关库|揭盲|锁库|结题|总结报告|出组"
)
_OVER_BEFORE = re.compile("(?:完成|做完|走完|跑完|结束)了?(?:的|:|国内|境内|临床|试验)*$")
_ABROAD = re.compile("境外|国外|海外|美国|澳洲|澳大利亚|巴西|欧洲|日本|东南亚")
_NOT_IN = re.compile(
    r"得走|全走|不分|老老实实|按$|没|未(?!来)|不(?=用|必|需|做|跑|走)|无需|用不着|[还尚都]要|要(?=走|做|正规|完整|求|$)|只[需要]|仅需|就够|就行"
    r"|预计|计划|明年|打算|准备|拟|希望|申请|等"
)
_EARLY = re.compile(
    r"早期(?:临床)?(?:试验)?(?:正?在[跑做]|刚开|进行|阶段|入组|中)|早期临床"
    r"|(?:现在|眼下|目前|[还尚处]在|处于)早期(?!确)"
)
_CONFIRMATORY = re.compile(
    r"确证性?(?:临床)?(?:试验)?(?:正?在[跑做]|刚开|进行|阶段|入组|中)|确证性临床"
)
_NEEDED = re.compile(r"早期.{0,8}确证|确证.{0,8}早期|只[需要]|仅需|就够|就行|两段")
_APPROVED = re.compile(
    r"批是批了|批[件文]\S{0,6}(?:拿的|下来的)|新药批下来|获批上市|批准上市|批了?上市|批件(?:\S{0,4}(?:下来|拿了|到手|齐)|上市)|拿[到了下]?批件"
    r"|(?<!新)药证(?!书)(?:\S{0,3}(?:拿|下来|到手))?|药品注册证书?|药品批件|上市批件|上市许可"
    r"|批下来\S{0,2}上市|药\S{0,3}批了\S{0,2}在卖|nmpa\S{0,6}批|已上市\S{0,5}品种|品种\S{0,3}已?上市|上市在卖"
)
_NO_APPROVAL = re.compile(
    r"没|未(?!来)|还在|申报|申请|等着?|预计|有望|即将|马上|力争|争取|打算|准备|冲刺|排队|审评|后"
)


_CLASS = re.compile(
    r"(?:^|[药是按属为类(])(?P<class>[12一二])类"
    r"(?:申报|的|哦|嘛|小分子|抗体|化药|新药|改良|[)])*(?=$|[,，;不药去])"
)
"""那个药2类的; 二类 of a device stands with 证 or 器械."""


class StageReader:
    """Reads `drug_stage`, `trials_completed` and `drug_class` where they are defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        self._definitions = definitions
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`, one a member of the set; 三期 of a text on no drug is of a building."""
        if not _OF_DRUGS.search(text):
            return
        for sentence in sentences:
            self._phases(text, sentence)
            for clause in sentence.clauses:
                if clause.is_ours and not clause.is_planned and not clause.is_asked:
                    self._stages(text, clause)

    def _phases(self, text: str, sentence: Sentence) -> None:
        last = 0
        for one, tail in each_to_next(_PHASES, sentence.text):
            before = re.split("[,，;。| ]", sentence.text[last : one.start()])[-1][-NEAR:]
            after = re.split("[,，;。| ]", tail)[0][:NEAR]
            last = one.end()
            span = (sentence.start + one.start(), sentence.start + one.end())
            clause = sentence.clause_at(span[0])
            if not clause.is_ours or clause.is_planned:
                continue
            phases = list(_members(one["first"] + one["more"]))
            if _OVER_BEFORE.search(before) or _OVER.search(after):
                is_denied = re.search("没|未|尚", before[-4:] + after)
                if not is_denied and not _ABROAD.search(before + after):
                    for phase in phases:
                        self._add("trials_completed", f"phase_{phase}", text, span)
            elif not (clause.is_asked or _NOT_IN.search(before[-8:]) or _NOT_IN.search(after)):
                self._add("drug_stage", f"phase_{max(phases)}", text, span)

    def _stages(self, text: str, clause: Clause) -> None:
        words = clause.text
        is_needed = _NEEDED.search(words) or not _OF_CELLS.search(text)
        for stage, pattern in (("cgt_early", _EARLY), ("cgt_confirmatory", _CONFIRMATORY)):
            found = None if is_needed or _NOT_IN.search(words) else pattern.search(words)
            if found and not _OVER.search(words[found.end() :]):
                self._add_within("drug_stage", stage, text, clause, found)
        found = _CLASS.search(words.strip())
        if found and not _OF_DEVICES.search(text):
            is_new = found["class"] in "1一"
            start = clause.start + words.index(words.strip())
            span = (start + found.start("class"), start + found.end("class") + 1)
            self._add("drug_class", "class_1" if is_new else "class_2", text, span)
        found = _APPROVED.search(words)
        if found and not _NO_APPROVAL.search(words):
            self._add_within("drug_stage", "approved", text, clause, found)

    def _add_within(
        self, fact: str, value: str, text: str, clause: Clause, found: re.Match[str]
    ) -> None:
        self._add(fact, value, text, (clause.start + found.start(), clause.start + found.end()))

    def _add(self, fact: str, value: str, text: str, span: tuple[int, int]) -> None:
        if fact in self._definitions:
            words = text[span[0] : span[1]]
            is_set = self._definitions[fact].type == "set"
            bound = Bound.AT_LEAST if is_set else Bound.EXACT
            said = (value,) if is_set else value
            self.facts.append(ReadFact(fact, said, None, bound, words, *span))


def _members(words: str) -> Iterator[int]:
    """
    >>> list(_members("i至iii")), list(_members("一二"))
    ([1, 2, 3], [1, 2])
    """
    numbers = [_NUMBERS[one] for one in re.findall(_ONE, words)]
    is_range = re.search("[到至~-]", words)
    yield from range(numbers[0], numbers[-1] + 1) if is_range else sorted(set(numbers))
