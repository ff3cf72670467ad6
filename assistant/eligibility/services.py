"""Which contract research a firm offers: 临床前和临床都接, 临床前不做.

A trial of the firm's own, and goods that go 不上临床, are no service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.eligibility.mentions import each_to_next
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact
from assistant.eligibility.scope import Sentence

_OFFERED = re.compile(
    r"(?<![a-z])c(?:r|dm)o(?![a-z])|cxo|外包|合同研究|临床前|监查|药企|药厂|受托|承接|临床试验服务|临床服务|药代|毒理|药理"
)
_PARTS = re.compile(r"[^,，;。|!?！？]+")
_SERVES = re.compile(
    r"接|服务|(?<![a-z])cro|监查|提供|受托|外包|做|研究|为主|不碰|药理毒理|替|帮|主业|外单|^临床前"
)
_SERVICE = re.compile(
    r"(?P<preclinical>临床前|药理毒理|药效|药代|毒理|动物[实试]验)"
    r"|(?P<clinical>(?<!不上)(?<!用于)(?<!进)(?<!国内)(?<!境外)(?<!海外)临床(?!前|样本|医|急|价值|数据"
    r"|阶段|[一二三123i])|监查|(?<![a-z])smo(?![a-z]))"
)
_DENIED = re.compile(r"[^,，;。]{0,6}?(?:不[做接碰搞干沾]|没[做接碰有]|未|不涉及|还没)")
_OWN_TRIAL = re.compile(
    r"[一二三123i]期|入组|桥接|管线|早期|确证|品种|新药|国内|境外|开临床"
)


class ServiceReader:
    """Reads `cro_services` where it is defined."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        self._is_wanted = "cro_services" in definitions
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`, one a member of the set."""
        if not self._is_wanted or not _OFFERED.search(text):
            return
        for sentence in sentences:
            for part in _PARTS.finditer(sentence.text):
                clause = sentence.clause_at(sentence.start + part.start())
                is_own = _OWN_TRIAL.search(part[0]) or not _SERVES.search(part[0])
                if not is_own and clause.is_ours and not (clause.is_planned or clause.is_asked):
                    self._services(text, part[0], sentence.start + part.start())

    def _services(self, text: str, words: str, offset: int) -> None:
        for one, after in each_to_next(_SERVICE, words):
            is_denied = _DENIED.match(after)
            if not is_denied and not re.search("[不没][做接碰搞]?$", words[: one.start()]):
                start, end = offset + one.start(), offset + one.end()
                self.facts.append(
                    ReadFact(
                        "cro_services", (str(one.lastgroup),), None, Bound.AT_LEAST,
                        text[start:end], start, end,
                    )
                )  # fmt: skip
