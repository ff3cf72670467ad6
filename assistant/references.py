"""References inside clause texts, 依照本办法第五条 or 前款规定, and the terms a document defines.

Computed from an opened index, once a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.addressing.outline import Outline
from assistant.addressing.places import Places, places_of
from assistant.addressing.steps import Step, Walk, find_walks
from assistant.addressing.titles import Texts, name_key
from assistant.schema import Clause, DefinedTerm, Level, Reference
from assistant.text import Normalized, normalize, read_number

_CN = "〇零一二三四五六七八九十百千两"
_N = rf"\(?(?:[0-9]{{1,4}}|[{_CN}]{{1,7}})\)?"
_ONE = rf"第{_N}(?:[、至到-]{_N})*(?:编|章|节|条|款|项|目)(?:之[{_CN}]{{1,3}})?"
_JOIN = r"(?:[、,和或及与至到]|以及|或者|至本\w{1,4}?|的|之)?"
_CHAIN = re.compile(rf"{_ONE}(?:{_JOIN}{_ONE})*")
_OWN_KIND = r"(?:办法|条例|规定|细则|实施细则|规则|方案|决定|意见|通知|措施|规范|法)"
_OWN = re.compile(rf"本{_OWN_KIND}(?:的|中)?$")
_QUOTED = re.compile(
    r"《(?P<name>[^《》]*(?:《[^《》]*》[^《》]*)*)》(?:\(以下[简统]?称[^()]*\))?(?:的|中|之)?$"
)
_THAT = re.compile(rf"该{_OWN_KIND}(?:的|中)?$")
_NAMED = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{0,24}(?:法典|法|条例|规定|办法|细则|规则|公约|条约|议定书))"
    r"(?:的|中)?$"
)
_VERBS = re.compile(
    r"[依按]照|根据|依据|违反|符合|适用|属于|有|具备|是否|规定|或者?|和|以及|以|[由是对在从为]"
)
_RELATIVE = re.compile(
    rf"(?P<where>[本同前上])(?P<count>[两二三四五六七])?(?P<unit>[编章节条款项])(?![例件目约程制])"
    rf"(?!项[^第])(?:的)?(?P<chain>{_CHAIN.pattern})?"
)
_EXCEPT = re.compile(r"除(?P<what>[^。;]{1,80}?)(?:以外|之外|外)(?=[,。;的、]|$)")
_OWN_EXCEPT = re.compile(rf"本{_OWN_KIND}(?:中)?(?:另有|已有|已)?规定")
_TERM_SAID = re.compile(
    rf"(?:^|[。;:,\n)])(?:本{_OWN_KIND}(?:第[^,。;]{{1,12}})?(?:中)?所称的?|所称的?|其中)?"
    r"(?P<term>[^,。;:\n]{2,28}?),?(?:是指|系指|(?<=,)指(?![导定挥标派引示令出明使向]))"
)
_TERM_SHORT = re.compile(r"\((?:以下|本[章条]|下)[简统合]?称为?[:]?(?P<term>[^()]{1,24})\)")
_TERM_OPENING = re.compile(rf"^(?:.*所称的?|\({_N}\)|[0-9{_CN}]+[、.])?[\"'《]*")
MIN_TERM = 2
_NO_TERM = re.compile(r"^(?:前|上述|这|其$|该|此|下列|第[一二三四五六七八九十])|的$")
_Found = tuple[int, int, str | None]
_SKIPPED = (Level.TITLE, Level.DOCUMENT)


class Links:
    """References and terms of one document."""

    def __init__(self, places: Places, doc_id: str) -> None:
        self._places = places
        self._document = places.titles.documents[doc_id]
        self._outline = places.outline(doc_id)
        read = [(c, self._read(c)) for c in self._outline.clauses if c.level not in _SKIPPED]
        self.terms = _unique(term for clause, norm in read for term in self._terms(clause, norm))
        self._aliases: dict[str, str] = {}
        self._aliases = {name_key(term): doc for _, norm in read
                         for term, doc in self._document_aliases(norm)}  # fmt: skip
        self.references = tuple(
            one for clause, norm in read for one in self._references(clause, norm)
        )

    def references_in(self, clause: Clause) -> tuple[Reference, ...]:
        """Those in the clause and all below it."""
        return tuple(one for one in self.references if clause.start <= one.start < clause.end)

    def terms_in(self, clause: Clause) -> tuple[DefinedTerm, ...]:
        """Defined terms that the clause uses, or defines itself."""
        text = self._document.text[clause.start : clause.end]
        return tuple(one for one in self.terms if one.term in text)

    def _read(self, clause: Clause) -> Normalized:
        return normalize(self._document.text[clause.start : clause.own_end])

    def _references(self, clause: Clause, norm: Normalized) -> Iterator[Reference]:
        text = norm.text
        marker = len(normalize(clause.number).text)
        exceptions = [one.span("what") for one in _EXCEPT.finditer(text)]
        found: list[_Found] = []
        for relative in _RELATIVE.finditer(text):
            found += self._relative(clause, relative)
        taken = [(start, end) for start, end, _ in found]
        for chain in _CHAIN.finditer(text):
            start = chain.start()
            is_marker = start < marker or (start == 0 and chain[0][-1] in "编章节")
            is_marker = is_marker or self._stands_alone(clause, norm, chain)
            if not is_marker and not any(a <= start < b for a, b in taken):
                found += self._chain(clause, text, chain)
        found += self._own_exceptions(text, found)
        for start, end, clause_id in sorted(found, key=lambda one: (one[0], one[2] or "")):
            is_exception = any(a <= start and end <= b for a, b in exceptions)
            first, last = (clause.start + one for one in norm.span(start, end))
            words = self._document.text[first:last]
            yield Reference(first, last, words, clause_id, is_exception)

    def _stands_alone(self, clause: Clause, norm: Normalized, chain: re.Match[str]) -> bool:
        """Whether it opens an article in the middle of a line: after a stop, before a space."""
        start, end = (clause.start + one for one in norm.span(*chain.span()))
        text = self._document.text
        return text[end : end + 1].isspace() and not text[start - 1 : start].strip("。\n\u3000 ")

    def _own_exceptions(
        self, text: str, found: list[_Found]
    ) -> list[_Found]:
        """除本条例另有规定外 points to the document where it names no clause of it."""
        made: list[_Found] = []
        for one in _EXCEPT.finditer(text):
            own = _OWN_EXCEPT.search(one["what"])
            start, end = one.span("what")
            if own and not any(start <= a < end for a, _, _ in found):
                made.append((start + own.start(), start + own.end(), self._document.doc_id))
        return made

    def _relative(self, clause: Clause, found: re.Match[str]) -> list[_Found]:
        """前款, 前三款, 本条第二款, 前款第(三)项 by where the clause stands."""
        bases = self._bases(clause, found)
        start = found.start()
        if not bases or not found["chain"]:
            if not bases:
                return [(start, found.end(), None)]
            return [(start, found.end(), one.clause_id) for one in bases]
        offset = found.start("chain")
        return self._walked(find_walks(found["chain"]), (start, offset), self._outline, bases[:1])

    def _bases(self, clause: Clause, found: re.Match[str]) -> list[Clause]:
        unit, shift = found["unit"], 0 if found["where"] in "本同" else -1
        outline = self._outline
        if found["count"]:
            return _before(outline, clause, unit, int(read_number(found["count"]) or 0))
        here = outline.shifted(clause, unit, shift)
        if here is None and unit == "款" and shift == 0:
            here = outline.ancestor(clause, (Level.ARTICLE,))
        return [here] if here else []

    def _walked(
        self, walks: list[Walk], begin: tuple[int, int], outline: Outline, bases: list[Clause]
    ) -> list[_Found]:
        """One reference an address; `begin` is where the first one starts and the chain does."""
        made: list[_Found] = []
        for number, walk in enumerate(walks):
            clauses = outline.walk(walk.steps, bases)
            start = begin[0]
            if number:
                start = begin[1] + _own_start(walk.steps, walks[number - 1].steps)
            target = clauses[0].clause_id if len(clauses) == 1 else None
            made.append((start, begin[1] + walk.steps[-1].end, target))
        return made

    def _chain(self, clause: Clause, text: str, chain: re.Match[str]) -> list[_Found]:
        """Each address of 第五条、第六条第二款, in the document that is named before it."""
        start = chain.start()
        marker = len(normalize(clause.number).text)
        begin, doc_id = self._anchor(text[marker:start])
        begin += marker
        walks = find_walks(chain[0])
        if doc_id is None:
            return self._walked(walks, (begin, start), self._outline, [])
        outline = self._places.outline(doc_id)
        if begin == start:
            bases = _bases_of(outline, clause, walks[0].steps[0])
            return self._walked(walks, (begin, start), outline, bases)
        return self._walked(walks, (begin, start), outline, [outline.root])

    def _anchor(self, before: str) -> tuple[int, str | None]:
        """Where a reference begins and the document it is to; None for one that is not here."""
        if own := _OWN.search(before):
            return own.start(), self._document.doc_id
        if quoted := _QUOTED.search(before):
            return quoted.start(), self._named(quoted["name"])
        if that := _THAT.search(before):
            names = re.findall(r"《([^《》]+)》", before)
            return that.start(), self._named(names[-1]) if names else None
        if named := _NAMED.search(before):
            name = named["name"]
            for cut in range(len(name) - 1):
                if doc_id := self._named(name[cut:]):
                    return named.start() + cut, doc_id
            cuts = [one.end() for one in _VERBS.finditer(name)]
            return named.start() + max(cuts, default=0), None
        return len(before), self._document.doc_id

    def _named(self, name: str) -> str | None:
        """The document of this title: the version that this document knew, or the newest."""
        titles, key = self._places.titles, name_key(name)
        if key in self._aliases:
            return self._aliases[key]
        same = titles.titled(key) or titles.titled(key.removeprefix("中华人民共和国"))
        if not same:
            return None
        versions = titles.versions_of(same[0])
        own = titles.dated[self._document.doc_id]
        known = [one for one in versions if own and (day := titles.dated[one]) and day <= own]
        return (known or list(versions))[0]

    def _document_aliases(self, norm: Normalized) -> Iterator[tuple[str, str]]:
        for found in re.finditer(r"《([^《》]+)》\(以下[简统]?称([^()]+)\)", norm.text):
            if doc_id := self._named(found[1]):
                yield found[2], doc_id

    def _terms(self, clause: Clause, norm: Normalized) -> Iterator[DefinedTerm]:
        for pattern in (_TERM_SAID, _TERM_SHORT):
            for found in pattern.finditer(norm.text):
                said = _TERM_OPENING.sub("", found["term"])
                start = found.end("term") - len(said)
                term = said.rstrip("\"'》")
                if len(term) < MIN_TERM or _NO_TERM.search(term):
                    continue
                first, last = (clause.start + one for one in norm.span(start, start + len(term)))
                yield DefinedTerm(self._document.text[first:last], clause.clause_id, first, last)


def _own_start(steps: tuple[Step, ...], before: tuple[Step, ...]) -> int:
    """Where the words of a further address begin, without the steps it shares."""
    fresh = [one.start for one in steps if one.start >= before[-1].end]
    return fresh[0] if fresh else steps[-1].start


def _before(outline: Outline, clause: Clause, unit: str, count: int) -> list[Clause]:
    """前三款: as many as are named, right before the one at hand."""
    here = outline.shifted(clause, unit, 0)
    found: list[Clause] = []
    while here is not None and len(found) < count:
        here = outline.shifted(here, unit, -1)
        if here is not None:
            found.insert(0, here)
    return found if len(found) == count else []


def _bases_of(outline: Outline, clause: Clause, step: Step) -> list[Clause]:
    """Where a number without a document is counted: 第二款 in this article, 第(一)项 in this 款."""
    if step.unit == "节":
        chapter = outline.ancestor(clause, (Level.CHAPTER,))
        return [chapter or outline.root]
    if step.unit not in ("款", "项", "目"):
        return [outline.root]
    levels = {"款": [Level.ARTICLE], "项": [Level.PARAGRAPH, Level.ARTICLE], "目": [Level.ITEM]}
    for level in levels[step.unit]:
        base = outline.ancestor(clause, (level,))
        if base is not None and outline.walk([step], [base]):
            return [base]
    return []


def _unique(terms: Iterator[DefinedTerm]) -> tuple[DefinedTerm, ...]:
    """The first place where each term is defined."""
    found: dict[str, DefinedTerm] = {}
    for one in terms:
        found.setdefault(one.term, one)
    return tuple(found.values())


@lru_cache(maxsize=512)
def links_of(texts: Texts, doc_id: str) -> Links:
    """The references and terms of one document of an opened index."""
    return Links(places_of(texts), doc_id)
